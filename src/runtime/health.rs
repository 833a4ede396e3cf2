//! How the loop and what it stands on are doing, for `/readyz`, `/metrics` and the pages. Written by the loop and the
//! books, read by anybody, without a lock.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};

use model::Timestamp;

/// How the loop and what it stands on are doing. Clones look at the same state.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    switch_up: AtomicBool,
    books_open: AtomicBool,
    journal_open: AtomicBool,
    facts_made: AtomicU64,
    facts_booked: AtomicU64,
    since_ms: AtomicI64,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            switch_up: AtomicBool::new(false),
            // The program does not start with books that cannot be read, so they are open until a write fails.
            books_open: AtomicBool::new(true),
            journal_open: AtomicBool::new(false),
            facts_made: AtomicU64::new(0),
            facts_booked: AtomicU64::new(0),
            since_ms: AtomicI64::new(0),
        }
    }
}

impl Health {
    /// Whether Asterisk is connected and its account was taken.
    #[must_use]
    pub fn switch_up(&self) -> bool {
        self.0.switch_up.load(Relaxed)
    }

    /// Whether the books can be written: no attempt has failed since the last one that succeeded.
    #[must_use]
    pub fn books_open(&self) -> bool {
        self.0.books_open.load(Relaxed)
    }

    /// Whether the journal can be written.
    #[must_use]
    pub fn journal_open(&self) -> bool {
        self.0.journal_open.load(Relaxed)
    }

    /// Since when the sums on Live count.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        Timestamp::from_ms(self.0.since_ms.load(Relaxed))
    }

    /// How many facts the database still waits for.
    #[must_use]
    pub fn books_lag(&self) -> u64 {
        self.0.facts_made.load(Relaxed).saturating_sub(self.0.facts_booked.load(Relaxed))
    }

    pub(crate) fn set_switch_up(&self, up: bool) {
        self.0.switch_up.store(up, Relaxed);
    }

    pub(crate) fn set_books_open(&self, open: bool) {
        self.0.books_open.store(open, Relaxed);
    }

    pub(crate) fn set_journal_open(&self, open: bool) {
        self.0.journal_open.store(open, Relaxed);
    }

    pub(crate) fn set_since(&self, since: Timestamp) {
        self.0.since_ms.store(since.as_ms(), Relaxed);
    }

    /// The last fact that was made.
    pub(crate) fn facts_made(&self) -> u64 {
        self.0.facts_made.load(Relaxed)
    }

    /// The last fact that the database is known to hold.
    pub(crate) fn facts_booked(&self) -> u64 {
        self.0.facts_booked.load(Relaxed)
    }

    pub(crate) fn set_facts_made(&self, position: u64) {
        self.0.facts_made.store(position, Relaxed);
    }

    pub(crate) fn set_facts_booked(&self, position: u64) {
        self.0.facts_booked.store(position, Relaxed);
    }
}
