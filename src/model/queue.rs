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
}

/// The promise of a queue: this share of callers is answered within this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceLevelTarget {
    /// Per cent of the callers, 0–100.
    pub percent: u8,
    /// The time to answer them within.
    pub within: Span,
}
