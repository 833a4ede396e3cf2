//! A date, and a period of days: the usual ones by a link, any other by a form.

use jiff::civil::Date;
use maud::{Markup, Render, html};

use super::address::Address;
use super::icon;
use super::label::{Access, Label};
use crate::words::Lang;

/// A field for a date.
#[derive(Clone, Copy, Debug)]
pub struct DateField<'a> {
    /// Its label.
    pub label: Label<'a>,
    /// The date, if there is one.
    pub date: Option<Date>,
}

/// A period that is asked for often.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preset {
    /// From midnight to now.
    #[default]
    Today,
    /// The day before.
    Yesterday,
    /// Today and the six days before.
    Week,
    /// From the first of the month to now.
    Month,
}

/// The period that a page is about, as its address says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period<'a> {
    /// One of the usual ones.
    Preset(Preset),
    /// From one day to another, both of them in it.
    Days(Date, Date),
    /// Two days as they were typed, and why they make no period.
    Wrong(&'a str, &'a str, &'a str),
}

/// Picks the period that a page is about.
#[derive(Clone, Copy, Debug)]
pub struct PeriodPicker<'a> {
    /// The begin of its ids, one in the page.
    pub id: &'a str,
    /// The page.
    pub page: &'a Address,
    /// What is picked.
    pub period: Period<'a>,
    /// The reader's language.
    pub lang: Lang,
}

impl Preset {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Today, Self::Yesterday, Self::Week, Self::Month];

    /// Its name in an address, as the value of `period`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Yesterday => "yesterday",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The preset of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.name() == name)
    }

    fn word(self, lang: Lang) -> String {
        match self {
            Self::Today => lang.text("period-today"),
            Self::Yesterday => lang.text("period-yesterday"),
            Self::Week => lang.text("period-week"),
            Self::Month => lang.text("period-month"),
        }
    }
}

impl Render for DateField<'_> {
    fn render(&self) -> Markup {
        let label = &self.label;
        html! {
            div.field {
                (label.head())
                input.date id=(label.id.0) name=(label.id.0) type="date" value=[self.date] required[label.is_required()]
                    readonly[label.access == Access::ReadOnly] disabled[label.access == Access::Disabled]
                    aria-invalid=[label.invalid()] aria-describedby=[label.described(None)] data-kept=[label.kept];
                (label.notes())
            }
        }
    }
}

impl Render for PeriodPicker<'_> {
    fn render(&self) -> Markup {
        let page = self.page.without(&["period", "from", "to"]);
        html! {
            div.period role="group" aria-label=(self.lang.text("period")) {
                div.few {
                    @for preset in Preset::ALL {
                        a.button href=(page.with("period", preset.name()).href())
                            aria-current=[(self.period == Period::Preset(preset)).then_some("true")] { (preset.word(self.lang)) }
                    }
                }
                (self.own(&page))
            }
        }
    }
}

impl PeriodPicker<'_> {
    fn own(&self, page: &Address) -> Markup {
        let (first, last, why) = match self.period {
            Period::Preset(_) => (None, None, None),
            Period::Days(first, last) => (Some(first.to_string()), Some(last.to_string()), None),
            Period::Wrong(first, last, why) => (Some(first.to_owned()), Some(last.to_owned()), Some(why)),
        };
        let error = format!("{}-error", self.id);
        let picked = matches!(self.period, Period::Days(..)).then_some("true");
        let day = |name: &str, value: Option<String>, label: String| {
            html! {
                input type="date" name=(name) value=[value] required aria-label=(label) aria-invalid=[why.map(|_| "true")]
                    aria-describedby=[why.map(|_| &error)];
            }
        };
        html! {
            form.days method="get" action=(page.path()) data-picked=[picked] {
                (page.hidden())
                (day("from", first, self.lang.text("period-from")))
                span aria-hidden="true" { "–" }
                (day("to", last, self.lang.text("period-to")))
                button.button type="submit" { (self.lang.text("period-show")) }
                @if let Some(why) = why { p.wrong id=(error) { (icon("circle-alert")) span { (why) } } }
            }
        }
    }
}
