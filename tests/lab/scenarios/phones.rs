//! Phones that are not what they should be: gone without a word, busy, left alone.

use super::house::RINGS_FOR;
use super::{Stage, talk};
use crate::parties::actions::SOON;
use crate::parties::{Millis, now};
use crate::{Result, Trouble};

/// A phone that has vanished is noticed within this time.
const UNREACHABLE_WITHIN: Millis = 5000;
/// How long a phone that was busy is left alone, and how much sooner or later it may be rung again.
const RESTS: Millis = 10_000;
const SOONER: Millis = 100;
const LATER: Millis = 500;
/// How far apart the phone's end of a call and the ledger's may lie.
const APART: Millis = 100;

/// Nobody is sent to a dead phone; when it is back, so is the agent.
pub async fn phone_that_vanished_is_unreachable_within_five_seconds_and_is_rung_when_it_is_back(stage: &mut Stage) -> Result<()> {
    let mut agent = stage.agent().await?;
    let account: u32 = agent.name.parse().unwrap_or_default();
    let died = now();
    agent.dies().await;
    let noticed = stage.becomes_within(SOON * 2, &agent.name, "unreachable").await?.began;
    stage.comes_in_time("it was noticed that the phone has vanished", died, noticed, UNREACHABLE_WITHIN)?;
    let mut caller = stage.caller().await?;
    caller.dials("700").await?;
    caller.is_answered().await?;
    caller.hears_music().await?;
    let mut agent = stage.phone_of(account).await?;
    agent.rings().await?;
    talk(&mut caller, &mut agent).await?;
    stage.witnesses_agree(&caller).await.map(drop)
}

/// 486 is nobody's fault: the agent stays ready, has ten seconds of rest, and then gets the caller who still waits.
pub async fn busy_phone_is_left_alone_for_ten_seconds_and_then_rung_again(stage: &mut Stage) -> Result<()> {
    let mut agent = stage.agent().await?;
    let mut caller = stage.caller().await?;
    caller.dials("700").await?;
    agent.rings().await?;
    agent.refuses().await?;
    stage.becomes(&agent.name, "ready").await?;
    agent.rings_within(SOON * 4).await?;
    let (refused, rang) = (stage.refused(&agent).await?, stage.was_rung(&agent, &caller).await?);
    stage.comes_in_time("the phone was rung again", refused + RESTS - SOONER, rang, SOONER + LATER)?;
    talk(&mut caller, &mut agent).await?;
    stage.witnesses_agree(&caller).await.map(drop)
}

/// RONA: the caller hears music throughout, and the next caller is not sent to the phone that nobody answers.
pub async fn phone_that_nobody_answers_gets_no_second_call(stage: &mut Stage) -> Result<()> {
    let (mut absent, mut present) = (stage.agent().await?, stage.agent().await?);
    let (mut first, mut second) = (stage.caller().await?, stage.caller().await?);
    first.dials("700").await?;
    absent.rings().await?;
    absent.is_hung_up_within(RINGS_FOR + SOON).await?;
    present.rings().await?;
    talk(&mut first, &mut present).await?;
    stage.becomes(&present.name, "ready").await?;
    second.dials("700").await?;
    present.rings().await?;
    talk(&mut second, &mut present).await?;
    if absent.has_rung() {
        return Err(Trouble::said("the phone that nobody answered was rung again"));
    }
    // Their ears include that the music went on without a hole while the first phone rang and was given up.
    stage.witnesses_agree(&first).await?;
    stage.witnesses_agree(&second).await.map(drop)
}

/// The caller's phone dies without a BYE: the agent hears nothing, hangs up, and is free for the next one.
pub async fn agent_ends_the_call_of_a_caller_whose_phone_has_died(stage: &mut Stage) -> Result<()> {
    let mut agent = stage.agent().await?;
    let mut caller = stage.caller().await?;
    caller.dials("700").await?;
    agent.rings().await?;
    agent.answers().await?;
    caller.hears(&agent).await?;
    caller.dies().await;
    agent.hangs_up().await?;
    let hung_up = stage.hung_up(&agent).await?;
    let call = stage.ended_call(&caller.name).await?;
    if (&*call.outcome, &*call.by, call.agent.as_ref()) != ("answered", "agent", Some(&agent.name)) {
        return Err(Trouble::said(format!("the ledger says {} by {}, agent {:?}", call.outcome, call.by, call.agent)));
    }
    let ended = call.ended.unwrap_or_default();
    let late = ended - hung_up;
    if late.abs() > APART + stage.pulse.standstills().between(hung_up, ended) {
        return Err(Trouble::said(format!("the ledger ends the call {late} ms after the agent did")));
    }
    let rows = stage.rows(&call).await?;
    if rows.last().is_none_or(|row| (&*row.outcome, &*row.agent) != ("answered", &*agent.name)) {
        return Err(Trouble::said(format!("the CDR says {:?}", rows.last())));
    }
    stage.becomes(&agent.name, "ready").await?;
    let mut next = stage.caller().await?;
    next.dials("700").await?;
    agent.rings().await?;
    talk(&mut next, &mut agent).await?;
    stage.witnesses_agree(&next).await.map(drop)
}
