//! The facts, read as stories: every call begins once and ends once, its stretches follow each other without a gap, every
//! agent is in one state at a time, and Live, told of changes alone, shows what the wallboard shows.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use acd::State;
use acd::effect::Effect;
use model::fact::{Mending, Segment};
use model::stamp::Mark;
use model::wallboard::{AgentRow, CallRow, Change, FallbackRow, QueueRow, Totals};
use model::{
    AgentId, AgentState, CallAsk, CallId, CallPhase, Fact, LegId, OfferEnd, Outcome, Queue, QueueId, SegmentKind, Side, Timestamp,
};

use crate::rules::Rules;

/// What the facts have told so far.
#[derive(Debug, Default)]
pub struct Books {
    pub open: BTreeMap<CallId, Story>,
    pub closed: Vec<CallId>,
    /// Those that were over with an answer, and those whose answer has just been taken back.
    answered: BTreeSet<CallId>,
    undone: BTreeSet<CallId>,
    pub agents: BTreeMap<AgentId, AgentState>,
    offers: BTreeMap<AgentId, (CallId, u32)>,
    pub shown_calls: BTreeMap<CallId, CallRow>,
    pub shown_agents: BTreeMap<AgentId, AgentRow>,
    pub shown_queues: BTreeMap<QueueId, QueueRow>,
    shown_totals: Totals,
    shown_fallback: Vec<FallbackRow>,
    pub shown_up: bool,
    /// Whoever waited at a switch that was started again.
    lost: BTreeSet<CallId>,
    /// How many calls entered, and how they ended.
    entered: usize,
    /// Whoever was found talking in this step.
    taken_over: BTreeSet<CallId>,
    ended: BTreeMap<Outcome, usize>,
    /// How often a caller was put at the head of a queue.
    heads: usize,
}

/// A call under way.
#[derive(Debug)]
pub struct Story {
    pub leg: LegId,
    pub queue: QueueId,
    pub entered: Timestamp,
    /// When they came into this queue, as far as this run knows.
    pub joined: i64,
    /// Was put at the head of the queue, by which of all orders to do so.
    at_head: Option<usize>,
    /// Came back to the head of the queue.
    pub returned: bool,
    /// Up to where its stretches have been told.
    told_until: i64,
    rung_since_waiting: i64,
    pub answered: bool,
    /// Was answered and could not be joined: somebody is rung for them at once, however long they have waited.
    undone: bool,
}

impl Books {
    /// Whether somebody is being rung for a call.
    pub fn rings(&self, call: CallId) -> bool {
        self.offers.values().any(|(rung, _)| *rung == call)
    }

    /// The switch starts again with these callers alive: of them, whoever waits did not hang up.
    pub fn are_lost(&mut self, alive: &[LegId], rules: &Rules) {
        let waits = |story: &&Story| alive.contains(&story.leg) && !story.answered && !rules.talks(&story.leg);
        self.lost.extend(self.open.iter().filter(|(_, story)| waits(story)).map(|(call, _)| *call));
    }

    pub fn write(&mut self, at: i64, effects: &[Effect], rules: &Rules) {
        let settings = &rules.settings;
        self.taken_over.clear();
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
            self.book(at, fact, rules);
        }
        let ended: usize = self.ended.values().sum();
        assert_eq!(self.entered, ended + self.open.len(), "entered = ended + in progress");
    }

    fn book(&mut self, at: i64, fact: &Fact, rules: &Rules) {
        match fact {
            Fact::CallEntered { call, leg, queue, entered, .. } => self.enters((at, *call), (leg, *queue, *entered), rules),
            Fact::OfferMade { call, offer, agent } => {
                let story = self.open.get(call).expect("a call that is offered is there");
                let late = !story.undone && rules.should_have_left(story.queue, story.joined, at);
                assert!(!late, "call {call} is offered to {agent}, and should have left its queue");
                assert_eq!(self.offers.insert(*agent, (*call, *offer)), None, "agent {agent} is offered two calls");
            }
            Fact::OfferEnded { call, offer, agent, end } => {
                assert_eq!(self.offers.remove(agent), Some((*call, *offer)), "the offer that ends was made");
                // What fails while others are being rung does not leave the caller with nobody.
                let failed = !matches!(end, OfferEnd::Accepted | OfferEnd::Withdrawn) && !self.rings(*call);
                self.open.entry(*call).and_modify(|story| story.returned |= failed);
            }
            Fact::Decided { call, decision } => {
                assert_eq!(acd::explain::verify(decision, *call), Ok(()), "{decision:?}");
                self.nobody_is_passed_over(*call, rules);
            }
            Fact::CallAsked { call, ask, .. } => {
                let story = self.open.get_mut(call).expect("a call on which an order is given has entered");
                if *ask == CallAsk::ToHead {
                    self.heads += 1;
                    story.at_head = Some(self.heads);
                }
            }
            Fact::CallMoved { call, from, to, .. } => {
                let story = self.open.get_mut(call).expect("a call that moves has entered");
                assert_eq!(std::mem::replace(&mut story.queue, *to), *from, "call {call} left a queue that it was not in");
                story.joined = at;
                (story.at_head, story.returned) = (None, false);
            }
            Fact::SegmentEnded(segment) => self.stretch(at, segment),
            Fact::CallAnswered { call, .. } => {
                let story = self.open.get_mut(call).expect("a call that is answered has entered");
                assert!(!std::mem::replace(&mut story.answered, true), "call {call} is answered twice");
            }
            Fact::AnswerUndone { call } => self.is_undone(*call),
            Fact::CallEnded { call, outcome, by } => self.ends(at, *call, *outcome, *by),
            Fact::AgentChanged { agent, state, .. } => {
                let before = self.agents.insert(*agent, state.clone());
                assert_ne!(before.as_ref(), Some(state), "agent {agent} changed into what they were");
            }
            Fact::WrapUpExtended { agent, call, until, .. } => self.goes_on(*agent, *call, *until),
            Fact::Mended { leg, mark, how } => self.mended(leg, *mark, *how),
            Fact::OfferRang { .. }
            | Fact::CallLeft { .. }
            | Fact::FallbackSeen(_)
            | Fact::ClockJumped { .. }
            | Fact::CallTurnedAway { .. }
            | Fact::OrderFailed { .. }
            | Fact::EndpointChanged { .. }
            | Fact::SwitchChanged { .. }
            | Fact::Ignored { .. } => {}
        }
    }

    /// An answer is taken back, of a call that goes on or of one that is over.
    fn is_undone(&mut self, call: CallId) {
        let Some(story) = self.open.get_mut(&call) else {
            // Its caller was gone when the answer was to be stamped, which was heard after the end.
            assert!(self.answered.remove(&call), "the answer of call {call} is undone, and it was over without one");
            assert!(self.undone.insert(call), "the answer of call {call} is undone twice");
            return;
        };
        assert!(std::mem::replace(&mut story.answered, false), "the answer of call {call} is undone and was none");
        (story.returned, story.undone) = (true, true);
    }

    fn ends(&mut self, at: i64, call: CallId, outcome: Outcome, by: Side) {
        if self.undone.remove(&call) {
            assert_eq!((outcome, by), (Outcome::Abandoned, Side::Caller), "call {call} ends otherwise");
            *self.ended.entry(Outcome::Answered).or_default() -= 1;
            *self.ended.entry(Outcome::Abandoned).or_default() += 1;
            return;
        }
        let story = self.open.remove(&call).expect("a call that ends has entered");
        if story.answered {
            self.answered.insert(call);
        }
        assert!(!story.answered || outcome == Outcome::Answered, "call {call} was answered and ends {outcome:?}");
        assert_eq!(story.told_until, at, "the stretches of call {call} do not reach its end");
        // A queue that left the settings meanwhile gives back whom it has; a supervisor knows no better than the core.
        let lost = matches!(outcome, Outcome::Lost | Outcome::Returned) || by == Side::Supervisor;
        assert!(lost || !self.lost.remove(&call), "call {call} was lost with the switch and ends {outcome:?}");
        self.closed.push(call);
        *self.ended.entry(outcome).or_default() += 1;
    }

    /// Whoever is in the same queue, nobody is rung for them, and they come first, by an order to put them at the head, priority,
    /// having come back to the head, and time of entering, is served first.
    fn nobody_is_passed_over(&self, call: CallId, rules: &Rules) {
        let served = self.open.get(&call).expect("a call that is decided on has entered");
        let place = |id: &CallId, story: &Story| {
            let priority = Reverse(rules.priority(&story.leg));
            (Reverse(story.at_head), priority, !story.returned, story.entered, *id)
        };
        let talks = |id: &CallId, story: &Story| story.answered || rules.talks(&story.leg) || self.taken_over.contains(id);
        let mut waiting = self
            .open
            .iter()
            .filter(|(id, other)| other.queue == served.queue && !talks(id, other) && !self.rings(**id) && **id != call);
        let first = waiting.find(|(id, other)| place(id, other) < place(&call, served));
        assert!(first.is_none(), "call {call} is served before {first:?}");
    }

    /// Nobody has waited since before they called. Of a call that an earlier run knew this one tells what it found.
    fn enters(&mut self, (at, call): (i64, CallId), (leg, queue, entered): (&LegId, QueueId, Timestamp), rules: &Rules) {
        let came = rules.came(call, leg);
        assert!(came.is_none_or(|came| came.allows(entered.as_ms(), at)), "{call} entered at {entered:?}: {came:?}");
        let told_from = if came.is_some() { entered.as_ms() } else { at };
        let story = Story {
            leg: leg.clone(),
            queue,
            entered,
            joined: told_from,
            at_head: None,
            returned: false,
            told_until: told_from,
            rung_since_waiting: told_from,
            answered: false,
            undone: false,
        };
        self.entered += 1;
        assert!(self.open.insert(call, story).is_none(), "call {call} entered twice");
        assert!(!self.closed.contains(&call), "call {call} entered after its end");
    }

    /// The same wrap-up goes on for longer.
    fn goes_on(&mut self, agent: AgentId, call: CallId, until: Timestamp) {
        let before = self.agents.insert(agent, AgentState::WrapUp { call, until });
        assert!(matches!(before, Some(AgentState::WrapUp { call: wrapped, .. }) if wrapped == call), "{before:?} is extended");
    }

    /// A caller whom nobody remembered goes on with the stretch that the mark tells of, from its beginning.
    fn mended(&mut self, leg: &LegId, mark: Option<Mark>, how: Mending) {
        let Some(mark) = mark else { return };
        let Some(story) = self.open.get_mut(&mark.call).filter(|story| story.leg == *leg) else { return };
        let waited = matches!(mark.phase, CallPhase::Waiting | CallPhase::Offered);
        if how == Mending::TakenOver {
            self.taken_over.insert(mark.call);
        }
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
        // A conversation that began while nobody looked is booked when it is found.
        assert!(segment.ended.as_ms() <= at, "a stretch is booked when it ends");
        assert!(segment.began <= segment.ended);
        match segment.kind {
            SegmentKind::Waiting | SegmentKind::Talk | SegmentKind::Hold => {
                let story = self.open.get_mut(&segment.call).expect("a stretch of a live call");
                assert_eq!(segment.began.as_ms(), story.told_until, "a gap or an overlap in call {}", segment.call);
                story.told_until = segment.ended.as_ms();
                // Of several who were rung, all but one are let go when the waiting is over.
                let waited = segment.kind == SegmentKind::Waiting;
                story.rung_since_waiting = if waited { segment.began.as_ms() } else { story.told_until };
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
                Change::Totals(totals) => self.shown_totals = totals,
                Change::Fallback(rows) => self.shown_fallback = rows,
                Change::Switch(up) => self.shown_up = up,
            }
        }
        let board = acd::wallboard(state, Timestamp::from_ms(at));
        assert_eq!(self.shown_totals, board.totals);
        assert_eq!(self.shown_fallback, board.fallback);
        assert_eq!(self.shown_up, board.switch_up);
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
