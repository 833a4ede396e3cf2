//! Callers who need not wait any longer: back to the dialplan, or on to another queue.

use std::time::Duration;

use tokio::time::sleep;

use super::house::{FULL, GIVES_UP, MAX_WAIT, NEEDS_A_LOGIN, NEEDS_SOMEBODY_READY, PASSES_ON, ROOM, SECOND};
use super::witness::ledger::Call;
use super::{Lot, talk};
use crate::parties::actions::SOON;
use crate::parties::{Millis, Phone};
use crate::{Result, Trouble};

/// How exactly a rule's time is kept.
const WITHIN: Millis = 250;
/// The prompt that says sorry, to its end.
const PROMPT: Duration = Duration::from_secs(20);

/// Two seconds, and no agent: the prompt.
pub async fn caller_who_has_waited_long_enough_is_given_back(lot: &mut Lot) -> Result<()> {
    let mut caller = lot.caller().await?;
    caller.dials(GIVES_UP).await?;
    caller.is_answered().await?;
    caller.hears_music().await?;
    let call = is_given_back(lot, &mut caller).await?;
    waited(lot, &call, MAX_WAIT)
}

/// The phone rings on when the time is over, and whoever answers has the call.
pub async fn agent_who_is_rung_when_the_time_is_over_gets_the_call_all_the_same(lot: &mut Lot) -> Result<()> {
    let mut agent = lot.agent_of(GIVES_UP).await?;
    let mut caller = lot.caller().await?;
    caller.dials(GIVES_UP).await?;
    agent.rings().await?;
    sleep(MAX_WAIT + Duration::from_millis(400)).await;
    talk(&mut caller, &mut agent).await?;
    lot.witnesses_agree(&caller).await.map(drop)
}

/// Two seconds, then the second queue, whose agent is rung at once; it is one call.
pub async fn caller_who_has_waited_long_enough_goes_on_to_the_second_queue(lot: &mut Lot) -> Result<()> {
    let mut agent = lot.agent_of(SECOND).await?;
    let mut caller = lot.caller().await?;
    caller.dials(PASSES_ON).await?;
    caller.is_answered().await?;
    caller.hears_music().await?;
    agent.rings().await?;
    let (dialled, rang) = (lot.dialled(&caller).await?, lot.was_rung(&agent, &caller).await?);
    lot.comes_in_time("the second queue's agent was rung", dialled + millis(MAX_WAIT), rang, WITHIN)?;
    talk(&mut caller, &mut agent).await?;
    let call = lot.witnesses_agree(&caller).await?;
    if call.queue == SECOND { Ok(()) } else { Err(Trouble::said(format!("the ledger has the call in queue {}", call.queue))) }
}

/// Nobody is at work: nobody is made to wait.
pub async fn caller_is_given_back_at_once_while_nobody_is_logged_in(lot: &mut Lot) -> Result<()> {
    let mut caller = lot.caller().await?;
    caller.dials(NEEDS_A_LOGIN).await?;
    let call = is_given_back(lot, &mut caller).await?;
    waited(lot, &call, Duration::ZERO)
}

/// Somebody is at work, though not ready; then they go home.
pub async fn caller_is_given_back_when_the_last_agent_logs_out(lot: &mut Lot) -> Result<()> {
    let agent = lot.agent_of(NEEDS_A_LOGIN).await?;
    lot.asks(&agent.name, "*11").await?;
    lot.becomes(&agent.name, "not_ready").await?;
    let mut caller = lot.caller().await?;
    caller.dials(NEEDS_A_LOGIN).await?;
    caller.is_answered().await?;
    caller.hears_music().await?;
    sleep(Duration::from_millis(300)).await;
    lot.asks(&agent.name, "*12").await?;
    let left = lot.becomes(&agent.name, "logged_out").await?.began;
    let call = is_given_back(lot, &mut caller).await?;
    lot.comes_in_time("the caller was given back", left, call.ended.unwrap_or_default(), WITHIN)
}

/// Everybody has a break: nobody is made to wait.
pub async fn caller_is_given_back_at_once_while_nobody_is_ready(lot: &mut Lot) -> Result<()> {
    let agent = lot.agent_of(NEEDS_SOMEBODY_READY).await?;
    lot.asks(&agent.name, "*111").await?;
    lot.becomes(&agent.name, "not_ready").await?;
    let mut caller = lot.caller().await?;
    caller.dials(NEEDS_SOMEBODY_READY).await?;
    let call = is_given_back(lot, &mut caller).await?;
    waited(lot, &call, Duration::ZERO)
}

/// An agent who talks is worth waiting for; when they leave for a break afterwards, the second queue takes the caller.
pub async fn caller_goes_on_when_the_last_agent_is_not_ready_any_more(lot: &mut Lot) -> Result<()> {
    let (mut agent, mut second) = (lot.agent_of(NEEDS_SOMEBODY_READY).await?, lot.agent_of(SECOND).await?);
    let (mut first, mut next) = (lot.caller().await?, lot.caller().await?);
    first.dials(NEEDS_SOMEBODY_READY).await?;
    agent.rings().await?;
    agent.answers().await?;
    first.hears(&agent).await?;
    next.dials(NEEDS_SOMEBODY_READY).await?;
    next.is_answered().await?;
    next.hears_music().await?;
    sleep(Duration::from_millis(300)).await;
    if second.has_rung() {
        return Err(Trouble::said("the second queue was asked while an agent of the first was talking"));
    }
    agent.hangs_up().await?;
    first.is_hung_up().await?;
    // The agent has been rung for the next caller, and refuses: nobody is ready any more.
    agent.rings().await?;
    lot.asks(&agent.name, "*111").await?;
    second.rings_within(SOON * 2).await?;
    talk(&mut next, &mut second).await?;
    lot.witnesses_agree(&first).await?;
    lot.witnesses_agree(&next).await.map(drop)
}

/// Two may wait. The third goes at once; when one of the two has left, there is room again.
pub async fn caller_who_finds_the_queue_full_is_given_back(lot: &mut Lot) -> Result<()> {
    let mut waiting = Vec::new();
    for _ in 0..ROOM {
        waiting.push(waits_in(lot, FULL).await?);
    }
    let mut third = lot.caller().await?;
    third.dials(FULL).await?;
    third.is_hung_up_within(PROMPT).await?;
    match lot.ledger.calls_of(&third.name).await?.as_slice() {
        [] => {}
        [call] if call.outcome == "returned" => waited(lot, call, Duration::ZERO)?,
        calls => return Err(Trouble::said(format!("the ledger has {:?}", calls.first().map(|call| &call.outcome)))),
    }
    waiting[0].hangs_up().await?;
    lot.witnesses_agree(&waiting[0]).await?;
    waiting.push(waits_in(lot, FULL).await?);
    for caller in &mut waiting[1..] {
        caller.hangs_up().await?;
        lot.witnesses_agree(caller).await?;
    }
    Ok(())
}

async fn waits_in(lot: &mut Lot, queue: &str) -> Result<Phone> {
    let mut caller = lot.caller().await?;
    caller.dials(queue).await?;
    caller.is_answered().await?;
    caller.hears_music().await?;
    Ok(caller)
}

/// The caller is given back to the dialplan, hears the prompt to its end, and the books say so.
async fn is_given_back(lot: &Lot, caller: &mut Phone) -> Result<Call> {
    let over = caller.is_hung_up_within(PROMPT).await?.at;
    let call = lot.ended_call(&caller.name).await?;
    if (&*call.outcome, &*call.by) != ("returned", "program") {
        return Err(Trouble::said(format!("the ledger says {} by {}", call.outcome, call.by)));
    }
    let given_back = call.ended.unwrap_or_default();
    if caller.ear().music(given_back).is_none_or(|prompt| prompt.length() < 1000 || prompt.to > over) {
        return Err(Trouble::said("the caller was given back and heard no prompt"));
    }
    let rows = lot.rows(&call).await?;
    let stamped = rows.last().map(|row| (&*row.outcome, &*row.call));
    if stamped != Some(("returned", &*call.id)) {
        return Err(Trouble::said(format!("the CDR says {stamped:?}")));
    }
    Ok(call)
}

/// The call was in the queue for this long.
fn waited(lot: &Lot, call: &Call, meant: Duration) -> Result<()> {
    lot.comes_in_time("the caller was sent on", call.entered + millis(meant), call.ended.unwrap_or_default(), WITHIN)
}

fn millis(time: Duration) -> Millis {
    Millis::try_from(time.as_millis()).unwrap_or_default()
}
