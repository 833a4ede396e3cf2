//! The settings were changed, or read for the first time, while calls are live: whoever is in a conversation finishes it
//! first; callers who wait in a queue that is gone go back to the dialplan.

use std::collections::{BTreeMap, BTreeSet};

use model::fact::{Ignored, Leaving};
use model::{Actor, AgentId, AgentState, CallId, QueueId, ServerId, Settings, Side, Timestamp};

use super::switch_returned::watch;
use crate::agent::{self, Agent};
use crate::call::Call;
use crate::effect::Exit;
use crate::queue::Queue;
use crate::turn::Turn;
use crate::{ending, offer, overflow, route};

pub(super) fn take(turn: &mut Turn<'_>, settings: Settings) -> Result<(), Ignored> {
    let settings = without_contradictions(settings);
    if turn.state.settings() == &settings {
        return Err(Ignored::AlreadySo);
    }
    let servers = servers(turn.state.settings()).chain(servers(&settings)).collect::<BTreeSet<_>>();
    let at = turn.at;
    let rules: Vec<_> = turn.state.queues().values().map(|queue| (queue.card.id, queue.card.overflow)).collect();
    let cards = settings.clone();
    turn.state.reshape(settings, |queues, agents| {
        take_queues(queues, cards.queues);
        take_agents(agents, cards.agents, at);
    });
    let agents: Vec<AgentId> = turn.state.agents().keys().copied().collect();
    for id in agents {
        follow(turn, id);
    }
    close_queues(turn);
    for (queue, rules) in rules {
        overflow::take_rules(turn, queue, rules);
        let_go(turn, queue);
    }
    for server in servers.into_iter().filter(|server| turn.state.is_up(*server)).collect::<Vec<_>>() {
        watch(turn, server);
        route::serve_everybody(turn, server);
    }
    Ok(())
}

/// The settings, without whatever shares an id, a number or a phone with something before it: they are checked where they
/// are written, and the core must not break where that was passed by.
fn without_contradictions(mut settings: Settings) -> Settings {
    let (mut queues, mut numbers) = (BTreeSet::new(), BTreeSet::new());
    settings.queues.retain(|queue| queues.insert(queue.id) && numbers.insert(queue.number.clone()));
    let (mut agents, mut endpoints) = (BTreeSet::new(), BTreeSet::new());
    settings.agents.retain(|agent| agents.insert(agent.id) && endpoints.insert(agent.endpoint.clone()));
    for agent in &mut settings.agents {
        let mut served = BTreeSet::new();
        agent.queues.retain(|queue| served.insert(*queue));
    }
    settings
}

fn servers(settings: &Settings) -> impl Iterator<Item = ServerId> {
    settings.agents.iter().map(|agent| agent.endpoint.server)
}

fn take_queues(queues: &mut BTreeMap<QueueId, Queue>, cards: Vec<model::Queue>) {
    for queue in queues.values_mut() {
        queue.retired = true;
    }
    for card in cards {
        let queue = queues.entry(card.id).or_insert_with(|| Queue::new(card.clone()));
        queue.card = card;
        queue.retired = false;
    }
}

fn take_agents(agents: &mut BTreeMap<AgentId, Agent>, cards: Vec<model::Agent>, at: Timestamp) {
    let watched: Vec<AgentId> = agents.values().filter(|agent| !agent.leaving).map(|agent| agent.card.id).collect();
    for agent in agents.values_mut() {
        agent.leaving = true;
    }
    for card in cards {
        let agent = agents.entry(card.id).or_insert_with(|| Agent::new(card.clone(), at));
        // What was said of one phone says nothing of another; the new one is reported as soon as it is watched.
        if agent.card.endpoint != card.endpoint {
            agent.forget_phone();
        }
        agent.card = card;
        agent.leaving = false;
    }
    // What an account said of the phones of those who left earlier is kept.
    for id in watched {
        if let Some(agent) = agents.get_mut(&id).filter(|agent| agent.leaving) {
            agent.leave_phone();
        }
    }
}

/// Gives back whoever waits in a queue that left the settings, and forgets it unless somebody still talks.
fn close_queues(turn: &mut Turn<'_>) {
    let retired: Vec<QueueId> = turn.state.queues().values().filter(|queue| queue.retired).map(|queue| queue.card.id).collect();
    for queue in retired {
        let places = turn.state.index().waiting.get(&queue);
        let calls: Vec<CallId> = places.into_iter().flatten().map(|place| place.call).collect();
        for call in calls {
            ending::give_back(turn, call, Side::Program, Exit::Returned, Leaving::Closed);
        }
        turn.state.drop_retired(queue);
    }
}

/// Where agents are not rung all at once any more, one of each call's offers rings on.
fn let_go(turn: &mut Turn<'_>, queue: QueueId) {
    let strategy = turn.state.index().strategy(queue);
    let too_many = |call: &Call| call.offers() > Call::most_offers(strategy);
    let places = turn.state.index().waiting.get(&queue).into_iter().flatten();
    let calls: Vec<CallId> =
        places.map(|place| place.call).filter(|call| turn.state.calls().get(call).is_some_and(too_many)).collect();
    for call in calls {
        offer::keep_one(turn, call);
    }
}

/// Lets an agent's state follow from what the settings made of them.
fn follow(turn: &mut Turn<'_>, id: AgentId) {
    let Some(agent) = turn.state.agents().get(&id) else { return };
    if agent.state.is_bound() {
        return;
    }
    let state = if agent.leaving || !agent.state.is_logged_in() {
        AgentState::LoggedOut
    } else if agent.state == AgentState::Ready {
        agent.willing()
    } else {
        return;
    };
    agent::change(turn, id, state, Actor::Program);
    if turn.state.agents().get(&id).is_some_and(|agent| agent.leaving) {
        agent::settle(turn, id);
    }
}
