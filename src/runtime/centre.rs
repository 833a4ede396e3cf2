//! Starting and ending the loop: what it goes on from, and the tasks that serve it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use acd::State;
use acd::effect::Order;
use acd::event::{Ask, Event};
use model::wallboard::DaySums;
use model::{Actor, AgentState, ServerId, Span, Timestamp};
use store::Db;
use store::agent_states::Last;
use store::books::LeftOpen;
use store::settings::Loaded;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::JoinHandle;

use crate::books::{self, Desk};
use crate::clock::{Clock, Reading};
use crate::day::Days;
use crate::handle::Handle;
use crate::health::Health;
use crate::journal::{self, Keeping};
use crate::opening::Opening;
use crate::poison::Poison;
use crate::publisher::Publisher;
use crate::rebuild::seed;
use crate::recovery::{Found, Recovered, Stepper, recover};
use crate::settings;
use crate::standstill::Standstill;
use crate::turner::{Pulse, Resync, Turner, UPDATES};

/// How many events may wait for the loop. Whoever reports more asks Asterisk for its account.
pub const EVENTS: usize = 16_384;

/// How many orders may wait for Asterisk. When there are more, the loop asks Asterisk for its account.
pub const ORDERS: usize = 16_384;

/// How many requests of people may wait. Beyond it their senders wait, never the calls.
const REQUESTS: usize = 1024;

/// A state further in the future than this is left aside: the wall clock was wrong when it was written, or is now, and
/// our clock would have to stand still for as long.
const AHEAD: Span = Span::from_secs(60 * 60);

/// The channels by which the loop meets Asterisk.
#[derive(Debug)]
pub struct SwitchEnds {
    /// The Asterisks there are.
    pub servers: Vec<ServerId>,
    /// What they report.
    pub events: mpsc::Receiver<Event>,
    /// What they shall do.
    pub orders: mpsc::Sender<Order>,
    /// The wall clock's time, every two seconds for as long as the loop turns.
    pub beats: watch::Sender<Timestamp>,
    /// Who is logged in, whenever that has changed.
    pub roster: watch::Sender<Arc<acd::Roster>>,
}

/// Why the loop could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Neither the journal nor the store says what to route by.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Nobody opens the store any more, and the journal has no settings.
    #[error("there is neither a journal nor a database to read the settings from")]
    Nothing,
    /// The system gives us no thread.
    #[error("the journal's thread cannot be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// The running loop and the tasks that serve it.
#[derive(Debug)]
pub struct Centre {
    turning: JoinHandle<()>,
    booking: JoinHandle<()>,
    watching: JoinHandle<()>,
    stop: mpsc::Sender<()>,
}

/// What the store says at the start.
struct Stored {
    settings: Loaded,
    /// How far the books reach.
    position: u64,
    /// What the agents did when the books last heard of them; asked only if the journal does not know.
    agents: Vec<Last>,
    /// What the site's day has come to so far.
    sums: DaySums,
}

/// Starts the loop where the last one ended: from the journal, or, if that is gone, from the store and from what Asterisk
/// will report. A database that is not there yet keeps no call waiting when the journal has the settings. The loop runs `on`
/// the executor named, all else on the caller's.
///
/// # Errors
/// When there is nothing to route by.
pub async fn start(
    db: impl Into<Opening>,
    keeping: Keeping,
    switch: SwitchEnds,
    on: &tokio::runtime::Handle,
) -> Result<(Handle, Centre), StartError> {
    start_with(db.into(), keeping, switch, acd::step, on).await
}

/// Whether the journal in this folder has a state to start from without a database.
#[must_use]
pub fn can_start_from(keeping: &Keeping) -> bool {
    let listed = journal::segments(&keeping.journal()).unwrap_or_default();
    listed.iter().rev().any(|path| journal::Segment::open(path).is_ok_and(|segment| segment.state().is_ok()))
}

pub(crate) async fn start_with(
    mut opening: Opening,
    keeping: Keeping,
    switch: SwitchEnds,
    stepper: Stepper,
    on: &tokio::runtime::Handle,
) -> Result<(Handle, Centre), StartError> {
    let mut poison = Poison::open(keeping.poison());
    let mut found = recover(&keeping.journal(), stepper, &mut poison);
    found.recovered = found.recovered.filter(is_of_our_time).filter(can_be_shown);
    let clock = Clock::start_from(found.recovered.as_ref().map_or_else(Timestamp::default, |recovered| recovered.at));
    let health = Health::default();
    let journal = journal::open(&keeping, health.clone())?;
    let desk = Desk { opening: opening.clone(), health: health.clone(), journal: keeping.journal(), durable: journal.durable() };

    let days = Days::at(keeping.zone.clone(), clock.now());
    let stored = read_store(&mut opening, &found, &clock, &days, &desk).await?;
    let position = found.position.max(stored.as_ref().map_or(0, |stored| stored.position));
    if stored.is_some() {
        found.recovered = found.recovered.filter(|recovered| recovered.known >= position);
    }
    health.set_since(days.began());
    health.set_facts_made(position);
    health.set_facts_booked(stored.as_ref().map_or(0, |stored| stored.position));

    let (books, booking) = books::open(desk);
    let (requests_in, requests) = mpsc::channel(REQUESTS);
    let (stop, stopped) = mpsc::channel(1);
    let (updates, _) = broadcast::channel(UPDATES);
    let handle = Handle { requests: requests_in, clock: clock.clone(), health: health.clone() };
    let follows = found.recovered.as_ref().is_some_and(|recovered| recovered.whole) && position == found.position;
    let state = found.recovered.map_or_else(|| State::new(seed()), |recovered| recovered.state);
    let mut turner = Turner {
        settings: state.settings().clone(),
        state,
        stepper,
        clock,
        looked: Reading::take(),
        health,
        switch,
        requests,
        stopped,
        keeping,
        journal,
        poison,
        books,
        position,
        days,
        publisher: Publisher::default(),
        updates,
        roster: None,
        pulse: Pulse::default(),
        resync: Resync::default(),
        standstill: Standstill::default(),
        strikes: Vec::new(),
    };
    turner.snapshot(follows);
    let known = stored.as_ref().map(|stored| stored.settings.version);
    turner.turn(turner.clock.now(), first_events(&turner, stored));
    let turning = on.spawn(turner.run());
    let watching = tokio::spawn(settings::watch(opening, known, handle.clone()));
    Ok((handle, Centre { turning, booking, watching, stop }))
}

fn is_of_our_time(recovered: &Recovered) -> bool {
    let ahead = recovered.at.since(Reading::take().wall());
    if ahead > AHEAD {
        tracing::error!(
            ahead_s = ahead.as_secs(),
            "the journal comes from the future, so the state in it is left aside: calls are taken over from Asterisk's account"
        );
    } else if ahead > Span::from_secs(1) {
        tracing::warn!(ahead_s = ahead.as_secs(), "the wall clock was set back since the last run: ours waits for it");
    }
    ahead <= AHEAD
}

/// A state that cannot even be looked at would end the loop at its first turn, and every loop after it. One that contradicts
/// itself is used all the same: Asterisk's account mends it.
fn can_be_shown(recovered: &Recovered) -> bool {
    let looked = catch_unwind(AssertUnwindSafe(|| {
        drop((acd::wallboard(&recovered.state, recovered.at), acd::roster(&recovered.state)));
        acd::check(&recovered.state)
    }));
    for broken in looked.iter().flatten() {
        tracing::error!(broken, "the state in the journal contradicts itself");
    }
    if looked.is_err() {
        tracing::error!("the state in the journal cannot be looked at: calls are taken over from Asterisk's account");
    }
    looked.is_ok()
}

/// Reads what the store has, if it can be read; without it, the journal must do. What an earlier run left open is ended
/// here, unless the journal knows better.
async fn read_store(
    opening: &mut Opening,
    found: &Found,
    clock: &Clock,
    days: &Days,
    desk: &Desk,
) -> Result<Option<Stored>, StartError> {
    let known = found.recovered.is_some();
    let db = match opening.now() {
        Some(db) => db,
        None if known => {
            tracing::warn!("the database is not there: calls go on with the settings of the journal");
            return Ok(None);
        }
        None => opening.open().await.ok_or(StartError::Nothing)?,
    };
    match read(&db, found, clock, days, desk).await {
        Ok(stored) => Ok(Some(stored)),
        Err(error) if known => {
            tracing::error!(%error, "the database cannot be read: calls go on with the settings of the journal");
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

async fn read(db: &Db, found: &Found, clock: &Clock, days: &Days, desk: &Desk) -> Result<Stored, store::Error> {
    let settings = store::settings::load(db).await?;
    let position = store::books::position(db).await?;
    let state = found.recovered.as_ref().map(|recovered| recovered.known);
    if state.is_some_and(|state| state >= position.max(found.position)) {
        // The rows that are open are those of the recovered state; Asterisk's account ends what has ended.
        let sums = store::day::sums(db, days.began()).await?;
        return Ok(Stored { settings, position, agents: Vec::new(), sums });
    }
    if position > 0 || found.position > 0 {
        // A state from before what is booked would ring people who have gone home, and end calls a second time.
        tracing::warn!(position, state, "the journal does not know all that the books do: its state is left aside");
    }
    if position < found.position {
        books::catch_up(db, desk, position, found.position).await;
    }
    let agents = store::agent_states::last(db).await?;
    let LeftOpen { calls, states } = store::books::end_what_was_left_open(db, clock.now()).await?;
    if calls > 0 {
        tracing::warn!(calls, states, "the last run left calls open; those that live are taken over");
    }
    let sums = store::day::sums(db, days.began()).await?;
    Ok(Stored { settings, position: position.max(found.position), agents, sums })
}

/// What the core is told before anything else: that nothing is known of any Asterisk, and what changed while we were away.
fn first_events(turner: &Turner, stored: Option<Stored>) -> Vec<Event> {
    let mut events: Vec<Event> = turner.switch.servers.iter().map(|server| Event::SwitchLost { server: *server }).collect();
    let (settings, sums, agents) = match stored {
        Some(Stored { settings, sums, agents, .. }) => (Some(settings.settings), sums, agents),
        None => (None, DaySums::default(), Vec::new()),
    };
    events.extend(settings.filter(|settings| settings != turner.state.settings()).map(Event::SettingsChanged));
    // A state of this day goes on counting; one of another day, or none, goes on from the books.
    let began = turner.days.began();
    if turner.state.day() < began {
        events.push(Event::DayBegan { began, sums });
    }
    let asked = |last: Last| Some(Event::AgentAsked { agent: last.agent, ask: ask_for(&last.state)?, by: Actor::Program });
    events.extend(agents.into_iter().filter_map(asked));
    events
}

/// What brings an agent back to where they were. Whoever was on a call is given it by Asterisk's account, and is ready
/// after it.
fn ask_for(state: &AgentState) -> Option<Ask> {
    state.is_logged_in().then(|| state.reason().map_or(Ask::Ready, Ask::NotReady))
}

impl Centre {
    /// Waits until the loop or the books' writer ends by itself: a fault of ours, or nobody reports from Asterisk any more.
    pub async fn ended(&mut self) {
        tokio::select! {
            turned = &mut self.turning => if let Err(error) = turned {
                tracing::error!(%error, "the call loop failed");
            },
            booked = &mut self.booking => tracing::error!(error = ?booked.err(), "nobody writes the books any more"),
        }
    }

    /// Ends the loop, with a last snapshot in the journal, and writes what the books still lack, for at most `patience`. What
    /// they do not get is in the journal. Calls go on in Asterisk.
    pub async fn stop(mut self, patience: Duration) {
        self.watching.abort();
        if !self.turning.is_finished() {
            // A loop that ends at this moment need not be told.
            let _ = self.stop.send(()).await;
            if let Err(error) = (&mut self.turning).await {
                tracing::error!(%error, "the call loop failed");
            }
        }
        if !self.booking.is_finished() && tokio::time::timeout(patience, self.booking).await.is_err() {
            tracing::warn!("the database did not take the last facts in time: the next run books them from the journal");
        }
    }

    /// Ends everything as a kill would: nothing more is said, nothing more is written.
    #[cfg(test)]
    pub(crate) async fn kill(self) {
        for task in [self.turning, self.booking, self.watching] {
            task.abort();
            drop(task.await);
        }
    }
}
