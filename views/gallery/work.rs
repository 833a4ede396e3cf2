//! Work that takes a while, and what is asked before something dangerous is done.

use maud::{Markup, html};
use model::Span;

use super::{HERE, LONG_WORD, Part, state};
use crate::parts::{Confirm, Danger, Job, JobState, Step, StepState, Steps, danger};
use crate::words::Lang;

/// Each with its states.
pub(super) fn parts(lang: Lang) -> Vec<Part> {
    vec![
        Part::new("job", lang.text("gallery-job"), jobs(lang)),
        Part::new("steps", lang.text("gallery-steps"), steps(lang)),
        Part::new("confirm", lang.text("gallery-confirm"), confirm(lang)),
    ]
}

fn jobs(lang: Lang) -> Markup {
    let (import, report) = (lang.text("gallery-import"), lang.text("gallery-report"));
    let (why, what, link) = (lang.text("gallery-import-why"), lang.text("gallery-report-done"), lang.text("gallery-report-open"));
    let left = Some(Span::from_secs(95));
    let job = |title, state| html! { (Job { title, state, lang }) };
    html! {
        div.specimens {
            (job(&import, JobState::Queued(2)))
            (job(&import, JobState::Running(12_480, 30_000, left)))
            (job(LONG_WORD, JobState::Running(7, 30_000, None)))
            (job(&import, JobState::Failed { why: &why, again: HERE }))
            (job(&report, JobState::Done { what: &what, link: Some((HERE, &link)) }))
        }
    }
}

fn steps(lang: Lang) -> Markup {
    let [reach, sign_in, app, call] = [
        lang.text("gallery-step-reach"),
        lang.text("gallery-step-sign-in"),
        lang.text("gallery-step-app"),
        lang.text("gallery-step-call"),
    ];
    let (why, cure, label) = (lang.text("gallery-step-why"), lang.text("gallery-step-cure"), lang.text("gallery-steps"));
    let step = |title, state| Step { title, state };
    let passed = StepState::Passed(Span::from_ms(40));
    let running = [
        step(&reach, passed),
        step(&sign_in, StepState::Running),
        step(&app, StepState::Waiting),
        step(&call, StepState::Waiting),
    ];
    let failed = [
        step(&reach, passed),
        step(&sign_in, StepState::Passed(Span::from_ms(1_250))),
        step(&app, StepState::Failed(&why, &cure)),
        step(&call, StepState::Waiting),
    ];
    let log = |steps: &[Step<'_>]| html! { (Steps { label: &label, steps, lang }) };
    html! {
        div.specimens {
            (state(&lang.text("step-running"), &log(&running)))
            (state(&lang.text("step-failed"), &log(&failed)))
        }
    }
}

/// The page that asks, and the button that asks in a dialog.
fn confirm(lang: Lang) -> Markup {
    let (verb, question) = (lang.text("gallery-remove"), lang.text("gallery-remove-question"));
    let (agents, calls) = (
        lang.text_with("gallery-remove-agents", [("count", 12_u32.into())]),
        lang.text_with("gallery-remove-calls", [("count", 3_u32.into())]),
    );
    let asked = Confirm {
        id: "remove",
        question: &question,
        will_happen: (&agents, &[&calls]),
        verb: &verb,
        action: HERE,
        fields: &[("queue", "1")],
        back: HERE,
        lang,
    };
    let dialog = Danger {
        id: "remove-dialog",
        verb: &verb,
        question: &question,
        what: html! { (agents) " " (calls) },
        action: HERE,
        fields: &[],
        answered_in: "#main",
    };
    html! { div.specimens { (asked) div { (danger(&dialog, lang)) } } }
}
