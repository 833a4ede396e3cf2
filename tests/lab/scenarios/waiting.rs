//! Who is served next, and by whom.

use std::time::Duration;

use tokio::time::sleep;

use super::Stage;
use super::house::WRAP_UP;
use crate::parties::Millis;
use crate::{Result, Trouble};

/// How much later than its time a wrap-up may end.
const NOT_MUCH_MORE: Millis = 250;

/// Three agents become ready one after another; four calls go round.
pub async fn longest_idle_agent_is_rung_first(stage: &mut Stage) -> Result<()> {
    let mut agents = [stage.agent().await?, stage.agent().await?, stage.agent().await?];
    for turn in [0, 1, 2, 0] {
        let mut caller = stage.caller().await?;
        caller.dials("700").await?;
        agents[turn].rings().await?;
        agents[turn].answers().await?;
        caller.hears(&agents[turn]).await?;
        if let Some(other) = agents.iter().find(|agent| agent.has_rung()) {
            return Err(Trouble::said(format!("{} was rung, and {} was idle for longer", other.name, agents[turn].name)));
        }
        caller.hangs_up().await?;
        agents[turn].is_hung_up().await?;
        stage.witnesses_agree(&caller).await?;
        stage.becomes(&agents[turn].name, "ready").await?;
    }
    Ok(())
}

/// Three callers wait for one agent.
pub async fn callers_are_served_in_the_order_of_their_arrival(stage: &mut Stage) -> Result<()> {
    let mut callers = [stage.caller().await?, stage.caller().await?, stage.caller().await?];
    for caller in &mut callers {
        caller.dials("700").await?;
        caller.is_answered().await?;
    }
    let mut agent = stage.agent_of_a_waiting_caller("700").await?;
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
        stage.witnesses_agree(caller).await?;
    }
    Ok(())
}

/// In 702 an agent has time to finish a call: not less, and not much more.
pub async fn wrap_up_keeps_the_agent_from_the_next_call_for_its_time(stage: &mut Stage) -> Result<()> {
    let mut agent = stage.agent_of("702").await?;
    let (mut first, mut second) = (stage.caller().await?, stage.caller().await?);
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
    let (left, rung) = (stage.hung_up(&agent).await?, stage.was_rung(&agent, &second).await?);
    let meant = Millis::try_from(WRAP_UP.as_millis()).unwrap_or_default();
    stage.comes_in_time("the next call came", left + meant, rung, NOT_MUCH_MORE)?;
    agent.answers().await?;
    second.hears(&agent).await?;
    second.hangs_up().await?;
    agent.is_hung_up().await?;
    stage.witnesses_agree(&first).await?;
    stage.witnesses_agree(&second).await?;
    stage.becomes(&agent.name, "ready").await.map(drop)
}
