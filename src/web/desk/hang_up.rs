//! The agent ends the conversation at the desk.

use axum::Form;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use model::{Actor, CallId};
use runtime::CallAsk;
use serde::Deserialize;

use super::{Work, order};
use crate::errors::Failure;
use crate::guard::Allowed;
use crate::orders::ask_call;
use crate::site::Site;

/// The call that the page showed: should another have come since, it is not that which is ended.
#[derive(Debug, Deserialize)]
pub(crate) struct Shown {
    call: CallId,
}

/// Ends the call, if it is the agent's own conversation at this moment.
pub(crate) async fn hang_up(
    State(site): State<Site>,
    allowed: Allowed<Work>,
    headers: HeaderMap,
    Form(Shown { call }): Form<Shown>,
) -> Result<Response, Failure> {
    let agent = order::own_agent(&allowed)?;
    let board = site.hub.join().await?.whole.board;
    let own = board.agents.iter().find(|row| row.id == agent);
    let talks = own.is_some_and(|row| row.state.in_talk() && row.state.call() == Some(call));
    drop(board);
    if !talks {
        return Err(Failure::NotFound);
    }
    ask_call(&site, Actor::User(allowed.user.id), call, CallAsk::HangUp, "hung_up").await?;
    Ok(order::taken(&headers))
}
