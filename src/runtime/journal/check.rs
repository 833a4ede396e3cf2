//! Replays segments and compares: the same entries must have the same effects, and a segment must end in the state that
//! the next one begins with.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use acd::State;

use super::{BUILD, Segment, Unreadable, hash_effects};

/// What a check came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// How many entries were replayed.
    pub entries: u64,
    /// How many segments they were in.
    pub segments: usize,
    /// How many segments ended in the very state that the next one begins with.
    pub joined: usize,
}

/// Why a check came to its end too early, or where the replay first differs.
#[derive(Debug, thiserror::Error)]
pub enum Difference {
    /// A segment cannot be read.
    #[error("{path}: {why}")]
    Unreadable {
        /// The segment.
        path: String,
        /// Why not.
        why: Unreadable,
    },
    /// Another program wrote it: its decisions may differ, and rightly so.
    #[error(
        "{path} was written by build {theirs}, this program is build {BUILD}: only the same build decides alike, so there is nothing to compare"
    )]
    OtherBuild {
        /// The segment.
        path: String,
        /// Who wrote it.
        theirs: String,
    },
    /// An entry has other effects than it had.
    #[error("{path}, entry {number} ({event}): the effects differ from those of the day")]
    Effects {
        /// The segment.
        path: String,
        /// The entry's number in the segment, from 1.
        number: u64,
        /// The event's name.
        event: &'static str,
    },
    /// A step broke.
    #[error("{path}, entry {number} ({event}): the step panics")]
    Panicked {
        /// The segment.
        path: String,
        /// The entry's number in the segment, from 1.
        number: u64,
        /// The event's name.
        event: &'static str,
    },
    /// The next segment begins with another state.
    #[error("{path} begins with another state than the segment before it ends in")]
    State {
        /// The later segment.
        path: String,
    },
}

/// Replays these segments, oldest first.
///
/// # Errors
/// The first difference.
pub fn check(paths: &[PathBuf]) -> Result<Checked, Difference> {
    let mut checked = Checked::default();
    let mut before: Option<State> = None;
    for path in paths {
        let unreadable = |why| Difference::Unreadable { path: name(path), why };
        let mut segment = Segment::open(path).map_err(unreadable)?;
        if segment.header.build != BUILD {
            return Err(Difference::OtherBuild { path: name(path), theirs: segment.header.build });
        }
        let mut state = segment.state().map_err(unreadable)?;
        if let Some(before) = before.take().filter(|_| segment.header.follows) {
            if before != state {
                return Err(Difference::State { path: name(path) });
            }
            checked.joined += 1;
        }
        while let Some(entry) = segment.entry().map_err(unreadable)? {
            let (number, event, was) = (segment.entries_read(), entry.event.name(), entry.effects);
            let stepped = catch_unwind(AssertUnwindSafe(|| acd::step(&mut state, entry.at, entry.event)));
            let Ok(effects) = stepped else { return Err(Difference::Panicked { path: name(path), number, event }) };
            if hash_effects(&effects) != was {
                return Err(Difference::Effects { path: name(path), number, event });
            }
            checked.entries += 1;
        }
        // A snapshot is taken when Live has been told of everything.
        drop(state.take_changes());
        before = Some(state);
        checked.segments += 1;
    }
    Ok(checked)
}

fn name(path: &Path) -> String {
    path.display().to_string()
}
