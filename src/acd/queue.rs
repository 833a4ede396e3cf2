//! A queue: how callers wait in it, and what it has promised and kept.

use std::cmp::Reverse;

use model::wallboard::Today;
use model::{CallId, Span, Timestamp};
use serde::{Deserialize, Serialize};

/// A queue, as the settings describe it and as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Queue {
    pub(crate) card: model::Queue,
    pub(crate) today: Today,
    /// It left the settings, and a last conversation of it is not over yet.
    pub(crate) retired: bool,
}

/// A caller's place in a queue. The smallest is served first: the higher priority, of equals whoever came back to the head,
/// then by time of entering. The id settles the same millisecond: it was minted in the order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) priority: Reverse<u8>,
    pub(crate) fresh: bool,
    pub(crate) entered: Timestamp,
    pub(crate) call: CallId,
}

impl Queue {
    pub(crate) fn new(card: model::Queue) -> Self {
        Self { card, today: Today::default(), retired: false }
    }

    /// Whether a wait of this length keeps the promise.
    pub(crate) fn in_time(&self, waited: Span) -> bool {
        waited <= self.card.service_level.within
    }
}
