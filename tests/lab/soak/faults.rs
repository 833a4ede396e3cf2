//! What strikes during a soak, and how it heals. Each fault is one of those that the suite of kills plays alone.

use std::time::Duration;

use sqlx::{Connection as _, Executor as _, SqliteConnection};
use tokio::time::sleep;

use crate::kill::Chance;
use crate::kill::ground::Cut;
use crate::kill::storm::Storm;
use crate::parties::now;
use crate::{Result, Trouble};

const HEALS_WITHIN: Duration = Duration::from_secs(30);

/// A fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// `kill -9`, and started again.
    Kill,
    /// SIGTERM, and started again.
    Restart,
    /// SIGSTOP for some seconds.
    Standstill,
    /// No packet between the program and Asterisk's HTTP server.
    Cut,
    /// Another program has the database for itself.
    Locked,
}

impl Fault {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill -9",
            Self::Restart => "restart",
            Self::Standstill => "standstill",
            Self::Cut => "ARI cut",
            Self::Locked => "database locked",
        }
    }
}

/// The faults that leave the program alive.
const PASSING: [Fault; 3] = [Fault::Standstill, Fault::Cut, Fault::Locked];

/// When in a soak a round is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// It is the only one.
    Alone,
    /// In the first third: the program may come to an end.
    Early,
    /// Later: it lives on to the end of the soak, since what grows in it shows only in a long life.
    Late,
}

/// The faults of a round, in the order in which they strike. A round that is alone has them all. Of the early ones, every second
/// one begins with an end of the program, by turns a kill and a restart.
pub(super) fn drawn(round: u32, when: When, chance: &mut Chance) -> Vec<Fault> {
    let ends = match (when, round % 4) {
        (When::Alone, _) => return shuffled(&[&PASSING[..], &[Fault::Kill, Fault::Restart]].concat(), chance),
        (When::Early, 1) => Some(Fault::Kill),
        (When::Early, 3) => Some(Fault::Restart),
        (When::Early | When::Late, _) => None,
    };
    ends.into_iter().chain(shuffled(&PASSING, chance)).collect()
}

fn shuffled(faults: &[Fault], chance: &mut Chance) -> Vec<Fault> {
    let mut left = faults.to_vec();
    let mut drawn = Vec::new();
    while let Some(fault) = chance.one_of(&left) {
        left.retain(|other| *other != fault);
        drawn.push(fault);
    }
    drawn
}

/// Has a fault strike, and waits until it is healed.
pub(super) async fn strike(fault: Fault, storm: &mut Storm<'_>, chance: &mut Chance) -> Result<()> {
    let went = now();
    let words = match fault {
        Fault::Kill => {
            storm.ground.stage.lab.product()?.kill().await;
            sleep(chance.between(200, 3000)).await;
            returned(storm, went).await?
        }
        Fault::Restart => {
            storm.ground.stage.lab.product()?.stop().await;
            returned(storm, went).await?
        }
        Fault::Standstill => {
            storm.ground.stage.lab.product()?.pauses();
            sleep(chance.between(2000, 12_000)).await;
            storm.ground.stage.lab.product()?.resumes();
            mended(storm, went).await?
        }
        Fault::Cut => {
            let cut = Cut::to(storm.ground.stage.lab.ports.http).await?;
            sleep(chance.between(3000, 12_000)).await;
            drop(cut);
            mended(storm, went).await?
        }
        Fault::Locked => locked(storm, chance.between(4000, 12_000)).await?,
    };
    storm.figure(format!("{}: {words}", fault.name()));
    Ok(())
}

async fn returned(storm: &mut Storm<'_>, went: i64) -> Result<String> {
    let back = storm.ground.returns().await?;
    storm.was_away(went, back.ready);
    Ok(format!("away for {} ms, ready {} ms after its start, lag then {} facts", back.ready - went, back.took, back.lag))
}

/// The program was there all the time, and heard nothing.
async fn mended(storm: &mut Storm<'_>, went: i64) -> Result<String> {
    let over = now();
    let (back, lag) = storm.ground.is_ready(HEALS_WITHIN).await?;
    storm.was_away(went, back);
    Ok(format!("for {} ms, ready {} ms after, lag then {lag} facts", over - went, back - over))
}

/// Calls outrank books: to callers this is no outage.
async fn locked(storm: &mut Storm<'_>, lasts: Duration) -> Result<String> {
    let url = storm.ground.stage.lab.database_url();
    let mut other = SqliteConnection::connect(&url).await.map_err(said)?;
    other.execute("BEGIN EXCLUSIVE").await.map_err(said)?;
    sleep(lasts).await;
    let waited = storm.ground.stage.lab.product()?.readiness().await.map_or(0, |said| said.books_lag);
    other.execute("COMMIT").await.map_err(said)?;
    other.close().await.map_err(said)?;
    let took = storm.ground.catches_up(HEALS_WITHIN).await?;
    Ok(format!("for {} ms, {waited} facts waited, all written {took} ms after", lasts.as_millis()))
}

#[expect(clippy::needless_pass_by_value, reason = "what map_err hands over")]
fn said(why: sqlx::Error) -> Trouble {
    Trouble::said(format!("meddling with the database: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_alone_has_every_fault_once() {
        let drawn = drawn(0, When::Alone, &mut Chance::of(7, "soak"));
        assert_eq!(drawn.len(), 5);
        for fault in [Fault::Kill, Fault::Restart, Fault::Standstill, Fault::Cut, Fault::Locked] {
            assert!(drawn.contains(&fault), "{drawn:?}");
        }
    }

    #[test]
    fn lives_end_early_alone_and_every_round_has_what_passes() {
        let mut chance = Chance::of(7, "soak");
        let mut rounds = |when| (0..8).map(|round| drawn(round, when, &mut chance)).collect::<Vec<_>>();
        let (early, late) = (rounds(When::Early), rounds(When::Late));
        let ends =
            |rounds: &[Vec<Fault>]| rounds.iter().filter(|round| round.len() == 4).map(|round| round[0]).collect::<Vec<_>>();
        assert_eq!(ends(&early), [Fault::Kill, Fault::Restart, Fault::Kill, Fault::Restart]);
        assert_eq!(ends(&late), []);
        for round in early.iter().chain(&late) {
            assert!(PASSING.iter().all(|fault| round.contains(fault)), "{round:?}");
        }
    }
}
