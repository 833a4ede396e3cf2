//! Phones that are not what they should be: gone without a word, busy, left alone.

use super::house::{BUSY_RESTS, RINGS_FOR};
use super::{Lot, talk};
use crate::parties::actions::SOON;
use crate::parties::{Millis, now};
use crate::{Result, Trouble};

/// A phone that has vanished is noticed within this time.
const UNREACHABLE_WITHIN: Millis = 5000;
/// How much sooner or later than meant a phone that was busy may be rung again.
const SOONER: Millis = 100;
const LATER: Millis = 500;
/// How far apart the phone's end of a call and the ledger's may lie.
const APART: Millis = 100;

/// Nobody is sent to a dead phone; when it is back, so is the agent.
pub async fn phone_that_vanished_is_unreachable_within_five_seconds_and_is_rung_when_it_is_back(lot: &mut Lot) -> Result<()> {
    let mut agent = lot.agent().await?;
    let account: u32 = agent.name.parse().unwrap_or_default();
    let died = now();
    agent.dies().await;
    let noticed = lot.becomes_within(SOON * 2, &agent.name, "unreachable").await?.began;
    lot.comes_in_time("it was noticed that the phone has vanished", died, noticed, UNREACHABLE_WITHIN)?;
    let mut caller = lot.caller().await?;
    caller.dials(lot.queue).await?;
    caller.is_answered().await?;
    caller.hears_music().await?;
    let mut agent = lot.phone_of(account).await?;
    agent.rings().await?;
    talk(&mut caller, &mut agent).await?;
    lot.witnesses_agree(&caller).await.map(drop)
}

/// 486 is nobody's fault: the agent stays ready, has a rest, and then gets the caller who still waits.
pub async fn busy_phone_is_left_alone_for_a_while_and_then_rung_again(lot: &mut Lot) -> Result<()> {
    let mut agent = lot.agent().await?;
    let mut caller = lot.caller().await?;
    caller.dials(lot.queue).await?;
    agent.rings().await?;
    agent.refuses().await?;
    lot.becomes(&agent.name, "ready").await?;
    agent.rings_within(SOON * 4).await?;
    let (refused, rang) = (lot.refused(&agent).await?, lot.was_rung(&agent, &caller).await?);
    let rests = Millis::try_from(BUSY_RESTS.as_millis()).unwrap_or_default();
    lot.comes_in_time("the phone was rung again", refused + rests - SOONER, rang, SOONER + LATER)?;
    talk(&mut caller, &mut agent).await?;
    lot.witnesses_agree(&caller).await.map(drop)
}

/// RONA: the caller hears music throughout, and the next caller is not sent to the phone that nobody answers.
pub async fn phone_that_nobody_answers_gets_no_second_call(lot: &mut Lot) -> Result<()> {
    let (mut absent, mut present) = (lot.agent().await?, lot.agent().await?);
    let (mut first, mut second) = (lot.caller().await?, lot.caller().await?);
    first.dials(lot.queue).await?;
    absent.rings().await?;
    absent.is_hung_up_within(RINGS_FOR + SOON).await?;
    present.rings().await?;
    talk(&mut first, &mut present).await?;
    lot.becomes(&present.name, "ready").await?;
    second.dials(lot.queue).await?;
    present.rings().await?;
    talk(&mut second, &mut present).await?;
    if absent.has_rung() {
        return Err(Trouble::said("the phone that nobody answered was rung again"));
    }
    // Their ears include that the music went on without a hole while the first phone rang and was given up.
    lot.witnesses_agree(&first).await?;
    lot.witnesses_agree(&second).await.map(drop)
}

/// The caller's phone dies without a BYE: the agent hears nothing, hangs up, and is free for the next one.
pub async fn agent_ends_the_call_of_a_caller_whose_phone_has_died(lot: &mut Lot) -> Result<()> {
    let mut agent = lot.agent().await?;
    let mut caller = lot.caller().await?;
    caller.dials(lot.queue).await?;
    agent.rings().await?;
    agent.answers().await?;
    caller.hears(&agent).await?;
    caller.dies().await;
    agent.hangs_up().await?;
    let hung_up = lot.hung_up(&agent).await?;
    let call = lot.ended_call(&caller.name).await?;
    if (&*call.outcome, &*call.by, call.agent.as_ref()) != ("answered", "agent", Some(&agent.name)) {
        return Err(Trouble::said(format!("the ledger says {} by {}, agent {:?}", call.outcome, call.by, call.agent)));
    }
    let ended = call.ended.unwrap_or_default();
    let late = ended - hung_up;
    if late.abs() > lot.pulse.standstills().allow(APART, hung_up, ended) {
        return Err(Trouble::said(format!("the ledger ends the call {late} ms after the agent did")));
    }
    let rows = lot.rows(&call).await?;
    if rows.last().is_none_or(|row| (&*row.outcome, &*row.agent) != ("answered", &*agent.name)) {
        return Err(Trouble::said(format!("the CDR says {:?}", rows.last())));
    }
    lot.becomes(&agent.name, "ready").await?;
    let mut next = lot.caller().await?;
    next.dials(lot.queue).await?;
    agent.rings().await?;
    talk(&mut next, &mut agent).await?;
    lot.witnesses_agree(&next).await.map(drop)
}
