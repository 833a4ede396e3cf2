//! The agent changes their own state at the desk.

use axum::Form;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use model::NotReadyReason;
use runtime::Ask;
use serde::Deserialize;

use super::{Work, order};
use crate::errors::Failure;
use crate::guard::Allowed;
use crate::site::Site;

/// The state that was chosen.
#[derive(Debug, Deserialize)]
pub(crate) struct Choice {
    state: Wanted,
}

/// What a desk lets choose: of the reasons those that people give.
#[derive(Clone, Copy, Debug, Deserialize)]
enum Wanted {
    #[serde(rename = "ready")]
    Ready,
    #[serde(rename = "logged_in")]
    LoggedIn,
    #[serde(rename = "logged_out")]
    LoggedOut,
    #[serde(rename = "not_ready:asked")]
    Asked,
    #[serde(rename = "not_ready:break")]
    Break,
    #[serde(rename = "not_ready:lunch")]
    Lunch,
    #[serde(rename = "not_ready:training")]
    Training,
    #[serde(rename = "not_ready:meeting")]
    Meeting,
}

/// Asks for the state.
pub(crate) async fn state(
    State(site): State<Site>,
    allowed: Allowed<Work>,
    headers: HeaderMap,
    Form(choice): Form<Choice>,
) -> Result<Response, Failure> {
    let not_ready = |reason| (Ask::NotReady(reason), "not_ready");
    let (ask, asked) = match choice.state {
        Wanted::Ready => (Ask::Ready, "ready"),
        Wanted::LoggedIn => (Ask::LogIn, "logged_in"),
        Wanted::LoggedOut => (Ask::LogOut, "logged_out"),
        Wanted::Asked => not_ready(NotReadyReason::Asked),
        Wanted::Break => not_ready(NotReadyReason::Break),
        Wanted::Lunch => not_ready(NotReadyReason::Lunch),
        Wanted::Training => not_ready(NotReadyReason::Training),
        Wanted::Meeting => not_ready(NotReadyReason::Meeting),
    };
    order::ask(&site, &allowed, ask, asked).await?;
    Ok(order::taken(&headers))
}
