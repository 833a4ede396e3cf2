//! Conversations that the caller ended at once: whether they were any depends on whether the answer came to stand in the CDR, and of an
//! order that failed the core may hear after the end.

use std::collections::VecDeque;

use model::{AgentId, CallId, Fact, Outcome, QueueId, Side, Span, Timestamp};

use crate::call::{Call, Talk};
use crate::guard;
use crate::turn::Turn;

/// How long such a conversation is remembered: longer than any order takes to fail.
const REMEMBERED: Span = Span::from_secs(10);

/// How many are remembered.
const MOST: usize = 1_000;

/// The conversations that ended at once of late, in the order of their ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Briefs {
    pub(crate) ended: VecDeque<Brief>,
}

/// One that did, and how it was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Brief {
    pub(crate) call: CallId,
    pub(crate) queue: QueueId,
    pub(crate) agent: AgentId,
    pub(crate) answered: Timestamp,
    /// How long the caller had waited in the queue.
    pub(crate) waited: Span,
    pub(crate) ended: Timestamp,
}

/// A caller ended a conversation: remembers it, if it had just begun.
pub(crate) fn remember(turn: &mut Turn<'_>, call: &Call, talk: &Talk) {
    let Some(answered) = talk.answered.filter(|answered| turn.at.since(*answered) <= turn.timing().order_again) else { return };
    let waited = answered.since(call.joined);
    let brief = Brief { call: call.id, queue: call.queue, agent: talk.agent, answered, waited, ended: turn.at };
    let ended = &mut turn.state.briefs_mut().ended;
    while ended.front().is_some_and(|first| brief.ended.since(first.ended) > REMEMBERED) || ended.len() >= MOST {
        ended.pop_front();
    }
    ended.push_back(brief);
}

/// The answer to a call that is over does not stand in its CDR: the caller had hung up before. The books say the same.
pub(crate) fn undo(turn: &mut Turn<'_>, call: CallId, answered: Option<Timestamp>) {
    let ended = &mut turn.state.briefs_mut().ended;
    let place = ended.iter().position(|brief| brief.call == call && Some(brief.answered) == answered);
    let Some(brief) = place.and_then(|place| ended.remove(place)) else { return };
    turn.record(Fact::AnswerUndone { call });
    guard::uncount_answered(turn, brief.queue, brief.agent, brief.answered, brief.waited);
    guard::count_lost(turn, call, brief.queue, brief.waited);
    turn.record(Fact::CallEnded { call, outcome: Outcome::Abandoned, by: Side::Caller });
}
