//! The guard over callers who wait: Asterisk itself takes them out of our hands and into the fallback, unless we answer for
//! them anew from time to time. So nobody waits for a program that is gone or hangs. It is lifted for whoever talks to an
//! agent, or is given back.
//!
//! *Not here:* the first guard of all. The dialplan sets it before the caller is handed to us.

use std::collections::{BTreeMap, VecDeque};

use model::{AgentId, CallId, QueueId, Span, TheirLeg, Timestamp};

use crate::call::{Call, Stage};
use crate::effect::Op;
use crate::turn::Turn;

/// A guard over a caller who waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Guard {
    /// When it was ordered last.
    pub(crate) ordered: Timestamp,
    /// When it is ordered anew.
    pub(crate) again_at: Timestamp,
}

/// Guards a caller who begins to wait. The renewals of callers who began in one instant are spread out.
pub(crate) fn set(turn: &mut Turn<'_>, id: CallId) {
    // The last bits of an id are chance.
    let first = turn.timing().guard_first;
    let lot = id.0.as_u64_pair().1 % first.as_ms().unsigned_abs().max(1);
    order(turn, id, first + Span::from_ms(i64::try_from(lot).unwrap_or_default()));
}

/// A guard is to be renewed. Without a way to Asterisk that comes to nothing, and is done when it returns.
pub(crate) fn renew(turn: &mut Turn<'_>, id: CallId) {
    let every = turn.timing().guard_every;
    let Some(call) = turn.state.calls().get(&id) else { return };
    if turn.state.is_up(call.server()) {
        order(turn, id, every);
    } else {
        let again_at = turn.at + every;
        turn.state.with_guard(id, |call| call.waiting_mut().map(|waiting| waiting.guard.again_at = again_at));
    }
}

/// The way to Asterisk is there again: renews a guard that would not last until its renewal.
pub(crate) fn refresh(turn: &mut Turn<'_>, id: CallId) {
    let guard = turn.state.calls().get(&id).and_then(Call::waiting).map(|waiting| waiting.guard);
    if guard.is_some_and(|guard| turn.at.since(guard.ordered) > turn.timing().guard_fresh) {
        set(turn, id);
    }
}

fn order(turn: &mut Turn<'_>, id: CallId, again_after: Span) {
    let guard = Guard { ordered: turn.at, again_at: turn.at + again_after };
    let guarded = turn.state.with_guard(id, |call| {
        call.waiting_mut()?.guard = guard;
        Some(call.leg.clone())
    });
    if let Some(Some(leg)) = guarded {
        turn.order(id, Op::Guard { leg, within: Some(turn.timing().guard_within) });
    }
}

/// Lifts the guard over a call whose caller does not wait any more.
pub(crate) fn lift(turn: &mut Turn<'_>, id: CallId) {
    let lifted = turn.state.with_guard(id, |call| {
        if let Some(talk) = call.talk_mut() {
            talk.lift_again_at = None;
        }
        call.leg.clone()
    });
    if let Some(leg) = lifted {
        turn.order(id, Op::Guard { leg, within: None });
    }
}

/// Lifts the guard over a leg that belongs to no call.
pub(crate) fn lift_from_leg(turn: &mut Turn<'_>, leg: &TheirLeg) {
    turn.order_for_leg(leg, Op::Guard { leg: leg.clone(), within: None });
}

/// An order to guard was not carried out: it is given again, for one that was not renewed would take a caller from us who
/// waits well, and one that was not lifted would cut a conversation off.
pub(crate) fn failed(turn: &mut Turn<'_>, leg: &TheirLeg, within: Option<Span>) {
    let Some(id) = turn.state.call_of(leg).map(|call| call.id) else { return };
    let at = turn.at + turn.timing().order_again;
    turn.state.with_guard(id, |call| match (&mut call.stage, within) {
        (Stage::Talking(talk), None) => talk.lift_again_at = Some(at),
        (Stage::Waiting(waiting), Some(_)) => waiting.guard.again_at = at.min(waiting.guard.again_at),
        (Stage::Talking(_), Some(_)) | (Stage::Waiting(_), None) => {}
    });
}

/// A guard that was not lifted is to be lifted. Without a way to Asterisk the account does it.
pub(crate) fn lift_again(turn: &mut Turn<'_>, id: CallId) {
    let Some(call) = turn.state.calls().get(&id) else { return };
    if turn.state.is_up(call.server()) {
        lift(turn, id);
    } else {
        let later = turn.at + turn.timing().order_again;
        turn.state.with_guard(id, |call| call.talk_mut().map(|talk| talk.lift_again_at = Some(later)));
    }
}

/// How long it is remembered that a caller hung up while waiting: what looked so may prove to have been a fall back.
const REMEMBERED: Span = Span::from_secs(300);

/// How many such callers are remembered.
const MOST: usize = 5_000;

/// Callers who hung up while waiting, as far as we could see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Abandoned {
    pub(crate) calls: BTreeMap<CallId, Lost>,
    /// In the order in which they hung up.
    pub(crate) order: VecDeque<(Timestamp, CallId)>,
}

/// How such a caller was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lost {
    pub(crate) queue: QueueId,
    pub(crate) late: bool,
}

/// Counts a caller who hung up while waiting.
pub(crate) fn count_abandoned(turn: &mut Turn<'_>, call: &Call, waited: Span) {
    count_lost(turn, call.id, call.queue, waited);
}

/// Counts the caller of a call that is over as one who hung up while waiting.
pub(crate) fn count_lost(turn: &mut Turn<'_>, call: CallId, queue: QueueId, waited: Span) {
    let late = turn.state.queues().get(&queue).is_some_and(|queue| !queue.in_time(waited));
    turn.state.count(queue, |_, today| {
        today.abandoned += 1;
        today.abandoned_late += u32::from(late);
    });
    turn.state.abandoned_mut().remember(turn.at, call, Lost { queue, late });
}

/// Takes an answer back that was none, unless it is of another day.
pub(crate) fn uncount_answered(turn: &mut Turn<'_>, queue: QueueId, agent: AgentId, answered: Timestamp, waited: Span) {
    if answered < turn.state.day() {
        return;
    }
    turn.state.with_agent(agent, |agent| agent.answered = agent.answered.saturating_sub(1));
    turn.state.count(queue, |queue, today| {
        today.answered = today.answered.saturating_sub(1);
        today.answered_in_time = today.answered_in_time.saturating_sub(u32::from(queue.in_time(waited)));
    });
}

/// A caller who seemed to hang up fell back, as it proves.
pub(crate) fn uncount_abandoned(turn: &mut Turn<'_>, call: CallId) {
    let Some(lost) = turn.state.abandoned_mut().recall(turn.at, call) else { return };
    turn.state.uncount(lost.queue, |today| {
        today.abandoned = today.abandoned.saturating_sub(1);
        today.abandoned_late = today.abandoned_late.saturating_sub(u32::from(lost.late));
    });
}

impl Abandoned {
    pub(crate) fn remember(&mut self, at: Timestamp, call: CallId, lost: Lost) {
        while self.order.front().is_some_and(|(then, _)| at.since(*then) > REMEMBERED || self.order.len() >= MOST) {
            if let Some((_, oldest)) = self.order.pop_front() {
                self.calls.remove(&oldest);
            }
        }
        self.calls.insert(call, lost);
        self.order.push_back((at, call));
    }

    /// The caller did not hang up: forgets how they were counted.
    pub(crate) fn recall(&mut self, at: Timestamp, call: CallId) -> Option<Lost> {
        let lost = self.calls.remove(&call)?;
        let place = self.order.iter().position(|(_, known)| *known == call)?;
        let (then, _) = self.order.remove(place)?;
        (at.since(then) <= REMEMBERED).then_some(lost)
    }

    /// Whether both lists agree, and keep their bound.
    pub(crate) fn is_sound(&self) -> bool {
        self.calls.len() == self.order.len()
            && self.order.len() <= MOST
            && self.order.iter().all(|(_, call)| self.calls.contains_key(call))
    }
}
