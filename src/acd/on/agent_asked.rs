//! Somebody asked for a change of an agent's state: done at once, or remembered until the present call lets go. It is the same
//! whether the agent asked, by phone or on a page, or a supervisor on their behalf.

use model::agent::LONGEST_WRAP_UP;
use model::fact::Ignored;
use model::{Actor, AgentId, AgentState, CallId, NotReadyReason, Span, Timestamp};

use crate::agent::{self, Agent, Wish};
use crate::event::Ask;
use crate::turn::Turn;

/// What an ask comes to.
enum Answer {
    Now(AgentState),
    /// To be entered when the call lets go; `None` takes an earlier wish back.
    Later(Option<AgentState>),
    /// The same wrap-up, until then.
    WrapUp(CallId, Timestamp),
    /// They are Ready, and vouch for the phone that was left in peace.
    Peace,
}

pub(crate) fn take(turn: &mut Turn<'_>, id: AgentId, ask: Ask, by: Actor) -> Result<(), Ignored> {
    if ask != Ask::Ready {
        // Whoever asked for Ready by phone, and hears the tone for it still, is not Ready at its end.
        turn.state.forget_ready(id);
    }
    let agent = turn.state.agents().get(&id).ok_or(Ignored::UnknownAgent)?;
    match answer(agent, ask, turn.at)? {
        Answer::Now(state) => {
            if ask == Ask::Ready {
                vouch(turn, id);
            }
            agent::change(turn, id, state, by);
            agent::settle(turn, id);
        }
        Answer::Later(state) => {
            turn.state.with_agent(id, |agent| agent.then = state.map(|state| Wish { state, by }));
        }
        Answer::WrapUp(call, until) => agent::extend_wrap_up(turn, id, call, until, by),
        Answer::Peace => {
            vouch(turn, id);
            agent::settle(turn, id);
        }
    }
    Ok(())
}

/// Whoever asks for calls says that the phone is in order.
fn vouch(turn: &mut Turn<'_>, id: AgentId) {
    turn.state.with_agent(id, |agent| (agent.busy, agent.rests_until) = (0, None));
}

fn answer(agent: &Agent, ask: Ask, at: Timestamp) -> Result<Answer, Ignored> {
    if agent.leaving {
        return Err(Ignored::NotInThisState);
    }
    let asked = match ask {
        Ask::Ready => agent.willing(),
        Ask::NotReady(reason) => AgentState::NotReady(reason),
        Ask::LogIn => AgentState::NotReady(NotReadyReason::LoggedIn),
        Ask::LogOut => AgentState::LoggedOut,
        Ask::ExtendWrapUp(by) => return extended(agent, by, at),
    };
    match &agent.state {
        AgentState::Ready if ask == Ask::Ready && agent.rests_until.is_some() => Ok(Answer::Peace),
        AgentState::NotReady(_) | AgentState::Ready | AgentState::WrapUp { .. } | AgentState::Unreachable
            if ask == Ask::LogIn =>
        {
            Err(Ignored::AlreadySo)
        }
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
            later(agent, ask, asked)
        }
    }
}

/// What is asked for during a call.
fn later(agent: &Agent, ask: Ask, asked: AgentState) -> Result<Answer, Ignored> {
    let wished = agent.then.as_ref().map(|wish| &wish.state);
    let wish = match ask {
        Ask::Ready => None,
        // Whoever is in a call is logged in.
        Ask::LogIn if wished != Some(&AgentState::LoggedOut) => return Err(Ignored::AlreadySo),
        Ask::NotReady(_) | Ask::LogOut | Ask::LogIn | Ask::ExtendWrapUp(_) => Some(asked),
    };
    if wished == wish.as_ref() { Err(Ignored::AlreadySo) } else { Ok(Answer::Later(wish)) }
}

/// The same wrap-up, ending later.
fn extended(agent: &Agent, by: Span, at: Timestamp) -> Result<Answer, Ignored> {
    match &agent.state {
        AgentState::WrapUp { call, until } => {
            let later = ((*until).max(at) + by).min(at + LONGEST_WRAP_UP);
            if later > *until { Ok(Answer::WrapUp(*call, later)) } else { Err(Ignored::AlreadySo) }
        }
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
