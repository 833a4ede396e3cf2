//! The journal: every event and what came of it, in files of our own, so that the program can be killed at any moment and
//! go on from where it was. Appended to by a thread of its own; no order ever waits for it.
//!
//! ```text
//!  segment  = magic, header, snapshot, entry, entry, …     the state is the snapshot's, stepped by the entries
//!  record   = length (4 bytes), CRC-32 (4 bytes), JSON     a record that is cut short or damaged ends the segment
//! ```
//!
//! A segment can be read by itself. A new one begins at every start and end of the program, when the last one has grown or
//! aged, and after every gap; segments that are older than the settings say and whose facts are all in the database go.

mod check;
mod folder;
mod reading;
mod record;
#[cfg(test)]
mod tests;
mod thread;
mod writing;

use std::path::PathBuf;

use acd::State;
use acd::event::Event;
use jiff::tz::TimeZone;
use model::{Fact, Timestamp};
use serde::{Deserialize, Serialize};

pub use check::{Checked, Difference, check};
pub use folder::segments;
pub(crate) use folder::steps_after;
pub(crate) use reading::last_fact;
pub use reading::{Segment, Unreadable};
pub(crate) use thread::{Journal, Snapshot, Step, open};

/// The number of the form in which a [`State`] is kept. It grows when a state of the last release cannot be read as it is;
/// the last form then stays readable as a type of its own.
pub const SCHEMA: u32 = 2;

/// What a program must share with another to come to the very same decisions: the release and a hash of the core's source.
pub const BUILD: &str = concat!(env!("CARGO_PKG_VERSION"), "+", env!("CALLSYNC_CORE"));

/// The number of the form in which a segment is written.
const FORMAT: u32 = 1;

/// Where the journal is kept and for how long, and the days of the site.
#[derive(Clone, Debug)]
pub struct Keeping {
    /// The program's own folder: the journal is in `journal/`, events that broke a step in `poison/`.
    pub folder: PathBuf,
    /// For how many days a segment is kept after its end.
    pub days: u32,
    /// The zone of the site, whose midnight ends the day that is counted.
    pub zone: TimeZone,
}

impl Keeping {
    pub(crate) fn journal(&self) -> PathBuf {
        self.folder.join("journal")
    }

    pub(crate) fn poison(&self) -> PathBuf {
        self.folder.join("poison")
    }
}

/// What opens a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The form of the segment.
    pub format: u32,
    /// The program that wrote it, as [`BUILD`].
    pub build: String,
    /// The form of the state, as [`SCHEMA`].
    pub schema: u32,
    /// When the snapshot was taken.
    pub at: Timestamp,
    /// The last fact before the snapshot.
    pub position: u64,
    /// Since when the sums in the state count: when a state last began from nothing.
    pub since: Timestamp,
    /// Whether the snapshot is what the segment before this one ends in: nothing is missing between the two.
    pub follows: bool,
}

/// An event, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When it was taken in.
    pub at: Timestamp,
    /// What the world reported.
    pub event: Event,
    /// The position of the first fact.
    pub first: u64,
    /// What the books say about it.
    pub facts: Vec<Fact>,
    /// A hash of all effects, in their order: a replay must come to the same.
    pub effects: u64,
}

impl Entry {
    /// The position of the last fact up to and with this entry.
    #[must_use]
    pub fn last(&self) -> u64 {
        (self.first + self.facts.len() as u64).saturating_sub(1)
    }
}

/// Reads a state of any schema that this program can.
pub(crate) fn read_state(schema: u32, json: &[u8]) -> Result<State, Unreadable> {
    match schema {
        1 => serde_json::from_slice::<acd::FirstForm>(json).map(State::from).map_err(Unreadable::Snapshot),
        SCHEMA => serde_json::from_slice(json).map_err(Unreadable::Snapshot),
        _ => Err(Unreadable::Schema(schema)),
    }
}

/// FNV-1a, 64 bits: the same number on every machine and in every release.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The hash by which a replay's effects are compared.
pub(crate) fn hash_effects(effects: &[acd::effect::Effect]) -> u64 {
    // What the core orders and records always has a JSON form; if it had none, both sides would lack it alike.
    hash(&serde_json::to_vec(effects).unwrap_or_default())
}
