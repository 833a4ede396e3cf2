//! The state as the last run left it: the newest snapshot that can be read, stepped by what was written after it. What the
//! steps order is thrown away: it was ordered then.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use acd::State;
use acd::effect::Effect;
use acd::event::Event;
use model::Timestamp;

use crate::journal::{self, Segment, Unreadable};
use crate::poison::Poison;

/// How the core is called; tests put something in its place that breaks.
pub(crate) type Stepper = fn(&mut State, Timestamp, Event) -> Vec<Effect>;

/// How many events of one segment may break a step before only its snapshot is trusted.
const BREAKS: usize = 8;

/// What the journal gave back.
#[derive(Debug)]
pub(crate) struct Recovered {
    pub(crate) state: State,
    /// The time of the last thing in it.
    pub(crate) at: Timestamp,
    /// The last fact in the journal.
    pub(crate) position: u64,
    /// The last fact that the state knows of.
    pub(crate) known: u64,
    /// How many events were replayed.
    pub(crate) events: u64,
    /// Whether it is all that was written.
    pub(crate) whole: bool,
}

/// All that a journal tells.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The state; `None` if there is nothing that could be used.
    pub(crate) recovered: Option<Recovered>,
    /// The last fact that has a number, also in segments that cannot be used.
    pub(crate) position: u64,
}

/// Reads the journal in a folder.
pub(crate) fn recover(folder: &Path, stepper: Stepper, poison: &mut Poison) -> Found {
    let listed = journal::segments(folder).unwrap_or_else(|error| {
        tracing::error!(%error, folder = %folder.display(), "the journal cannot be read");
        Vec::new()
    });
    let mut found = Found::default();
    let mut whole = true;
    for path in listed.iter().rev() {
        match from_segment(path, stepper, poison) {
            Ok(recovered) => {
                found.position = found.position.max(recovered.position);
                found.recovered = Some(Recovered { whole: recovered.whole && whole, ..recovered });
                break;
            }
            Err(Unreadable::Short) => {
                // The program ended while it began this one: the segment before it is all there is.
                tracing::warn!(file = %path.display(), "a segment of the journal was never finished");
            }
            Err(error) => {
                whole = false;
                found.position = found.position.max(journal::last_fact(path));
                tracing::error!(%error, file = %path.display(), "a segment of the journal cannot be used");
            }
        }
    }
    found
}

fn from_segment(path: &Path, stepper: Stepper, poison: &mut Poison) -> Result<Recovered, Unreadable> {
    for _ in 0..BREAKS {
        match replay(path, Some(stepper), poison)? {
            Replayed::All(recovered) => return Ok(recovered),
            Replayed::Broke(at, event) => poison.put(at, &event),
        }
    }
    tracing::error!(file = %path.display(), "too many events break a step: going on from the snapshot alone");
    match replay(path, None, poison)? {
        Replayed::All(recovered) => Ok(Recovered { whole: false, ..recovered }),
        Replayed::Broke(..) => Err(Unreadable::Short),
    }
}

enum Replayed {
    All(Recovered),
    Broke(Timestamp, Event),
}

/// Steps the snapshot by the entries, as far as they can be read; without a stepper, only counts their facts.
fn replay(path: &Path, mut stepper: Option<Stepper>, poison: &Poison) -> Result<Replayed, Unreadable> {
    let mut segment = Segment::open(path)?;
    let header = segment.header.clone();
    let state = segment.state()?;
    let (at, position) = (header.at, header.position);
    let mut it = Recovered { state, at, position, known: position, events: 0, whole: true };
    loop {
        let entry = match segment.entry() {
            Ok(Some(entry)) => entry,
            Ok(None) => break,
            Err(error) => {
                if stepper.is_some() {
                    tracing::error!(%error, file = %path.display(), "an entry cannot be read: the state is the one before it");
                }
                stepper = None;
                it.whole = false;
                let Unreadable::Entry { last, .. } = error else { break };
                it.position = it.position.max(last.unwrap_or(0));
                continue;
            }
        };
        it.at = it.at.max(entry.at);
        it.position = it.position.max(entry.last());
        let Some(stepper) = stepper else { continue };
        it.known = it.position;
        if poison.holds(entry.at, &entry.event) {
            it.whole = false;
            continue;
        }
        let event = entry.event.clone();
        if catch_unwind(AssertUnwindSafe(|| stepper(&mut it.state, entry.at, event))).is_err() {
            return Ok(Replayed::Broke(entry.at, entry.event));
        }
        it.events += 1;
    }
    drop(it.state.take_changes());
    Ok(Replayed::All(it))
}
