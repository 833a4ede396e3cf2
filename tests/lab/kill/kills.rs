//! Killed with -9, again and again.

use std::time::Duration;

use tokio::time::sleep;

use super::Figures;
use super::books::Memory;
use super::chance::Chance;
use super::field::RATE;
use super::ground::{Ground, Return};
use super::storm::{Storm, said};
use crate::Result;
use crate::parties::{Millis, What, now};

/// How many kills the long storm has; with `--long` three times as many.
const KILLS: u32 = 20;
/// After so many kills Asterisk's lists are looked at.
const LOOK_EVERY: u32 = 10;
const FEW: u32 = 3;
/// An aim that nothing comes of is given up after this.
const AIMS_FOR: Duration = Duration::from_secs(3);
/// The time from a caller's INVITE to the answer of the switch, about.
const ARRIVING_MS: u64 = 8;
/// The time from an agent's answer to joined legs, about.
const ANSWERING_MS: u64 = 25;

/// What the next kill aims at.
#[derive(Debug, Clone, Copy)]
enum Aim {
    Anything,
    ACallThatArrives,
    APhoneThatRings,
    AnAgentWhoAnswers,
}

const AIMS: [Aim; 4] = [Aim::Anything, Aim::ACallThatArrives, Aim::APhoneThatRings, Aim::AnAgentWhoAnswers];

/// With calls in each phase, and agents who answer while nobody is there.
pub async fn callers_and_agents_do_not_notice_twenty_kills_under_five_calls_a_second(ground: &mut Ground) -> Result<Figures> {
    let kills = if ground.long { KILLS * 3 } else { KILLS };
    let mut chance = ground.chance("kills");
    let mut storm = Storm::begins(ground, kills * 12 + 60).await?;
    sleep(Duration::from_secs(3)).await;
    let mut returns = Vec::new();
    for n in 1..=kills {
        // The holding pair's caller is on hold over every third kill, and is put on hold or taken back between the others.
        match n % 3 {
            0 => storm.field.holding()?.agent.holds().await.map(drop)?,
            1 if n > 1 => storm.field.holding()?.agent.resumes().await.map(drop)?,
            _ => {}
        }
        sleep(chance.between(300, 2500)).await;
        aim(&storm, &mut chance).await;
        returns.push(kill(&mut storm, chance.between(200, 3000)).await?);
        if n == kills {
            storm.looks_around_at_last().await?;
        } else if n % LOOK_EVERY == 0 {
            storm.looks_around().await?;
        }
    }
    if kills.is_multiple_of(3) {
        // On hold over the last kill.
        storm.field.holding()?.agent.resumes().await?;
    }
    storm.figure(said(&returns));
    storm.ends().await
}

/// All that is left of the day before is Asterisk's own account and the database.
pub async fn calls_go_on_when_the_journal_is_lost_with_the_program(ground: &mut Ground) -> Result<Figures> {
    let mut chance = ground.chance("journal lost");
    let mut storm = Storm::begins(ground, 90).await?;
    storm.excuses.memory = Memory::Lost;
    sleep(Duration::from_secs(3)).await;
    let mut returns = Vec::new();
    for _ in 0..FEW {
        sleep(chance.between(500, 3500)).await;
        aim(&storm, &mut chance).await;
        let went = now();
        storm.ground.stage.lab.product()?.kill().await;
        storm.ground.forget_all_but_the_database()?;
        sleep(chance.between(200, 3000)).await;
        let back = storm.ground.returns().await?;
        storm.was_away(went, back.ready);
        returns.push(back);
    }
    storm.looks_around_at_last().await?;
    storm.figure(said(&returns));
    storm.ends().await
}

async fn kill(storm: &mut Storm<'_>, dead_for: Duration) -> Result<Return> {
    let went = now();
    storm.ground.stage.lab.product()?.kill().await;
    sleep(dead_for).await;
    let back = storm.ground.returns().await?;
    storm.was_away(went, back.ready);
    Ok(back)
}

/// Waits for the moment of the next kill: chance alone would hardly ever meet what lasts some milliseconds.
async fn aim(storm: &Storm<'_>, chance: &mut Chance) {
    let aim = chance.one_of(&AIMS).unwrap_or(Aim::Anything);
    let (arriving, answering) = (chance.between(0, ARRIVING_MS), chance.between(0, ANSWERING_MS));
    let (callers, agents) = (&storm.field.callers.diary, &storm.field.agents.diary);
    match aim {
        Aim::Anything => {}
        Aim::ACallThatArrives => {
            // They come at an even pace: the log tells of one when it is over.
            let dialled = |what: &What| *what == What::Dialled;
            if let Ok((_, note)) = callers.wait(callers.length(), AIMS_FOR, "", |note| dialled(&note.what)).await {
                sleep(until(note.at + i64::from(1000 / RATE)) + arriving).await;
            }
        }
        Aim::APhoneThatRings => {
            let _ = agents.wait(agents.length(), AIMS_FOR, "", |note| note.what == What::Rang).await;
        }
        Aim::AnAgentWhoAnswers => {
            let _ = agents.wait(agents.length(), AIMS_FOR, "", |note| note.what == What::Established).await;
            sleep(answering.saturating_sub(Duration::from_millis(ANSWERING_MS / 2))).await;
        }
    }
}

fn until(at: Millis) -> Duration {
    Duration::from_millis((at - now()).max(0).unsigned_abs())
}
