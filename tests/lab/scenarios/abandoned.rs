//! Callers who give up.

use std::time::Duration;

use tokio::time::sleep;

use super::Lot;
use crate::parties::What;
use crate::{Result, Trouble};

const RACES: u64 = 20;

/// Nobody is there; the caller listens to the music for a while.
pub async fn caller_gives_up_while_no_agent_is_ready(lot: &mut Lot) -> Result<()> {
    let mut caller = lot.caller().await?;
    caller.dials(lot.queue).await?;
    caller.is_answered().await?;
    caller.hears_music().await?;
    sleep(Duration::from_millis(1200)).await;
    caller.hangs_up().await?;
    let call = lot.witnesses_agree(&caller).await?;
    match &*call.outcome {
        "abandoned" => Ok(()),
        other => Err(Trouble::said(format!("expected an abandoned call; the ledger says {other:?}"))),
    }
}

/// The phone falls silent at once, and the agent is rung for the next caller.
pub async fn caller_gives_up_while_the_phone_rings_and_the_agent_gets_the_next_call(lot: &mut Lot) -> Result<()> {
    let mut agent = lot.agent().await?;
    let mut impatient = lot.caller().await?;
    impatient.dials(lot.queue).await?;
    agent.rings().await?;
    sleep(Duration::from_millis(700)).await;
    impatient.hangs_up().await?;
    agent.is_hung_up().await?;
    lot.becomes(&agent.name, "ready").await?;
    let mut next = lot.caller().await?;
    next.dials(lot.queue).await?;
    agent.rings().await?;
    agent.answers().await?;
    next.hears(&agent).await?;
    next.hangs_up().await?;
    agent.is_hung_up().await?;
    lot.witnesses_agree(&impatient).await?;
    lot.witnesses_agree(&next).await.map(drop)
}

/// Whoever wins, the call ends one way, the agent is free, and nothing rings on.
pub async fn answer_and_hang_up_in_the_same_moment_leave_nothing_behind(lot: &mut Lot) -> Result<()> {
    let mut agent = lot.agent_of("701").await?;
    for race in 0..RACES {
        let mut caller = lot.caller().await?;
        caller.dials("701").await?;
        agent.rings().await?;
        // The two come to Asterisk a few milliseconds apart, in either order.
        let (first, second) = (race % 2 * (race / 2), (race + 1) % 2 * (race / 2));
        let (picked, left) = tokio::join!(
            async {
                sleep(Duration::from_millis(first)).await;
                agent.picks_up().await
            },
            async {
                sleep(Duration::from_millis(second)).await;
                caller.lets_go().await
            }
        );
        left?;
        // The order to answer fails where the ringing was taken back before.
        drop(picked);
        caller.is_over().await?;
        agent.is_over().await?;
        let call = lot.ended_call(&caller.name).await?;
        if !["answered", "abandoned"].contains(&&*call.outcome) || call.by != "caller" {
            let (outcome, by) = (&call.outcome, &call.by);
            return Err(Trouble::said(format!("race {race}: the ledger says {outcome:?} by {by:?}")));
        }
        let answers = agent.diary.notes().iter().filter(|note| note.what == What::Established).count();
        lot.becomes(&agent.name, "ready").await.map_err(|why| Trouble::said(format!("race {race}, {answers} answers: {why}")))?;
    }
    Ok(())
}
