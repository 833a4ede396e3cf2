//! A state as it is kept: without what follows from the rest.

use std::collections::{BTreeMap, BTreeSet};

use model::fact::FallbackCall;
use model::wallboard::Today;
use model::{AgentId, CallId, QueueId, ServerId, Settings, TheirLeg, Timestamp};
use serde::Deserialize;

use super::{Over, Parting, State};
use crate::agent::Agent;
use crate::call::Call;
use crate::chance::Chance;
use crate::changes::Changes;
use crate::clocks::Clocks;
use crate::guard::Abandoned;
use crate::index::Index;
use crate::pairs;
use crate::queue::Queue;

/// A state as it is kept: without what follows from the rest.
#[derive(Deserialize)]
pub(super) struct Kept {
    now: Timestamp,
    chance: Chance,
    settings: Settings,
    queues: BTreeMap<QueueId, Queue>,
    agents: BTreeMap<AgentId, Agent>,
    calls: BTreeMap<CallId, Call>,
    #[serde(with = "pairs")]
    partings: BTreeMap<TheirLeg, Parting>,
    switches: BTreeMap<ServerId, bool>,
    #[serde(default)]
    runs: BTreeMap<ServerId, String>,
    #[serde(default)]
    clocks: Clocks,
    watches: BTreeMap<ServerId, Timestamp>,
    #[serde(with = "pairs")]
    fallback: BTreeMap<TheirLeg, FallbackCall>,
    #[serde(default, with = "pairs")]
    over: BTreeMap<TheirLeg, Over>,
    #[serde(default)]
    abandoned: Abandoned,
    today: Today,
    #[serde(default)]
    heads: u64,
    #[serde(default)]
    roster_version: u64,
    changes: Changes,
}

impl From<Kept> for State {
    fn from(kept: Kept) -> Self {
        let mut state = Self {
            now: kept.now,
            chance: kept.chance,
            settings: kept.settings,
            queues: kept.queues,
            agents: kept.agents,
            calls: kept.calls,
            partings: kept.partings,
            switches: kept.switches,
            runs: kept.runs,
            clocks: kept.clocks,
            watches: kept.watches,
            fallback: kept.fallback,
            over: kept.over,
            abandoned: kept.abandoned,
            today: kept.today,
            heads: kept.heads,
            roster_version: kept.roster_version,
            changes: kept.changes,
            stirred: BTreeSet::new(),
            index: Index::default(),
        };
        state.index = Index::of(&state);
        state
    }
}
