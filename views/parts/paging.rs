//! The ways from one page of a list to the next: by a cursor, for lists that grow meanwhile, or by numbers.

use maud::{Markup, Render, html};

use super::address::Address;
use super::{digits, icon};
use crate::number::count;
use crate::words::Lang;

/// How many there are in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// So many.
    Exactly(u32),
    /// More than it pays to count.
    MoreThan(u32),
}

/// A page of a list, from a cursor.
#[derive(Clone, Copy, Debug)]
pub struct Paging<'a> {
    /// What is listed: a page may have several lists.
    pub label: &'a str,
    /// The list, as it is filtered and sorted.
    pub list: &'a Address,
    /// The places in the list of the first and the last row of the page, from one.
    pub shown: (u32, u32),
    /// How many rows there are.
    pub total: Total,
    /// The cursor that the page before ends at, if there is one.
    pub before: Option<&'a str>,
    /// The cursor that the next page begins after, if there is one.
    pub after: Option<&'a str>,
    /// The reader's language.
    pub lang: Lang,
}

/// A page of a list, by its number.
#[derive(Clone, Copy, Debug)]
pub struct Pages<'a> {
    /// What is listed: a page may have several lists.
    pub label: &'a str,
    /// The list, as it is filtered and sorted.
    pub list: &'a Address,
    /// The number of the page that is open, from one.
    pub open: u32,
    /// How many there are.
    pub all: u32,
    /// The reader's language.
    pub lang: Lang,
}

impl Render for Paging<'_> {
    fn render(&self) -> Markup {
        let lang = self.lang;
        let range = format!("{}–{}", count(self.shown.0), count(self.shown.1));
        let words = match self.total {
            Total::Exactly(all) => lang.text_with("paging-of", [("range", range.into()), ("all", count(all).into())]),
            Total::MoreThan(some) => lang.text_with("paging-of-more", [("range", range.into()), ("some", count(some).into())]),
        };
        let list = self.list.without(&["before", "after"]);
        html! {
            nav.paging aria-label=(lang.text_with("paging", [("list", self.label.to_owned().into())])) {
                p { (digits(&words)) }
                (step("chevron-left", &lang.text("paging-before"), self.before.map(|cursor| list.with("before", cursor)), End::Before))
                (step("chevron-right", &lang.text("paging-after"), self.after.map(|cursor| list.with("after", cursor)), End::After))
            }
        }
    }
}

/// On which end of the word the arrow stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Before,
    After,
}

/// A way to another page; one that leads nowhere keeps its place.
fn step(arrow: &str, word: &str, to: Option<Address>, end: End) -> Markup {
    let inside = html! {
        @if end == End::Before { (icon(arrow)) }
        span { (word) }
        @if end == End::After { (icon(arrow)) }
    };
    html! {
        @if let Some(to) = to { a.button rel=(if end == End::Before { "prev" } else { "next" }) href=(to.href()) { (inside) } }
        @else { span.button.off aria-hidden="true" { (inside) } }
    }
}

impl Render for Pages<'_> {
    fn render(&self) -> Markup {
        let lang = self.lang;
        html! {
            nav.pages aria-label=(lang.text_with("paging", [("list", self.label.to_owned().into())])) {
                (step("chevron-left", &lang.text("paging-before"), self.to(self.open.checked_sub(1)), End::Before))
                ol {
                    @for page in self.shown() {
                        li {
                            @if let Some(page) = page { (self.number(page)) } @else { span.gap aria-hidden="true" { "…" } }
                        }
                    }
                }
                (step("chevron-right", &lang.text("paging-after"), self.to(Some(self.open + 1)), End::After))
            }
        }
    }
}

impl Pages<'_> {
    fn to(&self, page: Option<u32>) -> Option<Address> {
        let page = page.filter(|page| (1..=self.all).contains(page))?;
        Some(self.list.with("page", &page.to_string()))
    }

    fn number(&self, page: u32) -> Markup {
        let label = self.lang.text_with("paging-page", [("page", count(page).into())]);
        html! {
            @if page == self.open { span.here aria-current="page" { (digits(&count(page))) } }
            @else { a href=(self.list.with("page", &page.to_string()).href()) aria-label=(label) { (digits(&count(page))) } }
        }
    }

    /// The first, the last, the open one with its neighbours; a gap stands for two or more.
    fn shown(&self) -> Vec<Option<u32>> {
        let near = |page: &u32| *page == 1 || *page == self.all || page.abs_diff(self.open) <= 1;
        let mut shown: Vec<Option<u32>> = Vec::new();
        let mut last = 0;
        for page in (1..=self.all).filter(near) {
            match page - last {
                0 | 1 => {}
                2 => shown.push(Some(page - 1)),
                3.. => shown.push(None),
            }
            shown.push(Some(page));
            last = page;
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::Pages;
    use crate::parts::Address;
    use crate::words::Lang;

    #[test]
    fn a_gap_stands_for_pages_but_never_for_a_single_one() {
        let list = Address::of("/calls");
        let shown = |open, all| {
            let shown = Pages { label: "Calls", list: &list, open, all, lang: Lang::En }.shown();
            shown.into_iter().map(|page| page.map_or("…".to_owned(), |page| page.to_string())).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(shown(1, 1), "1");
        assert_eq!(shown(3, 5), "1 2 3 4 5");
        assert_eq!(shown(4, 9), "1 2 3 4 5 … 9");
        assert_eq!(shown(125, 250), "1 … 124 125 126 … 250");
    }
}
