//! The suites that play on a lab: scenarios, and random calls by the hundred.

use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::Wish;
use super::labs::keep;
use super::report::Tally;
use super::together;
use crate::books::Plan;
use crate::parties::now;
use crate::scenarios::{self, Play, Scenario, Stage};
use crate::{Result, books as reconciliation, say};

/// No scenario needs this long; one that does hangs.
const AT_MOST: Duration = Duration::from_secs(90);
/// How many share the stage at once: nearly all that they do is wait.
const AT_ONCE: usize = 4;

/// The scenarios that are wished for. Those on PostgreSQL are some of those on SQLite.
pub fn chosen(wish: &Wish, postgres: bool) -> Vec<Scenario> {
    let suite = if postgres { "scenarios on PostgreSQL" } else { "scenarios" };
    let wanted = |scenario: &Scenario| {
        scenario.plays(postgres, wish.is_everyday()) && (wish.wants(suite) || wish.wants(&scenario.sentence))
    };
    scenarios::all().into_iter().filter(wanted).collect()
}

/// Plays them: those that share the stage several at a time, the others one after another. Where the exact times are judged,
/// nothing plays beside anything.
///
/// # Errors
/// Never: what fails is counted.
pub async fn scenarios(wish: &Wish, stage: &mut Stage, postgres: bool) -> Result<Tally> {
    let at_once = if wish.is_everyday() { AT_ONCE } else { 1 };
    play(chosen(wish, postgres), at_once, AT_MOST, stage).await
}

/// Plays these, each within `at_most`. One that fails is played once more, alone: if it passes then, it is unsteady.
///
/// # Errors
/// Never: what fails is counted.
pub async fn play(scenarios: Vec<Scenario>, at_once: usize, at_most: Duration, stage: &mut Stage) -> Result<Tally> {
    let (mut tally, since) = (Tally::default(), now());
    let (beside, alone): (Vec<Scenario>, Vec<Scenario>) =
        scenarios.into_iter().partition(|scenario| matches!(scenario.play, Play::Beside(..)));
    for (scenario, words) in together::play(beside, at_once, at_most, stage, &mut tally).await {
        let words = format!("{words}logs: {}", logs(stage));
        revive(stage).await;
        again(&scenario, words, at_most, stage, &mut tally).await;
    }
    for scenario in alone {
        match once(&scenario, at_most, stage).await {
            Ok(()) => tally.pass(),
            Err(words) => again(&scenario, words, at_most, stage, &mut tally).await,
        }
    }
    say::line(stage.pulse.standstills().said(since));
    Ok(tally)
}

/// Plays a scenario that has failed once more, with nothing beside it.
async fn again(scenario: &Scenario, words: String, at_most: Duration, stage: &mut Stage, tally: &mut Tally) {
    say::line(format!("AGAIN   {}", scenario.sentence));
    match once(scenario, at_most, stage).await {
        Ok(()) => tally.waver(&scenario.sentence, words),
        Err(later) => tally.fail(&scenario.sentence, format!("{words}\nand once more, alone:\n{later}")),
    }
}

/// Plays one scenario with nothing beside it; afterwards the stage must be empty again. Gives what was found, in words.
async fn once(scenario: &Scenario, at_most: Duration, stage: &mut Stage) -> std::result::Result<(), String> {
    let began = Instant::now();
    stage.begins();
    let found = match scenario.play {
        Play::Beside(_, play) => {
            let mut lot = stage.lots(1).swap_remove(0);
            together::in_a_lot(play, at_most, &mut lot).await
        }
        Play::Alone(play) => {
            let played = timeout(at_most, play(stage)).await.unwrap_or_else(|_| Err(together::hangs(at_most)));
            let left = stage.nothing_is_left().await;
            match played.and(left) {
                Ok(()) => Ok(()),
                Err(trouble) => Err(format!("{trouble}\n{}", stage.timeline().await)),
            }
        }
    };
    let ended = if found.is_ok() { "ok    " } else { "FAILED" };
    say::line(format!("{ended}  {} ({})", scenario.sentence, say::seconds(began.elapsed())));
    let Err(words) = found else { return Ok(()) };
    revive(stage).await;
    Err(format!("{words}logs: {}", logs(stage)))
}

/// Random calls: sipp's outcomes, the ledger and the CDR, call by call; and the sums.
///
/// # Errors
/// When the parties cannot be started.
pub async fn books(stage: &mut Stage, plan: Plan) -> Result<Tally> {
    let mut tally = Tally::default();
    stage.begins();
    for (what, found) in reconciliation::reconcile(stage, plan).await? {
        if found.is_empty() {
            tally.pass();
        } else {
            let name = if what.starts_with('+') { format!("the call from {what}") } else { what };
            tally.fail(name, found.join("\n"));
        }
    }
    match stage.nothing_is_left().await {
        Ok(()) => tally.pass(),
        Err(trouble) => tally.fail("nothing is left of all these calls", trouble.to_string()),
    }
    if !tally.failed.is_empty() {
        say::line(format!("logs: {}", keep(&stage.lab.folder)?.display()));
    }
    Ok(tally)
}

/// Where the logs of what has failed are kept.
fn logs(stage: &Stage) -> String {
    keep(&stage.lab.folder).map_or_else(|why| why.to_string(), |folder| folder.display().to_string())
}

/// Whatever a failed scenario left, the next one must not inherit: a program that was stopped runs again, and calls are over.
async fn revive(stage: &mut Stage) {
    let _ = stage.lab.asterisk_cli("channel request hangup all").await;
    if let Ok(product) = stage.lab.product() {
        product.resumes();
        if !product.is_running() {
            let _ = product.serve().await;
        }
    }
    let _ = stage.nothing_is_left().await;
}
