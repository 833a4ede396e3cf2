//! Who gets a call: the agent of the best tier whom the queue's strategy names; the caller who is to be served first among
//! the heads of the agent's queues. Nobody is looked for: both stand at the front of the index.

use model::explain::{Compared, Head};
use model::queue::Strategy;
use model::{AgentId, CallId, QueueId, ServerId};

use crate::call::{Call, MOST_OFFERS};
use crate::index::Index;
use crate::pool::{Chooser, Pool};
use crate::queue::Place;
use crate::turn::Turn;
use crate::{explain, offer};

/// A caller wants an agent: reserve whom the strategy names, or all whom it names.
pub(crate) fn serve_call(turn: &mut Turn<'_>, id: CallId) {
    let Some(call) = turn.state.calls().get(&id) else { return };
    let (queue, server) = (call.queue, call.server());
    let strategy = turn.state.index().strategy(queue);
    let Some((last_tier, room)) = call.wants(strategy) else { return };
    let best = turn.state.index().pools.get(&(queue, server)).and_then(Pool::best_tier);
    if !turn.state.is_up(server) || best.is_none_or(|best| best > last_tier) {
        return;
    }
    let compared = compare_agents(turn, queue, server, room);
    let chosen = explain::choice(&compared);
    explain::record(turn, id, compared, chosen.clone());
    for agent in chosen {
        offer::make(turn, id, agent);
    }
}

/// An agent became available: give them, of the heads of their queues, the caller who is to be served first.
pub(crate) fn serve_agent(turn: &mut Turn<'_>, agent: AgentId) {
    let Some(available) = turn.state.agents().get(&agent).filter(|agent| agent.available()) else { return };
    let server = available.card.endpoint.server;
    if !turn.state.is_up(server) {
        return;
    }
    let index = turn.state.index();
    let heads = available.card.queues.iter().filter_map(|queue| head(index, *queue, server, available.card.tier(*queue)));
    let mut heads: Vec<(Place, QueueId)> = heads.collect();
    heads.sort_unstable();
    let Some((first, _)) = heads.first().copied() else { return };
    let named: Vec<Head> = heads.iter().take(Compared::SHOWN).filter_map(|(place, _)| head_of(turn, *place)).collect();
    let more = count(heads.len() - named.len());
    explain::record(turn, first.call, Compared::Callers { heads: named, more }, vec![agent]);
    offer::make(turn, first.call, agent);
}

/// Anything may have changed on this Asterisk: serve every caller for whom somebody is available, in the order in which they
/// are to be served.
pub(crate) fn serve_everybody(turn: &mut Turn<'_>, server: ServerId) {
    if !turn.state.is_up(server) {
        return;
    }
    // Each round reserves at least one agent.
    for _ in 0..turn.state.agents().len() {
        let pools = turn.state.index().pools.iter().filter(|((_, of), _)| *of == server);
        let Some(first) = pools.filter_map(|(_, pool)| pool.next_to_be_served()).min() else { return };
        serve_call(turn, first.call);
    }
}

fn head(index: &Index, queue: QueueId, server: ServerId, tier: u8) -> Option<(Place, QueueId)> {
    Some((index.pools.get(&(queue, server))?.head(tier)?, queue))
}

fn head_of(turn: &Turn<'_>, place: Place) -> Option<Head> {
    let call: &Call = turn.state.calls().get(&place.call)?;
    let ringing = call.waiting().map_or(0, |waiting| count(waiting.offers.len()));
    Some(Head {
        call: call.id,
        queue: call.queue,
        at_head: call.at_head,
        priority: call.priority,
        returned: !place.fresh,
        entered: call.entered,
        ringing,
    })
}

/// The available agents of a queue, the best first.
fn compare_agents(turn: &mut Turn<'_>, queue: QueueId, server: ServerId, room: usize) -> Compared {
    let strategy = turn.state.index().strategy(queue);
    let drawn = match strategy {
        Strategy::Random => turn.state.chance().draw(),
        Strategy::LongestIdle | Strategy::FewestCalls | Strategy::RoundRobin | Strategy::Linear | Strategy::RingAll => 0,
    };
    let index = turn.state.index();
    let last = turn.state.queues().get(&queue).and_then(|queue| queue.last_rung);
    let last = last.and_then(|agent| index.places.get(&agent).copied());
    let chooser = Chooser { strategy, last, places: count(index.places.len()), drawn };
    let most = if strategy == Strategy::RingAll { MOST_OFFERS } else { Compared::SHOWN };
    let pool = index.pools.get(&(queue, server));
    let candidates = pool.map(|pool| pool.candidates(chooser, most)).unwrap_or_default();
    let more = count(pool.map_or(0, Pool::available).saturating_sub(candidates.len()));
    Compared::Agents { strategy, room: count(room), candidates, more }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
