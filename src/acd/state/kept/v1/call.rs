//! A call in the first form.

use model::explain::Decision;
use model::fact::Leaving;
use model::queue::WayOut;
use model::{AgentId, BridgeId, CallId, OurLeg, Phone, QueueId, TheirLeg, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{call, guard};

#[derive(Serialize, Deserialize)]
pub(crate) struct Call {
    pub(in crate::state::kept) id: CallId,
    pub(in crate::state::kept) leg: TheirLeg,
    pub(in crate::state::kept) number: Option<Phone>,
    pub(in crate::state::kept) queue: QueueId,
    pub(in crate::state::kept) priority: u8,
    #[serde(default)]
    pub(in crate::state::kept) at_head: Option<u64>,
    pub(in crate::state::kept) entered: Timestamp,
    #[serde(default)]
    pub(in crate::state::kept) joined: Timestamp,
    #[serde(default)]
    pub(in crate::state::kept) left: Vec<QueueId>,
    pub(in crate::state::kept) since: Timestamp,
    pub(in crate::state::kept) offers_made: u32,
    pub(in crate::state::kept) last_leg: u32,
    pub(in crate::state::kept) last_bridge: u32,
    pub(in crate::state::kept) mishaps: u32,
    pub(in crate::state::kept) music_failures: u32,
    #[serde(default)]
    pub(in crate::state::kept) decisions: Vec<Decision>,
    pub(in crate::state::kept) stage: Stage,
}

#[derive(Serialize, Deserialize)]
pub(crate) enum Stage {
    Waiting(Waiting),
    Talking(Talk),
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub(in crate::state::kept) since: Timestamp,
    pub(in crate::state::kept) returned: bool,
    pub(in crate::state::kept) bridge: Option<BridgeId>,
    pub(in crate::state::kept) offers: Vec<Offer>,
    #[serde(default)]
    pub(in crate::state::kept) leave: Option<Leave>,
    #[serde(default)]
    pub(in crate::state::kept) closing: bool,
    #[serde(default)]
    pub(in crate::state::kept) guard: Guard,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Leave {
    at: Timestamp,
    to: WayOut,
    why: Leaving,
}

#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Guard {
    ordered: Timestamp,
    again_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Offer {
    n: u32,
    agent: AgentId,
    #[serde(default)]
    tier: u8,
    leg: OurLeg,
    made: Timestamp,
    ring: Ring,
    #[serde(default)]
    over: bool,
}

#[derive(Serialize, Deserialize)]
pub(crate) enum Ring {
    #[serde(alias = "Unsure")]
    Awaited {
        until: Timestamp,
    },
    Heard {
        until: Timestamp,
    },
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Talk {
    agent: AgentId,
    leg: OurLeg,
    bridge: BridgeId,
    answered: Option<Timestamp>,
    stretch: Stretch,
    since: Timestamp,
    join_again_at: Option<Timestamp>,
    #[serde(default)]
    lift_again_at: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
pub(crate) enum Stretch {
    Talk,
    Hold,
}

mirrored!(Leave = call::Leave { at, to, why;; });
mirrored!(Guard = guard::Guard { ordered, again_at;; });
mirrored!(Offer = call::Offer { n, agent, tier, leg, made, over; ring; });
mirrored!(Talk = call::Talk { agent, leg, bridge, answered, since, join_again_at, lift_again_at; stretch; });
mirrored_enum!(Ring = call::Ring { Awaited { until }, Heard { until } });
mirrored_enum!(Stretch = call::Stretch { Talk, Hold });
