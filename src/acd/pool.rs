//! The callers of one queue who want an agent, and the agents who may take one, on one Asterisk: no bridge spans two. Both
//! stand in the order in which they are served, so that whoever is next stands at the front.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use model::AgentId;
use model::explain::{Candidate, Rank};
use model::queue::Strategy;
use uuid::Uuid;

use crate::agent::Agent;
use crate::chance::lot;
use crate::queue::Place;

/// Who wants whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pool {
    /// The callers, by the last tier whose agents may be rung for them: whoever is being rung by all agents of one tier wants
    /// none of the next.
    callers: BTreeMap<u8, BTreeSet<Place>>,
    /// The available agents, the one to be rung first at the front; where the strategy goes round or draws lots, in the order
    /// in which it does.
    agents: BTreeSet<Candidate>,
}

/// What a choice depends on beside the agents.
#[derive(Clone, Copy)]
pub(crate) struct Chooser {
    pub(crate) strategy: Strategy,
    /// The place of whoever was rung last, and how many places there are.
    pub(crate) last: Option<u32>,
    pub(crate) places: u32,
    /// The chance of this choice.
    pub(crate) drawn: u64,
}

/// What a strategy looks at, of one agent, as far as it does not depend on the moment of the choice.
pub(crate) const fn standing(strategy: Strategy, agent: &Agent, place: u32) -> Rank {
    match strategy {
        Strategy::LongestIdle | Strategy::RingAll => Rank::IdleSince(agent.idle_since),
        Strategy::FewestCalls => Rank::Answered(agent.answered, agent.idle_since),
        Strategy::RoundRobin | Strategy::Linear => Rank::Place(place),
        Strategy::Random => Rank::Lot(0),
    }
}

impl Pool {
    pub(crate) fn add_caller(&mut self, last_tier: u8, place: Place) {
        self.callers.entry(last_tier).or_default().insert(place);
    }

    pub(crate) fn remove_caller(&mut self, last_tier: u8, place: Place) {
        if let Some(places) = self.callers.get_mut(&last_tier) {
            places.remove(&place);
            if places.is_empty() {
                self.callers.remove(&last_tier);
            }
        }
    }

    pub(crate) fn add_agent(&mut self, seat: Candidate) {
        self.agents.insert(seat);
    }

    pub(crate) fn remove_agent(&mut self, seat: Candidate) {
        self.agents.remove(&seat);
    }

    /// The caller who is served next by an agent of this tier.
    pub(crate) fn head(&self, tier: u8) -> Option<Place> {
        self.callers.range(tier..).filter_map(|(_, places)| places.first()).min().copied()
    }

    /// The caller who is served next by whoever of these agents may.
    pub(crate) fn next_to_be_served(&self) -> Option<Place> {
        self.head(self.best_tier()?)
    }

    pub(crate) fn best_tier(&self) -> Option<u8> {
        self.agents.first().map(|seat| seat.tier)
    }

    pub(crate) fn available(&self) -> usize {
        self.agents.len()
    }

    /// The first so many agents, the best first, with what makes them so.
    pub(crate) fn candidates(&self, chooser: Chooser, most: usize) -> Vec<Candidate> {
        match chooser.strategy {
            Strategy::LongestIdle | Strategy::FewestCalls | Strategy::Linear | Strategy::RingAll => {
                self.agents.iter().take(most).copied().collect()
            }
            Strategy::RoundRobin => self.tier_by_tier(most, |tier, room| self.going_round(chooser, tier, room)),
            Strategy::Random => self.tier_by_tier(most, |tier, room| self.by_lot(chooser, tier, room)),
        }
    }

    fn tier_by_tier(&self, most: usize, of_tier: impl Fn(u8, usize) -> Vec<Candidate>) -> Vec<Candidate> {
        let mut chosen = Vec::new();
        let mut tier = self.best_tier();
        while let Some(here) = tier.filter(|_| chosen.len() < most) {
            chosen.extend(of_tier(here, most - chosen.len()));
            let behind = Candidate { tier: here, rank: Rank::Lot(u64::MAX), agent: AgentId(Uuid::max()) };
            tier = self.agents.range((Bound::Excluded(behind), Bound::Unbounded)).next().map(|seat| seat.tier);
        }
        chosen
    }

    /// Of one tier, beginning behind whoever was rung last.
    fn going_round(&self, chooser: Chooser, tier: u8, most: usize) -> Vec<Candidate> {
        let start = chooser.last.map_or(0, |last| last.saturating_add(1));
        let at = |place| Candidate { tier, rank: Rank::Place(place), agent: AgentId(Uuid::nil()) };
        let behind = self.agents.range(at(start)..).take_while(|seat| seat.tier == tier);
        let before = self.agents.range(at(0)..at(start));
        let counted = |seat: &Candidate| {
            let Rank::Place(place) = seat.rank else { return *seat };
            let ahead = if place >= start { place - start } else { place + chooser.places.saturating_sub(start) };
            Candidate { rank: Rank::Place(ahead), ..*seat }
        };
        behind.chain(before).take(most).map(counted).collect()
    }

    /// Of one tier, those who draw the lowest lots. Each draws one: that costs the same for whoever wins.
    fn by_lot(&self, chooser: Chooser, tier: u8, most: usize) -> Vec<Candidate> {
        let first = Candidate { tier, rank: Rank::Lot(0), agent: AgentId(Uuid::nil()) };
        let seats = self.agents.range(first..).take_while(|seat| seat.tier == tier);
        let mut drawn: Vec<Candidate> =
            seats.map(|seat| Candidate { rank: Rank::Lot(lot(chooser.drawn, seat.agent)), ..*seat }).collect();
        if drawn.len() > most {
            drawn.select_nth_unstable(most);
            drawn.truncate(most);
        }
        drawn.sort_unstable();
        drawn
    }
}
