//! The loop itself, one turn at a time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use acd::effect::{Effect, Lane, Op, Order};
use acd::event::Event;
use acd::{Roster, State};
use model::fact::BookEntry;
use model::wallboard::DaySums;
use model::{Fact, Settings, Timestamp};
use tokio::sync::{broadcast, mpsc};

use crate::books::Books;
use crate::centre::SwitchEnds;
use crate::clock::{Clock, Reading};
use crate::day::Days;
use crate::handle::{Live, Question, Request, Update};
use crate::health::Health;
use crate::journal::{Journal, Keeping, Snapshot, Step};
use crate::poison::Poison;
use crate::publisher::Publisher;
use crate::recovery::Stepper;
use crate::standstill::Standstill;
use crate::tell::tell;

/// How many waiting events one turn takes at the most, so that orders and pages do not wait for a burst to end.
const EVENTS_PER_TURN: usize = 256;

/// How many requests of people one turn takes at the most.
const REQUESTS_PER_TURN: usize = 16;

/// How often the loop looks at the clocks.
const PULSE: Duration = Duration::from_secs(1);

/// How often the loop shows that it lives: every so many pulses.
const PULSES_PER_BEAT: u64 = 2;

/// A step of the wall clock, and a sleep or a standstill of the program, that the books are told of.
const TOLD: (i64, i64) = (1_000, 5_000);

/// How long the last snapshot and what the journal lacks may take.
pub(crate) const LAST_WORDS: Duration = Duration::from_secs(5);

/// How soon an order that found no room is followed by a new account.
const ROOM: Duration = Duration::from_millis(100);

/// How many updates a watcher of Live may fall behind before it has to start afresh.
pub(crate) const UPDATES: usize = 1024;

/// The loop and all that it owns.
pub(crate) struct Turner {
    pub(crate) state: State,
    /// The settings that the core took over last.
    pub(crate) settings: Settings,
    pub(crate) stepper: Stepper,
    pub(crate) clock: Clock,
    pub(crate) looked: Reading,
    pub(crate) health: Health,
    pub(crate) switch: SwitchEnds,
    pub(crate) requests: mpsc::Receiver<Request>,
    pub(crate) stopped: mpsc::Receiver<()>,
    pub(crate) keeping: Keeping,
    pub(crate) journal: Journal,
    pub(crate) poison: Poison,
    pub(crate) books: Books,
    /// The last fact.
    pub(crate) position: u64,
    pub(crate) days: Days,
    pub(crate) publisher: Publisher,
    pub(crate) updates: broadcast::Sender<Arc<Update>>,
    /// The roster that was published last.
    pub(crate) roster: Option<u64>,
    pub(crate) pulse: Pulse,
    pub(crate) resync: Resync,
    pub(crate) standstill: Standstill,
    /// When steps broke, of late.
    pub(crate) strikes: Vec<Instant>,
}

/// What is due at fixed times of the machine, whatever our clock says.
#[derive(Debug)]
pub(crate) struct Pulse {
    next: Instant,
    count: u64,
}

impl Default for Pulse {
    fn default() -> Self {
        Self { next: Instant::now(), count: 0 }
    }
}

/// Whether Asterisk must be asked for its account.
#[derive(Debug, Default)]
pub(crate) struct Resync {
    pub(crate) due: Option<Instant>,
    /// An order found no room: what follows is of no use before the account.
    muted: bool,
}

/// What ended the wait for the next turn.
enum Woken {
    Switch(Event),
    Person(Request),
    Alarm,
    Stopped,
}

impl Turner {
    pub(crate) async fn run(mut self) {
        loop {
            // 1. Wait for the first event or the nearest deadline.
            let woken = self.wait().await;
            // 2. Take all that is already waiting.
            let (mut events, mut questions) = (Vec::new(), Vec::new());
            match woken {
                Woken::Switch(event) => events.push(event),
                Woken::Person(request) => Self::take(request, &mut events, &mut questions),
                Woken::Alarm => {}
                Woken::Stopped => break,
            }
            while events.len() < EVENTS_PER_TURN {
                let Ok(event) = self.switch.events.try_recv() else { break };
                events.push(event);
            }
            for _ in 0..REQUESTS_PER_TURN {
                let Ok(request) = self.requests.try_recv() else { break };
                Self::take(request, &mut events, &mut questions);
            }
            // 3. Read the clock, once.
            self.beat(&mut events);
            let at = self.clock.now();
            if let Some(began) = self.days.pass(at) {
                events.insert(0, Event::DayBegan { began, sums: DaySums::default() });
            }
            if self.standstill.until().is_none() {
                self.standstill.looked();
                if acd::next_deadline(&self.state).is_some_and(|deadline| deadline <= at) {
                    events.push(Event::DeadlinePassed);
                }
            }
            self.turn(at, events);
            // 7. Whoever gave an order and asks what came of it is told of that.
            for question in questions {
                self.answer(question);
            }
        }
        self.finish().await;
    }

    async fn wait(&mut self) -> Woken {
        let now = self.clock.now();
        let instant = |at: Timestamp| Instant::now() + at.since(now).to_duration();
        let deadline = acd::next_deadline(&self.state).map(instant);
        let deadline = deadline.map(|deadline| self.standstill.until().map_or(deadline, |until| deadline.max(until)));
        let midnight = Some(instant(self.days.ends()));
        let alarm = [deadline, self.publisher.due().map(instant), Some(self.pulse.next), self.resync.due, midnight];
        let alarm = alarm.into_iter().flatten().min().unwrap_or(self.pulse.next);
        let woken = tokio::select! {
            biased;
            _ = self.stopped.recv() => Woken::Stopped,
            event = self.switch.events.recv() => event.map_or(Woken::Stopped, Woken::Switch),
            Some(request) = self.requests.recv() => Woken::Person(request),
            () = self.journal.wanting() => Woken::Alarm,
            () = tokio::time::sleep_until(alarm.into()) => Woken::Alarm,
        };
        self.standstill.woke(alarm, Instant::now());
        woken
    }

    fn take(request: Request, events: &mut Vec<Event>, questions: &mut Vec<Question>) {
        match request {
            Request::Settings(settings) => events.push(Event::SettingsChanged(settings)),
            Request::Ask { agent, ask, by } => events.push(Event::AgentAsked { agent, ask, by }),
            Request::AskCall { call, ask, by } => events.push(Event::CallAsked { call, ask, by }),
            Request::Say(question) => questions.push(question),
        }
    }

    fn answer(&self, question: Question) {
        // Whoever asked may have gone; then nobody misses the answer.
        match question {
            Question::Explain { call, answer } => drop(answer.send(acd::explain::explain(&self.state, call))),
            Question::Live(answer) => {
                let board = acd::wallboard(&self.state, self.clock.now());
                let (number, updates) = (self.publisher.number(), self.updates.subscribe());
                drop(answer.send(Live { board, number, updates }));
            }
        }
    }

    /// Shows that the loop lives, and looks what became of the clocks.
    fn beat(&mut self, events: &mut Vec<Event>) {
        let now = Instant::now();
        if now < self.pulse.next {
            return;
        }
        let still_ms = i64::try_from((now - self.pulse.next).as_millis()).unwrap_or(i64::MAX);
        self.pulse.next = now + PULSE;
        let reading = Reading::take();
        let jumped = reading.since(&self.looked);
        self.looked = reading;
        self.clock.follow(reading.wall(), jumped);
        if jumped.stepped_ms.abs() > TOLD.0 {
            events.push(Event::ClockJumped { by: jumped.stepped_ms });
        }
        let missed_ms = still_ms.saturating_add(jumped.slept_ms);
        if missed_ms > TOLD.1 {
            // The core asks for the accounts: whoever slept has heard nothing. What has been waiting meanwhile comes after it,
            // for it tells of what was true long ago.
            events.insert(0, Event::ClockJumped { by: missed_ms });
        }
        if self.pulse.count.is_multiple_of(PULSES_PER_BEAT) {
            // Asterisk compares it with the wall clock, so it is the wall clock's.
            self.switch.beats.send_replace(reading.wall());
        }
        self.pulse.count += 1;
    }

    /// The rest of a turn, once it is known what happened and when.
    pub(crate) fn turn(&mut self, at: Timestamp, events: Vec<Event>) {
        let took = Instant::now();
        self.ask_for_accounts();
        let returned = events.iter().any(|event| matches!(event, Event::SwitchReturned { .. }));
        // 4. Step each event; its orders leave at once, its facts go to the books, and all of it to the journal.
        for event in events {
            let Some(effects) = self.step(at, &event) else { continue };
            let first = self.position + 1;
            let mut facts = Vec::new();
            for effect in &effects {
                match effect {
                    Effect::Switch(order) => self.order(order.clone()),
                    Effect::Record(fact) => facts.push(self.number(at, fact.clone())),
                }
            }
            self.record(facts);
            self.journal.append(Step { at, event, first, effects });
        }
        if returned {
            // The dialplan sends nobody to us before it has heard that we live.
            self.switch.beats.send_replace(Reading::take().wall());
        }
        // 5. What changed goes to the pages, and to Asterisk's own queues.
        self.publisher.offer(took, self.state.take_changes());
        if let Some(update) = self.publisher.take(at) {
            // Nobody watching is no failure.
            drop(self.updates.send(Arc::new(update)));
        }
        if self.roster != Some(self.state.roster_version()) {
            self.publish_roster();
        }
        // 6. A state at rest goes to the journal, when it is time for one.
        if self.journal.wants() {
            self.snapshot(true);
        }
    }

    /// One step. `None` if it broke: then the state was rebuilt without the event.
    fn step(&mut self, at: Timestamp, event: &Event) -> Option<Vec<Effect>> {
        let taken = event.clone();
        let (state, stepper) = (&mut self.state, self.stepper);
        let began = Instant::now();
        let stepped = catch_unwind(AssertUnwindSafe(|| stepper(state, at, taken)));
        metrics::histogram!("callsync_step_seconds", "event" => event.name()).record(began.elapsed().as_secs_f64());
        match stepped {
            Ok(effects) => {
                if let Event::SettingsChanged(settings) = event {
                    self.settings = settings.clone();
                }
                if let Event::DayBegan { began, .. } = event {
                    self.health.set_since(*began);
                    // Whoever watches Live must look at everything again.
                    self.updates = broadcast::channel(UPDATES).0;
                }
                Some(effects)
            }
            Err(_) => {
                self.rebuild(at, event);
                None
            }
        }
    }

    /// Orders the account of every Asterisk, if it is time.
    fn ask_for_accounts(&mut self) {
        if self.resync.due.is_none_or(|due| Instant::now() < due) {
            return;
        }
        for server in &self.switch.servers {
            let order = Order { lane: Lane::Server(*server), op: Op::TakeAccount { server: *server } };
            if self.switch.orders.try_send(order).is_err() {
                self.resync.due = Some(Instant::now() + ROOM);
                return;
            }
        }
        self.resync = Resync::default();
    }

    fn order(&mut self, order: Order) {
        tracing::debug!(op = order.op.name(), lane = ?order.lane, "order");
        if self.resync.muted {
            metrics::counter!("callsync_orders_dropped_total").increment(1);
            return;
        }
        match self.switch.orders.try_send(order) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(_)) => {
                metrics::counter!("callsync_orders_dropped_total").increment(1);
                tracing::error!("orders wait in too great a number: Asterisk is asked for its account when there is room");
                self.resync = Resync { due: Some(Instant::now() + ROOM), muted: true };
            }
            Err(mpsc::error::TrySendError::Closed(_)) => {
                tracing::error!("an order found nobody to carry it out: the switch adapter has ended");
            }
        }
    }

    fn number(&mut self, at: Timestamp, fact: Fact) -> BookEntry {
        if let Fact::SwitchChanged { up } = fact {
            self.health.set_switch_up(up);
        }
        tell(&fact);
        // A database that came after we began may be ahead of the journal that we began from.
        self.position = self.position.max(self.health.facts_booked()) + 1;
        BookEntry { position: self.position, at, fact }
    }

    /// Hands the facts of a step to the books.
    fn record(&self, facts: Vec<BookEntry>) {
        if !facts.is_empty() {
            self.health.set_facts_made(self.position);
            self.books.write(facts);
        }
    }

    /// The first one is told though nobody is in it: before it, nobody knows whether we do.
    fn publish_roster(&mut self) {
        let first = self.roster.replace(self.state.roster_version()).is_none();
        let roster = acd::roster(&self.state);
        self.switch.roster.send_if_modified(|published: &mut Arc<Roster>| {
            let news = first || **published != roster;
            *published = Arc::new(roster);
            news
        });
    }

    /// Begins a new segment of the journal; `follows`, if nothing was lost since the last.
    pub(crate) fn snapshot(&mut self, follows: bool) {
        let (at, state) = (self.clock.now(), self.state.clone());
        self.journal.begin(Snapshot { at, state, position: self.position, since: self.health.since(), follows });
    }

    /// The next run begins where this one ends.
    async fn finish(mut self) {
        self.snapshot(true);
        self.journal.close(LAST_WORDS).await;
    }
}
