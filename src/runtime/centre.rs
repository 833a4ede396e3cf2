//! The loop itself, one turn at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use acd::State;
use acd::effect::{Effect, Order};
use acd::event::Event;
use model::fact::BookEntry;
use model::wallboard::LiveUpdate;
use model::{Fact, Timestamp};
use store::Db;
use store::books::LeftOpen;
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinHandle;

use crate::books::{self, Books};
use crate::clock::Clock;
use crate::handle::{Handle, Live, Request};
use crate::health::Health;
use crate::publisher::Publisher;
use crate::settings;

/// How many waiting events one turn takes at the most, so that orders and pages do not wait for a burst to end.
const EVENTS_PER_TURN: usize = 256;

/// How many requests of people may wait. Beyond it their senders wait, never the calls.
const REQUESTS: usize = 1024;

/// How many updates a watcher of Live may fall behind before it has to start afresh.
const UPDATES: usize = 1024;

/// The two channels by which the loop meets Asterisk.
#[derive(Debug)]
pub struct SwitchEnds {
    /// What Asterisk reports.
    pub events: mpsc::UnboundedReceiver<Event>,
    /// What Asterisk shall do.
    pub orders: mpsc::UnboundedSender<Order>,
}

/// The running loop and the tasks that serve it.
#[derive(Debug)]
pub struct Centre {
    turning: JoinHandle<()>,
    booking: JoinHandle<()>,
    watching: JoinHandle<()>,
    stop: mpsc::Sender<()>,
}

/// Reads settings and position from the store and starts the loop.
///
/// # Errors
/// When the store cannot be read: without settings there is nothing to route by.
pub async fn start(db: Db, switch: SwitchEnds) -> Result<(Handle, Centre), store::Error> {
    let first = store::settings::load(&db).await?;
    let position = store::books::position(&db).await?;

    let clock = Clock::start();
    let LeftOpen { calls, states } = store::books::end_what_was_left_open(&db, clock.now()).await?;
    if calls > 0 {
        tracing::warn!(calls, states, "the last run left calls open; those that live are taken over");
    }
    let health = Health::default();
    health.set_facts_made(position);
    health.set_facts_booked(position);
    let (books, booking) = books::open(db.clone(), health.clone());
    let (requests_in, requests) = mpsc::channel(REQUESTS);
    let (stop, stopped) = mpsc::channel(1);
    let (updates, _) = broadcast::channel(UPDATES);
    let handle = Handle { requests: requests_in, clock, health: health.clone() };

    // The second half of a fresh UUID v7 is chance.
    let (_, seed) = uuid::Uuid::now_v7().as_u64_pair();
    let mut turner = Turner {
        state: State::new(seed),
        clock,
        health,
        events: switch.events,
        orders: switch.orders,
        requests,
        stopped,
        books,
        position,
        publisher: Publisher::default(),
        updates,
    };
    turner.turn(clock.now(), vec![Event::SettingsChanged(first.settings)]);
    let turning = tokio::spawn(turner.run());
    let watching = tokio::spawn(settings::watch(db, first.version, handle.clone()));
    Ok((handle, Centre { turning, booking, watching, stop }))
}

impl Centre {
    /// Waits until the loop ends by itself: a fault of ours, or nobody reports from Asterisk any more.
    pub async fn ended(&mut self) {
        if let Err(error) = (&mut self.turning).await {
            tracing::error!(%error, "the call loop failed");
        }
    }

    /// Ends the loop and writes what the books still lack, for at most `patience`. Calls go on in Asterisk.
    pub async fn stop(mut self, patience: Duration) {
        self.watching.abort();
        if !self.turning.is_finished() {
            // A loop that ends at this moment need not be told.
            let _ = self.stop.send(()).await;
            self.ended().await;
        }
        if tokio::time::timeout(patience, self.booking).await.is_err() {
            tracing::error!("the database did not take the last facts in time");
        }
    }
}

struct Turner {
    state: State,
    clock: Clock,
    health: Health,
    events: mpsc::UnboundedReceiver<Event>,
    orders: mpsc::UnboundedSender<Order>,
    requests: mpsc::Receiver<Request>,
    stopped: mpsc::Receiver<()>,
    books: Books,
    position: u64,
    publisher: Publisher,
    updates: broadcast::Sender<Arc<LiveUpdate>>,
}

/// What ended the wait for the next turn.
enum Woken {
    Switch(Event),
    Person(Request),
    Alarm,
    Stopped,
}

impl Turner {
    async fn run(mut self) {
        loop {
            // 1. Wait for the first event or the nearest deadline.
            let woken = self.wait().await;
            // 2. Take all that is already waiting.
            let mut events = Vec::new();
            match woken {
                Woken::Switch(event) => events.push(event),
                Woken::Person(request) => self.take(request, &mut events),
                Woken::Alarm => {}
                Woken::Stopped => return,
            }
            while events.len() < EVENTS_PER_TURN {
                let Ok(event) = self.events.try_recv() else { break };
                events.push(event);
            }
            // 3. Read the clock, once.
            let at = self.clock.now();
            if acd::next_deadline(&self.state).is_some_and(|deadline| deadline <= at) {
                events.push(Event::DeadlinePassed);
            }
            self.turn(at, events);
        }
    }

    async fn wait(&mut self) -> Woken {
        let alarm = [acd::next_deadline(&self.state), self.publisher.due()].into_iter().flatten().min();
        let now = self.clock.now();
        let sleep = alarm.map(|deadline| deadline.since(now).to_duration());
        tokio::select! {
            biased;
            _ = self.stopped.recv() => Woken::Stopped,
            event = self.events.recv() => event.map_or(Woken::Stopped, Woken::Switch),
            Some(request) = self.requests.recv() => Woken::Person(request),
            () = tokio::time::sleep(sleep.unwrap_or(Duration::MAX)), if sleep.is_some() => Woken::Alarm,
        }
    }

    fn take(&self, request: Request, events: &mut Vec<Event>) {
        match request {
            Request::Settings(settings) => events.push(Event::SettingsChanged(settings)),
            Request::Ask { agent, ask, by } => events.push(Event::AgentAsked { agent, ask, by }),
            Request::Live(answer) => {
                let live = Live {
                    board: acd::wallboard(&self.state, self.clock.now()),
                    number: self.publisher.number(),
                    updates: self.updates.subscribe(),
                };
                // Whoever asked may have gone; then nobody misses the answer.
                drop(answer.send(live));
            }
        }
    }

    /// 4. Step each event; its orders leave at once. 5. The facts go to the books. 6. What changed goes to the pages.
    fn turn(&mut self, at: Timestamp, events: Vec<Event>) {
        for event in events {
            let name = event.name();
            let began = Instant::now();
            let effects = acd::step(&mut self.state, at, event);
            metrics::histogram!("callsync_step_seconds", "event" => name).record(began.elapsed().as_secs_f64());
            for effect in effects {
                match effect {
                    Effect::Switch(order) => self.order(order),
                    Effect::Record(fact) => self.record(at, fact),
                }
            }
        }
        self.publisher.offer(self.state.take_changes());
        if let Some(update) = self.publisher.take(at) {
            // Nobody watching is no failure.
            drop(self.updates.send(Arc::new(update)));
        }
    }

    fn order(&self, order: Order) {
        tracing::debug!(op = order.op.name(), lane = ?order.lane, "order");
        if self.orders.send(order).is_err() {
            tracing::error!("an order found nobody to carry it out: the switch adapter has ended");
        }
    }

    fn record(&mut self, at: Timestamp, fact: Fact) {
        if let Fact::SwitchChanged { up } = fact {
            self.health.set_switch_up(up);
        }
        tell(&fact);
        self.position += 1;
        self.health.set_facts_made(self.position);
        self.books.write(BookEntry { position: self.position, at, fact });
    }
}

/// One line in the log for each fact: what happened to a call or an agent, readable alone.
fn tell(fact: &Fact) {
    match fact {
        Fact::CallEntered { call, queue, .. } => tracing::info!(call.id = %call, queue.id = %queue, "call entered"),
        Fact::OfferMade { call, offer, agent } => {
            tracing::info!(call.id = %call, offer, agent.id = %agent, "offer made");
        }
        Fact::OfferRang { call, offer, agent } => {
            tracing::debug!(call.id = %call, offer, agent.id = %agent, "phone rings");
        }
        Fact::OfferEnded { call, offer, agent, end } => {
            tracing::info!(call.id = %call, offer, agent.id = %agent, end = end.name(), "offer ended");
        }
        Fact::CallAnswered { call, agent, waited } => {
            tracing::info!(call.id = %call, agent.id = %agent, waited_ms = waited.as_ms(), "call answered");
        }
        Fact::AnswerUndone { call } => tracing::warn!(call.id = %call, "answer undone"),
        Fact::CallEnded { call, outcome, by } => {
            tracing::info!(call.id = %call, outcome = outcome.name(), by = by.name(), "call ended");
        }
        Fact::AgentChanged { agent, state, by } => {
            tracing::info!(agent.id = %agent, state = state.name(), ?by, "agent changed");
        }
        Fact::Mended { leg, how, .. } => tracing::warn!(leg.id = %leg, ?how, "state and switch disagreed"),
        Fact::OrderFailed { order, why } => tracing::warn!(order, why, "order failed"),
        Fact::CallMoved { call, to, why, .. } => tracing::info!(call.id = %call, queue.id = %to, ?why, "call moved"),
        Fact::FallbackSeen(call) => {
            tracing::warn!(leg.id = call.leg.id, over = call.ended.is_some(), "the fallback took care of a call");
        }
        Fact::ClockJumped { by } => tracing::warn!(by, "the clock jumped"),
        Fact::SwitchChanged { up: true } => tracing::info!("switch is there"),
        Fact::SwitchChanged { up: false } => tracing::error!("switch is lost"),
        Fact::CallTurnedAway { leg, dialled } => tracing::warn!(leg.id = %leg, dialled, "call for no queue"),
        Fact::Decided { .. } | Fact::SegmentEnded(_) | Fact::EndpointChanged { .. } | Fact::Ignored { .. } => {
            tracing::debug!(?fact, "fact")
        }
    }
}
