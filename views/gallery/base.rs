//! What all pages have: colours, type, icons, buttons, badges, times, notices, the panel at the side.

use maud::{Markup, html};
use model::{AgentState, CallId, CallPhase, NotReadyReason, Span, Timestamp};

use super::Part;
use crate::number::{self, NONE};
use crate::parts::{
    self, Danger, Limit, Notice, Panel, agent_state, call_phase, clipped, icon, panel, panel_awaited, panel_failed, panel_part,
    question, since, sparkline, stale, tabs, ticks,
};
use crate::words::Lang;

/// The colours, by the names of their tokens, each with the one of its tint where there is one.
const INKS: [(&str, &str); 12] = [
    ("text", ""),
    ("text-2", ""),
    ("text-3", ""),
    ("accent", ""),
    ("ready", "ready-tint"),
    ("ringing", "ringing-tint"),
    ("talking", "talking-tint"),
    ("held", "held-tint"),
    ("wrap-up", "wrap-up-tint"),
    ("not-ready", "not-ready-tint"),
    ("red", "red-tint"),
    ("logged-out", "logged-out-tint"),
];

/// Why agents take no calls.
const REASONS: [NotReadyReason; 12] = [
    NotReadyReason::Asked,
    NotReadyReason::Break,
    NotReadyReason::Lunch,
    NotReadyReason::Training,
    NotReadyReason::Meeting,
    NotReadyReason::NoAnswer,
    NotReadyReason::Refused,
    NotReadyReason::Busy,
    NotReadyReason::PhoneFailed(488),
    NotReadyReason::Forwarded,
    NotReadyReason::LoggedIn,
    NotReadyReason::Gone,
];

/// The grounds that stand under text.
const GROUNDS: [&str; 3] = ["bg", "surface", "sunken"];

/// Each with its states.
pub(super) fn parts(at: Timestamp, lang: Lang) -> Vec<Part> {
    vec![
        Part::new("colours", lang.text("gallery-colours"), colours()),
        Part::new("type", lang.text("gallery-type"), sizes(lang)),
        Part::new("icons", lang.text("gallery-icons"), icons()),
        Part::new("buttons", lang.text("gallery-buttons"), buttons(lang)),
        Part::new("badges", lang.text("gallery-badges"), badges(lang)),
        Part::new("times", lang.text("gallery-times"), times(at, lang)),
        Part::new("numbers", lang.text("gallery-numbers"), numbers(lang)),
        Part::new("notices", lang.text("gallery-notices"), notices(lang)),
        Part::new("live", lang.text("gallery-live"), rows(at, lang)),
        Part::new("tabs", lang.text("gallery-tabs"), switches(lang)),
        Part::new("trends", lang.text("gallery-trends"), trends()),
        Part::new("dialog", lang.text("gallery-dialog"), dialog(lang)),
        Part::new("panel", lang.text("gallery-panel"), panels(at, lang)),
    ]
}

fn colours() -> Markup {
    html! {
        div.swatches {
            @for ground in GROUNDS { span class={ "swatch ground-" (ground) } { (ground) } }
            @for (ink, tint) in INKS {
                span class={ "swatch ink-" (ink) } { (ink) @if !tint.is_empty() { " · " (tint) } }
            }
        }
    }
}

fn sizes(lang: Lang) -> Markup {
    let sample = lang.text("gallery-pangram");
    html! {
        div.sizes {
            @for size in ["12", "14", "16", "20", "32", "44"] {
                p class={ "size-" (size) } { span.code { (size) } " " (sample) }
            }
        }
    }
}

fn icons() -> Markup {
    html! { div.icons { @for name in parts::icons() { span { (icon(name)) (name) } } } }
}

fn buttons(lang: Lang) -> Markup {
    let word = lang.text("gallery-do");
    html! {
        div.row {
            button.button.primary type="button" { (word) }
            button.button type="button" { (word) }
            button.button.danger type="button" { (word) }
            button.button.danger.filled type="button" { (word) }
            button.button.quiet type="button" { (icon("log-out")) (word) }
            button.button type="button" disabled { (word) }
            div.few role="group" aria-label=(lang.text("gallery-buttons")) {
                button.button type="button" aria-pressed="true" { (lang.text("theme-light")) }
                button.button type="button" aria-pressed="false" { (lang.text("theme-dark")) }
            }
        }
    }
}

fn badges(lang: Lang) -> Markup {
    let call = CallId(uuid::Uuid::nil());
    let until = Timestamp::from_ms(0);
    let states = [
        AgentState::Ready,
        AgentState::Ringing(call),
        AgentState::Talking(call),
        AgentState::Held(call),
        AgentState::WrapUp { call, until },
        AgentState::Unreachable,
        AgentState::LoggedOut,
    ];
    html! {
        div.row {
            @for state in states { (agent_state(&state, lang)) }
            @for reason in REASONS { (agent_state(&AgentState::NotReady(reason), lang)) }
            (call_phase(CallPhase::Waiting, lang))
        }
    }
}

fn times(at: Timestamp, lang: Lang) -> Markup {
    let limit = Some(Limit(Span::from_secs(20)));
    html! {
        div.row {
            @for seconds in [3, 15, 25, 3_723] {
                span.urgency { (since(at - Span::from_secs(seconds), at, limit)) span.words { " " (lang.text("above-norm")) } }
            }
            (ticks(&[25, 16, 9, 3].map(|seconds| at - Span::from_secs(seconds)), at, Limit(Span::from_secs(20))))
        }
    }
}

fn numbers(lang: Lang) -> Markup {
    html! {
        div.row {
            span { (parts::digits(&number::count(12_480))) }
            span { (parts::digits(&number::percent(827, lang))) " · 80/20 · C" }
            span { (number::duration(Span::from_secs(7))) }
            span { (number::duration(Span::from_secs(3_723))) }
            span.none { (NONE) }
        }
    }
}

fn notices(lang: Lang) -> Markup {
    html! {
        div.stack {
            (Notice::Wrong(&lang.text("error-wrong-password")))
            (Notice::Careful(&lang.text("login-exposed")))
            (Notice::Done(&lang.text("account-changed")))
            (stale(&lang.text("live-stale-what"), lang))
        }
    }
}

fn rows(at: Timestamp, lang: Lang) -> Markup {
    let names = ["Анна Ильина", "Константинопольская-Рождественская Александра Владимировна"];
    html! {
        table.table.compact {
            thead { tr { th scope="col" { (lang.text("agent")) } th scope="col" { (lang.text("agent-state")) } th.number scope="col" { (lang.text("agent-since")) } } }
            tbody {
                @for name in names {
                    tr {
                        th scope="row" { (clipped(name)) }
                        td { (agent_state(&AgentState::Ready, lang)) }
                        td.number { (since(at - Span::from_secs(64), at, None)) }
                    }
                }
            }
        }
    }
}

fn switches(lang: Lang) -> Markup {
    tabs(
        &lang.text("gallery-tabs"),
        &[("main", lang.text("queues")), ("main", lang.text("agents")), ("main", lang.text("calls"))],
    )
}

/// An hour that rises, one that was not known for a while, one that stands still, and one that has only begun.
fn trends() -> Markup {
    let hours: [Vec<Option<u32>>; 4] = [
        (0..60).map(|n| Some(n + n * n % 7)).collect(),
        (0..60).map(|n| (!(20..35).contains(&n)).then_some(n * 13 % 40)).collect(),
        vec![Some(20); 60],
        (0..9).map(|n| Some(n * 4)).collect(),
    ];
    html! { div.row { @for hour in &hours { span.trend { (sparkline(hour, 66)) } } } }
}

fn dialog(lang: Lang) -> Markup {
    let asked = Danger {
        id: "sample",
        verb: &lang.text("order-hang-up"),
        question: &lang.text("order-hang-up-question"),
        what: html! { (lang.text("gallery-dialog-what")) },
        action: "/gallery",
        fields: &[],
        answered_in: "#main",
    };
    // A dialog's form in a page that has no dialog open does nothing.
    html! { form.dialog method="dialog" { (question(&asked, lang)) } }
}

/// With something in it, on its way, and one that could not be had.
fn panels(at: Timestamp, lang: Lang) -> Markup {
    let shown = Panel {
        title: parts::digits("+7 912 345-67-89"),
        state: html! { (call_phase(CallPhase::Waiting, lang)) " " (since(at - Span::from_secs(16), at, None)) },
        back: "/gallery",
        body: panel_part(&lang.text("story"), &html! { p { (lang.text("gallery-dialog-what")) } }),
    };
    html! {
        div.panes {
            div.pane { (panel(&shown, lang)) }
            div.pane { (panel_awaited(lang)) }
            div.pane { (panel_failed(lang)) }
        }
    }
}
