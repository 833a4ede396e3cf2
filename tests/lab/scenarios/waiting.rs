//! Who is served next, and by whom.

use std::time::Duration;

use tokio::time::sleep;

use super::Lot;
use super::house::WRAP_UP;
use crate::parties::Millis;
use crate::{Result, Trouble};

/// How much later than its time a wrap-up may end.
const NOT_MUCH_MORE: Millis = 250;

/// Three agents become ready one after another; four calls go round.
pub async fn longest_idle_agent_is_rung_first(lot: &mut Lot) -> Result<()> {
    let mut agents = [lot.agent().await?, lot.agent().await?, lot.agent().await?];
    for turn in [0, 1, 2, 0] {
        let mut caller = lot.caller().await?;
        caller.dials(lot.queue).await?;
        agents[turn].rings().await?;
        agents[turn].answers().await?;
        caller.hears(&agents[turn]).await?;
        if let Some(other) = agents.iter().find(|agent| agent.has_rung()) {
            return Err(Trouble::said(format!("{} was rung, and {} was idle for longer", other.name, agents[turn].name)));
        }
        caller.hangs_up().await?;
        agents[turn].is_hung_up().await?;
        lot.witnesses_agree(&caller).await?;
        lot.becomes(&agents[turn].name, "ready").await?;
    }
    Ok(())
}

/// Three callers wait for one agent.
pub async fn callers_are_served_in_the_order_of_their_arrival(lot: &mut Lot) -> Result<()> {
    let mut callers = [lot.caller().await?, lot.caller().await?, lot.caller().await?];
    for caller in &mut callers {
        caller.dials(lot.queue).await?;
        caller.is_answered().await?;
    }
    let mut agent = lot.agent_of_a_waiting_caller(lot.queue).await?;
    for caller in &mut callers {
        let ring = agent.rings().await?;
        if ring.peer != caller.name {
            return Err(Trouble::said(format!("{} was served, and {} had come before", ring.peer, caller.name)));
        }
        agent.answers().await?;
        caller.hears(&agent).await?;
        caller.hangs_up().await?;
        agent.is_hung_up().await?;
    }
    for caller in &callers {
        lot.witnesses_agree(caller).await?;
    }
    Ok(())
}

/// In 702 an agent has time to finish a call: not less, and not much more.
pub async fn wrap_up_keeps_the_agent_from_the_next_call_for_its_time(lot: &mut Lot) -> Result<()> {
    let mut agent = lot.agent_of("702").await?;
    let (mut first, mut second) = (lot.caller().await?, lot.caller().await?);
    first.dials("702").await?;
    agent.rings().await?;
    agent.answers().await?;
    first.hears(&agent).await?;
    second.dials("702").await?;
    second.is_answered().await?;
    sleep(Duration::from_millis(300)).await;
    agent.hangs_up().await?;
    first.is_hung_up().await?;
    agent.rings().await?;
    let (left, rung) = (lot.hung_up(&agent).await?, lot.was_rung(&agent, &second).await?);
    let meant = Millis::try_from(WRAP_UP.as_millis()).unwrap_or_default();
    lot.comes_in_time("the next call came", left + meant, rung, NOT_MUCH_MORE)?;
    agent.answers().await?;
    second.hears(&agent).await?;
    second.hangs_up().await?;
    agent.is_hung_up().await?;
    lot.witnesses_agree(&first).await?;
    lot.witnesses_agree(&second).await?;
    lot.becomes(&agent.name, "ready").await.map(drop)
}
