//! What only Asterisk knows: taken in by what it says about itself, or ended.

use model::fact::Mending;
use model::stamp::Mark;
use model::{Actor, AgentId, AgentState, BridgeId, CallPhase, Fact, LegId, OurLeg, Outcome, Side, TheirLeg};

use super::alive::Alive;
use crate::agent::{self, Line};
use crate::call::{Call, Ring, Stage, Stretch, Talk};
use crate::effect::{HangupReason, Op};
use crate::event::LegAccount;
use crate::offer::{self, Met};
use crate::on::{self, Arrival, Came};
use crate::state::Way;
use crate::turn::Turn;
use crate::{ending, guard};

/// Callers whom the state does not know and who talk to an agent: they go on as if nothing had happened.
pub(super) fn conversations(turn: &mut Turn<'_>, alive: &Alive<'_>) {
    for (leg, account) in strangers(turn, alive) {
        let Some(mark) = account.mark.filter(|mark| is_of_ours(turn, *mark)) else { continue };
        let Some((bridge, ours, agent)) = conversation(turn, alive, &account.leg, mark) else { continue };
        let call = recalled(turn, leg, account, mark);
        take_over(turn, call, mark, bridge, (ours, agent));
    }
}

/// Callers whom the state does not know and who talk to nobody. Their mark gives them back what they had; without one they
/// have just come. Whoever is in a bridge has been talking, even if the mark was not written any more.
pub(super) fn callers(turn: &mut Turn<'_>, alive: &Alive<'_>) {
    for (leg, account) in strangers(turn, alive) {
        let Some(mark) = account.mark.filter(|mark| is_of_ours(turn, *mark)) else {
            let (number, dialled) = (account.number.clone(), account.dialled.clone());
            let came = Came::Before(alive.bridge_of(&account.leg));
            on::enter(turn, leg, Arrival { number, dialled, priority: account.priority, called: account.came, came });
            continue;
        };
        let call = recalled(turn, leg, account, mark);
        let talked = matches!(mark.phase, CallPhase::Talking | CallPhase::Held) || alive.in_a_bridge(&account.leg);
        if talked && !alive.answered(mark.call) {
            close(turn, call, mark);
        } else {
            requeue(turn, &call, account, mark);
        }
    }
}

/// Legs of ours that the state does not know: the phone of a caller who was just taken in goes on ringing, or is joined if
/// it was answered meanwhile; all others are hung up.
pub(super) fn agents(turn: &mut Turn<'_>, alive: &Alive<'_>) {
    for (leg, account) in alive.our_legs() {
        if turn.state.index().legs.contains_key(&leg) {
            continue;
        }
        // One that does not ring may never have been dialled, and nobody will.
        let wanted = (account.up || account.rings) && offer::has_room(turn, leg.call);
        match agent_at(turn, account) {
            Some(agent) if wanted => {
                adopt(turn, leg, agent, account);
                if account.up {
                    offer::accept(turn, leg.call, leg, Met::Now);
                }
            }
            // Until it has ended, the phone takes no other call. Whoever finishes one takes none for as long anyway.
            Some(agent) if !wraps_up(turn, agent) => {
                agent::hang_up(turn, agent, leg, HangupReason::Normal);
                mended(turn, LegId::Ours(leg), account.mark, Mending::HungUp);
            }
            Some(_) | None => {
                ending::hang_up_stray(turn, leg);
                mended(turn, LegId::Ours(leg), account.mark, Mending::HungUp);
            }
        }
    }
}

/// Bridges that belong to no call. Whoever is in one is dealt with as a leg.
pub(super) fn bridges(turn: &mut Turn<'_>, alive: &Alive<'_>) {
    for bridge in alive.bridges.keys() {
        let known = turn.state.calls().get(&bridge.call).is_some_and(|call| call.bridge() == Some(*bridge));
        if !known {
            turn.order(bridge.call, Op::DestroyBridge { bridge: *bridge });
        }
    }
}

/// Callers' legs that the state does not know, those who entered first at the front: by their marks, and behind them in the
/// order of their coming whoever has none, since whoever is marked was taken in before the others came.
fn strangers<'a>(turn: &Turn<'_>, alive: &Alive<'a>) -> Vec<(TheirLeg, &'a LegAccount)> {
    let mut strangers = Vec::new();
    for account in &alive.in_order {
        let LegId::Theirs(leg) = &account.leg else { continue };
        if turn.state.call_of(leg).is_none() && !turn.state.partings().contains_key(leg) {
            strangers.push((leg.clone(), *account));
        }
    }
    strangers.sort_by_key(|(_, account)| (account.mark.is_none(), account.mark.map(|mark| (mark.entered, mark.call))));
    strangers
}

/// Whether a mark can be believed: its queue is there, and no call lives under its id.
fn is_of_ours(turn: &Turn<'_>, mark: Mark) -> bool {
    let open = turn.state.queues().get(&mark.queue).is_some_and(|queue| !queue.retired);
    open && !turn.state.calls().contains_key(&mark.call)
}

/// The call that a mark tells of, waiting. How many offers, legs and bridges it had is forgotten.
fn recalled(turn: &mut Turn<'_>, leg: TheirLeg, account: &LegAccount, mark: Mark) -> Call {
    let count = turn.state.chance().far_count(turn.at);
    let since = match mark.phase {
        CallPhase::Waiting | CallPhase::Offered => mark.since.min(turn.at),
        CallPhase::Talking | CallPhase::Held => turn.at,
    };
    let call = on::new_call(mark.call, leg, account.number.clone(), mark.queue, mark.entered, since);
    Call { priority: mark.priority, offers_made: count, last_leg: count, last_bridge: count, ..call }
}

/// The bridge, the leg and the agent with whom this caller talks.
fn conversation(turn: &Turn<'_>, alive: &Alive<'_>, caller: &LegId, mark: Mark) -> Option<(BridgeId, OurLeg, AgentId)> {
    let (bridge, ours) = alive.conversation(mark.call, caller)?;
    let agent = agent_at(turn, alive.legs.get(&LegId::Ours(ours))?)?;
    Some((bridge, ours, agent))
}

/// The agent whose phone is at the end of a leg, unless something else is on the line.
fn agent_at(turn: &Turn<'_>, account: &LegAccount) -> Option<AgentId> {
    let agent = turn.state.index().endpoints.get(account.endpoint.as_ref()?)?;
    let free = |agent: &&agent::Agent| agent.line == Line::Free && agent.state.call().is_none() && !agent.leaving;
    turn.state.agents().get(agent).filter(free).map(|agent| agent.card.id)
}

fn wraps_up(turn: &Turn<'_>, agent: AgentId) -> bool {
    turn.state.agents().get(&agent).is_some_and(|agent| matches!(agent.state, AgentState::WrapUp { .. }))
}

fn take_over(turn: &mut Turn<'_>, call: Call, mark: Mark, bridge: BridgeId, (leg, agent): (OurLeg, AgentId)) {
    let at = turn.at;
    let id = call.id;
    // A caller who was joined a moment before we died may bear the mark of the queue still.
    let marked = matches!(mark.phase, CallPhase::Talking | CallPhase::Held);
    let since = if marked { mark.since.min(at) } else { at };
    let talk =
        Talk { agent, leg, bridge, answered: None, stretch: Stretch::Talk, since, join_again_at: None, lift_again_at: None };
    let caller = call.leg_id();
    on::book(turn, Call { stage: Stage::Talking(talk), since, ..call });
    mended(turn, caller, Some(mark), Mending::TakenOver);
    // The answer itself may not have reached the books; if it has, what they hold stands.
    turn.record(Fact::CallAnswered { call: id, agent, waited: since.since(mark.entered) });
    guard::lift(turn, id);
    turn.state.with_agent(agent, |agent| agent.carry(leg));
    agent::change(turn, agent, AgentState::Talking(id), Actor::Program);
}

/// The guard comes first: it may be about to lapse.
fn requeue(turn: &mut Turn<'_>, call: &Call, account: &LegAccount, mark: Mark) {
    let caller = call.leg_id();
    on::book(turn, call.clone());
    on::welcome(turn, call, account.up);
    mended(turn, caller, Some(mark), Mending::Requeued);
}

/// A conversation whose agent left while nobody looked.
fn close(turn: &mut Turn<'_>, call: Call, mark: Mark) {
    let id = call.id;
    turn.order(id, Op::Hangup { leg: call.leg_id(), reason: HangupReason::Normal });
    turn.state.part(call.leg.clone(), Way::HangUp);
    let caller = call.leg_id();
    turn.record(Fact::CallEntered {
        call: id,
        leg: call.leg_id(),
        queue: call.queue,
        number: call.number,
        entered: call.entered,
    });
    if let Some(agent) = mark.agent {
        turn.record(Fact::CallAnswered { call: id, agent, waited: mark.since.since(mark.entered) });
    }
    turn.record(Fact::CallEnded { call: id, outcome: Outcome::Answered, by: Side::Switch });
    mended(turn, caller, Some(mark), Mending::HungUp);
}

/// A leg of ours that the state does not know and that is in a conversation: its agent is taken to be rung.
pub(super) fn adopt_answered(turn: &mut Turn<'_>, leg: OurLeg, alive: &Alive<'_>) {
    let Some(account) = alive.legs.get(&LegId::Ours(leg)).copied() else { return };
    if let Some(agent) = agent_at(turn, account) {
        adopt(turn, leg, agent, account);
    }
}

fn adopt(turn: &mut Turn<'_>, leg: OurLeg, agent: AgentId, account: &LegAccount) {
    let at = turn.at;
    let ring = Ring::Heard { until: at + offer::ring_timeout(turn, leg.call) };
    let tier = offer::tier(turn, leg.call, agent);
    let made = turn.state.with_call(leg.call, |call| offer::add(call, (agent, tier), leg, at, ring)).flatten();
    let Some(n) = made else { return };
    turn.state.with_agent(agent, |agent| agent.carry(leg));
    agent::change(turn, agent, AgentState::Ringing(leg.call), Actor::Program);
    turn.record(Fact::OfferMade { call: leg.call, offer: n, agent });
    turn.record(Fact::OfferRang { call: leg.call, offer: n, agent });
    mended(turn, LegId::Ours(leg), account.mark, Mending::TakenOver);
}

fn mended(turn: &mut Turn<'_>, leg: LegId, mark: Option<Mark>, how: Mending) {
    turn.record(Fact::Mended { leg, mark, how });
}
