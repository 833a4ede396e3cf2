//! Callers who come before others.

use super::Stage;
use crate::parties::Phone;
use crate::{Result, Trouble};

/// A number that the lab's Asterisk is taught: 700, with a priority.
const HURRIED: &str = "9700";

/// Three wait; the one who came last was given a priority by the dialplan, and is served first; then the others in order.
pub async fn caller_with_a_priority_is_served_before_those_who_came_earlier(stage: &mut Stage) -> Result<()> {
    for step in [format!("{HURRIED},1,Set(CALLSYNC_PRIORITY=9)"), format!("{HURRIED},2,Goto(queues,700,1)")] {
        stage.lab.asterisk_cli(&format!("dialplan add extension {step} into from-trunk replace")).await?;
    }
    let mut callers = Vec::new();
    for number in ["700", "700", HURRIED] {
        let mut caller = stage.caller().await?;
        caller.dials(number).await?;
        caller.is_answered().await?;
        callers.push(caller);
    }
    let mut agent = stage.agent_of_a_waiting_caller("700").await?;
    callers.rotate_right(1);
    for caller in &mut callers {
        served(&mut agent, caller).await?;
    }
    for caller in &callers {
        stage.witnesses_agree(caller).await?;
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
