//! A log of steps that ticks off: what is to come, what runs, what went well, and what failed with its cure.

use maud::{Markup, Render, html};
use model::Span;

use super::icon;
use crate::number::measured;
use crate::words::Lang;

/// The log.
#[derive(Clone, Copy, Debug)]
pub struct Steps<'a> {
    /// What the steps lead to.
    pub label: &'a str,
    /// The steps, in their order.
    pub steps: &'a [Step<'a>],
    /// The reader's language.
    pub lang: Lang,
}

/// A step.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// What it does.
    pub title: &'a str,
    /// How far it is.
    pub state: StepState<'a>,
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState<'a> {
    /// Another comes first.
    Waiting,
    /// It runs.
    Running,
    /// It went well, and took so long.
    Passed(Span),
    /// It failed: what was seen, and what helps.
    Failed(&'a str, &'a str),
}

impl Render for Steps<'_> {
    fn render(&self) -> Markup {
        html! {
            ol.steps aria-label=(self.label) aria-live="polite" { @for step in self.steps { (self.step(step)) } }
        }
    }
}

impl Steps<'_> {
    fn step(&self, step: &Step<'_>) -> Markup {
        let lang = self.lang;
        let (class, drawing, word) = match step.state {
            StepState::Waiting => ("waiting", "circle-dashed", lang.text("step-waiting")),
            StepState::Running => ("running", "circle-dot", lang.text("step-running")),
            StepState::Passed(took) => ("passed", "circle-check", took_words(took, lang)),
            StepState::Failed(..) => ("failed", "circle-x", lang.text("step-failed")),
        };
        html! {
            li class=(class) aria-current=[(step.state == StepState::Running).then_some("step")] {
                (icon(drawing))
                span.title { (step.title) }
                span.state { (word) }
                @if let StepState::Failed(why, cure) = step.state {
                    div.cure { p.why { (why) } p { (cure) } }
                }
            }
        }
    }
}

fn took_words(took: Span, lang: Lang) -> String {
    let ms = u32::try_from(took.as_ms()).unwrap_or(u32::MAX);
    lang.text_with("step-passed", [("seconds", measured(f64::from(ms) / 1000.0, lang).into())])
}
