//! What the stream sends: rows as the page draws them, each with where it belongs. htmx swaps them in; `rows`, `place`
//! and `leave` are swaps of our own (`assets/rows.js`).

use maud::{Markup, html};
use model::wallboard::QueueRow;
use model::{AgentId, CallId, QueueId, Timestamp};

use super::trend::{self, Number, Trend};
use super::{AgentLine, Board, CallLine, FallbackLine, Totals, agents, calls, fallback, queues, switch, totals};
use crate::words::Lang;

/// The six numbers.
#[must_use]
pub fn sums(sums: &Totals, at: Timestamp, lang: Lang) -> Markup {
    morph("totals", &totals::totals(sums, None, at, lang))
}

/// The last hour of the six numbers, a minute on.
#[must_use]
pub fn trend(trend: &Trend, lang: Lang) -> Markup {
    html! {
        @for number in Number::ALL {
            hx-partial hx-target={ "#" (number.place()) } hx-swap="innerHTML" { (trend::line(trend, number, lang)) }
        }
    }
}

/// Whether the way to Asterisk is there.
#[must_use]
pub fn switch_up(up: bool, lang: Lang) -> Markup {
    morph("switch", &switch(up, lang))
}

/// The calls in the care of Asterisk's own queue.
#[must_use]
pub fn in_fallback(calls: &[FallbackLine], at: Timestamp, lang: Lang) -> Markup {
    morph("fallback", &fallback::section(calls, at, lang))
}

/// A queue that the page has.
#[must_use]
pub fn queue(queue: &QueueRow, at: Timestamp, lang: Lang) -> Markup {
    morph(&format!("queue-{}", queue.id), &queues::row(queue, at, lang))
}

/// An agent whom the page has.
#[must_use]
pub fn agent(agent: &AgentLine, at: Timestamp, lang: Lang) -> Markup {
    morph(&format!("agent-{}", agent.id), &agents::row(agent, at, lang))
}

/// A call that the page has.
#[must_use]
pub fn call(call: &CallLine, at: Timestamp, lang: Lang) -> Markup {
    morph(&format!("call-{}", call.id), &calls::row(call, at, lang))
}

/// A call that the page does not have yet.
#[must_use]
pub fn new_call(call: &CallLine, at: Timestamp, lang: Lang) -> Markup {
    html! { hx-partial hx-target="#call-rows" hx-swap="place" { (calls::row(call, at, lang)) } }
}

/// A call that is over.
#[must_use]
pub fn no_call(id: CallId) -> Markup {
    leave(&format!("call-{id}"))
}

/// An agent who left the settings.
#[must_use]
pub fn no_agent(id: AgentId) -> Markup {
    leave(&format!("agent-{id}"))
}

/// A queue that left the settings.
#[must_use]
pub fn no_queue(id: QueueId) -> Markup {
    leave(&format!("queue-{id}"))
}

/// Everything, for a page that knows nothing or missed something.
#[must_use]
pub fn everything(board: &Board, lang: Lang) -> Markup {
    html! {
        (switch_up(board.switch_up, lang))
        (sums(&board.totals, board.at, lang))
        (trend(&board.trend, lang))
        (in_fallback(&board.fallback, board.at, lang))
        (inside("queue-rows", &queues::rows(&board.queues, board.at, lang)))
        (inside("agent-rows", &agents::rows(&board.agents, board.at, lang)))
        (inside("call-rows", &calls::rows(&board.calls, board.at, lang)))
    }
}

fn morph(id: &str, drawn: &Markup) -> Markup {
    html! { hx-partial hx-target={ "#" (id) } hx-swap="outerMorph" { (drawn) } }
}

fn inside(id: &str, rows: &Markup) -> Markup {
    html! { hx-partial hx-target={ "#" (id) } hx-swap="rows" { (rows) } }
}

fn leave(id: &str) -> Markup {
    html! { hx-partial hx-target={ "#" (id) } hx-swap="leave" {} }
}
