//! Kills at any byte: whatever of the journal is left, the books have every fact once, and they never have another in its
//! place.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use acd::event::Ask;
use model::Fact;
use model::fact::BookEntry;
use sqlx::{Connection, Executor, SqliteConnection};

use super::{Site, left};
use crate::books::{self, Desk};
use crate::health::Health;
use crate::journal::{Segment, segments, steps_after};

/// A few numbers that are the same in every run.
struct Lots(u64);

impl Lots {
    fn draw(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below.max(1)
    }
}

/// Cuts what a kill could have kept from the disk: some bytes, but never a fact that the books have already, since they
/// wait for the disk.
fn cut(site: &Site, booked: u64, lots: &mut Lots) -> PathBuf {
    let path = segments(&site.keeping().journal()).unwrap().pop().unwrap();
    let length = std::fs::metadata(&path).unwrap().len();
    let mut keep = length;
    let bytes = std::fs::read(&path).unwrap();
    for _ in 0..20 {
        let at = length - lots.draw(length / 2);
        std::fs::write(&path, &bytes[..usize::try_from(at).unwrap()]).unwrap();
        if head(site) >= booked && Segment::open(&path).is_ok() {
            keep = at;
            break;
        }
    }
    std::fs::write(&path, &bytes[..usize::try_from(keep).unwrap()]).unwrap();
    path
}

fn head(site: &Site) -> u64 {
    facts(site).last().map_or(0, |fact| fact.position)
}

/// The facts of the journal, step by step.
fn steps(site: &Site) -> impl Iterator<Item = Vec<BookEntry>> + use<> {
    steps_after(&site.keeping().journal(), 0).unwrap()
}

/// The facts of the journal.
fn facts(site: &Site) -> impl Iterator<Item = BookEntry> + use<> {
    steps(site).flatten()
}

async fn until(there: impl Fn() -> bool) {
    while !there() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn after_twenty_kills_every_fact_is_booked_once() {
    let site = Site::new().await;
    let mut lots = Lots(7);
    let mut cuts = 0;
    for round in 0..20 {
        let run = site.run().await;
        run.returns().await;
        run.asks(1001 + u128::from(lots.draw(2)), Ask::Ready).await;
        for caller in 0..lots.draw(20) + 1 {
            run.calls(&format!("c{round}-{caller}"), "700").await;
            if lots.draw(2) == 0 {
                run.tell(left(&format!("c{round}-{caller}"))).await;
            }
        }
        run.board().await;
        if lots.draw(2) == 0 {
            site.booked(run.handle.health().facts_made()).await;
        }
        // Everything dies in the middle of what it does. What is under way in other threads comes to its end, as what was
        // handed to the system would.
        let health = run.handle.health().clone();
        until(|| health.journal_open()).await;
        run.centre.kill().await;
        until(|| !health.journal_open()).await;
        store::books::apply(&site.db, &[]).await.unwrap();
        let booked = store::books::position(&site.db).await.unwrap();
        let before = head(&site);
        cut(&site, booked, &mut lots);
        cuts += u64::from(head(&site) < before);
    }
    assert!(cuts > 0, "some cuts took facts");
    let run = site.run().await;
    let made = run.handle.health().facts_made();
    site.booked(made).await;
    run.stop().await;

    assert!(made > 200, "{made}");
    assert_eq!(facts(&site).count() as u64, head(&site), "none is missing");
    assert_eq!(site.facts().await, written(&site, u64::MAX), "the books are the journal's");
}

/// The facts of the journal that have a row of their own, as the books write them.
fn written(site: &Site, to: u64) -> Vec<(u64, String)> {
    let facts = facts(site).filter(|entry| entry.position <= to);
    let kept = |entry: &BookEntry| !matches!(entry.fact, Fact::SegmentEnded(_) | Fact::Ignored { .. });
    facts.filter(kept).map(|entry| (entry.position, serde_json::to_string(&entry.fact).unwrap())).collect()
}

/// Hands the journal's facts to a database that has none of them, through a door that lets so many steps in at a time. The
/// database is there once twenty found no room; the others are handed in as soon as there is room again. The database, and what
/// its books reached from one commit to the next.
async fn booked_anew(site: &Site, room: usize) -> (Site, Vec<u64>) {
    let other = Site::new().await;
    let url = format!("sqlite://{}", other.folder.join("test.db").display());
    let mut watching = SqliteConnection::connect(&url).await.unwrap();
    let trigger = "CREATE TABLE reached (position INTEGER);
        CREATE TRIGGER reaching AFTER UPDATE ON books BEGIN INSERT INTO reached VALUES (new.position); END";
    watching.execute(trigger).await.unwrap();
    let health = Health::default();
    let made = head(site);
    let (_reached, durable) = tokio::sync::watch::channel(made);
    let (there, opening) = tokio::sync::watch::channel(None);
    let desk = Desk { opening: opening.into(), health: health.clone(), journal: site.keeping().journal(), durable };
    let (books, booking) = books::open_with(desk, room);
    for (n, step) in steps(site).enumerate() {
        if n == room + 20 {
            there.send_replace(Some(other.db.clone()));
            while !books.have_room() {
                tokio::task::yield_now().await;
            }
        }
        health.set_facts_made(step.last().unwrap().position);
        books.write(step);
    }
    there.send_replace(Some(other.db.clone()));
    other.booked(made).await;
    drop(books);
    tokio::time::timeout(Duration::from_secs(20), booking).await.unwrap().unwrap();
    let reached: Vec<i64> = sqlx::query_scalar("SELECT position FROM reached").fetch_all(&mut watching).await.unwrap();
    (other, reached.into_iter().map(|position| u64::try_from(position).unwrap()).collect())
}

#[tokio::test]
async fn facts_that_find_no_room_in_memory_are_booked_from_the_journal() {
    let site = Site::new().await;
    let run = site.run().await;
    run.returns().await;
    for caller in 0..50 {
        run.calls(&format!("c{caller}"), "700").await;
    }
    run.until(|board| board.calls.len() == 50).await;
    run.stop().await;

    let (other, _) = booked_anew(&site, 4).await;
    assert_eq!(other.facts().await, written(&site, u64::MAX));
    assert!(written(&site, u64::MAX).len() > 50);
}

#[tokio::test]
async fn the_books_never_lack_a_fact_and_never_hold_half_a_step() {
    let site = Site::new().await;
    let run = site.run().await;
    run.returns().await;
    for caller in 0..600 {
        run.calls(&format!("c{caller}"), "700").await;
        run.tell(left(&format!("c{caller}"))).await;
    }
    run.until(|board| board.calls.is_empty()).await;
    run.stop().await;

    let ends: BTreeSet<u64> = steps(&site).map(|step| step.last().unwrap().position).collect();
    assert!(ends.len() > 1000 && ends.len() < facts(&site).count(), "many steps, some of several facts");
    // From the journal; from memory; from the journal in the middle of what is taken from memory at once.
    for room in [4, ends.len(), 600] {
        let (other, reached) = booked_anew(&site, room).await;
        assert_eq!(other.facts().await, written(&site, u64::MAX), "with room for {room}");
        assert!(reached.len() > 1, "in several transactions: {reached:?}");
        assert!(reached.iter().all(|position| ends.contains(position)), "{reached:?}");
    }
}

#[tokio::test]
async fn a_journal_that_cannot_be_read_for_a_moment_is_read_a_moment_later() {
    let (site, other) = (Site::new().await, Site::new().await);
    let run = site.run().await;
    run.returns().await;
    run.calls("c1", "700").await;
    run.until(|board| board.calls.len() == 1).await;
    run.stop().await;
    let (made, written, journal) = (head(&site), written(&site, u64::MAX), other.folder.join("away"));

    std::fs::write(&journal, "no folder").unwrap();
    let (_reached, durable) = tokio::sync::watch::channel(made);
    let desk = Desk { opening: other.db.clone().into(), health: Health::default(), journal: journal.clone(), durable };
    let mut catching = std::pin::pin!(books::catch_up(&other.db, &desk, 0, made));
    assert!(tokio::time::timeout(Duration::from_millis(100), &mut catching).await.is_err(), "it gives nothing up");
    std::fs::remove_file(&journal).unwrap();
    std::fs::rename(site.keeping().journal(), &journal).unwrap();
    assert_eq!(tokio::time::timeout(Duration::from_secs(20), catching).await.unwrap(), made);
    assert_eq!(other.facts().await, written);
}
