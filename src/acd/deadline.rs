//! Deadlines: each is a field of the thing that expires. There are no timers, and nothing to cancel.

use model::{Actor, AgentId, CallId, LegId, OurLeg, ServerId, TheirLeg, Timestamp};

use crate::agent::{self, Line};
use crate::call::MISHAPS;
use crate::effect::Op;
use crate::state::State;
use crate::turn::Turn;
use crate::{absence, ending, guard, on, overflow, phone};

/// What expires.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Due {
    /// A phone that does not ring, or is not answered.
    Offer(OurLeg),
    /// An agent's time to finish a call.
    WrapUp(AgentId),
    /// A leg that we hung up and that does not end.
    Line(AgentId),
    /// A caller's leg that does not leave our hands.
    Parting(TheirLeg),
    /// Two who may not have been joined.
    Join(CallId),
    /// A guard that was not lifted.
    Lift(CallId),
    /// Phones that are not watched.
    Watch(ServerId),
    /// A phone that is in use and should not be.
    Phone(AgentId),
    /// A phone that is left in peace.
    Rest(AgentId),
    /// An agent who is out of reach.
    Absence(AgentId),
    /// A guard over a caller.
    Guard(CallId),
    /// A call of Asterisk's own queue that nobody has told the end of.
    Fallback(TheirLeg),
    /// One that is over and that Asterisk may forget.
    Forget(TheirLeg),
    /// A caller's time in a queue. Last: of what is due at one instant, whatever makes an agent available comes before it.
    Leave(CallId),
}

/// How often a caller's leg is sent out of our hands before it counts as gone, its end unreported.
const SENDINGS: u32 = 3;

/// When the nearest deadline passes, if there is one.
#[must_use]
pub fn next_deadline(state: &State) -> Option<Timestamp> {
    state.index().deadlines.first().map(|(at, _)| *at)
}

/// Does what is due. Each turn of the loop ends or postpones one deadline, so it ends.
pub(crate) fn expire(turn: &mut Turn<'_>) {
    while let Some((_, due)) = turn.state.index().deadlines.first().cloned().filter(|(at, _)| *at <= turn.at) {
        match due {
            Due::Offer(leg) => ring_time_is_over(turn, leg),
            Due::WrapUp(agent) => wrap_up_is_over(turn, agent),
            Due::Line(agent) => line_is_cleared(turn, agent),
            Due::Parting(leg) => leg_stays(turn, &leg),
            Due::Join(call) => join_again(turn, call),
            Due::Watch(server) => on::watch(turn, server),
            Due::Lift(call) => guard::lift_again(turn, call),
            Due::Phone(agent) => phone::lingers(turn, agent),
            Due::Rest(agent) => agent::rested(turn, agent),
            Due::Absence(agent) => absence::goes_on(turn, agent),
            Due::Guard(call) => guard::renew(turn, call),
            Due::Fallback(leg) => on::fallback_reported::forgotten(turn, &leg),
            Due::Forget(leg) => on::fallback_reported::may_be_forgotten(turn, &leg),
            Due::Leave(call) => overflow::time_is_over(turn, call),
        }
    }
}

fn ring_time_is_over(turn: &mut Turn<'_>, leg: OurLeg) {
    let Some(ring) = turn.state.calls().get(&leg.call).and_then(|call| call.offer(leg)).map(|offer| offer.ring) else {
        return;
    };
    if !turn.state.is_up(leg.server) {
        // The agent may have answered; the account will tell.
        let later = ring.postponed(turn.at + turn.timing().look_again);
        turn.state.with_call(leg.call, |call| call.set_ring(leg, later));
        return;
    }
    // An agent may have answered in time all the same, on a way that has fallen silent and is not lost yet.
    let again = ring.postponed(turn.at + turn.timing().look_again);
    turn.state.with_call(leg.call, |call| call.offer_mut(leg).map(|offer| (offer.ring, offer.over) = (again, true)));
    turn.order(leg.call, Op::HearOut { leg });
}

fn wrap_up_is_over(turn: &mut Turn<'_>, id: AgentId) {
    let Some(state) = turn.state.agents().get(&id).map(agent::Agent::willing) else { return };
    agent::change(turn, id, state, Actor::Program);
    agent::settle(turn, id);
}

fn line_is_cleared(turn: &mut Turn<'_>, id: AgentId) {
    let Some(Line::Clearing { leg, .. }) = turn.state.agents().get(&id).map(|agent| agent.line) else { return };
    if !turn.state.is_up(leg.server) {
        let until = turn.at + turn.timing().look_again;
        turn.state.with_agent(id, |agent| agent.line = Line::Clearing { leg, until });
        return;
    }
    // Should it live after all, the first order to hang it up was lost.
    ending::hang_up_stray(turn, leg);
    agent::free_line(turn, id);
    agent::settle(turn, id);
}

fn leg_stays(turn: &mut Turn<'_>, leg: &TheirLeg) {
    let later = turn.at + turn.timing().look_again;
    if !turn.state.is_up(leg.server) {
        turn.state.part_later(leg, later);
    } else if turn.state.partings().get(leg).is_some_and(|parting| parting.sent >= SENDINGS) {
        ending::parted(turn, leg);
    } else {
        ending::send_again(turn, leg);
    }
}

fn join_again(turn: &mut Turn<'_>, id: CallId) {
    let later = turn.at + turn.timing().look_again;
    let Some(call) = turn.state.calls().get(&id).cloned() else { return };
    let Some(talk) = call.talk() else { return };
    let up = turn.state.is_up(call.server());
    turn.state.with_call(id, |call| {
        call.mishaps = call.mishaps.saturating_add(u32::from(up));
        call.talk_mut().map(|talk| talk.join_again_at = if up { None } else { Some(later) })
    });
    if up && call.mishaps + 1 >= MISHAPS {
        ending::unjoin(turn, id);
    } else if up {
        turn.order(id, Op::Join { bridge: talk.bridge, legs: vec![call.leg_id(), LegId::Ours(talk.leg)] });
    }
}
