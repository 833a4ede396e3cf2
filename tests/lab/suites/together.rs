//! Scenarios side by side on one stage, each in a lot of its own. Those that need the same queue wait for each other.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::time::timeout;

use super::report::Tally;
use crate::scenarios::{Lot, Play, PlayBeside, Scenario, Stage};
use crate::{Trouble, say};

/// What a scenario has found: nothing, or words.
pub type Found = std::result::Result<(), String>;

/// Plays these, so many at once; gives those that failed, with what was found.
pub async fn play(
    scenarios: Vec<Scenario>,
    at_once: usize,
    at_most: Duration,
    stage: &mut Stage,
    tally: &mut Tally,
) -> Vec<(Scenario, String)> {
    stage.begins();
    let (mut waiting, mut failed) = (scenarios, Vec::new());
    let (mut free, mut taken) = (stage.lots(at_once), BTreeSet::new());
    let mut running = FuturesUnordered::new();
    loop {
        while let Some(place) = next(&waiting, &taken).filter(|_| !free.is_empty()) {
            let (scenario, lot) = (waiting.remove(place), free.swap_remove(0));
            taken.extend(queues(&scenario));
            running.push(one(scenario, lot, at_most));
        }
        let Some((scenario, lot, found)) = running.next().await else { return failed };
        taken.retain(|queue| !queues(&scenario).contains(queue));
        free.push(lot);
        match found {
            Ok(()) => tally.pass(),
            Err(words) => failed.push((scenario, words)),
        }
    }
}

/// The first that needs no queue which another has.
fn next(waiting: &[Scenario], taken: &BTreeSet<&str>) -> Option<usize> {
    waiting.iter().position(|scenario| queues(scenario).iter().all(|queue| !taken.contains(queue)))
}

fn queues(scenario: &Scenario) -> &'static [&'static str] {
    match scenario.play {
        Play::Beside(queues, _) => queues,
        Play::Alone(_) => &[],
    }
}

async fn one(scenario: Scenario, mut lot: Lot, at_most: Duration) -> (Scenario, Lot, Found) {
    let began = Instant::now();
    let found = match scenario.play {
        Play::Beside(_, play) => in_a_lot(play, at_most, &mut lot).await,
        Play::Alone(_) => Err("it wants the stage to itself".to_owned()),
    };
    let ended = if found.is_ok() { "ok    " } else { "FAILED" };
    say::line(format!("{ended}  {} ({})", scenario.sentence, say::seconds(began.elapsed())));
    (scenario, lot, found)
}

/// Plays a scenario in its lot; afterwards nothing of it must be left.
pub async fn in_a_lot(play: PlayBeside, at_most: Duration, lot: &mut Lot) -> Found {
    lot.begins();
    let played = timeout(at_most, play(lot)).await.unwrap_or_else(|_| Err(hangs(at_most)));
    let left = lot.nothing_is_left().await;
    match played.and(left) {
        Ok(()) => Ok(()),
        Err(trouble) => Err(format!("{trouble}\n{}", lot.timeline().await)),
    }
}

/// What is said of one that does not come to an end.
pub fn hangs(at_most: Duration) -> Trouble {
    Trouble::said(format!("it had not ended after {} s", at_most.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenarios::all;

    #[test]
    fn those_that_need_the_same_queue_wait_for_each_other() {
        let waiting: Vec<Scenario> = all().into_iter().filter(|scenario| queues(scenario).contains(&"701")).collect();
        assert!(waiting.len() > 1);
        assert_eq!(next(&waiting, &BTreeSet::new()), Some(0));
        assert_eq!(next(&waiting, &BTreeSet::from(["701"])), None);
    }
}
