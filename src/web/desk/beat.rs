//! The sign of life of an open desk.

use axum::extract::State;
use axum::http::StatusCode;
use model::AgentId;

use super::Work;
use crate::errors::Failure;
use crate::guard::Allowed;
use crate::site::Site;

/// Hears a desk.
pub(crate) async fn beat(State(site): State<Site>, allowed: Allowed<Work>) -> Result<StatusCode, Failure> {
    heard(&site, allowed.user.agent.ok_or(Failure::NotFound)?).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody sits at an agent's desk.
pub(super) async fn heard(site: &Site, agent: AgentId) {
    let at = site.app.runtime.now();
    if site.desks.hear(agent, at)
        && let Err(error) = store::desk::open(&site.app.db, agent, at).await
    {
        tracing::warn!(%error, agent.id = %agent, "that a desk is open could not be written down");
    }
}
