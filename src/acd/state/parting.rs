//! Callers' legs on their way out of our hands.

use model::{AgentId, PromptId, TheirLeg, Timestamp};

use super::State;
use crate::effect::Exit;

/// A caller's leg on its way out of our hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parting {
    pub(crate) how: Way,
    /// When it is sent again, should its end not have been reported by then.
    pub(crate) again_at: Timestamp,
    /// How often it was sent.
    pub(crate) sent: u32,
    /// The agent who dialled the feature code for Ready on it, and is Ready once this leg leaves the phone free for calls.
    pub(crate) ready: Option<AgentId>,
}

/// The way out of our hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    HangUp,
    GiveBack(Exit),
    /// Hung up when this prompt has been played.
    Tone(PromptId),
}

/// How many callers' legs on their way out are looked after: those of all calls, and as many who were turned away.
pub(crate) const MOST_PARTINGS: usize = 20_000;

impl State {
    /// A caller's leg was sent on its way out, for the first time or again.
    pub(crate) fn part(&mut self, leg: TheirLeg, how: Way) {
        let before = self.parted(&leg);
        // It was sent on all the same; nobody looks whether it left.
        if self.partings.len() >= MOST_PARTINGS {
            return;
        }
        let sent = before.map_or(0, |parting| parting.sent).saturating_add(1);
        let ready = before.and_then(|parting| parting.ready);
        self.keep_parting(leg, Parting { how, again_at: self.now + self.settings.timing.leaves_within, sent, ready });
    }

    /// An agent's leg hears a prompt and is then hung up; at its end the agent is Ready.
    pub(crate) fn part_ready(&mut self, leg: TheirLeg, prompt: PromptId, agent: AgentId) {
        let again_at = self.now + self.settings.timing.leaves_within;
        self.keep_parting(leg, Parting { how: Way::Tone(prompt), again_at, sent: 1, ready: Some(agent) });
    }

    /// Whoever dialled the code for Ready has asked for something else since.
    pub(crate) fn forget_ready(&mut self, agent: AgentId) {
        for parting in self.partings.values_mut().filter(|parting| parting.ready == Some(agent)) {
            parting.ready = None;
        }
    }

    fn keep_parting(&mut self, leg: TheirLeg, parting: Parting) {
        self.index.add_parting(&leg, &parting);
        self.partings.insert(leg, parting);
    }

    /// Looks at a caller's leg that does not leave later.
    pub(crate) fn part_later(&mut self, leg: &TheirLeg, again_at: Timestamp) {
        if let Some(parting) = self.parted(leg) {
            let parting = Parting { again_at, ..parting };
            self.index.add_parting(leg, &parting);
            self.partings.insert(leg.clone(), parting);
        }
    }

    /// A caller's leg has left, or is not waited for any more.
    pub(crate) fn parted(&mut self, leg: &TheirLeg) -> Option<Parting> {
        let parting = self.partings.remove(leg)?;
        self.index.remove_parting(leg, &parting);
        Some(parting)
    }
}
