//! How calls end: by the caller, by the agent, by being given back; and the one way back from a conversation to the queue.

use model::fact::{Leaving, Segment};
use model::{Actor, AgentId, CallId, CallPhase, Fact, LegId, OurLeg, Outcome, SegmentKind, Side, Stamp, TheirLeg, Timestamp};

use crate::agent::{self, After};
use crate::call::{Call, MISHAPS, Stage, Talk, Waiting};
use crate::effect::{Exit, HangupReason, Op};
use crate::event::Ask;
use crate::state::Way;
use crate::turn::Turn;
use crate::{brief, guard, offer, on, overflow, route};

/// The caller's leg is gone.
pub(crate) fn caller_left(turn: &mut Turn<'_>, id: CallId, by: Side) {
    let Some(talk) = turn.state.calls().get(&id).map(|call| call.talk().cloned()) else { return };
    match talk {
        None => leave_queue(turn, id, Outcome::Abandoned, by, None),
        // The order to join them is not even on its way: the caller was gone when the agent answered.
        Some(talk) if talk.answered == Some(turn.at) && by == Side::Caller => never_met(turn, id),
        Some(talk) => {
            agent::hang_up(turn, talk.agent, talk.leg, HangupReason::Normal);
            turn.order(id, Op::DestroyBridge { bridge: talk.bridge });
            let Some(call) = finish(turn, id, Outcome::Answered, by, None) else { return };
            if by == Side::Caller {
                brief::remember(turn, &call, &talk);
            }
            agent::rest(turn, talk.agent, After::Talk { call: id, queue: call.queue });
            turn.state.drop_retired(call.queue);
        }
    }
}

/// A caller had hung up in the moment in which the agent answered: the two never spoke, and the CDR, which takes nothing after the
/// hang-up, says so. The books say the same.
pub(crate) fn never_met(turn: &mut Turn<'_>, id: CallId) {
    let Some(call) = turn.state.calls().get(&id).cloned() else { return };
    let Some(talk) = call.talk().cloned() else { return };
    agent::hang_up(turn, talk.agent, talk.leg, HangupReason::Normal);
    turn.order(id, Op::DestroyBridge { bridge: talk.bridge });
    uncount(turn, &call, &talk);
    turn.state.with_call(id, |call| call.stage = Stage::Waiting(Waiting { since: talk.since, ..Waiting::default() }));
    let ended = finish(turn, id, Outcome::Abandoned, Side::Caller, None);
    agent::rest(turn, talk.agent, After::Nothing);
    if let Some(call) = ended {
        turn.state.drop_retired(call.queue);
    }
}

/// Asterisk itself went away, and took the caller along: whoever waited did not hang up. A conversation was one all the same.
pub(crate) fn lost(turn: &mut Turn<'_>, id: CallId) {
    match turn.state.calls().get(&id).map(Call::phase) {
        None => {}
        Some(CallPhase::Waiting | CallPhase::Offered) => leave_queue(turn, id, Outcome::Lost, Side::Switch, None),
        Some(CallPhase::Talking | CallPhase::Held) => caller_left(turn, id, Side::Switch),
    }
}

/// Asterisk took the caller out of our hands, and into the fallback.
pub(crate) fn fell_back(turn: &mut Turn<'_>, id: CallId) {
    match turn.state.calls().get(&id).map(Call::phase) {
        None => {}
        Some(CallPhase::Waiting | CallPhase::Offered) => leave_queue(turn, id, Outcome::Fallback, Side::Switch, None),
        Some(CallPhase::Talking | CallPhase::Held) => caller_left(turn, id, Side::Switch),
    }
}

/// The agent's leg is gone from a conversation. The agent comes first: whoever waits is rung before this bridge is cleared.
pub(crate) fn agent_left(turn: &mut Turn<'_>, id: CallId, by: Side) {
    let Some(talk) = turn.state.calls().get(&id).and_then(Call::talk).cloned() else { return };
    let Some(call) = finish(turn, id, Outcome::Answered, by, None) else { return };
    agent::free_line(turn, talk.agent);
    agent::rest(turn, talk.agent, After::Talk { call: id, queue: call.queue });
    turn.state.drop_retired(call.queue);
    turn.order(id, Op::Hangup { leg: call.leg_id(), reason: HangupReason::Normal });
    turn.order(id, Op::DestroyBridge { bridge: talk.bridge });
    turn.state.part(call.leg, Way::HangUp);
}

/// A caller who waited, as far as anybody knew, has been talked to by an agent who left meanwhile; by whom and since when, if
/// that is known.
pub(crate) fn deserted(turn: &mut Turn<'_>, id: CallId, spoke: Option<(AgentId, Timestamp)>) {
    let Some((leg, entered)) = turn.state.calls().get(&id).map(|call| (call.leg.clone(), call.entered)) else { return };
    if let Some((agent, since)) = spoke {
        turn.record(Fact::CallAnswered { call: id, agent, waited: since.since(entered) });
    }
    turn.order(id, Op::Hangup { leg: LegId::Theirs(leg.clone()), reason: HangupReason::Normal });
    leave_queue(turn, id, Outcome::Answered, Side::Switch, None);
    turn.state.part(leg, Way::HangUp);
}

/// A call is ended by order: a caller who waits has waited in vain, a conversation was one all the same.
pub(crate) fn hang_up(turn: &mut Turn<'_>, id: CallId) {
    let Some(leg) = turn.state.calls().get(&id).map(|call| call.leg.clone()) else { return };
    turn.order(id, Op::Hangup { leg: LegId::Theirs(leg.clone()), reason: HangupReason::Normal });
    caller_left(turn, id, Side::Supervisor);
    turn.state.part(leg, Way::HangUp);
}

/// A waiting call is given back to the dialplan, which knows what to do without us: by a rule of the queue, or because
/// Asterisk failed it.
pub(crate) fn give_back(turn: &mut Turn<'_>, id: CallId, by: Side, exit: Exit, why: Leaving) {
    let Some(call) = turn.state.calls().get(&id).filter(|call| call.waiting().is_some()).cloned() else { return };
    stamp(turn, &call, Outcome::Returned);
    // The fallback has a queue of its own, out of which nobody is to be taken.
    guard::lift(turn, id);
    turn.order(id, Op::Continue { leg: call.leg.clone(), exit });
    leave_queue(turn, id, Outcome::Returned, by, Some(why));
    turn.state.part(call.leg, Way::GiveBack(exit));
}

/// Caller and agent could not be joined: the agent, who is not to blame, is let go; the caller goes back to the head of the
/// queue, or to the dialplan if this was not the first thing to go wrong.
pub(crate) fn unjoin(turn: &mut Turn<'_>, id: CallId) {
    let at = turn.at;
    let Some(before) = turn.state.calls().get(&id).cloned() else { return };
    let Some(talk) = before.talk() else { return };
    let back = turn.state.with_call(id, |call| {
        call.stage = Stage::Waiting(Waiting { since: at, returned: true, ..Waiting::default() });
        call.since = at;
        call.mishaps = call.mishaps.saturating_add(1);
        call.clone()
    });
    let Some(call) = back else { return };
    overflow::set_limit(turn, id);
    agent::hang_up(turn, talk.agent, talk.leg, HangupReason::Normal);
    turn.order(id, Op::DestroyBridge { bridge: talk.bridge });
    book_stretch(turn, &call, talk);
    uncount(turn, &call, talk);
    // A queue that left the settings takes nobody back either.
    let closed = turn.state.queues().get(&call.queue).is_none_or(|queue| queue.retired);
    if closed || call.mishaps >= MISHAPS {
        give_back(turn, id, Side::Switch, Exit::Failed, Leaving::Mishaps);
    } else {
        play_music(turn, &call);
        turn.order(id, Op::Mark { leg: call.leg_id(), mark: call.mark(CallPhase::Waiting) });
        stamp(turn, &call, Outcome::Abandoned);
        guard::set(turn, id);
        route::serve_call(turn, id);
    }
    agent::rest(turn, talk.agent, After::Nothing);
}

/// A caller's leg did not leave our hands: sends it on its way again.
pub(crate) fn send_again(turn: &mut Turn<'_>, leg: &TheirLeg) {
    let Some(how) = turn.state.partings().get(leg).map(|parting| parting.how) else { return };
    match how {
        // A prompt that has not ended by now never will.
        Way::HangUp | Way::Tone(_) => hang_up_theirs(turn, leg),
        Way::GiveBack(exit) => {
            guard::lift_from_leg(turn, leg);
            turn.order_for_leg(leg, Op::Continue { leg: leg.clone(), exit });
            turn.state.part(leg.clone(), how);
        }
    }
}

/// Hangs up a leg that came to us and belongs to no call.
pub(crate) fn hang_up_theirs(turn: &mut Turn<'_>, leg: &TheirLeg) {
    turn.order_for_leg(leg, Op::Hangup { leg: LegId::Theirs(leg.clone()), reason: HangupReason::Normal });
    turn.state.part(leg.clone(), Way::HangUp);
}

/// A leg on its way out has left, or is not waited for any more: whoever waited for that is Ready. `false` if it was not
/// on its way.
pub(crate) fn parted(turn: &mut Turn<'_>, leg: &TheirLeg) -> bool {
    let Some(parting) = turn.state.parted(leg) else { return false };
    if let Some(agent) = parting.ready {
        let _is_so_or_cannot_be = on::agent_asked::take(turn, agent, Ask::Ready, Actor::Agent(agent)).is_err();
    }
    true
}

/// Has the caller hear the queue's music.
pub(crate) fn play_music(turn: &mut Turn<'_>, call: &Call) {
    let Some(class) = turn.state.queues().get(&call.queue).map(|queue| queue.card.music.clone()) else { return };
    turn.order(call.id, Op::StartMusic { leg: call.leg_id(), class });
}

/// Writes on the caller's CDR what would be true if the caller vanished now.
pub(crate) fn stamp(turn: &mut Turn<'_>, call: &Call, outcome: Outcome) {
    let queue = turn.state.queues().get(&call.queue).map(|queue| queue.card.number.clone()).unwrap_or_default();
    let agent = call.talk().and_then(|talk| turn.state.agents().get(&talk.agent));
    let stamp = Stamp {
        call: call.id,
        queue,
        outcome,
        entered: call.entered,
        agent: agent.map(|agent| agent.card.endpoint.name.clone()),
        answered: call.talk().and_then(|talk| talk.answered),
    };
    turn.order(call.id, Op::Stamp { leg: call.leg.clone(), stamp });
}

/// A stretch of a call that began with the present phase and ends here.
pub(crate) fn segment(turn: &Turn<'_>, call: &Call, kind: SegmentKind) -> Segment {
    Segment { call: call.id, kind, queue: call.queue, agent: None, offer: None, began: call.since, ended: turn.at, ending: None }
}

/// The running stretch of a conversation is over.
pub(crate) fn book_stretch(turn: &mut Turn<'_>, call: &Call, talk: &Talk) {
    let stretch = segment(turn, call, talk.stretch.kind());
    turn.record(Fact::SegmentEnded(Segment { agent: Some(talk.agent), began: talk.since, ..stretch }));
}

/// A waiting call ends: its offers are withdrawn, the agents go back to where they stood in the order of idleness.
fn leave_queue(turn: &mut Turn<'_>, id: CallId, outcome: Outcome, by: Side, why: Option<Leaving>) {
    let agents = offer::withdraw(turn, id);
    let bridge = turn.state.calls().get(&id).and_then(Call::bridge);
    turn.order_all(id, bridge.map(|bridge| Op::DestroyBridge { bridge }));
    let ended = finish(turn, id, outcome, by, why);
    for agent in agents {
        agent::rest(turn, agent, After::Nothing);
    }
    if let Some(call) = ended {
        turn.state.drop_retired(call.queue);
    }
}

/// Takes a call out of the state and books its end, and why it left the queue for the dialplan if it did. A queue that has left
/// the settings, and has no other call, goes when its agent rests: until then it says how long they wrap up.
fn finish(turn: &mut Turn<'_>, id: CallId, outcome: Outcome, by: Side, why: Option<Leaving>) -> Option<Call> {
    let call = turn.state.remove_call(id)?;
    match &call.stage {
        Stage::Waiting(waiting) => {
            let stretch = segment(turn, &call, SegmentKind::Waiting);
            turn.record(Fact::SegmentEnded(Segment { began: waiting.since, ..stretch }));
        }
        Stage::Talking(talk) => book_stretch(turn, &call, talk),
    }
    if outcome == Outcome::Abandoned {
        let waited = turn.at.since(call.joined);
        guard::count_abandoned(turn, &call, waited);
    }
    if let Some(why) = why {
        turn.state.count_passage(call.queue, |today| today.left += 1);
        turn.record(Fact::CallLeft { call: id, queue: call.queue, why });
    }
    turn.record(Fact::CallEnded { call: id, outcome, by });
    Some(call)
}

/// A conversation that never came about counts as no answer.
fn uncount(turn: &mut Turn<'_>, call: &Call, talk: &Talk) {
    turn.record(Fact::AnswerUndone { call: call.id });
    // What was taken over from a past run was not counted in this one.
    let Some(answered) = talk.answered else { return };
    guard::uncount_answered(turn, call.queue, talk.agent, answered, answered.since(call.joined));
}

/// Hangs up a leg of ours that belongs to nothing.
pub(crate) fn hang_up_stray(turn: &mut Turn<'_>, leg: OurLeg) {
    turn.order(leg.call, Op::Hangup { leg: LegId::Ours(leg), reason: HangupReason::Normal });
}
