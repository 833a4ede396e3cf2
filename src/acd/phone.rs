//! What an agent's phone is told to do, and what is on it that is none of ours. A phone that carries a leg which is not ours
//! is not rung, whatever the agent's state.
//!
//! Asterisk tells of a phone and of our legs in two streams: which comes first is chance. So nothing is concluded from a
//! phone in use while a leg of ours is on it, nor for a moment after that leg has ended. Only an account tells the two apart.

use std::collections::BTreeSet;

use model::{Actor, AgentId, AgentState, Endpoint, Fact, NotReadyReason, Span, Timestamp};

use crate::agent::{self, Agent, Line};
use crate::state::State;
use crate::turn::Turn;

/// What is on a phone besides our legs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Besides {
    /// Nothing that we know of.
    Nothing,
    /// It is in use, most likely still by a leg of ours that has just ended. If it still is at that time, it is not.
    Lingering { until: Timestamp },
    /// A call that is none of ours.
    Private {
        /// Asterisk's own queue gave it while we were away.
        fallback: bool,
    },
}

/// What is said of a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) reachable: bool,
    pub(crate) in_use: bool,
}

/// Takes down what is said of an agent's phone, and books it.
pub(crate) fn note(turn: &mut Turn<'_>, id: AgentId, endpoint: Endpoint, said: Said) {
    let at = turn.at;
    let fallback = in_fallback(turn.state, &endpoint);
    let lingers = turn.timing().phone_lingers;
    turn.state.with_agent(id, |agent| {
        if agent.reachable && !said.reachable {
            agent.gone_at = Some(at);
        }
        agent.reachable = said.reachable;
        agent.in_use = said.in_use;
        match (said.in_use, agent.line) {
            (true, Line::Used(_) | Line::Clearing { .. }) => agent.use_told = true,
            (false, Line::Free) => agent.freed_at = None,
            (true, Line::Free) | (false, Line::Used(_) | Line::Clearing { .. }) => {}
        }
        let private = matches!(agent.besides, Besides::Private { .. });
        agent.besides = besides(agent, at, lingers, fallback);
        if private && agent.besides == Besides::Nothing {
            // That is why it was busy.
            agent.rests_until = None;
        }
    });
    turn.record(Fact::EndpointChanged { endpoint, reachable: said.reachable, in_use: said.in_use });
}

fn besides(agent: &Agent, at: Timestamp, lingers: Span, fallback: bool) -> Besides {
    match (agent.in_use, agent.line, agent.besides) {
        (false, _, _) | (true, Line::Used(_) | Line::Clearing { .. }, Besides::Nothing | Besides::Lingering { .. }) => {
            Besides::Nothing
        }
        (true, Line::Free, Besides::Nothing) => match agent.freed_at.map(|freed| freed + lingers) {
            Some(until) if at < until => Besides::Lingering { until },
            Some(_) | None => Besides::Private { fallback },
        },
        (true, _, known) => known,
    }
}

/// Lets an agent's state follow from what is said of the phone, which may have `returned` just now: whoever is bound to a call
/// finishes it first, and whoever takes no calls of their own choice stays as they are.
pub(crate) fn follow(turn: &mut Turn<'_>, id: AgentId, returned: bool) {
    let Some(agent) = turn.state.agents().get(&id) else { return };
    let follows = match &agent.state {
        AgentState::LoggedOut => returned && agent.card.ready_on_register && !agent.leaving,
        AgentState::Ready | AgentState::Unreachable => true,
        // It did not ring because it was gone, which is known only here. It heals when it returns.
        AgentState::NotReady(reason) => reason.is_of_the_phone() && agent.silent && !agent.reachable,
        AgentState::Reserved(_)
        | AgentState::Ringing(_)
        | AgentState::Talking(_)
        | AgentState::Held(_)
        | AgentState::WrapUp { .. } => false,
    };
    if follows {
        let state = agent.willing();
        agent::change(turn, id, state, Actor::Program);
    }
    agent::settle(turn, id);
}

/// Whatever kept a phone from ringing may have been Asterisk's trouble, which is over: its agent takes calls again.
pub(crate) fn heal(turn: &mut Turn<'_>, id: AgentId) {
    let Some(agent) = turn.state.agents().get(&id).filter(|agent| agent.silent) else { return };
    let state = agent.willing();
    agent::change(turn, id, state, Actor::Program);
    agent::settle(turn, id);
}

/// An account says what is on a phone, and `others` on which of them there is what is not ours; beside that our legs on it are
/// known, so what is left is not ours either.
pub(crate) fn judge(turn: &mut Turn<'_>, id: AgentId, others: &BTreeSet<&Endpoint>) {
    let Some(agent) = turn.state.agents().get(&id) else { return };
    let private = agent.in_use && (agent.line == Line::Free || others.contains(&agent.card.endpoint));
    let fallback = in_fallback(turn.state, &agent.card.endpoint);
    let besides = if private { Besides::Private { fallback } } else { Besides::Nothing };
    if agent.besides != besides {
        turn.state.with_agent(id, |agent| agent.besides = besides);
    }
}

/// A phone has been in use for too long to be so by a leg of ours that has ended.
pub(crate) fn lingers(turn: &mut Turn<'_>, id: AgentId) {
    let Some(agent) = turn.state.agents().get(&id) else { return };
    let fallback = in_fallback(turn.state, &agent.card.endpoint);
    let besides = match agent.line {
        Line::Used(_) | Line::Clearing { .. } => Besides::Nothing,
        // Its being free may have been told to nobody; the account will tell.
        Line::Free if !turn.state.is_up(agent.card.endpoint.server) => {
            Besides::Lingering { until: turn.at + turn.timing().look_again }
        }
        Line::Free => Besides::Private { fallback },
    };
    turn.state.with_agent(id, |agent| agent.besides = besides);
}

/// The calls of Asterisk's own queue changed: says of an agent's private call whether it is one of them; also of agents who
/// left the settings.
pub(crate) fn relabel(turn: &mut Turn<'_>, endpoint: &Endpoint) {
    let fallback = in_fallback(turn.state, endpoint);
    let other = Besides::Private { fallback: !fallback };
    let agents = turn.state.agents().values().filter(|agent| agent.besides == other && agent.card.endpoint == *endpoint);
    for id in agents.map(|agent| agent.card.id).collect::<Vec<_>>() {
        turn.state.with_agent(id, |agent| agent.besides = Besides::Private { fallback });
    }
}

/// What is not sound about an agent's phone, if anything is.
pub(crate) fn broken(state: &State, agent: &Agent) -> Option<&'static str> {
    let carries_other = agent.in_use && agent.line == Line::Free;
    match agent.besides {
        Besides::Lingering { .. } if !carries_other => Some("has a phone that lingers and is free, or has a leg of ours"),
        Besides::Private { .. } if !agent.in_use => Some("has another call on a phone that is free"),
        Besides::Private { fallback } if fallback != in_fallback(state, &agent.card.endpoint) => {
            Some("has a private call of Asterisk's own queue that is none, or the other way round")
        }
        Besides::Nothing if carries_other => Some("has a phone in use that counts as free"),
        Besides::Nothing | Besides::Lingering { .. } | Besides::Private { .. } => {
            let silent = agent.state.reason().is_some_and(NotReadyReason::is_of_the_phone) && agent.reachable;
            (agent.silent && !silent).then_some("is not ready for a silence of which nothing is known")
        }
    }
}

/// Whether Asterisk's own queue has a call at this phone.
fn in_fallback(state: &State, endpoint: &Endpoint) -> bool {
    let calls = state.fallback().values().filter(|call| call.leg.server == endpoint.server);
    calls.filter_map(|call| call.agent.as_ref()).any(|agent| *agent == endpoint.name)
}
