//! Notices that the settings were changed, by this program or by another at the same database, and tells the loop.

use std::time::Duration;

use store::Db;
use store::settings::Loaded;

use crate::handle::Handle;

/// How often the store is asked whether the settings changed.
const INTERVAL: Duration = Duration::from_millis(500);

/// Watches until the loop is gone. `known` is the version that the loop has.
pub(crate) async fn watch(db: Db, mut known: i64, handle: Handle) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match changed(&db, known).await {
            Ok(None) => {}
            Ok(Some(loaded)) => {
                tracing::info!(version = loaded.version, "settings changed");
                if handle.settings(loaded.settings).await.is_err() {
                    return;
                }
                known = loaded.version;
            }
            // The books say at length what ails the database; here it only means that the settings stay as they are.
            Err(error) => tracing::debug!(%error, "settings could not be looked at"),
        }
    }
}

async fn changed(db: &Db, known: i64) -> Result<Option<Loaded>, store::Error> {
    if store::settings::version(db).await? == known {
        return Ok(None);
    }
    store::settings::load(db).await.map(Some)
}
