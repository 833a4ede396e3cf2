//! What forms are made of, second half: what is chosen rather than typed.

use jiff::civil::date;
use maud::{Markup, html};

use super::{HERE, LONG_WORD, Part, state};
use crate::parts::{
    Access, Address, Choice, Choices, DateField, FieldId, Label, Need, Period, PeriodPicker, Picked, Position, Preset, Select,
    Switch,
};
use crate::words::Lang;

/// Each with its states.
pub(super) fn parts(lang: Lang) -> Vec<Part> {
    vec![
        Part::new("select", lang.text("gallery-select"), selects(lang)),
        Part::new("group", lang.text("gallery-group"), groups(lang)),
        Part::new("switch", lang.text("gallery-switch"), switches(lang)),
        Part::new("date", lang.text("gallery-date"), dates(lang)),
        Part::new("period", lang.text("gallery-period"), periods(lang)),
    ]
}

fn selects(lang: Lang) -> Markup {
    let (strategy, nothing) = (lang.text("gallery-strategy"), lang.text("gallery-nothing"));
    let (longest, fewest, missing) = (lang.text("gallery-longest"), lang.text("gallery-fewest"), lang.text("gallery-choose"));
    let choices = [Choice::new("longest", &longest), Choice::new("fewest", &fewest), Choice::new("long", LONG_WORD)];
    let select = |id, chosen, access, error| {
        let label = Label { access, error, ..Label::new(FieldId(id), &strategy, lang) };
        html! { (Select { label, choices: &choices, chosen, nothing: &nothing }) }
    };
    html! {
        form.specimens method="get" action=(HERE) novalidate {
            (state(&lang.text("gallery-empty"), &select("select-empty", None, Access::Open, None)))
            (state(&lang.text("gallery-filled"), &select("select-filled", Some("longest"), Access::Open, None)))
            (state(&lang.text("gallery-wrong"), &select("select-wrong", None, Access::Open, Some(&missing))))
            (state(&lang.text("gallery-read-only"), &select("select-read", Some("fewest"), Access::ReadOnly, None)))
            (state(&lang.text("gallery-disabled"), &select("select-off", Some("fewest"), Access::Disabled, None)))
            (state(&lang.text("gallery-long"), &select("select-long", Some("long"), Access::Open, None)))
        }
    }
}

fn groups(lang: Lang) -> Markup {
    let (hears, days) = (lang.text("gallery-hears"), lang.text("gallery-days"));
    let (music, tone, music_help) = (lang.text("gallery-music"), lang.text("gallery-tone"), lang.text("gallery-music-help"));
    let (work, weekend, missing) = (lang.text("gallery-work-days"), lang.text("gallery-weekend"), lang.text("gallery-choose"));
    let sounds = [Choice { help: Some(&music_help), ..Choice::new("music", &music) }, Choice::new("tone", &tone)];
    let week = [Choice::new("work", &work), Choice::new("weekend", &weekend), Choice::new("long", LONG_WORD)];
    let group = |id, text, error, access, choices, picked| {
        html! { (Choices { label: Label { error, access, ..Label::new(FieldId(id), text, lang) }, choices, picked }) }
    };
    let open = Access::Open;
    let one = |id, picked, error, access| group(id, &hears, error, access, &sounds, Picked::One(picked));
    let any = |id, picked, error, access| group(id, &days, error, access, &week, Picked::Any(picked));
    html! {
        form.specimens method="get" action=(HERE) novalidate {
            (state(&lang.text("gallery-filled"), &one("radio", Some("music"), None, open)))
            (state(&lang.text("gallery-wrong"), &one("radio-wrong", None, Some(&missing), open)))
            (state(&lang.text("gallery-disabled"), &one("radio-off", Some("tone"), None, Access::Disabled)))
            (state(&lang.text("gallery-filled"), &any("check", &["work", "long"], None, open)))
            (state(&lang.text("gallery-wrong"), &any("check-wrong", &[], Some(&missing), open)))
            (state(&lang.text("gallery-read-only"), &any("check-read", &["work"], None, Access::ReadOnly)))
        }
    }
}

fn switches(lang: Lang) -> Markup {
    let (record, help) = (lang.text("gallery-record"), lang.text("gallery-record-help"));
    let switch = |id, position, access| {
        html! { (Switch { label: Label { help: Some(&help), access, ..Label::new(FieldId(id), &record, lang) }, position }) }
    };
    html! {
        form.specimens method="get" action=(HERE) novalidate {
            (state(&lang.text("switch-on"), &switch("switch-on", Position::On, Access::Open)))
            (state(&lang.text("switch-off"), &switch("switch-off", Position::Off, Access::Open)))
            (state(&lang.text("gallery-focus"), &html! { div.as-focused { (switch("switch-focus", Position::On, Access::Open)) } }))
            (state(&lang.text("gallery-read-only"), &switch("switch-read", Position::On, Access::ReadOnly)))
            (state(&lang.text("gallery-disabled"), &switch("switch-none", Position::Off, Access::Disabled)))
        }
    }
}

fn dates(lang: Lang) -> Markup {
    let (until, past) = (lang.text("gallery-until"), lang.text("gallery-until-past"));
    let label = |id| Label::new(FieldId(id), &until, lang);
    let day = Some(date(2026, 11, 21));
    html! {
        form.specimens method="get" action=(HERE) novalidate {
            (state(&lang.text("gallery-empty"), &html! { (DateField { label: Label { need: Need::Optional, ..label("date-empty") }, date: None }) }))
            (state(&lang.text("gallery-filled"), &html! { (DateField { label: label("date"), date: day }) }))
            (state(&lang.text("gallery-wrong"), &html! { (DateField { label: Label { error: Some(&past), ..label("date-wrong") }, date: day }) }))
            (state(&lang.text("gallery-disabled"), &html! { (DateField { label: Label { access: Access::Disabled, ..label("date-off") }, date: day }) }))
        }
    }
}

fn periods(lang: Lang) -> Markup {
    let (page, why) = (Address::of(HERE), lang.text("gallery-period-wrong"));
    let period = |id, period| html! { (PeriodPicker { id, page: &page, period, lang }) };
    html! {
        div.stack {
            (state(&lang.text("gallery-preset"), &period("period-preset", Period::Preset(Preset::Week))))
            (state(&lang.text("gallery-own"), &period("period-own", Period::Days(date(2026, 11, 1), date(2026, 11, 21)))))
            (state(&lang.text("gallery-wrong"), &period("period-wrong", Period::Wrong("2026-11-21", "2026-11-01", &why))))
        }
    }
}
