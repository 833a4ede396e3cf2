//! The second form, which this build writes.

pub(crate) mod agent;
mod brief;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use model::fact::FallbackCall;
use model::wallboard::Today;
use model::{AgentId, CallId, QueueId, ServerId, Settings, TheirLeg, Timestamp};
use serde::{Deserialize, Serialize};

use super::v1::call::Call;
use super::v1::leaving::{Abandoned, Over, Parting};
use super::v1::rest::{Chance, Changes, Clocks, Queue};
use super::{copied, v1, values};
use crate::brief::Briefs;
use crate::index::Index;
use crate::{pairs, state};
use agent::Agent;
use brief::Brief;

/// What one state is, without what follows from the rest.
#[derive(Serialize, Deserialize)]
pub(crate) struct State {
    now: Timestamp,
    chance: Chance,
    settings: Settings,
    queues: BTreeMap<QueueId, Queue>,
    agents: BTreeMap<AgentId, Agent>,
    calls: BTreeMap<CallId, Call>,
    #[serde(with = "pairs")]
    partings: BTreeMap<TheirLeg, Parting>,
    switches: BTreeMap<ServerId, bool>,
    runs: BTreeMap<ServerId, String>,
    clocks: Clocks,
    watches: BTreeMap<ServerId, Timestamp>,
    #[serde(with = "pairs")]
    fallback: BTreeMap<TheirLeg, FallbackCall>,
    #[serde(with = "pairs")]
    over: BTreeMap<TheirLeg, Over>,
    abandoned: Abandoned,
    briefs: VecDeque<Brief>,
    day: Timestamp,
    today: Today,
    heads: u64,
    roster_version: u64,
    changes: Changes,
}

impl From<v1::State> for State {
    fn from(kept: v1::State) -> Self {
        let v1::State { now, chance, settings, queues, agents, calls, partings, switches, runs, clocks, watches, .. } = kept;
        let v1::State { fallback, over, abandoned, today, heads, roster_version, changes, .. } = kept;
        Self {
            now,
            chance,
            settings,
            queues,
            agents: values(agents),
            calls,
            partings,
            switches,
            runs,
            clocks,
            watches,
            fallback,
            over,
            abandoned,
            briefs: VecDeque::new(),
            day: Timestamp::default(),
            today,
            heads,
            roster_version,
            changes,
        }
    }
}

impl From<&state::State> for State {
    fn from(state: &state::State) -> Self {
        Self {
            now: state.now,
            chance: state.chance.clone().into(),
            settings: state.settings.clone(),
            queues: copied(&state.queues),
            agents: copied(&state.agents),
            calls: copied(&state.calls),
            partings: copied(&state.partings),
            switches: state.switches.clone(),
            runs: state.runs.clone(),
            clocks: state.clocks.clone().into(),
            watches: state.watches.clone(),
            fallback: state.fallback.clone(),
            over: copied(&state.over),
            abandoned: state.abandoned.clone().into(),
            briefs: state.briefs.ended.iter().copied().map(Into::into).collect(),
            day: state.day,
            today: state.today,
            heads: state.heads,
            roster_version: state.roster_version,
            changes: state.changes.clone().into(),
        }
    }
}

impl From<State> for state::State {
    fn from(kept: State) -> Self {
        Self {
            now: kept.now,
            chance: kept.chance.into(),
            settings: kept.settings,
            queues: values(kept.queues),
            agents: values(kept.agents),
            calls: values(kept.calls),
            partings: values(kept.partings),
            switches: kept.switches,
            runs: kept.runs,
            clocks: kept.clocks.into(),
            watches: kept.watches,
            fallback: kept.fallback,
            over: values(kept.over),
            abandoned: kept.abandoned.into(),
            briefs: Briefs { ended: kept.briefs.into_iter().map(Into::into).collect() },
            day: kept.day,
            today: kept.today,
            heads: kept.heads,
            roster_version: kept.roster_version,
            changes: kept.changes.into(),
            stirred: BTreeSet::new(),
            index: Index::default(),
        }
        .indexed()
    }
}
