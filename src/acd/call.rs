//! A live call: the caller's leg, the place in the queue, the offers made for it, the conversation.

use std::cmp::Reverse;

use model::stamp::Mark;
use model::{AgentId, BridgeId, CallId, CallPhase, LegId, OurLeg, Phone, QueueId, SegmentKind, ServerId, TheirLeg, Timestamp};
use serde::{Deserialize, Serialize};

use crate::queue::Place;

/// How often Asterisk may fail a call (an offer that it could not make, a bridge that it would not join) before the caller
/// is given back to the dialplan: a bound, so that no caller goes round for ever.
pub(crate) const MISHAPS: u32 = 3;

/// A live call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Call {
    pub(crate) id: CallId,
    pub(crate) leg: TheirLeg,
    pub(crate) number: Option<Phone>,
    pub(crate) queue: QueueId,
    /// Higher is served first.
    pub(crate) priority: u8,
    pub(crate) entered: Timestamp,
    /// When the phase that Live shows began.
    pub(crate) since: Timestamp,
    /// How many offers were made: the last one's number.
    pub(crate) offers_made: u32,
    /// The number of the last leg of ours that was made for it.
    pub(crate) last_leg: u32,
    /// The number of its last bridge.
    pub(crate) last_bridge: u32,
    /// What went wrong in Asterisk so far; see [`MISHAPS`].
    pub(crate) mishaps: u32,
    /// How often an order about its music failed; bounded alike, but no reason to turn a caller away.
    pub(crate) music_failures: u32,
    pub(crate) stage: Stage,
}

/// Where a call stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Stage {
    Waiting(Waiting),
    Talking(Talk),
}

/// A caller in the queue, hearing music.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub(crate) since: Timestamp,
    /// Came back to the head of the queue, and is served before everybody who did not.
    pub(crate) returned: bool,
    /// Made as soon as a phone rings, so that it is there when the agent answers.
    pub(crate) bridge: Option<BridgeId>,
    /// The agents whose phones are being rung for it.
    pub(crate) offers: Vec<Offer>,
}

/// A call ringing at an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Offer {
    pub(crate) n: u32,
    pub(crate) agent: AgentId,
    pub(crate) leg: OurLeg,
    pub(crate) made: Timestamp,
    pub(crate) ring: Ring,
}

/// Whether the phone rings, and how long it may take to ring or to be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Ring {
    /// Not a sign of the phone yet: a phone that is gone says nothing for 30 s (ari.md, the failure table).
    Awaited {
        until: Timestamp,
    },
    Heard {
        until: Timestamp,
    },
}

/// Caller and agent in one bridge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Talk {
    pub(crate) agent: AgentId,
    pub(crate) leg: OurLeg,
    pub(crate) bridge: BridgeId,
    /// When the agent answered; `None` for a conversation that was taken over from a run whose state is gone.
    pub(crate) answered: Option<Timestamp>,
    pub(crate) stretch: Stretch,
    /// When the stretch began.
    pub(crate) since: Timestamp,
    /// When the two are joined once more, if it is not known whether they were, and no account has told by then.
    pub(crate) join_again_at: Option<Timestamp>,
}

/// What of a conversation is running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Stretch {
    Talk,
    Hold,
}

impl Call {
    pub(crate) const fn server(&self) -> ServerId {
        self.leg.server
    }

    pub(crate) const fn phase(&self) -> CallPhase {
        match &self.stage {
            Stage::Waiting(waiting) if waiting.offers.is_empty() => CallPhase::Waiting,
            Stage::Waiting(_) => CallPhase::Offered,
            Stage::Talking(talk) => match talk.stretch {
                Stretch::Talk => CallPhase::Talking,
                Stretch::Hold => CallPhase::Held,
            },
        }
    }

    pub(crate) const fn waiting(&self) -> Option<&Waiting> {
        match &self.stage {
            Stage::Waiting(waiting) => Some(waiting),
            Stage::Talking(_) => None,
        }
    }

    pub(crate) const fn waiting_mut(&mut self) -> Option<&mut Waiting> {
        match &mut self.stage {
            Stage::Waiting(waiting) => Some(waiting),
            Stage::Talking(_) => None,
        }
    }

    pub(crate) const fn talk(&self) -> Option<&Talk> {
        match &self.stage {
            Stage::Talking(talk) => Some(talk),
            Stage::Waiting(_) => None,
        }
    }

    pub(crate) const fn talk_mut(&mut self) -> Option<&mut Talk> {
        match &mut self.stage {
            Stage::Talking(talk) => Some(talk),
            Stage::Waiting(_) => None,
        }
    }

    pub(crate) fn offer(&self, leg: OurLeg) -> Option<&Offer> {
        self.waiting()?.offers.iter().find(|offer| offer.leg == leg)
    }

    pub(crate) fn bridge(&self) -> Option<BridgeId> {
        match &self.stage {
            Stage::Waiting(waiting) => waiting.bridge,
            Stage::Talking(talk) => Some(talk.bridge),
        }
    }

    /// The agent who is rung or talks, for Live.
    pub(crate) fn agent(&self) -> Option<AgentId> {
        match &self.stage {
            Stage::Waiting(waiting) => waiting.offers.first().map(|offer| offer.agent),
            Stage::Talking(talk) => Some(talk.agent),
        }
    }

    /// Sets how long the phone of an offer may ring, and whether it does.
    pub(crate) fn set_ring(&mut self, leg: OurLeg, ring: Ring) {
        let offer = self.waiting_mut().and_then(|waiting| waiting.offers.iter_mut().find(|offer| offer.leg == leg));
        if let Some(offer) = offer {
            offer.ring = ring;
        }
    }

    /// The place in the queue, for as long as the caller waits.
    pub(crate) fn place(&self) -> Option<Place> {
        let waiting = self.waiting()?;
        Some(Place { priority: Reverse(self.priority), fresh: !waiting.returned, entered: self.entered, call: self.id })
    }

    /// Whether the caller waits and nobody is being rung for them.
    pub(crate) fn wants_agent(&self) -> bool {
        self.waiting().is_some_and(|waiting| waiting.offers.is_empty())
    }

    pub(crate) fn leg_id(&self) -> LegId {
        LegId::Theirs(self.leg.clone())
    }

    /// What a leg of the call carries while the call is in this phase.
    pub(crate) const fn mark(&self, phase: CallPhase) -> Mark {
        let since = match &self.stage {
            Stage::Waiting(waiting) => waiting.since,
            Stage::Talking(talk) => talk.since,
        };
        Mark { call: self.id, queue: self.queue, entered: self.entered, priority: self.priority, phase, since }
    }

    /// The id of the next leg that we make for it.
    pub(crate) const fn next_leg(&mut self) -> OurLeg {
        self.last_leg = self.last_leg.saturating_add(1);
        OurLeg { server: self.leg.server, call: self.id, n: self.last_leg }
    }

    /// The id of its next bridge.
    pub(crate) const fn next_bridge(&mut self) -> BridgeId {
        self.last_bridge = self.last_bridge.saturating_add(1);
        BridgeId { server: self.leg.server, call: self.id, n: self.last_bridge }
    }
}

impl Ring {
    pub(crate) const fn until(self) -> Timestamp {
        match self {
            Self::Awaited { until } | Self::Heard { until } => until,
        }
    }

    pub(crate) const fn heard(self) -> bool {
        match self {
            Self::Awaited { .. } => false,
            Self::Heard { .. } => true,
        }
    }

    /// The same, to be judged at another time.
    pub(crate) const fn postponed(self, until: Timestamp) -> Self {
        match self {
            Self::Awaited { .. } => Self::Awaited { until },
            Self::Heard { .. } => Self::Heard { until },
        }
    }
}

impl Stretch {
    pub(crate) const fn kind(self) -> SegmentKind {
        match self {
            Self::Talk => SegmentKind::Talk,
            Self::Hold => SegmentKind::Hold,
        }
    }
}
