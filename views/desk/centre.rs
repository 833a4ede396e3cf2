//! The centre: the call in hand, or what is next.

use maud::{Markup, html};
use model::{AgentState, CallId};

use super::{CallCard, Drawing, Stand, call, idle};

pub(super) fn zone(stand: &Stand, drawing: Drawing<'_>) -> Markup {
    html! { section #desk-card .stage aria-label=(drawing.lang.text("desk-centre")) { (card(stand, drawing)) } }
}

fn card(stand: &Stand, drawing: Drawing<'_>) -> Markup {
    match &stand.own.state {
        AgentState::Reserved(id) | AgentState::Ringing(id) => match of(stand, *id) {
            Some(card) => call::ringing(card, stand, drawing),
            None => html! {},
        },
        AgentState::Talking(id) | AgentState::Held(id) => match of(stand, *id) {
            Some(card) => call::talking(card, &stand.own, drawing),
            None => html! {},
        },
        AgentState::WrapUp { call: id, until } => call::wrap_up(of(stand, *id), *until, stand, drawing),
        AgentState::LoggedOut | AgentState::NotReady(_) | AgentState::Ready | AgentState::Unreachable => html! {
            (idle::next(stand, drawing))
            @if let Some(card) = &stand.call { (call::last(card, drawing)) }
        },
    }
}

/// The card, if it is that call's.
fn of(stand: &Stand, id: CallId) -> Option<&CallCard> {
    stand.call.as_ref().filter(|card| card.id == id)
}
