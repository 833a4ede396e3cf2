//! Queues as the settings describe them.

use serde::{Deserialize, Serialize};

use crate::id::QueueId;
use crate::time::Span;

/// A queue: the number that callers reach it by, and how it treats them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// The queue's id.
    pub id: QueueId,
    /// The number in the dialplan, as `700`.
    pub number: String,
    /// The name that people read.
    pub name: String,
    /// The class of music that waiting callers hear.
    pub music: String,
    /// How long an agent's phone rings before the call goes back to the head of the queue.
    pub ring_timeout: Span,
    /// How long an agent has to finish a call before the next one; zero means none.
    pub wrap_up: Span,
    /// The promise to callers.
    pub service_level: ServiceLevelTarget,
    /// Who of the agents of the best tier is rung.
    #[serde(default)]
    pub strategy: Strategy,
    /// When callers need not wait any longer, and where they go then.
    #[serde(default)]
    pub overflow: Overflow,
}

/// The promise of a queue: this share of callers is answered within this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceLevelTarget {
    /// Per cent of the callers, 0–100.
    pub percent: u8,
    /// The time to answer them within.
    pub within: Span,
}

/// Who is rung, of the available agents of the best tier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// The one who has been idle longest, over all their queues.
    #[default]
    LongestIdle,
    /// The one who has answered fewest calls on the site's day; of equals the longest idle.
    FewestCalls,
    /// In turn, in the order of the settings: the one after whoever was rung last.
    RoundRobin,
    /// The first available, in the order of the settings.
    Linear,
    /// Any one, drawn by lot.
    Random,
    /// All at once: whoever answers first has the call.
    RingAll,
}

/// Where a caller goes who leaves a queue unanswered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WayOut {
    /// Back to the dialplan, which is told `CALLSYNC_EXIT=returned`.
    #[default]
    Dialplan,
    /// Into another queue, with the time of entering kept.
    Queue(QueueId),
}

/// When a caller leaves a queue unanswered, and for where. What is not set does not happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Overflow {
    /// After waiting in this queue for this long. An agent who is being rung at that moment rings on.
    pub max_wait: Option<Limit>,
    /// Who would join while no agent of the queue is logged in.
    pub nobody_logged_in_joining: Option<WayOut>,
    /// Who waits when the last agent of the queue logs out.
    pub nobody_logged_in_waiting: Option<WayOut>,
    /// Who would join while every agent of the queue is logged out or not ready. Busy agents are worth waiting for.
    pub nobody_ready_joining: Option<WayOut>,
    /// Who waits when the last agent of the queue becomes not ready.
    pub nobody_ready_waiting: Option<WayOut>,
    /// How many may wait; who would join beyond it leaves at once.
    pub full: Option<Capacity>,
}

/// The longest wait, and where it leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// How long.
    pub after: Span,
    /// Where the caller goes then.
    pub to: WayOut,
}

/// The most callers who may wait, and where one more goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capacity {
    /// How many.
    pub waiting: u32,
    /// Where the next one goes.
    pub to: WayOut,
}

impl Overflow {
    /// Every way out of the queue that may be taken.
    pub fn ways_out(&self) -> impl Iterator<Item = WayOut> + use<> {
        let rules = [
            self.max_wait.map(|limit| limit.to),
            self.nobody_logged_in_joining,
            self.nobody_logged_in_waiting,
            self.nobody_ready_joining,
            self.nobody_ready_waiting,
            self.full.map(|full| full.to),
        ];
        rules.into_iter().flatten()
    }
}
