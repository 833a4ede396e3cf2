//! The folder of the journal: which segments there are, in their order, and the facts in them.

use std::io;
use std::path::{Path, PathBuf};

use model::fact::BookEntry;
use model::{Span, Timestamp};

use super::reading::{Segment, header_of};

/// What the name of a segment ends in.
const ENDING: &str = "journal";

/// The segments in a folder, oldest first. A folder that is not there holds none.
///
/// # Errors
/// When the folder cannot be read.
pub fn segments(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let listed = match std::fs::read_dir(folder) {
        Ok(listed) => listed,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in listed {
        let path = entry?.path();
        found.extend(number(&path).map(|number| (number, path)));
    }
    found.sort_unstable();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

/// A segment's number, by which it is ordered: clocks may be set back, numbers never are.
pub(super) fn number(path: &Path) -> Option<u64> {
    if path.extension()? != ENDING {
        return None;
    }
    path.file_stem()?.to_str()?.parse().ok()
}

pub(super) fn path_of(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:010}.{ENDING}"))
}

/// Deletes the segments that ended before `before`, but never one with a fact beyond `booked`, and never the newest. How many
/// went.
pub(super) fn retire(folder: &Path, before: Timestamp, booked: u64) -> io::Result<usize> {
    let listed = segments(folder)?;
    let mut gone = 0;
    for pair in listed.windows(2) {
        let [old, next] = pair else { break };
        // A segment ends where the next one begins; what cannot be read does not tell, and stays until it can be judged by
        // a later one.
        let Ok(next) = header_of(next) else { continue };
        if next.at >= before || next.position > booked {
            break;
        }
        std::fs::remove_file(old)?;
        gone += 1;
    }
    Ok(gone)
}

/// The start of the time within which segments are kept.
pub(super) fn kept_since(at: Timestamp, days: u32) -> Timestamp {
    at - Span::from_secs(i64::from(days) * 24 * 60 * 60)
}

/// All facts beyond a position that are on the disk, in their order. Segments and entries that cannot be read are passed
/// over: what they held is missing.
pub(crate) fn facts_after(folder: &Path, position: u64) -> io::Result<impl Iterator<Item = BookEntry> + Send + use<>> {
    let mut listed = segments(folder)?;
    // Whatever was written before the last segment that begins at or before the position lies behind it.
    let first = listed.iter().rposition(|path| header_of(path).is_ok_and(|header| header.position <= position));
    listed.drain(..first.unwrap_or(0));
    let facts = listed.into_iter().filter_map(|path| Segment::open(&path).ok()).flat_map(Facts);
    let mut reached = position;
    Ok(facts.filter(move |fact| {
        let new = fact.position > reached;
        reached = reached.max(fact.position);
        new
    }))
}

/// The facts of one segment.
struct Facts(Segment);

impl IntoIterator for Facts {
    type Item = BookEntry;
    type IntoIter = Box<dyn Iterator<Item = BookEntry> + Send>;

    fn into_iter(mut self) -> Self::IntoIter {
        let entries = std::iter::from_fn(move || {
            loop {
                match self.0.entry() {
                    Ok(entry) => return entry,
                    Err(super::Unreadable::Entry { .. }) => {}
                    Err(_) => return None,
                }
            }
        });
        Box::new(entries.flat_map(|entry| {
            let (at, first) = (entry.at, entry.first);
            (first..).zip(entry.facts).map(move |(position, fact)| BookEntry { position, at, fact })
        }))
    }
}
