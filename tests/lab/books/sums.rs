//! The sums: whatever stretch of time is looked at, every call that came in it is accounted for: offered = answered +
//! abandoned + returned + fallback + lost + in progress. Reckoned by the database, and once more from the parties' own logs.

use std::collections::BTreeMap;

use super::Evidence;
use crate::kill::chance::Chance;
use crate::parties::{Millis, Standstills, What};
use crate::scenarios::Stage;
use crate::scenarios::witness::ledger::Call;
use crate::{Result, say};

/// How many stretches of time are drawn.
const STRETCHES: u32 = 50;
/// What happened this close to the edge of a stretch may lie on either side of it in the two witnesses' clocks.
const EDGE: Millis = 1500;

/// A stretch of time, and how close to either end of it what happened may lie on either side.
struct Stretch {
    from: Millis,
    to: Millis,
    at_from: Millis,
    at_to: Millis,
}

impl Stretch {
    fn between(one: Millis, other: Millis, standstills: &Standstills) -> Self {
        let (from, to) = (one.min(other), one.max(other));
        let edge = |at: Millis| EDGE + standstills.between(at - EDGE, at + EDGE);
        Self { from, to, at_from: edge(from), at_to: edge(to) }
    }

    fn surely_has(&self, dialled: Millis) -> bool {
        dialled >= self.from + self.at_from && dialled < self.to - self.at_to
    }

    fn perhaps_has(&self, dialled: Millis) -> bool {
        dialled >= self.from - self.at_from && dialled < self.to + self.at_to
    }
}

/// The differences found.
pub(super) async fn check(stage: &Stage, evidence: &Evidence, mut chance: Chance) -> Result<Vec<String>> {
    let (mut found, standstills) = (Vec::new(), stage.pulse.standstills());
    let calls: Vec<&Call> = evidence.calls.values().flatten().collect();
    let first = calls.iter().map(|call| call.entered).min().unwrap_or_default();
    let last = calls.iter().filter_map(|call| call.ended).max().unwrap_or(first);
    let length = u64::try_from(last - first).unwrap_or_default();
    for _ in 0..STRETCHES {
        let one = first + Millis::try_from(chance.below(length)).unwrap_or_default();
        let other = first + Millis::try_from(chance.below(length)).unwrap_or_default();
        let stretch = Stretch::between(one, other, &standstills);
        let (from, to) = (stretch.from, stretch.to);
        let booked = stage.ledger.sums(from, to).await?;
        let offered = booked.get("offered").copied().unwrap_or_default();
        let parts: u64 = PARTS.iter().filter_map(|part| booked.get(*part)).sum();
        if offered != parts {
            found.push(format!("from {from} to {to}: {offered} were offered, and their fates add up to {parts}: {booked:?}"));
        }
        let (least, most) = told(evidence, &stretch);
        if !(least..=most).contains(&offered) {
            found.push(format!("from {from} to {to}: the ledger has {offered} calls, and {least} to {most} dialled"));
        }
        let (least, most) = in_progress(evidence, &stretch);
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

/// How many callers dialled in it, by their own logs: at least, and at most.
fn told(evidence: &Evidence, stretch: &Stretch) -> (u64, u64) {
    count(evidence, |dialled, _| stretch.surely_has(dialled), |dialled, _| stretch.perhaps_has(dialled))
}

/// How many of them had not ended by its end: at least, and at most.
fn in_progress(evidence: &Evidence, stretch: &Stretch) -> (u64, u64) {
    let Stretch { to, at_to, .. } = stretch;
    count(
        evidence,
        |dialled, ended| stretch.surely_has(dialled) && ended >= to + at_to,
        |dialled, ended| stretch.perhaps_has(dialled) && ended >= to - at_to - longest_death(evidence),
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
