//! An agent at work: what they do, whether their phone can be reached, and what is on its line.

use model::fact::Segment;
use model::wallboard::Block;
use model::{
    Actor, AgentId, AgentState, CallId, Fact, LegId, NotReadyReason, OfferEnd, OurLeg, QueueId, SegmentKind, Span, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::effect::{HangupReason, Op};
use crate::route;
use crate::turn::Turn;

/// How long a leg that we hung up may take to end. After it, the line counts as free: better a phone that rings twice than
/// an agent who gets no calls because one report was lost.
pub(crate) const LINE_CLEARS_WITHIN: Span = Span::from_secs(5);

/// An agent, as the settings describe them and as they stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Agent {
    pub(crate) card: model::Agent,
    pub(crate) state: AgentState,
    pub(crate) since: Timestamp,
    /// Since when they have done nothing, as matching counts it: an offer that was withdrawn does not end it.
    pub(crate) idle_since: Timestamp,
    /// What was last said of the phone.
    pub(crate) reachable: bool,
    /// Whether something is on the phone, ours or not.
    pub(crate) in_use: bool,
    pub(crate) line: Line,
    /// What they asked for during a call.
    pub(crate) then: Option<Wish>,
    /// The queue of the call that they worked on last.
    pub(crate) last_queue: Option<QueueId>,
    /// They left the settings, and the last call or its leg is not over yet.
    pub(crate) leaving: bool,
}

/// What is on an agent's phone, of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Line {
    Free,
    /// The leg of the call that the agent's state names.
    Used(OurLeg),
    /// A leg that we hung up and whose end was not reported yet: the phone may still ring.
    Clearing {
        leg: OurLeg,
        until: Timestamp,
        /// The phone is left in peace until then even if the leg ends before: Asterisk could not ring it, and would most
        /// likely fail at once again.
        in_peace: bool,
    },
}

/// A state asked for during a call, to be entered when the call lets go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wish {
    pub(crate) state: AgentState,
    pub(crate) by: Actor,
}

/// Why a call lets go of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// The conversation is over: there may be work left to do.
    Talk { call: CallId, queue: QueueId },
    /// The offer ended without a conversation, and not by the agent's doing: as if it had not been made.
    Nothing,
    /// The offer failed at the agent's end.
    Failed(OfferEnd),
}

impl Agent {
    pub(crate) fn new(card: model::Agent, at: Timestamp) -> Self {
        Self {
            card,
            state: AgentState::LoggedOut,
            since: at,
            idle_since: at,
            reachable: false,
            in_use: false,
            line: Line::Free,
            then: None,
            last_queue: None,
            leaving: false,
        }
    }

    /// Whether a call may be offered to them.
    pub(crate) fn available(&self) -> bool {
        self.state == AgentState::Ready && self.line == Line::Free && !self.leaving
    }

    /// Why they are offered no call although they are Ready.
    pub(crate) fn blocked(&self) -> Option<Block> {
        match self.line {
            Line::Clearing { in_peace: true, .. } if self.state == AgentState::Ready => Some(Block::Resting),
            Line::Clearing { .. } if self.state == AgentState::Ready => Some(Block::Clearing),
            Line::Clearing { .. } | Line::Free | Line::Used(_) => None,
        }
    }

    /// The state of an agent who would take calls, if their phone can be reached.
    pub(crate) const fn willing(&self) -> AgentState {
        if self.reachable { AgentState::Ready } else { AgentState::Unreachable }
    }

    /// Whether an ask for Ready would have this agent take calls at once.
    pub(crate) const fn becomes_available(&self) -> bool {
        let idle = match self.state {
            AgentState::LoggedOut | AgentState::NotReady(_) | AgentState::WrapUp { .. } | AgentState::Unreachable => true,
            AgentState::Ready
            | AgentState::Reserved(_)
            | AgentState::Ringing(_)
            | AgentState::Talking(_)
            | AgentState::Held(_) => false,
        };
        idle && !self.leaving
    }

    /// The stretch of wrap-up that ends here, if one does.
    fn wrapped_up(&self, at: Timestamp) -> Option<Segment> {
        let AgentState::WrapUp { call, .. } = self.state else { return None };
        Some(Segment {
            call,
            kind: SegmentKind::WrapUp,
            queue: self.last_queue?,
            agent: Some(self.card.id),
            offer: None,
            began: self.since,
            ended: at,
            ending: None,
        })
    }

    /// What they do once a call lets go of them, by the rules alone.
    fn after(&self, after: After, wrap_up: Span, at: Timestamp) -> AgentState {
        match after {
            After::Talk { call, .. } if wrap_up > Span::ZERO => AgentState::WrapUp { call, until: at + wrap_up },
            After::Talk { .. } | After::Nothing => self.willing(),
            After::Failed(end) => match end {
                OfferEnd::Refused | OfferEnd::Busy => AgentState::NotReady(NotReadyReason::Refused),
                OfferEnd::NotAnswered => AgentState::NotReady(NotReadyReason::NoAnswer),
                // A phone that is said to be reachable and is not would never be reported as coming back.
                OfferEnd::Unreachable if self.reachable => AgentState::NotReady(NotReadyReason::NoAnswer),
                OfferEnd::Unreachable => AgentState::Unreachable,
                OfferEnd::Accepted | OfferEnd::Withdrawn | OfferEnd::SwitchError => self.willing(),
            },
        }
    }
}

impl Line {
    pub(crate) const fn leg(self) -> Option<OurLeg> {
        match self {
            Self::Free => None,
            Self::Used(leg) | Self::Clearing { leg, .. } => Some(leg),
        }
    }
}

/// Enters a state, and books it. Ready begins idleness, unless an offer came to nothing: then the agent has not worked.
pub(crate) fn change(turn: &mut Turn<'_>, id: AgentId, state: AgentState, by: Actor) {
    let at = turn.at;
    let changed = turn.state.with_agent(id, |agent| {
        if agent.state == state {
            return None;
        }
        let wrapped_up = agent.wrapped_up(at);
        let offered = matches!(agent.state, AgentState::Reserved(_) | AgentState::Ringing(_));
        if state == AgentState::Ready && !offered {
            agent.idle_since = at;
        }
        agent.state = state.clone();
        agent.since = at;
        Some(wrapped_up)
    });
    let Some(Some(wrapped_up)) = changed else { return };
    if let Some(segment) = wrapped_up {
        turn.record(Fact::SegmentEnded(segment));
    }
    turn.record(Fact::AgentChanged { agent: id, state, by });
}

/// A call lets go of an agent: they go where they asked to go, or where the rules send them, and may be served at once.
pub(crate) fn rest(turn: &mut Turn<'_>, id: AgentId, after: After) {
    let wrap_up = match after {
        After::Talk { queue, .. } => turn.state.queues().get(&queue).map_or(Span::ZERO, |queue| queue.card.wrap_up),
        After::Nothing | After::Failed(_) => Span::ZERO,
    };
    let at = turn.at;
    let next = turn.state.with_agent(id, |agent| {
        if let After::Talk { queue, .. } = after {
            agent.last_queue = Some(queue);
        }
        let wish = agent.then.take();
        if agent.leaving {
            return (AgentState::LoggedOut, Actor::Program);
        }
        wish.map_or_else(|| (agent.after(after, wrap_up, at), Actor::Program), |wish| (wish.state, wish.by))
    });
    let Some((state, by)) = next else { return };
    change(turn, id, state, by);
    settle(turn, id);
}

/// Looks what can be done about an agent who is bound to nothing: serve them, or let them leave.
pub(crate) fn settle(turn: &mut Turn<'_>, id: AgentId) {
    let Some(agent) = turn.state.agents().get(&id) else { return };
    if agent.available() {
        route::serve_agent(turn, id);
    } else if agent.leaving && agent.line == Line::Free && agent.state.call().is_none() {
        turn.state.remove_agent(id);
    }
}

/// Hangs an agent's leg up. The line is free once its end is reported.
pub(crate) fn hang_up(turn: &mut Turn<'_>, id: AgentId, leg: OurLeg, reason: HangupReason) {
    clear(turn, id, leg, reason, false);
}

/// Hangs up whatever there is of a leg that Asterisk failed to dial, and leaves the phone in peace for a while: neither this
/// call nor the next shall try it again at once.
pub(crate) fn leave_in_peace(turn: &mut Turn<'_>, id: AgentId, leg: OurLeg) {
    clear(turn, id, leg, HangupReason::Normal, true);
}

fn clear(turn: &mut Turn<'_>, id: AgentId, leg: OurLeg, reason: HangupReason, in_peace: bool) {
    let until = turn.at + LINE_CLEARS_WITHIN;
    turn.order(leg.call, Op::Hangup { leg: LegId::Ours(leg), reason });
    turn.state.with_agent(id, |agent| agent.line = Line::Clearing { leg, until, in_peace });
}

/// Nothing is on the agent's line any more. Whoever calls this settles the agent afterwards.
pub(crate) fn free_line(turn: &mut Turn<'_>, id: AgentId) {
    turn.state.with_agent(id, |agent| agent.line = Line::Free);
}
