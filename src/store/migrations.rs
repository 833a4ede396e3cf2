//! The migrations, embedded: twins by file name, `migrations/sqlite` and `migrations/postgres`. They are only ever added to.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};

use crate::error::Error;

/// Both lists at once, so that neither can have a file that the other lacks.
macro_rules! migrations {
    ($($version:literal $name:literal),+ $(,)?) => {
        const NAMES: &[(i64, &str)] = &[$(($version, $name)),+];

        /// The names of the files, without the folder.
        #[cfg(test)]
        pub(crate) const FILES: &[&str] = &[$(concat!($name, ".sql")),+];

        pub(crate) fn sqlite() -> Migrator {
            let texts = [$(include_str!(concat!("../../migrations/sqlite/", $name, ".sql"))),+];
            with_texts(&texts)
        }

        pub(crate) fn postgres() -> Migrator {
            let texts = [$(include_str!(concat!("../../migrations/postgres/", $name, ".sql"))),+];
            with_texts(&texts)
        }
    };
}

migrations! {
    1 "0001_settings",
    2 "0002_users",
    3 "0003_books",
    4 "0004_full_core",
    5 "0005_desk",
    6 "0006_timing",
    7 "0007_installation",
}

fn with_texts(texts: &[&'static str]) -> Migrator {
    let migration = |(&(version, name), &sql): (&(i64, &'static str), &&'static str)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(NAMES.iter().zip(texts).map(migration).collect())
}

/// Applies what is missing.
///
/// # Errors
/// When the database is newer than the program, or a migration fails.
pub(crate) async fn run<C: Migrate>(migrator: &Migrator, connection: &mut C) -> Result<(), Error> {
    migrator.run_direct(None, connection, false).await.map_err(|error| in_words(error, migrator))
}

/// How many migrations are missing.
///
/// # Errors
/// When the database is newer than the program, or cannot be read.
pub(crate) async fn pending<C: Migrate>(migrator: &Migrator, connection: &mut C) -> Result<usize, Error> {
    let words = |error| in_words(error, migrator);
    connection.ensure_migrations_table(&migrator.table_name).await.map_err(words)?;
    let applied = connection.list_applied_migrations(&migrator.table_name).await.map_err(words)?;
    for found in &applied {
        let Some(known) = migrator.iter().find(|known| known.version == found.version) else {
            return Err(words(MigrateError::VersionMissing(found.version)));
        };
        if known.checksum != found.checksum {
            return Err(words(MigrateError::VersionMismatch(found.version)));
        }
    }
    Ok(migrator.iter().count() - applied.len())
}

/// Whether a migration may go well a moment later: the way broke, or the database takes nothing for a while, as one that is being
/// promoted (read-only: SQLSTATE 25006), stops or starts (57P01 to 57P03), or is locked (5 in SQLite).
fn is_passing(error: &sqlx::Error) -> bool {
    let Some(refused) = error.as_database_error() else { return true };
    refused.code().is_some_and(|code| ["25006", "57P01", "57P02", "57P03", "5"].contains(&&*code))
}

fn in_words(error: MigrateError, migrator: &Migrator) -> Error {
    let known = migrator.iter().map(|migration| migration.version).max().unwrap_or_default();
    match error {
        MigrateError::VersionMissing(found) if found > known => Error::NewerSchema { found, known },
        MigrateError::VersionMissing(version) | MigrateError::VersionMismatch(version) => Error::OtherMigration(version),
        MigrateError::Execute(error) if is_passing(&error) => Error::Database(error),
        other => Error::Migrate(other),
    }
}
