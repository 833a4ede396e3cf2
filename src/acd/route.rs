//! Who gets a call: the agent who has been idle longest over all their queues; the caller who entered first among the heads
//! of the agent's queues. Nobody is looked for: both stand at the front of the index.

use model::{AgentId, CallId, ServerId};

use crate::offer;
use crate::turn::Turn;

/// A caller wants an agent: reserve the longest idle of the queue, if there is one.
pub(crate) fn serve_call(turn: &mut Turn<'_>, call: CallId) {
    let Some(waiting) = turn.state.calls().get(&call).filter(|call| call.wants_agent()) else { return };
    if !turn.state.is_up(waiting.server()) {
        return;
    }
    if let Some(agent) = turn.state.index().longest_idle(waiting.queue, waiting.server()) {
        offer::make(turn, call, agent);
    }
}

/// An agent became available: give them, of the heads of their queues, the caller who entered first.
pub(crate) fn serve_agent(turn: &mut Turn<'_>, agent: AgentId) {
    let Some(available) = turn.state.agents().get(&agent).filter(|agent| agent.available()) else { return };
    let server = available.card.endpoint.server;
    if !turn.state.is_up(server) {
        return;
    }
    let heads = available.card.queues.iter().filter_map(|queue| turn.state.index().head(*queue, server));
    if let Some(first) = heads.min_by_key(|place| (place.entered, place.call)) {
        offer::make(turn, first.call, agent);
    }
}

/// Anything may have changed on this Asterisk: serve every agent who is available, the longest idle first.
pub(crate) fn serve_everybody(turn: &mut Turn<'_>, server: ServerId) {
    let agents = turn.state.agents().values();
    let mut idle: Vec<_> = agents
        .filter(|agent| agent.available() && agent.card.endpoint.server == server)
        .map(|agent| (agent.idle_since, agent.card.id))
        .collect();
    idle.sort_unstable();
    for (_, agent) in idle {
        serve_agent(turn, agent);
    }
}
