//! The core and the simulated switch, joined by lanes of orders and a line of events, both of which may be late.

use std::collections::{BTreeMap, VecDeque};

use acd::effect::{Effect, Lane, Op};
use acd::event::{Ask, Cause, Event, OrderFailure};
use acd::{State, check, next_deadline, step};
use model::{Actor, Agent, LegId, NotReadyReason, Settings, TheirLeg, Timestamp};

use super::action::Action;
use super::books::Books;
use super::centre::{AGENTS, agent, endpoint, settings};
use super::switch::{SERVER, Switch};

/// What an adapter may be late by, in milliseconds: beyond it, all orders have been carried out.
const PATIENCE: i64 = 2_000;

/// Core, switch, and what is on its way between them.
pub struct World {
    pub state: State,
    pub switch: Switch,
    pub books: Books,
    pub lanes: BTreeMap<Lane, VecDeque<Op>>,
    pub events: VecDeque<Event>,
    pub at: i64,
    pub connected: bool,
    late_by: i64,
    /// The fate of an order is unknown: until the core's own deadline has passed, it may believe in what never was.
    pub unsure: bool,
    callers: u32,
    rounds: u32,
    pub seed: u64,
    pub settings: Settings,
    /// All that the core was told since it began, and what it answered.
    pub told: Vec<(i64, Event, Vec<Effect>)>,
}

impl World {
    /// Settings read, connection there, all phones but one registered.
    pub fn opened(seed: u64) -> Self {
        let mut world = Self {
            state: State::new(seed),
            switch: Switch::default(),
            books: Books::default(),
            lanes: BTreeMap::new(),
            events: VecDeque::new(),
            at: 1_790_000_000_000,
            connected: false,
            late_by: 0,
            unsure: false,
            callers: 0,
            rounds: 0,
            seed,
            settings: settings(0),
            told: Vec::new(),
        };
        world.switch.reachable = (0..AGENTS - 1).map(endpoint).collect();
        world.tell(Event::SettingsChanged(world.settings.clone()));
        world.connects();
        world.settles();
        world
    }

    pub fn does(&mut self, action: &Action) {
        match *action {
            Action::CallerArrives(k) => self.caller_arrives(k),
            Action::CallerHangsUp(k) => {
                if let Some(leg) = pick(&self.switch.callers(), k) {
                    self.ends(&LegId::Theirs(leg), Cause { q850: 16, sip: None });
                }
            }
            Action::CallerHolds(k) => {
                if let Some(leg) = pick(&self.switch.callers(), k) {
                    self.report(vec![Event::LegHeld { leg: LegId::Theirs(leg) }]);
                }
            }
            Action::PhoneRings(k) => self.phone_rings(k),
            Action::PhoneAnswers(k) => self.phone_answers(k),
            Action::PhoneEnds(k, cause) => self.phone_ends(k, cause),
            Action::PhoneHolds(k) => self.phone_holds(k, true),
            Action::PhoneResumes(k) => self.phone_holds(k, false),
            Action::PhoneComesOrGoes(k) => self.phone_comes_or_goes(k),
            Action::AgentAsks(k, ask) => {
                let agent = agent(u128::from(k) % AGENTS);
                self.tell(Event::AgentAsked { agent, ask: asks(ask), by: Actor::Agent(agent) });
            }
            Action::FeatureDialled(k, ask) => self.feature_dialled(k, ask),
            Action::TimePasses(ms) => self.time_passes(i64::from(ms)),
            Action::OrderRuns(k) => self.order_runs(k),
            Action::OrderFails(k, why) => self.order_fails(k, why),
            Action::EventArrives => self.event_arrives(),
            Action::EventArrivesTwice => {
                if let Some(event) = self.events.pop_front() {
                    self.tell(event.clone());
                    self.tell(event);
                }
            }
            Action::EventsSwap(k) => self.events_swap(k),
            Action::Settles => self.settles(),
            Action::ConnectionBreaks(k) => self.connection_breaks(k),
            Action::ConnectionReturns if !self.connected => self.connects(),
            Action::ConnectionReturns => {}
            Action::Resyncs if self.connected => self.resyncs(),
            Action::Resyncs => {}
            Action::SettingsChange(k) => {
                self.settings = settings(k % 4);
                self.tell(Event::SettingsChanged(self.settings.clone()));
            }
            Action::ProgramDies(k) => self.program_dies(k),
        }
    }

    /// All orders are carried out and all events arrive, until nothing is on its way. Without a connection, only what the
    /// adapter itself reports arrives.
    pub fn settles(&mut self) {
        for _ in 0..10_000 {
            if self.lanes.is_empty() && self.events.is_empty() {
                self.late_by = 0;
                return;
            }
            self.orders_run();
            self.event_arrives();
        }
        panic!("orders and events follow each other without end");
    }

    /// Time goes on to the next deadline, if there is one within this many milliseconds.
    pub fn waits(&mut self, ms: i64) -> bool {
        let until = Timestamp::from_ms(self.at + ms);
        let Some(deadline) = next_deadline(&self.state).filter(|deadline| *deadline <= until) else {
            self.at += ms;
            return false;
        };
        self.at = self.at.max(deadline.as_ms());
        self.tell(Event::DeadlinePassed);
        true
    }

    /// The same events at the same times have the same effects, and the state that was written is the state that is read.
    pub fn repeats_itself(&self) {
        let mut state = State::new(self.seed);
        for (n, (at, event, effects)) in self.told.iter().enumerate() {
            assert_eq!(&step(&mut state, Timestamp::from_ms(*at), event.clone()), effects);
            if n % 16 == 0 {
                let text = serde_json::to_string(&state).expect("a state can be written");
                let read: State = serde_json::from_str(&text).expect("a state can be read");
                assert_eq!(read, state);
                state = read;
            }
        }
    }

    pub fn agents(&self) -> &[Agent] {
        &self.settings.agents
    }

    /// Tells the core something, and takes what comes of it. Every step is looked at from all sides.
    pub fn tell(&mut self, event: Event) {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            let effects = step(&mut self.state, Timestamp::from_ms(self.at), event.clone());
            self.books.write(self.at, &effects, &self.settings);
            assert_eq!(check(&self.state), Vec::<String>::new(), "after {event:?}");
            for effect in &effects {
                let Effect::Switch(order) = effect else { continue };
                if self.connected {
                    self.lanes.entry(order.lane.clone()).or_default().push_back(order.op.clone());
                } else {
                    events.push_back(Event::OrderFailed { order: order.op.clone(), why: OrderFailure::Unknown });
                }
            }
            self.books.live(&mut self.state, self.at);
            self.told.push((self.at, event, effects));
            assert_eq!(self.switch.outrages, Vec::<String>::new());
        }
    }

    /// What the switch reports arrives later, if there is a connection to report it by.
    pub fn report(&mut self, events: Vec<Event>) {
        if self.connected {
            self.events.extend(events);
        }
    }

    fn ends(&mut self, leg: &LegId, cause: Cause) {
        let events = self.switch.end(leg, cause);
        self.report(events);
    }

    fn caller_arrives(&mut self, k: u8) {
        // Without the program Asterisk does not hand callers to it.
        if !self.connected {
            return;
        }
        self.callers += 1;
        let leg = TheirLeg { server: SERVER, id: format!("caller-{:03}", self.callers) };
        let dialled = ["700", "701", "702", "700", "701", "799"][usize::from(k) % 6];
        self.switch.caller_arrives(&leg, dialled);
        self.report(vec![Event::CallerArrived { leg, number: None, dialled: dialled.to_owned(), priority: 0 }]);
    }

    fn phone_rings(&mut self, k: u8) {
        let Some(leg) = pick(&self.switch.phones(|leg| !leg.rings && !leg.up), k) else { return };
        self.switch.legs.entry(LegId::Ours(leg)).and_modify(|leg| leg.rings = true);
        self.report(vec![Event::LegRang { leg }]);
    }

    fn phone_answers(&mut self, k: u8) {
        let Some(leg) = pick(&self.switch.phones(|leg| !leg.up), k) else { return };
        self.switch.legs.entry(LegId::Ours(leg)).and_modify(|leg| leg.up = true);
        self.report(vec![Event::LegAnswered { leg }]);
    }

    fn phone_ends(&mut self, k: u8, cause: u8) {
        let Some(leg) = pick(&self.switch.phones(|_| true), k) else { return };
        let sip = [None, Some(486), Some(603), Some(480), Some(404), Some(503)][usize::from(cause) % 6];
        self.ends(&LegId::Ours(leg), Cause { q850: 16, sip });
    }

    fn phone_holds(&mut self, k: u8, holds: bool) {
        let Some(leg) = pick(&self.switch.phones(|leg| leg.up), k).map(LegId::Ours) else { return };
        self.report(vec![if holds { Event::LegHeld { leg } } else { Event::LegResumed { leg } }]);
    }

    fn phone_comes_or_goes(&mut self, k: u8) {
        let endpoint = endpoint(u128::from(k) % AGENTS);
        let reachable = !self.switch.reachable.remove(&endpoint);
        if reachable {
            self.switch.reachable.insert(endpoint.clone());
        }
        if self.switch.watched.contains(&endpoint) {
            self.report(vec![Event::EndpointChanged { endpoint, reachable, in_use: false }]);
        }
    }

    fn feature_dialled(&mut self, k: u8, ask: u8) {
        if !self.connected {
            return;
        }
        self.callers += 1;
        let leg = TheirLeg { server: SERVER, id: format!("feature-{:03}", self.callers) };
        self.switch.caller_arrives(&leg, "*10");
        // One number beyond the agents: a phone that nobody has.
        let endpoint = endpoint(u128::from(k) % (AGENTS + 1));
        let feature = (!ask.is_multiple_of(5)).then(|| asks(ask));
        self.report(vec![Event::FeatureDialled { leg, endpoint, feature }]);
    }

    fn time_passes(&mut self, ms: i64) {
        self.late_by += ms;
        if self.late_by > PATIENCE {
            self.settles();
        }
        let end = self.at + ms;
        while self.at < end {
            let deadline_passed = self.waits(end - self.at);
            if deadline_passed && ms > PATIENCE {
                self.settles();
            }
        }
    }

    pub fn order_runs(&mut self, k: u8) {
        let Some(op) = self.next_order(k) else { return };
        self.run(&op);
    }

    pub fn run(&mut self, op: &Op) {
        let events = match self.switch.obey(op) {
            Ok(events) => events,
            Err(why) => vec![Event::OrderFailed { order: op.clone(), why }],
        };
        self.report(events);
    }

    /// All orders are carried out, lane by lane; which lane is first changes, since lanes do not wait for each other.
    pub fn orders_run(&mut self) {
        self.rounds += 1;
        let mut lanes: Vec<_> = std::mem::take(&mut self.lanes).into_values().collect();
        if self.rounds.is_multiple_of(2) {
            lanes.reverse();
        }
        for op in lanes.into_iter().flatten() {
            self.run(&op);
        }
    }

    pub fn next_order(&mut self, k: u8) -> Option<Op> {
        let lane = pick(&self.lanes.keys().cloned().collect::<Vec<_>>(), k)?;
        let ops = self.lanes.get_mut(&lane)?;
        let op = ops.pop_front();
        if ops.is_empty() {
            self.lanes.remove(&lane);
        }
        op
    }

    fn event_arrives(&mut self) {
        if let Some(event) = self.events.pop_front() {
            self.tell(event);
        }
    }
}

fn pick<T: Clone>(things: &[T], k: u8) -> Option<T> {
    things.get(usize::from(k) % things.len().max(1)).cloned()
}

fn asks(ask: u8) -> Ask {
    match ask % 8 {
        0..=5 => Ask::Ready,
        6 => Ask::NotReady(NotReadyReason::Break),
        _ => Ask::LogOut,
    }
}
