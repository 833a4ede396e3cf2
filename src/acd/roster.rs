//! Who is logged in where: what Asterisk's own queue has to know, so that it rings the right people while we are not there.

use model::{Endpoint, PersonName};

use crate::agent::Agent;
use crate::state::State;

/// Everybody who is logged in, in the order of their phones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    /// One entry an agent.
    pub members: Vec<Member>,
}

/// An agent who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The phone to ring.
    pub endpoint: Endpoint,
    /// Who it is.
    pub name: PersonName,
    /// The numbers of the queues that the agent serves, each with the agent's tier, in the order of the numbers.
    pub queues: Vec<(String, u8)>,
    /// Whether the agent takes no calls. Whoever is at work on one, or cannot be reached for a while, still does.
    pub paused: bool,
}

/// Whether an agent stands in the roster, and whether paused: all of it that changes without a change of the settings.
pub(crate) fn presence(agent: &Agent) -> Option<bool> {
    if agent.leaving {
        return None;
    }
    agent.state.is_logged_in().then(|| !agent.state.takes_calls())
}

/// The roster as it stands. It differs from an earlier one only if [`State::roster_version`] does.
#[must_use]
pub fn roster(state: &State) -> Roster {
    let present = state.agents().values().filter_map(|agent| Some((agent, presence(agent)?)));
    let mut members: Vec<Member> = present.map(|(agent, paused)| member(state, agent, paused)).collect();
    members.sort_by(|one, other| one.endpoint.cmp(&other.endpoint));
    Roster { members }
}

fn member(state: &State, agent: &Agent, paused: bool) -> Member {
    let card = &agent.card;
    let serves = |id: &model::QueueId| state.queues().get(id).filter(|queue| !queue.retired);
    let mut queues: Vec<(String, u8)> =
        card.queues.iter().filter_map(|id| Some((serves(id)?.card.number.clone(), card.tier(*id)))).collect();
    queues.sort();
    Member { endpoint: card.endpoint.clone(), name: card.name.clone(), queues, paused }
}
