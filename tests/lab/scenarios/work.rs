//! What agents do at their work beside talking: breaks and their reasons, logging in and out, finishing a call, calls of
//! their own.

use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use super::house::{ALL, LONG_WRAP_UP, MUCH_TO_DO};
use super::{Lot, talk};
use crate::parties::{Millis, Phone, now};
use crate::{Result, Trouble};

/// At once, as people feel it.
const AT_ONCE: Millis = 500;

/// Each reason has its code, and the books have each reason.
pub async fn agent_says_by_feature_code_why_they_are_not_ready(lot: &mut Lot) -> Result<()> {
    let mut agent = lot.agent().await?;
    let reasons = [("*11", "asked"), ("*111", "break"), ("*112", "lunch"), ("*113", "training"), ("*114", "meeting")];
    for (code, reason) in reasons {
        agent.dials(code).await?;
        agent.is_answered().await?;
        agent.is_hung_up().await?;
        is_not_ready(lot, &agent, reason).await?;
    }
    let mut caller = lot.caller().await?;
    caller.dials(lot.queue).await?;
    caller.is_answered().await?;
    caller.hears_music().await?;
    if agent.has_rung() {
        return Err(Trouble::said("an agent in a meeting was rung"));
    }
    agent.dials("*10").await?;
    agent.is_hung_up().await?;
    agent.rings().await?;
    talk(&mut caller, &mut agent).await?;
    lot.witnesses_agree(&caller).await.map(drop)
}

/// *12 and home; *13 and at work, though not for calls yet; *10 and ready.
pub async fn agent_logs_out_and_in_by_feature_codes(lot: &mut Lot) -> Result<()> {
    let mut agent = lot.agent().await?;
    agent.dials("*12").await?;
    agent.is_hung_up().await?;
    lot.becomes(&agent.name, "logged_out").await?;
    let mut caller = lot.caller().await?;
    caller.dials(lot.queue).await?;
    caller.is_answered().await?;
    caller.hears_music().await?;
    agent.dials("*13").await?;
    agent.is_hung_up().await?;
    is_not_ready(lot, &agent, "logged_in").await?;
    if agent.has_rung() {
        return Err(Trouble::said("an agent was rung who had not asked for calls yet"));
    }
    agent.dials("*10").await?;
    agent.is_hung_up().await?;
    agent.rings().await?;
    talk(&mut caller, &mut agent).await?;
    lot.witnesses_agree(&caller).await?;
    lot.becomes(&agent.name, "ready").await.map(drop)
}

/// The same by the API, as a program of the site asks; a supervisor may for anybody.
pub async fn agent_is_logged_out_and_in_by_the_api(lot: &mut Lot) -> Result<()> {
    let mut agent = lot.agent().await?;
    lot.asks_by_api(&agent.name, &json!({"state": "logged_out"})).await?;
    lot.becomes(&agent.name, "logged_out").await?;
    let mut caller = lot.caller().await?;
    caller.dials(lot.queue).await?;
    caller.is_answered().await?;
    caller.hears_music().await?;
    lot.asks_by_api(&agent.name, &json!({"state": "not_ready", "reason": "lunch"})).await?;
    is_not_ready(lot, &agent, "lunch").await?;
    lot.asks_by_api(&agent.name, &json!({"state": "logged_in"})).await?;
    if agent.has_rung() {
        return Err(Trouble::said("an agent at lunch was rung"));
    }
    lot.asks_by_api(&agent.name, &json!({"state": "ready"})).await?;
    agent.rings().await?;
    talk(&mut caller, &mut agent).await?;
    lot.witnesses_agree(&caller).await?;
    lot.becomes(&agent.name, "ready").await.map(drop)
}

/// Whoever asks for calls before the time to finish the last one is over is rung at once.
pub async fn agent_ends_the_wrap_up_and_is_rung_at_once(lot: &mut Lot) -> Result<()> {
    let mut agent = lot.agent_of(LONG_WRAP_UP).await?;
    let (first, mut second) = wraps_up_while_one_waits(lot, &mut agent).await?;
    sleep(Duration::from_secs(1)).await;
    if agent.has_rung() {
        return Err(Trouble::said("an agent who finishes a call was rung"));
    }
    let asked = agent.dials("*10").await?;
    agent.is_hung_up().await?;
    agent.rings().await?;
    let (heard, rang) = (lot.heard_to_the_end(&agent, asked).await?, lot.was_rung(&agent, &second).await?);
    lot.comes_in_time("after the tone the next call rang", heard, rang, AT_ONCE)?;
    talk(&mut second, &mut agent).await?;
    lot.witnesses_agree(&first).await?;
    lot.witnesses_agree(&second).await.map(drop)
}

/// Whoever needs longer has the next call wait longer.
pub async fn agent_extends_the_wrap_up_and_is_not_rung_when_its_usual_time_is_over(lot: &mut Lot) -> Result<()> {
    let mut agent = lot.agent_of(LONG_WRAP_UP).await?;
    let (first, mut second) = wraps_up_while_one_waits(lot, &mut agent).await?;
    agent.dials("*14").await?;
    agent.is_hung_up().await?;
    lot.becomes(&agent.name, "wrap_up").await?;
    sleep(MUCH_TO_DO + Duration::from_secs(1)).await;
    if agent.has_rung() {
        return Err(Trouble::said("an agent who asked for more time was rung when the usual time was over"));
    }
    agent.dials("*10").await?;
    agent.is_hung_up().await?;
    agent.rings().await?;
    talk(&mut second, &mut agent).await?;
    lot.witnesses_agree(&first).await?;
    lot.witnesses_agree(&second).await.map(drop)
}

/// A call that is none of ours, answered at the agent's phone: no offer until it is over, and one at once when it is.
pub async fn private_call_keeps_offers_away_and_the_agent_is_rung_right_after_it(lot: &mut Lot) -> Result<()> {
    let mut agent = lot.agent().await?;
    let mut friend = calls_privately(lot, &agent).await?;
    agent.rings().await?;
    agent.answers().await?;
    friend.hears(&agent).await?;
    let mut caller = lot.caller().await?;
    caller.dials(lot.queue).await?;
    caller.is_answered().await?;
    caller.hears_music().await?;
    sleep(Duration::from_secs(1)).await;
    if agent.has_rung() {
        return Err(Trouble::said("a call was offered to an agent in a private call"));
    }
    lot.live_says(&agent.name, "private-call").await?;
    agent.hangs_up().await?;
    friend.is_hung_up().await?;
    agent.rings().await?;
    at_once(lot, &agent, &agent, &caller).await?;
    talk(&mut caller, &mut agent).await?;
    lot.witnesses_agree(&caller).await?;
    lot.becomes(&agent.name, "ready").await.map(drop)
}

/// The same with a phone that only rings for somebody else: a second call is not put on top of the first.
pub async fn phone_that_rings_for_somebody_else_is_not_rung_by_us(lot: &mut Lot) -> Result<()> {
    let mut agent = lot.agent().await?;
    let mut friend = calls_privately(lot, &agent).await?;
    agent.rings().await?;
    lot.live_says(&agent.name, "private-call").await?;
    let mut caller = lot.caller().await?;
    caller.dials(lot.queue).await?;
    caller.is_answered().await?;
    caller.hears_music().await?;
    if agent.has_rung() {
        return Err(Trouble::said("a call was offered to a phone that rang already"));
    }
    friend.hangs_up().await?;
    agent.is_hung_up().await?;
    agent.rings().await?;
    at_once(lot, &friend, &agent, &caller).await?;
    talk(&mut caller, &mut agent).await?;
    lot.witnesses_agree(&caller).await.map(drop)
}

/// Somebody from outside who calls the agent's phone past every queue, by a number of the house.
async fn calls_privately(lot: &mut Lot, agent: &Phone) -> Result<Phone> {
    let mut friend = lot.caller().await?;
    friend.dials(&format!("8{}", agent.name)).await?;
    Ok(friend)
}

/// The same with a call that the agent makes: the agent is a caller of another queue, and nothing else.
pub async fn agent_who_calls_a_queue_themselves_is_offered_nothing_meanwhile(lot: &mut Lot) -> Result<()> {
    let mut agent = lot.agent().await?;
    agent.dials("702").await?;
    agent.is_answered().await?;
    agent.hears_music().await?;
    let mut caller = lot.caller().await?;
    caller.dials(lot.queue).await?;
    caller.is_answered().await?;
    caller.hears_music().await?;
    if agent.has_rung() {
        return Err(Trouble::said("a call was offered to an agent who is a caller"));
    }
    agent.hangs_up().await?;
    agent.rings().await?;
    at_once(lot, &agent, &agent, &caller).await?;
    talk(&mut caller, &mut agent).await?;
    lot.witnesses_agree(&caller).await.map(drop)
}

/// One agent of two queues, with a caller in each: one rings, the other waits, and gets the same agent afterwards.
pub async fn agent_of_two_queues_is_rung_for_one_caller_at_a_time(lot: &mut Lot) -> Result<()> {
    let (mut one, mut other) = (lot.caller().await?, lot.caller().await?);
    one.dials("701").await?;
    one.is_answered().await?;
    other.dials(ALL).await?;
    other.is_answered().await?;
    let mut agent = lot.agent_of_a_waiting_caller("701").await?;
    for caller in [&mut one, &mut other] {
        let ring = agent.rings().await?;
        if ring.peer != caller.name {
            return Err(Trouble::said(format!("{} was served, and {} had come before", ring.peer, caller.name)));
        }
        sleep(Duration::from_millis(500)).await;
        if agent.has_rung() {
            return Err(Trouble::said("one agent was rung for two callers at once"));
        }
        talk(caller, &mut agent).await?;
    }
    lot.witnesses_agree(&one).await?;
    lot.witnesses_agree(&other).await.map(drop)
}

/// One call is over, the agent finishes it, and another caller waits.
async fn wraps_up_while_one_waits(lot: &mut Lot, agent: &mut Phone) -> Result<(Phone, Phone)> {
    let (mut first, mut second) = (lot.caller().await?, lot.caller().await?);
    first.dials(LONG_WRAP_UP).await?;
    agent.rings().await?;
    agent.answers().await?;
    first.hears(agent).await?;
    second.dials(LONG_WRAP_UP).await?;
    second.is_answered().await?;
    agent.hangs_up().await?;
    first.is_hung_up().await?;
    lot.becomes(&agent.name, "wrap_up").await?;
    Ok((first, second))
}

async fn is_not_ready(lot: &Lot, agent: &Phone, reason: &str) -> Result<()> {
    let deadline = now() + 5000;
    loop {
        let state = lot.becomes(&agent.name, "not_ready").await?;
        match state.reason == reason {
            true => return Ok(()),
            false if now() > deadline => {
                return Err(Trouble::said(format!("the agent is not ready because of {:?}, not of {reason}", state.reason)));
            }
            false => sleep(Duration::from_millis(20)).await,
        }
    }
}

/// As soon as this party had hung up, the agent was rung for the caller.
async fn at_once(lot: &Lot, party: &Phone, agent: &Phone, caller: &Phone) -> Result<()> {
    let (free, rang) = (lot.hung_up(party).await?, lot.was_rung(agent, caller).await?);
    lot.comes_in_time("the waiting call rang", free, rang, AT_ONCE)
}
