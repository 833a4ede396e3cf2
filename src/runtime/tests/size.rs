//! What a call takes on the disk, measured: `cargo test -p runtime what_a_call_takes -- --nocapture`. A simulated day of a
//! thousand calls goes into the journal and, step by step, into the books. With `CALLSYNC_TEST_POSTGRES` into PostgreSQL too.

use std::cell::RefCell;
use std::rc::Rc;

use acd::State;
use acd::effect::Effect;
use model::Timestamp;
use model::fact::BookEntry;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};
use store::Db;
use uuid::Uuid;

use crate::health::Health;
use crate::journal::{Keeping, Snapshot, Step, open, segments};

/// How many callers come, a day's for six agents.
const CALLS: u64 = 1_000;

/// What a call may take in the books of SQLite, in bytes: a little above what it takes.
const MOST: i64 = 4_500;

/// What tables and indexes take, in bytes, without those that hold nothing of a call.
const SQLITE: &str = "SELECT name, CAST(SUM(pgsize) AS BIGINT) FROM dbstat
    WHERE name LIKE '%calls%' OR name LIKE '%segments%' OR name LIKE '%states%' OR name LIKE '%facts%' OR name LIKE 'phone%'
    GROUP BY name ORDER BY name";
const POSTGRES: &str = "SELECT CAST(relname AS TEXT), pg_relation_size(oid) FROM pg_class
    WHERE relnamespace = CAST(current_schema() AS regnamespace) AND relkind IN ('r', 'i')
        AND (relname LIKE '%calls%' OR relname LIKE '%segments%' OR relname LIKE '%states%' OR relname LIKE '%facts%'
            OR relname LIKE 'phone%')
    ORDER BY relname";

/// The steps of the day.
fn steps() -> Vec<Step> {
    let steps = Rc::new(RefCell::new(Vec::new()));
    let (kept, mut position) = (Rc::clone(&steps), 0);
    let listener = move |at, event: &acd::event::Event, effects: &[Effect]| {
        let first = position + 1;
        position += effects.iter().filter(|effect| matches!(effect, Effect::Record(_))).count() as u64;
        kept.borrow_mut().push(Step { at, event: event.clone(), first, effects: effects.to_vec() });
    };
    simulation::day::told(CALLS, Box::new(listener));
    steps.take()
}

fn entries(steps: &[Step]) -> Vec<Vec<BookEntry>> {
    let facts = |step: &Step| {
        let facts = step.effects.iter().filter_map(|effect| match effect {
            Effect::Switch(_) => None,
            Effect::Record(fact) => Some(fact.clone()),
        });
        (step.first..).zip(facts).map(|(position, fact)| BookEntry { position, at: step.at, fact }).collect()
    };
    steps.iter().map(facts).filter(|facts: &Vec<BookEntry>| !facts.is_empty()).collect()
}

#[test]
fn what_a_call_takes_in_the_journal() {
    let folder = std::env::temp_dir().join(format!("callsync-size-{}", Uuid::now_v7().simple()));
    std::fs::create_dir_all(&folder).unwrap();
    let keeping = Keeping { folder: folder.clone(), days: 14, zone: jiff::tz::TimeZone::UTC };
    let mut journal = open(&keeping, Health::default()).unwrap();
    let at = Timestamp::from_ms(1);
    journal.begin(Snapshot { at, state: State::new(1), position: 0, since: at, follows: true });
    for step in steps() {
        journal.append(step);
        while journal.waiting() > 8_000 {
            std::thread::yield_now();
        }
    }
    assert!(journal.flush(std::time::Duration::from_secs(60)));
    let bytes: u64 = segments(&keeping.journal()).unwrap().iter().map(|path| std::fs::metadata(path).unwrap().len()).sum();
    std::fs::remove_dir_all(&folder).unwrap();
    println!("journal: {} bytes a call", bytes / CALLS);
    assert!(bytes > CALLS * 500, "the day is in it");
}

#[tokio::test]
async fn what_a_call_takes_in_the_books() {
    let entries = entries(&steps());
    let facts: usize = entries.iter().map(Vec::len).sum();
    println!("{CALLS} calls, {facts} facts");
    let file = std::env::temp_dir().join(format!("callsync-size-{}.db", Uuid::now_v7().simple()));
    let url = format!("sqlite://{}", file.display());
    book(&url, &entries).await;
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    connection.execute("VACUUM").await.unwrap();
    let sizes: Vec<(String, i64)> = sqlx::query_as(SQLITE).fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    for beside in ["", "-wal", "-shm", ".lock"] {
        std::fs::remove_file(format!("{}{beside}", file.display())).unwrap_or_default();
    }
    let bytes = print("SQLite", &sizes);
    on_postgres(&entries).await;
    assert!(bytes <= MOST, "a call takes {bytes} bytes");
}

async fn on_postgres(entries: &[Vec<BookEntry>]) {
    let Some(server) = server() else {
        println!("PostgreSQL was not measured: CALLSYNC_TEST_POSTGRES names no server");
        return;
    };
    let schema = format!("size_{}", Uuid::now_v7().simple());
    let joint = if server.contains('?') { '&' } else { '?' };
    let url = format!("{server}{joint}options[search_path]={schema}");
    let mut connection = PgConnection::connect(&server).await.unwrap();
    connection.execute(AssertSqlSafe(format!("CREATE SCHEMA {schema}"))).await.unwrap();
    book(&url, entries).await;
    let mut inside = PgConnection::connect(&url).await.unwrap();
    inside.execute("VACUUM FULL").await.unwrap();
    let sizes: Vec<(String, i64)> = sqlx::query_as(POSTGRES).fetch_all(&mut inside).await.unwrap();
    inside.close().await.unwrap();
    connection.execute(AssertSqlSafe(format!("DROP SCHEMA {schema} CASCADE"))).await.unwrap();
    print("PostgreSQL", &sizes);
}

#[expect(clippy::disallowed_methods, reason = "the tests take their server from the environment")]
fn server() -> Option<String> {
    std::env::var("CALLSYNC_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

/// Forty steps to a batch.
async fn book(url: &str, entries: &[Vec<BookEntry>]) {
    let db = Db::open(url).await.unwrap();
    db.migrate().await.unwrap();
    for batch in entries.chunks(40) {
        store::books::apply(&db, &batch.concat()).await.unwrap();
    }
    db.close().await;
}

fn print(database: &str, sizes: &[(String, i64)]) -> i64 {
    let calls = i64::try_from(CALLS).unwrap();
    println!("{database}, bytes a call after VACUUM:");
    for (name, bytes) in sizes {
        println!("  {name:40} {:6}", bytes / calls);
    }
    let all = sizes.iter().map(|(_, bytes)| bytes).sum::<i64>() / calls;
    println!("  {:40} {all:6}", "in all");
    all
}
