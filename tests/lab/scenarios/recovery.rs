//! The program dies and comes back; calls do not notice.

use std::time::Duration;

use tokio::time::sleep;

use super::Stage;
use crate::parties::actions::SOON;
use crate::parties::{Heard, Phone};
use crate::{Result, Trouble};

/// Long enough that a program which forgot the call would have let it fall.
const A_WHILE: Duration = Duration::from_secs(2);

/// Killed with -9 in the middle of a conversation: not one packet of it is lost, and its end is booked.
pub async fn talk_goes_on_while_the_program_is_killed_and_restarted(stage: &mut Stage) -> Result<()> {
    let mut agent = stage.agent().await?;
    let mut caller = stage.caller().await?;
    caller.dials("700").await?;
    agent.rings().await?;
    agent.answers().await?;
    let heard = caller.hears(&agent).await?;
    stage.becomes(&agent.name, "talking").await?;
    stage.lab.product()?.kill().await;
    sleep(A_WHILE).await;
    stage.program_returns().await?;
    sleep(A_WHILE).await;
    unbroken(stage, &caller, &agent, &heard)?;
    unbroken(stage, &agent, &caller, &heard)?;
    caller.hangs_up().await?;
    agent.is_hung_up().await?;
    stage.witnesses_agree(&caller).await?;
    stage.becomes(&agent.name, "ready").await.map(drop)
}

/// Killed with -9 while a caller waits: the music plays on, and the next agent gets the call with its whole waiting time.
pub async fn caller_who_waits_keeps_the_place_while_the_program_is_killed_and_restarted(stage: &mut Stage) -> Result<()> {
    let mut caller = stage.caller().await?;
    caller.dials("700").await?;
    caller.is_answered().await?;
    caller.hears_music().await?;
    // The books hold what was before the kill; what a kill may lose is the last moment only.
    sleep(Duration::from_millis(300)).await;
    stage.lab.product()?.kill().await;
    sleep(A_WHILE).await;
    stage.program_returns().await?;
    let mut agent = stage.agent_of_a_waiting_caller("700").await?;
    agent.rings_within(SOON * 2).await?;
    agent.answers().await?;
    caller.hears(&agent).await?;
    agent.hears(&caller).await?;
    sleep(Duration::from_millis(500)).await;
    caller.hangs_up().await?;
    agent.is_hung_up().await?;
    stage.witnesses_agree(&caller).await.map(drop)
}

pub(super) fn unbroken(stage: &Stage, listener: &Phone, speaker: &Phone, since: &Heard) -> Result<()> {
    let stretches = listener.ear().tone(speaker.tone, since.from);
    let standstills = stage.pulse.standstills();
    match stretches.windows(2).find(|pair| standstills.between(pair[0].to, pair[1].from) == 0) {
        None => Ok(()),
        Some(pair) => {
            Err(Trouble::said(format!("{} heard {} in pieces: {}, then {}", listener.name, speaker.name, pair[0], pair[1])))
        }
    }
}
