//! An agent at the side of Live, and the states that a supervisor may ask for on their behalf.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use model::wallboard::{AgentRow, Wallboard};
use model::{Actor, AgentId, AgentState, NotReadyReason};
use runtime::Ask;
use serde::Deserialize;
use views::live::panel::Said;

use super::answer::Asking;
use super::{Order, Watch, side};
use crate::errors::Failure;
use crate::guard::Allowed;
use crate::orders::ask_agent;
use crate::site::Site;

/// The state that is asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct Wish {
    #[serde(default)]
    state: String,
    #[serde(default)]
    reason: String,
}

/// Shows an agent.
pub(crate) async fn panel(
    State(site): State<Site>,
    allowed: Allowed<Watch>,
    Path(id): Path<AgentId>,
    asking: Asking,
) -> Result<Response, Failure> {
    let board = site.hub.join().await?.whole.board;
    Ok(asking.show(side::agent(&site, &board, allowed.viewer(), id, None).await))
}

/// Asks for a state.
pub(crate) async fn state(
    State(site): State<Site>,
    allowed: Allowed<Order>,
    Path(id): Path<AgentId>,
    asking: Asking,
    Form(wish): Form<Wish>,
) -> Result<Response, Failure> {
    let said = match wish.read() {
        Some(wanted) => give(&site, &allowed, id, wanted).await?,
        None => Some(Said::Unclear),
    };
    let board = site.app.runtime.live().await?.board;
    let side = side::agent(&site, &board, allowed.viewer(), id, said).await;
    asking.tell(&site, &allowed, side).await
}

impl Wish {
    /// The state that the form names; `None` if it names none that can be asked for.
    fn read(&self) -> Option<AgentState> {
        match (self.state.as_str(), self.reason.as_str()) {
            ("ready", "") => Some(AgentState::Ready),
            ("logged_out", "") => Some(AgentState::LoggedOut),
            ("not_ready", name) => REASONS.into_iter().find(|reason| reason.name() == name).map(AgentState::NotReady),
            _ => None,
        }
    }
}

/// The reasons that people give; all others are the program's.
const REASONS: [NotReadyReason; 5] =
    [NotReadyReason::Asked, NotReadyReason::Break, NotReadyReason::Lunch, NotReadyReason::Training, NotReadyReason::Meeting];

/// Hands the wish over and says what came of it; nothing can come of a wish for nobody.
async fn give(site: &Site, allowed: &Allowed<Order>, id: AgentId, wanted: AgentState) -> Result<Option<Said>, Failure> {
    let (ask, asked) = match wanted {
        AgentState::Ready => (Ask::Ready, "ready"),
        AgentState::NotReady(reason) => (Ask::NotReady(reason), "not_ready"),
        AgentState::LoggedOut
        | AgentState::Reserved(_)
        | AgentState::Ringing(_)
        | AgentState::Talking(_)
        | AgentState::Held(_)
        | AgentState::WrapUp { .. }
        | AgentState::Unreachable => (Ask::LogOut, "logged_out"),
    };
    let runtime = &site.app.runtime;
    let Some(before) = row(&runtime.live().await?.board, id) else { return Ok(None) };
    ask_agent(site, Actor::User(allowed.user.id), id, ask, asked).await?;
    // The loop takes requests one after another: this is how things stand after the wish.
    let after = row(&runtime.live().await?.board, id);
    Ok(after.map(|after| came_of(&wanted, &before, &after)))
}

fn row(board: &Wallboard, id: AgentId) -> Option<AgentRow> {
    board.agents.iter().find(|row| row.id == id).cloned()
}

/// What came of a wish, by what was before and after it. Who asks for calls in the middle of one takes an earlier wish back.
fn came_of(wanted: &AgentState, before: &AgentRow, after: &AgentRow) -> Said {
    let changed = before.state != after.state || before.then != after.then || before.blocked != after.blocked;
    let so_after_call = after.then.as_ref() == Some(wanted) && after.state != *wanted;
    let so = after.state == *wanted || (*wanted == AgentState::Ready && after.state.call().is_some() && after.then.is_none());
    match (so, so_after_call, changed) {
        (_, true, true) => Said::Later,
        (_, _, true) => Said::Done,
        (true, _, false) | (_, true, false) => Said::Already,
        (false, false, false) => Said::Refused,
    }
}

#[cfg(test)]
mod tests {
    use model::wallboard::AgentRow;
    use model::{AgentId, AgentState, CallId, NotReadyReason, PersonName, Timestamp};
    use uuid::Uuid;
    use views::live::panel::Said;

    use super::came_of;

    fn row(state: AgentState, then: Option<AgentState>) -> AgentRow {
        AgentRow {
            id: AgentId(Uuid::nil()),
            name: PersonName::new("Anna"),
            endpoint: "1001".to_owned(),
            state,
            since: Timestamp::from_ms(0),
            why: None,
            then,
            blocked: None,
            answered: 0,
            queues: vec![],
        }
    }

    #[test]
    fn what_came_of_a_wish_is_told_by_what_changed() {
        let lunch = AgentState::NotReady(NotReadyReason::Lunch);
        let talking = AgentState::Talking(CallId(Uuid::nil()));
        let ready = AgentState::Ready;
        let (free, eating) = (row(ready.clone(), None), row(lunch.clone(), None));
        let (bound, leaving) = (row(talking.clone(), None), row(talking, Some(lunch.clone())));
        assert_eq!(came_of(&lunch, &free, &eating), Said::Done);
        assert_eq!(came_of(&lunch, &eating, &eating), Said::Already);
        assert_eq!(came_of(&lunch, &bound, &leaving), Said::Later);
        assert_eq!(came_of(&lunch, &leaving, &leaving), Said::Already);
        assert_eq!(came_of(&lunch, &free, &free), Said::Refused);
        assert_eq!(came_of(&ready, &leaving, &bound), Said::Done);
        assert_eq!(came_of(&ready, &bound, &bound), Said::Already);
    }
}
