//! A field that is typed into.

use maud::{Markup, Render, html};

use super::label::{Access, Label};

/// A field with its label, its help and its error.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    /// Its label, and all that is said about it.
    pub label: Label<'a>,
    /// What is typed.
    pub input: Input<'a>,
}

/// What is typed into a field, as it was sent or as it is kept.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// A line of text of so many characters at the most.
    Text(&'a str, u32),
    /// A number as typed, and its unit.
    Number(&'a str, &'a str),
    /// An e-mail address.
    Email(&'a str),
    /// A telephone number.
    Phone(&'a str),
    /// A password, which is never shown again.
    Password(Password),
    /// Several lines of so many characters at the most.
    Lines(&'a str, u32),
}

/// Which password is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Password {
    /// The one that holds.
    Present,
    /// The one that shall hold.
    New,
}

/// The attributes in which one line differs from another.
struct Line<'a> {
    kind: &'a str,
    value: Option<&'a str>,
    autocomplete: &'a str,
    mode: Option<&'a str>,
    longest: u32,
}

/// The longest e-mail address, RFC 5321 section 4.5.3.1.3 without the brackets.
const LONGEST_EMAIL: u32 = 254;
/// Longer than any number that is dialled, with room for what groups its digits.
const LONGEST_PHONE: u32 = 40;
const LONGEST_NUMBER: u32 = 12;
const LONGEST_PASSWORD: u32 = 1024;

impl Render for Field<'_> {
    fn render(&self) -> Markup {
        html! { div.field { (self.label.head()) (self.control()) (self.label.notes()) } }
    }
}

impl Field<'_> {
    fn control(&self) -> Markup {
        let plain = |kind, value, longest| Line { kind, value: Some(value), autocomplete: "off", mode: None, longest };
        match self.input {
            Input::Text(value, longest) => self.line(&plain("text", value, longest)),
            Input::Email(value) => self.line(&plain("email", value, LONGEST_EMAIL)),
            Input::Phone(value) => self.line(&plain("tel", value, LONGEST_PHONE)),
            Input::Number(value, unit) => html! {
                span.with-unit {
                    (self.line(&Line { mode: Some("decimal"), ..plain("text", value, LONGEST_NUMBER) }))
                    span.unit id=(self.label.part("unit")) { (unit) }
                }
            },
            Input::Password(which) => {
                let autocomplete = if which == Password::New { "new-password" } else { "current-password" };
                self.line(&Line { kind: "password", value: None, autocomplete, mode: None, longest: LONGEST_PASSWORD })
            }
            Input::Lines(value, longest) => self.lines(value, longest),
        }
    }

    fn line(&self, line: &Line<'_>) -> Markup {
        let label = &self.label;
        let unit = matches!(self.input, Input::Number(..)).then_some("unit");
        html! {
            input id=(label.id.0) name=(label.id.0) type=(line.kind) value=[line.value] inputmode=[line.mode] maxlength=(line.longest)
                autocomplete=(line.autocomplete) required[label.is_required()] readonly[label.access == Access::ReadOnly]
                disabled[label.access == Access::Disabled] aria-invalid=[label.invalid()] aria-describedby=[label.described(unit)]
                data-kept=[label.kept];
        }
    }

    fn lines(&self, value: &str, longest: u32) -> Markup {
        let label = &self.label;
        html! {
            textarea id=(label.id.0) name=(label.id.0) rows="3" maxlength=(longest) autocomplete="off" required[label.is_required()]
                readonly[label.access == Access::ReadOnly] disabled[label.access == Access::Disabled]
                aria-invalid=[label.invalid()] aria-describedby=[label.described(None)] data-kept=[label.kept] { (value) }
        }
    }
}

#[cfg(test)]
mod tests {
    use maud::Render;

    use super::{Field, Input, Password};
    use crate::parts::{FieldId, Label};
    use crate::words::Lang;

    #[test]
    fn an_error_is_wired_to_its_field() {
        let label = Label { error: Some("Too long"), ..Label::new(FieldId("ring"), "Ring", Lang::En) };
        let drawn = Field { label, input: Input::Number("900", "s") }.render().into_string();
        assert!(drawn.contains("aria-invalid=\"true\" aria-describedby=\"ring-error ring-unit\""), "{drawn}");
        assert!(drawn.contains("<p class=\"wrong\" id=\"ring-error\">") && drawn.contains("<label for=\"ring\">"), "{drawn}");
    }

    #[test]
    fn a_password_is_never_drawn() {
        let label = Label::new(FieldId("new"), "New", Lang::En);
        let drawn = Field { label, input: Input::Password(Password::New) }.render().into_string();
        assert!(!drawn.contains(" value") && drawn.contains("autocomplete=\"new-password\""), "{drawn}");
    }
}
