//! One of many, out of a list that opens.

use maud::{Markup, Render, html};

use super::icon;
use super::label::{Access, Label};

/// Something that can be chosen.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    /// What is sent.
    pub value: &'a str,
    /// What is read.
    pub text: &'a str,
    /// What choosing it means, where the text does not say it; only lists that are always open have room for it.
    pub help: Option<&'a str>,
}

/// A list that opens.
#[derive(Clone, Copy, Debug)]
pub struct Select<'a> {
    /// Its label.
    pub label: Label<'a>,
    /// What can be chosen.
    pub choices: &'a [Choice<'a>],
    /// The value that is chosen.
    pub chosen: Option<&'a str>,
    /// What stands there while nothing is chosen.
    pub nothing: &'a str,
}

impl<'a> Choice<'a> {
    /// A choice that needs no explanation.
    #[must_use]
    pub const fn new(value: &'a str, text: &'a str) -> Self {
        Self { value, text, help: None }
    }
}

impl Render for Select<'_> {
    fn render(&self) -> Markup {
        let label = &self.label;
        html! {
            div.field {
                (label.head())
                span.opens {
                    select id=(label.id.0) name=(label.id.0) required[label.is_required()] disabled[label.access != Access::Open]
                        aria-invalid=[label.invalid()] aria-describedby=[label.described(None)] data-kept=[label.kept] {
                        @if self.chosen.is_none() || !label.is_required() { option value="" { (self.nothing) } }
                        @for choice in self.choices {
                            option value=(choice.value) selected[self.chosen == Some(choice.value)] { (choice.text) }
                        }
                    }
                    (icon("chevron-down"))
                }
                // A list knows no state in which it is sent and cannot be changed.
                @if label.access == Access::ReadOnly { input type="hidden" name=(label.id.0) value=(self.chosen.unwrap_or_default()); }
                (label.notes())
            }
        }
    }
}
