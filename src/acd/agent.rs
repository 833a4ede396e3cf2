//! An agent at work: what they do, whether their phone can be reached, and what is on its line.

use model::fact::Segment;
use model::wallboard::Block;
use model::{
    Actor, AgentId, AgentState, CallId, Fact, LegId, NotReadyReason, OfferEnd, OurLeg, QueueId, SegmentKind, Span, StateReason,
    Timestamp,
};

use crate::absence::Absence;
use crate::effect::{HangupReason, Op};
use crate::phone::Besides;
use crate::route;
use crate::turn::Turn;

/// How often in a row a phone may be busy, before its agent is asked to see to it.
const BUSY_AT_MOST: u8 = 3;

/// An agent, as the settings describe them and as they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Agent {
    pub(crate) card: model::Agent,
    pub(crate) state: AgentState,
    /// Why the program put them into it, where the state itself does not tell.
    pub(crate) why: Option<StateReason>,
    pub(crate) since: Timestamp,
    /// What becomes of them while they are Unreachable, and only then.
    pub(crate) absence: Option<Absence>,
    /// Since when they have done nothing, as matching counts it: an offer that was withdrawn does not end it.
    pub(crate) idle_since: Timestamp,
    /// How many calls they answered since the program was started.
    pub(crate) answered: u32,
    /// What was last said of the phone.
    pub(crate) reachable: bool,
    /// Whether something is on the phone, ours or not.
    pub(crate) in_use: bool,
    /// What is on the phone besides our legs.
    pub(crate) besides: Besides,
    /// When it was last said that it cannot be reached any more.
    pub(crate) gone_at: Option<Timestamp>,
    pub(crate) line: Line,
    /// The phone was told to be in use since our leg was put on the line.
    pub(crate) use_told: bool,
    /// When the line became free, until the phone is told to be free too.
    pub(crate) freed_at: Option<Timestamp>,
    /// The phone is not rung before then, whatever is on it.
    pub(crate) rests_until: Option<Timestamp>,
    /// How often the phone was busy since the agent's last conversation.
    pub(crate) busy: u8,
    /// They are not ready because the phone said nothing, although it is said to be reachable.
    pub(crate) silent: bool,
    /// What they asked for during a call.
    pub(crate) then: Option<Wish>,
    /// The queue of the call that they worked on last.
    pub(crate) last_queue: Option<QueueId>,
    /// They left the settings, and the last call or its leg is not over yet.
    pub(crate) leaving: bool,
}

/// What is on an agent's phone, of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Free,
    /// The leg of the call that the agent's state names.
    Used(OurLeg),
    /// A leg that we hung up and whose end was not reported yet: the phone may still ring.
    Clearing {
        leg: OurLeg,
        until: Timestamp,
    },
}

/// A state asked for during a call, to be entered when the call lets go.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// The agent's phone answered with an error, of this SIP status.
    PhoneFailed(u16),
}

impl Agent {
    pub(crate) fn new(card: model::Agent, at: Timestamp) -> Self {
        Self {
            card,
            state: AgentState::LoggedOut,
            why: None,
            since: at,
            absence: None,
            idle_since: at,
            answered: 0,
            reachable: false,
            in_use: false,
            besides: Besides::Nothing,
            gone_at: None,
            line: Line::Free,
            use_told: false,
            freed_at: None,
            rests_until: None,
            busy: 0,
            silent: false,
            then: None,
            last_queue: None,
            leaving: false,
        }
    }

    /// Whether a call may be offered to them.
    pub(crate) fn available(&self) -> bool {
        let free = match self.besides {
            Besides::Nothing | Besides::Lingering { .. } => self.line == Line::Free && self.rests_until.is_none(),
            Besides::Private { .. } => false,
        };
        self.state == AgentState::Ready && free && !self.leaving
    }

    /// Why they are offered no call although they are Ready.
    pub(crate) fn blocked(&self) -> Option<Block> {
        if self.state != AgentState::Ready {
            return None;
        }
        match (self.besides, self.line) {
            (Besides::Private { fallback: true }, _) => Some(Block::FallbackCall),
            (Besides::Private { fallback: false }, _) => Some(Block::PrivateCall),
            (Besides::Nothing | Besides::Lingering { .. }, _) if self.rests_until.is_some() => Some(Block::Resting),
            (Besides::Nothing | Besides::Lingering { .. }, Line::Clearing { .. }) => Some(Block::Clearing),
            (Besides::Nothing | Besides::Lingering { .. }, Line::Free | Line::Used(_)) => None,
        }
    }

    /// They sit at another phone, of which nothing was said yet.
    pub(crate) fn forget_phone(&mut self) {
        (self.reachable, self.in_use, self.besides) = (false, false, Besides::Nothing);
        (self.gone_at, self.freed_at, self.rests_until, self.busy, self.silent) = (None, None, None, 0, false);
    }

    /// Nobody watches their phone any more: it will be heard of anew. But that there is another call beside a leg of ours only an
    /// account can tell, and has told.
    pub(crate) fn leave_phone(&mut self) {
        let known = (self.in_use, self.besides);
        self.forget_phone();
        if self.line != Line::Free && matches!(known.1, Besides::Private { .. }) {
            (self.in_use, self.besides) = known;
        }
    }

    /// A leg of ours is on the line: what else is there cannot be told from it.
    pub(crate) const fn carry(&mut self, leg: OurLeg) {
        self.line = Line::Used(leg);
        self.besides = Besides::Nothing;
        self.use_told = self.in_use;
    }

    /// Nothing of ours is on the line any more. Asterisk tells a moment later that the phone is free, unless it has done so
    /// before: then whatever is on the phone next is not ours.
    pub(crate) fn free(&mut self, at: Timestamp, lingers: Span) {
        self.line = Line::Free;
        self.freed_at = (self.in_use || !self.use_told).then_some(at);
        self.use_told = false;
        self.besides = match self.besides {
            _ if !self.in_use => Besides::Nothing,
            Besides::Private { fallback } => Besides::Private { fallback },
            Besides::Nothing | Besides::Lingering { .. } => Besides::Lingering { until: at + lingers },
        };
    }

    /// Whether they have been out of reach for so long that they do not count as there.
    pub(crate) fn is_absent(&self) -> bool {
        self.absence.is_some_and(|absence| absence.counts_until.is_none())
    }

    /// Whether their idleness begins with this state. An offer that came to nothing does not end it, for then they have not worked,
    /// and neither does a phone that was gone for a moment.
    fn idles_anew(&self, state: &AgentState) -> bool {
        let goes_on = match &self.state {
            AgentState::Ready | AgentState::Reserved(_) | AgentState::Ringing(_) => true,
            AgentState::Unreachable => !self.is_absent(),
            AgentState::LoggedOut
            | AgentState::NotReady(_)
            | AgentState::Talking(_)
            | AgentState::Held(_)
            | AgentState::WrapUp { .. } => false,
        };
        matches!(state, AgentState::Ready | AgentState::Unreachable) && !goes_on
    }

    /// The state of an agent who would take calls, if their phone can be reached.
    pub(crate) const fn willing(&self) -> AgentState {
        if self.reachable { AgentState::Ready } else { AgentState::Unreachable }
    }

    /// Whether an ask for Ready would have this agent take calls at once.
    pub(crate) fn becomes_available(&self) -> bool {
        self.state != AgentState::Ready && !self.state.is_bound() && !self.leaving
    }

    /// The stretch of wrap-up that ends here, if one does. One that was over before anybody looked ended when it was over.
    fn wrapped_up(&self, at: Timestamp) -> Option<Segment> {
        let AgentState::WrapUp { call, until } = self.state else { return None };
        Some(Segment {
            call,
            kind: SegmentKind::WrapUp,
            queue: self.last_queue?,
            agent: Some(self.card.id),
            offer: None,
            began: self.since,
            ended: at.min(until),
            ending: None,
        })
    }

    /// What they do once a call lets go of them, by the rules alone.
    fn after(&mut self, after: After, wrap_up: Span, busy_rests: Span, at: Timestamp) -> AgentState {
        match after {
            After::Talk { call, .. } if wrap_up > Span::ZERO => AgentState::WrapUp { call, until: at + wrap_up },
            After::Talk { .. } | After::Nothing => self.willing(),
            After::PhoneFailed(status) => self.after_silence(NotReadyReason::PhoneFailed(status)),
            After::Failed(end) => match end {
                OfferEnd::Refused => AgentState::NotReady(NotReadyReason::Refused),
                OfferEnd::Busy => self.after_busy(at + busy_rests),
                OfferEnd::NotAnswered => AgentState::NotReady(NotReadyReason::NoAnswer),
                OfferEnd::Forwarded => AgentState::NotReady(NotReadyReason::Forwarded),
                OfferEnd::Unreachable | OfferEnd::PhoneFailed => self.after_silence(NotReadyReason::NoAnswer),
                OfferEnd::Accepted | OfferEnd::Withdrawn | OfferEnd::SwitchError => self.willing(),
            },
        }
    }

    /// A phone that is busy, as far as anybody knows by itself, is tried again in a while, but not for ever. A phone that did
    /// not ring and is told to be in use has its reason.
    fn after_busy(&mut self, rests_until: Timestamp) -> AgentState {
        let explained = self.in_use && matches!(self.state, AgentState::Reserved(_));
        self.busy = self.busy.saturating_add(u8::from(!explained));
        if self.busy >= BUSY_AT_MOST {
            return AgentState::NotReady(NotReadyReason::Busy);
        }
        self.rests_until = Some(rests_until);
        self.willing()
    }

    /// A phone that is said to be reachable and is not would never be reported as coming back, unless it is reported as gone
    /// first. One that was gone meanwhile was rung where it is not any more.
    fn after_silence(&mut self, reason: NotReadyReason) -> AgentState {
        let came_back = self.gone_at.is_some_and(|gone| gone >= self.since);
        self.silent = self.reachable && !came_back;
        if self.silent { AgentState::NotReady(reason) } else { self.willing() }
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

/// Enters a state, and books it.
pub(crate) fn change(turn: &mut Turn<'_>, id: AgentId, state: AgentState, by: Actor) {
    enter(turn, id, state, by, None);
}

/// Enters a state for a reason that the state does not tell, and books both.
pub(crate) fn enter(turn: &mut Turn<'_>, id: AgentId, state: AgentState, by: Actor, why: Option<StateReason>) {
    let (at, timing) = (turn.at, turn.timing());
    let changed = turn.state.with_agent(id, |agent| {
        if agent.state == state {
            return None;
        }
        let wrapped_up = agent.wrapped_up(at);
        if agent.idles_anew(&state) {
            agent.idle_since = at;
        }
        agent.absence = (state == AgentState::Unreachable).then(|| Absence::begins(at, timing));
        if matches!(state, AgentState::Talking(_)) {
            agent.busy = 0;
        }
        agent.silent &= state.reason().is_some_and(NotReadyReason::is_of_the_phone);
        agent.state = state.clone();
        agent.why = why;
        agent.since = at;
        Some(wrapped_up)
    });
    let Some(Some(wrapped_up)) = changed else { return };
    if let Some(segment) = wrapped_up {
        turn.record(Fact::SegmentEnded(segment));
    }
    turn.record(Fact::AgentChanged { agent: id, state, by, why });
}

/// Gives an agent until then to finish the last call: the same wrap-up goes on.
pub(crate) fn extend_wrap_up(turn: &mut Turn<'_>, id: AgentId, call: CallId, until: Timestamp, by: Actor) {
    turn.state.with_agent(id, |agent| agent.state = AgentState::WrapUp { call, until });
    turn.record(Fact::WrapUpExtended { agent: id, call, until, by });
}

/// A call lets go of an agent: they go where they asked to go, or where the rules send them, and may be served at once.
pub(crate) fn rest(turn: &mut Turn<'_>, id: AgentId, after: After) {
    let wrap_up = match after {
        After::Talk { queue, .. } => turn.state.queues().get(&queue).map_or(Span::ZERO, |queue| queue.card.wrap_up),
        After::Nothing | After::Failed(_) | After::PhoneFailed(_) => Span::ZERO,
    };
    let (at, busy_rests) = (turn.at, turn.timing().busy_rests);
    let next = turn.state.with_agent(id, |agent| {
        if let After::Talk { queue, .. } = after {
            agent.last_queue = Some(queue);
        }
        let wish = agent.then.take();
        if agent.leaving {
            return (AgentState::LoggedOut, Actor::Program);
        }
        wish.map_or_else(|| (agent.after(after, wrap_up, busy_rests, at), Actor::Program), |wish| (wish.state, wish.by))
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
    let until = turn.at + turn.timing().line_clears_within;
    turn.order(leg.call, Op::Hangup { leg: LegId::Ours(leg), reason });
    turn.state.with_agent(id, |agent| {
        if agent.line == Line::Free {
            // It was there before we heard of it.
            agent.use_told = agent.in_use;
        }
        agent.line = Line::Clearing { leg, until };
        if matches!(agent.besides, Besides::Lingering { .. }) {
            agent.besides = Besides::Nothing;
        }
    });
}

/// Hangs up whatever there is of a leg that Asterisk failed to dial, and leaves the phone in peace for a while: neither this
/// call nor the next shall try it again at once.
pub(crate) fn leave_in_peace(turn: &mut Turn<'_>, id: AgentId, leg: OurLeg) {
    hang_up(turn, id, leg, HangupReason::Normal);
    let until = turn.at + turn.timing().failed_rests;
    turn.state.with_agent(id, |agent| agent.rests_until = Some(until));
}

/// A phone was left in peace for long enough.
pub(crate) fn rested(turn: &mut Turn<'_>, id: AgentId) {
    turn.state.with_agent(id, |agent| agent.rests_until = None);
    settle(turn, id);
}

/// Nothing is on the agent's line any more. Whoever calls this settles the agent afterwards.
pub(crate) fn free_line(turn: &mut Turn<'_>, id: AgentId) {
    let (at, lingers) = (turn.at, turn.timing().phone_lingers);
    turn.state.with_agent(id, |agent| agent.free(at, lingers));
}
