//! The sign of life of an open desk.

use axum::extract::State;
use axum::http::StatusCode;

use super::Work;
use crate::errors::Failure;
use crate::guard::Allowed;
use crate::site::Site;

/// Hears a desk.
pub(crate) async fn beat(State(site): State<Site>, allowed: Allowed<Work>) -> Result<StatusCode, Failure> {
    let agent = allowed.user.agent.ok_or(Failure::NotFound)?;
    let at = site.app.runtime.now();
    if site.desks.hear(agent, at)
        && let Err(error) = store::desk::open(&site.app.db, agent, at).await
    {
        tracing::warn!(%error, agent.id = %agent, "that a desk is open could not be written down");
    }
    Ok(StatusCode::NO_CONTENT)
}
