//! Calls on Live, the oldest first.

use maud::{Markup, html};
use model::wallboard::{CallRow, QueueRow};
use model::{CallId, CallPhase, QueueId, Shown, Timestamp, Viewer};

use super::choice::{Choice, Sort, findable, notes, nothing, sorted_by};
use crate::parts::{call_phase, clipped, digits, since};
use crate::words::Lang;

/// A live call, fit for a viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallLine {
    /// The call.
    pub id: CallId,
    /// The queue.
    pub queue_id: QueueId,
    /// The queue's name.
    pub queue: String,
    /// The caller's number, if it was sent.
    pub number: Option<Shown>,
    /// Where the call stands.
    pub phase: CallPhase,
    /// When the caller entered the queue.
    pub entered: Timestamp,
    /// When the phase began.
    pub since: Timestamp,
    /// The agent who is rung or talks.
    pub agent: Option<Shown>,
}

impl CallLine {
    /// The row as this viewer may see it: the caller's number as they may see numbers, the agent's name as a colleague's.
    #[must_use]
    pub fn of(row: &CallRow, viewer: Viewer) -> Self {
        Self {
            id: row.id,
            queue_id: row.queue,
            queue: row.queue_name.clone(),
            number: row.number.as_ref().map(|number| viewer.show(number)),
            phase: row.phase,
            entered: row.entered,
            since: row.since,
            agent: row.agent.as_ref().map(|(_, name)| Viewer::Whole.show(name)),
        }
    }

    /// Callers are told how long they wait in all, talks how long they last.
    pub(super) const fn counted_from(&self) -> Timestamp {
        match self.phase {
            CallPhase::Waiting | CallPhase::Offered => self.entered,
            CallPhase::Talking | CallPhase::Held => self.since,
        }
    }
}

/// All calls.
pub(super) fn section(calls: &[CallLine], queues: &[QueueRow], choice: &Choice, at: Timestamp, lang: Lang) -> Markup {
    html! {
        section.calls.list aria-labelledby="calls" data-tab="calls" data-none[calls.is_empty()] {
            div.title { h2 #calls { (lang.text("calls")) } (notes(lang)) }
            table.table {
                thead {
                    tr {
                        th.caller scope="col" { (lang.text("call-caller")) }
                        th.state scope="col" { (lang.text("call-state")) }
                        (sorted_by(Sort::CallSince, "since number", &lang.text("call-since"), choice))
                    }
                }
                tbody #call-rows { (rows(calls, at, lang)) }
            }
            (nothing(lang))
            p.empty {
                (lang.text("calls-none"))
                @if let Some(queue) = queues.first() { " " (lang.text_with("calls-none-dial", [("number", queue.number.clone().into())])) }
            }
        }
    }
}

/// All rows.
pub(super) fn rows(calls: &[CallLine], at: Timestamp, lang: Lang) -> Markup {
    html! { @for call in calls { (row(call, at, lang)) } }
}

/// A call.
pub(super) fn row(call: &CallLine, at: Timestamp, lang: Lang) -> Markup {
    let (number, agent) = (call.number.as_ref().map(ToString::to_string), call.agent.as_ref().map(ToString::to_string));
    html! {
        tr id={ "call-" (call.id) } data-order=(call.entered.as_ms()) data-phase=(call.phase.name()) data-queues=(call.queue_id)
            data-find=(findable(number.as_deref().into_iter().chain(agent.as_deref()))) {
            th.caller scope="row" {
                div.two {
                    a.first.row-link href={ "/live?call=" (call.id) } title=[number.as_deref()] {
                        @if let Some(number) = &number { (digits(number)) }
                        @else { span.none { (lang.text("call-no-number")) } }
                    }
                    span.second title=(call.queue) { (call.queue) }
                }
            }
            td.state {
                div.two {
                    (call_phase(call.phase, lang))
                    @if let Some(agent) = &agent { span.second { (clipped(agent)) } }
                }
            }
            td.since.number { (since(call.counted_from(), at, None)) }
        }
    }
}
