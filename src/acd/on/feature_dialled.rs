//! Somebody dialled a feature code: done or refused, and back to the dialplan, which plays the tone.

use model::fact::Ignored;
use model::{Actor, Endpoint, TheirLeg};

use super::agent_asked;
use crate::effect::{Exit, Op};
use crate::event::Ask;
use crate::state::Way;
use crate::turn::Turn;

pub(super) fn take(turn: &mut Turn<'_>, leg: TheirLeg, endpoint: &Endpoint, feature: Option<Ask>) -> Result<(), Ignored> {
    if turn.state.call_of(&leg).is_some() || turn.state.partings().contains_key(&leg) {
        return Err(Ignored::AlreadySo);
    }
    turn.order_for_leg(&leg, Op::Answer { leg: leg.clone() });
    let done = carry_out(turn, endpoint, feature);
    let exit = match done {
        // Whoever asks for what they already have got what they asked for.
        Ok(()) | Err(Ignored::AlreadySo) => Exit::Done,
        Err(
            Ignored::UnknownLeg
            | Ignored::UnknownAgent
            | Ignored::UnknownPrompt
            | Ignored::TooLate
            | Ignored::NotInThisState
            | Ignored::CallersOwnHold,
        ) => Exit::Refused,
    };
    turn.order_for_leg(&leg, Op::Continue { leg: leg.clone(), exit });
    turn.state.part(leg, Way::GiveBack(exit));
    done
}

fn carry_out(turn: &mut Turn<'_>, endpoint: &Endpoint, feature: Option<Ask>) -> Result<(), Ignored> {
    let agent = turn.state.index().endpoints.get(endpoint).copied().ok_or(Ignored::UnknownAgent)?;
    let ask = feature.ok_or(Ignored::NotInThisState)?;
    agent_asked::take(turn, agent, ask, Actor::Agent(agent))
}
