//! A phone began or ceased to be reachable.

use model::fact::Ignored;
use model::{Actor, AgentId, AgentState, Endpoint, Fact};

use crate::agent;
use crate::turn::Turn;

pub(super) fn take(turn: &mut Turn<'_>, endpoint: Endpoint, reachable: bool, in_use: bool) -> Result<(), Ignored> {
    let agent = turn.state.index().endpoints.get(&endpoint).copied().ok_or(Ignored::UnknownAgent)?;
    if turn.state.agents().get(&agent).is_none_or(|agent| (agent.reachable, agent.in_use) == (reachable, in_use)) {
        return Err(Ignored::AlreadySo);
    }
    report(turn, agent, endpoint, reachable, in_use);
    Ok(())
}

/// Books what is said of an agent's phone, and lets the agent's state follow: whoever is bound to a call finishes it first,
/// and whoever takes no calls anyway stays as they are.
pub(crate) fn report(turn: &mut Turn<'_>, id: AgentId, endpoint: Endpoint, reachable: bool, in_use: bool) {
    turn.state.with_agent(id, |agent| (agent.reachable, agent.in_use) = (reachable, in_use));
    turn.record(Fact::EndpointChanged { endpoint, reachable, in_use });
    let Some(agent) = turn.state.agents().get(&id) else { return };
    let follows = match &agent.state {
        AgentState::LoggedOut => reachable && agent.card.ready_on_register && !agent.leaving,
        AgentState::Ready | AgentState::Unreachable => true,
        AgentState::NotReady(_)
        | AgentState::Reserved(_)
        | AgentState::Ringing(_)
        | AgentState::Talking(_)
        | AgentState::Held(_)
        | AgentState::WrapUp { .. } => false,
    };
    if follows {
        let state = agent.willing();
        agent::change(turn, id, state, Actor::Program);
        agent::settle(turn, id);
    }
}
