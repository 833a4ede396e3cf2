//! Somebody asked for a change of an agent's state: done at once, or remembered until the present call lets go.

use model::fact::Ignored;
use model::{Actor, AgentId, AgentState, Span};

use crate::agent::{self, Agent, Wish};
use crate::event::Ask;
use crate::turn::Turn;

/// What an ask comes to.
enum Answer {
    Now(AgentState),
    /// To be entered when the call lets go; `None` takes an earlier wish back.
    Later(Option<AgentState>),
}

pub(crate) fn take(turn: &mut Turn<'_>, id: AgentId, ask: Ask, by: Actor) -> Result<(), Ignored> {
    let agent = turn.state.agents().get(&id).ok_or(Ignored::UnknownAgent)?;
    match answer(agent, ask)? {
        Answer::Now(state) => {
            agent::change(turn, id, state, by);
            agent::settle(turn, id);
        }
        Answer::Later(state) => {
            turn.state.with_agent(id, |agent| agent.then = state.map(|state| Wish { state, by }));
        }
    }
    Ok(())
}

fn answer(agent: &Agent, ask: Ask) -> Result<Answer, Ignored> {
    if agent.leaving {
        return Err(Ignored::NotInThisState);
    }
    let asked = match ask {
        Ask::Ready => agent.willing(),
        Ask::NotReady(reason) => AgentState::NotReady(reason),
        Ask::LogOut => AgentState::LoggedOut,
        Ask::ExtendWrapUp(by) => return extended(agent, by).map(Answer::Now),
    };
    match &agent.state {
        AgentState::LoggedOut
        | AgentState::NotReady(_)
        | AgentState::Ready
        | AgentState::WrapUp { .. }
        | AgentState::Unreachable => {
            if agent.state == asked {
                Err(Ignored::AlreadySo)
            } else {
                Ok(Answer::Now(asked))
            }
        }
        AgentState::Reserved(_) | AgentState::Ringing(_) | AgentState::Talking(_) | AgentState::Held(_) => {
            let wish = match ask {
                Ask::Ready => None,
                Ask::NotReady(_) | Ask::LogOut | Ask::ExtendWrapUp(_) => Some(asked),
            };
            let wished = agent.then.as_ref().map(|wish| &wish.state);
            if wished == wish.as_ref() { Err(Ignored::AlreadySo) } else { Ok(Answer::Later(wish)) }
        }
    }
}

/// The longest time that a wrap-up may be extended by at once: whoever needs more is not ready.
const LONGEST_EXTENSION: Span = Span::from_secs(600);

/// The same wrap-up, ending later.
fn extended(agent: &Agent, by: Span) -> Result<AgentState, Ignored> {
    match &agent.state {
        AgentState::WrapUp { call, until } => Ok(AgentState::WrapUp { call: *call, until: *until + by.min(LONGEST_EXTENSION) }),
        AgentState::LoggedOut
        | AgentState::NotReady(_)
        | AgentState::Ready
        | AgentState::Reserved(_)
        | AgentState::Ringing(_)
        | AgentState::Talking(_)
        | AgentState::Held(_)
        | AgentState::Unreachable => Err(Ignored::NotInThisState),
    }
}
