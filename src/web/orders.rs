//! Orders of users to the loop: handed over first, written down after.

use model::{Actor, AgentId, CallId};
use runtime::{Ask, CallAsk};
use uuid::Uuid;

use crate::errors::Failure;
use crate::site::Site;

/// Asks for a change of an agent's state; `asked` is its word in the audit log.
pub(crate) async fn ask_agent(site: &Site, by: Actor, agent: AgentId, ask: Ask, asked: &'static str) -> Result<(), Failure> {
    site.app.runtime.ask(agent, ask, by).await?;
    note(site, &by, asked, "agent", agent.0).await;
    Ok(())
}

/// Gives an order on a live call; `asked` is its word in the audit log.
pub(crate) async fn ask_call(site: &Site, by: Actor, call: CallId, ask: CallAsk, asked: &'static str) -> Result<(), Failure> {
    site.app.runtime.ask_call(call, ask, by).await?;
    note(site, &by, asked, "call", call.0).await;
    Ok(())
}

/// Writes an order down. Calls outrank books: it stands, whether or not the database can be told.
pub(crate) async fn note(site: &Site, by: &Actor, asked: &'static str, subject: &'static str, id: Uuid) {
    let at = site.app.runtime.now();
    if let Err(error) = store::audit::note(&site.app.db, by, at, asked, subject, id).await {
        tracing::error!(%error, ?by, subject, %id, asked, "what was ordered stands in no audit log");
    }
}
