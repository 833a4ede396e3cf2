//! What the state knows, held against the account.

use std::collections::BTreeSet;

use model::stamp::Mark;
use model::{AgentId, BridgeId, CallId, CallPhase, LegId, OfferEnd, OurLeg, Outcome, ServerId, Side};

use super::alive::Alive;
use super::found;
use crate::agent::{self, After, Line};
use crate::call::{Call, Offer};
use crate::effect::{HangupReason, Op};
use crate::event::Account;
use crate::offer::{self, Met, Remains};
use crate::phone::{self, Said};
use crate::turn::Turn;
use crate::{absence, ending, guard, on};

/// Takes down which phones can be reached, and on which there is something; whose agents these are, and who of them returned.
/// Those of agents who left the settings are among them: whoever comes back before their leg is gone is not heard of anew, since
/// a phone in use tells nothing beside a leg of ours.
pub(super) fn phones(turn: &mut Turn<'_>, server: ServerId, account: &Account) -> Vec<(AgentId, bool)> {
    let (reachable, in_use): (BTreeSet<_>, BTreeSet<_>) = (account.reachable.iter().collect(), account.in_use.iter().collect());
    let agents = turn.state.agents().values().filter(|agent| agent.card.endpoint.server == server);
    let said = agents.map(|agent| {
        let endpoint = &agent.card.endpoint;
        let now = Said { reachable: reachable.contains(endpoint), in_use: in_use.contains(endpoint) };
        (agent.card.id, endpoint.clone(), Said { reachable: agent.reachable, in_use: agent.in_use }, now)
    });
    let mut phones = Vec::new();
    for (id, endpoint, before, now) in said.collect::<Vec<_>>() {
        if before != now {
            phone::note(turn, id, endpoint, now);
        }
        phones.push((id, now.reachable && !before.reachable));
    }
    phones
}

/// Has the agents' states follow from what was taken down of their phones.
pub(super) fn follow(turn: &mut Turn<'_>, phones: Vec<(AgentId, bool)>, account: &Account, lost: bool) {
    let others: BTreeSet<_> = account.others.iter().collect();
    for (id, returned) in phones {
        phone::judge(turn, id, &others);
        if turn.state.agents().get(&id).is_none_or(|agent| agent.leaving) {
            continue;
        }
        phone::follow(turn, id, returned);
        if lost {
            phone::heal(turn, id);
        }
    }
}

/// Whoever was lost may have been another run, of which not everything was kept.
pub(super) fn skip_ids(turn: &mut Turn<'_>, server: ServerId) {
    let at = turn.at;
    for id in calls(turn, server, |_| true) {
        turn.state.with_call(id, |call| call.skip_ids(at));
    }
}

/// Callers on their way out: forgets those who are gone, sends the others on again.
pub(super) fn partings(turn: &mut Turn<'_>, alive: &Alive<'_>) {
    let legs = turn.state.partings().keys().filter(|leg| leg.server == alive.server).cloned();
    for leg in legs.collect::<Vec<_>>() {
        if alive.has(&LegId::Theirs(leg.clone())) {
            ending::send_again(turn, &leg);
        } else {
            ending::parted(turn, &leg);
        }
    }
}

/// Legs that we hung up: frees the lines of those that are gone, hangs the others up again. One that talks to the caller was
/// answered before it was taken back, by a run that knew no better: the conversation goes on.
pub(super) fn clearing(turn: &mut Turn<'_>, alive: &Alive<'_>) {
    for (agent, leg) in lines(turn, alive.server, |line| matches!(line, Line::Clearing { .. })) {
        let stays = turn.state.agents().get(&agent).is_some_and(|agent| !agent.leaving);
        if stays && talks(turn, alive, leg) {
            agent::free_line(turn, agent);
        } else if alive.has(&LegId::Ours(leg)) {
            agent::hang_up(turn, agent, leg, HangupReason::Normal);
        } else {
            agent::free_line(turn, agent);
            agent::settle(turn, agent);
        }
    }
}

/// Whether a caller who waits, as far as the state knows, is together with this leg.
fn talks(turn: &Turn<'_>, alive: &Alive<'_>, leg: OurLeg) -> bool {
    let call = turn.state.calls().get(&leg.call).filter(|call| call.waiting().is_some());
    let met = call.and_then(|call| alive.conversation(call.id, &call.leg_id()));
    met.is_some_and(|(_, with)| with == leg)
}

/// Callers who are gone; or lost, if they were with an Asterisk that has been started again since.
pub(super) fn callers(turn: &mut Turn<'_>, alive: &Alive<'_>, restarted: bool) {
    for call in calls(turn, alive.server, |call| !alive.has(&call.leg_id())) {
        if restarted {
            ending::lost(turn, call);
        } else {
            ending::caller_left(turn, call, Side::Switch);
        }
    }
}

/// Legs that were to be hung up in this step, and are gone already.
pub(super) fn cleared(turn: &mut Turn<'_>, alive: &Alive<'_>) {
    for (agent, leg) in lines(turn, alive.server, |line| matches!(line, Line::Clearing { .. })) {
        if !alive.has(&LegId::Ours(leg)) {
            agent::free_line(turn, agent);
            agent::settle(turn, agent);
        }
    }
}

/// Callers who wait, as far as the state knows, and who talk to an agent: the answer came after all that was kept of it. They
/// go on as if nothing had happened. An agent of whom the state does not know either is found later, as a leg.
pub(super) fn answered(turn: &mut Turn<'_>, alive: &Alive<'_>) {
    for id in calls(turn, alive.server, |call| call.waiting().is_some()) {
        let Some(call) = turn.state.calls().get(&id) else { continue };
        let met = alive.conversation(id, &call.leg_id()).or_else(|| left_alone(call, alive));
        let Some((bridge, leg)) = met else { continue };
        let marked = alive.legs.get(&call.leg_id()).and_then(|leg| leg.mark).filter(|mark| mark.call == id);
        let talks = marked.filter(|mark| matches!(mark.phase, CallPhase::Talking | CallPhase::Held));
        let met = Met::Before(bridge, talks.map_or(turn.at, |mark| mark.since));
        if call.offer(leg).is_none() {
            found::adopt_answered(turn, leg, alive);
        }
        offer::accept(turn, id, leg, met);
    }
}

/// Callers who wait, as far as the state knows, and who have been talked to since by somebody who has left: a conversation that
/// began and ended after all that was kept of it.
pub(super) fn deserted(turn: &mut Turn<'_>, alive: &Alive<'_>) {
    for id in calls(turn, alive.server, |call| was_deserted(call, alive)) {
        let spoke = turn.state.calls().get(&id).and_then(|call| spoke(call, alive));
        ending::deserted(turn, id, spoke.and_then(|mark| Some((mark.agent?, mark.since))));
    }
}

fn was_deserted(call: &Call, alive: &Alive<'_>) -> bool {
    let talked = spoke(call, alive).is_some() || alive.in_a_bridge(&call.leg_id());
    call.waiting().is_some() && talked && !alive.answered(call.id)
}

/// The mark of a conversation on a caller who waits, as far as the state knows.
fn spoke(call: &Call, alive: &Alive<'_>) -> Option<Mark> {
    let talks = mark(alive, call).filter(|mark| matches!(mark.phase, CallPhase::Talking | CallPhase::Held))?;
    // Whoever waits since then came back from it, and the mark that said so was lost.
    (talks.since >= call.waiting()?.since).then_some(talks)
}

/// The bridge in which a caller was left by an agent who had answered, and the agent's leg: the one that is gone. Where the mark
/// names the agent, it is that one's, and the caller need not be in the bridge any more.
fn left_alone(call: &Call, alive: &Alive<'_>) -> Option<(BridgeId, OurLeg)> {
    let agent = spoke(call, alive).and_then(|mark| mark.agent);
    let within = alive.bridge_of(&call.leg_id()).filter(|bridge| bridge.call == call.id);
    let bridge = within.or_else(|| call.bridge().filter(|_| agent.is_some()))?;
    let gone = |offer: &&Offer| agent.is_none_or(|agent| offer.agent == agent) && !alive.has(&LegId::Ours(offer.leg));
    let leg = call.waiting()?.offers.iter().find(gone)?.leg;
    (!alive.answered(call.id)).then_some((bridge, leg))
}

/// Agents whose leg is gone while the caller's is not. A leg that had not rung may never have been made: that is held against
/// nobody. If the way was never lost, the order to make it may be under way still.
pub(super) fn agents(turn: &mut Turn<'_>, alive: &Alive<'_>, lost: bool) {
    for (_, leg) in lines(turn, alive.server, |line| matches!(line, Line::Used(_))) {
        if alive.has(&LegId::Ours(leg)) {
            continue;
        }
        let rang = turn.state.calls().get(&leg.call).and_then(|call| call.offer(leg)).map(|offer| offer.ring.heard());
        match rang {
            None => ending::agent_left(turn, leg.call, Side::Switch),
            Some(true) => {
                let end = OfferEnd::NotAnswered;
                offer::fail(turn, leg.call, leg, end, Remains::Nothing, After::Failed(end));
            }
            Some(false) if !lost => {}
            Some(false) => offer::fail(turn, leg.call, leg, OfferEnd::Withdrawn, Remains::Nothing, After::Nothing),
        }
    }
}

/// Conversations: whoever is not in the bridge is put there.
pub(super) fn conversations(turn: &mut Turn<'_>, alive: &Alive<'_>) {
    for id in calls(turn, alive.server, |call| call.talk().is_some()) {
        let Some(call) = turn.state.calls().get(&id).cloned() else { continue };
        let Some(talk) = call.talk() else { continue };
        let both = [call.leg_id(), LegId::Ours(talk.leg)];
        match alive.bridges.get(&talk.bridge) {
            Some(members) => {
                let missing = both.into_iter().filter(|leg| !members.contains(leg)).collect();
                join(turn, &call, talk.bridge, missing);
            }
            None => {
                // Should it be made after all by an order still under way, it must not stay.
                turn.order(id, Op::DestroyBridge { bridge: talk.bridge });
                let Some(bridge) = turn.state.with_call(id, new_bridge).flatten() else { continue };
                turn.order(id, Op::CreateBridge { bridge });
                join(turn, &call, bridge, both.to_vec());
            }
        }
        turn.state.with_call(id, |call| call.talk_mut().map(|talk| talk.join_again_at = None));
        let marked = mark(alive, &call).is_some_and(|mark| matches!(mark.phase, CallPhase::Talking | CallPhase::Held));
        if !marked {
            ending::stamp(turn, &call, Outcome::Answered);
        }
        if !marked || talk.lift_again_at.is_some() {
            guard::lift(turn, id);
        }
        if !marked {
            turn.order(id, Op::Mark { leg: call.leg_id(), mark: call.mark(CallPhase::Talking) });
        }
    }
}

/// Gives a conversation another bridge: the id of the one that is gone is used up.
fn new_bridge(call: &mut Call) -> Option<BridgeId> {
    let bridge = call.next_bridge();
    call.talk_mut()?.bridge = bridge;
    Some(bridge)
}

fn join(turn: &mut Turn<'_>, call: &Call, bridge: BridgeId, missing: Vec<LegId>) {
    if missing.contains(&call.leg_id()) || call.music_failures > 0 {
        turn.order(call.id, Op::StopMusic { leg: call.leg_id() });
        music_is_ordered(turn, call.id);
    }
    if !missing.is_empty() {
        turn.order(call.id, Op::Join { bridge, legs: missing });
    }
}

/// What went wrong with the music before the account is made good.
fn music_is_ordered(turn: &mut Turn<'_>, call: CallId) {
    turn.state.with_call(call, |call| call.music_failures = 0);
}

/// Callers who wait: the mark is written after the music was started, so a leg without it may lack both. So may one that bears
/// the mark of another queue: the caller was moved while the way was lost.
pub(super) fn queues(turn: &mut Turn<'_>, alive: &Alive<'_>) {
    for id in calls(turn, alive.server, |call| call.waiting().is_some()) {
        let Some(call) = turn.state.calls().get(&id).cloned() else { continue };
        // One that is gone is of no use, nor is one that they are in: whoever talked to them there cannot be taken over.
        let useless = |bridge: &BridgeId| {
            !alive.bridges.contains_key(bridge)
                || (alive.bridge_of(&call.leg_id()) == Some(*bridge) && !is_answered(&call, alive))
        };
        if let Some(bridge) = call.bridge().filter(useless) {
            turn.order(id, Op::DestroyBridge { bridge });
            turn.state.with_call(id, |call| call.waiting_mut().map(|waiting| waiting.bridge = None));
        }
        let up = alive.legs.get(&call.leg_id()).is_some_and(|leg| leg.up);
        let marked = mark(alive, &call).is_some_and(|mark| mark.phase == CallPhase::Waiting && mark.queue == call.queue);
        // Music that failed before was ordered again behind the mark.
        if !up || !marked || call.music_failures > 0 {
            guard::set(turn, id);
            on::welcome(turn, &call, up);
            music_is_ordered(turn, id);
        } else {
            guard::refresh(turn, id);
        }
    }
}

/// Whether one of those who are being rung for a caller, as far as the state knows, has answered.
fn is_answered(call: &Call, alive: &Alive<'_>) -> bool {
    let up = |leg| alive.legs.get(&LegId::Ours(leg)).is_some_and(|leg| leg.up);
    call.waiting().is_some_and(|waiting| waiting.offers.iter().any(|offer| up(offer.leg)))
}

/// Offers whose phone rings, or was answered meanwhile. How long it has been ringing is not known: it may ring on. One that
/// does not ring may never have been dialled: whoever came first is rung for anew before anybody else is, and it is held
/// against nobody. If the way was never lost, the order to dial may be under way still.
pub(super) fn offers(turn: &mut Turn<'_>, alive: &Alive<'_>, lost: bool) {
    for (_, leg) in lines(turn, alive.server, |line| matches!(line, Line::Used(_))) {
        let Some(ring) = turn.state.calls().get(&leg.call).and_then(|call| call.offer(leg)).map(|offer| offer.ring) else {
            continue;
        };
        // One that is not there is under way; its own deadline decides.
        let Some(account) = alive.legs.get(&LegId::Ours(leg)) else { continue };
        if account.up {
            offer::accept(turn, leg.call, leg, Met::Now);
        } else if ring.heard() {
            let ring = ring.postponed(turn.at + offer::ring_timeout(turn, leg.call));
            turn.state.with_call(leg.call, |call| call.set_ring(leg, ring));
        } else if account.rings {
            offer::rang(turn, leg.call, leg);
        } else if lost {
            let normal = Remains::Leg(HangupReason::Normal);
            offer::fail(turn, leg.call, leg, OfferEnd::Withdrawn, normal, After::Nothing);
        }
    }
}

fn mark(alive: &Alive<'_>, call: &Call) -> Option<Mark> {
    alive.legs.get(&call.leg_id())?.mark.filter(|mark| mark.call == call.id)
}

fn calls(turn: &Turn<'_>, server: ServerId, which: impl Fn(&Call) -> bool) -> Vec<CallId> {
    turn.state.calls().values().filter(|call| call.server() == server && which(call)).map(|call| call.id).collect()
}

fn lines(turn: &Turn<'_>, server: ServerId, which: impl Fn(Line) -> bool) -> Vec<(AgentId, OurLeg)> {
    let agents = turn.state.agents().values().filter(|agent| which(agent.line));
    let legs = agents.filter_map(|agent| Some((agent.card.id, agent.line.leg()?)));
    legs.filter(|(_, leg)| leg.server == server).collect()
}

/// Phones register with an Asterisk that was started anew after a while: until then their agents count as just gone.
pub(super) fn absences(turn: &mut Turn<'_>, server: ServerId) {
    let here = turn.state.agents().values().filter(|agent| agent.card.endpoint.server == server && agent.absence.is_some());
    for id in here.map(|agent| agent.card.id).collect::<Vec<_>>() {
        absence::begins_anew(turn, id);
    }
}
