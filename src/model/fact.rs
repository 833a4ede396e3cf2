//! What the books say: short statements in the past tense, each true at the time written beside it.

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::agent::{AgentState, Endpoint, StateReason};
use crate::call::{CallAsk, OfferEnd, Outcome, SegmentKind, Side};
use crate::explain::Decision;
use crate::id::{AgentId, CallId, LegId, QueueId, TheirLeg};
use crate::person::Phone;
use crate::stamp::Mark;
use crate::time::{Span, Timestamp};

/// A fact with its place in the books: positions count up by one and are never used twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookEntry {
    /// The entry's number, from 1.
    pub position: u64,
    /// When it came true.
    pub at: Timestamp,
    /// What came true.
    pub fact: Fact,
}

/// What came true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fact {
    /// A caller entered a queue.
    CallEntered {
        /// The call.
        call: CallId,
        /// The caller's leg.
        leg: LegId,
        /// The queue entered.
        queue: QueueId,
        /// The caller's number, if it was sent.
        number: Option<Phone>,
        /// When the caller entered: earlier than the fact if the call was taken over from a past run.
        entered: Timestamp,
    },
    /// An agent was reserved for a call and the phone ordered to ring.
    OfferMade {
        /// The call.
        call: CallId,
        /// The offer's number within the call, from 1.
        offer: u32,
        /// The agent.
        agent: AgentId,
    },
    /// The agent's phone said that it rings.
    OfferRang {
        /// The call.
        call: CallId,
        /// The offer's number within the call.
        offer: u32,
        /// The agent.
        agent: AgentId,
    },
    /// An offer ended.
    OfferEnded {
        /// The call.
        call: CallId,
        /// The offer's number within the call.
        offer: u32,
        /// The agent.
        agent: AgentId,
        /// How.
        end: OfferEnd,
    },
    /// An agent took the call.
    CallAnswered {
        /// The call.
        call: CallId,
        /// The agent.
        agent: AgentId,
        /// From entering the queue to the agent's answer.
        waited: Span,
    },
    /// The agent who took the call and its caller could not be joined: it counts as not answered, and the caller waits on.
    AnswerUndone {
        /// The call.
        call: CallId,
    },
    /// A stretch of a call is over.
    SegmentEnded(Segment),
    /// The call is over for us.
    CallEnded {
        /// The call.
        call: CallId,
        /// How.
        outcome: Outcome,
        /// Who ended it.
        by: Side,
    },
    /// An agent's state changed.
    AgentChanged {
        /// The agent.
        agent: AgentId,
        /// The state that began.
        state: AgentState,
        /// Who changed it.
        by: Actor,
        /// Why, if neither the state nor what went before tells.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<StateReason>,
    },
    /// An agent was given more time to finish the last call: the same wrap-up goes on.
    WrapUpExtended {
        /// The agent.
        agent: AgentId,
        /// The call that is being finished.
        call: CallId,
        /// When the agent becomes Ready by themselves.
        until: Timestamp,
        /// Who asked for it.
        by: Actor,
    },
    /// A call came that is none of ours to queue, and was given back to the dialplan.
    CallTurnedAway {
        /// The caller's leg.
        leg: LegId,
        /// What was dialled.
        dialled: String,
        /// Why.
        #[serde(default)]
        why: TurnedAway,
    },
    /// Asterisk's own account named something that our state did not know, and it was taken over or ended.
    Mended {
        /// The leg concerned.
        leg: LegId,
        /// What it said about itself.
        mark: Option<Mark>,
        /// What was done.
        how: Mending,
    },
    /// An order was not carried out, and what it asked for does not matter any more or was mended otherwise.
    OrderFailed {
        /// The order, in words.
        order: String,
        /// The reason.
        why: String,
    },
    /// A phone's reachability changed.
    EndpointChanged {
        /// The account.
        endpoint: Endpoint,
        /// Whether calls reach it.
        reachable: bool,
        /// Whether something is on it, ours or not.
        #[serde(default)]
        in_use: bool,
    },
    /// It was decided who is rung for a call.
    Decided {
        /// The call.
        call: CallId,
        /// What was compared, and who won.
        decision: Decision,
    },
    /// An order that somebody gave on a call is carried out: what comes of it follows.
    CallAsked {
        /// The call.
        call: CallId,
        /// What was ordered.
        ask: CallAsk,
        /// Who ordered it.
        by: Actor,
    },
    /// A caller went from one queue into another without leaving us.
    CallMoved {
        /// The call.
        call: CallId,
        /// The queue left.
        from: QueueId,
        /// The queue entered.
        to: QueueId,
        /// Why.
        why: Leaving,
    },
    /// A caller left a queue for the dialplan; that the call ended follows.
    CallLeft {
        /// The call.
        call: CallId,
        /// The queue left.
        queue: QueueId,
        /// Why.
        why: Leaving,
    },
    /// A call that Asterisk's own queue took care of, as far as it is known: reported when we first hear of it, and again
    /// when it is over.
    FallbackSeen(FallbackCall),
    /// The wall clock was set, or the machine slept, or the program stood still.
    ClockJumped {
        /// By how many milliseconds, forward.
        by: i64,
    },
    /// The way to Asterisk was lost or found.
    SwitchChanged {
        /// Whether it is there.
        up: bool,
    },
    /// Something was reported that changes nothing.
    Ignored {
        /// The event's name.
        event: String,
        /// Why it changes nothing.
        why: Ignored,
    },
}

impl Fact {
    /// The fact's name, as the books write it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::CallEntered { .. } => "call_entered",
            Self::OfferMade { .. } => "offer_made",
            Self::OfferRang { .. } => "offer_rang",
            Self::OfferEnded { .. } => "offer_ended",
            Self::CallAnswered { .. } => "call_answered",
            Self::AnswerUndone { .. } => "answer_undone",
            Self::SegmentEnded(_) => "segment_ended",
            Self::CallEnded { .. } => "call_ended",
            Self::AgentChanged { .. } => "agent_changed",
            Self::WrapUpExtended { .. } => "wrap_up_extended",
            Self::CallTurnedAway { .. } => "call_turned_away",
            Self::Mended { .. } => "mended",
            Self::OrderFailed { .. } => "order_failed",
            Self::EndpointChanged { .. } => "endpoint_changed",
            Self::SwitchChanged { .. } => "switch_changed",
            Self::Decided { .. } => "decided",
            Self::CallAsked { .. } => "call_asked",
            Self::CallMoved { .. } => "call_moved",
            Self::CallLeft { .. } => "call_left",
            Self::FallbackSeen(_) => "fallback_seen",
            Self::ClockJumped { .. } => "clock_jumped",
            Self::Ignored { .. } => "ignored",
        }
    }

    /// The call and the agent that the fact speaks of.
    #[must_use]
    pub fn about(&self) -> (Option<CallId>, Option<AgentId>) {
        match self {
            Self::CallEntered { call, .. }
            | Self::Decided { call, .. }
            | Self::CallAsked { call, .. }
            | Self::CallMoved { call, .. }
            | Self::CallLeft { call, .. }
            | Self::AnswerUndone { call }
            | Self::CallEnded { call, .. } => (Some(*call), None),
            Self::OfferMade { call, agent, .. }
            | Self::OfferRang { call, agent, .. }
            | Self::OfferEnded { call, agent, .. }
            | Self::WrapUpExtended { call, agent, .. }
            | Self::CallAnswered { call, agent, .. } => (Some(*call), Some(*agent)),
            Self::SegmentEnded(segment) => (Some(segment.call), segment.agent),
            Self::AgentChanged { agent, state, .. } => (state.works_on(), Some(*agent)),
            Self::Mended { leg, mark, .. } => (mark.map(|mark| mark.call).or_else(|| leg.call()), None),
            Self::FallbackSeen(seen) => (seen.call, None),
            Self::CallTurnedAway { .. }
            | Self::ClockJumped { .. }
            | Self::OrderFailed { .. }
            | Self::EndpointChanged { .. }
            | Self::SwitchChanged { .. }
            | Self::Ignored { .. } => (None, None),
        }
    }
}

/// Why a call was given back before it was one of ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum TurnedAway {
    /// No queue has the number that was dialled.
    #[default]
    NoSuchQueue,
    /// As many calls are live as one program takes.
    Full,
}

/// Why a caller left a queue unanswered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Leaving {
    /// The longest wait was over.
    MaxWait,
    /// No agent of the queue was logged in.
    NobodyLoggedIn,
    /// Every agent of the queue was logged out or not ready.
    NobodyReady,
    /// The queue was full.
    Full,
    /// The queue left the settings.
    Closed,
    /// Asterisk failed the call too often.
    Mishaps,
    /// Somebody moved the caller.
    Moved,
}

/// A call that Asterisk's own queue takes or took care of, because we were not there to. What the dialplan noted of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FallbackCall {
    /// The caller's leg, by which the CDR knows it too.
    pub leg: TheirLeg,
    /// The call that it was while it was ours, if it ever was.
    pub call: Option<CallId>,
    /// The number that was dialled, as `700`.
    pub dialled: String,
    /// The caller's number, if it was sent.
    pub number: Option<Phone>,
    /// When it fell back.
    pub began: Timestamp,
    /// The account of the agent who answered, as `1001`.
    pub agent: Option<String>,
    /// When they did.
    pub answered: Option<Timestamp>,
    /// When it was over.
    pub ended: Option<Timestamp>,
}

/// A stretch of a call that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// The call.
    pub call: CallId,
    /// What kind of stretch.
    pub kind: SegmentKind,
    /// The queue that the call belongs to.
    pub queue: QueueId,
    /// The agent concerned, if one is.
    pub agent: Option<AgentId>,
    /// The offer's number, for a ringing.
    pub offer: Option<u32>,
    /// When it began.
    pub began: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// For a ringing, how the offer ended.
    pub ending: Option<OfferEnd>,
}

/// What was done about something that the state did not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mending {
    /// A caller who waits was given back the place in the queue.
    Requeued,
    /// A conversation was taken over as it stands.
    TakenOver,
    /// A leg that belongs to nothing was hung up.
    HungUp,
    /// A leg that the state had and Asterisk has not was forgotten.
    Forgotten,
}

/// Why an event changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ignored {
    /// It names a leg that no live call has: it came late, or twice.
    UnknownLeg,
    /// It names an agent whom the settings do not know.
    UnknownAgent,
    /// It names a call that is not live: it is over, or never was.
    UnknownCall,
    /// It names a queue that the settings do not know.
    UnknownQueue,
    /// As many callers wait in the queue that it names as any queue takes.
    QueueFull,
    /// It names a prompt that nobody waits for.
    UnknownPrompt,
    /// What it reports had already been reported.
    AlreadySo,
    /// It comes too late to matter: the call or the offer is in another phase.
    TooLate,
    /// It asks something of an agent, or of a call, that their present state forbids.
    NotInThisState,
    /// The caller put the agent on hold: by our books they go on talking.
    CallersOwnHold,
}
