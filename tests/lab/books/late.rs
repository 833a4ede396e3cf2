//! When everything was late: a system that shares its processors with others takes its time with everything at once. How late
//! it was, the callers' own logs tell: an INVITE is answered within a few milliseconds, or by as much later as all else is.

use super::Evidence;
use crate::parties::{Millis, What};

/// So long an answer takes where nothing is late.
const PROMPTLY: Millis = 50;

/// The times during which callers waited for the answer of the switch: from and to, in order, none overlapping another.
pub(super) fn times(evidence: &Evidence) -> Vec<(Millis, Millis)> {
    let mut late: Vec<(Millis, Millis)> = answers(evidence).filter(|(from, to)| to - from > PROMPTLY).collect();
    late.sort_unstable();
    let mut times: Vec<(Millis, Millis)> = Vec::new();
    for (from, to) in late {
        match times.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => times.push((from, to)),
        }
    }
    times
}

/// How long callers waited for the switch to answer them, in one line.
pub(super) fn said(evidence: &Evidence) -> String {
    let mut waits: Vec<Millis> = answers(evidence).map(|(from, to)| to - from).collect();
    waits.sort_unstable();
    let at = |percent: usize| waits.get(waits.len() * percent / 100).copied().unwrap_or_default();
    let late: Millis = times(evidence).iter().map(|(from, to)| to - from).sum();
    format!(
        "INVITEs were answered within p50 {} ms, p95 {} ms, p99 {} ms; everything was late for {late} ms",
        at(50),
        at(95),
        at(99)
    )
}

/// When each caller dialled, and was answered.
fn answers(evidence: &Evidence) -> impl Iterator<Item = (Millis, Millis)> {
    evidence.parties.iter().filter_map(|(number, diary)| {
        let notes = diary.notes();
        let at = |what: What| notes.iter().find(|note| note.who == *number && note.what == what).map(|note| note.at);
        at(What::Dialled).zip(at(What::Established))
    })
}
