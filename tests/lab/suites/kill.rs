//! The suite of kills: each test alone, on a lab of its own kind, with its figures.

use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::Wish;
use super::labs::{Labs, hurry, keep};
use super::report::Tally;
use crate::kill::{self, Chance, Ground, Test};
use crate::say::{self, Step};
use crate::{Result, Trouble};

/// The name of the suite.
pub const NAME: &str = "kill";
/// No test needs this long; one that does hangs.
const AT_MOST: Duration = Duration::from_secs(420);
const LONG_AT_MOST: Duration = Duration::from_secs(1500);

/// The tests that are wished for.
pub fn chosen(wish: &Wish) -> Vec<Test> {
    kill::all().into_iter().filter(|test| wish.wants(NAME) || wish.wants(&test.sentence)).collect()
}

/// Plays them one after another.
///
/// # Errors
/// When a lab does not start.
pub async fn test(wish: &Wish, labs: &mut Labs) -> Result<Tally> {
    labs.close().await;
    let seed = Chance::seed();
    say::line(format!("seed {seed}; the same again with CALLSYNC_LAB_SEED={seed}"));
    let mut tally = Tally::default();
    let (on_postgres, on_sqlite): (Vec<Test>, Vec<Test>) = chosen(wish).into_iter().partition(|test| test.postgres);
    for (postgres, tests) in [(false, on_sqlite), (true, on_postgres)] {
        if tests.is_empty() {
            continue;
        }
        hurry().await;
        let step = Step::quiet(if postgres { "lab on PostgreSQL" } else { "lab on SQLite" });
        let mut ground = Ground::start(postgres, seed, wish.long).await?;
        step.done("ready");
        for test in tests {
            play(&mut ground, test, &mut tally).await;
        }
        let folder = ground.stage.lab.folder.clone();
        ground.stage.lab.stop().await;
        // Only a help for whoever looks into a failure later.
        let _ = keep(&folder);
    }
    Ok(tally)
}

/// Plays a test; one that fails is played once more, and is unsteady if it passes then.
async fn play(ground: &mut Ground, test: Test, tally: &mut Tally) {
    let Err(words) = once(ground, &test).await else { return tally.pass() };
    say::line(format!("AGAIN   {}", test.sentence));
    match once(ground, &test).await {
        Ok(()) => tally.waver(test.sentence, words),
        Err(later) => tally.fail(test.sentence, format!("{words}\nand once more:\n{later}")),
    }
}

async fn once(ground: &mut Ground, test: &Test) -> std::result::Result<(), String> {
    let began = Instant::now();
    let bound = if ground.long { LONG_AT_MOST } else { AT_MOST };
    let played = timeout(bound, (test.play)(ground)).await;
    let played = played.unwrap_or_else(|_| Err(Trouble::said(format!("it had not ended after {} s", bound.as_secs()))));
    let took = say::seconds(began.elapsed());
    match played {
        Ok(figures) => {
            say::line(format!("ok      {} ({took})", test.sentence));
            figures.iter().for_each(|figure| say::line(format!("          {figure}")));
            Ok(())
        }
        Err(trouble) => {
            say::line(format!("FAILED  {} ({took})", test.sentence));
            let logs = keep(&ground.stage.lab.folder).map_or_else(|why| why.to_string(), |folder| folder.display().to_string());
            revive(ground).await;
            Err(format!("{trouble}\nseed {}\nlogs: {logs}", ground.seed))
        }
    }
}

/// Whatever a failed test left, the next one must not inherit.
async fn revive(ground: &mut Ground) {
    if let Ok(product) = ground.stage.lab.product() {
        product.resumes();
    }
    if let Ok(postgres) = ground.stage.lab.postgres() {
        postgres.resumes();
        let _ = postgres.resumes_work().await;
    }
    let _ = ground.stage.lab.asterisk_cli("channel request hangup all").await;
    if let Ok(product) = ground.stage.lab.product()
        && !product.is_running()
    {
        let _ = product.serve().await;
    }
    let _ = ground.stage.nothing_is_left().await;
}
