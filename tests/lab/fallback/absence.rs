//! The program goes, in each way in which it can; the dialplan, the guard and Asterisk's own queue take over.

use std::time::Duration;

use tokio::time::sleep;

use super::ears::never_silent;
use super::shift::{Shift, booked, comes};
use crate::kill::ground::Cut;
use crate::parties::Phone;
use crate::scenarios::Stage;
use crate::{Result, Trouble};

/// The guard of callers who wait inside, the fallback's own round, and the agent's pauses between its calls.
const EVERYBODY_SERVED: Duration = Duration::from_secs(95);
/// Where nobody has to wait for a guard.
const SERVED_SOON: Duration = Duration::from_secs(25);
/// A heartbeat is believed for ten seconds.
const NOTICED: Duration = Duration::from_secs(12);

/// SIGTERM, as in an update. Whoever waits inside is moved by `callsync evacuate`, which refuses while the program is alive.
pub async fn callers_reach_agents_while_the_program_is_stopped_and_those_who_waited_are_evacuated(
    stage: &mut Stage,
) -> Result<()> {
    let mut shift = Shift::begins(stage).await?;
    if let Ok(said) = stage.lab.product()?.evacuate().await {
        return Err(Trouble::said(format!("evacuate did not refuse while the program was alive: {said}")));
    }
    stage.lab.product()?.stop().await;
    let played = async {
        let mut new = comes(stage).await?;
        new.is_answered().await?;
        stage.lab.product()?.evacuate().await?;
        shift.talk_ends().await?;
        let mut waiting = shift.takes_the_waiting()?;
        let served = shift.serves(vec![&mut waiting, &mut new], SERVED_SOON).await;
        served.map(|()| [waiting, new])
    };
    let played = played.await;
    stage.program_returns().await?;
    for caller in played? {
        booked(stage, &caller).await?;
    }
    never_silent(stage, &shift.talking)?;
    stage.becomes(&shift.agent.name, "ready").await.map(drop)
}

/// kill -9, and nobody starts it again: the guard takes out those who wait inside.
pub async fn callers_reach_agents_while_the_program_is_killed_and_never_back(stage: &mut Stage) -> Result<()> {
    let mut shift = Shift::begins(stage).await?;
    stage.lab.product()?.kill().await;
    let played = async {
        let mut new = comes(stage).await?;
        new.is_answered().await?;
        shift.talk_ends().await?;
        let mut waiting = shift.takes_the_waiting()?;
        let served = shift.serves(vec![&mut new, &mut waiting], EVERYBODY_SERVED).await;
        served.map(|()| [waiting, new])
    };
    let played = played.await;
    stage.program_returns().await?;
    for caller in played? {
        booked(stage, &caller).await?;
    }
    stage.becomes(&shift.agent.name, "ready").await.map(drop)
}

/// SIGSTOP: the process is there and its sockets are open. Those who come before the heartbeat is old hear the ringing tone
/// until their guard takes them out; those who come later go past the program at once.
pub async fn callers_reach_agents_while_the_program_hangs(stage: &mut Stage) -> Result<()> {
    let mut shift = Shift::begins(stage).await?;
    stage.lab.product()?.pauses();
    let played = unnoticed_at_first(stage, &mut shift).await;
    stage.lab.product()?.resumes();
    stage.program_is_heard().await?;
    for caller in played? {
        booked(stage, &caller).await?;
    }
    stage.becomes(&shift.agent.name, "ready").await.map(drop)
}

/// Every packet between the program and Asterisk is dropped, and nobody is told.
pub async fn callers_reach_agents_while_the_program_is_cut_off(stage: &mut Stage) -> Result<()> {
    let mut shift = Shift::begins(stage).await?;
    let cuts = [Cut::to(stage.lab.ports.http).await?, Cut::to(stage.lab.ports.ami).await?];
    let played = unnoticed_at_first(stage, &mut shift).await;
    drop(cuts);
    stage.program_is_heard().await?;
    for caller in played? {
        booked(stage, &caller).await?;
    }
    stage.becomes(&shift.agent.name, "ready").await.map(drop)
}

/// One who waits inside, one who comes before anybody can know, one who comes when the heartbeat is old.
async fn unnoticed_at_first(stage: &mut Stage, shift: &mut Shift) -> Result<[Phone; 3]> {
    let mut early = comes(stage).await?;
    sleep(NOTICED).await;
    let mut late = comes(stage).await?;
    late.is_answered().await?;
    shift.talk_ends().await?;
    let mut waiting = shift.takes_the_waiting()?;
    shift.serves(vec![&mut late, &mut waiting, &mut early], EVERYBODY_SERVED).await?;
    Ok([waiting, early, late])
}

/// The only agent who is at work has a break: nobody is made to wait for them; the prompt says sorry.
pub async fn callers_hear_the_prompt_while_the_program_is_killed_and_nobody_is_ready(stage: &mut Stage) -> Result<()> {
    let resting = stage.agent().await?;
    stage.asks(&resting.name, "*111").await?;
    stage.becomes(&resting.name, "not_ready").await?;
    stage.lab.product()?.kill().await;
    let played = async {
        let mut caller = comes(stage).await?;
        caller.is_answered().await?;
        caller.hears_music().await?;
        caller.is_hung_up_within(SERVED_SOON).await?;
        Ok(caller)
    };
    let played = played.await;
    stage.program_returns().await?;
    let caller = played?;
    if resting.has_rung() {
        return Err(Trouble::said(format!("{} was rung, who takes no calls", resting.name)));
    }
    booked(stage, &caller).await.map(drop)
}

/// Two talks go on without the program. In one the agent hangs up, in the other the caller: nobody is there to tell the other
/// side, and Asterisk does all the same.
pub async fn nobody_is_left_alone_in_silence_when_the_other_hangs_up_while_the_program_is_stopped(
    stage: &mut Stage,
) -> Result<()> {
    let (mut one, mut other) = (talk(stage).await?, talk(stage).await?);
    stage.lab.product()?.stop().await;
    let played = async {
        one.0.hangs_up().await?;
        one.1.is_hung_up().await?;
        other.1.hangs_up().await?;
        other.0.is_hung_up().await.map(drop)
    };
    let played = played.await;
    stage.program_returns().await?;
    played?;
    for (agent, caller) in [&one, &other] {
        never_silent(stage, caller)?;
        let call = stage.ended_call(&caller.name).await?;
        if (&*call.outcome, call.agent.as_ref()) != ("answered", Some(&agent.name)) {
            return Err(Trouble::said(format!("the ledger says {} by {:?}", call.outcome, call.agent)));
        }
        stage.becomes(&agent.name, "ready").await?;
    }
    Ok(())
}

/// An agent and a caller who talk.
async fn talk(stage: &mut Stage) -> Result<(Phone, Phone)> {
    let mut agent = stage.agent().await?;
    let caller = comes(stage).await?;
    agent.rings().await?;
    agent.answers().await?;
    caller.hears(&agent).await?;
    stage.becomes(&agent.name, "talking").await?;
    Ok((agent, caller))
}
