//! What the pairs heard of each other while all this went on.

use super::field::Field;
use super::findings::Findings;
use crate::parties::{Ear, Millis, Phone, Standstills};

/// A hole in the sound longer than this is heard.
const HOLE: Millis = 100;

/// The longest time without a packet at any ear of a pair, and the holes that were longer than they may be.
pub fn judge(field: &Field, to: Millis, standstills: &Standstills) -> (Millis, Findings) {
    let (mut longest, mut found) = (0, Findings::default());
    let last = field.pairs.len().saturating_sub(1);
    for (n, pair) in field.pairs.iter().enumerate() {
        let mut listens = |listener: &Phone, speaker: &Phone| {
            for hole in holes(&listener.ear(), pair.since, to) {
                let (from, until) = hole;
                let excused = standstills.between(from, until);
                longest = longest.max(until - from - excused);
                if until - from > HOLE + excused {
                    let who = format!("{} of {} for {} ms", listener.name, speaker.name, until - from);
                    found.add("somebody heard nothing in a conversation", who);
                }
            }
        };
        listens(&pair.caller, &pair.agent);
        // Who holds the other side hears nothing meanwhile, and that is as it should be.
        if n != last {
            listens(&pair.agent, &pair.caller);
        }
    }
    (longest, found)
}

/// Where nothing arrived for a moment: the longest of all, and each that is too long.
fn holes(ear: &Ear, from: Millis, to: Millis) -> Vec<(Millis, Millis)> {
    let times = ear.times(from, to);
    let pauses = times.windows(2).map(|pair| (pair[0], pair[1]));
    let longest = pauses.clone().max_by_key(|(from, to)| to - from);
    let ends = [times.last().map(|last| (*last, to)), times.first().map(|first| (from, *first))];
    let silent = times.is_empty().then_some((from, to));
    pauses.filter(|(from, to)| to - from > HOLE).chain(longest).chain(ends.into_iter().flatten()).chain(silent).collect()
}
