//! Looks the state through, along every link in both directions. What is not sound comes out as a sentence.

use model::{AgentId, AgentState, LegId};

use crate::agent::{Agent, Line};
use crate::call::{Call, DECISIONS, Offer, Stage, Stretch, Talk};
use crate::index::Index;
use crate::on::fallback_reported;
use crate::phone;
use crate::state::State;

/// Every broken invariant, as a sentence; nothing if the state is sound. For tests and for `callsync doctor`: it looks at
/// everything.
#[must_use]
pub fn check(state: &State) -> Vec<String> {
    let mut broken = Vec::new();
    check_index(state, &mut broken);
    check_settings(state, &mut broken);
    for (id, call) in state.calls() {
        if *id != call.id {
            broken.push(format!("call {id} stands under another id than its own"));
        }
        check_call(state, call, &mut broken);
    }
    for agent in state.agents().values() {
        check_agent(state, agent, &mut broken);
    }
    for leg in state.partings().keys().filter(|leg| state.call_of(leg).is_some()) {
        broken.push(format!("leg {} is on its way out and in a call", leg.id));
    }
    fallback_reported::check(state, &mut broken);
    if !state.abandoned().is_sound() {
        broken.push("callers who hung up are remembered in one place and not in the other".to_owned());
    }
    broken
}

fn check_index(state: &State, broken: &mut Vec<String>) {
    let index = state.index();
    if *index != Index::of(state) {
        broken.push("the index does not follow from calls, agents and settings".to_owned());
    }
    if index.callers.len() != state.calls().len() {
        broken.push("two calls share a caller's leg".to_owned());
    }
    let lines = state.agents().values().filter(|agent| agent.line != Line::Free).count();
    if index.legs.len() != lines {
        broken.push("two agents share a leg".to_owned());
    }
    for server in state.watches().keys().filter(|server| !state.is_up(**server)) {
        broken.push(format!("the phones of server {server} are to be watched again while the way there is lost"));
    }
    for ((queue, server), pool) in &index.pools {
        if state.is_up(*server) && pool.next_to_be_served().is_some() {
            broken.push(format!("in queue {queue} a caller waits while an agent is idle"));
        }
    }
    for queue in state.queues().values() {
        if queue.presence != index.staff_of(queue.card.id).presence() {
            broken.push(format!("nobody looked whether queue {} has become empty", queue.card.id));
        }
    }
}

fn check_settings(state: &State, broken: &mut Vec<String>) {
    for queue in &state.settings().queues {
        if state.queues().get(&queue.id).is_none_or(|kept| kept.retired || kept.card != *queue) {
            broken.push(format!("queue {} is not as the settings have it", queue.id));
        }
    }
    for queue in state.queues().values().filter(|queue| queue.retired) {
        if !state.calls().values().any(|call| call.queue == queue.card.id && call.talk().is_some()) {
            broken.push(format!("queue {} left the settings and has no conversation left", queue.card.id));
        }
    }
    for agent in &state.settings().agents {
        if state.agents().get(&agent.id).is_none_or(|kept| kept.leaving || kept.card != *agent) {
            broken.push(format!("agent {} is not as the settings have them", agent.id));
        }
    }
    let staying = state.agents().values().filter(|agent| !agent.leaving).count();
    if staying != state.settings().agents.len() {
        broken.push("an agent stays whom the settings do not know".to_owned());
    }
}

fn check_call(state: &State, call: &Call, broken: &mut Vec<String>) {
    let id = call.id;
    let Some(queue) = state.queues().get(&call.queue) else {
        broken.push(format!("call {id} is in a queue that is not there"));
        return;
    };
    if call.left.contains(&call.queue) {
        broken.push(format!("call {id} came back to a queue that it had left"));
    }
    if call.decisions.len() > DECISIONS {
        broken.push(format!("call {id} remembers every choice that was made for it"));
    }
    if call.bridge().is_some_and(|bridge| bridge.call != id) {
        broken.push(format!("call {id} has a bridge of another call"));
    }
    match &call.stage {
        Stage::Waiting(waiting) => {
            if queue.retired {
                broken.push(format!("call {id} waits in a queue that left the settings"));
            }
            if waiting.offers.len() > Call::most_offers(queue.card.strategy) {
                broken.push(format!("call {id} is offered to more agents than its queue rings at once"));
            }
            if waiting.leave.is_none() && queue.card.overflow.max_wait.is_some() {
                broken.push(format!("call {id} waits longer than its queue has it"));
            }
            if waiting.closing && waiting.leave.is_none() {
                broken.push(format!("call {id} is about to leave for no reason"));
            }
            for offer in &waiting.offers {
                check_offer(state, call, offer, broken);
            }
        }
        Stage::Talking(talk) => check_talk(state, call, talk, broken),
    }
}

fn check_offer(state: &State, call: &Call, offer: &Offer, broken: &mut Vec<String>) {
    let (id, agent) = (call.id, offer.agent);
    if offer.leg.call != id || offer.n > call.offers_made {
        broken.push(format!("an offer of call {id} has a leg or a number that the call never gave"));
    }
    let bound = if offer.ring.heard() { AgentState::Ringing(id) } else { AgentState::Reserved(id) };
    match state.agents().get(&agent) {
        None => broken.push(format!("call {id} is offered to agent {agent}, who is not there")),
        Some(kept) => {
            if kept.line != Line::Used(offer.leg) {
                broken.push(format!("call {id} rings at agent {agent}, whose line does not have its leg"));
            }
            if kept.state != bound {
                broken.push(format!("call {id} is offered to agent {agent}, who is {}", kept.state.name()));
            }
        }
    }
}

fn check_talk(state: &State, call: &Call, talk: &Talk, broken: &mut Vec<String>) {
    let (id, agent) = (call.id, talk.agent);
    let bound = match talk.stretch {
        Stretch::Talk => AgentState::Talking(id),
        Stretch::Hold => AgentState::Held(id),
    };
    match state.agents().get(&agent) {
        None => broken.push(format!("call {id} talks to agent {agent}, who is not there")),
        Some(kept) => {
            if kept.line != Line::Used(talk.leg) || talk.leg.call != id {
                broken.push(format!("call {id} talks to agent {agent}, whose line does not have its leg"));
            }
            if kept.state != bound {
                broken.push(format!("call {id} talks to agent {agent}, who is {}", kept.state.name()));
            }
        }
    }
}

fn check_agent(state: &State, agent: &Agent, broken: &mut Vec<String>) {
    let id = agent.card.id;
    let mut fails = |sentence: &str| broken.push(format!("agent {id} {sentence}"));
    match agent.state.call() {
        Some(call) => {
            if state.calls().get(&call).is_none_or(|call| !names(call, id)) {
                fails("is bound to a call that does not know them");
            }
            if !matches!(agent.line, Line::Used(leg) if leg.call == call) {
                fails("is bound to a call without a leg of it");
            }
        }
        None => {
            if matches!(agent.line, Line::Used(_)) {
                fails("has a leg in use and no call");
            }
            if agent.then.is_some() {
                fails("waits for the end of no call");
            }
            if agent.leaving && agent.line == Line::Free {
                fails("left the settings and is still there");
            }
        }
    }
    if agent.absence.is_some() != (agent.state == AgentState::Unreachable) {
        fails("is out of reach and never logged out, or the other way round");
    }
    match &agent.state {
        AgentState::Ready if !agent.reachable => fails("is ready at a phone that cannot be reached"),
        AgentState::Unreachable if agent.reachable => fails("is unreachable at a phone that can be reached"),
        AgentState::WrapUp { .. } if agent.last_queue.is_none() => fails("wraps up a call of no queue"),
        AgentState::LoggedOut
        | AgentState::NotReady(_)
        | AgentState::Ready
        | AgentState::Reserved(_)
        | AgentState::Ringing(_)
        | AgentState::Talking(_)
        | AgentState::Held(_)
        | AgentState::WrapUp { .. }
        | AgentState::Unreachable => {}
    }
    if agent.line.leg().is_some_and(|leg| !state.legs().contains(&LegId::Ours(leg))) {
        fails("has a leg that the state does not count");
    }
    if let Some(sentence) = phone::broken(state, agent) {
        fails(sentence);
    }
}

fn names(call: &Call, agent: AgentId) -> bool {
    match &call.stage {
        Stage::Waiting(waiting) => waiting.offers.iter().any(|offer| offer.agent == agent),
        Stage::Talking(talk) => talk.agent == agent,
    }
}
