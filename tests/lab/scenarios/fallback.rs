//! When the program is not there, the dialplan still is.

use std::time::Duration;

use super::Stage;
use crate::parties::actions::SOON;
use crate::{Result, Trouble};

/// The plain queue of Asterisk looks round once a second, and rings after the caller was announced.
const PLAIN_QUEUE_RINGS_WITHIN: Duration = Duration::from_secs(8);

/// The same phones ring, by Asterisk's own queue.
pub async fn caller_reaches_the_plain_queue_while_the_program_is_stopped(stage: &mut Stage) -> Result<()> {
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
        match stage.ledger.calls_of(&caller.name).await?.len() {
            0 => Ok(()),
            _ => Err(Trouble::said("a call that never reached the program stands in its ledger")),
        }
    };
    let played = played.await;
    stage.lab.product()?.serve().await?;
    played
}

/// No program and no phone: somebody says sorry, and hangs up.
pub async fn caller_hears_the_polite_prompt_while_nobody_is_there_at_all(stage: &mut Stage) -> Result<()> {
    stage.lab.product()?.stop().await;
    let played = async {
        let mut caller = stage.caller().await?;
        caller.dials("700").await?;
        caller.is_answered().await?;
        caller.hears_music().await?;
        caller.is_hung_up_within(SOON * 4).await.map(drop)
    };
    let played = played.await;
    stage.lab.product()?.serve().await?;
    played
}
