//! The people of these tests: a crowd of agents and five callers a second, whose stories are told by sipp; and a few pairs
//! with real phones who talk over everything, and are heard on the wire.

use std::time::Duration;

use super::ground::Ground;
use crate::parties::caller::Caller;
use crate::parties::script::{self, Deed, Ringing};
use crate::parties::{Crowd, Millis, Phone, now};
use crate::scenarios::witness::{Party, Story};
use crate::traffic::scenario::Wait;
use crate::{Result, Trouble};

/// Callers a second.
pub const RATE: u32 = 5;
/// Fewer than would serve everybody at once, so that some always wait.
const AGENTS: usize = 22;
const PAIRS: usize = 3;
/// The most patient caller stays for less than this.
const ALL_WITHIN: Duration = Duration::from_secs(120);

/// A pair that talks: an agent and a caller with real phones.
pub struct Pair {
    /// The agent.
    pub agent: Phone,
    /// The caller.
    pub caller: Phone,
    /// Since when each hears the other.
    pub since: Millis,
}

/// Everybody who takes part.
pub struct Field {
    /// The pairs; the last one puts its caller on hold now and then.
    pub pairs: Vec<Pair>,
    /// The agents.
    pub agents: Crowd,
    /// The callers.
    pub callers: Crowd,
    numbers: Vec<String>,
    stopped: bool,
}

/// Every call as the parties tell it, by the caller's number, in the order of dialling.
pub type Stories = Vec<(String, Story)>;

impl Field {
    /// Pairs begin to talk, agents take their places, callers begin to come; at most for so many seconds.
    ///
    /// # Errors
    /// When a party cannot be started, or a pair does not hear each other.
    pub async fn opens(ground: &mut Ground, seconds: u32) -> Result<Self> {
        let start = ground.begins();
        let mut pairs = Vec::new();
        for _ in 0..PAIRS {
            pairs.push(pair(ground).await?);
        }
        let agents = ground.stage.crowd(AGENTS, &script::agents(Ringing::Told, &deeds())).await?;
        let numbers: Vec<String> = (0..seconds * RATE).map(|n| format!("{start}{n:05}")).collect();
        let caller = Caller {
            from: "<sip:[field0]@[local_ip]>",
            number: "[field0]",
            dials: "700",
            patience: waits(&[(1.0, 1.5), (2.0, 3.1), (3.0, 5.3), (4.0, 7.6), (3.0, 10.4)]),
            headers: "",
        };
        let callers = Crowd::callers(&ground.stage.exchange, &caller.script(), &numbers, RATE)?;
        Ok(Self { pairs, agents, callers, numbers, stopped: false })
    }

    /// The pair whose agent uses the hold key.
    ///
    /// # Errors
    /// When there is no pair.
    pub fn holding(&mut self) -> Result<&mut Pair> {
        self.pairs.last_mut().ok_or_else(|| Trouble::said("nobody talks"))
    }

    /// Nobody calls any more; those who have called go on. To be told twice would have sipp cut them off.
    ///
    /// # Errors
    /// When sipp has ended already.
    pub fn stops_calling(&mut self) -> Result<()> {
        if !std::mem::replace(&mut self.stopped, true) {
            self.callers.stops_calling()?;
        }
        Ok(())
    }

    /// Nobody calls any more, everybody who has called comes to an end, and the pairs say goodbye.
    ///
    /// # Errors
    /// When somebody's call does not end, or a pair does not hear each other any more.
    pub async fn closes(&mut self) -> Result<()> {
        self.stops_calling()?;
        self.callers.ends(ALL_WITHIN).await?;
        for pair in &mut self.pairs {
            pair.caller.hears(&pair.agent).await?;
            pair.agent.hears(&pair.caller).await?;
            pair.caller.hangs_up().await?;
            pair.agent.is_hung_up().await?;
        }
        Ok(())
    }

    /// Whoever takes part, as a witness.
    pub fn parties(&self) -> Vec<Party> {
        let crowds = [&self.agents, &self.callers].map(|crowd| Party { diary: crowd.diary.clone(), sound: None });
        let pairs = self.pairs.iter().flat_map(|pair| [Party::from(&pair.agent), Party::from(&pair.caller)]);
        crowds.into_iter().chain(pairs).collect()
    }

    /// The story of everybody who has dialled.
    pub fn stories(&self) -> Stories {
        let parties = self.parties();
        let pairs = self.pairs.iter().map(|pair| pair.caller.name.clone());
        let stories = self.numbers.iter().cloned().chain(pairs).map(|number| (Story::of(&number, &parties), number));
        let mut stories: Stories =
            stories.filter(|(story, _)| story.dialled > 0).map(|(story, number)| (number, story)).collect();
        stories.sort_by_key(|(_, story)| story.dialled);
        stories
    }

    /// Takes the registrations back.
    ///
    /// # Errors
    /// When that fails.
    pub async fn leaves(self) -> Result<()> {
        for pair in self.pairs {
            pair.agent.leaves().await;
            pair.caller.leaves().await;
        }
        self.agents.leaves().await
    }
}

/// Before anybody else is there, so that they find each other.
async fn pair(ground: &mut Ground) -> Result<Pair> {
    let mut agent = ground.stage.agent().await?;
    let mut caller = ground.stage.caller().await?;
    caller.dials("700").await?;
    agent.rings().await?;
    agent.answers().await?;
    caller.hears(&agent).await?;
    agent.hears(&caller).await?;
    Ok(Pair { agent, caller, since: now() })
}

fn deeds() -> Vec<(f64, Deed)> {
    let answers = Deed::Answers {
        after: waits(&[(2.0, 0.3), (3.0, 0.8), (3.0, 1.4), (1.0, 2.4)]),
        talks: waits(&[(2.0, 3.0), (3.0, 4.3), (3.0, 5.9), (2.0, 7.7)]),
    };
    let busy = Deed::Refuses { status: "486 Busy Here", after: waits(&[(1.0, 0.2)]) };
    vec![(0.99, answers), (0.005, busy), (0.005, Deed::RingsOn)]
}

fn waits(waits: &[(f64, f64)]) -> Vec<Wait> {
    waits.iter().map(|(weight, seconds)| Wait { weight: *weight, seconds: *seconds }).collect()
}
