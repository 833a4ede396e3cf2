//! What the agent has done today: from the books, with what lasts counting on.

use maud::{Markup, html};
use model::{AgentState, Span, Timestamp};

use super::{Drawing, Own};
use crate::number::{NONE, count, duration};
use crate::parts::since;

/// An agent's day so far, without the state that lasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Today {
    /// When the day began.
    pub began: Timestamp,
    /// Calls answered.
    pub answered: u32,
    /// Calls that rang and were not answered.
    pub missed: u32,
    /// Time in conversation.
    pub talk: Span,
    /// What a call took on the average: talk, hold and wrap-up.
    pub average: Option<Span>,
    /// Time ready.
    pub ready: Span,
    /// Time not ready.
    pub not_ready: Span,
}

pub(super) fn zone(today: Option<&Today>, own: &Own, Drawing { at, lang, .. }: Drawing<'_>) -> Markup {
    let state = &own.state;
    let counts = |time: fn(&Today) -> Span, lasts: bool| match today {
        Some(today) if lasts => since(own.since.max(today.began) - time(today), at, None),
        Some(today) => html! { (duration(time(today))) },
        None => html! { (NONE) },
    };
    let number = |number: fn(&Today) -> u32| today.map_or_else(|| NONE.to_owned(), |today| count(number(today)));
    let average = today.and_then(|today| today.average).map_or_else(|| NONE.to_owned(), duration);
    html! {
        section #desk-today .today aria-labelledby="desk-today-title" {
            h2 #desk-today-title { (lang.text("desk-today")) }
            dl {
                div { dt { (lang.text("desk-answered")) } dd { (number(|today| today.answered)) } }
                div { dt { (lang.text("desk-missed")) } dd { (number(|today| today.missed)) } }
                div { dt { (lang.text("desk-talk")) } dd { (counts(|today| today.talk, matches!(state, AgentState::Talking(_)))) } }
                div { dt { (lang.text("desk-average")) } dd { (average) } }
                div { dt { (lang.text("desk-ready-time")) } dd { (counts(|today| today.ready, *state == AgentState::Ready)) } }
                div {
                    dt { (lang.text("desk-not-ready-time")) }
                    dd { (counts(|today| today.not_ready, matches!(state, AgentState::NotReady(_)))) }
                }
            }
        }
    }
}
