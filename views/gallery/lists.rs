//! What stands around lists: pages, nothing to list, the ways through settings.

use maud::{Markup, html};

use super::{HERE, LONG_WORD, Part, state};
use crate::parts::{
    Address, Empty, Field, FieldId, Input, Label, Next, PageTabs, Pages, Paging, Position, Sections, Switch, Total, Trail, Way,
};
use crate::words::Lang;

/// Each with its states.
pub(super) fn parts(lang: Lang) -> Vec<Part> {
    vec![
        Part::new("paging", lang.text("gallery-paging"), paging(lang)),
        Part::new("none", lang.text("gallery-none"), nothing(lang)),
        Part::new("settings", lang.text("gallery-settings"), settings(lang)),
    ]
}

fn paging(lang: Lang) -> Markup {
    let list = Address::of(HERE);
    let [few, many, all] = [lang.text("queues"), lang.text("calls"), lang.text("agents")];
    let [short, long] = [lang.text("gallery-rules"), lang.text("gallery-report")];
    let paging =
        |label, shown, total, before, after| html! { (Paging { label, list: &list, shown, total, before, after, lang }) };
    let pages = |label, open, all| html! { (Pages { label, list: &list, open, all, lang }) };
    html! {
        div.stack {
            (state(&lang.text("gallery-cursor"), &html! {
                (paging(&many, (1, 50), Total::Exactly(12_480), None, Some("50")))
                (paging(&all, (51, 100), Total::MoreThan(10_000), Some("51"), Some("100")))
                (paging(&few, (1, 7), Total::Exactly(7), None, None))
            }))
            (state(&lang.text("gallery-by-number"), &html! { (pages(&short, 1, 3)) (pages(&long, 125, 1_250)) }))
        }
    }
}

fn nothing(lang: Lang) -> Markup {
    let first = [lang.text("gallery-none-yet"), lang.text("gallery-none-yet-what"), lang.text("gallery-none-yet-do")];
    let found = [lang.text("gallery-none-found"), lang.text("gallery-none-found-what"), lang.text("gallery-none-found-do")];
    html! {
        div.specimens {
            (state(&lang.text("gallery-none-yet"), &html! {
                (Empty { icon: "users", title: &first[0], what: &first[1], next: Next::Do(&first[2], HERE) })
            }))
            (state(&lang.text("gallery-none-found"), &html! {
                (Empty { icon: "search", title: &found[0], what: &found[1], next: Next::Back(&found[2], HERE) })
            }))
        }
    }
}

/// The trail, the tabs, and the list of sections with one that is open.
fn settings(lang: Lang) -> Markup {
    let (settings, queues, agents) = (lang.text("gallery-settings"), lang.text("queues"), lang.text("agents"));
    let (calls, sales, rules) = (lang.text("calls"), lang.text("gallery-sales"), lang.text("gallery-rules"));
    let count = |way, count| Way { count: Some(count), ..way };
    let sections = [
        count(Way::new(&queues, "/gallery?section=queues"), 12),
        count(Way::new(&agents, "/gallery?section=agents"), 1_250),
        Way::new(&calls, "/gallery?section=calls"),
        Way::new(LONG_WORD, "/gallery?section=long"),
    ];
    let tabs = [
        Way::new(&rules, "/gallery?tab=rules"),
        count(Way::new(&agents, "/gallery?tab=agents"), 48),
        Way::new(&calls, "/gallery?tab=calls"),
    ];
    let above = [Way::new(&settings, HERE), Way::new(&queues, HERE)];
    let inside = html! {
        (Trail { above: &above, here: &sales, lang })
        h3 { (sales) }
        (PageTabs { label: &sales, tabs: &tabs, open: tabs[0].href })
        (rule_form(lang))
    };
    html! { (Sections { label: &settings, sections: &sections, open: Some((sections[0].href, inside)) }) }
}

fn rule_form(lang: Lang) -> Markup {
    let (name, record) = (lang.text("gallery-queue-name"), lang.text("gallery-record"));
    let (sales, help) = (lang.text("gallery-sales"), lang.text("gallery-queue-name-help"));
    html! {
        form.form method="get" action=(HERE) novalidate {
            (Field { label: Label { help: Some(&help), ..Label::new(FieldId("rule-name"), &name, lang) }, input: Input::Text(&sales, 80) })
            (Switch { label: Label::new(FieldId("rule-record"), &record, lang), position: Position::Off })
        }
    }
}
