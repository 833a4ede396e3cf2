//! A call at the side: where it stands, why, and what happened to it.

use jiff::tz::TimeZone;
use maud::{Markup, html};
use model::explain::Explanation;
use model::{CallId, Timestamp};

use super::said::said;
use super::story::{ended, story};
use super::why::{Telling, why};
use super::{Names, Said, Told, orders};
use crate::live::CallLine;
use crate::number::duration;
use crate::parts::{Panel, call_phase, digits, icon, moment, outcome_word, panel, panel_part, since};
use crate::words::Lang;

/// A call, fit for a viewer.
#[derive(Clone, Debug)]
pub struct CallPanel {
    /// The call.
    pub id: CallId,
    /// The moment.
    pub at: Timestamp,
    /// The zone in which times of day are told.
    pub zone: TimeZone,
    /// Its row, while it is live.
    pub row: Option<CallLine>,
    /// What the books say of it, as soon as they do.
    pub told: Option<Told>,
    /// Why it is where it is, while it is live.
    pub why: Option<Explanation>,
    /// What queues and agents are called.
    pub names: Names,
    /// What came of the order that was just given.
    pub said: Option<Said>,
}

/// The panel's inside.
pub(super) fn inside(call: &CallPanel, lang: Lang) -> Markup {
    let number = call.row.as_ref().map(|row| &row.number).or(call.told.as_ref().map(|told| &told.number));
    let title = html! {
        @match number {
            Some(Some(number)) => { (digits(&number.to_string())) }
            Some(None) => { (lang.text("call-no-number")) }
            None => { (lang.text("call-unknown")) }
        }
    };
    let body = html! {
        (said(call.said, lang))
        @if let Some(row) = &call.row { (orders::on_call(call, row, lang)) }
        @if let Some(explanation) = &call.why { (why(explanation, Telling { names: &call.names, zone: &call.zone, lang })) }
        @if let Some(told) = &call.told { (panel_part(&lang.text("story"), &story(told, &call.names, lang))) }
        @else if call.row.is_some() { p.sub { (lang.text("story-awaited")) } }
        @else { p.empty { (lang.text("call-unknown-what")) } }
    };
    panel(&Panel { title, state: state(call, lang), back: "/live", body }, lang)
}

/// Where it stands: live, over, or not known at all.
fn state(call: &CallPanel, lang: Lang) -> Markup {
    html! {
        @if let Some(row) = &call.row {
            (call_phase(row.phase, lang)) " " (since(row.counted_from(), call.at, None))
            p.sub { (row.queue) @if let Some(agent) = &row.agent { " · " (agent) } }
        } @else if let Some(told) = &call.told {
            (over(told, call, lang))
        }
    }
}

fn over(told: &Told, call: &CallPanel, lang: Lang) -> Markup {
    let end = told.ended.unwrap_or(call.at);
    html! {
        p.over role="status" data-unsettled[told.ended.is_none()] {
            (icon("phone-off"))
            b { @match told.outcome.filter(|_| told.ended.is_some()) {
                Some(known) => { (outcome_word(known, lang)) }
                None => { (lang.text("call-just-ended")) }
            } }
            @if let Some(by) = told.by { span { (ended(by, lang)) } }
        }
        p.sub {
            @if let Some(queue) = told.queue { (call.names.queue(queue, lang)) " · " }
            @if let Some(agent) = told.agent { (call.names.agent(agent, lang)) " · " }
            (moment(told.entered, &call.zone)) "–" (moment(end, &call.zone))
        }
        p.sub {
            (lang.text_with("call-waited", [("waited", duration(told.answered.unwrap_or(end).since(told.entered)).into())]))
            @if let Some(answered) = told.answered {
                " · " (lang.text_with("call-talked", [("talked", duration(end.since(answered)).into())]))
            }
        }
    }
}
