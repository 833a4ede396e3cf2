//! A caller was handed to us: they enter the queue whose number was dialled, or go back at once.

use model::fact::{Ignored, TurnedAway};
use model::{BridgeId, CallId, CallPhase, Fact, LegId, Outcome, Phone, QueueId, Side, Span, TheirLeg, Timestamp};

use crate::call::{Call, Stage, Waiting};
use crate::effect::{Exit, Op};
use crate::state::Way;
use crate::turn::Turn;
use crate::{ending, guard, overflow, route};

/// How many calls may be live at once. Five times what one Asterisk carries: whoever comes beyond it is better off in the
/// dialplan than in a state that grows without end.
const MOST_CALLS: usize = 10_000;

/// How old a call may be that is new to us. Asterisk takes back within a minute whoever is in nobody's care: an older one was
/// in ours before, and enters anew.
const OLDEST: Span = Span::from_secs(60);

/// What a caller brings along.
pub(crate) struct Arrival {
    pub(crate) number: Option<Phone>,
    pub(crate) dialled: String,
    pub(crate) priority: u8,
    /// When they called, by Asterisk's clock.
    pub(crate) called: Option<Timestamp>,
    pub(crate) came: Came,
}

/// When a caller was handed to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    /// This moment.
    Now,
    /// While nobody was here: Asterisk may be about to take them back. Whoever is in this bridge talked in a queue that is not
    /// there any more.
    Before(Option<BridgeId>),
}

/// Takes a caller in, unless the leg is known already.
pub(super) fn take(turn: &mut Turn<'_>, leg: TheirLeg, arrival: Arrival) -> Result<(), Ignored> {
    if turn.state.call_of(&leg).is_some() || turn.state.partings().contains_key(&leg) {
        return Err(Ignored::AlreadySo);
    }
    enter(turn, leg, arrival);
    Ok(())
}

/// Lets a caller enter the queue whose number was dialled, or one that its rules name instead; or turns them away. They have
/// waited since their call came, not since we heard of it: Asterisk may tell of two callers in the other order.
pub(crate) fn enter(turn: &mut Turn<'_>, leg: TheirLeg, arrival: Arrival) {
    let Arrival { number, dialled, priority, called, came } = arrival;
    let Some(queue) = turn.state.index().numbers.get(&dialled).copied() else {
        turn_away(turn, leg, dialled, TurnedAway::NoSuchQueue);
        return;
    };
    if turn.state.calls().len() >= MOST_CALLS {
        turn_away(turn, leg, dialled, TurnedAway::Full);
        return;
    }
    let at = turn.at;
    let id = turn.state.chance().mint(at);
    let called = called.and_then(|called| turn.state.clocks().ours(leg.server, called, at));
    let entered = called.filter(|called| *called <= at && at.since(*called) <= OLDEST).unwrap_or(at);
    let mut call = Call { priority, ..new_call(id, leg, number, queue, entered, entered) };
    let way = overflow::way(turn, queue, &[]);
    book_entry(turn, &call);
    turn.state.count_passage(queue, |today| today.entered += 1);
    let mut refused = None;
    for (queue, why) in way.passed {
        if let Some(before) = refused.replace(why) {
            overflow::pass(turn, &mut call, queue, before);
        }
    }
    match (way.joins, refused) {
        (Some(queue), Some(why)) => overflow::pass(turn, &mut call, queue, why),
        (None, Some(why)) => {
            // Never answered: the dialplan goes on as if we had not been asked.
            turn.state.add_call(call);
            ending::give_back(turn, id, Side::Program, Exit::Returned, why);
            return;
        }
        (Some(_) | None, None) => {}
    }
    match came {
        Came::Now => {
            welcome(turn, &call, false);
            keep(turn, call);
        }
        Came::Before(bridge) => {
            keep(turn, call.clone());
            // In this call's lane, that they are out of it before they hear music.
            turn.order_all(id, bridge.map(|bridge| Op::DestroyBridge { bridge }));
            welcome(turn, &call, false);
        }
    }
    route::serve_call(turn, id);
}

/// Gives back a caller who never became a call.
fn turn_away(turn: &mut Turn<'_>, leg: TheirLeg, dialled: String, why: TurnedAway) {
    guard::lift_from_leg(turn, &leg);
    turn.order_for_leg(&leg, Op::Continue { leg: leg.clone(), exit: Exit::Returned });
    turn.record(Fact::CallTurnedAway { leg: LegId::Theirs(leg.clone()), dialled, why });
    turn.state.part(leg, Way::GiveBack(Exit::Returned));
}

/// A call that begins to wait.
pub(crate) fn new_call(
    id: CallId,
    leg: TheirLeg,
    number: Option<Phone>,
    queue: QueueId,
    entered: Timestamp,
    since: Timestamp,
) -> Call {
    let stage = Stage::Waiting(Waiting { since, ..Waiting::default() });
    Call {
        id,
        leg,
        number,
        queue,
        priority: 0,
        at_head: None,
        entered,
        joined: since,
        left: Vec::new(),
        since,
        offers_made: 0,
        last_leg: 0,
        last_bridge: 0,
        mishaps: 0,
        music_failures: 0,
        decisions: Vec::new(),
        stage,
    }
}

/// Has the caller, whose leg may be answered already, hear music, and writes on the leg and its CDR who waits where. The stamp
/// comes first: whoever hangs up in the moment of being answered has abandoned, and the CDR takes nothing after that. The
/// mark comes last: a leg without it may lack all that is before it.
pub(crate) fn welcome(turn: &mut Turn<'_>, call: &Call, answered: bool) {
    ending::stamp(turn, call, Outcome::Abandoned);
    if !answered {
        turn.order(call.id, Op::Answer { leg: call.leg.clone() });
    }
    ending::play_music(turn, call);
    turn.order(call.id, Op::Mark { leg: call.leg_id(), mark: call.mark(CallPhase::Waiting) });
}

/// Adds a call to the state and the books.
pub(crate) fn book(turn: &mut Turn<'_>, call: Call) {
    book_entry(turn, &call);
    keep(turn, call);
}

fn book_entry(turn: &mut Turn<'_>, call: &Call) {
    turn.record(Fact::CallEntered {
        call: call.id,
        leg: call.leg_id(),
        queue: call.queue,
        number: call.number.clone(),
        entered: call.entered,
    });
}

/// Adds a call to the state, with the end of the queue's longest wait and the guard over the caller.
fn keep(turn: &mut Turn<'_>, call: Call) {
    let id = call.id;
    turn.state.add_call(call);
    overflow::set_limit(turn, id);
    guard::set(turn, id);
}
