//! What stands at the side: a call or an agent, as the loop and the books know them.

use model::agent::FIRST_TIER;
use model::wallboard::Wallboard;
use model::{AgentId, AgentState, CallId, NotReadyReason, Settings, Span, Viewer};
use store::calls::Story;
use views::live::panel::{AgentPanel, CallPanel, Names, Said, Serves, Stretch, Told};
use views::live::{AgentLine, CallLine, Side};

use crate::errors::Failure;
use crate::site::Site;

/// How far back an agent's states are told.
const BACK: Span = Span::from_secs(12 * 3600);

/// How many of them at most.
const MOST: usize = 60;

/// What the query names, if it names anything.
pub(super) async fn named(site: &Site, viewer: Viewer, query: &[(String, String)]) -> Result<Option<Side>, Failure> {
    let value = |wanted: &str| query.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let board = site.hub.join().await?.whole.board;
    if let Some(id) = value("call").and_then(|id| id.parse().ok()) {
        return Ok(Some(call(site, &board, viewer, id, None).await?));
    }
    if let Some(id) = value("agent").and_then(|id| id.parse().ok()) {
        return Ok(Some(agent(site, &board, viewer, id, None).await));
    }
    Ok(None)
}

/// A call. While it is live it is shown also when the books cannot be read.
pub(super) async fn call(
    site: &Site,
    board: &Wallboard,
    viewer: Viewer,
    id: CallId,
    said: Option<Said>,
) -> Result<Side, Failure> {
    let row = board.calls.iter().find(|row| row.id == id);
    let story = match store::calls::story(&site.app.db, id).await {
        Err(error) if row.is_some() => {
            tracing::warn!(%error, call.id = %id, "a live call's story could not be read");
            None
        }
        story => story?,
    };
    let why = if row.is_some() { site.app.runtime.explain(id).await? } else { None };
    Ok(Side::Call(Box::new(CallPanel {
        id,
        at: site.app.runtime.now(),
        zone: site.app.zone.clone(),
        row: row.map(|row| CallLine::of(row, viewer)),
        told: story.map(|story| told(story, viewer)),
        why,
        names: Names::of(board),
        said,
    })))
}

fn told(story: Story, viewer: Viewer) -> Told {
    let call = story.call;
    Told {
        number: call.number.as_ref().map(|number| viewer.show(number)),
        queue: call.queue,
        entered: call.entered_at,
        answered: call.answered_at,
        ended: call.ended_at,
        outcome: call.outcome,
        by: call.ended_by,
        agent: call.agent,
        facts: story.facts.into_iter().filter_map(|told| Some((told.at, told.fact?))).collect(),
        segments: story.segments,
    }
}

/// An agent. What they do is shown also when the books cannot be read.
pub(super) async fn agent(site: &Site, board: &Wallboard, viewer: Viewer, id: AgentId, said: Option<Said>) -> Side {
    let at = site.app.runtime.now();
    let row = board.agents.iter().find(|row| row.id == id);
    let stretches = store::agent_states::between(&site.app.db, id, at - BACK, at).await;
    let settings = store::settings::load(&site.app.db).await;
    for error in [stretches.as_ref().err(), settings.as_ref().err()].into_iter().flatten() {
        tracing::warn!(%error, agent.id = %id, "what is kept of an agent could not be read");
    }
    let caller = row.and_then(|row| row.state.call()).and_then(|call| board.calls.iter().find(|row| row.id == call));
    let names = Names::of(board);
    let settings = settings.map(|loaded| loaded.settings).unwrap_or_default();
    Side::Agent(Box::new(AgentPanel {
        id,
        at,
        zone: site.app.zone.clone(),
        row: row.map(AgentLine::of),
        caller: caller.map(|call| (call.id, call.number.as_ref().map(|number| viewer.show(number)))),
        serves: row.map(|row| serves(&row.queues, id, &settings, &names)).unwrap_or_default(),
        stretches: stretches.ok().map(|known| known.iter().rev().filter_map(stretch).take(MOST).collect()),
        said,
    }))
}

fn serves(queues: &[model::QueueId], agent: AgentId, settings: &Settings, names: &Names) -> Vec<Serves> {
    let card = settings.agents.iter().find(|card| card.id == agent);
    let tier = |queue| card.map_or(FIRST_TIER, |card| card.tier(queue));
    queues.iter().filter_map(|queue| Some(Serves { queue: names.of_queue(*queue)?.to_owned(), tier: tier(*queue) })).collect()
}

/// A stretch as pages know states; what the books wrote in other words is left out.
fn stretch(kept: &store::agent_states::Stretch) -> Option<Stretch> {
    let (call, ended) = (kept.call, kept.ended_at);
    let state = match kept.state.as_str() {
        "logged_out" => AgentState::LoggedOut,
        "not_ready" => AgentState::NotReady(reason(kept.reason.as_deref()?)?),
        "ready" => AgentState::Ready,
        "reserved" => AgentState::Reserved(call?),
        "ringing" => AgentState::Ringing(call?),
        "talking" => AgentState::Talking(call?),
        "held" => AgentState::Held(call?),
        "wrap_up" => AgentState::WrapUp { call: call?, until: ended.unwrap_or(kept.began_at) },
        "unreachable" => AgentState::Unreachable,
        _ => return None,
    };
    Some(Stretch { state, began: kept.began_at, ended })
}

/// The reason of that name.
fn reason(name: &str) -> Option<NotReadyReason> {
    const ALL: [NotReadyReason; 12] = [
        NotReadyReason::Asked,
        NotReadyReason::Break,
        NotReadyReason::Lunch,
        NotReadyReason::Training,
        NotReadyReason::Meeting,
        NotReadyReason::NoAnswer,
        NotReadyReason::Refused,
        NotReadyReason::Busy,
        // The status stands in the fact, not in the span.
        NotReadyReason::PhoneFailed(0),
        NotReadyReason::Forwarded,
        NotReadyReason::LoggedIn,
        NotReadyReason::Gone,
    ];
    ALL.into_iter().find(|reason| reason.name() == name)
}
