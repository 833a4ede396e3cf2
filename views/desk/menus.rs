//! What opens over the desk: the menu of states, the reasons, the list of keys. They are the same at every moment.

use maud::{Markup, html};
use model::{AgentState, NotReadyReason};

use crate::parts::{agent_word, icon};
use crate::words::Lang;

/// The reasons that agents give, in the order of the menu.
const REASONS: [NotReadyReason; 5] =
    [NotReadyReason::Break, NotReadyReason::Lunch, NotReadyReason::Meeting, NotReadyReason::Training, NotReadyReason::Asked];

pub(super) fn all(lang: Lang) -> Markup {
    html! {
        form #states .menu popover method="post" action="/desk/state" hx-post="/desk/state" hx-swap="none" aria-label=(lang.text("desk-own")) {
            (choice("ready", &lang.text("desk-do-ready"), None, true))
            (choice("logged_in", &lang.text("desk-do-log-in"), None, false))
            hr;
            (reasons(lang, false))
            hr;
            (choice("logged_out", &lang.text("desk-do-log-out"), None, false))
        }
        form #reasons .menu popover method="post" action="/desk/state" hx-post="/desk/state" hx-swap="none" aria-label=(lang.text("desk-do-not-ready")) {
            (reasons(lang, true))
        }
        section #keys .menu.keys popover aria-labelledby="keys-title" {
            h2 #keys-title { (lang.text("desk-keys")) }
            dl {
                (key("F2", &lang.text("desk-do-ready")))
                (key("F4", &lang.text("desk-do-not-ready")))
                (key("1 – 5", &lang.text("desk-key-reason")))
                (key("F8", &lang.text("desk-do-longer")))
                (key("Shift F8", &lang.text("desk-do-hang-up")))
                (key("?", &lang.text("desk-keys")))
                (key("Esc", &lang.text("desk-key-close")))
            }
        }
        button.button.quiet.opens-keys type="button" popovertarget="keys" { (icon("keyboard")) span { (lang.text("desk-keys")) } kbd { "?" } }
    }
}

/// The reasons, each with its digit where digits choose.
fn reasons(lang: Lang, numbered: bool) -> Markup {
    html! {
        @for (reason, n) in REASONS.into_iter().zip(1_u8..) {
            (choice(
                &format!("not_ready:{}", reason.name()),
                &agent_word(&AgentState::NotReady(reason), lang),
                numbered.then_some(n),
                numbered && n == 1,
            ))
        }
    }
}

/// The first of a menu has the focus as soon as that opens, before the next key is pressed.
fn choice(value: &str, word: &str, digit: Option<u8>, first: bool) -> Markup {
    html! {
        button.answer type="submit" name="state" value=(value) data-digit=[digit] autofocus[first] {
            span { (word) }
            @if let Some(digit) = digit { kbd { (digit) } }
        }
    }
}

fn key(key: &str, what: &str) -> Markup {
    html! { div { dt { kbd { (key) } } dd { (what) } } }
}
