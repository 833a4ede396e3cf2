//! What the orders of a desk have in common.

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use model::user::User;
use model::{Actor, AgentId};
use runtime::Ask;
use uuid::Uuid;

use super::Work;
use crate::errors::{Failure, redirect};
use crate::guard::Allowed;
use crate::site::Site;

/// Hands a change of the agent's own state to the loop.
pub(super) async fn ask(site: &Site, allowed: &Allowed<Work>, ask: Ask, asked: &'static str) -> Result<(), Failure> {
    let agent = own_agent(allowed)?;
    site.app.runtime.ask(agent, ask, Actor::User(allowed.user.id)).await?;
    note(site, &allowed.user, asked, "agent", agent.0).await;
    Ok(())
}

/// The agent whose desk it is.
pub(super) fn own_agent(allowed: &Allowed<Work>) -> Result<AgentId, Failure> {
    allowed.user.agent.ok_or(Failure::NotFound)
}

/// Writes an order down. Calls outrank books: it stands, whether or not the database can be told.
pub(super) async fn note(site: &Site, user: &User, asked: &'static str, subject: &'static str, id: Uuid) {
    let at = site.app.runtime.now();
    if let Err(error) = store::audit::note(&site.app.db, &Actor::User(user.id), at, asked, subject, id).await {
        tracing::error!(%error, user.id = %user.id, %id, asked, "what was ordered at a desk stands in no audit log");
    }
}

/// What came of an order shows on the desk: htmx needs nothing more, a browser without it is led back there.
pub(super) fn taken(headers: &HeaderMap) -> Response {
    if headers.contains_key("hx-request") { StatusCode::NO_CONTENT.into_response() } else { redirect("/desk") }
}
