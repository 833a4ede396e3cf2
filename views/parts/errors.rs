//! The summary of what is wrong with a form: above it, each line a link to the field.

use maud::{Markup, Render, html};

use super::icon;
use super::label::Errors;
use crate::words::Lang;

/// The summary. There is none while nothing is wrong.
#[derive(Clone, Copy, Debug)]
pub struct ErrorSummary<'a> {
    /// What is wrong.
    pub errors: &'a Errors,
    /// Whether the page begins there.
    pub focus: Focus,
    /// The reader's language.
    pub lang: Lang,
}

/// Where a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// At the summary: this page is the answer to what was sent.
    Here,
    /// Elsewhere: several forms stand in the page, or none was sent.
    Elsewhere,
}

impl Render for ErrorSummary<'_> {
    fn render(&self) -> Markup {
        let count = u32::try_from(self.errors.iter().len()).unwrap_or(u32::MAX);
        let here = self.focus == Focus::Here;
        html! {
            @if count > 0 {
                div.summary role="alert" tabindex="-1" autofocus[here] {
                    (icon("circle-alert"))
                    div {
                        p.title { (self.lang.text_with("errors-count", [("count", count.into())])) }
                        ul { @for (field, text) in self.errors.iter() { li { a href={ "#" (field.0) } { (text) } } } }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use maud::Render;

    use super::{ErrorSummary, Focus};
    use crate::parts::{Errors, FieldId};
    use crate::words::Lang;

    #[test]
    fn every_error_leads_to_its_field_and_none_is_no_summary() {
        let mut errors = Errors::default();
        let drawn = |errors: &Errors| ErrorSummary { errors, focus: Focus::Here, lang: Lang::Ru }.render().into_string();
        assert_eq!(drawn(&errors), "");
        errors.add(FieldId("ring"), "Слишком долго");
        assert!(drawn(&errors).contains("<a href=\"#ring\">Слишком долго</a>"));
        assert!(drawn(&errors).contains("autofocus"));
    }
}
