//! The books' side of the loop: takes facts without ever making the loop wait, and brings them into the database in
//! batches, in order, trying again for as long as it takes.

use std::time::{Duration, Instant};

use model::fact::BookEntry;
use store::Db;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::health::Health;

/// How many facts may wait for the database: about ten a call, so some hours of a busy centre.
const WAITING: usize = 1 << 20;

/// How many facts one transaction takes.
const BATCH: usize = 1000;

/// How long to wait after a failure, at first and at most.
const RETRY: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// Where the loop drops its facts.
pub(crate) struct Books {
    entries: mpsc::Sender<BookEntry>,
}

/// Starts the writer. It ends when [`Books`] is dropped and all is written.
pub(crate) fn open(db: Db, health: Health) -> (Books, JoinHandle<()>) {
    let (entries, waiting) = mpsc::channel(WAITING);
    (Books { entries }, tokio::spawn(write_all(db, health, waiting)))
}

impl Books {
    /// Takes a fact. When [`WAITING`] facts wait already, calls outrank books: the fact is given up, said and counted.
    pub(crate) fn write(&self, entry: BookEntry) {
        if let Err(error) = self.entries.try_send(entry) {
            metrics::counter!("callsync_books_lost_total").increment(1);
            tracing::error!(%error, "a fact could not be kept for the books");
        }
    }
}

async fn write_all(db: Db, health: Health, mut waiting: mpsc::Receiver<BookEntry>) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        write(&db, &health, &batch).await;
        batch.clear();
    }
}

/// Brings one batch into the database, however long that takes.
async fn write(db: &Db, health: &Health, batch: &[BookEntry]) {
    let mut pause = RETRY.0;
    loop {
        let began = Instant::now();
        match store::books::apply(db, batch).await {
            Ok(_) => {
                metrics::histogram!("callsync_books_batch_seconds").record(began.elapsed().as_secs_f64());
                if let Some(last) = batch.last() {
                    health.set_facts_booked(last.position);
                }
                health.set_books_open(true);
                return;
            }
            Err(error) => {
                health.set_books_open(false);
                metrics::counter!("callsync_books_failures_total").increment(1);
                tracing::error!(%error, facts = batch.len(), "the books could not be written; trying again");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(RETRY.1);
            }
        }
    }
}
