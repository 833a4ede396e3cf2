//! In the first form: queues, chance, clocks, and what Live has to be told.

use std::collections::{BTreeMap, BTreeSet};

use model::wallboard::{Today, Totals};
use model::{AgentId, CallId, QueueId, ServerId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::state::kept::values;
use crate::{chance, changes, clocks, queue};

#[derive(Serialize, Deserialize)]
pub(crate) struct Queue {
    card: model::Queue,
    today: Today,
    retired: bool,
    #[serde(default)]
    last_rung: Option<AgentId>,
    #[serde(default)]
    presence: Presence,
}

#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Presence {
    logged_in: bool,
    ready: bool,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Chance {
    seed: u64,
    minted_at: Timestamp,
    minted: u16,
}

#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Clocks {
    asterisks: BTreeMap<ServerId, Ahead>,
    led: Option<(Timestamp, Timestamp)>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Ahead {
    since: Timestamp,
    least: i64,
    before: Option<i64>,
    told: Timestamp,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Changes {
    calls: BTreeSet<CallId>,
    agents: BTreeSet<AgentId>,
    queues: BTreeSet<QueueId>,
    switch: bool,
    fallback: bool,
    told: Totals,
}

mirrored!(Queue = queue::Queue { card, today, retired, last_rung; presence; });
mirrored!(Presence = queue::Presence { logged_in, ready;; });
mirrored!(Chance = chance::Chance { seed, minted_at, minted;; });
mirrored!(Ahead = clocks::Ahead { since, least, before, told;; });
mirrored!(Changes = changes::Changes { calls, agents, queues, switch, fallback, told;; });

impl From<clocks::Clocks> for Clocks {
    fn from(clocks::Clocks { asterisks, led }: clocks::Clocks) -> Self {
        Self { asterisks: values(asterisks), led }
    }
}

impl From<Clocks> for clocks::Clocks {
    fn from(Clocks { asterisks, led }: Clocks) -> Self {
        Self { asterisks: values(asterisks), led }
    }
}
