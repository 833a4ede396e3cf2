//! What the dialplan noted of calls that Asterisk's own queue took care of (`dialplan/extensions.conf`, context
//! fallback-note). Pure.

use std::collections::{BTreeMap, BTreeSet};

use model::fact::FallbackCall;
use model::{ServerId, TheirLeg, Timestamp};

use crate::ami::{Action, Message};
use crate::hearing::{number, tidy};

/// Where the notes stand in Asterisk's database: the custom presences of this name.
pub const FAMILY: &str = "CustomPresence";
/// What a note begins with: a custom presence's state and its empty subtype.
const PRESENCE: &str = "available,,";

/// Most calls that have ended and are told at once: those that are still up are always told, all of them. Once the core has
/// had these forgotten, the next come.
const ENDED_AT_ONCE: usize = 500;

/// The notes by the caller's unique id; `None` for one that cannot be read.
pub type Noted = BTreeMap<String, Option<FallbackCall>>;

/// The action that lists the notes; `folder` is what their keys begin with, and the caller's unique id follows.
pub fn list(folder: &str) -> Action {
    Action::new("DBGetTree").with("Family", FAMILY).with("Key", folder.trim_end_matches('/'))
}

/// The action that makes Asterisk forget one.
pub fn forget(folder: &str, id: &str) -> Action {
    Action::new("DBDel").with("Family", FAMILY).with("Key", format!("{folder}{id}"))
}

/// What the list says.
pub fn read(folder: &str, server: ServerId, list: &[Message]) -> Noted {
    let place = format!("/{FAMILY}/{folder}");
    let note = |message: &Message| {
        let id = message.get("Key")?.strip_prefix(&place)?;
        Some((id.to_owned(), parse(server, id, message.get("Val").unwrap_or_default())))
    };
    list.iter().filter_map(note).collect()
}

/// Whether an event tells that a note was made or changed.
pub fn concerns(folder: &str, event: &Message) -> bool {
    let place = event.get("Presentity").and_then(|name| name.strip_prefix(FAMILY)?.strip_prefix(':'));
    event.event() == Some("PresenceStateChange") && place.is_some_and(|name| name.starts_with(folder))
}

fn parse(server: ServerId, id: &str, value: &str) -> Option<FallbackCall> {
    let mut words = value.strip_prefix(PRESENCE)?.split('|');
    let mut word = || words.next();
    let (dialled, caller, call, began) = (word()?, word()?, word()?, word()?);
    let (agent, answered, ended) = (word()?, word()?, word()?);
    Some(FallbackCall {
        leg: TheirLeg { server, id: id.to_owned() },
        call: call.parse().ok(),
        dialled: tidy(dialled),
        number: number(&decoded(caller)),
        began: time(began)?,
        agent: Some(tidy(agent)).filter(|agent| !agent.is_empty()),
        answered: time(answered),
        ended: time(ended),
    })
}

fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok().map(Timestamp::from_ms)
}

/// Takes back what `URIENCODE` did.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
        match after.get(..2).filter(|_| *first == b'%').and_then(hex) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What is to be reported: all that are up, and of those that have ended the oldest.
///
/// `live` are the unique ids of all channels there are, and `now` is Asterisk's time: a call whose channel is gone without a
/// note of its end (Asterisk was killed) ended by now. `ends` remembers for how long that has been so, since what is reported
/// twice must say the same twice.
pub fn report(
    noted: &Noted,
    live: &BTreeSet<String>,
    now: Option<Timestamp>,
    ends: &mut BTreeMap<String, Timestamp>,
) -> Vec<FallbackCall> {
    ends.retain(|id, _| noted.contains_key(id));
    let mut calls: Vec<FallbackCall> = Vec::new();
    for (id, note) in noted {
        let Some(note) = note else { continue };
        let gone = || if live.contains(id) { None } else { ends.get(id).copied().or(now) };
        let ended = note.ended.or_else(gone);
        if let (None, Some(at)) = (note.ended, ended) {
            ends.insert(id.clone(), at);
        }
        calls.push(FallbackCall { ended, ..note.clone() });
    }
    calls.sort_by(|one, other| (one.ended.is_some(), one.ended, &one.leg).cmp(&(other.ended.is_some(), other.ended, &other.leg)));
    let up = calls.iter().filter(|call| call.ended.is_none()).count();
    calls.truncate(up + ENDED_AT_ONCE);
    calls
}

/// Whether the caller still waits, as far as anybody noted.
pub const fn waits(call: &FallbackCall) -> bool {
    call.answered.is_none() && call.ended.is_none()
}

/// The ids of notes without an end: whether their channels are there must be asked.
pub fn open(noted: &Noted) -> BTreeSet<&str> {
    let open = noted.iter().filter(|(_, note)| note.as_ref().is_some_and(|note| note.ended.is_none()));
    open.map(|(id, _)| id.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use model::fact::FallbackCall;
    use model::{Phone, ServerId, TheirLeg, Timestamp};

    use super::{ENDED_AT_ONCE, Noted, concerns, open, parse, read, report};
    use crate::ami::{Message, Reader};

    const SERVER: ServerId = ServerId(9);
    const FOLDER: &str = "callsync_fallback/";
    const CALL: &str = "01920000-0000-7000-8000-000000000001";

    fn recorded() -> Vec<Message> {
        let mut reader = Reader::default();
        reader.bytes().extend(include_bytes!("../../tests/ari/recorded/ami.txt"));
        std::iter::from_fn(|| reader.next().unwrap()).collect()
    }

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(ms)
    }

    fn note(id: &str, ended: Option<i64>) -> (String, Option<FallbackCall>) {
        let ended = ended.map(|ended| ended.to_string()).unwrap_or_default();
        (id.to_owned(), parse(SERVER, id, &format!("available,,700|%2B7912||5|||{ended}")))
    }

    fn ends(calls: &[FallbackCall]) -> Vec<(&str, Option<i64>)> {
        calls.iter().map(|call| (call.leg.id.as_str(), call.ended.map(Timestamp::as_ms))).collect()
    }

    #[test]
    fn the_dialplans_note_is_read() {
        let call = parse(SERVER, "lab-1.5", &format!("available,,701|%2B7912%7C%0D|{CALL}|1000|1001|2000|3000")).unwrap();
        let expected = FallbackCall {
            leg: TheirLeg { server: SERVER, id: "lab-1.5".to_owned() },
            call: CALL.parse().ok(),
            dialled: "701".to_owned(),
            number: Some(Phone::new("+7912|")),
            began: at(1000),
            agent: Some("1001".to_owned()),
            answered: Some(at(2000)),
            ended: Some(at(3000)),
        };
        assert!(call.call.is_some());
        assert_eq!(call, expected);
    }

    #[test]
    fn what_is_no_note_is_none() {
        for value in ["", "available,,", "available,,700|x|y|1000", "available,,700|||soon|||", "away,,700|||1000|||"] {
            assert_eq!(parse(SERVER, "lab-1.5", value), None, "{value}");
        }
    }

    #[test]
    fn the_recorded_notes_and_what_is_told_of_them_are_understood() {
        let recorded = recorded();
        assert_eq!(recorded.iter().filter(|message| concerns(FOLDER, message)).count(), 2);
        let noted = read(FOLDER, SERVER, &recorded);
        let call = noted["lab-1.5"].as_ref().unwrap();
        assert_eq!((call.dialled.as_str(), call.number.clone()), ("700", Some(Phone::new("+7912"))));
        assert!(call.began < call.ended.unwrap());
    }

    #[test]
    fn notes_of_another_application_are_another_programs() {
        let recorded = recorded();
        for another in ["callsync_fallback_trial/", "fallback/"] {
            assert!(!recorded.iter().any(|message| concerns(another, message)), "{another}");
            assert_eq!(read(another, SERVER, &recorded), Noted::new(), "{another}");
        }
    }

    #[test]
    fn a_call_whose_channel_is_gone_without_a_note_of_its_end_ended_when_that_was_first_seen() {
        let noted: Noted = [note("a", None), note("b", None), note("c", Some(7))].into();
        assert_eq!(open(&noted), BTreeSet::from(["a", "b"]));
        let live = BTreeSet::from(["a".to_owned()]);
        let mut seen = BTreeMap::new();
        let first = report(&noted, &live, Some(at(100)), &mut seen);
        assert_eq!(ends(&first), [("a", None), ("c", Some(7)), ("b", Some(100))]);
        assert_eq!(report(&noted, &live, Some(at(200)), &mut seen), first);
        // Forgotten, it leaves nothing behind.
        assert_eq!(report(&[note("a", None)].into(), &live, Some(at(200)), &mut seen).len(), 1);
        assert!(seen.is_empty());
    }

    #[test]
    fn while_asterisk_does_not_tell_the_time_nothing_is_taken_to_have_ended() {
        let noted: Noted = [note("a", None)].into();
        assert_eq!(ends(&report(&noted, &BTreeSet::new(), None, &mut BTreeMap::new())), [("a", None)]);
    }

    #[test]
    fn after_a_long_absence_all_that_are_up_are_told_and_of_the_ended_as_many_as_can_be_dealt_with() {
        let ended = (0..2000).map(|n| note(&format!("ended-{n:04}"), Some(n)));
        let up = (0..700).map(|n| note(&format!("up-{n}"), None));
        let live: BTreeSet<String> = (0..700).map(|n| format!("up-{n}")).collect();
        let calls = report(&ended.chain(up).collect(), &live, Some(at(1)), &mut BTreeMap::new());
        assert_eq!(calls.iter().filter(|call| call.ended.is_none()).count(), 700);
        assert_eq!(calls.len(), 700 + ENDED_AT_ONCE);
        assert_eq!(calls[700].leg.id, "ended-0000");
    }
}
