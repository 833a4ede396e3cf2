//! How the loop and what it stands on are doing, for `/readyz`, `/metrics` and the pages. Written by the loop and the
//! books, read by anybody, without a lock.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// How the loop and what it stands on are doing. Clones look at the same state.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    switch_up: AtomicBool,
    books_open: AtomicBool,
    facts_made: AtomicU64,
    facts_booked: AtomicU64,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            switch_up: AtomicBool::new(false),
            // The program does not start with books that cannot be read, so they are open until a write fails.
            books_open: AtomicBool::new(true),
            facts_made: AtomicU64::new(0),
            facts_booked: AtomicU64::new(0),
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

    pub(crate) fn set_facts_made(&self, position: u64) {
        self.0.facts_made.store(position, Relaxed);
    }

    pub(crate) fn set_facts_booked(&self, position: u64) {
        self.0.facts_booked.store(position, Relaxed);
    }
}
