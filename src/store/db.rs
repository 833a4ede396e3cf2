//! The database: opened by URL, brought to the program's schema, asked whether it answers. SQLite has one connection that
//! writes and a few that read; PostgreSQL has a pool.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::pool::PoolOptions;
use sqlx::postgres::{PgConnectOptions, PgPool};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, PgConnection, Postgres, Sqlite, SqliteConnection, Transaction};

use crate::dispatch::{Dialects, On};
use crate::error::Error;
use crate::migrations;

/// How long a change, and a statement on the server, may take, everything included.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long to wait for a connection, for a lock that another process holds, and for what only reads: somebody looks at it.
const WAIT: Duration = Duration::from_secs(5);

/// How long bringing large tables to a new schema may take.
const MIGRATION: Duration = Duration::from_secs(3600);

/// How many connections of each kind stay open at most.
const CONNECTIONS: u32 = 8;

/// The database. Clones share their connections.
#[derive(Clone)]
pub enum Db {
    /// A file of our own.
    Sqlite(SqliteFile),
    /// A PostgreSQL server.
    Pg(PgServer),
}

/// An open SQLite file.
#[derive(Clone)]
pub struct SqliteFile {
    writer: SqlitePool,
    readers: SqlitePool,
    place: Arc<str>,
    patience: Patience,
}

/// An open PostgreSQL database.
#[derive(Clone)]
pub struct PgServer {
    pool: PgPool,
    place: Arc<str>,
    patience: Patience,
}

/// How long a silent database is waited for, everything included.
#[derive(Clone, Copy)]
struct Patience {
    read: Duration,
    write: Duration,
}

impl Patience {
    /// The patience of a program that waits so long for connections and locks.
    fn of(wait: Duration) -> Self {
        Self { read: wait, write: wait.saturating_mul(6).min(PATIENCE) }
    }
}

statements! {
    PING = "SELECT 1";
}

impl Db {
    /// Opens the database that the URL names: `sqlite:///path/file.db`, which is created if it is not there, or
    /// `postgres://user:password@host/database`, with `?sslmode=verify-full` and the like for TLS.
    ///
    /// # Errors
    /// [`Error::Url`] or [`Error::Open`]; neither shows the password.
    pub async fn open(url: &str) -> Result<Self, Error> {
        Self::open_with(url, WAIT).await
    }

    /// As [`Db::open`], waiting `wait` for connections and locks.
    pub(crate) async fn open_with(url: &str, wait: Duration) -> Result<Self, Error> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => open_sqlite(url, wait).await.map(Self::Sqlite),
            Some("postgres" | "postgresql") => open_postgres(url, wait).await.map(Self::Pg),
            _ => Err(Error::Url("it must begin with sqlite: or postgres:".to_owned())),
        }
    }

    /// Brings the database to this program's schema. Programs that try at once wait for one another.
    ///
    /// # Errors
    /// [`Error::NewerSchema`] when a newer release has used it, [`Error::Migrate`] when a migration fails.
    pub async fn migrate(&self) -> Result<(), Error> {
        match self {
            Self::Sqlite(file) => in_time(MIGRATION, migrate_sqlite(file)).await,
            Self::Pg(server) => migrate_postgres(server).await,
        }
    }

    /// How many migrations this program has that the database lacks.
    ///
    /// # Errors
    /// [`Error::NewerSchema`] when a newer release has used it.
    pub async fn pending_migrations(&self) -> Result<usize, Error> {
        self.reading(async {
            match self {
                Self::Sqlite(file) => migrations::pending(&migrations::sqlite(), &mut *file.writer.acquire().await?).await,
                Self::Pg(server) => migrations::pending(&migrations::postgres(), &mut *server.pool.acquire().await?).await,
            }
        })
        .await
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn ping(&self) -> Result<(), Error> {
        self.reading(async { Ok(on!(self.read(), c => sqlx::query(PING).execute(c).await.map(|_| ()))?) }).await
    }

    /// Which database it is, in words and without its password.
    #[must_use]
    pub fn place(&self) -> &str {
        match self {
            Self::Sqlite(file) => &file.place,
            Self::Pg(server) => &server.place,
        }
    }

    /// Closes every connection, once what is under way is done; a database that has gone silent is left.
    pub async fn close(&self) {
        let closed = async {
            match self {
                Self::Sqlite(file) => {
                    file.readers.close().await;
                    file.writer.close().await;
                }
                Self::Pg(server) => server.pool.close().await,
            }
        };
        if tokio::time::timeout(self.patience().write, closed).await.is_err() {
            tracing::warn!("the database does not answer: its connections are left open");
        }
    }

    /// Does what only reads, and gives up on a database that has gone silent: somebody waits for the page.
    pub(crate) async fn reading<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        in_time(self.patience().read, work).await
    }

    /// Does what changes something, and gives up on a database that has gone silent.
    pub(crate) async fn writing<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        in_time(self.patience().write, work).await
    }

    const fn patience(&self) -> Patience {
        match self {
            Self::Sqlite(file) => file.patience,
            Self::Pg(server) => server.patience,
        }
    }

    /// For one statement that changes nothing.
    pub(crate) const fn read(&self) -> On<&SqlitePool, &PgPool> {
        match self {
            Self::Sqlite(file) => On::Sqlite(&file.readers),
            Self::Pg(server) => On::Pg(&server.pool),
        }
    }

    /// For several statements that change nothing and see one moment.
    pub(crate) async fn read_together(&self) -> Result<Tx, Error> {
        Ok(Tx(match self {
            Self::Sqlite(file) => On::Sqlite(file.readers.begin().await?),
            Self::Pg(server) => On::Pg(server.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?),
        }))
    }

    /// For statements that change something. SQLite's lock is taken at once: a transaction that first reads and then
    /// writes is refused, without waiting, when another process has written in between.
    pub(crate) async fn write(&self) -> Result<Tx, Error> {
        Ok(Tx(match self {
            Self::Sqlite(file) => On::Sqlite(file.writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Pg(server) => On::Pg(server.pool.begin().await?),
        }))
    }
}

impl SqliteFile {
    /// The file.
    pub(crate) fn path(&self) -> PathBuf {
        self.writer.connect_options().get_filename().to_owned()
    }
}

impl PgServer {
    /// A connection that belongs to nobody's pool.
    pub(crate) fn options(&self) -> PgConnectOptions {
        (*self.pool.connect_options()).clone()
    }

    /// How long it is waited for an answer.
    pub(crate) const fn silence(&self) -> Duration {
        self.patience.read
    }
}

/// Hides the connections, whose options hold the password.
impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Db({})", self.place())
    }
}

/// A transaction. Dropped without `commit`, it leaves nothing behind.
pub(crate) struct Tx(On<Transaction<'static, Sqlite>, Transaction<'static, Postgres>>);

impl Tx {
    /// The connection, for `on!`.
    pub(crate) fn connection(&mut self) -> On<&mut SqliteConnection, &mut PgConnection> {
        match &mut self.0 {
            On::Sqlite(transaction) => On::Sqlite(transaction),
            On::Pg(transaction) => On::Pg(transaction),
        }
    }

    /// The text that this database understands.
    pub(crate) const fn dialect(&self, sql: Dialects) -> &'static str {
        match self.0 {
            On::Sqlite(_) => sql.sqlite,
            On::Pg(_) => sql.postgres,
        }
    }

    /// Makes it so.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        on!(self.0, transaction => transaction.commit().await).map_err(Error::from)
    }
}

/// Gives up on a database that has gone silent: a dead network tells nobody.
pub(crate) async fn in_time<T>(limit: Duration, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    tokio::time::timeout(limit, work).await.unwrap_or(Err(Error::Silent(limit.as_secs())))
}

async fn migrate_sqlite(file: &SqliteFile) -> Result<(), Error> {
    let mut transaction = file.writer.begin_with("BEGIN IMMEDIATE").await?;
    migrations::run(&migrations::sqlite(), &mut *transaction).await?;
    transaction.commit().await?;
    Ok(())
}

/// On a connection of its own: rewriting a large table may outlast the time that a statement has otherwise, and closing it
/// releases the migrator's lock whatever happened.
async fn migrate_postgres(server: &PgServer) -> Result<(), Error> {
    let options = server.options().options([("statement_timeout", 0), ("lock_timeout", 0)]);
    let mut connection = in_time(server.patience.write, async { Ok(options.connect().await?) }).await?;
    let done = in_time(MIGRATION, migrations::run(&migrations::postgres(), &mut connection)).await;
    in_time(server.patience.write, async { Ok(connection.close().await?) }).await?;
    done
}

async fn open_sqlite(url: &str, wait: Duration) -> Result<SqliteFile, Error> {
    let options = SqliteConnectOptions::from_str(url).map_err(|error| Error::Url(error.to_string()))?;
    let path = options.get_filename().display().to_string();
    if path.is_empty() || url.contains(":memory:") || url.contains("mode=memory") {
        return Err(Error::Url("a SQLite database must be a file, as in sqlite:///var/lib/callsync/callsync.db".to_owned()));
    }
    let place: Arc<str> = format!("SQLite file {path}").into();
    let options = options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // What the books say is booked, the journal may forget: so a commit must be on the disk, also after a power cut.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(wait)
        .disable_statement_logging();
    let pool = |connections| {
        PoolOptions::<Sqlite>::new().max_connections(connections).acquire_timeout(wait).idle_timeout(None).max_lifetime(None)
    };
    let opened = |source| Error::Open { place: place.to_string(), source };
    // SQLite ends a transaction by itself when its disk is full; the connection would count it as open for ever, and there is
    // no other that writes.
    let writer = pool(1).after_release(|connection, _| Box::pin(is_between_transactions(connection)));
    let writer = writer.connect_with(options.clone()).await.map_err(opened)?;
    let readers = pool(CONNECTIONS).connect_with(options.pragma("query_only", "ON")).await.map_err(opened)?;
    Ok(SqliteFile { writer, readers, place, patience: Patience::of(wait) })
}

async fn is_between_transactions(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // Whatever was given up on is rolled back first.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

async fn open_postgres(url: &str, wait: Duration) -> Result<PgServer, Error> {
    let options = PgConnectOptions::from_str(url).map_err(|error| Error::Url(error.to_string()))?;
    let host = options.get_socket().map_or_else(|| options.get_host().to_owned(), |socket| socket.display().to_string());
    let database = options.get_database().unwrap_or_else(|| options.get_username());
    let place: Arc<str> = format!("PostgreSQL {host}:{}/{database} as {}", options.get_port(), options.get_username()).into();
    let ours = [
        ("statement_timeout", PATIENCE.as_millis()),
        ("lock_timeout", wait.as_millis()),
        ("idle_in_transaction_session_timeout", PATIENCE.as_millis()),
    ];
    let theirs = options.get_options().unwrap_or_default().to_owned();
    let options = options.application_name("callsync").options(ours.into_iter().filter(|(name, _)| !theirs.contains(name)));
    let options = options.disable_statement_logging();
    // The pool takes a server that refuses to be one that is starting, and in the end says only that time is up; one
    // connection of our own says what is wrong.
    let attempt = async { options.connect().await?.close().await };
    let attempt = tokio::time::timeout(wait, attempt)
        .await
        .unwrap_or_else(|_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()));
    attempt.map_err(|source| Error::Open { place: place.to_string(), source })?;
    let pool = PoolOptions::<Postgres>::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(wait)
        // The pool itself asks a connection that comes back whether it still lives, and would wait for a silent server for
        // as long as TCP does: eight questions cut off in the middle, and no connection were left to ask the next.
        .after_release(move |connection, _| Box::pin(answers(connection, wait)))
        .connect_lazy_with(options);
    Ok(PgServer { pool, place, patience: Patience::of(wait) })
}

async fn answers(connection: &mut PgConnection, wait: Duration) -> Result<bool, sqlx::Error> {
    let silent = |_| sqlx::Error::from(std::io::Error::from(std::io::ErrorKind::TimedOut));
    tokio::time::timeout(wait, connection.ping()).await.map_err(silent)?.map(|()| true)
}
