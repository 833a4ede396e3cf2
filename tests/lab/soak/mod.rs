//! `cargo lab soak`: five callers a second for an hour, and faults at random all the while. Afterwards the books must balance,
//! call by call as after every kill, and what the program takes of the machine must not have grown.
//!
//! It plays in rounds of three minutes, each a storm as in the suite of kills: people call, faults strike and heal, everybody
//! comes to an end and is heard as a witness. So a fault of the program is told minutes after it happened, with its round. The
//! program itself lives on from round to round: it is killed and started again in the first third of the time alone, for what grows
//! shows in a long life.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use tokio::time::Instant;

use crate::kill::Chance;
use crate::kill::field::RATE;
use crate::kill::ground::Ground;
use crate::kill::storm::Storm;
use crate::parties::{Millis, now};
use crate::suites::labs::{hurry, keep};
use crate::{Result, Trouble, say, space};

mod faults;
mod flat;
mod lives;
mod samples;

use faults::{Fault, When};
use samples::Sampler;

/// The length of a round, from its first caller to its last. The pairs who talk over all of it speak for four minutes.
const ROUND: Duration = Duration::from_secs(180);
/// A shorter rest is no round of its own.
const SHORTEST: Duration = Duration::from_secs(90);
/// What a round needs besides its faults: people come, and come to their end.
const EDGES: Duration = Duration::from_secs(40);
/// How long a fault lasts with its healing, about.
const FAULT: Duration = Duration::from_secs(24);

/// What came of all rounds.
#[derive(Debug, Default)]
struct Outcome {
    rounds: u32,
    faults: u32,
    /// What was found, each with its round.
    found: Vec<String>,
}

/// Soaks for so long.
///
/// # Errors
/// When the lab does not start.
pub async fn run(length: Duration) -> Result<ExitCode> {
    if space::inside().is_none() {
        return Err(Trouble::said("a soak runs inside a space of the lab's own"));
    }
    let seed = Chance::seed();
    say::heading(format!("soak: {} at {RATE} calls a second, faults at random", say::seconds(length)));
    say::line(format!("seed {seed}; the same again with CALLSYNC_LAB_SEED={seed}"));
    hurry().await;
    let mut ground = Ground::start(false, seed, false).await?;
    let sampler = Sampler::start();
    let (began, mut outcome) = (now(), Outcome::default());
    let played = rounds(&mut ground, length, &mut outcome).await;
    outcome.found.extend(played.err().map(|trouble| trouble.to_string()));
    outcome.found.extend(balance(&ground, began).await?);
    let lives = lives::of(&sampler.stop().await);
    say::heading("what the program and Asterisk took of the machine");
    lives::table(&lives).iter().for_each(say::line);
    outcome.found.extend(lives::judge(&lives));
    let logs = ground.stage.lab.folder.clone();
    ground.stage.lab.stop().await;
    Ok(ended(&outcome, lives::judged(&lives), &logs))
}

/// The books as a whole: every call that came has one fate, and none goes on. Says what does not add up.
async fn balance(ground: &Ground, began: Millis) -> Result<Option<String>> {
    let booked = ground.stage.ledger.sums(began, now()).await?;
    let count = |name: &str| booked.get(name).copied().unwrap_or_default();
    let fates = ["answered", "abandoned", "returned", "fallback", "lost"];
    let told: Vec<String> = fates.iter().map(|fate| format!("{} {fate}", count(fate))).collect();
    let words = format!("{} offered = {}", count("offered"), told.join(" + "));
    say::heading(format!("the books: {words}"));
    let balanced = count("offered") > 0 && count("offered") == fates.iter().map(|fate| count(fate)).sum::<u64>();
    Ok((!balanced).then(|| format!("the books do not balance: {words}, {} in progress", count("in progress"))))
}

fn ended(outcome: &Outcome, judged: usize, logs: &Path) -> ExitCode {
    if outcome.found.is_empty() && outcome.rounds > 0 {
        let Outcome { rounds, faults, .. } = outcome;
        let grew = if judged > 0 { format!("nothing grew in {judged} lives") } else { "no life was judged".to_owned() };
        say::heading(format!("ok: {rounds} rounds, {faults} faults, the books balance, {grew}"));
        return ExitCode::SUCCESS;
    }
    say::heading(format!("FAILED: {} findings in {} rounds", outcome.found.len(), outcome.rounds));
    outcome.found.iter().for_each(|words| say::line(words.replace('\n', "\n    ")));
    // Only a help for whoever looks into it.
    if let Ok(kept) = keep(logs) {
        say::line(format!("logs: {}", kept.display()));
    }
    ExitCode::FAILURE
}

/// One round after another until the time is over; a round that finds something does not end the soak, one that cannot be
/// played does.
async fn rounds(ground: &mut Ground, length: Duration, outcome: &mut Outcome) -> Result<()> {
    let mut chance = ground.chance("soak");
    let deadline = Instant::now() + length;
    let alone = length < ROUND + SHORTEST;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if outcome.rounds > 0 && left < SHORTEST {
            return Ok(());
        }
        let round = left.min(ROUND);
        let when = match (alone, left > length * 2 / 3) {
            (true, _) => When::Alone,
            (false, true) => When::Early,
            (false, false) => When::Late,
        };
        let faults = faults::drawn(outcome.rounds, when, &mut chance);
        outcome.rounds += 1;
        let names: Vec<&str> = faults.iter().map(|fault| fault.name()).collect();
        say::line(format!("round {}: {}", outcome.rounds, names.join(", ")));
        match play(ground, round, &faults, &mut chance).await {
            Ok(figures) => figures.iter().for_each(|figure| say::line(format!("        {figure}"))),
            Err(trouble) => {
                say::line(format!("        FAILED  {trouble}"));
                outcome.found.push(format!("round {}: {trouble}", outcome.rounds));
                revive(ground).await?;
            }
        }
        outcome.faults += u32::try_from(faults.len()).unwrap_or_default();
    }
}

async fn play(ground: &mut Ground, round: Duration, faults: &[Fault], chance: &mut Chance) -> Result<Vec<String>> {
    let callers = u32::try_from(round.as_secs()).unwrap_or(u32::MAX).saturating_add(300);
    let mut storm = Storm::begins(ground, callers).await?;
    let began = Instant::now();
    let count = u32::try_from(faults.len()).unwrap_or(1).max(1);
    let part = round.saturating_sub(EDGES) / count;
    for (place, fault) in (0..).zip(faults) {
        let (least, most) = gap(part);
        tokio::time::sleep_until(began + part * place + chance.between(least, most)).await;
        faults::strike(*fault, &mut storm, chance).await?;
        if place + 1 == count { storm.looks_around_at_last().await? } else { storm.looks_around().await? }
    }
    storm.ends().await
}

/// When within its part of the round a fault may strike, in milliseconds: late enough for calls in every phase, early enough to
/// heal before the next.
fn gap(part: Duration) -> (u64, u64) {
    const LEAST: u64 = 3000;
    let most = u64::try_from(part.saturating_sub(FAULT).as_millis()).unwrap_or(LEAST);
    (LEAST, most.max(LEAST))
}

/// Whatever a failed round left, the next one must not inherit.
async fn revive(ground: &mut Ground) -> Result<()> {
    let product = ground.stage.lab.product()?;
    product.resumes();
    let gone = !product.is_running();
    // What cannot be hung up is found by the next round.
    let _ = ground.stage.lab.asterisk_cli("channel request hangup all").await;
    if gone {
        ground.returns().await?;
    }
    ground.stage.nothing_is_left().await
}

#[cfg(test)]
mod tests {
    use super::{Duration, gap};

    #[test]
    fn a_fault_strikes_within_its_part_of_the_round_and_has_time_to_heal() {
        assert_eq!(gap(Duration::from_secs(100)), (3000, 76_000));
        assert_eq!(gap(Duration::from_secs(10)), (3000, 3000));
    }
}
