//! The right zone: the caller with their earlier calls, and the agent's own.

use maud::{Markup, html};
use model::{CallId, Outcome, Shown, Span, Timestamp};

use super::moment::moment;
use super::{CallCard, Drawing};
use crate::number::duration;
use crate::parts::{clipped, digits, outcome_word};
use crate::words::Lang;

/// A call that is over, fit for the agent who looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastLine {
    /// The call.
    pub call: CallId,
    /// The caller's number, as the agent may see it.
    pub number: Option<Shown>,
    /// The queue's name, while the settings have it.
    pub queue: Option<String>,
    /// When it came, or rang.
    pub at: Timestamp,
    /// How it ended; `None` while it lasts.
    pub outcome: Option<Outcome>,
    /// How long the conversation was.
    pub talk: Option<Span>,
    /// Who answered.
    pub agent: Option<Shown>,
}

/// The caller of the call in hand, and what they called for before.
pub(super) fn caller(call: Option<&CallCard>, earlier: &[PastLine], drawing: Drawing<'_>) -> Markup {
    let lang = drawing.lang;
    html! {
        section #desk-caller .caller-zone aria-labelledby="desk-caller-title" hidden[call.is_none()] {
            @if let Some(call) = call {
                h2 #desk-caller-title { (lang.text("desk-caller")) }
                p.number {
                    @if let Some(number) = &call.number { (digits(&number.to_string())) }
                    @else { span.none { (lang.text("call-no-number")) } }
                }
                @if earlier.is_empty() {
                    @if call.number.is_some() { p.sub { (lang.text("desk-first-call")) } }
                    @else { p.sub { (lang.text("desk-unknown-caller")) } }
                } @else {
                    p.sub { (lang.text("desk-earlier")) }
                    ul.past { @for line in earlier { (earlier_line(line, drawing)) } }
                }
            }
        }
    }
}

/// The agent's own calls, and those that they missed.
pub(super) fn own(mine: &[PastLine], missed: &[PastLine], drawing: Drawing<'_>) -> Markup {
    let lang = drawing.lang;
    html! {
        section #desk-mine .mine {
            @if !missed.is_empty() {
                h2 { (lang.text("desk-missed-calls")) }
                ul.past { @for line in missed { (own_line(line, None, drawing)) } }
            }
            h2 { (lang.text("desk-my-calls")) }
            @if mine.is_empty() { p.empty { (lang.text("desk-my-calls-none")) } }
            @else { ul.past { @for line in mine { (own_line(line, line.talk, drawing)) } } }
        }
    }
}

/// An earlier call of the caller: when, what for, what became of it, with whom.
fn earlier_line(line: &PastLine, drawing: Drawing<'_>) -> Markup {
    html! {
        li {
            div.first { (moment(line.at, drawing)) span.what { (result(line, drawing.lang)) } }
            div.second {
                @if let Some(queue) = &line.queue { span.name { (clipped(queue)) } }
                @if let Some(agent) = &line.agent { span.name { (clipped(&agent.to_string())) } }
            }
        }
    }
}

fn own_line(line: &PastLine, talk: Option<Span>, drawing: Drawing<'_>) -> Markup {
    html! {
        li {
            div.first {
                span.number {
                    @if let Some(number) = &line.number { (digits(&number.to_string())) }
                    @else { span.none { (drawing.lang.text("call-no-number")) } }
                }
                @if let Some(talk) = talk { span.what { (duration(talk)) } }
            }
            div.second {
                (moment(line.at, drawing))
                @if let Some(queue) = &line.queue { span.name { (clipped(queue)) } }
            }
        }
    }
}

/// What became of a call, and how long the conversation was.
fn result(line: &PastLine, lang: Lang) -> Markup {
    let word = line.outcome.map_or_else(|| lang.text("desk-goes-on"), |outcome| outcome_word(outcome, lang));
    html! { (word) @if let Some(talk) = line.talk { ", " (duration(talk)) } }
}
