//! Whether we live, and whether calls can be taken.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;

use crate::site::Site;

/// A database that takes longer than this to say anything counts as absent.
const PATIENCE: Duration = Duration::from_secs(1);

/// The process lives.
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// What calls need.
#[derive(Debug, Serialize)]
pub(crate) struct Readiness {
    /// Asterisk is connected, and its account was taken.
    switch: bool,
    /// The database answers.
    database: bool,
    /// How many facts the database still waits for.
    books_lag: u64,
}

/// Calls can be taken.
pub(crate) async fn ready(State(site): State<Site>) -> (StatusCode, Json<Readiness>) {
    let health = site.app.runtime.health();
    let database = matches!(tokio::time::timeout(PATIENCE, site.app.db.ping()).await, Ok(Ok(())));
    let readiness = Readiness { switch: health.switch_up(), database, books_lag: health.books_lag() };
    let status = if readiness.switch && readiness.database { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(readiness))
}
