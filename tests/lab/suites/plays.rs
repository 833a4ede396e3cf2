//! The suites that play on a lab: scenarios one after another, and random calls by the hundred.

use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::Wish;
use super::labs::keep;
use super::report::Tally;
use crate::books::Plan;
use crate::parties::now;
use crate::scenarios::{self, Books, Scenario, Stage};
use crate::{Result, Trouble, books as reconciliation, say};

/// No scenario needs this long; one that does hangs.
const AT_MOST: Duration = Duration::from_secs(90);

/// The scenarios that are wished for. Those on PostgreSQL are some of those on SQLite.
pub fn chosen(wish: &Wish, postgres: bool) -> Vec<Scenario> {
    let suite = if postgres { "scenarios on PostgreSQL" } else { "scenarios" };
    let wanted = |scenario: &Scenario| {
        (!postgres || scenario.books == Books::Both) && (wish.wants(suite) || wish.wants(&scenario.sentence))
    };
    scenarios::all().into_iter().filter(wanted).collect()
}

/// Plays them one after another; after each the stage must be empty again.
///
/// # Errors
/// Never: what fails is counted.
pub async fn scenarios(wish: &Wish, stage: &mut Stage, postgres: bool) -> Result<Tally> {
    play(chosen(wish, postgres), AT_MOST, stage).await
}

/// Plays these, each within `at_most`.
///
/// # Errors
/// Never: what fails is counted.
pub async fn play(scenarios: Vec<Scenario>, at_most: Duration, stage: &mut Stage) -> Result<Tally> {
    let (mut tally, since) = (Tally::default(), now());
    for scenario in scenarios {
        let began = Instant::now();
        stage.begins();
        let played = timeout(at_most, (scenario.play)(stage)).await;
        let played = played.unwrap_or_else(|_| Err(Trouble::said(format!("it had not ended after {} s", at_most.as_secs()))));
        let left = stage.nothing_is_left().await;
        let took = say::seconds(began.elapsed());
        match played.and(left) {
            Ok(()) => {
                say::line(format!("ok      {} ({took})", scenario.sentence));
                tally.pass();
            }
            Err(trouble) => {
                say::line(format!("FAILED  {} ({took})", scenario.sentence));
                let words = told(stage, &trouble).await;
                tally.fail(scenario.sentence, words);
                revive(stage).await;
            }
        }
    }
    say::line(stage.pulse.standstills().said(since));
    Ok(tally)
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

async fn told(stage: &Stage, trouble: &Trouble) -> String {
    let logs = keep(&stage.lab.folder).map_or_else(|why| why.to_string(), |folder| folder.display().to_string());
    format!("{trouble}\n{}logs: {logs}", stage.timeline().await)
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
