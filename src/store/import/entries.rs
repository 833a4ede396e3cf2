//! The finer parts of the document: ways out of queues, and tiers.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// When callers need not wait any longer, and where they go then. What is left out does not happen.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverflowEntry {
    /// After waiting for this long.
    pub max_wait: Option<LimitEntry>,
    /// While no agent of the queue is logged in.
    #[serde(default)]
    pub nobody_logged_in: MomentsEntry,
    /// While every agent of the queue is logged out or not ready.
    #[serde(default)]
    pub nobody_ready: MomentsEntry,
    /// When so many wait already.
    pub full: Option<CapacityEntry>,
}

/// The longest wait.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitEntry {
    /// How long, in seconds.
    pub after_s: u32,
    /// Where the caller goes then.
    pub to: WayOutEntry,
}

/// The most callers who may wait.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapacityEntry {
    /// How many.
    pub waiting: u32,
    /// Where the next one goes.
    pub to: WayOutEntry,
}

/// Where callers go, by whether they were about to join or waited already.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MomentsEntry {
    /// Who would join.
    pub joining: Option<WayOutEntry>,
    /// Who waits.
    pub waiting: Option<WayOutEntry>,
}

/// Where a caller goes: `"dialplan"`, or `{"queue": "701"}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WayOutEntry {
    /// Back to the dialplan.
    Dialplan,
    /// Into the queue of that number.
    Queue(String),
}

/// A queue that an agent serves: `"700"`, or `{"number": "700", "tier": 2}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedEntry {
    /// The queue's number.
    pub number: String,
    /// The agent's tier in it; the first if none is given.
    pub tier: Option<u8>,
}

impl<'de> Deserialize<'de> for ServedEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Either)
    }
}

/// Takes both forms, and says of a third what was expected: what serde derives for such a choice names no field.
struct Either;

impl<'de> Visitor<'de> for Either {
    type Value = ServedEntry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(r#"a queue's number, as "700" or {"number": "700", "tier": 2}"#)
    }

    fn visit_str<E>(self, number: &str) -> Result<ServedEntry, E> {
        Ok(ServedEntry { number: number.to_owned(), tier: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<ServedEntry, A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Fields {
            number: String,
            tier: Option<u8>,
        }
        let Fields { number, tier } = Fields::deserialize(MapAccessDeserializer::new(fields))?;
        Ok(ServedEntry { number, tier })
    }
}
