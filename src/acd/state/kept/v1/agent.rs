//! An agent in the first form.

use model::{Actor, AgentState, OurLeg, QueueId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{agent, phone};

#[derive(Serialize, Deserialize)]
pub(crate) struct Agent {
    card: model::Agent,
    state: AgentState,
    since: Timestamp,
    idle_since: Timestamp,
    #[serde(default)]
    answered: u32,
    reachable: bool,
    in_use: bool,
    besides: Besides,
    gone_at: Option<Timestamp>,
    line: Line,
    #[serde(default)]
    use_told: bool,
    freed_at: Option<Timestamp>,
    rests_until: Option<Timestamp>,
    busy: u8,
    silent: bool,
    then: Option<Wish>,
    last_queue: Option<QueueId>,
    leaving: bool,
}

#[derive(Serialize, Deserialize)]
pub(crate) enum Line {
    Free,
    Used(OurLeg),
    Clearing { leg: OurLeg, until: Timestamp },
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Wish {
    state: AgentState,
    by: Actor,
}

#[derive(Serialize, Deserialize)]
pub(crate) enum Besides {
    Nothing,
    Lingering { until: Timestamp },
    Private { fallback: bool },
}

mirrored!(Agent = agent::Agent {
    card, state, since, idle_since, answered, reachable, in_use, gone_at, use_told, freed_at, rests_until, busy, silent,
    last_queue, leaving; besides, line; then
});
mirrored!(Wish = agent::Wish { state, by;; });
mirrored_enum!(Line = agent::Line { Free, Used(leg), Clearing { leg, until } });
mirrored_enum!(Besides = phone::Besides { Nothing, Lingering { until }, Private { fallback } });
