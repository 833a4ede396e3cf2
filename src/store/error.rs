//! Why the store did not do what was asked. No message holds a password, a name, an address or a caller's number.

use model::settings::SettingsError;

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database URL is no URL, or not of a kind that we know.
    #[error("the database URL is not usable: {0}")]
    Url(String),
    /// The database is not there, or does not let us in.
    #[error("{place} cannot be opened: {source}")]
    Open {
        /// Which one, without the password.
        place: String,
        /// Why.
        source: sqlx::Error,
    },
    /// A newer release has used the database.
    #[error("the database was used by a newer release of the program: it holds migration {found}, this program ends at {known}")]
    NewerSchema {
        /// The migration that we do not know.
        found: i64,
        /// The last one that we know.
        known: i64,
    },
    /// A migration that was applied is not the one that this program carries.
    #[error("migration {0} of the database is not the one that this program carries")]
    OtherMigration(i64),
    /// A migration failed; what it had done was taken back.
    #[error("the database could not be brought to this program's schema: {0}")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// The change would make the settings contradict themselves. Nothing was written.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A value cannot be kept as it is. Nothing was written.
    #[error("{what} {problem}")]
    Refused {
        /// The thing, named without personal data.
        what: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Another user has this e-mail address. Nothing was written.
    #[error("another user has this e-mail address")]
    EmailTaken,
    /// Somebody wrote a row that we cannot have written.
    #[error("table {table} holds a row that cannot be read: {problem}")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// No answer came in time. Whether the change was made is not known.
    #[error("the database did not answer within {0} seconds")]
    Silent(u64),
    /// Another program serves this database, and two would book each other's facts away.
    #[error("another callsync serves this database ({0}); stop it first, or give this one a database of its own")]
    Served(String),
    /// The file that keeps other programs away cannot be held.
    #[error("the lock file {path} cannot be held: {source}")]
    LockFile {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// There is no way to the database, or all the ways there are busy. Nothing was written.
    #[error("no connection to the database could be had in time")]
    OutOfReach,
    /// The database answered with an error, or the connection broke. Nothing was written.
    #[error(transparent)]
    Database(sqlx::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut => Self::OutOfReach,
            other => Self::Database(other),
        }
    }
}

impl Error {
    /// A value that cannot be kept.
    pub(crate) fn refused(what: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Refused { what: what.into(), problem: problem.into() }
    }

    /// A row that makes no sense.
    pub(crate) fn unreadable(table: &'static str, problem: impl Into<String>) -> Self {
        Self::Unreadable { table, problem: problem.into() }
    }
}
