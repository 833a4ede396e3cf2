//! The core and the simulated switch, joined by lanes of orders and lines of events, all of which may be late.

use std::collections::{BTreeMap, VecDeque};

use acd::effect::{Effect, Lane, Op};
use acd::event::{Event, OrderFailure};
use acd::{State, check, next_deadline, step};
use model::wallboard::DaySums;
use model::{OurLeg, PromptId, Settings, TheirLeg, Timestamp};

use crate::action::{Action, History};
use crate::books::Books;
use crate::cells::Hits;
use crate::centre::{AGENTS, endpoint};
use crate::concerned;
use crate::ordered::Ordered;
use crate::rules::Rules;
use crate::settings::settings;
use crate::switch::Switch;

/// What an adapter may be late by, in milliseconds: beyond it, all orders have been carried out.
const PATIENCE: i64 = 2_000;

/// Core, switch, and what is on its way between them.
pub struct World {
    pub state: State,
    pub switch: Switch,
    pub books: Books,
    pub rules: Rules,
    pub lanes: BTreeMap<Lane, VecDeque<Op>>,
    pub events: VecDeque<Event>,
    /// What the device states say: a line of its own, before or behind the other.
    pub devices: VecDeque<Event>,
    /// Reports that are held up.
    pub delayed: Vec<Event>,
    pub at: i64,
    pub connected: bool,
    late_by: i64,
    /// The fate of an order is unknown: until the core's own deadline has passed, it may believe in what never was.
    pub unsure: bool,
    pub account_wanted: bool,
    pub callers: u32,
    rounds: u32,
    pub seed: u64,
    pub settings: Settings,
    /// The phone of each leg that was dialled, and of each leg that a feature code was dialled on; and the prompts on those.
    pub dialled: BTreeMap<OurLeg, model::Endpoint>,
    pub features: BTreeMap<TheirLeg, model::Endpoint>,
    pub prompts: BTreeMap<PromptId, TheirLeg>,
    /// All that the core was told since it began, and what it answered.
    pub told: Vec<(i64, Event, Vec<Effect>)>,
    /// How many events the core was told in all, whether or not it remembers.
    pub events_told: u64,
    pub hits: Hits,
}

impl World {
    /// Settings read, connection there, all phones but one registered.
    pub fn opened(history: &History) -> Self {
        let at = 1_790_000_000_000;
        let mut world = Self {
            state: State::new(history.seed),
            switch: Switch { at, ..Switch::default() },
            books: Books::default(),
            rules: Rules::default(),
            lanes: BTreeMap::new(),
            events: VecDeque::new(),
            devices: VecDeque::new(),
            delayed: Vec::new(),
            at,
            connected: false,
            late_by: 0,
            unsure: false,
            account_wanted: false,
            callers: 0,
            rounds: 0,
            seed: history.seed,
            settings: settings(history.settings),
            dialled: BTreeMap::new(),
            features: BTreeMap::new(),
            prompts: BTreeMap::new(),
            told: Vec::new(),
            events_told: 0,
            hits: Hits::default(),
        };
        (0..AGENTS - 1).for_each(|k| world.switch.phone_mut(&endpoint(k)).reachable = true);
        world.tell(Event::SettingsChanged(world.settings.clone()));
        world.connects();
        world.settles();
        world
    }

    pub fn does(&mut self, action: &Action) {
        match *action {
            Action::CallerArrives(k, priority) => self.caller_arrives(k, priority),
            Action::CallerHangsUp(k) => self.caller_hangs_up(k),
            Action::CallerHolds(k) => self.caller_holds(k, true),
            Action::CallerResumes(k) => self.caller_holds(k, false),
            Action::PhoneRings(k) => self.phone_rings(k),
            Action::PhoneAnswers(k) => self.phone_answers(k),
            Action::AllAnswer(k) => self.all_answer(k),
            Action::PhoneEnds(k, cause) => self.phone_ends(k, cause),
            Action::PhoneHolds(k) => self.phone_holds(k, true),
            Action::PhoneResumes(k) => self.phone_holds(k, false),
            Action::PhoneComesOrGoes(k) => self.phone_comes_or_goes(k),
            Action::PhoneVanishes(k) => self.phone_vanishes(k),
            Action::PrivateCall(k) => self.private_call(k),
            Action::AgentAsks(k, ask) => self.agent_asks(k, ask),
            Action::CallAsked(k, ask) => self.call_asked(k, ask),
            Action::FeatureDialled(k, ask) => self.feature_dialled(k, ask),
            Action::FallbackAnswers(k, phone) => self.fallback_answers(k, phone),
            Action::FallbackEnds(k) => self.fallback_ends(k),
            Action::TimePasses(ms) => self.time_passes(i64::from(ms)),
            Action::MachineSleeps(ms) => self.machine_sleeps(i64::from(ms)),
            Action::ClockIsSet(ms) => self.tell(Event::ClockJumped { by: i64::from(ms) }),
            Action::DayBegins => {
                let began = Timestamp::from_ms(self.at);
                self.tell(Event::DayBegan { began, sums: DaySums::default() });
            }
            Action::OrderRuns(k) => self.order_runs(k),
            Action::OrderFails(k, why) => self.order_fails(k, why),
            Action::EventArrives => self.event_arrives(),
            Action::EventArrivesTwice => self.event_arrives_twice(),
            Action::EventsSwap(k) => self.events_swap(k),
            Action::EventIsDelayed => self.event_is_delayed(),
            Action::DelayedEventArrives(k) => self.delayed_event_arrives(k),
            Action::EventRepeats(k) => self.event_repeats(k),
            Action::LateReport(k, what) => self.late_report(k, what),
            Action::ArrivalRepeats(k) => self.arrival_repeats(k),
            Action::DeviceStateArrives => self.device_state_arrives(),
            Action::Settles => self.settles(),
            Action::SettlesButForTheDelayed => self.settles_but_for_the_delayed(),
            Action::ConnectionBreaks(k) => self.connection_breaks(k),
            Action::ConnectionReturns if !self.connected => self.connects(),
            Action::ConnectionReturns => {}
            Action::Resyncs => self.resyncs(),
            Action::SettingsChange(k) => self.settings_change(k),
            Action::SwitchRestarts(k) => self.switch_restarts(k),
            Action::ProgramDies(k) => self.program_dies(k),
            Action::ProgramRestarts(k, lost) => self.program_restarts(k, lost),
        }
    }

    /// Tells the core something, and takes what comes of it. Every step is looked at from all sides.
    pub fn tell(&mut self, event: Event) {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            let mut concerned = concerned::by_the_event(self, &event);
            let ordered = Ordered::by(self, &event);
            let effects = step(&mut self.state, Timestamp::from_ms(self.at), event.clone());
            concerned.extend(concerned::by_the_effects(self, &event, &effects));
            self.hits.count(&event, &concerned);
            self.events_told += 1;
            self.told.push((self.at, event.clone(), effects.clone()));
            self.note(&event, &effects);
            if let Some(ordered) = ordered {
                ordered.is_carried_out(self, &effects);
            }
            assert_eq!(check(&self.state), Vec::<String>::new(), "after {event:?}");
            for effect in &effects {
                let Effect::Switch(order) = effect else { continue };
                if self.connected {
                    self.lanes.entry(order.lane.clone()).or_default().push_back(order.op.clone());
                } else {
                    events.push_back(Event::OrderFailed { order: order.op.clone(), why: OrderFailure::Unknown });
                }
            }
            self.rules.look(&self.state, &self.books, (self.at, self.connected && events.is_empty()));
            assert_eq!(self.switch.outrages, Vec::<String>::new());
        }
    }

    /// Writes a step into the books, and into what judges the next ones.
    fn note(&mut self, event: &Event, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Switch(order) => {
                    if let Op::Dial { leg, endpoint, .. } = &order.op {
                        self.dialled.insert(*leg, endpoint.clone());
                    }
                    if let Op::Play { leg: model::LegId::Theirs(leg), prompt, .. } = &order.op {
                        self.prompts.insert(*prompt, leg.clone());
                    }
                }
                Effect::Record(_) => {}
            }
        }
        self.rules.note(self.at, event, effects);
        self.books.write(self.at, effects, &self.rules);
        self.books.live(&mut self.state, self.at);
    }

    /// What the switch reports arrives later, if there is a connection to report it by.
    pub fn report(&mut self, events: Vec<Event>) {
        if self.connected {
            self.events.extend(events);
            self.devices.extend(self.switch.device_changes());
        }
    }

    /// All orders are carried out and all events arrive, until nothing is on its way. Without a connection, only what the
    /// adapter itself reports arrives.
    pub fn settles(&mut self) {
        self.events.extend(std::mem::take(&mut self.delayed));
        self.settles_but_for_the_delayed();
    }

    pub fn settles_but_for_the_delayed(&mut self) {
        for _ in 0..10_000 {
            if self.lanes.is_empty() && self.events.is_empty() && self.devices.is_empty() {
                self.late_by = 0;
                return;
            }
            self.orders_run();
            self.event_arrives();
            self.device_state_arrives();
        }
        panic!("orders and events follow each other without end");
    }

    pub fn time_passes(&mut self, ms: i64) {
        self.late_by += ms;
        if self.late_by > PATIENCE {
            self.settles_but_for_the_delayed();
        }
        let end = self.at + ms;
        while self.at < end {
            let something_happened = self.waits(end - self.at);
            if something_happened && ms > PATIENCE {
                self.settles_but_for_the_delayed();
            }
        }
    }

    /// Time goes on to the next deadline or lapse, if there is one within this many milliseconds.
    pub fn waits(&mut self, ms: i64) -> bool {
        let until = self.at + ms;
        let deadline = next_deadline(&self.state).map(Timestamp::as_ms);
        let next = deadline.into_iter().chain(self.switch.next_lapse()).min().filter(|next| *next <= until);
        self.at = next.unwrap_or(until).max(self.at);
        let events = self.switch.advance(self.at);
        if !events.is_empty() {
            self.report(events);
            self.fallback_is_reported();
        }
        if deadline.is_some_and(|deadline| deadline <= self.at) {
            self.tell(Event::DeadlinePassed);
        }
        next.is_some()
    }

    /// The same events at the same times have the same effects, and the state that was written is the state that is read.
    pub fn repeats_itself(&self) {
        let mut state = State::new(self.seed);
        for (n, (at, event, effects)) in self.told.iter().enumerate() {
            assert_eq!(&step(&mut state, Timestamp::from_ms(*at), event.clone()), effects);
            if n % 32 == 0 {
                let text = serde_json::to_string(&state).expect("a state can be written");
                let read: State = serde_json::from_str(&text).expect("a state can be read");
                assert_eq!(read, state);
                state = read;
            }
        }
    }

    /// The next order of a lane is carried out.
    pub fn order_runs(&mut self, k: u8) {
        if let Some(op) = self.next_order(k) {
            self.run(&op);
        }
        self.takes_account();
    }

    pub fn run(&mut self, op: &Op) {
        self.account_wanted |= matches!(op, Op::TakeAccount { .. });
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
        self.takes_account();
    }

    pub fn takes_account(&mut self) {
        if std::mem::take(&mut self.account_wanted) {
            self.resyncs();
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

    pub fn event_arrives(&mut self) {
        if let Some(event) = self.events.pop_front() {
            self.tell(event);
        }
    }

    pub fn device_state_arrives(&mut self) {
        if let Some(event) = self.devices.pop_front() {
            self.tell(event);
        }
    }
}

pub fn pick<T: Clone>(things: &[T], k: u8) -> Option<T> {
    things.get(usize::from(k) % things.len().max(1)).cloned()
}
