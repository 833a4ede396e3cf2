//! The agent put the caller on hold, or took them off. The caller's own hold changes nothing in the books: talking is what
//! the agent does, and whoever waits for a caller who looks for a document is at work.

use model::fact::Ignored;
use model::{Actor, AgentState, LegId, OurLeg};

use super::leg_rang::line;
use crate::agent::{self, Line};
use crate::call::Stretch;
use crate::ending;
use crate::turn::Turn;

/// Begins the stretch that this leg's party asked for.
pub(super) fn take(turn: &mut Turn<'_>, leg: &LegId, stretch: Stretch) -> Result<(), Ignored> {
    match leg {
        LegId::Theirs(leg) => match turn.state.call_of(leg) {
            None => Err(Ignored::UnknownLeg),
            Some(_) => Err(Ignored::CallersOwnHold),
        },
        LegId::Ours(leg) => match line(turn, *leg) {
            None => Err(Ignored::UnknownLeg),
            Some(Line::Free | Line::Clearing { .. }) => Err(Ignored::TooLate),
            Some(Line::Used(_)) => begin(turn, *leg, stretch),
        },
    }
}

fn begin(turn: &mut Turn<'_>, leg: OurLeg, stretch: Stretch) -> Result<(), Ignored> {
    let call = turn.state.calls().get(&leg.call).cloned().ok_or(Ignored::UnknownLeg)?;
    let talk = call.talk().ok_or(Ignored::TooLate)?;
    if talk.stretch == stretch {
        return Err(Ignored::AlreadySo);
    }
    ending::book_stretch(turn, &call, talk);
    let at = turn.at;
    turn.state.with_call(call.id, |call| {
        call.since = at;
        if let Some(talk) = call.talk_mut() {
            talk.stretch = stretch;
            talk.since = at;
        }
    });
    let state = match stretch {
        Stretch::Talk => AgentState::Talking(call.id),
        Stretch::Hold => AgentState::Held(call.id),
    };
    agent::change(turn, talk.agent, state, Actor::Agent(talk.agent));
    Ok(())
}
