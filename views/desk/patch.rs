//! What the stream sends: the zones of the desk that are not as they were, as the page draws them.

use jiff::tz::TimeZone;
use maud::{Markup, html};
use model::{AgentState, Timestamp};

use super::{Drawing, Stand, bar, centre, own, past, queues, switch, today};
use crate::words::Lang;

/// What brings a desk from one stand to another; everything, for a page that knows nothing or missed something. Empty if
/// nothing is different.
#[must_use]
pub fn changes(before: Option<&Stand>, now: &Stand, at: Timestamp, zone: &TimeZone, lang: Lang) -> Markup {
    let drawing = Drawing { at, zone, lang };
    let differs = |zone: fn(&Stand, &Stand) -> bool| before.is_none_or(|before| zone(before, now));
    html! {
        @if differs(|a, b| a.switch_up != b.switch_up) { (morph("desk-switch", &switch(now.switch_up, lang))) }
        @if differs(|a, b| a.own != b.own) { (morph("desk-own", &own::zone(&now.own, drawing))) }
        @if differs(|a, b| a.queues != b.queues) { (morph("desk-queues", &queues::zone(&now.queues, drawing))) }
        @if differs(|a, b| a.today != b.today || a.own.state != b.own.state) {
            (morph("desk-today", &today::zone(now.today.as_ref(), &now.own, drawing)))
        }
        @if differs(other_card) { (morph("desk-card", &centre::zone(now, drawing))) }
        @if differs(|a, b| a.own != b.own || a.at_limit != b.at_limit) {
            (morph("desk-bar", &bar::zone(&now.own, now.at_limit, lang)))
        }
        @if differs(|a, b| a.call.as_ref().map(|call| call.id) != b.call.as_ref().map(|call| call.id) || a.earlier != b.earlier) {
            (morph("desk-caller", &past::caller(now.call.as_ref(), &now.earlier, drawing)))
        }
        @if differs(|a, b| a.mine != b.mine || a.missed != b.missed) {
            (morph("desk-mine", &past::own(&now.mine, &now.missed, drawing)))
        }
        @if before.is_some_and(|before| before.own.state != now.own.state) { (said(now, lang)) }
    }
}

/// Whether the centre shows something else. Who waits is shown there between calls alone.
fn other_card(before: &Stand, now: &Stand) -> bool {
    before.own != now.own
        || before.call != now.call
        || before.why != now.why
        || before.at_limit != now.at_limit
        || (now.own.state.call().is_none() && before.queues != now.queues)
}

/// The new state for whoever does not see it, and of a call that rings whose it is.
fn said(now: &Stand, lang: Lang) -> Markup {
    let number = now.call.as_ref().and_then(|call| call.number.as_ref());
    let text = match (&now.own.state, number) {
        (AgentState::Ringing(_), Some(number)) => lang.text_with("desk-rings-title", [("number", number.to_string().into())]),
        (AgentState::Ringing(_), None) => lang.text("desk-rings-hidden"),
        (state, _) => crate::parts::agent_word(state, lang),
    };
    html! { hx-partial hx-target="#desk-said" hx-swap="innerHTML" { (text) } }
}

fn morph(id: &str, drawn: &Markup) -> Markup {
    html! { hx-partial hx-target={ "#" (id) } hx-swap="outerMorph" { (drawn) } }
}
