//! Agents: who they are, where their phone is, what they are doing.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::{AgentId, CallId, QueueId, ServerId};
use crate::person::PersonName;
use crate::time::{Span, Timestamp};

/// An agent as the settings describe them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// The agent's id.
    pub id: AgentId,
    /// The agent's name, as colleagues read it.
    pub name: PersonName,
    /// The phone that rings.
    pub endpoint: Endpoint,
    /// The queues that the agent serves.
    pub queues: Vec<QueueId>,
    /// Whether the agent becomes Ready as soon as the phone registers: for sites where the phone is the log-in.
    #[serde(default)]
    pub ready_on_register: bool,
    /// The tier in each queue that is not in the first one: lower tiers are rung first.
    #[serde(default)]
    pub tiers: BTreeMap<QueueId, u8>,
}

/// The longest time that a wrap-up may have left: whoever needs more is not ready.
pub const LONGEST_WRAP_UP: Span = Span::from_secs(600);

/// The tier of an agent whose settings name none. Tiers count from here.
pub const FIRST_TIER: u8 = 1;

impl Agent {
    /// The agent's tier in a queue.
    #[must_use]
    pub fn tier(&self, queue: QueueId) -> u8 {
        self.tiers.get(&queue).copied().unwrap_or(FIRST_TIER)
    }
}

/// A phone's account on one Asterisk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Endpoint {
    /// The Asterisk that knows the account.
    pub server: ServerId,
    /// The account's name there, as `1001`.
    pub name: String,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// What an agent is doing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AgentState {
    /// Not at work.
    LoggedOut,
    /// At work, but offered no calls.
    NotReady(NotReadyReason),
    /// Waiting for a call since the state began: the longest idle is served first.
    Ready,
    /// Chosen for a call whose leg does not ring yet.
    Reserved(CallId),
    /// The phone rings.
    Ringing(CallId),
    /// In conversation.
    Talking(CallId),
    /// In conversation, the caller on hold.
    Held(CallId),
    /// Finishing the work of the last call, until the time given.
    WrapUp {
        /// The call that is being finished.
        call: CallId,
        /// When the agent becomes Ready by themselves.
        until: Timestamp,
    },
    /// At work, but the phone cannot be reached.
    Unreachable,
}

/// Why the program changed an agent's state, where the state itself does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum StateReason {
    /// The phone could not be reached for so long that its agent was logged out.
    Unreachable,
}

impl StateReason {
    /// The reason's name as the books write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
        }
    }
}

/// Why an agent is not ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum NotReadyReason {
    /// The agent asked, and gave no reason.
    Asked,
    /// A short break.
    Break,
    /// A meal.
    Lunch,
    /// Learning, or teaching.
    Training,
    /// A talk with colleagues.
    Meeting,
    /// A call rang and was not answered (RONA).
    NoAnswer,
    /// The phone refused a call or was busy on its own account.
    Refused,
    /// The phone answered a call with an error, of this SIP status.
    PhoneFailed(u16),
    /// The phone sent a call on to somewhere else (SIP 302).
    Forwarded,
    /// The phone was busy again and again, though nothing told that it is in use.
    Busy,
    /// The agent has just logged in and not yet asked for calls.
    LoggedIn,
    /// The agent's desk vanished: the browser that they worked in is not heard of any more. Nobody gives it as a reason by hand.
    Gone,
}

impl AgentState {
    /// Whether the agent is at work, whatever they do.
    #[must_use]
    pub const fn is_logged_in(&self) -> bool {
        match self {
            Self::LoggedOut => false,
            Self::NotReady(_)
            | Self::Ready
            | Self::Reserved(_)
            | Self::Ringing(_)
            | Self::Talking(_)
            | Self::Held(_)
            | Self::WrapUp { .. }
            | Self::Unreachable => true,
        }
    }

    /// Whether the agent is bound to a call: rung for it, or in conversation.
    #[must_use]
    pub const fn is_bound(&self) -> bool {
        self.call().is_some()
    }

    /// Whether the agent is in conversation, the caller on hold or not.
    #[must_use]
    pub const fn in_talk(&self) -> bool {
        match self {
            Self::Talking(_) | Self::Held(_) => true,
            Self::LoggedOut
            | Self::NotReady(_)
            | Self::Ready
            | Self::Reserved(_)
            | Self::Ringing(_)
            | Self::WrapUp { .. }
            | Self::Unreachable => false,
        }
    }

    /// Whether the agent takes calls, or works on one and takes the next: all but those who are logged out or not ready.
    #[must_use]
    pub const fn takes_calls(&self) -> bool {
        match self {
            Self::LoggedOut | Self::NotReady(_) => false,
            Self::Ready
            | Self::Reserved(_)
            | Self::Ringing(_)
            | Self::Talking(_)
            | Self::Held(_)
            | Self::WrapUp { .. }
            | Self::Unreachable => true,
        }
    }

    /// The call that the agent is bound to, if any.
    #[must_use]
    pub const fn call(&self) -> Option<CallId> {
        match self {
            Self::Reserved(call) | Self::Ringing(call) | Self::Talking(call) | Self::Held(call) => Some(*call),
            Self::LoggedOut | Self::NotReady(_) | Self::Ready | Self::WrapUp { .. } | Self::Unreachable => None,
        }
    }

    /// The call that rings at the agent, or is about to.
    #[must_use]
    pub const fn rings(&self) -> Option<CallId> {
        match self {
            Self::Reserved(call) | Self::Ringing(call) => Some(*call),
            Self::LoggedOut
            | Self::NotReady(_)
            | Self::Ready
            | Self::Talking(_)
            | Self::Held(_)
            | Self::WrapUp { .. }
            | Self::Unreachable => None,
        }
    }

    /// Why the agent is not ready, if they are not.
    #[must_use]
    pub const fn reason(&self) -> Option<NotReadyReason> {
        match self {
            Self::NotReady(reason) => Some(*reason),
            Self::LoggedOut
            | Self::Ready
            | Self::Reserved(_)
            | Self::Ringing(_)
            | Self::Talking(_)
            | Self::Held(_)
            | Self::WrapUp { .. }
            | Self::Unreachable => None,
        }
    }

    /// The call that the agent is bound to, or finishes.
    #[must_use]
    pub const fn works_on(&self) -> Option<CallId> {
        match self {
            Self::WrapUp { call, .. } => Some(*call),
            Self::LoggedOut
            | Self::NotReady(_)
            | Self::Ready
            | Self::Reserved(_)
            | Self::Ringing(_)
            | Self::Talking(_)
            | Self::Held(_)
            | Self::Unreachable => self.call(),
        }
    }

    /// The state's name as the books and the metrics write it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::LoggedOut => "logged_out",
            Self::NotReady(_) => "not_ready",
            Self::Ready => "ready",
            Self::Reserved(_) => "reserved",
            Self::Ringing(_) => "ringing",
            Self::Talking(_) => "talking",
            Self::Held(_) => "held",
            Self::WrapUp { .. } => "wrap_up",
            Self::Unreachable => "unreachable",
        }
    }
}

impl NotReadyReason {
    /// Whether nobody was asked, for all that is known: then it is over when the phone registers anew.
    #[must_use]
    pub const fn is_of_the_phone(self) -> bool {
        match self {
            Self::NoAnswer | Self::PhoneFailed(_) => true,
            Self::Asked
            | Self::Break
            | Self::Lunch
            | Self::Training
            | Self::Meeting
            | Self::Refused
            | Self::Forwarded
            | Self::Busy
            | Self::LoggedIn
            | Self::Gone => false,
        }
    }

    /// The reason's name as the books write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Break => "break",
            Self::Lunch => "lunch",
            Self::Training => "training",
            Self::Meeting => "meeting",
            Self::NoAnswer => "no_answer",
            Self::Refused => "refused",
            Self::PhoneFailed(_) => "phone_failed",
            Self::Forwarded => "forwarded",
            Self::Busy => "busy",
            Self::LoggedIn => "logged_in",
            Self::Gone => "gone",
        }
    }
}
