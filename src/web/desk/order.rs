//! What the orders of a desk have in common.

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use model::{Actor, AgentId};
use runtime::Ask;

use super::{Work, beat};
use crate::errors::{Failure, redirect};
use crate::guard::Allowed;
use crate::orders::ask_agent;
use crate::site::Site;

/// Hands a change of the agent's own state to the loop.
pub(super) async fn ask(site: &Site, allowed: &Allowed<Work>, ask: Ask, asked: &'static str) -> Result<(), Failure> {
    let agent = own_agent(allowed)?;
    ask_agent(site, Actor::User(allowed.user.id), agent, ask, asked).await?;
    // Whoever comes to work by this order had no desk as long as they were logged out, and may vanish before the next beat.
    beat::heard(site, agent).await;
    Ok(())
}

/// The agent whose desk it is.
pub(super) fn own_agent(allowed: &Allowed<Work>) -> Result<AgentId, Failure> {
    allowed.user.agent.ok_or(Failure::NotFound)
}

/// What came of an order shows on the desk: htmx needs nothing more, a browser without it is led back there.
pub(super) fn taken(headers: &HeaderMap) -> Response {
    if headers.contains_key("hx-request") { StatusCode::NO_CONTENT.into_response() } else { redirect("/desk") }
}
