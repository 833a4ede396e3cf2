//! The sums: whatever stretch of time is looked at, every call that came in it is accounted for: offered = answered +
//! abandoned + returned + fallback + lost + in progress. Reckoned by the database, and once more from the parties' own logs.

use std::collections::BTreeMap;

use super::Evidence;
use crate::kill::chance::Chance;
use crate::parties::{Millis, What};
use crate::scenarios::Stage;
use crate::scenarios::witness::ledger::Call;
use crate::{Result, say};

/// How many stretches of time are drawn.
const STRETCHES: u32 = 50;
/// What happened this close to the edge of a stretch may lie on either side of it in the two witnesses' clocks.
const EDGE: Millis = 1500;

/// The differences found.
pub(super) async fn check(stage: &Stage, evidence: &Evidence, mut chance: Chance) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let calls: Vec<&Call> = evidence.calls.values().flatten().collect();
    let first = calls.iter().map(|call| call.entered).min().unwrap_or_default();
    let last = calls.iter().filter_map(|call| call.ended).max().unwrap_or(first);
    let length = u64::try_from(last - first).unwrap_or_default();
    for _ in 0..STRETCHES {
        let one = first + Millis::try_from(chance.below(length)).unwrap_or_default();
        let other = first + Millis::try_from(chance.below(length)).unwrap_or_default();
        let (from, to) = (one.min(other), one.max(other));
        let booked = stage.ledger.sums(from, to).await?;
        let offered = booked.get("offered").copied().unwrap_or_default();
        let parts: u64 = PARTS.iter().filter_map(|part| booked.get(*part)).sum();
        if offered != parts {
            found.push(format!("from {from} to {to}: {offered} were offered, and their fates add up to {parts}: {booked:?}"));
        }
        let (least, most) = told(evidence, from, to);
        if !(least..=most).contains(&offered) {
            found.push(format!("from {from} to {to}: the ledger has {offered} calls, and {least} to {most} dialled"));
        }
        let (least, most) = in_progress(evidence, from, to);
        let alive = booked.get("in progress").copied().unwrap_or_default();
        if !(least..=most).contains(&alive) {
            found.push(format!("from {from} to {to}: {alive} calls were in progress, and {least} to {most} by the phones"));
        }
    }
    say::line(format!("the sums of {STRETCHES} stretches of time were reckoned twice"));
    Ok(found)
}

/// What may have become of a call.
const PARTS: [&str; 6] = ["answered", "abandoned", "returned", "fallback", "lost", "in progress"];

/// How many callers dialled between two times, by their own logs: at least, and at most.
fn told(evidence: &Evidence, from: Millis, to: Millis) -> (u64, u64) {
    count(
        evidence,
        |dialled, _| dialled >= from + EDGE && dialled < to - EDGE,
        |dialled, _| dialled >= from - EDGE && dialled < to + EDGE,
    )
}

/// How many of them had not ended by then: at least, and at most.
fn in_progress(evidence: &Evidence, from: Millis, to: Millis) -> (u64, u64) {
    count(
        evidence,
        |dialled, ended| dialled >= from + EDGE && dialled < to - EDGE && ended >= to + EDGE,
        |dialled, ended| dialled >= from - EDGE && dialled < to + EDGE && ended >= to - EDGE - longest_death(evidence),
    )
}

/// Calls that end while the program is dead are booked when it is back.
fn longest_death(evidence: &Evidence) -> Millis {
    evidence.deaths.iter().map(|(dead, back)| back - dead).max().unwrap_or_default()
}

fn count(evidence: &Evidence, surely: impl Fn(Millis, Millis) -> bool, perhaps: impl Fn(Millis, Millis) -> bool) -> (u64, u64) {
    let mut times: BTreeMap<&str, (Millis, Millis)> = BTreeMap::new();
    for (number, diary) in &evidence.parties {
        for note in diary.notes().iter().filter(|note| note.who == *number) {
            let time = times.entry(number).or_default();
            match note.what {
                What::Dialled => *time = (note.at, Millis::MAX),
                What::HungUp | What::WasHungUp | What::Failed(_) => time.1 = note.at,
                What::Rang | What::Established | What::Refused(_) | What::Held | What::Resumed => {}
            }
        }
    }
    let sum = |fits: &dyn Fn(Millis, Millis) -> bool| {
        u64::try_from(times.values().filter(|(dialled, ended)| fits(*dialled, *ended)).count()).unwrap_or_default()
    };
    (sum(&surely), sum(&perhaps))
}
