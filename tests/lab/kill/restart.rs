//! Asterisk itself starts again, in order and as after a crash: every call dies with it, and the program must neither forget
//! one nor hold on to it.

use std::time::Duration;

use tokio::time::sleep;

use super::Figures;
use super::field::Field;
use super::findings::Findings;
use super::ground::Ground;
use crate::parties::actions::SOON;
use crate::parties::clock::{Seen, until};
use crate::parties::{Millis, now};
use crate::scenarios::witness::ledger::Call;
use crate::{Result, Trouble};

const WARM: Duration = Duration::from_secs(7);
const BACK_WITHIN: Duration = Duration::from_secs(20);
/// Asterisk asks its phones again, agents are ready, and callers are answered, within this.
const SERVED_WITHIN: Duration = Duration::from_secs(15);
/// The program notices the loss when its connection breaks, and learns what is left when it has a new one.
const WITHIN: Millis = 1500;
/// Within this much of the end an answer or a goodbye may have crossed with it.
const CLEAR: Millis = 500;

/// Those who talked are booked as answered and those who waited as lost, phones are free, and new callers are answered.
pub async fn calls_that_die_with_asterisk_are_booked_and_new_ones_are_served(ground: &mut Ground) -> Result<Figures> {
    let mut field = Field::opens(ground, 120).await?;
    let (mut figures, mut found) = (Vec::new(), Findings::default());
    sleep(WARM).await;
    for orderly in [true, false] {
        let went = now();
        if orderly {
            ground.stage.lab.asterisk.restarts_now().await?;
        } else {
            ground.stage.lab.asterisk.kill().await;
            ground.stage.lab.asterisk.restart().await?;
        }
        let (back, _) = ground.is_ready(BACK_WITHIN).await?;
        let died = died(ground, &field, (went, back), orderly, &mut found).await?;
        let served = served(&field, back).await?;
        let how = if orderly { "told to start again" } else { "killed" };
        figures.push(format!("Asterisk {how}: all ready again after {} ms, {died}; {served}", back - went));
    }
    field.callers.dies().await;
    field.agents.dies().await;
    let _ = ground.stage.lab.asterisk_cli("channel request hangup all").await;
    let left = until(SOON * 2, "the ledger holds no call for alive", async || {
        let live: Vec<String> = ground.stage.ledger.live().await?.into_iter().map(|call| call.number).collect();
        Ok(if live.is_empty() { Seen::Enough(()) } else { Seen::NotYet(format!("alive is {}", live.join(", "))) })
    });
    if let Err(trouble) = left.await {
        found.add("the ledger", trouble.to_string());
    }
    let found = found.said();
    if found.is_empty() { Ok(figures) } else { Err(Trouble::said(format!("- {}\n{}", found.join("\n- "), figures.join("\n")))) }
}

/// How the calls are booked that died with Asterisk: in words.
async fn died(
    ground: &Ground,
    field: &Field,
    (went, back): (Millis, Millis),
    orderly: bool,
    found: &mut Findings,
) -> Result<String> {
    // The facts of the account are on their way to the books.
    sleep(Duration::from_millis(WITHIN.unsigned_abs())).await;
    let (mut waited, mut talked, mut plain) = (0, 0, 0);
    for (number, story) in field.stories() {
        let ended = story.ended.map_or(Millis::MAX, |(at, _)| at);
        if story.dialled > went - CLEAR || ended < went - CLEAR {
            continue;
        }
        let mut calls: Vec<Call> = ground.stage.ledger.calls_of(&number).await?;
        calls.retain(|call| call.entered >= ground.stage.began);
        let Some(call) = calls.pop().filter(|call| call.outcome != "fallback") else {
            // Asterisk's own notes of its own calls die with it.
            plain += 1;
            continue;
        };
        let talks = story.talks.iter().any(|talk| talk.from < went - CLEAR);
        let crossed = story.talks.iter().any(|talk| (talk.from - went).abs() <= CLEAR)
            || story.ended.is_some_and(|(at, by_caller)| by_caller && (at - went).abs() <= CLEAR);
        match &*call.outcome {
            "answered" if talks || crossed => talked += 1,
            "lost" if !talks => waited += 1,
            // An Asterisk that stops in order hangs up first: for the program that is a caller who leaves.
            "abandoned" if !talks && (orderly || crossed) => waited += 1,
            other => found.add(&format!("a call that died with Asterisk is {other:?} in the ledger"), &*number),
        }
        if !call.ended.is_some_and(|at| (went - CLEAR..=back + WITHIN).contains(&at)) {
            let end = call.ended.map_or("never".to_owned(), |at| format!("{} ms after", at - went));
            found.add("a call that died with Asterisk ends in the ledger", format!("{number} {end}"));
        }
    }
    if waited == 0 || talked == 0 {
        found.add("too few calls died to prove anything", format!("{talked} talked, {waited} waited"));
    }
    if plain > waited + talked {
        found.add("most calls were not with the program", format!("{plain} in the plain queue"));
    }
    Ok(format!("{talked} talking, {waited} waiting and {plain} calls of the plain queue died"))
}

/// Agents are ready again: new callers are answered by them.
async fn served(field: &Field, back: Millis) -> Result<String> {
    let mut answered = (0, 0);
    until(SERVED_WITHIN, "ten new callers have been answered by agents", async || {
        let new: Vec<_> = field.stories().into_iter().filter(|(_, story)| story.dialled > back).collect();
        let talks = new.iter().filter(|(_, story)| !story.talks.is_empty());
        let first = talks.clone().flat_map(|(_, story)| story.talks.iter().map(|talk| talk.from)).min().unwrap_or(back);
        answered = (talks.count(), first - back);
        sleep(Duration::from_millis(300)).await;
        Ok(if answered.0 >= 10 { Seen::Enough(()) } else { Seen::NotYet(format!("{} have", answered.0)) })
    })
    .await?;
    Ok(format!("the first new caller was answered {} ms later", answered.1))
}
