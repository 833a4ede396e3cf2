//! A call in the first form.

use model::explain::Decision;
use model::fact::Leaving;
use model::queue::WayOut;
use model::{AgentId, BridgeId, CallId, OurLeg, Phone, QueueId, TheirLeg, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{call, guard};

#[derive(Serialize, Deserialize)]
pub(crate) struct Call {
    id: CallId,
    leg: TheirLeg,
    number: Option<Phone>,
    queue: QueueId,
    priority: u8,
    #[serde(default)]
    at_head: Option<u64>,
    entered: Timestamp,
    #[serde(default)]
    joined: Timestamp,
    #[serde(default)]
    left: Vec<QueueId>,
    since: Timestamp,
    offers_made: u32,
    last_leg: u32,
    last_bridge: u32,
    mishaps: u32,
    music_failures: u32,
    #[serde(default)]
    decisions: Vec<Decision>,
    stage: Stage,
}

#[derive(Serialize, Deserialize)]
pub(crate) enum Stage {
    Waiting(Waiting),
    Talking(Talk),
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Waiting {
    since: Timestamp,
    returned: bool,
    bridge: Option<BridgeId>,
    offers: Vec<Offer>,
    #[serde(default)]
    leave: Option<Leave>,
    #[serde(default)]
    closing: bool,
    #[serde(default)]
    guard: Guard,
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

mirrored!(Call = call::Call {
    id, leg, number, queue, priority, at_head, entered, joined, left, since, offers_made, last_leg, last_bridge, mishaps,
    music_failures, decisions; stage;
});
mirrored!(Leave = call::Leave { at, to, why;; });
mirrored!(Guard = guard::Guard { ordered, again_at;; });
mirrored!(Offer = call::Offer { n, agent, tier, leg, made, over; ring; });
mirrored!(Talk = call::Talk { agent, leg, bridge, answered, since, join_again_at, lift_again_at; stretch; });
mirrored_enum!(Stage = call::Stage { Waiting(waiting), Talking(talk) });
mirrored_enum!(Ring = call::Ring { Awaited { until }, Heard { until } });
mirrored_enum!(Stretch = call::Stretch { Talk, Hold });

impl From<call::Waiting> for Waiting {
    fn from(waiting: call::Waiting) -> Self {
        let call::Waiting { since, returned, bridge, offers, leave, closing, guard } = waiting;
        let offers = offers.into_iter().map(Into::into).collect();
        Self { since, returned, bridge, offers, leave: leave.map(Into::into), closing, guard: guard.into() }
    }
}

impl From<Waiting> for call::Waiting {
    fn from(waiting: Waiting) -> Self {
        let Waiting { since, returned, bridge, offers, leave, closing, guard } = waiting;
        let offers = offers.into_iter().map(Into::into).collect();
        Self { since, returned, bridge, offers, leave: leave.map(Into::into), closing, guard: guard.into() }
    }
}
