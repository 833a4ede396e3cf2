//! What we write onto Asterisk's own objects, so that its account and its CDR can tell the story without us.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::call::{CallPhase, Outcome};
use crate::id::{AgentId, CallId, QueueId};
use crate::time::Timestamp;

/// What the caller's CDR says about the call. Set ahead: it states what would be true if the caller vanished now,
/// because after the caller's hang-up Asterisk takes no CDR variable any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The call.
    pub call: CallId,
    /// The queue's number.
    pub queue: String,
    /// The outcome if nothing else happens.
    pub outcome: Outcome,
    /// When the caller entered the queue.
    pub entered: Timestamp,
    /// The account of the agent who took the call.
    pub agent: Option<String>,
    /// When the agent answered.
    pub answered: Option<Timestamp>,
}

impl Stamp {
    /// The CDR's columns and their values, in a fixed order. All of them, the empty ones too: what an earlier stamp said and
    /// is not true any more must not stay. Asterisk writes an empty value as an empty text in SQLite, as NULL in PostgreSQL.
    #[must_use]
    pub fn columns(&self) -> [(&'static str, String); 6] {
        [
            ("callsync_call", self.call.to_string()),
            ("callsync_queue", self.queue.clone()),
            ("callsync_outcome", self.outcome.name().to_owned()),
            ("callsync_entered", self.entered.as_ms().to_string()),
            ("callsync_agent", self.agent.clone().unwrap_or_default()),
            ("callsync_answered", self.answered.map(|at| at.as_ms().to_string()).unwrap_or_default()),
        ]
    }
}

/// The value of the channel variable `CALLSYNC`: enough to give a waiting caller the place back from Asterisk's account
/// alone, and to say who talked to one whose agent left while nobody looked. Written as
/// `call queue entered priority phase since agent`, separated by spaces; the agent only while there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The call.
    pub call: CallId,
    /// The queue.
    pub queue: QueueId,
    /// When the caller entered it.
    pub entered: Timestamp,
    /// The caller's priority; higher is served first.
    pub priority: u8,
    /// Where the call stood.
    pub phase: CallPhase,
    /// Since when the caller has been waiting, or talking.
    pub since: Timestamp,
    /// With whom the caller talks. Earlier builds did not write it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { call, queue, entered, priority, phase, since, agent } = self;
        write!(f, "{call} {queue} {} {priority} {} {}", entered.as_ms(), phase.name(), since.as_ms())?;
        agent.map_or(Ok(()), |agent| write!(f, " {agent}"))
    }
}

impl FromStr for Mark {
    type Err = NotAMark;

    fn from_str(text: &str) -> Result<Self, NotAMark> {
        parse(text).ok_or(NotAMark)
    }
}

fn parse(text: &str) -> Option<Mark> {
    let mut words = text.split(' ');
    let mark = Mark {
        call: words.next()?.parse().ok()?,
        queue: words.next()?.parse().ok()?,
        entered: Timestamp::from_ms(words.next()?.parse().ok()?),
        priority: words.next()?.parse().ok()?,
        phase: CallPhase::named(words.next()?)?,
        since: Timestamp::from_ms(words.next()?.parse().ok()?),
        agent: words.next().map(str::parse).transpose().ok()?,
    };
    words.next().is_none().then_some(mark)
}

/// A text that was expected to be a mark and is none.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the variable CALLSYNC does not hold call, queue, time, priority, phase, its time and perhaps an agent")]
pub struct NotAMark;

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};
    use uuid::Uuid;

    use super::{Mark, NotAMark, Stamp};
    use crate::call::{CallPhase, Outcome};
    use crate::id::{AgentId, CallId, QueueId};
    use crate::time::Timestamp;

    #[test]
    fn a_stamp_writes_all_columns_so_that_what_is_not_true_any_more_is_wiped_out() {
        let entered = Timestamp::from_ms(1000);
        let (call, queue) = (CallId(Uuid::nil()), "700".to_owned());
        let stamp = Stamp { call, queue, outcome: Outcome::Abandoned, entered, agent: None, answered: None };
        let values =
            [Uuid::nil().to_string(), "700".to_owned(), "abandoned".to_owned(), "1000".to_owned(), String::new(), String::new()];
        let names = ["call", "queue", "outcome", "entered", "agent", "answered"].map(|name| format!("callsync_{name}"));
        let columns = stamp.columns().into_iter().map(|(name, value)| (name.to_owned(), value));
        assert_eq!(columns.collect::<Vec<_>>(), names.into_iter().zip(values).collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn a_mark_reads_back_as_itself(call: u128, queue: u128, entered: i64, priority: u8, since: i64, agent: Option<u128>) {
            let mark = Mark {
                call: CallId(Uuid::from_u128(call)),
                queue: QueueId(Uuid::from_u128(queue)),
                entered: Timestamp::from_ms(entered),
                priority,
                phase: CallPhase::Offered,
                since: Timestamp::from_ms(since),
                agent: agent.map(|agent| AgentId(Uuid::from_u128(agent))),
            };
            assert_eq!(mark.to_string().parse(), Ok(mark));
        }

        #[test]
        fn any_other_text_is_refused(text in any::<String>()) {
            assert_eq!(text.parse::<Mark>(), Err(NotAMark));
        }
    }
}
