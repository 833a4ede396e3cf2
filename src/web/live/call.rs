//! A call at the side of Live, and the orders that may be given on it. An order is handed to the call loop; how the call
//! stands right after it says what came of it.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use model::explain::Explanation;
use model::wallboard::{CallRow, Wallboard};
use model::{Actor, CallAsk, CallId, CallPhase};
use serde::Deserialize;
use views::live::panel::Said;

use super::answer::Asking;
use super::{Order, Watch, side};
use crate::errors::Failure;
use crate::guard::Allowed;
use crate::orders::ask_call;
use crate::site::Site;

/// Where a caller is to wait.
#[derive(Debug, Deserialize)]
pub(crate) struct Move {
    #[serde(default)]
    queue: String,
}

/// Shows a call.
pub(crate) async fn panel(
    State(site): State<Site>,
    allowed: Allowed<Watch>,
    Path(id): Path<CallId>,
    asking: Asking,
) -> Result<Response, Failure> {
    let board = site.hub.join().await?.whole.board;
    Ok(asking.show(side::call(&site, &board, allowed.viewer(), id, None).await?))
}

/// Serves the caller before all others of the queue.
pub(crate) async fn to_head(
    State(site): State<Site>,
    allowed: Allowed<Order>,
    Path(id): Path<CallId>,
    asking: Asking,
) -> Result<Response, Failure> {
    order(&site, &allowed, id, Some(CallAsk::ToHead), asking).await
}

/// Has the caller wait in another queue.
pub(crate) async fn to_queue(
    State(site): State<Site>,
    allowed: Allowed<Order>,
    Path(id): Path<CallId>,
    asking: Asking,
    Form(form): Form<Move>,
) -> Result<Response, Failure> {
    order(&site, &allowed, id, form.queue.parse().ok().map(CallAsk::MoveTo), asking).await
}

/// Ends the call.
pub(crate) async fn hang_up(
    State(site): State<Site>,
    allowed: Allowed<Order>,
    Path(id): Path<CallId>,
    asking: Asking,
) -> Result<Response, Failure> {
    order(&site, &allowed, id, Some(CallAsk::HangUp), asking).await
}

async fn order(
    site: &Site,
    allowed: &Allowed<Order>,
    id: CallId,
    ask: Option<CallAsk>,
    asking: Asking,
) -> Result<Response, Failure> {
    let said = match ask {
        Some(ask) => give(site, allowed, id, ask).await?,
        None => Said::Unclear,
    };
    let board = site.app.runtime.live().await?.board;
    let side = side::call(site, &board, allowed.viewer(), id, Some(said)).await?;
    asking.tell(site, allowed, side).await
}

/// Hands an order on a live call over, and says what came of it.
async fn give(site: &Site, allowed: &Allowed<Order>, id: CallId, ask: CallAsk) -> Result<Said, Failure> {
    let runtime = &site.app.runtime;
    let Some(before) = row(&runtime.live().await?.board, id) else { return Ok(Said::Over) };
    let explained = runtime.explain(id).await?;
    let asked = match ask {
        CallAsk::ToHead => "put_at_head",
        CallAsk::MoveTo(_) => "moved",
        CallAsk::HangUp => "hung_up",
    };
    ask_call(site, Actor::User(allowed.user.id), id, ask, asked).await?;
    // The loop takes requests one after another: this is how things stand after the order.
    let after = row(&runtime.live().await?.board, id);
    Ok(came_of(ask, &before, explained.as_ref(), after.as_ref()))
}

fn row(board: &Wallboard, id: CallId) -> Option<CallRow> {
    board.calls.iter().find(|row| row.id == id).cloned()
}

/// What came of an order, by what was before and after it.
fn came_of(ask: CallAsk, before: &CallRow, explained: Option<&Explanation>, after: Option<&CallRow>) -> Said {
    let answered = |row: &CallRow| matches!(row.phase, CallPhase::Talking | CallPhase::Held);
    let was_first = explained.and_then(|known| known.waits.as_ref()).is_some_and(|waits| waits.at_head && waits.place == 1);
    match (ask, after) {
        (CallAsk::HangUp, None) => Said::Done,
        (CallAsk::HangUp, Some(_)) => Said::Refused,
        (CallAsk::ToHead | CallAsk::MoveTo(_), None) => Said::Over,
        (CallAsk::MoveTo(queue), Some(_)) if before.queue == queue => Said::Already,
        (CallAsk::MoveTo(queue), Some(after)) if after.queue == queue => Said::Done,
        (CallAsk::ToHead | CallAsk::MoveTo(_), Some(after)) if answered(after) => Said::Answered,
        (CallAsk::MoveTo(_), Some(_)) => Said::Refused,
        (CallAsk::ToHead, Some(_)) if was_first => Said::Already,
        (CallAsk::ToHead, Some(_)) => Said::Done,
    }
}
