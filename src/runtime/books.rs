//! The books' side of the loop: takes facts without ever making the loop wait, and brings them into the database in
//! batches, in order, trying again for as long as it takes. What finds no room in memory is read back from the journal.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use model::fact::BookEntry;
use store::Db;
use store::books::Applied;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::health::Health;
use crate::journal;
use crate::opening::Opening;

/// How many steps' facts may wait in memory: a minute of a busy centre. All others wait in the journal.
const WAITING: usize = 1 << 14;

/// How many steps one transaction takes. It never takes half of one: whoever reads the books would find a call over and its
/// agent still talking.
const BATCH: usize = 500;

/// How long to wait after a failure, at first and at most.
const RETRY: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// How often it is tried to read the journal before what is in it is given up.
const READINGS: usize = 5;

/// How often it is looked whether facts wait in the journal that never found room in memory.
const LOOK: Duration = Duration::from_secs(1);

/// Where the loop drops its facts.
pub(crate) struct Books {
    steps: mpsc::Sender<Vec<BookEntry>>,
}

/// What the writer stands on.
pub(crate) struct Desk {
    /// The database, as soon as it is there.
    pub(crate) opening: Opening,
    pub(crate) health: Health,
    /// The folder of the journal.
    pub(crate) journal: PathBuf,
    /// How far the journal is on the disk. The books never hold what a power cut could take from the journal.
    pub(crate) durable: watch::Receiver<u64>,
}

/// Starts the writer. It ends when [`Books`] is dropped and all is written.
pub(crate) fn open(desk: Desk) -> (Books, JoinHandle<()>) {
    open_with(desk, WAITING)
}

/// As [`open`], with room for another number of steps.
pub(crate) fn open_with(desk: Desk, waiting: usize) -> (Books, JoinHandle<()>) {
    let (steps, waiting) = mpsc::channel(waiting);
    let began = desk.health.facts_made();
    (Books { steps }, tokio::spawn(write_all(desk, waiting, began)))
}

impl Books {
    #[cfg(test)]
    pub(crate) fn have_room(&self) -> bool {
        self.steps.capacity() > 0
    }

    /// Takes the facts of a step. If they find no room, they are in the journal, and are read from there.
    pub(crate) fn write(&self, step: Vec<BookEntry>) {
        let facts = step.len() as u64;
        if self.steps.try_send(step).is_err() {
            metrics::counter!("callsync_books_deferred_total").increment(facts);
        }
    }
}

async fn write_all(mut desk: Desk, mut waiting: mpsc::Receiver<Vec<BookEntry>>, began: u64) {
    let Some(db) = desk.opening.open().await else {
        // Whoever opens no database says why; that nobody writes is no news beside it.
        while waiting.recv().await.is_some() {}
        return;
    };
    let mut booked = position(&db, &desk.health).await;
    if booked > began {
        // We began without the database, from a journal that knew less: what was made since has the numbers of what is booked.
        // From here on the loop goes on behind it.
        let lost = booked.min(desk.health.facts_made()).saturating_sub(began);
        metrics::counter!("callsync_books_lost_total").increment(lost);
        tracing::error!(booked, began, lost, "the database is ahead of the journal that this run began from: facts are lost");
    }
    let (mut steps, mut batch) = (Vec::with_capacity(BATCH), Vec::new());
    loop {
        let made = desk.health.facts_made();
        let received = tokio::time::timeout(LOOK, waiting.recv_many(&mut steps, BATCH)).await;
        // What came out of the journal may have found room in memory too.
        batch.extend(steps.drain(..).flatten().filter(|entry| entry.position > booked));
        if batch.is_empty() {
            // Made a while ago and not in memory, so in the journal as far as that is on the disk; or all that ever will be.
            let made = if received == Ok(0) { desk.health.facts_made() } else { made.min(*desk.durable.borrow()) };
            booked = catch_up(&db, &desk, booked, made).await;
        }
        // Between two that found room there may be some that did not.
        for facts in batch.chunk_by(|one, next| next.position == one.position + 1) {
            let (Some(first), Some(last)) = (facts.first(), facts.last()) else { continue };
            catch_up(&db, &desk, booked, first.position - 1).await;
            desk.until_durable(last.position).await;
            write(&db, &desk.health, facts).await;
            booked = last.position;
        }
        batch.clear();
        if received == Ok(0) {
            return;
        }
    }
}

impl Desk {
    /// Waits until the journal has a fact on the disk, or cannot have it.
    async fn until_durable(&self, position: u64) {
        // The end of the journal's thread is no reason to wait for it.
        drop(self.durable.clone().wait_for(|durable| *durable >= position).await);
    }
}

/// How far the books reach, however long the question takes.
async fn position(db: &Db, health: &Health) -> u64 {
    loop {
        match store::books::position(db).await {
            Ok(position) => {
                health.set_facts_booked(position);
                return position;
            }
            Err(error) => {
                health.set_books_open(false);
                tracing::error!(%error, "the books do not say how far they reach; trying again");
                tokio::time::sleep(RETRY.1).await;
            }
        }
    }
}

/// Books what the journal holds beyond `from`, up to the step that holds `to`, if that is any further; how far the books reach
/// then. Facts that are nowhere are passed over.
pub(crate) async fn catch_up(db: &Db, desk: &Desk, from: u64, to: u64) -> u64 {
    if to <= from {
        return from;
    }
    desk.until_durable(to).await;
    let mut reached = from;
    let steps = steps_after(&desk.journal, from).await;
    let mut steps = steps.take_while(move |step| step.first().is_some_and(|fact| fact.position <= to));
    loop {
        let read = tokio::task::spawn_blocking(move || {
            let batch: Vec<BookEntry> = steps.by_ref().take(BATCH).flatten().collect();
            (steps, batch)
        });
        let Ok((rest, batch)) = read.await else { return reached.max(to) };
        steps = rest;
        let Some(last) = batch.last().map(|entry| entry.position) else { break };
        tracing::info!(facts = batch.len(), "facts are booked that waited in the journal");
        write(db, &desk.health, &batch).await;
        reached = last;
    }
    if reached < to {
        metrics::counter!("callsync_books_lost_total").increment(to - reached);
        tracing::error!(facts = to - reached, "facts are lost: neither memory nor the journal has them");
    }
    reached.max(to)
}

/// The steps beyond a position that are in the journal. It is tried for a while: a disk may be away for a moment.
async fn steps_after(journal: &Path, from: u64) -> Box<dyn Iterator<Item = Vec<BookEntry>> + Send> {
    for _ in 0..READINGS {
        let folder = journal.to_owned();
        let opened = tokio::task::spawn_blocking(move || journal::steps_after(&folder, from)).await;
        match opened.map_err(io::Error::other).flatten() {
            Ok(steps) => return Box::new(steps),
            Err(error) => {
                tracing::error!(%error, "facts that wait in the journal cannot be read; trying again");
                tokio::time::sleep(RETRY.1).await;
            }
        }
    }
    Box::new(std::iter::empty())
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

    use model::{Fact, Timestamp};
    use sqlx::{Connection, Executor, SqliteConnection};

    use super::{BookEntry, Db, Desk, Duration, Health, open, write};
    use crate::tests::counted;

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

    #[tokio::test]
    async fn books_that_cannot_be_written_are_said_to_be_shut_until_they_can_be_again() {
        let stand = Stand::open().await;
        let health = Health::default();
        assert!(health.books_open(), "until something fails");
        stand.meddle("ALTER TABLE facts RENAME TO hidden").await;
        let (_reached, durable) = tokio::sync::watch::channel(u64::MAX);
        let journal = stand.folder.join("journal");
        let desk = Desk { opening: stand.db.clone().into(), health: health.clone(), journal, durable };
        let (books, writing) = open(desk);
        health.set_facts_made(1);
        books.write(entries(1..=1));
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
