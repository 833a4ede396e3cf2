//! What Live shows, drawn from the state.

use model::fact::FallbackCall;
use model::wallboard::{AgentRow, CallRow, FallbackRow, QueueRow, Totals, Wallboard};
use model::{AgentId, CallId, QueueId, Timestamp};

use crate::state::State;

/// Everything that Live shows.
#[must_use]
pub fn wallboard(state: &State, at: Timestamp) -> Wallboard {
    let settings = state.settings();
    let leaving = state.agents().values().filter(|agent| agent.leaving).map(|agent| agent.card.id);
    let agents = settings.agents.iter().map(|agent| agent.id).chain(leaving);
    let mut calls: Vec<CallRow> = state.calls().keys().filter_map(|id| call_row(state, *id)).collect();
    calls.sort_by_key(|call| (call.entered, call.id));
    Wallboard {
        at,
        switch_up: switch_up(state),
        totals: totals(state),
        queues: settings.queues.iter().filter_map(|queue| queue_row(state, queue.id)).collect(),
        agents: agents.filter_map(|id| agent_row(state, id)).collect(),
        calls,
        fallback: fallback_rows(state),
    }
}

/// Whether every Asterisk that we know of can be reached, and there is one.
pub(crate) fn switch_up(state: &State) -> bool {
    !state.switches().is_empty() && state.switches().values().all(|up| *up)
}

pub(crate) fn totals(state: &State) -> Totals {
    let index = state.index();
    Totals {
        waiting: count(index.arrivals.len()),
        longest_since: index.arrivals.first().map(|(entered, _)| *entered),
        talking: count(state.calls().len() - index.arrivals.len()),
        ready: index.staff.ready,
        logged_in: index.staff.logged_in(),
        agents: count(state.settings().agents.len()),
        today: state.today(),
    }
}

pub(crate) fn queue_row(state: &State, id: QueueId) -> Option<QueueRow> {
    let queue = state.queues().get(&id).filter(|queue| !queue.retired)?;
    let waiting = state.index().waiting.get(&id);
    let staff = state.index().queue_staff.get(&id).copied().unwrap_or_default();
    Some(QueueRow {
        id,
        number: queue.card.number.clone(),
        name: queue.card.name.clone(),
        waiting: waiting.into_iter().flatten().take(QueueRow::SHOWN).map(|place| place.entered).collect(),
        waiting_count: waiting.map_or(0, |places| count(places.len())),
        ready: staff.ready,
        talking: staff.bound,
        off: staff.off,
        target: queue.card.service_level,
        today: queue.today,
    })
}

pub(crate) fn agent_row(state: &State, id: AgentId) -> Option<AgentRow> {
    let agent = state.agents().get(&id)?;
    Some(AgentRow {
        id,
        name: agent.card.name.clone(),
        endpoint: agent.card.endpoint.name.clone(),
        state: agent.state.clone(),
        since: agent.since,
        why: agent.why,
        then: agent.then.as_ref().map(|wish| wish.state.clone()),
        blocked: agent.blocked(),
        answered: agent.answered,
        queues: agent.card.queues.clone(),
    })
}

pub(crate) fn call_row(state: &State, id: CallId) -> Option<CallRow> {
    let call = state.calls().get(&id)?;
    let agent = call.agent().and_then(|agent| state.agents().get(&agent));
    Some(CallRow {
        id,
        queue: call.queue,
        queue_name: state.queues().get(&call.queue).map(|queue| queue.card.name.clone()).unwrap_or_default(),
        number: call.number.clone(),
        phase: call.phase(),
        entered: call.entered,
        since: call.since,
        agent: agent.map(|agent| (agent.card.id, agent.card.name.clone())),
    })
}

/// The calls in the care of Asterisk's own queue, the oldest first.
pub(crate) fn fallback_rows(state: &State) -> Vec<FallbackRow> {
    let row = |call: &FallbackCall| FallbackRow {
        dialled: call.dialled.clone(),
        number: call.number.clone(),
        since: call.began,
        agent: call.agent.clone(),
    };
    let mut rows: Vec<FallbackRow> = state.fallback().values().map(row).collect();
    rows.sort_by_key(|row| row.since);
    rows
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
