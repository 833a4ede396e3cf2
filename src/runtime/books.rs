//! The books' side of the loop: takes facts without ever making the loop wait, and brings them into the database in
//! batches, in order, trying again for as long as it takes.

use std::time::{Duration, Instant};

use model::fact::BookEntry;
use store::Db;
use store::books::Applied;
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
    let mut tried = false;
    loop {
        let began = Instant::now();
        match store::books::apply(db, batch).await {
            Ok(applied) => {
                metrics::histogram!("callsync_books_batch_seconds").record(began.elapsed().as_secs_f64());
                tell_of_lost(&applied, batch, tried);
                if let Some(last) = batch.last() {
                    health.set_facts_booked(last.position);
                }
                health.set_books_open(true);
                return;
            }
            Err(error) => {
                tried = true;
                health.set_books_open(false);
                metrics::counter!("callsync_books_failures_total").increment(1);
                tracing::error!(%error, facts = batch.len(), "the books could not be written; trying again");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(RETRY.1);
            }
        }
    }
}

/// Facts that the books do not hold and never will: said and counted.
fn tell_of_lost(applied: &Applied, batch: &[BookEntry], tried: bool) {
    // An attempt of which we heard only that it failed may have been carried out: then all is there, and no more than that.
    let by_us = tried && applied.booked == 0 && batch.last().is_some_and(|last| last.position == applied.position);
    if applied.skipped > 0 && !by_us {
        metrics::counter!("callsync_books_skipped_total").increment(u64::try_from(applied.skipped).unwrap_or(u64::MAX));
        tracing::error!(
            facts = applied.skipped,
            "facts are lost: the books hold others in their places; does another program write them?"
        );
    }
    if applied.missing > 0 {
        metrics::counter!("callsync_books_missing_total").increment(applied.missing);
        tracing::error!(facts = applied.missing, "facts are missing in the books: they never reached the database");
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
    use model::{Fact, Timestamp};
    use sqlx::{Connection, Executor, SqliteConnection};

    use super::{BookEntry, Db, Duration, Health, open, write};

    /// A database of its own, gone with the test.
    struct Stand {
        db: Db,
        url: String,
        folder: PathBuf,
    }

    impl Stand {
        async fn open() -> Self {
            let folder = std::env::temp_dir().join(format!("callsync-runtime-{}", uuid::Uuid::now_v7().simple()));
            std::fs::create_dir_all(&folder).unwrap();
            let url = format!("sqlite://{}", folder.join("test.db").display());
            let db = Db::open(&url).await.unwrap();
            db.migrate().await.unwrap();
            Self { db, url, folder }
        }

        /// What somebody else does to the database.
        async fn meddle(&self, sql: &'static str) {
            let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
            connection.execute(sql).await.unwrap();
            connection.close().await.unwrap();
        }
    }

    impl Drop for Stand {
        fn drop(&mut self) {
            drop(std::fs::remove_dir_all(&self.folder));
        }
    }

    fn entries(positions: std::ops::RangeInclusive<u64>) -> Vec<BookEntry> {
        let entry = |position| BookEntry { position, at: Timestamp::from_ms(1), fact: Fact::SwitchChanged { up: true } };
        positions.map(entry).collect()
    }

    /// Counts what this test's thread counts.
    fn counted() -> (&'static PrometheusRecorder, PrometheusHandle) {
        let recorder: &'static PrometheusRecorder = Box::leak(Box::new(PrometheusBuilder::new().build_recorder()));
        (recorder, recorder.handle())
    }

    #[tokio::test]
    async fn books_that_cannot_be_written_are_said_to_be_shut_until_they_can_be_again() {
        let stand = Stand::open().await;
        let health = Health::default();
        assert!(health.books_open(), "until something fails");
        stand.meddle("ALTER TABLE facts RENAME TO hidden").await;
        let (books, writing) = open(stand.db.clone(), health.clone());
        health.set_facts_made(1);
        entries(1..=1).into_iter().for_each(|entry| books.write(entry));
        wait(|| !health.books_open()).await;
        assert_eq!(health.books_lag(), 1);
        stand.meddle("ALTER TABLE hidden RENAME TO facts").await;
        wait(|| health.books_open()).await;
        assert_eq!(health.books_lag(), 0);
        drop(books);
        writing.await.unwrap();
    }

    #[tokio::test]
    async fn facts_whose_places_are_taken_or_that_never_came_are_counted() {
        let stand = Stand::open().await;
        let (recorder, counts) = counted();
        let _counted = metrics::set_default_local_recorder(recorder);
        let health = Health::default();
        write(&stand.db, &health, &entries(1..=3)).await;
        assert!(!counts.render().contains("_total"), "{}", counts.render());
        write(&stand.db, &health, &entries(2..=5)).await;
        assert!(counts.render().contains("callsync_books_skipped_total 2"), "{}", counts.render());
        write(&stand.db, &health, &entries(10..=10)).await;
        assert!(counts.render().contains("callsync_books_missing_total 4"), "{}", counts.render());
    }

    #[test]
    fn a_batch_that_was_booked_by_an_attempt_that_seemed_to_fail_is_no_loss() {
        let (recorder, counts) = counted();
        let batch = entries(1..=3);
        let told = |position, tried| {
            let applied = super::Applied { position, booked: 0, skipped: 3, missing: 0 };
            metrics::with_local_recorder(recorder, || super::tell_of_lost(&applied, &batch, tried));
            counts.render().contains("skipped_total")
        };
        assert!(!told(3, true));
        assert!(told(4, true), "somebody else has gone further");
    }

    async fn wait(until: impl Fn() -> bool) {
        let there = async {
            while !until() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), there).await.unwrap();
    }
}
