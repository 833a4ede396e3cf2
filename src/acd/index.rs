//! What makes matching cost the same with ten callers or ten thousand: everything that is asked often, in the order in
//! which it is asked for. Nothing here is a truth of its own: it follows from calls, agents and settings, is not kept in a
//! snapshot, and [`check`](crate::check()) builds it anew and compares.

use std::collections::{BTreeMap, BTreeSet};

use model::explain::Candidate;
use model::fact::FallbackCall;
use model::queue::Strategy;
use model::{AgentId, AgentState, CallId, Endpoint, OurLeg, QueueId, ServerId, Span, TheirLeg, Timestamp};

use crate::agent::{Agent, Line};
use crate::call::{Call, Stage};
use crate::deadline::Due;
use crate::phone::Besides;
use crate::pool::{self, Pool};
use crate::queue::{Place, Presence};
use crate::state::{Over, Parting, State};

/// Everything that is asked often.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Index {
    /// The queue of each number that can be dialled.
    pub(crate) numbers: BTreeMap<String, QueueId>,
    /// The strategy of each queue.
    pub(crate) strategies: BTreeMap<QueueId, Strategy>,
    /// The place of each agent in the settings.
    pub(crate) places: BTreeMap<AgentId, u32>,
    /// The agent at each phone.
    pub(crate) endpoints: BTreeMap<Endpoint, AgentId>,
    /// The call of each caller's leg.
    pub(crate) callers: BTreeMap<TheirLeg, CallId>,
    /// The agent at the end of each leg of ours.
    pub(crate) legs: BTreeMap<OurLeg, AgentId>,
    /// Callers who wait, those being offered included, in the order in which they are served.
    pub(crate) waiting: BTreeMap<QueueId, BTreeSet<Place>>,
    /// Callers who wait, over all queues, the one who entered first at the front.
    pub(crate) arrivals: BTreeSet<(Timestamp, CallId)>,
    pub(crate) pools: BTreeMap<(QueueId, ServerId), Pool>,
    pub(crate) deadlines: BTreeSet<(Timestamp, Due)>,
    /// All agents, by what they do.
    pub(crate) staff: Staff,
    /// The agents of each queue, by what they do.
    pub(crate) queue_staff: BTreeMap<QueueId, Staff>,
    /// How long a call of Asterisk's own queue is kept whose end is never told.
    fallback_lasts: Span,
}

/// What stands in the index of a call.
#[derive(Default)]
pub(crate) struct CallTraces {
    deadlines: Vec<(Timestamp, Due)>,
    waits: Option<Waits>,
}

/// A caller who waits.
#[derive(PartialEq, Eq)]
struct Waits {
    queue: QueueId,
    place: Place,
    /// The last tier whose agents may be rung, for one who wants an agent.
    wants: Option<u8>,
}

/// What stands in the index of an agent.
#[derive(Default)]
pub(crate) struct AgentTraces {
    leg: Option<OurLeg>,
    deadlines: Vec<(Timestamp, Due)>,
    staff: Option<Kind>,
    queues: Vec<QueueId>,
    seats: Vec<((QueueId, ServerId), Candidate)>,
}

/// How many agents do what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Staff {
    pub(crate) out: u32,
    pub(crate) ready: u32,
    /// Bound to a call.
    pub(crate) bound: u32,
    /// Logged in, and neither.
    pub(crate) off: u32,
    /// Those of them who take no calls of their own choice.
    pub(crate) not_ready: u32,
    /// Those of them who are out of reach for so long that they do not count as there.
    pub(crate) absent: u32,
}

impl Index {
    /// What follows from a state.
    pub(crate) fn of(state: &State) -> Self {
        let settings = state.settings();
        let mut index = Self { fallback_lasts: settings.timing.fallback_lasts, ..Self::default() };
        for queue in &settings.queues {
            index.numbers.entry(queue.number.clone()).or_insert(queue.id);
            index.strategies.insert(queue.id, queue.strategy);
        }
        for (place, agent) in (0..).zip(&settings.agents) {
            index.places.insert(agent.id, place);
            index.endpoints.entry(agent.endpoint.clone()).or_insert(agent.id);
        }
        state.calls().values().for_each(|call| index.add_call(call));
        state.agents().values().for_each(|agent| index.add_agent(agent));
        state.partings().iter().for_each(|(leg, parting)| index.add_parting(leg, parting));
        state.watches().iter().for_each(|(server, at)| index.move_watch(*server, None, Some(*at)));
        state.fallback().values().for_each(|call| index.add_fallback(call));
        state.over().values().for_each(|over| index.add_over(over));
        index
    }

    pub(crate) fn move_watch(&mut self, server: ServerId, before: Option<Timestamp>, at: Option<Timestamp>) {
        if let Some(before) = before {
            self.deadlines.remove(&(before, Due::Watch(server)));
        }
        self.deadlines.extend(at.map(|at| (at, Due::Watch(server))));
    }

    pub(crate) fn add_call(&mut self, call: &Call) {
        self.callers.insert(call.leg.clone(), call.id);
        self.move_call(call, CallTraces::default());
    }

    pub(crate) fn remove_call(&mut self, call: &Call) {
        self.callers.remove(&call.leg);
        let traces = self.call_traces(call);
        self.exchange_call(call, traces, CallTraces::default());
    }

    /// What stands here of a call and may change with it: all but its id and its caller's leg.
    pub(crate) fn call_traces(&self, call: &Call) -> CallTraces {
        let waits = call.place().map(|place| {
            let wants = call.wants(self.strategy(call.queue)).map(|(last_tier, _)| last_tier);
            Waits { queue: call.queue, place, wants }
        });
        CallTraces { deadlines: call_deadlines(call), waits }
    }

    /// A call is not any more what left these traces. Most changes touch few of them, and cost no more than those.
    pub(crate) fn move_call(&mut self, call: &Call, before: CallTraces) {
        let traces = self.call_traces(call);
        self.exchange_call(call, before, traces);
    }

    fn exchange_call(&mut self, call: &Call, before: CallTraces, now: CallTraces) {
        exchange(&mut self.deadlines, before.deadlines, now.deadlines);
        if before.waits == now.waits {
            return;
        }
        let server = call.server();
        if let Some(Waits { queue, place, wants }) = before.waits {
            change_or_drop(&mut self.waiting, &queue, |places| places.remove(&place));
            self.arrivals.remove(&(call.entered, call.id));
            if let Some(last_tier) = wants {
                change_or_drop(&mut self.pools, &(queue, server), |pool| pool.remove_caller(last_tier, place));
            }
        }
        if let Some(Waits { queue, place, wants }) = now.waits {
            self.waiting.entry(queue).or_default().insert(place);
            self.arrivals.insert((call.entered, call.id));
            if let Some(last_tier) = wants {
                self.pools.entry((queue, server)).or_default().add_caller(last_tier, place);
            }
        }
    }

    pub(crate) fn add_agent(&mut self, agent: &Agent) {
        self.move_agent(agent, AgentTraces::default());
    }

    pub(crate) fn remove_agent(&mut self, agent: &Agent) {
        let traces = self.agent_traces(agent);
        self.exchange_agent(agent.card.id, traces, AgentTraces::default());
    }

    /// What stands here of an agent and may change with them: all but their id.
    pub(crate) fn agent_traces(&self, agent: &Agent) -> AgentTraces {
        let queues = &agent.card.queues;
        let server = agent.card.endpoint.server;
        let seats = queues.iter().filter(|_| agent.available()).map(|queue| ((*queue, server), self.seat(agent, *queue)));
        AgentTraces {
            leg: agent.line.leg(),
            deadlines: agent_deadlines(agent).collect(),
            staff: Some(Kind::of(agent)),
            queues: queues.clone(),
            seats: seats.collect(),
        }
    }

    /// An agent is not any more what left these traces.
    pub(crate) fn move_agent(&mut self, agent: &Agent, before: AgentTraces) {
        let traces = self.agent_traces(agent);
        self.exchange_agent(agent.card.id, before, traces);
    }

    fn exchange_agent(&mut self, id: AgentId, before: AgentTraces, now: AgentTraces) {
        if before.leg != now.leg {
            before.leg.and_then(|leg| self.legs.remove(&leg));
            self.legs.extend(now.leg.map(|leg| (leg, id)));
        }
        exchange(&mut self.deadlines, before.deadlines, now.deadlines);
        if (before.staff, &before.queues) != (now.staff, &now.queues) {
            if let Some(kind) = before.staff {
                self.staff.add(kind, -1);
                before.queues.iter().for_each(|queue| change_or_drop(&mut self.queue_staff, queue, |staff| staff.add(kind, -1)));
            }
            if let Some(kind) = now.staff {
                self.staff.add(kind, 1);
                now.queues.iter().for_each(|queue| self.queue_staff.entry(*queue).or_default().add(kind, 1));
            }
        }
        if before.seats != now.seats {
            for (pool, seat) in before.seats {
                change_or_drop(&mut self.pools, &pool, |pool| pool.remove_agent(seat));
            }
            for (pool, seat) in now.seats {
                self.pools.entry(pool).or_default().add_agent(seat);
            }
        }
    }

    pub(crate) fn add_parting(&mut self, leg: &TheirLeg, parting: &Parting) {
        self.deadlines.insert((parting.again_at, Due::Parting(leg.clone())));
    }

    pub(crate) fn remove_parting(&mut self, leg: &TheirLeg, parting: &Parting) {
        self.deadlines.remove(&(parting.again_at, Due::Parting(leg.clone())));
    }

    pub(crate) fn add_fallback(&mut self, call: &FallbackCall) {
        self.deadlines.insert((call.began + self.fallback_lasts, Due::Fallback(call.leg.clone())));
    }

    pub(crate) fn remove_fallback(&mut self, call: &FallbackCall) {
        self.deadlines.remove(&(call.began + self.fallback_lasts, Due::Fallback(call.leg.clone())));
    }

    pub(crate) fn add_over(&mut self, over: &Over) {
        self.deadlines.insert((over.forget_at, Due::Forget(over.call.leg.clone())));
    }

    pub(crate) fn remove_over(&mut self, over: &Over) {
        self.deadlines.remove(&(over.forget_at, Due::Forget(over.call.leg.clone())));
    }

    /// How a queue chooses its agents.
    pub(crate) fn strategy(&self, queue: QueueId) -> Strategy {
        self.strategies.get(&queue).copied().unwrap_or_default()
    }

    /// How many callers wait in a queue, those being offered included.
    pub(crate) fn waiting_in(&self, queue: QueueId) -> usize {
        self.waiting.get(&queue).map_or(0, BTreeSet::len)
    }

    /// What the agents of a queue do.
    pub(crate) fn staff_of(&self, queue: QueueId) -> Staff {
        self.queue_staff.get(&queue).copied().unwrap_or_default()
    }

    /// Where an agent stands among those of a queue.
    fn seat(&self, agent: &Agent, queue: QueueId) -> Candidate {
        let id = agent.card.id;
        // Whoever left the settings is never available, so that a place is there whenever it is asked for.
        let place = self.places.get(&id).copied().unwrap_or(u32::MAX);
        Candidate { tier: agent.card.tier(queue), rank: pool::standing(self.strategy(queue), agent, place), agent: id }
    }
}

impl Staff {
    pub(crate) const fn logged_in(&self) -> u32 {
        self.ready + self.bound + self.off
    }

    /// Who is there, by the rules of an empty queue.
    pub(crate) const fn presence(&self) -> Presence {
        let there = self.logged_in() - self.absent;
        Presence { logged_in: there > 0, ready: there > self.not_ready }
    }

    fn add(&mut self, kind: Kind, count: i32) {
        let of_this_kind = match kind {
            Kind::Out => &mut self.out,
            Kind::Ready => &mut self.ready,
            Kind::Bound => &mut self.bound,
            Kind::NotReady | Kind::Absent | Kind::Off => &mut self.off,
        };
        *of_this_kind = of_this_kind.saturating_add_signed(count);
        if kind == Kind::NotReady {
            self.not_ready = self.not_ready.saturating_add_signed(count);
        }
        if kind == Kind::Absent {
            self.absent = self.absent.saturating_add_signed(count);
        }
    }
}

/// What an agent does, as far as it is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Out,
    Ready,
    Bound,
    NotReady,
    /// Out of reach for so long that they do not count as there.
    Absent,
    Off,
}

impl Kind {
    fn of(agent: &Agent) -> Self {
        match &agent.state {
            AgentState::Unreachable if agent.is_absent() => Self::Absent,
            AgentState::LoggedOut => Self::Out,
            AgentState::Ready => Self::Ready,
            AgentState::Reserved(_) | AgentState::Ringing(_) | AgentState::Talking(_) | AgentState::Held(_) => Self::Bound,
            AgentState::NotReady(_) => Self::NotReady,
            AgentState::WrapUp { .. } | AgentState::Unreachable => Self::Off,
        }
    }
}

fn call_deadlines(call: &Call) -> Vec<(Timestamp, Due)> {
    match &call.stage {
        Stage::Waiting(waiting) => {
            let rings = waiting.offers.iter().map(|offer| (offer.ring.until(), Due::Offer(offer.leg)));
            // Once it is known, whoever is being rung rings on.
            let known = waiting.closing && !waiting.offers.is_empty();
            let leave = waiting.leave.filter(|_| !known).map(|leave| (leave.at, Due::Leave(call.id)));
            rings.chain(leave).chain([(waiting.guard.again_at, Due::Guard(call.id))]).collect()
        }
        Stage::Talking(talk) => {
            let join = talk.join_again_at.map(|at| (at, Due::Join(call.id)));
            join.into_iter().chain(talk.lift_again_at.map(|at| (at, Due::Lift(call.id)))).collect()
        }
    }
}

fn agent_deadlines(agent: &Agent) -> impl Iterator<Item = (Timestamp, Due)> + use<> {
    let id = agent.card.id;
    let wrap_up = match agent.state {
        AgentState::WrapUp { until, .. } => Some((until, Due::WrapUp(id))),
        AgentState::LoggedOut
        | AgentState::NotReady(_)
        | AgentState::Ready
        | AgentState::Reserved(_)
        | AgentState::Ringing(_)
        | AgentState::Talking(_)
        | AgentState::Held(_)
        | AgentState::Unreachable => None,
    };
    let line = match agent.line {
        Line::Clearing { until, .. } => Some((until, Due::Line(id))),
        Line::Free | Line::Used(_) => None,
    };
    let phone = match agent.besides {
        Besides::Lingering { until } => Some((until, Due::Phone(id))),
        Besides::Nothing | Besides::Private { .. } => None,
    };
    let rest = agent.rests_until.map(|until| (until, Due::Rest(id)));
    let absence = agent.absence.map(|absence| (absence.due(), Due::Absence(id)));
    wrap_up.into_iter().chain(line).chain(phone).chain(rest).chain(absence)
}

/// Puts what is due now in place of what was.
fn exchange(deadlines: &mut BTreeSet<(Timestamp, Due)>, before: Vec<(Timestamp, Due)>, now: Vec<(Timestamp, Due)>) {
    if before != now {
        for deadline in before {
            deadlines.remove(&deadline);
        }
        deadlines.extend(now);
    }
}

/// Changes an entry, and drops it once it holds nothing: an index that was built anew would not have it.
fn change_or_drop<K: Ord, V: Default + PartialEq, R>(map: &mut BTreeMap<K, V>, key: &K, change: impl FnOnce(&mut V) -> R) {
    if let Some(value) = map.get_mut(key) {
        change(value);
        if *value == V::default() {
            map.remove(key);
        }
    }
}
