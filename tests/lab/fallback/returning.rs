//! The program comes back while Asterisk's own queue still has calls.

use std::time::Duration;

use tokio::time::sleep;

use super::shift::{booked, comes};
use crate::scenarios::Stage;
use crate::{Result, Trouble};

/// Long enough to be offered a call, for whoever would be.
const A_WHILE: Duration = Duration::from_millis(1500);

/// The talk of the fallback goes on and is shown as what it is; its agent is offered nothing until it is over, and then at
/// once the caller who has come to the program meanwhile.
pub async fn calls_of_the_fallback_finish_in_peace_when_the_program_is_back(stage: &mut Stage) -> Result<()> {
    let mut agent = stage.agent().await?;
    stage.lab.product()?.kill().await;
    let mut old = comes(stage).await?;
    let rung = agent.rings_within(Duration::from_secs(8)).await;
    let answered = match rung {
        Ok(_) => agent.answers().await.map(drop),
        Err(why) => Err(why),
    };
    stage.program_returns().await?;
    answered?;
    let heard = old.hears(&agent).await?;
    stage.live_says(&agent.name, "fallback-call").await?;
    let mut new = comes(stage).await?;
    new.is_answered().await?;
    new.hears_music().await?;
    sleep(A_WHILE).await;
    if agent.has_rung() {
        return Err(Trouble::said("a call was offered to an agent who still talks with a caller of the fallback"));
    }
    let stretches = old.ear().tone(agent.tone, heard.from);
    if stretches.len() != 1 {
        return Err(Trouble::said(format!("the fallback's talk was heard in {} pieces", stretches.len())));
    }
    old.hangs_up().await?;
    let free = agent.is_hung_up().await?.at;
    let rang = agent.rings().await?.at;
    if rang - free > stage.pulse.standstills().allow(1000, free, rang) {
        return Err(Trouble::said(format!("the waiting caller was offered {} ms after the fallback's call", rang - free)));
    }
    agent.answers().await?;
    new.hears(&agent).await?;
    new.hangs_up().await?;
    agent.is_hung_up().await?;
    booked(stage, &old).await?;
    stage.witnesses_agree(&new).await?;
    stage.becomes(&agent.name, "ready").await.map(drop)
}
