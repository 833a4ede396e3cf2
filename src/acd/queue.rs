//! A queue: how callers wait in it, and what it has promised and kept.

use std::cmp::Reverse;

use model::wallboard::Today;
use model::{AgentId, AgentState, CallId, Span, Timestamp};

use crate::agent::Agent;

/// A queue, as the settings describe it and as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Queue {
    pub(crate) card: model::Queue,
    pub(crate) today: Today,
    /// It left the settings, and a last conversation of it is not over yet.
    pub(crate) retired: bool,
    /// Who was rung last: where the strategy goes round, the next one's turn is counted from here.
    pub(crate) last_rung: Option<AgentId>,
    /// Who was there when the rules of an empty queue were looked at last.
    pub(crate) presence: Presence,
}

/// Whether a queue has agents who are at work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Presence {
    /// At least one is logged in.
    pub(crate) logged_in: bool,
    /// At least one takes calls, or works on one: whoever talks, wraps up or has just lost their phone is worth waiting for.
    pub(crate) ready: bool,
}

impl Presence {
    pub(crate) const FULL: Self = Self { logged_in: true, ready: true };

    /// What one agent in this state adds.
    pub(crate) fn of(agent: &Agent) -> Self {
        match &agent.state {
            AgentState::Unreachable if agent.is_absent() => Self::default(),
            AgentState::LoggedOut => Self::default(),
            AgentState::NotReady(_) => Self { logged_in: true, ready: false },
            AgentState::Ready
            | AgentState::Reserved(_)
            | AgentState::Ringing(_)
            | AgentState::Talking(_)
            | AgentState::Held(_)
            | AgentState::WrapUp { .. }
            | AgentState::Unreachable => Self::FULL,
        }
    }
}

/// A caller's place in a queue. The smallest is served first: whoever was put at the head by order, by the latest order; then
/// the higher priority, of equals whoever came back to the head, then by the time when the call came. The id settles the same
/// millisecond: it was minted in the order in which we heard of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) at_head: Reverse<Option<u64>>,
    pub(crate) priority: Reverse<u8>,
    pub(crate) fresh: bool,
    pub(crate) entered: Timestamp,
    pub(crate) call: CallId,
}

impl Queue {
    pub(crate) fn new(card: model::Queue) -> Self {
        Self { card, today: Today::default(), retired: false, last_rung: None, presence: Presence::default() }
    }

    /// Whether a wait of this length keeps the promise.
    pub(crate) fn in_time(&self, waited: Span) -> bool {
        waited <= self.card.service_level.within
    }
}
