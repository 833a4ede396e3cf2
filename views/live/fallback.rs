//! Calls in the care of Asterisk's own queue: a quiet section that is there only while there are any.

use maud::{Markup, html};
use model::wallboard::FallbackRow;
use model::{Shown, Timestamp, Viewer};

use crate::number::count;
use crate::parts::{digits, icon, since};
use crate::words::Lang;

/// A call in the care of Asterisk's own queue, fit for a viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FallbackLine {
    /// The number that was dialled.
    pub dialled: String,
    /// The caller's number, if it was sent.
    pub number: Option<Shown>,
    /// Since when it is there.
    pub since: Timestamp,
    /// The account of the agent who answered.
    pub agent: Option<String>,
}

impl FallbackLine {
    /// The row as this viewer may see it.
    #[must_use]
    pub fn of(row: &FallbackRow, viewer: Viewer) -> Self {
        Self {
            dialled: row.dialled.clone(),
            number: row.number.as_ref().map(|number| viewer.show(number)),
            since: row.since,
            agent: row.agent.clone(),
        }
    }
}

/// All of them. Without any, an empty place that takes no room, for those to come.
pub(super) fn section(calls: &[FallbackLine], at: Timestamp, lang: Lang) -> Markup {
    html! {
        section #fallback .fallback aria-labelledby="fallback-title" hidden[calls.is_empty()] {
            @if !calls.is_empty() {
                div.title {
                    (icon("life-buoy"))
                    h2 #fallback-title { (lang.text("fallback")) ": " (count(u32::try_from(calls.len()).unwrap_or(u32::MAX))) }
                    span.sub { (lang.text("fallback-what")) }
                }
                table.table.compact {
                    thead {
                        tr {
                            th.caller scope="col" { (lang.text("fallback-caller")) }
                            th.dialled scope="col" { (lang.text("queue")) }
                            th.agent scope="col" { (lang.text("agent")) }
                            th.since.number scope="col" { (lang.text("call-since")) }
                        }
                    }
                    tbody { @for call in calls { (row(call, at, lang)) } }
                }
            }
        }
    }
}

fn row(call: &FallbackLine, at: Timestamp, lang: Lang) -> Markup {
    html! {
        tr {
            td.caller {
                @if let Some(number) = &call.number { (digits(&number.to_string())) }
                @else { span.none { (lang.text("call-no-number")) } }
            }
            td.dialled { (call.dialled) }
            td.agent {
                @if let Some(agent) = &call.agent { (agent) }
                @else { span.none { (lang.text("phase-waiting")) } }
            }
            td.since.number { (since(call.since, at, None)) }
        }
    }
}
