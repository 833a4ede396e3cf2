//! The folder of the journal: which segments there are, in their order, and the facts in them.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use model::fact::BookEntry;
use model::{Span, Timestamp};

use super::reading::{Segment, header_of};
use super::{Entry, Unreadable};

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

/// The facts beyond a position that are on the disk, step by step, in their order. Segments and entries that cannot be read
/// are passed over: what they held is missing.
pub(crate) fn steps_after(folder: &Path, position: u64) -> io::Result<impl Iterator<Item = Vec<BookEntry>> + Send + use<>> {
    let mut listed = segments(folder)?;
    // Whatever was written before the last segment that begins at or before the position lies behind it.
    let first = listed.iter().rposition(|path| header_of(path).is_ok_and(|header| header.position <= position));
    listed.drain(..first.unwrap_or(0));
    for path in &listed {
        // What cannot be opened now may be a moment later, and is no reason to pass over what it holds.
        match File::open(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(_) | Err(_) => {}
        }
    }
    let steps = listed.into_iter().filter_map(|path| Segment::open(&path).ok()).flat_map(entries);
    let mut reached = position;
    Ok(steps.filter_map(move |entry| {
        let facts = (entry.first..).zip(entry.facts).filter(|(position, _)| *position > reached);
        let step: Vec<BookEntry> = facts.map(|(position, fact)| BookEntry { position, at: entry.at, fact }).collect();
        reached = step.last()?.position;
        Some(step)
    }))
}

/// What can be read of a segment.
fn entries(mut segment: Segment) -> impl Iterator<Item = Entry> + Send {
    std::iter::from_fn(move || {
        loop {
            match segment.entry() {
                Ok(entry) => return entry,
                Err(Unreadable::Entry { .. }) => {}
                Err(_) => return None,
            }
        }
    })
}
