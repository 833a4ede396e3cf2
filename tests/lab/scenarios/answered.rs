//! Calls that an agent answers.

use std::time::Duration;

use tokio::time::sleep;

use super::Lot;
use crate::Result;

/// Long enough for clear stretches of sound on both sides.
const A_WHILE: Duration = Duration::from_millis(800);

/// The first call: everything works, and the caller ends it.
pub async fn caller_and_agent_hear_each_other_until_the_caller_hangs_up(lot: &mut Lot) -> Result<()> {
    let mut agent = lot.agent().await?;
    let mut caller = lot.caller().await?;
    caller.dials(lot.queue).await?;
    caller.is_answered().await?;
    agent.rings().await?;
    agent.answers().await?;
    caller.hears(&agent).await?;
    agent.hears(&caller).await?;
    sleep(A_WHILE).await;
    caller.hangs_up().await?;
    agent.is_hung_up().await?;
    lot.witnesses_agree(&caller).await?;
    lot.becomes(&agent.name, "ready").await.map(drop)
}

/// The same, and the agent ends it.
pub async fn agent_hangs_up_first(lot: &mut Lot) -> Result<()> {
    let mut agent = lot.agent().await?;
    let mut caller = lot.caller().await?;
    caller.dials(lot.queue).await?;
    agent.rings().await?;
    agent.answers().await?;
    caller.hears(&agent).await?;
    sleep(A_WHILE).await;
    agent.hangs_up().await?;
    caller.is_hung_up().await?;
    lot.witnesses_agree(&caller).await.map(drop)
}

/// Somebody waits first, and hears music without a hole until the agent's voice.
pub async fn caller_hears_music_until_an_agent_becomes_ready(lot: &mut Lot) -> Result<()> {
    let mut caller = lot.caller().await?;
    caller.dials(lot.queue).await?;
    caller.is_answered().await?;
    caller.hears_music().await?;
    let mut agent = lot.agent_of_a_waiting_caller(lot.queue).await?;
    agent.rings().await?;
    sleep(A_WHILE).await;
    agent.answers().await?;
    caller.hears(&agent).await?;
    agent.hears(&caller).await?;
    sleep(A_WHILE).await;
    caller.hangs_up().await?;
    agent.is_hung_up().await?;
    lot.witnesses_agree(&caller).await.map(drop)
}

/// Hold by the phone's own key: music for the caller, a hold in the ledger, and the talk goes on.
pub async fn phone_puts_the_caller_on_hold_and_takes_them_back(lot: &mut Lot) -> Result<()> {
    let mut agent = lot.agent().await?;
    let mut caller = lot.caller().await?;
    caller.dials(lot.queue).await?;
    agent.rings().await?;
    agent.answers().await?;
    caller.hears(&agent).await?;
    sleep(A_WHILE).await;
    agent.holds().await?;
    lot.becomes(&agent.name, "held").await?;
    caller.hears_music().await?;
    agent.resumes().await?;
    lot.becomes(&agent.name, "talking").await?;
    caller.hears(&agent).await?;
    sleep(A_WHILE).await;
    caller.hangs_up().await?;
    agent.is_hung_up().await?;
    lot.witnesses_agree(&caller).await.map(drop)
}
