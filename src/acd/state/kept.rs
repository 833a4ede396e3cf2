//! A state as it is kept: without what follows from the rest.

use std::collections::{BTreeMap, BTreeSet};

use model::fact::FallbackCall;
use model::wallboard::Today;
use model::{AgentId, CallId, QueueId, ServerId, Settings, TheirLeg, Timestamp};
use serde::Deserialize;

use super::{Parting, State};
use crate::agent::Agent;
use crate::call::Call;
use crate::chance::Chance;
use crate::changes::Changes;
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
    watches: BTreeMap<ServerId, Timestamp>,
    #[serde(with = "pairs")]
    fallback: BTreeMap<TheirLeg, FallbackCall>,
    #[serde(default)]
    abandoned: Abandoned,
    today: Today,
    #[serde(default)]
    roster_version: u64,
    changes: Changes,
}

impl From<Kept> for State {
    fn from(kept: Kept) -> Self {
        let Kept { settings, calls, agents, partings, watches, fallback, .. } = &kept;
        let index = Index::build(settings, calls, agents, partings, watches, fallback);
        Self {
            now: kept.now,
            chance: kept.chance,
            settings: kept.settings,
            queues: kept.queues,
            agents: kept.agents,
            calls: kept.calls,
            partings: kept.partings,
            switches: kept.switches,
            watches: kept.watches,
            fallback: kept.fallback,
            abandoned: kept.abandoned,
            today: kept.today,
            roster_version: kept.roster_version,
            changes: kept.changes,
            stirred: BTreeSet::new(),
            index,
        }
    }
}
