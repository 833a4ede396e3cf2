//! Badges: a state as a colour, an icon and a word, all three, always.

use maud::{Markup, html};
use model::{AgentState, CallPhase, NotReadyReason, StateReason};

use super::icon::{filled, icon};
use crate::words::Lang;

/// What an agent is doing.
#[must_use]
pub fn agent_state(state: &AgentState, lang: Lang) -> Markup {
    let (class, drawing) = match state {
        AgentState::Ready => ("ready", filled("circle")),
        AgentState::Reserved(_) | AgentState::Ringing(_) => ("ringing", icon("bell")),
        AgentState::Talking(_) => ("talking", icon("phone")),
        AgentState::Held(_) => ("held", icon("circle-pause")),
        AgentState::WrapUp { .. } => ("wrap-up", icon("pencil")),
        AgentState::NotReady(reason) => ("not-ready", icon(reason_icon(*reason))),
        AgentState::Unreachable => ("unreachable", icon("unplug")),
        AgentState::LoggedOut => ("logged-out", icon("circle")),
    };
    badge(class, &drawing, &agent_word(state, lang))
}

const fn reason_icon(reason: NotReadyReason) -> &'static str {
    match reason {
        NotReadyReason::Asked | NotReadyReason::Break | NotReadyReason::LoggedIn => "coffee",
        NotReadyReason::Lunch => "utensils",
        NotReadyReason::Training => "graduation-cap",
        NotReadyReason::Meeting => "users",
        NotReadyReason::NoAnswer => "phone-missed",
        NotReadyReason::Refused | NotReadyReason::Busy | NotReadyReason::PhoneFailed(_) => "phone-off",
        NotReadyReason::Forwarded => "phone-forwarded",
        NotReadyReason::Gone => "unplug",
    }
}

/// The word for what an agent is doing.
#[must_use]
pub fn agent_word(state: &AgentState, lang: Lang) -> String {
    match state {
        AgentState::Ready => lang.text("state-ready"),
        AgentState::Reserved(_) | AgentState::Ringing(_) => lang.text("state-ringing"),
        AgentState::Talking(_) => lang.text("state-talking"),
        AgentState::Held(_) => lang.text("state-held"),
        AgentState::WrapUp { .. } => lang.text("state-wrap-up"),
        AgentState::Unreachable => lang.text("state-unreachable"),
        AgentState::LoggedOut => lang.text("state-logged-out"),
        AgentState::NotReady(NotReadyReason::Asked) => lang.text("state-not-ready"),
        AgentState::NotReady(NotReadyReason::Break) => lang.text("state-break"),
        AgentState::NotReady(NotReadyReason::Lunch) => lang.text("state-lunch"),
        AgentState::NotReady(NotReadyReason::NoAnswer) => lang.text("state-no-answer"),
        AgentState::NotReady(NotReadyReason::Training) => lang.text("state-training"),
        AgentState::NotReady(NotReadyReason::Meeting) => lang.text("state-meeting"),
        AgentState::NotReady(NotReadyReason::Busy) => lang.text("state-busy"),
        // The books tell of an earlier one without its status.
        AgentState::NotReady(NotReadyReason::PhoneFailed(0)) => lang.text("state-phone-failed-once"),
        AgentState::NotReady(NotReadyReason::PhoneFailed(status)) => {
            lang.text_with("state-phone-failed", [("status", status.to_string().into())])
        }
        AgentState::NotReady(NotReadyReason::Forwarded) => lang.text("state-forwarded"),
        AgentState::NotReady(NotReadyReason::Refused) => lang.text("state-refused"),
        AgentState::NotReady(NotReadyReason::LoggedIn) => lang.text("state-logged-in"),
        AgentState::NotReady(NotReadyReason::Gone) => lang.text("state-gone"),
    }
}

/// Why the program put an agent into a state.
#[must_use]
pub fn reason_word(why: StateReason, lang: Lang) -> String {
    match why {
        StateReason::Unreachable => lang.text("reason-unreachable"),
    }
}

/// Where a call stands.
#[must_use]
pub fn call_phase(phase: CallPhase, lang: Lang) -> Markup {
    match phase {
        CallPhase::Waiting => badge("waiting", &icon("hourglass"), &lang.text("phase-waiting")),
        CallPhase::Offered => badge("ringing", &icon("bell"), &lang.text("state-ringing")),
        CallPhase::Talking => badge("talking", &icon("phone"), &lang.text("state-talking")),
        CallPhase::Held => badge("held", &icon("circle-pause"), &lang.text("state-held")),
    }
}

fn badge(class: &str, drawing: &Markup, word: &str) -> Markup {
    html! { span class={ "badge " (class) } { (drawing) (word) } }
}
