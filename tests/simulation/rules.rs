//! What must hold after every step, seen from outside: orders name what was there, callers who wait are guarded, nobody waits
//! longer than their queue allows, and phones that are taken are left in peace.

use std::collections::{BTreeMap, BTreeSet};

use acd::State;
use acd::effect::{Effect, Op};
use acd::event::Event;
use model::{AgentState, BridgeId, CallId, CallPhase, Endpoint, LegId, QueueId, Settings, Span, TheirLeg, Timestamp};

use crate::books::Books;
use crate::switch::leg_of;

/// How long after the way to Asterisk is found again those leave who should have left meanwhile.
const LEAVES_WITHIN: i64 = 1_000;

/// How old the last order to guard a caller may be: what it grants is longer by what an order may be late.
const GUARDED_WITHIN: i64 = 58_000;

/// What the core was told, as far as the rules need it.
#[derive(Debug, Default)]
pub struct Rules {
    pub settings: Settings,
    /// The priority of every caller's leg that the core was told of.
    callers: BTreeMap<LegId, u8>,
    /// When the calls of these legs came, and how late the core was told.
    came: BTreeMap<LegId, Came>,
    /// The calls of whose callers the last account told what is written on them.
    marked: BTreeSet<CallId>,
    legs: BTreeSet<LegId>,
    bridges: BTreeSet<BridgeId>,
    phones: BTreeMap<Endpoint, (bool, bool)>,
    /// When a leg's guard was ordered last, and for how long.
    guards: BTreeMap<TheirLeg, (i64, Option<Span>)>,
    talking: BTreeSet<LegId>,
    /// When the way to Asterisk was found last.
    found_at: i64,
    /// When the settings changed last.
    changed_at: i64,
}

/// When a call came, by Asterisk's clock, which is ours here.
#[derive(Clone, Copy, Debug)]
pub struct Came {
    at: i64,
    /// How late the core was told of it.
    late: i64,
}

impl Came {
    fn told(at: i64, came: Option<Timestamp>, told: Option<Timestamp>) -> Option<Self> {
        Some(Self { at: came?.as_ms(), late: at - told?.as_ms() })
    }

    /// Whether the call may have entered at this time, of which the core hears now: not before it came, and later by no more than
    /// it was told late; whoever says to be older than a minute may enter now.
    pub fn allows(&self, entered: i64, now: i64) -> bool {
        let latest = if now - self.at > 60_000 { now } else { self.at + self.late };
        (self.at..=latest).contains(&entered)
    }
}

impl Rules {
    pub fn priority(&self, leg: &LegId) -> u8 {
        self.callers.get(leg).copied().unwrap_or_default()
    }

    /// When a call came that enters now, unless it may have been known to an earlier run.
    pub fn came(&self, call: CallId, leg: &LegId) -> Option<Came> {
        Some(*self.came.get(leg)?).filter(|_| !self.marked.contains(&call))
    }

    /// Whether whoever came into this queue then should have left it by now, and nobody else may be rung for them.
    pub fn should_have_left(&self, queue: QueueId, joined: i64, at: i64) -> bool {
        let queue = self.settings.queues.iter().find(|card| card.id == queue);
        let limit = queue.and_then(|queue| queue.overflow.max_wait).map(|limit| limit.after.as_ms());
        let settled = at > self.found_at.max(self.changed_at) + LEAVES_WITHIN;
        settled && limit.is_some_and(|limit| at - joined > limit + LEAVES_WITHIN)
    }

    /// Whether a caller was in a conversation before this step.
    pub fn talks(&self, leg: &LegId) -> bool {
        self.talking.contains(leg)
    }

    /// Notes a step, and looks at its orders.
    pub fn note(&mut self, at: i64, event: &Event, effects: &[Effect]) {
        self.was_told(at, event);
        for effect in effects {
            match effect {
                Effect::Switch(order) => self.was_ordered(at, &order.op),
                Effect::Record(_) => {}
            }
        }
        self.phones_are_free(event, effects);
    }

    fn was_told(&mut self, at: i64, event: &Event) {
        match event {
            Event::SettingsChanged(settings) => (self.settings, self.changed_at) = (settings.clone(), at),
            Event::SwitchReturned { account, .. } => {
                self.found_at = at;
                self.marked = account.legs.iter().filter_map(|leg| Some(leg.mark?.call)).collect();
                for leg in &account.legs {
                    self.legs.insert(leg.leg.clone());
                    self.callers.insert(leg.leg.clone(), leg.priority);
                    self.came.extend(Came::told(at, leg.came, account.clock).map(|came| (leg.leg.clone(), came)));
                }
                self.bridges.extend(account.bridges.iter().map(|bridge| bridge.bridge));
                for (endpoint, said) in &mut self.phones {
                    *said = (account.reachable.contains(endpoint), account.in_use.contains(endpoint));
                }
            }
            Event::CallerArrived { leg, priority, came, told, .. } => {
                self.came.extend(Came::told(at, *came, *told).map(|came| (LegId::Theirs(leg.clone()), came)));
                self.legs.insert(LegId::Theirs(leg.clone()));
                self.callers.insert(LegId::Theirs(leg.clone()), *priority);
            }
            Event::FeatureDialled { leg, .. } => drop(self.legs.insert(LegId::Theirs(leg.clone()))),
            Event::LegRang { leg } | Event::LegAnswered { leg } => drop(self.legs.insert(LegId::Ours(*leg))),
            Event::LegEnded { leg, .. } | Event::LegHeld { leg } | Event::LegResumed { leg } => {
                self.legs.insert(leg.clone());
            }
            Event::EndpointChanged { endpoint, reachable, in_use } => {
                self.phones.insert(endpoint.clone(), (*reachable, *in_use));
            }
            Event::OrderFailed { order, .. } => self.legs.extend(leg_of(order)),
            Event::SwitchLost { .. }
            | Event::HeardOut { .. }
            | Event::PromptEnded { .. }
            | Event::AgentAsked { .. }
            | Event::CallAsked { .. }
            | Event::FallbackReported { .. }
            | Event::ClockJumped { .. }
            | Event::DayBegan { .. }
            | Event::DeadlinePassed => {}
        }
    }

    /// Every order names what is there or was there.
    fn was_ordered(&mut self, at: i64, op: &Op) {
        match op {
            Op::Dial { leg, caller, .. } => {
                assert!(self.legs.contains(&LegId::Theirs(caller.clone())), "a phone rings for {}, who never came", caller.id);
                assert!(self.legs.insert(LegId::Ours(*leg)), "leg {leg} is dialled and was there before");
            }
            Op::CreateBridge { bridge } => assert!(self.bridges.insert(*bridge), "bridge {bridge} is made twice"),
            Op::Join { bridge, legs } => {
                assert!(self.bridges.contains(bridge), "bridge {bridge} was never made");
                legs.iter().for_each(|leg| assert!(self.legs.contains(leg), "leg {leg} is joined and never was"));
            }
            Op::DestroyBridge { bridge } => assert!(self.bridges.contains(bridge), "bridge {bridge} was never made"),
            Op::Guard { leg, within } => drop(self.guards.insert(leg.clone(), (at, *within))),
            Op::Answer { .. }
            | Op::StartMusic { .. }
            | Op::StopMusic { .. }
            | Op::Hangup { .. }
            | Op::Play { .. }
            | Op::Stamp { .. }
            | Op::Mark { .. }
            | Op::Continue { .. }
            | Op::HearOut { .. }
            | Op::TakeAccount { .. }
            | Op::ForgetFallback { .. }
            | Op::Watch { .. } => {}
        }
        let unknown = leg_of(op).filter(|leg| !self.legs.contains(leg));
        assert_eq!(unknown, None, "{op:?} names a leg that never was");
    }

    /// A phone that is said to be away or in use is not rung.
    fn phones_are_free(&self, _event: &Event, effects: &[Effect]) {
        for effect in effects {
            let Effect::Switch(order) = effect else { continue };
            let Op::Dial { endpoint, .. } = &order.op else { continue };
            let said = self.phones.get(endpoint);
            assert_ne!(said.map(|(reachable, _)| *reachable), Some(false), "phone {endpoint} is away and is rung");
        }
    }

    /// Looks at the whole after a step; `at`, and whether all its consequences are known.
    pub fn look(&mut self, state: &State, books: &Books, (at, known): (i64, bool)) {
        self.see(books);
        let due = acd::next_deadline(state).is_some_and(|deadline| deadline <= Timestamp::from_ms(at));
        if known && !due && books.shown_up {
            self.nobody_waits_too_long(books, at);
            self.whoever_waits_is_guarded(books, at);
        }
        roster_agrees(state, books, &self.settings);
    }

    /// Whoever waits is guarded, whoever talks is not.
    fn whoever_waits_is_guarded(&self, books: &Books, at: i64) {
        for (call, row) in &books.shown_calls {
            let Some(LegId::Theirs(leg)) = books.open.get(call).map(|story| &story.leg) else { continue };
            let guard = self.guards.get(leg);
            match row.phase {
                CallPhase::Waiting | CallPhase::Offered => {
                    let (ordered, within) = guard.expect("whoever waits is guarded");
                    assert!(within.is_some(), "the guard over caller {}, who waits, is lifted", leg.id);
                    assert!(at - ordered <= GUARDED_WITHIN, "caller {} is guarded since {} ms", leg.id, at - ordered);
                }
                CallPhase::Talking | CallPhase::Held => {
                    assert!(guard.is_some_and(|(_, within)| within.is_none()), "caller {}, who talks, is guarded", leg.id);
                }
            }
        }
    }

    /// Notes who talks once a step is over.
    pub fn see(&mut self, books: &Books) {
        let talking = books.shown_calls.values().filter(|row| matches!(row.phase, CallPhase::Talking | CallPhase::Held));
        self.talking = talking.filter_map(|row| Some(books.open.get(&row.id)?.leg.clone())).collect();
    }

    fn nobody_waits_too_long(&self, books: &Books, at: i64) {
        for (call, story) in &books.open {
            let Some(queue) = self.settings.queues.iter().find(|queue| queue.id == story.queue) else { continue };
            let Some(limit) = queue.overflow.max_wait else { continue };
            let rings = books.shown_calls.get(call).is_some_and(|row| row.phase != CallPhase::Waiting);
            let waited = at - story.joined;
            if at <= self.found_at + LEAVES_WITHIN {
                continue;
            }
            assert!(
                rings || waited <= limit.after.as_ms() + LEAVES_WITHIN,
                "call {call} has waited for {waited} ms in queue {}",
                queue.number
            );
        }
    }
}

/// What Asterisk's own queue is told of the agents is what they do.
fn roster_agrees(state: &State, books: &Books, settings: &Settings) {
    let roster = acd::roster(state);
    for agent in &settings.agents {
        let member = roster.members.iter().find(|member| member.endpoint == agent.endpoint);
        let doing = books.shown_agents.get(&agent.id).map(|row| &row.state);
        let expected = match doing {
            None | Some(AgentState::LoggedOut) => None,
            Some(AgentState::NotReady(_)) => Some(true),
            Some(_) => Some(false),
        };
        assert_eq!(member.map(|member| member.paused), expected, "agent {} in the roster, who is {doing:?}", agent.id);
        let queues = member.map(|member| member.queues.iter().map(|(number, tier)| (number.as_str(), *tier)).collect());
        let number = |id| settings.queues.iter().find(|queue| queue.id == id).map(|queue| queue.number.as_str());
        let mut served: Vec<_> = agent.queues.iter().filter_map(|id| Some((number(*id)?, agent.tier(*id)))).collect();
        served.sort_unstable();
        assert!(queues.is_none_or(|queues: Vec<_>| queues == served), "agent {} in the roster serves other queues", agent.id);
    }
    assert!(roster.members.len() <= settings.agents.len(), "somebody is in the roster who is not in the settings");
}
