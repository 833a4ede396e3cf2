//! The first form: whoever waits, rings, talks and is held; the agents; and all that is kept for a while after it is over.

pub(crate) mod agent;
pub(crate) mod call;
pub(crate) mod leaving;
pub(crate) mod rest;

use std::collections::BTreeMap;

use model::fact::FallbackCall;
use model::wallboard::Today;
use model::{AgentId, CallId, QueueId, ServerId, Settings, TheirLeg, Timestamp};
use serde::Deserialize;

use crate::pairs;
use agent::Agent;
use call::Call;
use leaving::{Abandoned, Over, Parting};
use rest::{Chance, Changes, Clocks, Queue};

/// What one state is, without what follows from the rest.
#[derive(Deserialize)]
pub(crate) struct State {
    pub(crate) now: Timestamp,
    pub(crate) chance: Chance,
    pub(crate) settings: Settings,
    pub(crate) queues: BTreeMap<QueueId, Queue>,
    pub(crate) agents: BTreeMap<AgentId, Agent>,
    pub(crate) calls: BTreeMap<CallId, Call>,
    #[serde(with = "pairs")]
    pub(crate) partings: BTreeMap<TheirLeg, Parting>,
    pub(crate) switches: BTreeMap<ServerId, bool>,
    #[serde(default)]
    pub(crate) runs: BTreeMap<ServerId, String>,
    #[serde(default)]
    pub(crate) clocks: Clocks,
    pub(crate) watches: BTreeMap<ServerId, Timestamp>,
    #[serde(with = "pairs")]
    pub(crate) fallback: BTreeMap<TheirLeg, FallbackCall>,
    #[serde(default, with = "pairs")]
    pub(crate) over: BTreeMap<TheirLeg, Over>,
    #[serde(default)]
    pub(crate) abandoned: Abandoned,
    pub(crate) today: Today,
    #[serde(default)]
    pub(crate) heads: u64,
    #[serde(default)]
    pub(crate) roster_version: u64,
    pub(crate) changes: Changes,
}
