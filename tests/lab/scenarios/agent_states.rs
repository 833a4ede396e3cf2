//! What agents do beside talking.

use std::time::Duration;

use tokio::time::sleep;

use super::Lot;
use crate::{Result, Trouble};

/// *11 and *10, from the agent's own phone, each answered by a beep.
pub async fn agent_becomes_not_ready_and_ready_by_feature_codes(lot: &mut Lot) -> Result<()> {
    let mut agent = lot.agent().await?;
    agent.dials("*11").await?;
    agent.is_hung_up().await?;
    let state = lot.becomes(&agent.name, "not_ready").await?;
    if state.reason != "asked" {
        return Err(Trouble::said(format!("the agent asked for it, and the ledger says {:?}", state.reason)));
    }
    let mut caller = lot.caller().await?;
    caller.dials(lot.queue).await?;
    caller.is_answered().await?;
    caller.hears_music().await?;
    if agent.has_rung() {
        return Err(Trouble::said("an agent who is not ready was rung"));
    }
    agent.dials("*10").await?;
    agent.is_hung_up().await?;
    agent.rings().await?;
    agent.answers().await?;
    caller.hears(&agent).await?;
    caller.hangs_up().await?;
    agent.is_hung_up().await?;
    lot.witnesses_agree(&caller).await?;
    lot.becomes(&agent.name, "ready").await.map(drop)
}

/// The phone dies without a BYE. The caller ends the call; nobody is sent to the dead phone.
pub async fn agent_whose_cable_is_cut_in_a_talk_is_not_offered_calls(lot: &mut Lot) -> Result<()> {
    let mut agent = lot.agent().await?;
    let mut caller = lot.caller().await?;
    caller.dials(lot.queue).await?;
    agent.rings().await?;
    agent.answers().await?;
    caller.hears(&agent).await?;
    agent.dies().await;
    lot.is_gone(agent.name.parse().unwrap_or_default()).await?;
    caller.hangs_up().await?;
    let call = lot.ended_call(&caller.name).await?;
    if (&*call.outcome, &*call.by) != ("answered", "caller") {
        return Err(Trouble::said(format!("the ledger says {:?} by {:?}", call.outcome, call.by)));
    }
    let rows = lot.rows(&call).await?;
    let stamped = rows.last().map(|row| (&*row.outcome, &*row.agent, &*row.call));
    if stamped != Some(("answered", &*agent.name, &*call.id)) {
        return Err(Trouble::said(format!("the CDR says {stamped:?}")));
    }
    lot.becomes(&agent.name, "unreachable").await?;
    let mut next = lot.caller().await?;
    next.dials(lot.queue).await?;
    next.is_answered().await?;
    next.hears_music().await?;
    sleep(Duration::from_millis(500)).await;
    next.hangs_up().await?;
    let call = lot.witnesses_agree(&next).await?;
    match call.of_kind("ringing").len() {
        0 => Ok(()),
        _ => Err(Trouble::said("a call was offered to a phone that is dead")),
    }
}
