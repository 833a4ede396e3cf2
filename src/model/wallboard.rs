//! What Live shows: one row a queue, an agent, a call, as plain data. Rows hold times, not durations: the page counts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::agent::{AgentState, StateReason};
use crate::call::CallPhase;
use crate::id::{AgentId, CallId, QueueId};
use crate::person::{PersonName, Phone};
use crate::queue::ServiceLevelTarget;
use crate::time::Timestamp;

/// Everything that Live shows, at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wallboard {
    /// The moment.
    pub at: Timestamp,
    /// Whether the way to Asterisk is there; while it is not, the rest may be old.
    pub switch_up: bool,
    /// The sums over all queues.
    pub totals: Totals,
    /// In the order of the settings.
    pub queues: Vec<QueueRow>,
    /// In the order of the settings.
    pub agents: Vec<AgentRow>,
    /// The oldest first.
    pub calls: Vec<CallRow>,
    /// Calls that Asterisk's own queue takes care of, the oldest first.
    #[serde(default)]
    pub fallback: Vec<FallbackRow>,
}

/// The numbers at the top of Live.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Callers who wait, those being offered included.
    pub waiting: u32,
    /// When the caller who waits longest entered.
    pub longest_since: Option<Timestamp>,
    /// Calls in conversation, held ones included.
    pub talking: u32,
    /// Agents who are Ready.
    pub ready: u32,
    /// Agents who are logged in, whatever they do.
    pub logged_in: u32,
    /// All agents of the settings.
    pub agents: u32,
    /// What was promised and kept on the site's day.
    pub today: Today,
}

/// Calls of the site's day. In a queue's sums, waits are those in that queue alone, whatever the caller waited elsewhere before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Today {
    /// Callers whom an agent answered.
    pub answered: u32,
    /// Those of them who were answered within the queue's target time.
    pub answered_in_time: u32,
    /// Callers who hung up before.
    pub abandoned: u32,
    /// Those of them who had waited longer than the target time.
    pub abandoned_late: u32,
    /// Callers who came into the queue, from outside or from another queue; in the sums over all queues, each counts once a queue.
    #[serde(default)]
    pub entered: u32,
    /// Callers who left it unanswered and did not hang up: for another queue, or for the dialplan.
    #[serde(default)]
    pub left: u32,
}

/// What a day has come to so far, for sums that go on from there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaySums {
    /// The calls of each queue, also of those that left the settings.
    pub queues: BTreeMap<QueueId, Today>,
    /// How many calls each agent answered.
    pub answered: BTreeMap<AgentId, u32>,
}

impl DaySums {
    /// The sums over all queues.
    #[must_use]
    pub fn total(&self) -> Today {
        self.queues.values().fold(Today::default(), |total, today| Today {
            answered: total.answered.saturating_add(today.answered),
            answered_in_time: total.answered_in_time.saturating_add(today.answered_in_time),
            abandoned: total.abandoned.saturating_add(today.abandoned),
            abandoned_late: total.abandoned_late.saturating_add(today.abandoned_late),
            entered: total.entered.saturating_add(today.entered),
            left: total.left.saturating_add(today.left),
        })
    }
}

impl Today {
    /// Service level by formula C, in tenths of a per cent: answered in time / (answered + abandoned late);
    /// `None` while there is nothing to divide by.
    #[must_use]
    pub fn service_level_permille(self) -> Option<u32> {
        let base = u64::from(self.answered) + u64::from(self.abandoned_late);
        let permille = (u64::from(self.answered_in_time) * 1000 + base / 2).checked_div(base)?;
        // More are answered in time than are answered in no case.
        u32::try_from(permille).ok()
    }
}

/// A queue on Live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueRow {
    /// The queue.
    pub id: QueueId,
    /// Its number.
    pub number: String,
    /// Its name.
    pub name: String,
    /// When each waiting caller entered, in the order in which they are served: the first [`QueueRow::SHOWN`] of them,
    /// so that a row costs the same with ten thousand waiting.
    pub waiting: Vec<Timestamp>,
    /// How many wait, those left out of `waiting` included.
    pub waiting_count: u32,
    /// Agents of the queue who are Ready.
    pub ready: u32,
    /// Agents of the queue who are bound to a call of whatever queue.
    pub talking: u32,
    /// Agents of the queue who are logged in and neither.
    pub off: u32,
    /// The promise.
    pub target: ServiceLevelTarget,
    /// What was kept of it.
    pub today: Today,
}

impl QueueRow {
    /// How many waiting callers a row names one by one.
    pub const SHOWN: usize = 100;
}

/// An agent on Live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentRow {
    /// The agent.
    pub id: AgentId,
    /// The agent's name.
    pub name: PersonName,
    /// The phone's account.
    pub endpoint: String,
    /// What the agent does.
    pub state: AgentState,
    /// Since when.
    pub since: Timestamp,
    /// Why the program put them into it, where the state itself does not tell.
    #[serde(default)]
    pub why: Option<StateReason>,
    /// What the agent becomes once the present call lets go, if that was asked for during it.
    #[serde(default)]
    pub then: Option<AgentState>,
    /// Why no call is offered although the state would allow it.
    #[serde(default)]
    pub blocked: Option<Block>,
    /// How many calls they answered on the site's day.
    #[serde(default)]
    pub answered: u32,
    /// The queues that they serve.
    #[serde(default)]
    pub queues: Vec<QueueId>,
}

/// Why a Ready agent is offered no call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Block {
    /// The phone is in a call that is none of ours.
    PrivateCall,
    /// The phone is in a call that Asterisk's own queue gave it while we were away.
    FallbackCall,
    /// A leg that we hung up has not ended yet.
    Clearing,
    /// The phone was busy, or Asterisk could not ring it: it is left in peace for some seconds.
    Resting,
}

/// A live call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRow {
    /// The call.
    pub id: CallId,
    /// The queue.
    pub queue: QueueId,
    /// The queue's name.
    pub queue_name: String,
    /// The caller's number, if it was sent.
    pub number: Option<Phone>,
    /// Where it stands.
    pub phase: CallPhase,
    /// When the caller entered the queue.
    pub entered: Timestamp,
    /// When the phase began.
    pub since: Timestamp,
    /// The agent who is rung or talks.
    pub agent: Option<(AgentId, PersonName)>,
}

/// A call in the care of Asterisk's own queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FallbackRow {
    /// The number that was dialled.
    pub dialled: String,
    /// The caller's number, if it was sent.
    pub number: Option<Phone>,
    /// Since when it is there.
    pub since: Timestamp,
    /// The account of the agent who answered.
    pub agent: Option<String>,
}

/// A thing on Live that is not as it was. The new row, or nothing where it is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// A call came, changed or, with `None`, is over.
    Call(CallId, Option<CallRow>),
    /// An agent changed or, with `None`, left the settings.
    Agent(AgentId, Option<AgentRow>),
    /// A queue changed or, with `None`, left the settings.
    Queue(QueueId, Option<QueueRow>),
    /// The sums changed.
    Totals(Totals),
    /// The calls in the care of Asterisk's own queue, all of them.
    Fallback(Vec<FallbackRow>),
    /// The way to Asterisk was lost or found.
    Switch(bool),
}

/// What changed on Live at one moment. Numbers count up by one: a gap means that something was missed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveUpdate {
    /// The update's number.
    pub number: u64,
    /// When it was true.
    pub at: Timestamp,
    /// What changed.
    pub changes: Vec<Change>,
}

#[cfg(test)]
mod tests {
    use super::Today;

    /// The ICMI vector of 1000 answered, 860 in time, 60 abandoned of whom 20 in time: formula C is 82.7 %.
    #[test]
    fn formula_c_passes_the_icmi_vector() {
        let today = Today { answered: 1000, answered_in_time: 860, abandoned: 60, abandoned_late: 40, ..Today::default() };
        assert_eq!(today.service_level_permille(), Some(827));
        assert_eq!(Today::default().service_level_permille(), None);
        let (answered, late) = (3_000_000_000, u32::MAX);
        let years = Today { answered, answered_in_time: answered, abandoned_late: late, ..Today::default() };
        assert_eq!(years.service_level_permille(), Some(411));
    }
}
