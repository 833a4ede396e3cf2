//! A shift at the moment when the program goes: one agent who takes calls, one who has a break, one who has gone home, all
//! with a phone; a caller who talks, and one who waits.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::ears::never_silent;
use crate::parties::Phone;
use crate::parties::actions::SOON;
use crate::parties::clock::{Seen, until};
use crate::scenarios::Stage;
use crate::scenarios::witness::Verdict;
use crate::scenarios::witness::agree::WITHIN;
use crate::{Result, Trouble};

/// The agents and the callers.
pub struct Shift {
    /// Takes calls, and talks.
    pub agent: Phone,
    /// Has a break.
    pub resting: Phone,
    /// Has logged out, and left the phone on.
    pub gone: Phone,
    /// Talks with the agent.
    pub talking: Phone,
    /// Waits for the same agent, until a test takes the phone over.
    waiting: Option<Phone>,
}

impl Shift {
    /// The shift begins: a talk, and a caller who waits.
    ///
    /// # Errors
    /// When it does not come to that.
    pub async fn begins(stage: &mut Stage) -> Result<Self> {
        let (resting, gone) = (stage.agent().await?, stage.agent().await?);
        stage.asks(&resting.name, "*111").await?;
        stage.becomes(&resting.name, "not_ready").await?;
        stage.asks(&gone.name, "*12").await?;
        stage.becomes(&gone.name, "logged_out").await?;
        let mut agent = stage.agent().await?;
        let (mut talking, mut waiting) = (stage.caller().await?, stage.caller().await?);
        talking.dials("700").await?;
        agent.rings().await?;
        agent.answers().await?;
        talking.hears(&agent).await?;
        waiting.dials("700").await?;
        waiting.is_answered().await?;
        waiting.hears_music().await?;
        stage.becomes(&agent.name, "talking").await?;
        Ok(Self { agent, resting, gone, talking, waiting: Some(waiting) })
    }

    /// The caller who waits.
    ///
    /// # Errors
    /// When a test asks twice.
    pub fn takes_the_waiting(&mut self) -> Result<Phone> {
        self.waiting.take().ok_or_else(|| Trouble::said("the caller who waits was taken over already"))
    }

    /// The talk that was there before ends, both of whom heard each other to the end. The agent hangs up by hand: nobody is
    /// there to tell the phone that the caller has left.
    ///
    /// # Errors
    /// When one of them is not there any more.
    pub async fn talk_ends(&mut self) -> Result<()> {
        self.talking.hears(&self.agent).await?;
        self.agent.hears(&self.talking).await?;
        self.talking.hangs_up().await?;
        self.agent.ends_its_call().await.map(drop)
    }

    /// The agent is rung for each of these callers, in whatever order, answers, and both hear each other. Nobody else rings.
    ///
    /// # Errors
    /// When somebody is not served in time, or the wrong phone rings.
    pub async fn serves(&mut self, mut callers: Vec<&mut Phone>, bound: Duration) -> Result<()> {
        let deadline = Instant::now() + bound;
        while !callers.is_empty() {
            let ring = self.agent.rings_within(deadline.saturating_duration_since(Instant::now())).await?;
            let Some(place) = callers.iter().position(|caller| caller.name == ring.peer) else {
                return Err(Trouble::said(format!("the agent was rung for {}", ring.peer)));
            };
            let caller = callers.remove(place);
            self.agent.answers().await?;
            caller.hears(&self.agent).await?;
            self.agent.hears(caller).await?;
            sleep(Duration::from_millis(400)).await;
            caller.hangs_up().await?;
            self.agent.is_hung_up().await?;
        }
        self.only_the_right_one_rang()
    }

    /// Neither the agent at rest nor the one at home was rung.
    ///
    /// # Errors
    /// Who was.
    pub fn only_the_right_one_rang(&self) -> Result<()> {
        match [&self.resting, &self.gone].into_iter().find(|agent| agent.has_rung()) {
            None => Ok(()),
            Some(agent) => Err(Trouble::said(format!("{} was rung, who takes no calls", agent.name))),
        }
    }
}

/// The program is back: the books have the call as the fallback's, as the parties tell it; and the caller was never in
/// silence.
///
/// # Errors
/// With every difference.
pub async fn booked(stage: &Stage, caller: &Phone) -> Result<()> {
    never_silent(stage, caller)?;
    in_the_books(stage, caller).await
}

/// The program is back: the books have the call as the fallback's, as the parties tell it.
///
/// # Errors
/// With every difference.
pub async fn in_the_books(stage: &Stage, caller: &Phone) -> Result<()> {
    // A program that comes back hears at once that a leg is gone, and from the manager interface a moment later where it went.
    let call = until(SOON, "the ledger has the call for the fallback's", async || {
        let call = stage.ended_call(&caller.name).await?;
        let words = format!("it says {}", call.outcome);
        sleep(Duration::from_millis(50)).await;
        Ok(if call.outcome == "fallback" { Seen::Enough(call) } else { Seen::NotYet(words) })
    })
    .await?;
    let rows = stage.rows(&call).await?;
    let mut verdict = Verdict::within(WITHIN, stage.pulse.standstills());
    verdict.fallback(&stage.story(&caller.name), &call, &rows);
    if verdict.found.is_empty() {
        return Ok(());
    }
    let differences = verdict.found.join("\n    - ");
    Err(Trouble::said(format!("the witnesses of the call from {} disagree:\n    - {differences}", caller.name)))
}

/// A new caller of 700, who has dialled.
///
/// # Errors
/// When the phone does not start.
pub async fn comes(stage: &mut Stage) -> Result<Phone> {
    let mut caller = stage.caller().await?;
    caller.dials("700").await?;
    Ok(caller)
}
