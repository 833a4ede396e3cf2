//! Opening the store for the program that serves: the database, its schema, the right to be the only one. A database that
//! is not there is waited for; calls do not wait with it when the journal has what they need.

use std::time::{Duration, Instant};

use model::Installation;
use store::Db;
use store::lock::Lock;
use tokio::sync::watch;

use crate::Failure;
use crate::config::Config;
use crate::installation;

/// How long a database may take to be there when nothing can be done without it: a server that starts beside us.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often it is tried.
const RETRY: Duration = Duration::from_secs(1);

/// The store, and the right to serve it.
pub struct Opened {
    pub db: Db,
    pub lock: Lock,
    pub installation: Installation,
}

/// Opens the store at the start. `None` if it is not there and the program can begin without.
///
/// # Errors
/// When it cannot be used, or is not there in time and nothing can begin without.
pub async fn at_start(config: &Config, can_begin_without: bool) -> Result<Option<Opened>, Failure> {
    let began = Instant::now();
    let mut said = false;
    loop {
        match open(config).await {
            Ok(opened) => return Ok(Some(opened)),
            Err(error) if !is_passing(&error) => return Err(error),
            Err(error) if can_begin_without => {
                tracing::error!(error = crate::in_full(error.as_ref()), "the database is not there: calls go on without it");
                return Ok(None);
            }
            Err(error) if began.elapsed() >= PATIENCE => return Err(error),
            Err(error) if !said => {
                said = true;
                let error = crate::in_full(error.as_ref());
                tracing::error!(error, patience_s = PATIENCE.as_secs(), "the database is not there; trying again");
            }
            Err(_) => {}
        }
        tokio::time::sleep(RETRY).await;
    }
}

/// Opens the store however long it takes. `None` when the program stops before.
///
/// # Errors
/// When it cannot be used.
pub async fn later(config: &Config, mut stopping: watch::Receiver<bool>) -> Result<Option<Opened>, Failure> {
    loop {
        match open(config).await {
            Ok(opened) => return Ok(Some(opened)),
            Err(error) if !is_passing(&error) => return Err(error),
            Err(error) => tracing::debug!(error = crate::in_full(error.as_ref()), "the database is still not there"),
        }
        if tokio::time::timeout(RETRY, stopping.wait_for(|stop| *stop)).await.is_ok() {
            return Ok(None);
        }
    }
}

async fn open(config: &Config) -> Result<Opened, Failure> {
    let db = config.open_store().await?;
    db.migrate().await?;
    let lock = store::lock::hold(&db).await?;
    let installation = installation::named(&db, &config.data_dir).await?;
    Ok(Opened { db, lock, installation })
}

/// Whether the database may be there a moment later.
fn is_passing(error: &Failure) -> bool {
    use store::Error as E;
    match error.downcast_ref::<E>() {
        Some(E::Open { .. } | E::OutOfReach | E::Silent(_) | E::Database(_)) => true,
        // What the store says that nobody knows here is nothing to wait for.
        Some(_) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_passing;

    #[test]
    fn only_what_may_pass_is_waited_for() {
        assert!(is_passing(&store::Error::OutOfReach.into()));
        assert!(is_passing(&store::Error::Silent(5).into()));
        assert!(!is_passing(&store::Error::Served("a database".to_owned()).into()));
        assert!(!is_passing(&store::Error::NewerSchema { found: 9, known: 8 }.into()));
        assert!(!is_passing(&"the data folder cannot be made".into()));
    }
}
