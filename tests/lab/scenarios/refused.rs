//! Offers that come to nothing: the call goes back to the head of the queue and on to the next agent.

use std::time::Duration;

use super::house::RINGS_FOR;
use super::{Lot, talk};
use crate::parties::script::{Deed, Ringing, always};
use crate::{Result, Trouble};

/// Beyond the ring time: Asterisk, the phones and the books each take their moment.
const GRACE: Duration = Duration::from_secs(3);

/// The agent presses the key that refuses: 603.
pub async fn agent_refuses_and_the_next_agent_is_rung(lot: &mut Lot) -> Result<()> {
    let deed = Deed::Refuses { status: "603 Decline", after: always(0.4) };
    let (refuser, _phone) = lot.scripted_agent(Ringing::Told, deed).await?;
    let mut next = lot.agent().await?;
    let mut caller = lot.caller().await?;
    caller.dials(lot.queue).await?;
    next.rings().await?;
    talk(&mut caller, &mut next).await?;
    let call = lot.witnesses_agree(&caller).await?;
    endings(&call, &["refused", "accepted"])?;
    reason(lot, &refuser, "refused").await
}

/// A phone that is busy on its own account: 486.
pub async fn busy_phone_passes_the_call_on(lot: &mut Lot) -> Result<()> {
    let mut busy = lot.agent().await?;
    let mut next = lot.agent().await?;
    let mut caller = lot.caller().await?;
    caller.dials(lot.queue).await?;
    busy.rings().await?;
    busy.refuses().await?;
    next.rings().await?;
    talk(&mut caller, &mut next).await?;
    let call = lot.witnesses_agree(&caller).await?;
    endings(&call, &["busy", "accepted"])
}

/// RONA: the phone rings its full time; the agent is taken out, so that the next caller does not suffer too.
pub async fn agent_who_does_not_answer_is_not_ready_and_the_next_agent_is_rung(lot: &mut Lot) -> Result<()> {
    let mut absent = lot.agent().await?;
    let mut next = lot.agent().await?;
    let mut caller = lot.caller().await?;
    caller.dials(lot.queue).await?;
    absent.rings().await?;
    absent.is_hung_up_within(RINGS_FOR + GRACE).await?;
    next.rings().await?;
    talk(&mut caller, &mut next).await?;
    let call = lot.witnesses_agree(&caller).await?;
    endings(&call, &["not_answered", "accepted"])?;
    reason(lot, &absent.name, "no_answer").await
}

/// 480, 404 and 503, one agent each.
pub async fn phone_that_cannot_take_the_call_passes_it_on(lot: &mut Lot) -> Result<()> {
    let mut phones = Vec::new();
    for status in ["480 Temporarily Unavailable", "404 Not Found", "503 Service Unavailable"] {
        phones.push(lot.scripted_agent(Ringing::Silent, Deed::Refuses { status, after: always(0.1) }).await?);
    }
    let mut next = lot.agent().await?;
    let mut caller = lot.caller().await?;
    caller.dials(lot.queue).await?;
    next.rings().await?;
    talk(&mut caller, &mut next).await?;
    let call = lot.witnesses_agree(&caller).await?;
    match call.of_kind("ringing").len() {
        4 => Ok(()),
        other => Err(Trouble::said(format!("expected four offers, the last one accepted; the ledger has {other}"))),
    }
}

/// A phone that says nothing at all, not even that it rings, is given up long before the ring time of a phone that rings.
pub async fn silent_phone_passes_the_call_on(lot: &mut Lot) -> Result<()> {
    let (_, _phone) = lot.scripted_agent(Ringing::Silent, Deed::RingsOn).await?;
    let mut next = lot.agent().await?;
    let mut caller = lot.caller().await?;
    caller.dials(lot.queue).await?;
    next.rings_within(RINGS_FOR + GRACE).await?;
    next.answers().await?;
    caller.hears(&next).await?;
    caller.hangs_up().await?;
    next.is_hung_up().await?;
    lot.witnesses_agree(&caller).await.map(drop)
}

/// The agent has gone home; the caller does not wait for a phone that is not there.
pub async fn phone_that_is_not_registered_is_not_rung(lot: &mut Lot) -> Result<()> {
    let gone = lot.agent().await?;
    let account: u32 = gone.name.parse().unwrap_or_default();
    gone.leaves().await;
    lot.is_gone(account).await?;
    let mut next = lot.agent().await?;
    let mut caller = lot.caller().await?;
    caller.dials(lot.queue).await?;
    next.rings().await?;
    talk(&mut caller, &mut next).await?;
    let call = lot.witnesses_agree(&caller).await?;
    endings(&call, &["accepted"])
}

fn endings(call: &super::witness::ledger::Call, expected: &[&str]) -> Result<()> {
    let found: Vec<&str> = call.of_kind("ringing").iter().map(|segment| &*segment.ending).collect();
    if found == expected {
        return Ok(());
    }
    Err(Trouble::said(format!("expected offers that ended {expected:?}; in the ledger they ended {found:?}")))
}

async fn reason(lot: &Lot, account: &str, expected: &str) -> Result<()> {
    let state = lot.becomes(account, "not_ready").await?;
    if state.reason == expected {
        return Ok(());
    }
    Err(Trouble::said(format!("agent {account} is not ready because of {:?}, not of {expected:?}", state.reason)))
}
