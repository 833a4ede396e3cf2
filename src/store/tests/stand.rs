//! Where a story is told: a SQLite file and a PostgreSQL schema of its own for each test, gone when it ends.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Once;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use uuid::Uuid;

use crate::dispatch::On;
use crate::{Db, migrations};

/// The variable that holds the URL of an empty PostgreSQL database.
const POSTGRES: &str = "CALLSYNC_TEST_POSTGRES";

/// A migrated database for one test.
#[derive(Clone, Debug)]
pub(super) struct Stand {
    pub(super) db: Db,
    pub(super) url: String,
}

impl Stand {
    /// The same database, opened again, as another process would.
    pub(super) async fn again(&self) -> Db {
        Db::open(&self.url).await.unwrap()
    }

    /// The same database, opened by a program that loses patience soon with whoever holds a lock.
    pub(super) async fn impatient(&self) -> Db {
        match &self.db {
            Db::Sqlite(_) => Db::open_with(&self.url, Duration::from_secs(1)).await.unwrap(),
            Db::Pg(_) => Db::open(&format!("{}&options[lock_timeout]=300", self.url)).await.unwrap(),
        }
    }

    /// The same database, opened by a program that has all the time it takes.
    pub(super) async fn patient(&self) -> Db {
        Db::open_with(&self.url, Duration::from_secs(60)).await.unwrap()
    }

    pub(super) async fn count(&self, sql: &'static str) -> i64 {
        on!(self.db.read(), c => sqlx::query_scalar(sql).fetch_one(c).await).unwrap()
    }
}

/// Tells the story on both databases.
pub(super) async fn on_both<S, F>(story: S)
where
    S: Fn(Stand) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    on_sqlite(&story).await;
    on_postgres(&story).await;
}

/// Tells the story on both databases as an earlier release left them, whose last migration was `last`.
pub(super) async fn on_both_of_release<S, F>(last: i64, story: S)
where
    S: Fn(Stand) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    on_sqlite_of_release(last, &story).await;
    on_postgres_of_release(last, &story).await;
}

/// Tells the story on SQLite alone.
pub(super) async fn on_sqlite<S, F>(story: S)
where
    S: Fn(Stand) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    on_sqlite_of_release(i64::MAX, story).await;
}

async fn on_sqlite_of_release<S, F>(last: i64, story: S)
where
    S: Fn(Stand) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let file = TempFile(std::env::temp_dir().join(format!("callsync-store-{}.db", Uuid::now_v7())));
    tell(&format!("sqlite://{}", file.0.display()), last, story).await.unwrap();
}

/// Tells the story on PostgreSQL alone, in a schema of its own.
pub(super) async fn on_postgres<S, F>(story: S)
where
    S: Fn(Stand) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    on_postgres_of_release(i64::MAX, story).await;
}

async fn on_postgres_of_release<S, F>(last: i64, story: S)
where
    S: Fn(Stand) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let Some(server) = postgres() else { return };
    let schema = format!("store_{}", Uuid::now_v7().simple());
    let mut connection = PgConnection::connect(&server).await.unwrap();
    connection.execute(AssertSqlSafe(format!("CREATE SCHEMA {schema}"))).await.unwrap();
    let told = tell(&in_schema(&server, &schema), last, story).await;
    connection.execute(AssertSqlSafe(format!("DROP SCHEMA {schema} CASCADE"))).await.unwrap();
    told.unwrap();
}

/// The PostgreSQL to test on; without one it is said aloud, once, past the test harness that keeps output to itself.
#[expect(clippy::disallowed_methods, reason = "the tests take their server from the environment")]
pub(super) fn postgres() -> Option<String> {
    static SAID: Once = Once::new();
    let url = std::env::var(POSTGRES).ok().filter(|url| !url.is_empty());
    if url.is_none() {
        SAID.call_once(|| {
            writeln!(std::io::stderr(), "PostgreSQL was NOT tried: {POSTGRES} does not name a server").unwrap_or_default();
        });
    }
    url
}

/// A panic in the story comes back as an error, so that the place can be tidied up first.
async fn tell<S, F>(url: &str, last: i64, story: S) -> Result<(), tokio::task::JoinError>
where
    S: Fn(Stand) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let db = Db::open(url).await.unwrap();
    if last == i64::MAX {
        db.migrate().await.unwrap();
    } else {
        migrate_to(&db, last).await;
    }
    let told = tokio::spawn(story(Stand { db: db.clone(), url: url.to_owned() })).await;
    db.close().await;
    told
}

async fn migrate_to(db: &Db, last: i64) {
    let old = |all: Migrator| Migrator::with_migrations(all.iter().filter(|one| one.version <= last).cloned().collect());
    let mut tx = db.write().await.unwrap();
    match tx.connection() {
        On::Sqlite(connection) => migrations::run(&old(migrations::sqlite()), connection).await.unwrap(),
        On::Pg(connection) => migrations::run(&old(migrations::postgres()), connection).await.unwrap(),
    }
    tx.commit().await.unwrap();
}

fn in_schema(server: &str, schema: &str) -> String {
    let joint = if server.contains('?') { '&' } else { '?' };
    format!("{server}{joint}options[search_path]={schema}")
}

/// Removes the file and what SQLite keeps beside it.
struct TempFile(PathBuf);

impl Drop for TempFile {
    fn drop(&mut self) {
        for beside in ["", "-wal", "-shm", ".lock"] {
            std::fs::remove_file(format!("{}{beside}", self.0.display())).unwrap_or_default();
        }
    }
}
