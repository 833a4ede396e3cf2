//! `/metrics`, for Prometheus and for administrators.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use model::user::Role;

use crate::guard::Permission;
use crate::site::Site;

/// May read the metrics in a browser.
pub(crate) struct Read;

impl Permission for Read {
    const ROLES: &'static [Role] = &[Role::Admin];
}

/// Everything that is counted.
pub(crate) async fn text(State(site): State<Site>) -> impl IntoResponse {
    // Counted at the moment when somebody asks.
    metrics::gauge!("callsync_books_lag").set(site.app.runtime.health().books_lag() as f64);
    metrics::gauge!("callsync_journal_open").set(f64::from(u8::from(site.app.runtime.health().journal_open())));
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], site.app.metrics.render())
}
