//! An agent in the first form.

use model::{Actor, AgentState, OurLeg, QueueId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{agent, phone};

#[derive(Deserialize)]
pub(crate) struct Agent {
    pub(crate) card: model::Agent,
    pub(crate) state: AgentState,
    pub(crate) since: Timestamp,
    pub(crate) idle_since: Timestamp,
    #[serde(default)]
    pub(crate) answered: u32,
    pub(crate) reachable: bool,
    pub(crate) in_use: bool,
    pub(crate) besides: Besides,
    pub(crate) gone_at: Option<Timestamp>,
    pub(crate) line: Line,
    #[serde(default)]
    pub(crate) use_told: bool,
    pub(crate) freed_at: Option<Timestamp>,
    pub(crate) rests_until: Option<Timestamp>,
    pub(crate) busy: u8,
    pub(crate) silent: bool,
    pub(crate) then: Option<Wish>,
    pub(crate) last_queue: Option<QueueId>,
    pub(crate) leaving: bool,
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

mirrored!(Wish = agent::Wish { state, by;; });
mirrored_enum!(Line = agent::Line { Free, Used(leg), Clearing { leg, until } });
mirrored_enum!(Besides = phone::Besides { Nothing, Lingering { until }, Private { fallback } });
