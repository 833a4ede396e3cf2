//! Callers who come before others.

use super::Lot;
use crate::parties::Phone;
use crate::{Result, Trouble};

/// Three wait; the one who came last was given a priority by the dialplan, and is served first; then the others in order.
pub async fn caller_with_a_priority_is_served_before_those_who_came_earlier(lot: &mut Lot) -> Result<()> {
    // The lab's Asterisk gives a priority to whoever dials this: see the house.
    let hurried = format!("9{}", lot.queue);
    let mut callers = Vec::new();
    for number in [lot.queue, lot.queue, &*hurried] {
        let mut caller = lot.caller().await?;
        caller.dials(number).await?;
        caller.is_answered().await?;
        callers.push(caller);
    }
    let mut agent = lot.agent_of_a_waiting_caller(lot.queue).await?;
    callers.rotate_right(1);
    for caller in &mut callers {
        served(&mut agent, caller).await?;
    }
    for caller in &callers {
        lot.witnesses_agree(caller).await?;
    }
    Ok(())
}

async fn served(agent: &mut Phone, caller: &mut Phone) -> Result<()> {
    let ring = agent.rings().await?;
    if ring.peer != caller.name {
        return Err(Trouble::said(format!("{} was served, and it was the turn of {}", ring.peer, caller.name)));
    }
    agent.answers().await?;
    caller.hears(agent).await?;
    caller.hangs_up().await?;
    agent.is_hung_up().await.map(drop)
}
