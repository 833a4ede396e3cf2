//! Whether we live, whether calls can be taken, and how the system is doing.

mod buckets;
pub(crate) mod exposition;
mod hour;
mod limits;
pub(crate) mod page;
mod process;
mod reading;

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use runtime::Health;
use serde::Serialize;

pub(crate) use hour::{Hour, keep};
pub use limits::counting;

use crate::site::Site;

/// A database that takes longer than this to say anything counts as absent.
const PATIENCE: Duration = Duration::from_secs(1);

/// The process lives.
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// What calls need.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Readiness {
    /// Asterisk is connected, and its account was taken.
    switch: bool,
    /// The database answers.
    database: bool,
    /// The books can be written.
    books: bool,
    /// How many facts the database still waits for.
    books_lag: u64,
    /// The journal can be written.
    journal: bool,
}

/// Calls can be taken.
pub(crate) async fn ready(State(site): State<Site>) -> (StatusCode, Json<Readiness>) {
    let database = database_answers(&site).await;
    let readiness = Readiness::of(site.app.runtime.health(), database);
    (readiness.status(), Json(readiness))
}

/// Whether the database says anything, and soon enough.
async fn database_answers(site: &Site) -> bool {
    matches!(tokio::time::timeout(PATIENCE, site.app.db.ping()).await, Ok(Ok(())))
}

impl Readiness {
    /// How the loop is, and whether the database answers.
    pub(crate) fn of(health: &Health, database: bool) -> Self {
        Self {
            switch: health.switch_up(),
            database,
            books: health.books_open(),
            books_lag: health.books_lag(),
            journal: health.journal_open(),
        }
    }

    /// Nothing may be missing. A lag alone is no want: facts of a burst wait for a moment. Nor is a journal that cannot be
    /// written: calls are taken as well without it.
    pub(crate) const fn status(&self) -> StatusCode {
        if self.switch && self.database && self.books { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::Readiness;

    #[test]
    fn whatever_is_missing_makes_us_not_ready() {
        let status = |switch, database, books| Readiness { switch, database, books, books_lag: 9, journal: false }.status();
        assert_eq!(status(true, true, true), StatusCode::OK);
        for (switch, database, books) in [(false, true, true), (true, false, true), (true, true, false)] {
            assert_eq!(status(switch, database, books), StatusCode::SERVICE_UNAVAILABLE);
        }
    }
}
