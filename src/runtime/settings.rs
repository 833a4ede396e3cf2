//! Notices that the settings were changed, by this program or by another at the same database, and tells the loop.

use std::time::Duration;

use store::Db;
use store::settings::Loaded;

use crate::handle::Handle;
use crate::opening::Opening;

/// How often the store is asked whether the settings changed.
const INTERVAL: Duration = Duration::from_millis(500);

/// Watches until the loop is gone. `known` is the version that the loop has, if it is one of this database.
pub(crate) async fn watch(mut opening: Opening, mut known: Option<i64>, handle: Handle) {
    let Some(db) = opening.open().await else { return };
    let mut trouble = Trouble::default();
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match changed(&db, known).await {
            Ok(None) => trouble.over(),
            Ok(Some(loaded)) => {
                trouble.over();
                tracing::info!(version = loaded.version, "settings changed");
                if handle.settings(loaded.settings).await.is_err() {
                    return;
                }
                known = Some(loaded.version);
            }
            Err(error) if trouble.is_new(&error) => {
                tracing::warn!(%error, "the settings could not be looked at and stay as they are; trying again");
            }
            Err(error) => tracing::debug!(%error, "the settings could still not be looked at"),
        }
    }
}

/// Why the settings could not be looked at: said when it begins and when the reason changes, not twice a second.
#[derive(Debug, Default)]
struct Trouble {
    said: Option<String>,
}

impl Trouble {
    /// Whether this was not the reason before.
    fn is_new(&mut self, error: &store::Error) -> bool {
        let reason = error.to_string();
        let new = self.said.as_ref() != Some(&reason);
        self.said = Some(reason);
        new
    }

    fn over(&mut self) {
        if self.said.take().is_some() {
            tracing::info!("the settings can be looked at again");
        }
    }
}

async fn changed(db: &Db, known: Option<i64>) -> Result<Option<Loaded>, store::Error> {
    if known == Some(store::settings::version(db).await?) {
        return Ok(None);
    }
    store::settings::load(db).await.map(Some)
}

#[cfg(test)]
mod tests {
    use store::Error;

    use super::Trouble;

    #[test]
    fn a_reason_is_said_once_until_it_changes_or_the_trouble_is_over() {
        let mut trouble = Trouble::default();
        assert!(trouble.is_new(&Error::OutOfReach));
        assert!(!trouble.is_new(&Error::OutOfReach));
        assert!(trouble.is_new(&Error::Silent(30)));
        assert!(!trouble.is_new(&Error::Silent(30)));
        trouble.over();
        assert!(trouble.is_new(&Error::Silent(30)));
    }
}
