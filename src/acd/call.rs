//! A live call: the caller's leg, the place in the queue, the offers made for it, the conversation.

use std::cmp::Reverse;

use model::explain::Decision;
use model::fact::Leaving;
use model::queue::{Strategy, WayOut};
use model::stamp::Mark;
use model::{AgentId, BridgeId, CallId, CallPhase, LegId, OurLeg, Phone, QueueId, SegmentKind, ServerId, TheirLeg, Timestamp};

use crate::guard::Guard;
use crate::queue::Place;

/// How often Asterisk may fail a call (an offer that it could not make, a bridge that it would not join) before the caller
/// is given back to the dialplan: a bound, so that no caller goes round for ever.
pub(crate) const MISHAPS: u32 = 3;

/// How many agents may be rung for one call at once: twenty phones that ring are an office full, and more would only be more
/// who pick up in vain.
pub(crate) const MOST_OFFERS: usize = 20;

/// How many ids of legs and bridges are left out at least.
const SKIPPED_IDS: u32 = 1_000;

/// How many of the choices made for a call are remembered with it. The books have them all.
pub(crate) const DECISIONS: usize = 16;

/// A live call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) id: CallId,
    pub(crate) leg: TheirLeg,
    pub(crate) number: Option<Phone>,
    pub(crate) queue: QueueId,
    /// Higher is served first.
    pub(crate) priority: u8,
    /// The number of the order that put it at the head of its present queue: before all others, the highest first.
    pub(crate) at_head: Option<u64>,
    pub(crate) entered: Timestamp,
    /// When it came into its present queue.
    pub(crate) joined: Timestamp,
    /// The queues that it has left unanswered: by a rule it comes back to none of them.
    pub(crate) left: Vec<QueueId>,
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
    /// Who was chosen for it and why, the oldest first, the last [`DECISIONS`].
    pub(crate) decisions: Vec<Decision>,
    pub(crate) stage: Stage,
}

/// Where a call stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Waiting(Waiting),
    Talking(Talk),
}

/// A caller in the queue, hearing music.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub(crate) since: Timestamp,
    /// Came back to the head of the queue, and is served before everybody who did not.
    pub(crate) returned: bool,
    /// Made as soon as a phone rings, so that it is there when the agent answers.
    pub(crate) bridge: Option<BridgeId>,
    /// The agents whose phones are being rung for it.
    pub(crate) offers: Vec<Offer>,
    /// When a rule of the queue sends the caller elsewhere.
    pub(crate) leave: Option<Leave>,
    /// That time has come while somebody was being rung, who rings on; nobody else is rung.
    pub(crate) closing: bool,
    /// Until when Asterisk leaves the caller to us, and when that is put off.
    pub(crate) guard: Guard,
}

/// A caller's leaving of the queue, unanswered, by a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Leave {
    pub(crate) at: Timestamp,
    pub(crate) to: WayOut,
    pub(crate) why: Leaving,
}

/// A call ringing at an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) n: u32,
    pub(crate) agent: AgentId,
    /// The agent's tier in the queue when it was made.
    pub(crate) tier: u8,
    pub(crate) leg: OurLeg,
    pub(crate) made: Timestamp,
    pub(crate) ring: Ring,
    /// Its time is over: it ends as soon as Asterisk has been heard out, unless an answer was on its way.
    pub(crate) over: bool,
}

/// Whether the phone rings, and how long it may take to ring or to be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// When the guard over the caller is lifted once more, because the last order to failed.
    pub(crate) lift_again_at: Option<Timestamp>,
}

/// What of a conversation is running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

    pub(crate) fn offer_mut(&mut self, leg: OurLeg) -> Option<&mut Offer> {
        self.waiting_mut()?.offers.iter_mut().find(|offer| offer.leg == leg)
    }

    /// Sets how long the phone of an offer may ring, and whether it does.
    pub(crate) fn set_ring(&mut self, leg: OurLeg, ring: Ring) {
        if let Some(offer) = self.offer_mut(leg) {
            (offer.ring, offer.over) = (ring, false);
        }
    }

    /// The place in the queue, for as long as the caller waits.
    pub(crate) fn place(&self) -> Option<Place> {
        let waiting = self.waiting()?;
        Some(Place {
            at_head: Reverse(self.at_head),
            priority: Reverse(self.priority),
            fresh: !waiting.returned,
            entered: self.entered,
            call: self.id,
        })
    }

    /// Whether the caller waits and nobody is being rung for them.
    pub(crate) fn is_alone(&self) -> bool {
        self.waiting().is_some_and(|waiting| waiting.offers.is_empty())
    }

    /// The last tier whose agents may be rung for the caller now, and how many; `None` if nobody may. Where all are rung at
    /// once, those of a worse tier than whoever is being rung are not.
    pub(crate) fn wants(&self, strategy: Strategy) -> Option<(u8, usize)> {
        let Waiting { offers, .. } = self.waiting().filter(|waiting| !waiting.closing)?;
        let room = Self::most_offers(strategy).checked_sub(offers.len()).filter(|room| *room > 0)?;
        Some((offers.iter().map(|offer| offer.tier).min().unwrap_or(u8::MAX), room))
    }

    /// How many agents may be rung for one call at once.
    pub(crate) const fn most_offers(strategy: Strategy) -> usize {
        match strategy {
            Strategy::RingAll => MOST_OFFERS,
            Strategy::LongestIdle | Strategy::FewestCalls | Strategy::RoundRobin | Strategy::Linear | Strategy::Random => 1,
        }
    }

    /// How many agents are being rung for it.
    pub(crate) fn offers(&self) -> usize {
        self.waiting().map_or(0, |waiting| waiting.offers.len())
    }

    /// Remembers who was chosen and why.
    pub(crate) fn remember(&mut self, decision: Decision) {
        if self.decisions.len() >= DECISIONS {
            self.decisions.remove(0);
        }
        self.decisions.push(decision);
    }

    pub(crate) fn leg_id(&self) -> LegId {
        LegId::Theirs(self.leg.clone())
    }

    /// What a leg of the call carries while the call is in this phase.
    pub(crate) const fn mark(&self, phase: CallPhase) -> Mark {
        let (since, agent) = match &self.stage {
            Stage::Waiting(waiting) => (waiting.since, None),
            Stage::Talking(talk) => (talk.since, Some(talk.agent)),
        };
        Mark { call: self.id, queue: self.queue, entered: self.entered, priority: self.priority, phase, since, agent }
    }

    /// Leaves out ids that may have been used by a run whose last steps were not kept: Asterisk must see none twice. How many
    /// depends on the time, for two runs may go on from one and the same state.
    pub(crate) fn skip_ids(&mut self, at: Timestamp) {
        let skipped = u32::try_from(at.since(self.entered).as_ms()).unwrap_or(0).saturating_add(SKIPPED_IDS);
        self.last_leg = self.last_leg.saturating_add(skipped);
        self.last_bridge = self.last_bridge.saturating_add(skipped);
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
