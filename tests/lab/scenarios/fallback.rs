//! When the program is not there, the dialplan still is. What else is proved of that is in the suite `fallback`.

use std::time::Duration;

use tokio::time::sleep;

use super::Stage;
use crate::Result;
use crate::fallback::booked;
use crate::parties::actions::SOON;

/// Asterisk's own queue looks round once a second, and rings after the caller was announced.
const PLAIN_QUEUE_RINGS_WITHIN: Duration = Duration::from_secs(8);

/// A heartbeat of this age is not believed: the dialplan allows ten seconds, and counts whole ones.
const HEARTBEAT_IS_OLD: Duration = Duration::from_secs(12);

/// The same phones ring, by Asterisk's own queue; the books have the call when the program is back.
pub async fn caller_reaches_an_agent_by_asterisks_own_queue_while_the_program_is_stopped(stage: &mut Stage) -> Result<()> {
    let mut agent = stage.agent().await?;
    stage.lab.product()?.stop().await;
    let played = async {
        let mut caller = stage.caller().await?;
        caller.dials("700").await?;
        caller.is_answered().await?;
        agent.rings_within(PLAIN_QUEUE_RINGS_WITHIN).await?;
        agent.answers().await?;
        caller.hears(&agent).await?;
        agent.hears(&caller).await?;
        caller.hangs_up().await?;
        agent.is_hung_up().await?;
        Ok(caller)
    };
    let played = played.await;
    stage.program_returns().await?;
    booked(stage, &played?).await
}

/// The program hangs, and its heartbeat grows old: new callers go past it, and the same phones ring.
pub async fn caller_reaches_an_agent_by_asterisks_own_queue_while_the_program_hangs(stage: &mut Stage) -> Result<()> {
    let mut agent = stage.agent().await?;
    stage.lab.product()?.pauses();
    let played = async {
        sleep(HEARTBEAT_IS_OLD).await;
        let mut caller = stage.lot.caller().await?;
        caller.dials("700").await?;
        caller.is_answered().await?;
        agent.rings_within(PLAIN_QUEUE_RINGS_WITHIN).await?;
        agent.answers().await?;
        caller.hears(&agent).await?;
        caller.hangs_up().await?;
        agent.is_hung_up().await?;
        Ok(caller)
    };
    let played = played.await;
    stage.lab.product()?.resumes();
    stage.program_is_heard().await?;
    booked(stage, &played?).await
}

/// No program and no phone: somebody says sorry, and hangs up; the books have that too.
pub async fn caller_hears_the_polite_prompt_while_nobody_is_there_at_all(stage: &mut Stage) -> Result<()> {
    stage.lab.product()?.stop().await;
    let played = async {
        let mut caller = stage.caller().await?;
        caller.dials("700").await?;
        caller.is_answered().await?;
        caller.hears_music().await?;
        caller.is_hung_up_within(SOON * 4).await?;
        Ok(caller)
    };
    let played = played.await;
    stage.program_returns().await?;
    booked(stage, &played?).await
}
