//! Somebody dialled a feature code. Whoever wants to be Ready hears the tone from us and is Ready when that leg has left the
//! phone: a phone that still plays a tone would answer a call with busy. All else is done or refused at once, and the
//! dialplan plays the tone.

use model::fact::Ignored;
use model::{Actor, AgentId, Endpoint, LegId, PromptId, TheirLeg};

use super::agent_asked;
use crate::effect::{Exit, Op};
use crate::event::Ask;
use crate::state::Way;
use crate::turn::Turn;

/// The tone that says: done.
const TONE: &str = "sound:beep";

pub(super) fn take(turn: &mut Turn<'_>, leg: TheirLeg, endpoint: &Endpoint, feature: Option<Ask>) -> Result<(), Ignored> {
    if turn.state.call_of(&leg).is_some() || turn.state.partings().contains_key(&leg) {
        return Err(Ignored::AlreadySo);
    }
    turn.order_for_leg(&leg, Op::Answer { leg: leg.clone() });
    match carry_out(turn, endpoint, feature) {
        Ok(Carried::AtTheEnd(agent)) => keep_for_the_tone(turn, leg, agent),
        Ok(Carried::Out) => give_back(turn, leg, Exit::Done),
        // Whoever asks for what they already have got what they asked for.
        Err(Ignored::AlreadySo) => {
            give_back(turn, leg, Exit::Done);
            return Err(Ignored::AlreadySo);
        }
        Err(why) => {
            give_back(turn, leg, Exit::Refused);
            return Err(why);
        }
    }
    Ok(())
}

/// What became of a feature code.
enum Carried {
    Out,
    AtTheEnd(AgentId),
}

fn carry_out(turn: &mut Turn<'_>, endpoint: &Endpoint, feature: Option<Ask>) -> Result<Carried, Ignored> {
    let agent = turn.state.index().endpoints.get(endpoint).copied().ok_or(Ignored::UnknownAgent)?;
    let ask = feature.ok_or(Ignored::NotInThisState)?;
    let asked = turn.state.agents().get(&agent).ok_or(Ignored::UnknownAgent)?;
    match ask {
        Ask::Ready if asked.becomes_available() => Ok(Carried::AtTheEnd(agent)),
        Ask::Ready | Ask::NotReady(_) | Ask::LogIn | Ask::LogOut | Ask::ExtendWrapUp(_) => {
            agent_asked::take(turn, agent, ask, Actor::Agent(agent)).map(|()| Carried::Out)
        }
    }
}

fn keep_for_the_tone(turn: &mut Turn<'_>, leg: TheirLeg, agent: AgentId) {
    let at = turn.at;
    // A visit of its own: no call will ever have this id.
    let call = turn.state.chance().mint(at);
    let prompt = PromptId { server: leg.server, call, n: 1 };
    turn.order_for_leg(&leg, Op::Play { leg: LegId::Theirs(leg.clone()), prompt, media: TONE.to_owned() });
    turn.state.part_ready(leg, prompt, agent);
}

fn give_back(turn: &mut Turn<'_>, leg: TheirLeg, exit: Exit) {
    turn.order_for_leg(&leg, Op::Continue { leg: leg.clone(), exit });
    turn.state.part(leg, Way::GiveBack(exit));
}
