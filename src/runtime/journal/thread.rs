//! The thread that writes the journal, and the loop's end of the way to it. The loop never waits: when the thread cannot
//! keep up or the disk fails, entries are given up, and a fresh snapshot begins a new segment as soon as it can be written.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use acd::State;
use acd::effect::Effect;
use acd::event::Event;
use model::Timestamp;
use tokio::sync::{Notify, watch};

use super::writing::Writing;
use super::{Entry, Keeping, hash_effects};
use crate::health::Health;

/// Where a journal comes to its limits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// How many messages may wait for the thread.
    pub(super) queue: usize,
    /// How large a segment may grow, in bytes.
    pub(super) bytes: u64,
    /// How old a segment may grow.
    pub(super) age: Duration,
}

/// Some seconds of a burst; what is read back in a second (`tests/cost.rs`: 100,000 entries are 40 MB and take four seconds
/// without optimisation); an hour.
pub(super) const LIMITS: Limits = Limits { queue: 16_384, bytes: 16 << 20, age: Duration::from_secs(60 * 60) };

/// Within which time what was appended is on the disk.
const COMMIT_WITHIN: Duration = Duration::from_millis(50);

/// How much may be appended before it is brought to the disk at once.
const COMMIT_AT: usize = 1 << 20;

/// How often the thread looks up when nothing comes, and tries again when the disk has failed.
const LOOK: Duration = Duration::from_secs(1);

/// A step that was made.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) at: Timestamp,
    pub(crate) event: Event,
    /// The position of the first fact among the effects.
    pub(crate) first: u64,
    pub(crate) effects: Vec<Effect>,
}

impl From<Step> for Entry {
    fn from(step: Step) -> Self {
        let effects = hash_effects(&step.effects);
        let fact = |effect| match effect {
            Effect::Switch(_) => None,
            Effect::Record(fact) => Some(fact),
        };
        let facts = step.effects.into_iter().filter_map(fact).collect();
        Self { at: step.at, event: step.event, first: step.first, facts, effects }
    }
}

/// The state at one moment, for a new segment to begin with.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) at: Timestamp,
    pub(crate) state: State,
    /// The last fact before it.
    pub(crate) position: u64,
    pub(crate) since: Timestamp,
    /// Whether it is what all that was appended before ends in.
    pub(crate) follows: bool,
}

enum Message {
    Step(Box<Step>),
    Snapshot(Box<Snapshot>),
    Flush(SyncSender<()>),
    Close,
}

/// What the loop and the thread both see.
#[derive(Debug, Default)]
pub(super) struct Shared {
    waiting: AtomicUsize,
    wanted: AtomicBool,
    wake: Notify,
}

impl Shared {
    /// Asks the loop for a snapshot.
    pub(super) fn want(&self) {
        self.wanted.store(true, Ordering::Relaxed);
        self.wake.notify_one();
    }
}

/// The loop's end.
#[derive(Debug)]
pub(crate) struct Journal {
    to: SyncSender<Message>,
    shared: Arc<Shared>,
    gap: bool,
    room: usize,
    thread: Option<JoinHandle<()>>,
    /// How far the facts are on the disk; the end of all numbers while they cannot be brought there.
    durable: watch::Receiver<u64>,
}

/// Starts the thread. The first thing to be sent must be a snapshot.
pub(crate) fn open(keeping: &Keeping, health: Health) -> std::io::Result<Journal> {
    open_with(keeping, health, LIMITS)
}

/// As [`open`], with other limits.
pub(super) fn open_with(keeping: &Keeping, health: Health, limits: Limits) -> std::io::Result<Journal> {
    let (to, from) = sync_channel(limits.queue);
    let (reached, durable) = watch::channel(0);
    let shared = Arc::new(Shared::default());
    let writing = Writing::new(keeping, limits, health, Arc::clone(&shared), reached);
    let thread = Thread { from, shared: Arc::clone(&shared), writing };
    let thread = std::thread::Builder::new().name("journal".to_owned()).spawn(move || thread.run())?;
    Ok(Journal { to, shared, gap: false, room: limits.queue, thread: Some(thread), durable })
}

impl Journal {
    /// How far the facts are on the disk, as it changes.
    pub(crate) fn durable(&self) -> watch::Receiver<u64> {
        self.durable.clone()
    }

    /// Takes a step. What finds no room is given up, and so is all that follows until a snapshot begins anew.
    pub(crate) fn append(&mut self, step: Step) {
        if self.gap {
            metrics::counter!("callsync_journal_lost_total").increment(1);
        } else if !self.send(Message::Step(Box::new(step))) {
            self.gap = true;
            metrics::counter!("callsync_journal_lost_total").increment(1);
            tracing::error!("the journal cannot keep up: it has a gap, and goes on with a fresh snapshot as soon as it can");
        }
    }

    /// Waits until a snapshot is wanted.
    pub(crate) async fn wanting(&self) {
        self.shared.wake.notified().await;
    }

    /// Whether a snapshot is wanted and would find room.
    pub(crate) fn wants(&self) -> bool {
        (self.gap && self.shared.waiting.load(Ordering::Relaxed) * 2 <= self.room) || self.shared.wanted.load(Ordering::Relaxed)
    }

    /// Begins a new segment with this snapshot.
    pub(crate) fn begin(&mut self, mut snapshot: Snapshot) {
        snapshot.follows &= !self.gap;
        self.shared.wanted.store(false, Ordering::Relaxed);
        self.gap = !self.send(Message::Snapshot(Box::new(snapshot)));
    }

    /// Waits until all that was taken is written, or `patience` is over; whether it is. For use when the state is lost, and
    /// nothing else can be done.
    pub(crate) fn flush(&self, patience: Duration) -> bool {
        let (done, wait) = sync_channel(1);
        !self.gap && self.send(Message::Flush(done)) && wait.recv_timeout(patience).is_ok()
    }

    /// Ends the thread when it has written all that was taken. Gives up after `patience`.
    pub(crate) async fn close(mut self, patience: Duration) {
        let Some(thread) = self.thread.take() else { return };
        let to = self.to.clone();
        self.shared.waiting.fetch_add(1, Ordering::Relaxed);
        let ending = tokio::task::spawn_blocking(move || {
            drop(to.send(Message::Close));
            thread.join()
        });
        match tokio::time::timeout(patience, ending).await {
            Ok(Ok(Ok(()))) => {}
            Ok(_) => tracing::error!("the journal's thread failed"),
            Err(_) => tracing::error!("the journal was not written to its end in time"),
        }
    }

    /// How many messages the thread has still to look at.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        self.shared.waiting.load(Ordering::Relaxed)
    }

    fn send(&self, message: Message) -> bool {
        self.shared.waiting.fetch_add(1, Ordering::Relaxed);
        match self.to.try_send(message) {
            Ok(()) => true,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                self.shared.waiting.fetch_sub(1, Ordering::Relaxed);
                false
            }
        }
    }
}

struct Thread {
    from: Receiver<Message>,
    shared: Arc<Shared>,
    writing: Writing,
}

impl Thread {
    fn run(mut self) {
        // When what was appended must be on the disk.
        let mut due: Option<Instant> = None;
        loop {
            let wait = due.map_or(LOOK, |due| due.saturating_duration_since(Instant::now()));
            let message = self.from.recv_timeout(wait);
            let left = message.as_ref().map_or(0, |_| self.shared.waiting.fetch_sub(1, Ordering::Relaxed) - 1);
            match message {
                Ok(Message::Step(step)) => {
                    self.writing.append(&Entry::from(*step));
                    due = due.or_else(|| Some(Instant::now() + COMMIT_WITHIN));
                }
                Ok(Message::Snapshot(snapshot)) => self.writing.begin(&snapshot),
                Ok(Message::Flush(done)) => {
                    self.writing.commit();
                    due = None;
                    // Whoever waited may have lost patience.
                    let _ = done.send(());
                }
                Err(RecvTimeoutError::Timeout) => self.writing.look(),
                Ok(Message::Close) | Err(RecvTimeoutError::Disconnected) => {
                    self.writing.commit();
                    return;
                }
            }
            if left == 0 {
                // Written, a killed program loses nothing; brought to the disk, a power cut loses nothing either.
                self.writing.write();
            }
            if self.writing.uncommitted() >= COMMIT_AT || due.is_some_and(|due| due <= Instant::now()) {
                self.writing.commit();
                due = None;
            }
        }
    }
}
