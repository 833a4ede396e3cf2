//! Between calls: what is next, and what to do for it.

use maud::{Markup, html};
use model::wallboard::Block;
use model::{AgentState, NotReadyReason, StateReason, Timestamp};

use super::{Drawing, Own, QueueLine, Stand};
use crate::number::count;
use crate::parts::{Limit, agent_word, icon, since};
use crate::words::Lang;

pub(super) fn next(stand: &Stand, drawing: Drawing<'_>) -> Markup {
    let lang = drawing.lang;
    let (title, what) = words(stand, lang);
    html! {
        div.idle {
            h2 { (title) }
            p.what { (what) }
            @if stand.own.state == AgentState::Unreachable { (checks(&stand.own, lang)) }
            @if !stand.queues.is_empty() { (waiting(&stand.queues, drawing)) }
        }
    }
}

/// Who waits in the agent's queues, and how long.
fn waiting(queues: &[QueueLine], Drawing { at, lang, .. }: Drawing<'_>) -> Markup {
    let all: u32 = queues.iter().map(|queue| queue.waiting).sum();
    let longest: Option<(Timestamp, &QueueLine)> =
        queues.iter().filter_map(|queue| queue.longest.map(|since| (since, queue))).min_by_key(|(since, _)| *since);
    html! {
        div.next {
            p.many {
                b data-value=(all) { (count(all)) }
                span { (lang.text_with("desk-waiting", [("count", all.into())])) }
            }
            @if let Some((began, queue)) = longest {
                p.longest {
                    (lang.text("totals-longest")) " "
                    span.urgency { (since(began, at, Some(Limit(queue.within)))) span.words { " " (lang.text("above-norm")) } }
                    " · " (queue.name)
                }
            }
        }
    }
}

/// What to look at when the phone cannot be reached.
fn checks(own: &Own, lang: Lang) -> Markup {
    html! {
        ul.checks {
            li { (icon("plug")) (lang.text("desk-check-power")) }
            li { (icon("user-check")) (lang.text_with("desk-check-account", [("phone", own.endpoint.clone().into())])) }
            li { (icon("life-buoy")) (lang.text("desk-check-help")) }
        }
    }
}

fn words(stand: &Stand, lang: Lang) -> (String, String) {
    let own = &stand.own;
    let phone = || [("phone", own.endpoint.clone().into())];
    match &own.state {
        AgentState::LoggedOut if own.why == Some(StateReason::Unreachable) => {
            (lang.text_with("desk-taken-off", phone()), lang.text("desk-taken-off-what"))
        }
        AgentState::LoggedOut => (lang.text("desk-logged-out"), lang.text_with("desk-logged-out-what", phone())),
        AgentState::NotReady(reason) => not_ready(*reason, own, lang),
        AgentState::Unreachable => (lang.text_with("desk-unreachable", phone()), lang.text("desk-unreachable-what")),
        AgentState::Ready
        | AgentState::Reserved(_)
        | AgentState::Ringing(_)
        | AgentState::Talking(_)
        | AgentState::Held(_)
        | AgentState::WrapUp { .. } => match own.blocked {
            Some(block) => blocked(block, own, lang),
            None if stand.queues.is_empty() => (lang.text("desk-no-queue"), lang.text("desk-no-queue-what")),
            None => (lang.text("desk-ready"), lang.text_with("desk-ready-what", phone())),
        },
    }
}

fn not_ready(reason: NotReadyReason, own: &Own, lang: Lang) -> (String, String) {
    let phone = || [("phone", own.endpoint.clone().into())];
    match reason {
        NotReadyReason::LoggedIn => (lang.text("desk-logged-in"), lang.text("desk-logged-in-what")),
        NotReadyReason::NoAnswer => (lang.text("desk-no-answer"), lang.text_with("desk-no-answer-what", phone())),
        NotReadyReason::Refused => (lang.text("desk-refused"), lang.text("desk-refused-what")),
        NotReadyReason::PhoneFailed(status) => {
            let status = [("phone", own.endpoint.clone().into()), ("status", status.to_string().into())];
            (lang.text_with("desk-phone-failed", status), lang.text("desk-phone-failed-what"))
        }
        NotReadyReason::Forwarded => (lang.text_with("desk-forwarded", phone()), lang.text("desk-forwarded-what")),
        NotReadyReason::Busy => (lang.text_with("desk-busy", phone()), lang.text("desk-busy-what")),
        NotReadyReason::Gone => (lang.text("desk-gone"), lang.text("desk-gone-what")),
        NotReadyReason::Asked
        | NotReadyReason::Break
        | NotReadyReason::Lunch
        | NotReadyReason::Training
        | NotReadyReason::Meeting => (agent_word(&own.state, lang), lang.text("desk-not-ready-what")),
    }
}

fn blocked(block: Block, own: &Own, lang: Lang) -> (String, String) {
    let phone = || [("phone", own.endpoint.clone().into())];
    match block {
        Block::PrivateCall => (lang.text_with("desk-private", phone()), lang.text("desk-private-what")),
        Block::FallbackCall => (lang.text("desk-fallback"), lang.text("desk-fallback-what")),
        Block::Clearing => (lang.text("desk-clearing"), lang.text("desk-clearing-what")),
        Block::Resting => (lang.text_with("desk-resting", phone()), lang.text("desk-resting-what")),
    }
}
