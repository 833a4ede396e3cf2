//! Tables and what stands above them: search, filters, sort, rows that are picked.

use jiff::tz::TimeZone;
use maud::{Markup, html};
use model::{AgentState, NotReadyReason, Span, Timestamp};

use super::{HERE, LONG_WORD, Part, state};
use crate::number::date;
use crate::parts::{
    Address, Bulk, BulkOrder, Choice, Column, FieldId, Filter, Filters, Paging, Risk, Row, Search, Small, Sort, Table, Total,
    Width, agent_state, clipped, digits,
};
use crate::words::Lang;

/// Who stands in the samples: the name, the group, the calls of a day, how many days ago the last was, the state.
const AGENTS: [(&str, &str, u32, i64, AgentState); 9] = [
    ("Анна Ильина", "Продажи", 48, 0, AgentState::Ready),
    ("Борис Годунов", "Продажи", 0, 3, AgentState::LoggedOut),
    (
        "Константинопольская-Рождественская Александра Владимировна",
        LONG_WORD,
        1248,
        0,
        AgentState::NotReady(NotReadyReason::Lunch),
    ),
    ("Мария Соколова", "Поддержка", 51, 0, AgentState::Ready),
    ("Нурлан Ахметов", "Поддержка", 7, 1, AgentState::NotReady(NotReadyReason::Training)),
    ("Ольга Йовович", "Второй рубеж", 33, 0, AgentState::Unreachable),
    ("Пётр Ёлкин", "Второй рубеж", 29, 0, AgentState::Ready),
    ("Сергей Щукин", "Продажи", 12, 12, AgentState::LoggedOut),
    ("Юлия Цой", "Поддержка", 40, 0, AgentState::Ready),
];

/// Each with its states.
pub(super) fn parts(at: Timestamp, zone: &TimeZone, lang: Lang) -> Vec<Part> {
    let page = Address::of(HERE).with("sort", "name");
    let (searched, filtered) = filters(lang);
    vec![
        Part::new("filters", lang.text("gallery-filters"), html! { (searched) (filtered) }),
        Part::new(
            "table",
            lang.text("gallery-table"),
            html! {
                (table(at, zone, &page, Kind::Bulk, lang))
                (Paging { label: &lang.text("gallery-table"), list: &page, shown: (51, 59), total: Total::Exactly(12_480), before: Some("50"), after: Some("59"), lang })
            },
        ),
        Part::new("reading", lang.text("gallery-reading"), table(at, zone, &page, Kind::Reading, lang)),
    ]
}

/// Whether rows can be picked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bulk,
    Reading,
}

/// Two bars: nothing filtered, and all that can be.
fn filters(lang: Lang) -> (Markup, Markup) {
    let (nothing, everything) = (lang.text("gallery-empty"), lang.text("gallery-filled"));
    let find = lang.text("gallery-find");
    let (group, all_groups) = (lang.text("gallery-group-of"), lang.text("gallery-all-groups"));
    let (doing, all_states) = (lang.text("agent-state"), lang.text("gallery-all-states"));
    let (ready, off) = (lang.text("state-ready"), lang.text("state-logged-out"));
    let groups = [Choice::new("sales", "Продажи"), Choice::new("long", LONG_WORD)];
    let states = [Choice::new("ready", &ready), Choice::new("off", &off)];
    let bar = |label: &str, page: &Address, ids: [&str; 3], chosen: [Option<&str>; 3]| {
        let search = Search { id: FieldId(ids[0]), label: &find, typed: chosen[0].unwrap_or_default() };
        let filters = [
            Filter { id: FieldId(ids[1]), label: &group, all: &all_groups, choices: &groups, chosen: chosen[1] },
            Filter { id: FieldId(ids[2]), label: &doing, all: &all_states, choices: &states, chosen: chosen[2] },
        ];
        html! { (Filters { label, page, search, filters: &filters, lang }) }
    };
    let none = bar(&nothing, &Address::of(HERE), ["find", "group", "state"], [None; 3]);
    let page = Address::of(HERE).with("sort", "name").with("find-2", "ильина").with("group-2", "long").with("state-2", "ready");
    let all = bar(&everything, &page, ["find-2", "group-2", "state-2"], [Some("ильина"), Some("long"), Some("ready")]);
    (state(&nothing, &none), state(&everything, &all))
}

fn table(at: Timestamp, zone: &TimeZone, page: &Address, kind: Kind, lang: Lang) -> Markup {
    let (name, group, calls) = (lang.text("agent"), lang.text("gallery-group-of"), lang.text("calls"));
    let (doing, last, caption) = (lang.text("agent-state"), lang.text("gallery-last"), lang.text("agents"));
    let (per_day, move_to, remove) = (lang.text("gallery-per-day"), lang.text("gallery-move"), lang.text("gallery-remove"));
    let sort = |name| Some(Sort::by(name, "name", page));
    let column = |head, width, small, sort| Column { head, unit: None, sort, width, small };
    let columns = [
        column(&name, Width::Rest, Small::First, sort("name")),
        column(&doing, Width::Middle, Small::FirstEnd, sort("state")),
        column(&group, Width::Rest, Small::Second, None),
        Column { unit: Some(&per_day), ..column(&calls, Width::Middle, Small::SecondEnd, sort("calls")) },
        column(&last, Width::Middle, Small::Nowhere, sort("last")),
    ];
    let ids: Vec<String> = (0..AGENTS.len()).map(|id| id.to_string()).collect();
    let rows: Vec<Row<'_, 5>> = ids.iter().zip(&AGENTS).map(|(id, agent)| row(id, agent, at, zone, lang)).collect();
    let orders = [
        BulkOrder { name: "move", verb: &move_to, risk: Risk::None },
        BulkOrder { name: "remove", verb: &remove, risk: Risk::AsksFirst },
    ];
    let bulk = (kind == Kind::Bulk).then_some(Bulk { action: HERE, orders: &orders });
    html! { (Table { caption: &caption, columns, rows: &rows, bulk, lang }) }
}

fn row<'a>(
    id: &'a str,
    (name, group, calls, days, doing): &'a (&'a str, &'a str, u32, i64, AgentState),
    at: Timestamp,
    zone: &TimeZone,
    lang: Lang,
) -> Row<'a, 5> {
    let last = date(at - Span::from_secs(days * 86_400), zone, lang);
    let cells = [
        clipped(name),
        agent_state(doing, lang),
        clipped(group),
        digits(&crate::number::count(*calls)),
        html! { (digits(&last)) },
    ];
    Row { id, name, href: Some(HERE), cells }
}
