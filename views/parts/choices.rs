//! One or several of a few, all of them in sight; and a switch, which is on or off.

use maud::{Markup, Render, html};

use super::label::{Access, Label};
use super::select::Choice;

/// Radio buttons or checkboxes under one label.
#[derive(Clone, Copy, Debug)]
pub struct Choices<'a> {
    /// What they are about.
    pub label: Label<'a>,
    /// What can be chosen.
    pub choices: &'a [Choice<'a>],
    /// What is.
    pub picked: Picked<'a>,
}

/// What is chosen of a few.
#[derive(Clone, Copy, Debug)]
pub enum Picked<'a> {
    /// One of them, or none yet.
    One(Option<&'a str>),
    /// Any of them.
    Any(&'a [&'a str]),
}

/// A switch: it holds once the form is saved.
#[derive(Clone, Copy, Debug)]
pub struct Switch<'a> {
    /// What it switches.
    pub label: Label<'a>,
    /// How it stands.
    pub position: Position,
}

/// How a switch stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Position {
    /// On; the form sends `on`.
    On,
    /// Off; the form sends nothing.
    #[default]
    Off,
}

impl Picked<'_> {
    fn holds(self, value: &str) -> bool {
        match self {
            Self::One(one) => one == Some(value),
            Self::Any(some) => some.contains(&value),
        }
    }
}

impl Render for Choices<'_> {
    fn render(&self) -> Markup {
        let label = &self.label;
        // ARIA has a state of error for a group of radio buttons, and for each checkbox by itself.
        let one = matches!(self.picked, Picked::One(_));
        html! {
            fieldset.field.choices role=[one.then_some("radiogroup")] aria-invalid=[label.invalid().filter(|_| one)]
                aria-required=[(one && label.is_required()).then_some("true")] aria-describedby=[label.described(None)] {
                legend { (label.words()) }
                div.options { @for (place, choice) in self.choices.iter().enumerate() { (self.option(place, choice)) } }
                (label.notes())
            }
        }
    }
}

impl Choices<'_> {
    /// The first has the field's own id: that is where the summary of errors leads.
    fn option(&self, place: usize, choice: &Choice<'_>) -> Markup {
        let label = &self.label;
        let id = if place == 0 { label.id.0.to_owned() } else { label.part(&place.to_string()) };
        let help = format!("{id}-means");
        let one = matches!(self.picked, Picked::One(_));
        let picked = self.picked.holds(choice.value);
        let kept = label.kept.map(|kept| kept.split(' ').find(|kept| *kept == choice.value).unwrap_or_default());
        html! {
            div.option {
                input id=(id) name=(label.id.0) type=(if one { "radio" } else { "checkbox" }) value=(choice.value) checked[picked]
                    disabled[label.access != Access::Open] aria-invalid=[label.invalid().filter(|_| !one)]
                    aria-describedby=[choice.help.map(|_| &help)] data-kept=[kept];
                label for=(id) { (choice.text) }
                @if let Some(text) = choice.help { p.help id=(help) { (text) } }
                @if picked && label.access == Access::ReadOnly { input type="hidden" name=(label.id.0) value=(choice.value); }
            }
        }
    }
}

impl Render for Switch<'_> {
    fn render(&self) -> Markup {
        let label = &self.label;
        let on = self.position == Position::On;
        html! {
            div.field.switch {
                input id=(label.id.0) name=(label.id.0) type="checkbox" role="switch" value="on" checked[on]
                    disabled[label.access != Access::Open] aria-invalid=[label.invalid()] aria-describedby=[label.described(None)]
                    data-kept=[label.kept];
                (label.head())
                (label.notes())
                @if on && label.access == Access::ReadOnly { input type="hidden" name=(label.id.0) value="on"; }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use maud::Render;

    use super::{Choices, Picked, Position, Switch};
    use crate::parts::{Access, Choice, FieldId, Label};
    use crate::words::Lang;

    const CHOICES: [Choice<'static>; 2] = [Choice::new("ring", "Ring"), Choice::new("music", "Music")];

    #[test]
    fn the_summary_of_errors_leads_to_the_first_of_a_group() {
        let label = Label { error: Some("Choose"), ..Label::new(FieldId("hears"), "Hears", Lang::En) };
        let drawn = Choices { label, choices: &CHOICES, picked: Picked::One(None) }.render().into_string();
        assert!(drawn.contains("<input id=\"hears\" name=\"hears\" type=\"radio\""), "{drawn}");
        assert!(drawn.contains("<input id=\"hears-1\" name=\"hears\""), "{drawn}");
        assert!(drawn.starts_with("<fieldset class=\"field choices\" role=\"radiogroup\" aria-invalid=\"true\""), "{drawn}");
    }

    #[test]
    fn what_cannot_be_changed_is_sent_all_the_same() {
        let label = Label { access: Access::ReadOnly, ..Label::new(FieldId("record"), "Record", Lang::En) };
        let drawn = Switch { label, position: Position::On }.render().into_string();
        assert!(drawn.contains(" disabled") && drawn.contains("<input type=\"hidden\" name=\"record\" value=\"on\">"), "{drawn}");
    }
}
