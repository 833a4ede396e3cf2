//! Callers who need not wait any longer: the longest wait, the empty queue, the full queue, and where they lead. By a rule a
//! caller comes back to no queue that they left in this visit, so that no chain of queues has an end only in theory. A person
//! may order it.

use model::fact::{Leaving, Segment};
use model::queue::{Overflow, WayOut};
use model::{CallId, CallPhase, Fact, Outcome, QueueId, SegmentKind, Side};

use crate::agent::{self, After};
use crate::call::{Call, Leave};
use crate::effect::{Exit, Op};
use crate::queue::Presence;
use crate::turn::Turn;
use crate::{ending, offer, route};

/// How many callers may wait in a queue, whatever the settings say: more than an hour's work of a thousand agents, so that
/// whoever came after them would wait in vain.
pub(crate) const MOST_WAITING: usize = 5_000;

/// Where a caller who would join a queue comes to.
pub(crate) struct Way {
    /// The queues that do not take the caller, in the order in which they were asked, and why.
    pub(crate) passed: Vec<(QueueId, Leaving)>,
    /// The queue that does; the dialplan is the other end.
    pub(crate) joins: Option<QueueId>,
}

/// Follows a caller who would join a queue, from rule to rule, and back to none of those that they left before.
pub(crate) fn way(turn: &Turn<'_>, queue: QueueId, left: &[QueueId]) -> Way {
    let mut way = Way { passed: Vec::new(), joins: None };
    let mut asked = Some(queue);
    while let Some(queue) = asked {
        let Some((to, why)) = refusal(turn, queue) else {
            way.joins = Some(queue);
            return way;
        };
        way.passed.push((queue, why));
        asked = open(turn, to).filter(|to| !left.contains(to) && !way.passed.iter().any(|(queue, _)| queue == to));
    }
    way
}

/// The queue that a way out leads to, if it is there.
fn open(turn: &Turn<'_>, to: WayOut) -> Option<QueueId> {
    match to {
        WayOut::Dialplan => None,
        WayOut::Queue(queue) => Some(queue).filter(|queue| is_open(turn, *queue)),
    }
}

/// Whether a queue is there for callers to join.
pub(crate) fn is_open(turn: &Turn<'_>, queue: QueueId) -> bool {
    turn.state.queues().get(&queue).is_some_and(|queue| !queue.retired)
}

/// Why a queue takes no caller at this moment, and where they go.
fn refusal(turn: &Turn<'_>, queue: QueueId) -> Option<(WayOut, Leaving)> {
    let rules = rules(turn, queue);
    let waiting = turn.state.index().waiting_in(queue);
    if let Some(full) = rules.full.filter(|full| waiting >= usize::try_from(full.waiting).unwrap_or(usize::MAX)) {
        return Some((full.to, Leaving::Full));
    }
    if is_full(turn, queue) {
        return Some((WayOut::Dialplan, Leaving::Full));
    }
    let presence = turn.state.index().staff_of(queue).presence();
    let nobody_logged_in = rules.nobody_logged_in_joining.filter(|_| !presence.logged_in);
    let nobody_ready = rules.nobody_ready_joining.filter(|_| !presence.ready);
    let logged_in = nobody_logged_in.map(|to| (to, Leaving::NobodyLoggedIn));
    logged_in.or_else(|| nobody_ready.map(|to| (to, Leaving::NobodyReady)))
}

/// Whether as many callers wait in a queue as any queue takes.
pub(crate) fn is_full(turn: &Turn<'_>, queue: QueueId) -> bool {
    turn.state.index().waiting_in(queue) >= MOST_WAITING
}

/// Has a caller, whose call may stand in the state or not yet, pass from one queue into another, in the books too.
pub(crate) fn pass(turn: &mut Turn<'_>, call: &mut Call, to: QueueId, why: Leaving) {
    let stretch = ending::segment(turn, call, SegmentKind::Waiting);
    let began = call.waiting().map_or(call.since, |waiting| waiting.since);
    turn.record(Fact::SegmentEnded(Segment { began, ..stretch }));
    turn.record(Fact::CallMoved { call: call.id, from: call.queue, to, why });
    turn.state.count_passage(call.queue, |today| today.left += 1);
    turn.state.count_passage(to, |today| today.entered += 1);
    call.left.push(call.queue);
    call.queue = to;
    call.at_head = None;
    call.joined = turn.at;
    call.since = turn.at;
    if let Some(waiting) = call.waiting_mut() {
        waiting.since = turn.at;
        waiting.returned = false;
    }
}

/// Sends a caller for whom nobody is being rung out of the queue.
fn leave(turn: &mut Turn<'_>, id: CallId, leave: Leave) {
    let Some(mut call) = turn.state.calls().get(&id).filter(|call| call.is_alone()).cloned() else { return };
    let from = call.queue;
    let first = open(turn, leave.to).filter(|to| *to != from && !call.left.contains(to));
    let way = first.map(|first| way(turn, first, &[call.left.as_slice(), &[from]].concat()));
    let mut why = leave.why;
    for (queue, refused) in way.iter().flat_map(|way| &way.passed) {
        pass(turn, &mut call, *queue, std::mem::replace(&mut why, *refused));
    }
    let joins = way.and_then(|way| way.joins);
    if let Some(queue) = joins {
        pass(turn, &mut call, queue, why);
    }
    turn.state.with_call(id, |kept| *kept = call);
    if joins.is_some() {
        arrive(turn, id, from);
    } else {
        ending::give_back(turn, id, Side::Program, Exit::Returned, why);
    }
}

/// Moves a caller who waits into another queue by order, whatever the rules of either say: the offers under way are withdrawn,
/// and nobody is blamed. Whoever orders it may send the caller back where they were before.
pub(crate) fn move_to(turn: &mut Turn<'_>, id: CallId, to: QueueId) {
    let agents = offer::withdraw(turn, id);
    let Some(mut call) = turn.state.calls().get(&id).filter(|call| call.is_alone()).cloned() else { return };
    let from = call.queue;
    call.left.retain(|left| *left != to);
    pass(turn, &mut call, to, Leaving::Moved);
    turn.state.with_call(id, |kept| *kept = call);
    arrive(turn, id, from);
    for agent in agents {
        agent::rest(turn, agent, After::Nothing);
    }
}

/// A caller who came out of another queue waits in this one.
fn arrive(turn: &mut Turn<'_>, id: CallId, from: QueueId) {
    set_limit(turn, id);
    let Some(call) = turn.state.calls().get(&id).cloned() else { return };
    ending::stamp(turn, &call, Outcome::Abandoned);
    let music = |queue| turn.state.queues().get(&queue).map(|queue| queue.card.music.as_str());
    if music(from) != music(call.queue) {
        turn.order(id, Op::StopMusic { leg: call.leg_id() });
        ending::play_music(turn, &call);
    }
    turn.order(id, Op::Mark { leg: call.leg_id(), mark: call.mark(CallPhase::Waiting) });
    route::serve_call(turn, id);
}

/// Sets when the queue's longest wait is over for a caller who waits.
pub(crate) fn set_limit(turn: &mut Turn<'_>, id: CallId) {
    let Some(call) = turn.state.calls().get(&id) else { return };
    let leave = limit(turn, call);
    set_leave(turn, id, leave);
}

/// Sets when a caller leaves, whatever was to be before.
fn set_leave(turn: &mut Turn<'_>, id: CallId, leave: Option<Leave>) {
    let over = leave.is_some_and(|leave| leave.at <= turn.at);
    turn.state.with_call(id, |call| {
        if let Some(waiting) = call.waiting_mut() {
            waiting.leave = leave;
            waiting.closing = over && !waiting.offers.is_empty();
        }
    });
}

/// When the queue's longest wait is over for a caller.
pub(crate) fn limit(turn: &Turn<'_>, call: &Call) -> Option<Leave> {
    let limit = rules(turn, call.queue).max_wait?;
    Some(Leave { at: call.joined + limit.after, to: limit.to, why: Leaving::MaxWait })
}

/// A caller's time in the queue is over. Whoever is being rung for them rings on, but nobody else is: they would never leave while
/// there is always one more.
pub(crate) fn time_is_over(turn: &mut Turn<'_>, id: CallId) {
    let Some(call) = turn.state.calls().get(&id) else { return };
    if !call.is_alone() {
        turn.state.with_call(id, |call| call.waiting_mut().map(|waiting| waiting.closing = true));
    } else if turn.state.is_up(call.server()) {
        if !left_in_time(turn, id) {
            route::serve_call(turn, id);
        }
    } else {
        // The caller may have hung up; the account will tell.
        let later = turn.at + turn.timing().look_again;
        turn.state.with_call(id, |call| {
            if let Some(leave) = call.waiting_mut().and_then(|waiting| waiting.leave.as_mut()) {
                leave.at = later;
            }
        });
    }
}

/// Sends a caller out of the queue whose time there is over, unless somebody is being rung or what they would leave for has
/// passed; whether they left this queue.
pub(crate) fn left_in_time(turn: &mut Turn<'_>, id: CallId) -> bool {
    let Some(call) = turn.state.calls().get(&id).filter(|call| call.is_alone()) else { return false };
    let queue = call.queue;
    let server = call.server();
    let Some(mut due) = due(turn, id).filter(|_| turn.state.is_up(server)) else {
        // Until the connection is there again nobody is sent away; then the caller is served before those who came later.
        turn.state.with_call(id, |call| call.waiting_mut().map(|waiting| waiting.closing = false));
        return false;
    };
    if !still_so(turn, queue, due.why) {
        // There may have been another reason, as old as this one.
        set_limit(turn, id);
        let Some(limit) = self::due(turn, id) else { return false };
        due = limit;
    }
    leave(turn, id, due);
    true
}

/// What a caller leaves for by now.
fn due(turn: &Turn<'_>, id: CallId) -> Option<Leave> {
    turn.state.calls().get(&id)?.waiting()?.leave.filter(|leave| leave.at <= turn.at)
}

/// Whether the reason to leave is still there.
fn still_so(turn: &Turn<'_>, queue: QueueId, why: Leaving) -> bool {
    let presence = turn.state.index().staff_of(queue).presence();
    match why {
        Leaving::NobodyLoggedIn => !presence.logged_in,
        Leaving::NobodyReady => !presence.ready,
        Leaving::MaxWait | Leaving::Full | Leaving::Closed | Leaving::Mishaps | Leaving::Moved => true,
    }
}

/// Looks after the queues of whose agents somebody came or went in this step: where the last one left, those who wait may
/// leave too. Who joined an empty queue, as its rules let them, waits until it has been staffed and is empty again; so it is
/// first settled who leaves, then they go: nobody is sent on by a rule of the queue that they come to in this step.
pub(crate) fn look_after_empty_queues(turn: &mut Turn<'_>) {
    let mut leaving = Vec::new();
    while let Some(queue) = turn.state.take_stirred() {
        let now = turn.state.index().staff_of(queue).presence();
        let before = turn.state.with_queue(queue, |queue| std::mem::replace(&mut queue.presence, now));
        if let Some((to, why)) = before.and_then(|before| emptied(rules(turn, queue), before, now)) {
            leaving.extend(send_all(turn, queue, to, why));
        }
    }
    for id in leaving {
        left_in_time(turn, id);
    }
}

/// The rule for the agents' going that was just seen.
fn emptied(rules: Overflow, before: Presence, now: Presence) -> Option<(WayOut, Leaving)> {
    let logged_out = before.logged_in && !now.logged_in;
    let not_ready = before.ready && !now.ready;
    let nobody_logged_in = rules.nobody_logged_in_waiting.filter(|_| logged_out);
    let nobody_ready = rules.nobody_ready_waiting.filter(|_| not_ready);
    let logged_in = nobody_logged_in.map(|to| (to, Leaving::NobodyLoggedIn));
    logged_in.or_else(|| nobody_ready.map(|to| (to, Leaving::NobodyReady)))
}

/// Has everybody leave who waits in a queue, as soon as they can.
fn send_all(turn: &mut Turn<'_>, queue: QueueId, to: WayOut, why: Leaving) -> Vec<CallId> {
    let leave = Some(Leave { at: turn.at, to, why });
    let calls = waiting_in(turn, queue);
    for id in &calls {
        set_leave(turn, *id, leave);
    }
    calls
}

/// The rules of a queue changed: whoever waits in it does so by the new ones. A rule for the empty queue that was not there
/// before is looked at as if the last agent had just left.
pub(crate) fn take_rules(turn: &mut Turn<'_>, queue: QueueId, before: Overflow) {
    let now = rules(turn, queue);
    if now.max_wait != before.max_wait {
        for id in waiting_in(turn, queue) {
            set_limit(turn, id);
        }
    }
    let of_empty = |rules: Overflow| (rules.nobody_logged_in_waiting, rules.nobody_ready_waiting);
    if of_empty(now) != of_empty(before) {
        turn.state.with_queue(queue, |queue| queue.presence = Presence::FULL);
    }
}

/// Those who wait in a queue, in the order in which they are served.
fn waiting_in(turn: &Turn<'_>, queue: QueueId) -> Vec<CallId> {
    turn.state.index().waiting.get(&queue).into_iter().flatten().map(|place| place.call).collect()
}

fn rules(turn: &Turn<'_>, queue: QueueId) -> Overflow {
    turn.state.queues().get(&queue).map(|queue| queue.card.overflow).unwrap_or_default()
}
