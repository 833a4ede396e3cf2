//! The agent's state: the button that opens the menu, and how long it lasts.

use maud::{Markup, html};

use super::{Drawing, Own};
use crate::parts::{agent_state, agent_word, icon, since};

pub(super) fn zone(own: &Own, Drawing { at, lang, .. }: Drawing<'_>) -> Markup {
    html! {
        section #desk-own .own aria-label=(lang.text("desk-own")) {
            button.state type="button" #desk-state popovertarget="states" aria-haspopup="menu" {
                (agent_state(&own.state, lang))
                span.visually-hidden { ". " (lang.text("desk-change")) }
                (icon("chevron-down"))
            }
            p.clock { (since(own.since, at, None)) }
            p.sub {
                @if let Some(then) = &own.then {
                    (lang.text_with("desk-then", [("state", agent_word(then, lang).to_lowercase().into())]))
                } @else {
                    (lang.text("desk-phone")) " " (own.endpoint)
                }
            }
        }
    }
}
