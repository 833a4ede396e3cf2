//! What stands around every control of a form: its label above, its error and its help beneath.

use maud::{Markup, html};

use super::icon;
use crate::words::Lang;

/// A control's id, one in the page, and its name in the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldId<'a>(pub &'a str);

/// What is wrong with a form. Each error belongs to a field: it stands beneath that field, and in the summary that leads there.
#[derive(Clone, Debug, Default)]
pub struct Errors(Vec<(String, String)>);

/// Whether a control can be changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// It can.
    #[default]
    Open,
    /// It cannot, and is sent as it is.
    ReadOnly,
    /// It cannot, and is not sent.
    Disabled,
}

/// Whether a form is complete without a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Need {
    /// It is not.
    #[default]
    Required,
    /// It is, and the label says so.
    Optional,
}

/// The label of a control, and all that is said about it.
#[derive(Clone, Copy, Debug)]
pub struct Label<'a> {
    /// The control.
    pub id: FieldId<'a>,
    /// What it is called.
    pub text: &'a str,
    /// What helps to fill it in.
    pub help: Option<&'a str>,
    /// What is wrong with what was sent: [`Errors::of`] the same id.
    pub error: Option<&'a str>,
    /// Whether it must be filled in.
    pub need: Need,
    /// Whether it can be changed.
    pub access: Access,
    /// The value that is in force, where another is shown: a form that comes back with an error shows what was sent.
    pub kept: Option<&'a str>,
    /// The reader's language.
    pub lang: Lang,
}

impl Errors {
    /// Says what is wrong with a field. A field has one error at a time: the first.
    pub fn add(&mut self, field: FieldId<'_>, text: impl Into<String>) {
        if self.of(field).is_none() {
            self.0.push((field.0.to_owned(), text.into()));
        }
    }

    /// What is wrong with a field.
    #[must_use]
    pub fn of(&self, field: FieldId<'_>) -> Option<&str> {
        self.iter().find(|(id, _)| *id == field).map(|(_, text)| text)
    }

    /// All of them, in the order in which they were said.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (FieldId<'_>, &str)> {
        self.0.iter().map(|(field, text)| (FieldId(field), text.as_str()))
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> Label<'a> {
    /// The label of a control that must be filled in; the rest is said with `..Label::new(…)`.
    #[must_use]
    pub const fn new(id: FieldId<'a>, text: &'a str, lang: Lang) -> Self {
        Self { id, text, help: None, error: None, need: Need::Required, access: Access::Open, kept: None, lang }
    }

    pub(super) fn is_required(&self) -> bool {
        self.need == Need::Required && self.access == Access::Open
    }

    pub(super) fn invalid(&self) -> Option<&'static str> {
        self.error.map(|_| "true")
    }

    /// The ids of all that describes the control, the error first; `more` is something of the control's own.
    pub(super) fn described(&self, more: Option<&str>) -> Option<String> {
        let there = [(self.error.is_some(), "error"), (more.is_some(), more.unwrap_or_default()), (self.help.is_some(), "help")];
        let ids: Vec<String> = there.iter().filter(|(is, _)| *is).map(|(_, part)| self.part(part)).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// The id of something that belongs to the control.
    pub(super) fn part(&self, part: &str) -> String {
        format!("{}-{part}", self.id.0)
    }

    /// The words of the label.
    pub(super) fn words(&self) -> Markup {
        html! {
            (self.text)
            @if self.need == Need::Optional { " " span.optional { (self.lang.text("field-optional")) } }
        }
    }

    /// The label of one control.
    pub(super) fn head(&self) -> Markup {
        html! { label for=(self.id.0) { (self.words()) } }
    }

    /// What stands beneath: the error, then the help.
    pub(super) fn notes(&self) -> Markup {
        html! {
            @if let Some(error) = self.error { p.wrong id=(self.part("error")) { (icon("circle-alert")) span { (error) } } }
            @if let Some(help) = self.help { p.help id=(self.part("help")) { (help) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Errors, FieldId, Label};
    use crate::words::Lang;

    #[test]
    fn a_control_is_described_by_its_error_before_its_help() {
        let label = Label { help: Some("help"), error: Some("error"), ..Label::new(FieldId("ring"), "Ring", Lang::En) };
        assert_eq!(label.described(Some("unit")).as_deref(), Some("ring-error ring-unit ring-help"));
        assert_eq!(Label::new(FieldId("ring"), "Ring", Lang::En).described(None), None);
    }

    #[test]
    fn a_field_has_its_first_error_and_no_other_fields() {
        let mut errors = Errors::default();
        errors.add(FieldId("ring"), "too long");
        errors.add(FieldId("ring"), "too short");
        assert_eq!((errors.of(FieldId("ring")), errors.of(FieldId("name"))), (Some("too long"), None));
        assert_eq!(errors.iter().len(), 1);
    }
}
