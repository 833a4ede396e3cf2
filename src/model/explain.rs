//! Why a call went to whom it went, and why it still waits: recorded when it was decided, so that nobody has to guess.

use serde::{Deserialize, Serialize};

use crate::id::{AgentId, CallId, QueueId};
use crate::queue::Strategy;
use crate::time::Timestamp;
use crate::wallboard::Block;

/// Why an agent, or agents, were rung for a call: what was compared, and who won. The choice follows from what stands here
/// alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// When it was made.
    pub at: Timestamp,
    /// The queue of the call at that moment.
    pub queue: QueueId,
    /// What was compared.
    pub compared: Compared,
    /// Who is rung.
    pub chosen: Vec<AgentId>,
}

/// What was compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Compared {
    /// A caller wanted an agent, and these were available.
    Agents {
        /// The queue's strategy.
        strategy: Strategy,
        /// How many agents more may be rung for the caller: one, but where all are rung at once.
        room: u32,
        /// The available agents, the best first; at most [`Compared::SHOWN`] of them, but whoever is rung is among them.
        candidates: Vec<Candidate>,
        /// How many more were available, all behind those named.
        more: u32,
    },
    /// An agent became available, and these callers stood at the heads of their queues.
    Callers {
        /// The heads, the first to be served first; at most [`Compared::SHOWN`] of them.
        heads: Vec<Head>,
        /// How many more heads there were, all behind those named.
        more: u32,
    },
}

impl Compared {
    /// How many candidates are named one by one.
    pub const SHOWN: usize = 8;
}

/// An agent who was available. The smallest is rung first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Candidate {
    /// The agent's tier in the queue; lower is rung first.
    pub tier: u8,
    /// What the strategy looks at, within a tier.
    pub rank: Rank,
    /// The agent, whose id settles what is equal otherwise.
    pub agent: AgentId,
}

/// What a strategy looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Rank {
    /// Since when the agent is idle; the earliest is rung first.
    IdleSince(Timestamp),
    /// How many calls the agent has answered, then since when they are idle.
    Answered(u32, Timestamp),
    /// The place in the order of the settings, counted from whoever was rung last where the strategy goes round.
    Place(u32),
    /// The lot that was drawn; the lowest wins.
    Lot(u64),
}

/// A caller at the head of a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The call.
    pub call: CallId,
    /// Its queue.
    pub queue: QueueId,
    /// The number of the order that put it at the head of its queue, if somebody did: of those, the highest is served first,
    /// and before all others.
    #[serde(default)]
    pub at_head: Option<u64>,
    /// Its priority; higher is served first.
    pub priority: u8,
    /// Whether it came back to the head of its queue.
    pub returned: bool,
    /// When it entered.
    pub entered: Timestamp,
    /// How many others are being rung for it already: none, but where all are rung at once.
    pub ringing: u32,
}

/// Why a call is where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The call.
    pub call: CallId,
    /// What was decided for it so far, the oldest first, the last few.
    pub decisions: Vec<Decision>,
    /// Why nobody is rung for it now; `None` if somebody is, or it does not wait.
    pub waits: Option<Waits>,
}

/// Why nobody is rung for a caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waits {
    /// The place in the queue, from 1.
    pub place: u32,
    /// Whether somebody put the caller at the head of the queue.
    #[serde(default)]
    pub at_head: bool,
    /// Whether the way to the caller's Asterisk is lost.
    pub switch_lost: bool,
    /// What the queue's agents do, and how many of them.
    pub agents: Vec<(Doing, u32)>,
    /// When a rule of the queue sends the caller elsewhere.
    pub leaves_at: Option<Timestamp>,
}

/// Why an agent is not rung.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Doing {
    /// Not at work.
    LoggedOut,
    /// At work, but takes no calls.
    NotReady,
    /// Being rung, or in conversation, for another call.
    AtWork,
    /// Finishing the last call.
    WrapUp,
    /// The phone cannot be reached.
    Unreachable,
    /// Ready, and would be rung if the way to the Asterisk were there.
    Ready,
    /// Ready, and yet not rung.
    Blocked(Block),
    /// At a phone of another Asterisk.
    Elsewhere,
}
