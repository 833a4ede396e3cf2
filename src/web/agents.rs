//! Agents' states by API, for programs of the site and for pages to come: supervisors ask for anybody, whoever takes calls
//! for themselves alone. What is asked for is handed to the call loop; what comes of it shows on Live and in the books.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use model::user::Role;
use model::{Actor, AgentId, NotReadyReason, Span};
use runtime::Ask;
use serde::{Deserialize, Serialize};

use crate::errors::Failure;
use crate::guard::{Allowed, Permission};
use crate::orders::ask_agent;
use crate::site::Site;

/// The longest time to finish a call that can be asked for at once.
const LONGEST_EXTENSION_S: u32 = 3600;

/// May ask for a change of an agent's state; operators for their own.
pub(crate) struct Change;

impl Permission for Change {
    const ROLES: &'static [Role] = &[Role::Operator, Role::Supervisor, Role::Admin];
}

/// The state that is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    state: Wanted,
    reason: Option<Reason>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Wanted {
    Ready,
    NotReady,
    LoggedIn,
    LoggedOut,
}

/// The reasons that people give; all others are the program's.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reason {
    Asked,
    Break,
    Lunch,
    Training,
    Meeting,
}

/// More time to finish the last call.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Extension {
    extend_s: u32,
}

/// What is answered.
#[derive(Debug, Serialize)]
pub(crate) struct Asked {
    agent: AgentId,
    asked: &'static str,
}

type Answer = Result<(StatusCode, Json<Asked>), Failure>;

/// Asks for a state.
pub(crate) async fn state(
    State(site): State<Site>,
    allowed: Allowed<Change>,
    Path(id): Path<AgentId>,
    Json(wish): Json<Wish>,
) -> Answer {
    let (ask, asked) = match (wish.state, wish.reason) {
        (Wanted::Ready, None) => (Ask::Ready, "ready"),
        (Wanted::NotReady, reason) => {
            let reason = reason.map_or(NotReadyReason::Asked, Reason::known);
            (Ask::NotReady(reason), "not_ready")
        }
        (Wanted::LoggedIn, None) => (Ask::LogIn, "logged_in"),
        (Wanted::LoggedOut, None) => (Ask::LogOut, "logged_out"),
        (Wanted::Ready | Wanted::LoggedIn | Wanted::LoggedOut, Some(_)) => return Err(Failure::Meaningless),
    };
    hand_over(&site, &allowed, id, ask, asked).await
}

/// Asks for more time to finish the last call.
pub(crate) async fn wrap_up(
    State(site): State<Site>,
    allowed: Allowed<Change>,
    Path(id): Path<AgentId>,
    Json(Extension { extend_s }): Json<Extension>,
) -> Answer {
    if !(1..=LONGEST_EXTENSION_S).contains(&extend_s) {
        return Err(Failure::Meaningless);
    }
    hand_over(&site, &allowed, id, Ask::ExtendWrapUp(Span::from_secs(extend_s.into())), "wrap_up_extended").await
}

async fn hand_over(site: &Site, allowed: &Allowed<Change>, agent: AgentId, ask: Ask, asked: &'static str) -> Answer {
    let user = &allowed.user;
    // Whom they do not have in their care, an operator is not told to be there or not.
    if user.role == Role::Operator && user.agent != Some(agent) {
        return Err(Failure::Forbidden);
    }
    let known = site.hub.join().await?.whole.board.agents.iter().any(|row| row.id == agent);
    if !known {
        return Err(Failure::NotFound);
    }
    ask_agent(site, Actor::User(user.id), agent, ask, asked).await?;
    Ok((StatusCode::ACCEPTED, Json(Asked { agent, asked })))
}

impl Reason {
    const fn known(self) -> NotReadyReason {
        match self {
            Self::Asked => NotReadyReason::Asked,
            Self::Break => NotReadyReason::Break,
            Self::Lunch => NotReadyReason::Lunch,
            Self::Training => NotReadyReason::Training,
            Self::Meeting => NotReadyReason::Meeting,
        }
    }
}
