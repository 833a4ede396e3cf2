//! A call in the second form: whether the line of a caller who waits was answered is known.

use model::explain::Decision;
use model::{BridgeId, CallId, Phone, QueueId, TheirLeg, Timestamp};
use serde::{Deserialize, Serialize};

use crate::call;
use crate::state::kept::v1;
use crate::state::kept::v1::call::{Guard, Leave, Offer, Talk};

#[derive(Serialize, Deserialize)]
pub(crate) struct Call {
    id: CallId,
    leg: TheirLeg,
    number: Option<Phone>,
    queue: QueueId,
    priority: u8,
    at_head: Option<u64>,
    entered: Timestamp,
    joined: Timestamp,
    left: Vec<QueueId>,
    since: Timestamp,
    offers_made: u32,
    last_leg: u32,
    last_bridge: u32,
    mishaps: u32,
    music_failures: u32,
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
    unanswered: bool,
    leave: Option<Leave>,
    closing: bool,
    guard: Guard,
}

mirrored!(Call = call::Call {
    id, leg, number, queue, priority, at_head, entered, joined, left, since, offers_made, last_leg, last_bridge, mishaps,
    music_failures, decisions; stage;
});
mirrored_enum!(Stage = call::Stage { Waiting(waiting), Talking(talk) });

impl From<call::Waiting> for Waiting {
    fn from(waiting: call::Waiting) -> Self {
        let call::Waiting { since, returned, bridge, offers, unanswered, leave, closing, guard } = waiting;
        let offers = offers.into_iter().map(Into::into).collect();
        Self { since, returned, bridge, offers, unanswered, leave: leave.map(Into::into), closing, guard: guard.into() }
    }
}

impl From<Waiting> for call::Waiting {
    fn from(waiting: Waiting) -> Self {
        let Waiting { since, returned, bridge, offers, unanswered, leave, closing, guard } = waiting;
        let offers = offers.into_iter().map(Into::into).collect();
        Self { since, returned, bridge, offers, unanswered, leave: leave.map(Into::into), closing, guard: guard.into() }
    }
}

/// The first releases answered every caller at once.
impl From<v1::call::Call> for Call {
    fn from(kept: v1::call::Call) -> Self {
        let v1::call::Call { id, leg, number, queue, priority, at_head, entered, joined, left, since, .. } = kept;
        let v1::call::Call { offers_made, last_leg, last_bridge, mishaps, music_failures, decisions, stage, .. } = kept;
        Self {
            id,
            leg,
            number,
            queue,
            priority,
            at_head,
            entered,
            joined,
            left,
            since,
            offers_made,
            last_leg,
            last_bridge,
            mishaps,
            music_failures,
            decisions,
            stage: stage.into(),
        }
    }
}

impl From<v1::call::Stage> for Stage {
    fn from(kept: v1::call::Stage) -> Self {
        match kept {
            v1::call::Stage::Waiting(waiting) => {
                let v1::call::Waiting { since, returned, bridge, offers, leave, closing, guard } = waiting;
                Self::Waiting(Waiting { since, returned, bridge, offers, unanswered: false, leave, closing, guard })
            }
            v1::call::Stage::Talking(talk) => Self::Talking(talk),
        }
    }
}
