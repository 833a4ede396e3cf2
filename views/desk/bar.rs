//! The action bar: the same buttons in the same places in every phase, those without a meaning at the moment dimmed.

use maud::{Markup, html};
use model::wallboard::Block;
use model::{AgentState, CallId};

use super::Own;
use crate::words::Lang;

pub(super) fn zone(own: &Own, at_limit: bool, lang: Lang) -> Markup {
    let wraps_up = matches!(own.state, AgentState::WrapUp { .. });
    html! {
        div #desk-bar .buttons role="group" aria-label=(lang.text("desk-actions")) {
            form #desk-ready method="post" action="/desk/state" hx-post="/desk/state" hx-swap="none" {
                input type="hidden" name="state" value="ready";
                button.button.act.primary type="submit" disabled[!may_be_ready(own)] data-key="F2" aria-keyshortcuts="F2" {
                    span { (lang.text("desk-do-ready")) } kbd { "F2" }
                }
            }
            button #desk-not-ready .button.act type="button" popovertarget="reasons" aria-haspopup="menu" data-key="F4" aria-keyshortcuts="F4" {
                span { (lang.text("desk-do-not-ready")) } kbd { "F4" }
            }
            form #desk-longer method="post" action="/desk/wrap-up" hx-post="/desk/wrap-up" hx-swap="none" {
                button.button.act type="submit" disabled[!wraps_up || at_limit] data-key="F8" aria-keyshortcuts="F8" {
                    span { (lang.text("desk-do-longer")) } kbd { "F8" }
                }
            }
            (hang_up(in_conversation(&own.state), lang))
        }
    }
}

/// Far right, alone; it names the call, so that it never ends another.
fn hang_up(call: Option<CallId>, lang: Lang) -> Markup {
    html! {
        form #desk-hang-up .end method="post" action="/desk/hang-up" hx-post="/desk/hang-up" hx-swap="none" {
            @if let Some(call) = call { input type="hidden" name="call" value=(call); }
            button.button.act.danger type="submit" disabled[call.is_none()] data-key="Shift+F8" aria-keyshortcuts="Shift+F8" {
                span { (lang.text("desk-do-hang-up")) } kbd { "Shift F8" }
            }
        }
    }
}

/// The call that the agent can end from the desk: one that rings is answered or refused at the phone.
fn in_conversation(state: &AgentState) -> Option<CallId> {
    state.call().filter(|_| state.in_talk())
}

/// Whether asking for calls would change anything: it also takes back what was asked for after the call.
fn may_be_ready(own: &Own) -> bool {
    match &own.state {
        AgentState::LoggedOut | AgentState::NotReady(_) | AgentState::WrapUp { .. } => true,
        AgentState::Ready => own.blocked == Some(Block::Resting),
        AgentState::Reserved(_) | AgentState::Ringing(_) | AgentState::Talking(_) | AgentState::Held(_) => own.then.is_some(),
        AgentState::Unreachable => false,
    }
}
