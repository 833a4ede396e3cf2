//! `/metrics`, for Prometheus and for administrators.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use model::user::Role;

use crate::guard::Permission;
use crate::health::exposition;
use crate::site::Site;

/// May read the metrics in a browser.
pub(crate) struct Read;

impl Permission for Read {
    const ROLES: &'static [Role] = &[Role::Admin];
}

/// Everything that is counted.
pub(crate) async fn text(State(site): State<Site>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], exposition::text(&site))
}
