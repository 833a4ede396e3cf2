//! The lines of Asterisk's manager interface: messages are headers, one a line, and end with an empty line. Pure.

use std::fmt::Write as _;

/// Longest message that we read. Asterisk's own are far shorter: this only keeps a peer that is none from filling our memory.
const LONGEST: usize = 64 * 1024;

/// What Asterisk says, or a part of it: a response or an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    headers: Vec<(String, String)>,
}

impl Message {
    /// The value of the first header of this name, whatever its case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The event's name; `None` for a response.
    pub fn event(&self) -> Option<&str> {
        self.get("Event")
    }

    /// Whether it is the response to this action.
    pub fn answers(&self, id: &str) -> bool {
        self.get("Response").is_some() && self.get("ActionID") == Some(id)
    }
}

/// What is wrong with what Asterisk, or something in its place, sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAmi {
    /// It does not greet as the manager interface does.
    #[error("it greets with {0:?}, which Asterisk's manager interface does not")]
    Greeting(String),
    /// It does not come to an end.
    #[error("a message is longer than {LONGEST} bytes")]
    TooLong,
}

/// Takes bytes as they come and gives messages. What is no UTF-8 is read as far as it can be.
#[derive(Debug, Default)]
pub struct Reader {
    bytes: Vec<u8>,
    /// How much of `bytes` has been looked through.
    looked: usize,
    headers: Vec<(String, String)>,
    /// How long the message under way is so far.
    length: usize,
    greeted: bool,
}

impl Reader {
    /// Room for more bytes.
    pub const fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// The next whole message, if it is there.
    ///
    /// # Errors
    /// When it can be no message of Asterisk's.
    pub fn next(&mut self) -> Result<Option<Message>, NotAmi> {
        while let Some(line) = self.line()? {
            if !self.greeted {
                if !line.starts_with("Asterisk Call Manager/") {
                    return Err(NotAmi::Greeting(line.chars().take(40).collect()));
                }
                self.greeted = true;
                self.length = 0;
            } else if let Some((name, value)) = line.split_once(':') {
                self.headers.push((name.trim().to_owned(), value.trim().to_owned()));
            } else if line.is_empty() && !self.headers.is_empty() {
                self.length = 0;
                return Ok(Some(Message { headers: std::mem::take(&mut self.headers) }));
            }
        }
        Ok(None)
    }

    fn line(&mut self) -> Result<Option<String>, NotAmi> {
        let Some(end) = self.bytes[self.looked..].iter().position(|byte| *byte == b'\n').map(|at| at + self.looked) else {
            self.looked = self.bytes.len();
            return if self.length + self.bytes.len() > LONGEST { Err(NotAmi::TooLong) } else { Ok(None) };
        };
        self.length += end + 1;
        if self.length > LONGEST {
            return Err(NotAmi::TooLong);
        }
        let line = String::from_utf8_lossy(&self.bytes[..end]).trim_end_matches('\r').to_owned();
        self.bytes.drain(..=end);
        self.looked = 0;
        Ok(Some(line))
    }
}

/// What we ask of Asterisk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    name: &'static str,
    headers: Vec<(&'static str, String)>,
}

/// A value that cannot be said in one line: said nevertheless, it would be read as headers, or actions, of its own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value of {0} holds a line end or another control character")]
pub struct Unsayable(&'static str);

impl Action {
    /// An action without headers.
    pub const fn new(name: &'static str) -> Self {
        Self { name, headers: Vec::new() }
    }

    /// With a header.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The action's name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The value of a header of ours.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// What goes over the wire.
    ///
    /// # Errors
    /// When a value cannot be said in one line.
    pub fn text(&self, id: &str) -> Result<String, Unsayable> {
        let mut text = format!("Action: {}\r\nActionID: {id}\r\n", self.name);
        for (name, value) in &self.headers {
            if value.chars().any(char::is_control) {
                return Err(Unsayable(name));
            }
            let _ = write!(text, "{name}: {value}\r\n");
        }
        text.push_str("\r\n");
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Action, Message, NotAmi, Reader, Unsayable};

    const RECORDED: &[u8] = include_bytes!("../../tests/ari/recorded/ami.txt");

    fn read_all(pieces: impl Iterator<Item = Vec<u8>>) -> Result<Vec<Message>, NotAmi> {
        let (mut reader, mut messages) = (Reader::default(), Vec::new());
        for piece in pieces {
            reader.bytes().extend(piece);
            while let Some(message) = reader.next()? {
                messages.push(message);
            }
        }
        Ok(messages)
    }

    #[test]
    fn a_recorded_conversation_is_read_the_same_however_it_is_cut_into_pieces() {
        let whole = read_all(std::iter::once(RECORDED.to_vec())).unwrap();
        assert!(whole.len() > 10, "{}", whole.len());
        assert_eq!(whole[0].get("response"), Some("Success"));
        let member = whole.iter().find(|message| message.event() == Some("QueueMember")).unwrap();
        assert_eq!((member.get("Queue"), member.get("Location")), (Some("callsync-700"), Some("PJSIP/1001")));
        let notes: Vec<_> = whole.iter().filter(|message| message.event() == Some("DBGetTreeResponse")).collect();
        assert!(notes[0].get("Val").is_some_and(|val| val.starts_with("available,,700|")), "{notes:?}");
        for size in [1, 7, 100] {
            assert_eq!(read_all(RECORDED.chunks(size).map(<[u8]>::to_vec)).unwrap(), whole, "{size}");
        }
    }

    #[test]
    fn something_else_that_listens_there_is_told_from_asterisk_at_its_first_line() {
        let said = read_all(std::iter::once(b"SSH-2.0-OpenSSH\r\n".to_vec())).unwrap_err();
        assert_eq!(said, NotAmi::Greeting("SSH-2.0-OpenSSH".to_owned()));
    }

    #[test]
    fn a_message_without_end_is_given_up() {
        let greeting = b"Asterisk Call Manager/11.0.0\r\n".to_vec();
        let endless = std::iter::once(greeting.clone()).chain((0..).map(|_| vec![b'x'; 1000]));
        assert_eq!(read_all(endless.take(100)).unwrap_err(), NotAmi::TooLong);
        let lines = std::iter::once(greeting).chain((0..).map(|_| b"Variable: x\r\n".to_vec()));
        assert_eq!(read_all(lines.take(10_000)).unwrap_err(), NotAmi::TooLong);
    }

    #[test]
    fn bytes_that_are_no_text_cost_no_more_than_themselves() {
        let mut said = b"Asterisk Call Manager/11.0.0\r\nEvent: X\r\nCallerIDName: ".to_vec();
        said.extend([0xff, 0xfe]);
        said.extend(b"\r\nUniqueid: lab-1.1\r\n\r\n");
        let messages = read_all(std::iter::once(said)).unwrap();
        assert_eq!(messages[0].get("Uniqueid"), Some("lab-1.1"));
    }

    #[test]
    fn an_action_is_written_as_the_protocol_wants_it() {
        let action = Action::new("QueueAdd").with("Queue", "callsync-700").with("Interface", "PJSIP/1001");
        let text = "Action: QueueAdd\r\nActionID: 7\r\nQueue: callsync-700\r\nInterface: PJSIP/1001\r\n\r\n";
        assert_eq!(action.text("7").unwrap(), text);
    }

    #[test]
    fn a_value_with_a_line_end_is_refused_and_can_smuggle_no_second_action() {
        for hostile in ["1001\r\n\r\nAction: Command\r\nCommand: core stop now", "a\nb", "a\rb", "a\u{0}b"] {
            let action = Action::new("QueueAdd").with("MemberName", hostile);
            assert_eq!(action.text("1"), Err(Unsayable("MemberName")), "{hostile:?}");
        }
    }
}
