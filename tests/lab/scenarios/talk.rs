//! What most scenarios end with: an agent answers, the two hear each other, and the caller hangs up.

use crate::Result;
use crate::parties::Phone;

/// The agent, whose phone rings, answers; both hear each other; the caller hangs up.
///
/// # Errors
/// When one of it does not come about.
pub async fn talk(caller: &mut Phone, agent: &mut Phone) -> Result<()> {
    agent.answers().await?;
    caller.hears(agent).await?;
    agent.hears(caller).await?;
    caller.hangs_up().await?;
    agent.is_hung_up().await.map(drop)
}
