//! One program serves a database: two would number their facts alike, and each would take the other's for booked already.
//! Programs that only change settings or users hold no lock.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::db::{Db, in_time};
use crate::error::Error;

/// How long PostgreSQL may take to notice that the program before us has died.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often the lock is tried again while somebody holds it.
const RETRY: Duration = Duration::from_millis(200);

/// How often the connection that holds the lock is looked at, and the lock tried again when it is lost.
const BEAT: Duration = Duration::from_secs(5);

/// So that a server which has lost us frees the lock within half a minute, and not after hours.
const KEEPALIVES: [(&str, u32); 3] = [("tcp_keepalives_idle", 10), ("tcp_keepalives_interval", 5), ("tcp_keepalives_count", 3)];

statements! {
    @differ {
        // The number is ours and that of the very table whose positions would clash. SQLite has no such locks: there a file
        // beside the database is locked, and this text is never run.
        TAKE =
            "SELECT FALSE",
            "SELECT pg_try_advisory_lock((1129535822::BIGINT << 32) | 'books'::REGCLASS::OID::BIGINT)";
    }
}

/// The right to serve a database, until it is dropped or the program dies.
#[derive(Debug)]
#[must_use = "dropped, the lock is open"]
pub struct Lock {
    _held: Held,
}

#[derive(Debug)]
enum Held {
    /// Locked as long as it is open.
    File { _file: File },
    /// Held by the connection that this task looks after.
    Connection(JoinHandle<()>),
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Self::Connection(task) = self {
            task.abort();
        }
    }
}

/// Takes the right to serve this database. PostgreSQL's lock ends with its connection; when that breaks, the lock is taken
/// again as soon as the server answers, and it is an error in the log when another program was faster.
///
/// # Errors
/// [`Error::Served`] when another program has it.
pub async fn hold(db: &Db) -> Result<Lock, Error> {
    hold_within(db, PATIENCE, BEAT).await
}

/// As [`hold`], with another patience and another beat.
pub(crate) async fn hold_within(db: &Db, patience: Duration, beat: Duration) -> Result<Lock, Error> {
    let held = match db {
        Db::Sqlite(file) => Held::File { _file: lock_beside(&file.path(), db.place())? },
        Db::Pg(server) => {
            let options = server.options().application_name("callsync lock").options(KEEPALIVES);
            let keeper = Keeper { options, place: db.place().to_owned(), silence: server.silence(), beat };
            let connection = keeper.take(patience).await?;
            Held::Connection(tokio::spawn(keeper.keep(connection)))
        }
    };
    Ok(Lock { _held: held })
}

/// Locks a file beside the database, by whatever way its path leads there.
fn lock_beside(database: &Path, place: &str) -> Result<File, Error> {
    let mut path = database.canonicalize().unwrap_or_else(|_| database.to_owned()).into_os_string();
    path.push(".lock");
    let failed = |source| Error::LockFile { path: Path::new(&path).display().to_string(), source };
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Served(place.to_owned())),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// Takes PostgreSQL's lock, and looks after it.
struct Keeper {
    options: PgConnectOptions,
    place: String,
    /// How long a silent server is waited for.
    silence: Duration,
    /// How often the connection is looked at.
    beat: Duration,
}

impl Keeper {
    /// A connection that holds the lock. One that somebody holds is tried for as long as `patience`: PostgreSQL notices a
    /// moment later than the system that a program has died.
    async fn take(&self, patience: Duration) -> Result<PgConnection, Error> {
        let began = Instant::now();
        let mut connection = in_time(self.silence, async { Ok(self.options.connect().await?) }).await?;
        loop {
            let taken = async { Ok(sqlx::query_scalar(TAKE.postgres).fetch_one(&mut connection).await?) };
            if in_time(self.silence, taken).await? {
                return Ok(connection);
            }
            if began.elapsed() >= patience {
                return Err(Error::Served(self.place.clone()));
            }
            sleep(RETRY).await;
        }
    }

    /// Looks after the connection, and takes the lock again when it is lost.
    async fn keep(self, mut connection: PgConnection) {
        loop {
            while in_time(self.silence, async { Ok(connection.ping().await?) }).await.is_ok() {
                sleep(self.beat).await;
            }
            tracing::warn!("the lock that keeps other programs off the database is lost; taking it again");
            connection = self.retake().await;
            tracing::info!("the lock that keeps other programs off the database is held again");
        }
    }

    async fn retake(&self) -> PgConnection {
        let mut said = false;
        loop {
            match self.take(PATIENCE).await {
                Ok(connection) => return connection,
                Err(error @ Error::Served(_)) if !said => {
                    said = true;
                    tracing::error!(%error, "somebody took the lock while our connection was broken: facts of both may be lost");
                }
                // The books say at length what ails the database.
                Err(error) => tracing::debug!(%error, "the lock could not be taken again"),
            }
            sleep(self.beat).await;
        }
    }
}
