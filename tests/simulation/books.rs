//! The facts, read as stories: every call begins once and ends once, its stretches follow each other without a gap, every
//! agent is in one state at a time, and Live, told of changes alone, shows what the wallboard shows.

use std::collections::BTreeMap;

use acd::State;
use acd::effect::Effect;
use model::fact::{Mending, Segment};
use model::stamp::Mark;
use model::wallboard::{AgentRow, CallRow, Change, QueueRow};
use model::{AgentId, AgentState, CallId, CallPhase, Fact, LegId, Outcome, Queue, QueueId, SegmentKind, Settings, Timestamp};

/// What the facts have told so far.
#[derive(Debug, Default)]
pub struct Books {
    pub open: BTreeMap<CallId, Story>,
    closed: Vec<CallId>,
    pub agents: BTreeMap<AgentId, AgentState>,
    offers: BTreeMap<AgentId, (CallId, u32)>,
    shown_calls: BTreeMap<CallId, CallRow>,
    shown_agents: BTreeMap<AgentId, AgentRow>,
    shown_queues: BTreeMap<QueueId, QueueRow>,
}

/// A call under way.
#[derive(Debug)]
pub struct Story {
    pub leg: LegId,
    queue: QueueId,
    /// Up to where its stretches have been told.
    told_until: i64,
    rung_since_waiting: i64,
    answered: bool,
}

impl Books {
    pub fn write(&mut self, at: i64, effects: &[Effect], settings: &Settings) {
        let facts: Vec<&Fact> = effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Record(fact) => Some(fact),
                Effect::Switch(_) => None,
            })
            .collect();
        let ignored = facts.iter().filter(|fact| matches!(fact, Fact::Ignored { .. })).count();
        assert!(ignored <= 1, "an event is ignored for one reason: {facts:?}");
        let ended: Vec<(CallId, Outcome)> = facts
            .iter()
            .filter_map(|fact| match fact {
                Fact::CallEnded { call, outcome, .. } => Some((*call, *outcome)),
                _ => None,
            })
            .collect();
        let queues = self.open.iter().filter(|(call, _)| ended.contains(&(**call, Outcome::Answered)));
        let over: BTreeMap<CallId, Queue> = queues
            .filter_map(|(call, story)| Some((*call, settings.queues.iter().find(|queue| queue.id == story.queue)?.clone())))
            .collect();
        for fact in facts {
            if let Fact::AgentChanged { agent, state, .. } = fact {
                self.wraps_up(at, *agent, state, &over);
            }
            self.book(at, fact);
        }
    }

    fn book(&mut self, at: i64, fact: &Fact) {
        match fact {
            Fact::CallEntered { call, leg, queue, .. } => {
                let story = Story { leg: leg.clone(), queue: *queue, told_until: at, rung_since_waiting: at, answered: false };
                assert!(self.open.insert(*call, story).is_none(), "call {call} entered twice");
                assert!(!self.closed.contains(call), "call {call} entered after its end");
            }
            Fact::OfferMade { call, offer, agent } => {
                assert!(self.open.contains_key(call), "call {call} is offered and is not there");
                assert_eq!(self.offers.insert(*agent, (*call, *offer)), None, "agent {agent} is offered two calls");
            }
            Fact::OfferEnded { call, offer, agent, .. } => {
                assert_eq!(self.offers.remove(agent), Some((*call, *offer)), "the offer that ends was made");
            }
            Fact::SegmentEnded(segment) => self.stretch(at, segment),
            Fact::CallAnswered { call, .. } => {
                let story = self.open.get_mut(call).expect("a call that is answered has entered");
                assert!(!std::mem::replace(&mut story.answered, true), "call {call} is answered twice");
            }
            Fact::AnswerUndone { call } => {
                let story = self.open.get_mut(call).expect("a call whose answer is undone has entered");
                assert!(std::mem::replace(&mut story.answered, false), "the answer of call {call} is undone and was none");
            }
            Fact::CallEnded { call, outcome, .. } => {
                let story = self.open.remove(call).expect("a call that ends has entered");
                assert!(!story.answered || *outcome == Outcome::Answered, "call {call} was answered and ends {outcome:?}");
                assert_eq!(story.told_until, at, "the stretches of call {call} do not reach its end");
                self.closed.push(*call);
            }
            Fact::AgentChanged { agent, state, .. } => {
                let before = self.agents.insert(*agent, state.clone());
                assert_ne!(before.as_ref(), Some(state), "agent {agent} changed into what they were");
            }
            Fact::Mended { leg, mark, how } => self.mended(leg, *mark, *how),
            Fact::OfferRang { .. }
            | Fact::Decided { .. }
            | Fact::CallMoved { .. }
            | Fact::FallbackSeen(_)
            | Fact::ClockJumped { .. }
            | Fact::CallTurnedAway { .. }
            | Fact::OrderFailed { .. }
            | Fact::EndpointChanged { .. }
            | Fact::SwitchChanged { .. }
            | Fact::Ignored { .. } => {}
        }
    }

    /// A caller whom nobody remembered goes on with the stretch that the mark tells of, from its beginning.
    fn mended(&mut self, leg: &LegId, mark: Option<Mark>, how: Mending) {
        let Some(mark) = mark else { return };
        let Some(story) = self.open.get_mut(&mark.call).filter(|story| story.leg == *leg) else { return };
        let waited = matches!(mark.phase, CallPhase::Waiting | CallPhase::Offered);
        let goes_on = match how {
            Mending::Requeued => waited,
            Mending::TakenOver => !waited,
            Mending::HungUp | Mending::Forgotten => false,
        };
        if goes_on {
            story.told_until = story.told_until.min(mark.since.as_ms());
        }
    }

    /// Stretches follow each other to the millisecond; a ringing lies within a waiting; a wrap-up follows the call.
    fn stretch(&mut self, at: i64, segment: &Segment) {
        assert_eq!(segment.ended.as_ms(), at, "a stretch is booked when it ends");
        assert!(segment.began <= segment.ended);
        match segment.kind {
            SegmentKind::Waiting | SegmentKind::Talk | SegmentKind::Hold => {
                let story = self.open.get_mut(&segment.call).expect("a stretch of a live call");
                assert_eq!(segment.began.as_ms(), story.told_until, "a gap or an overlap in call {}", segment.call);
                story.told_until = at;
                story.rung_since_waiting = at;
            }
            SegmentKind::Ringing => {
                let story = self.open.get(&segment.call).expect("a ringing of a live call");
                assert!(segment.began.as_ms() >= story.rung_since_waiting, "it rang outside of the waiting");
            }
            SegmentKind::WrapUp => {
                let agent = segment.agent.expect("somebody wraps up");
                assert!(matches!(self.agents.get(&agent), Some(AgentState::WrapUp { call, .. }) if *call == segment.call));
            }
        }
    }

    /// Whoever talked to a caller whose call is over has the queue's time to finish it, unless they asked for another state.
    fn wraps_up(&self, at: i64, agent: AgentId, state: &AgentState, over: &BTreeMap<CallId, Queue>) {
        let Some(AgentState::Talking(call) | AgentState::Held(call)) = self.agents.get(&agent) else { return };
        let Some(queue) = over.get(call) else { return };
        match state {
            AgentState::WrapUp { call: wrapped, until } => {
                assert_eq!((wrapped, *until), (call, Timestamp::from_ms(at) + queue.wrap_up));
            }
            AgentState::Ready | AgentState::Unreachable => {
                assert_eq!(queue.wrap_up.as_ms(), 0, "agent {agent} had no time to finish");
            }
            AgentState::LoggedOut | AgentState::NotReady(_) => {}
            AgentState::Reserved(_) | AgentState::Ringing(_) | AgentState::Talking(_) | AgentState::Held(_) => {
                panic!("agent {agent} went from one call into the next");
            }
        }
    }

    /// Applies what Live is told, and compares what it shows with the wallboard.
    pub fn live(&mut self, state: &mut State, at: i64) {
        for change in state.take_changes() {
            match change {
                Change::Call(id, row) => show(&mut self.shown_calls, id, row),
                Change::Agent(id, row) => show(&mut self.shown_agents, id, row),
                Change::Queue(id, row) => show(&mut self.shown_queues, id, row),
                Change::Totals(_) | Change::Fallback(_) | Change::Switch(_) => {}
            }
        }
        let board = acd::wallboard(state, Timestamp::from_ms(at));
        assert_eq!(self.shown_calls, board.calls.into_iter().map(|row| (row.id, row)).collect());
        assert_eq!(self.shown_agents, board.agents.into_iter().map(|row| (row.id, row)).collect());
        assert_eq!(self.shown_queues, board.queues.into_iter().map(|row| (row.id, row)).collect());
    }
}

fn show<K: Ord, V>(shown: &mut BTreeMap<K, V>, id: K, row: Option<V>) {
    match row {
        Some(row) => drop(shown.insert(id, row)),
        None => drop(shown.remove(&id)),
    }
}
