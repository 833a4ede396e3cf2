//! A party's own log: what it says happened to it, and when.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::clock::{Millis, missed, time_of_day};
use crate::Result;

/// What happened to a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// It dialled.
    Dialled,
    /// Its phone rings.
    Rang,
    /// The call stands: it answered, or was answered.
    Established,
    /// It refused the call with this SIP status.
    Refused(u16),
    /// It put the other side on hold.
    Held,
    /// It took the other side back.
    Resumed,
    /// It hung up, or gave up.
    HungUp,
    /// The other side hung up, or gave up.
    WasHungUp,
    /// The call came to nothing, with this SIP status.
    Failed(u16),
}

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// When.
    pub at: Millis,
    /// What happened.
    pub what: What,
    /// To whom: the account of an agent, the number of a caller.
    pub who: String,
    /// Who the other side was, as the party saw it: for an agent the caller's number.
    pub peer: String,
    /// The party's own id of the call.
    pub call: String,
}

/// A party's log, shared by whoever writes it and whoever waits for its next line.
#[derive(Debug, Clone)]
pub struct Diary {
    notes: Arc<Mutex<Vec<Note>>>,
    news: Arc<Notify>,
}

impl Diary {
    /// An empty log.
    pub fn empty() -> Self {
        Self { notes: Arc::default(), news: Arc::default() }
    }

    /// Writes a line.
    pub fn write(&self, note: Note) {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).push(note);
        self.news.notify_waiters();
    }

    /// All lines so far.
    pub fn notes(&self) -> Vec<Note> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many lines there are: a place to look on from.
    pub fn length(&self) -> usize {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Waits for a line from the `from`-th on that fits; gives its place and the line.
    ///
    /// # Errors
    /// When none comes in time: with `expected`, and all that the log says from there on.
    pub async fn wait(
        &self,
        from: usize,
        bound: Duration,
        expected: &str,
        fits: impl Fn(&Note) -> bool,
    ) -> Result<(usize, Note)> {
        let deadline = Instant::now() + bound;
        loop {
            let news = self.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            if let Some(note) = self.notes().into_iter().enumerate().skip(from).find(|(_, note)| fits(note)) {
                return Ok(note);
            }
            if timeout_at(deadline, news).await.is_err() {
                return Err(missed(expected, bound, &self.said(from)));
            }
        }
    }

    fn said(&self, from: usize) -> String {
        let notes = self.notes();
        let lines: Vec<String> =
            notes.iter().skip(from).map(|note| format!("{:?} at {}", note.what, time_of_day(note.at))).collect();
        match lines.is_empty() {
            true => "its log says nothing".to_owned(),
            false => format!("its log says: {}", lines.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(what: What) -> Note {
        Note { at: 1, what, who: String::new(), peer: String::new(), call: String::new() }
    }

    #[tokio::test]
    async fn a_line_written_before_or_during_the_wait_is_found() {
        let diary = Diary::empty();
        diary.write(note(What::Rang));
        let bound = Duration::from_secs(5);
        assert!(diary.wait(0, bound, "it rings", |note| note.what == What::Rang).await.is_ok());
        let (waiting, ()) = tokio::join!(diary.wait(1, bound, "it ends", |note| note.what == What::HungUp), async {
            tokio::task::yield_now().await;
            diary.write(note(What::HungUp));
        });
        assert_eq!(waiting.unwrap().1.what, What::HungUp);
    }

    #[tokio::test]
    async fn a_wait_in_vain_tells_what_the_log_says() {
        let diary = Diary::empty();
        diary.write(note(What::Rang));
        let trouble = diary.wait(0, Duration::from_millis(5), "it is answered", |_| false).await.unwrap_err();
        assert!(trouble.to_string().contains("Rang at"), "{trouble}");
    }
}
