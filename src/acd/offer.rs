//! Offers: one call ringing at one agent, from the reservation to its end.

use model::agent::FIRST_TIER;
use model::fact::{Leaving, Segment};
use model::{
    Actor, AgentId, AgentState, BridgeId, CallId, CallPhase, Fact, LegId, OfferEnd, OurLeg, Outcome, SegmentKind, Side, Span,
    Timestamp,
};

use crate::agent::{self, After};
use crate::call::{Call, MISHAPS, Offer, Ring, Stage, Stretch, Talk, Waiting};
use crate::effect::{Exit, HangupReason, Op};
use crate::turn::Turn;
use crate::{ending, guard, overflow, route};

/// What is to become of the leg of an offer that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remains {
    /// There is none.
    Nothing,
    /// It lives: hang it up.
    Leg(HangupReason),
    /// Half of it may be there, for Asterisk failed to dial it: hang that up, and leave the phone in peace for a while.
    Half,
}

/// Reserves an agent for a call and has the phone rung.
pub(crate) fn make(turn: &mut Turn<'_>, call: CallId, agent: AgentId) {
    let Some(endpoint) = turn.state.agents().get(&agent).map(|agent| agent.card.endpoint.clone()) else { return };
    let tier = tier(turn, call, agent);
    let ring_timeout = ring_timeout(turn, call);
    let timing = turn.timing();
    let at = turn.at;
    let ring = Ring::Awaited { until: at + timing.rings_within };
    let made = turn.state.with_call(call, |call| {
        let leg = call.next_leg();
        let n = add(call, (agent, tier), leg, at, ring)?;
        let mark = call.mark(CallPhase::Offered);
        let caller = call.leg.clone();
        let dial = Op::Dial { leg, endpoint, caller, give_up_after: ring_timeout + timing.give_up_margin, mark };
        Some((n, leg, call.queue, dial))
    });
    let Some(Some((n, leg, queue, dial))) = made else { return };
    turn.state.with_queue(queue, |queue| queue.last_rung = Some(agent));
    turn.order(call, dial);
    turn.state.with_agent(agent, |agent| agent.carry(leg));
    agent::change(turn, agent, AgentState::Reserved(call), Actor::Program);
    turn.record(Fact::OfferMade { call, offer: n, agent });
}

/// Writes an offer to an agent of this tier into a call that waits; its number, unless the call does not wait.
pub(crate) fn add(call: &mut Call, (agent, tier): (AgentId, u8), leg: OurLeg, at: Timestamp, ring: Ring) -> Option<u32> {
    let n = call.offers_made.saturating_add(1);
    let alone = call.is_alone();
    call.waiting_mut()?.offers.push(Offer { n, agent, tier, leg, made: at, ring, over: false });
    call.offers_made = n;
    if alone {
        call.since = at;
    }
    Some(n)
}

/// Whether one more agent may be rung for a call. For whoever takes over what rings already.
pub(crate) fn has_room(turn: &Turn<'_>, call: CallId) -> bool {
    let waits = turn.state.calls().get(&call).filter(|call| call.waiting().is_some());
    waits.is_some_and(|call| call.offers() < Call::most_offers(turn.state.index().strategy(call.queue)))
}

/// The agent's tier in the call's queue.
pub(crate) fn tier(turn: &Turn<'_>, call: CallId, agent: AgentId) -> u8 {
    let queue = turn.state.calls().get(&call).map(|call| call.queue);
    let agent = turn.state.agents().get(&agent);
    queue.zip(agent).map_or(FIRST_TIER, |(queue, agent)| agent.card.tier(queue))
}

/// The phone rings: the agent has the queue's ring time from here, and the bridge is made ready.
pub(crate) fn rang(turn: &mut Turn<'_>, call: CallId, leg: OurLeg) {
    let until = turn.at + ring_timeout(turn, call);
    let heard = turn.state.with_call(call, |call| {
        call.set_ring(leg, Ring::Heard { until });
        let (n, agent) = call.offer(leg).map(|offer| (offer.n, offer.agent))?;
        Some((n, agent, prepare_bridge(call)))
    });
    let Some(Some((offer, agent, create))) = heard else { return };
    if let Some(create) = create {
        turn.order(call, create);
    }
    turn.record(Fact::OfferRang { call, offer, agent });
    agent::change(turn, agent, AgentState::Ringing(call), Actor::Program);
}

/// When caller and agent came together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Met {
    /// They do so now.
    Now,
    /// They are in this bridge since then: it was ordered by a run whose last facts are lost.
    Before(BridgeId, Timestamp),
}

/// The agent answered: caller and agent are joined. Whoever else was being rung is let go: a second answer finds an order to
/// hang up on its way.
pub(crate) fn accept(turn: &mut Turn<'_>, call: CallId, leg: OurLeg, met: Met) {
    let Some(offer) = turn.state.calls().get(&call).and_then(|call| call.offer(leg)).cloned() else { return };
    let at = match met {
        Met::Now => {
            let create = turn.state.with_call(call, prepare_bridge).flatten();
            turn.order_all(call, create);
            turn.at
        }
        Met::Before(bridge, since) => {
            turn.state.with_call(call, |call| call.waiting_mut().map(|waiting| waiting.bridge = Some(bridge)));
            since.min(turn.at).max(offer.made)
        }
    };
    let joined = turn.state.with_call(call, |call| {
        let waited_since = call.waiting()?.since;
        let others: Vec<Offer> = call.waiting()?.offers.iter().filter(|other| other.leg != leg).cloned().collect();
        let bridge = call.bridge()?;
        let talk = Talk {
            agent: offer.agent,
            leg,
            bridge,
            answered: Some(at),
            stretch: Stretch::Talk,
            since: at,
            join_again_at: None,
            lift_again_at: None,
        };
        call.stage = Stage::Talking(talk);
        call.since = at;
        Some((call.clone(), bridge, waited_since, others))
    });
    let Some(Some((answered, bridge, waited_since, others))) = joined else { return };
    // Set ahead: a caller who leaves at this moment is one who was answered, and the CDR takes nothing after that.
    ending::stamp(turn, &answered, Outcome::Answered);
    if met == Met::Now {
        turn.order(call, Op::StopMusic { leg: answered.leg_id() });
        turn.order(call, Op::Join { bridge, legs: vec![answered.leg_id(), LegId::Ours(leg)] });
    }
    // The mark comes last: a leg that bears it lacks nothing that is before it.
    guard::lift(turn, call);
    turn.order(call, Op::Mark { leg: answered.leg_id(), mark: answered.mark(CallPhase::Talking) });
    book_end(turn, &answered, &offer, OfferEnd::Accepted, at);
    let waiting = ending::segment(turn, &answered, SegmentKind::Waiting);
    turn.record(Fact::SegmentEnded(Segment { began: waited_since, ended: at, ..waiting }));
    turn.record(Fact::CallAnswered { call, agent: offer.agent, waited: at.since(answered.entered) });
    // A queue is judged by the wait in it, not by that in another one before.
    let waited = at.since(answered.joined);
    turn.state.count(answered.queue, |queue, today| {
        today.answered += 1;
        today.answered_in_time += u32::from(queue.in_time(waited));
    });
    turn.state.with_agent(offer.agent, |agent| agent.answered = agent.answered.saturating_add(1));
    agent::change(turn, offer.agent, AgentState::Talking(call), Actor::Program);
    for other in &others {
        agent::hang_up(turn, other.agent, other.leg, HangupReason::AnsweredElsewhere);
        book_end(turn, &answered, other, OfferEnd::Withdrawn, turn.at);
    }
    for other in others {
        agent::rest(turn, other.agent, After::Nothing);
    }
}

/// An offer failed. If nobody else is being rung, the call goes back to the head of its queue, the next agent is tried at
/// once, and the caller hears nothing of it; unless it is time to leave, or Asterisk failed the call too often. An offer that
/// was withdrawn has not failed: the call stands where it stood.
pub(crate) fn fail(turn: &mut Turn<'_>, call: CallId, leg: OurLeg, end: OfferEnd, remains: Remains, after: After) {
    let Some(agent) = close(turn, call, leg, end, remains) else { return };
    let at = turn.at;
    let alone = turn.state.with_call(call, |call| {
        if !call.is_alone() {
            return None;
        }
        // What fails while others are being rung does not leave the caller with nobody.
        if end == OfferEnd::SwitchError {
            call.mishaps = call.mishaps.saturating_add(1);
        }
        if let Some(waiting) = call.waiting_mut() {
            waiting.returned |= end != OfferEnd::Withdrawn;
        }
        call.since = at;
        Some(call.mishaps)
    });
    if alone.flatten().is_some_and(|mishaps| mishaps >= MISHAPS) {
        ending::give_back(turn, call, Side::Switch, Exit::Failed, Leaving::Mishaps);
    } else if !overflow::left_in_time(turn, call) {
        route::serve_call(turn, call);
    }
    agent::rest(turn, agent, after);
}

/// The queue does not ring all at once any more: one of those who are being rung rings on, whose phone rings already if there
/// is one. The others are let go.
pub(crate) fn keep_one(turn: &mut Turn<'_>, call: CallId) {
    let Some(waiting) = turn.state.calls().get(&call).and_then(Call::waiting) else { return };
    let kept = waiting.offers.iter().min_by_key(|offer| (!offer.ring.heard(), offer.n)).map(|offer| offer.leg);
    let legs: Vec<OurLeg> = waiting.offers.iter().map(|offer| offer.leg).filter(|leg| Some(*leg) != kept).collect();
    let normal = Remains::Leg(HangupReason::Normal);
    let agents: Vec<AgentId> = legs.into_iter().filter_map(|leg| close(turn, call, leg, OfferEnd::Withdrawn, normal)).collect();
    for agent in agents {
        agent::rest(turn, agent, After::Nothing);
    }
}

/// Takes back all offers of a call. The agents are still bound to it: whoever calls this lets them rest.
pub(crate) fn withdraw(turn: &mut Turn<'_>, call: CallId) -> Vec<AgentId> {
    let offers = turn.state.calls().get(&call).and_then(Call::waiting).map(|waiting| waiting.offers.clone());
    let legs = offers.into_iter().flatten().map(|offer| offer.leg);
    legs.filter_map(|leg| close(turn, call, leg, OfferEnd::Withdrawn, Remains::Leg(HangupReason::Normal))).collect()
}

/// Ends an offer, in the call, on the line and in the books.
fn close(turn: &mut Turn<'_>, call: CallId, leg: OurLeg, end: OfferEnd, remains: Remains) -> Option<AgentId> {
    let closed = turn.state.with_call(call, |call| {
        let waiting: &mut Waiting = call.waiting_mut()?;
        let place = waiting.offers.iter().position(|offer| offer.leg == leg)?;
        let offer = waiting.offers.remove(place);
        Some((call.clone(), offer))
    });
    let (call, offer) = closed.flatten()?;
    match remains {
        Remains::Nothing => agent::free_line(turn, offer.agent),
        Remains::Leg(reason) => agent::hang_up(turn, offer.agent, leg, reason),
        Remains::Half => agent::leave_in_peace(turn, offer.agent, leg),
    }
    book_end(turn, &call, &offer, end, turn.at);
    Some(offer.agent)
}

fn book_end(turn: &mut Turn<'_>, call: &Call, offer: &Offer, end: OfferEnd, at: Timestamp) {
    turn.record(Fact::OfferEnded { call: call.id, offer: offer.n, agent: offer.agent, end });
    turn.record(Fact::SegmentEnded(Segment {
        agent: Some(offer.agent),
        offer: Some(offer.n),
        began: offer.made,
        ended: at,
        ending: Some(end),
        ..ending::segment(turn, call, SegmentKind::Ringing)
    }));
}

/// Gives a waiting call its bridge; the order to make it, if it had none.
fn prepare_bridge(call: &mut Call) -> Option<Op> {
    if call.waiting()?.bridge.is_some() {
        return None;
    }
    let bridge = call.next_bridge();
    call.waiting_mut()?.bridge = Some(bridge);
    Some(Op::CreateBridge { bridge })
}

pub(crate) fn ring_timeout(turn: &Turn<'_>, call: CallId) -> Span {
    let queue = turn.state.calls().get(&call).and_then(|call| turn.state.queues().get(&call.queue));
    queue.map_or(turn.timing().rings_within, |queue| queue.card.ring_timeout)
}
