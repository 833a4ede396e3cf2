//! The ways through pages of settings: the trail that leads back, the list of sections beside the one that is open, the tabs
//! of a section.

use maud::{Markup, Render, html};

use super::{digits, icon};
use crate::number::count;
use crate::words::Lang;

/// A way to a page.
#[derive(Clone, Copy, Debug)]
pub struct Way<'a> {
    /// What the page is called.
    pub name: &'a str,
    /// Where it is.
    pub href: &'a str,
    /// How many of its things there are, where that is worth knowing.
    pub count: Option<u32>,
}

/// The pages above the one that is open, the highest first.
#[derive(Clone, Copy, Debug)]
pub struct Trail<'a> {
    /// The pages above.
    pub above: &'a [Way<'a>],
    /// What the open page is called.
    pub here: &'a str,
    /// The reader's language.
    pub lang: Lang,
}

/// The tabs of a page, each a page of its own.
#[derive(Clone, Copy, Debug)]
pub struct PageTabs<'a> {
    /// What they are the tabs of.
    pub label: &'a str,
    /// The tabs.
    pub tabs: &'a [Way<'a>],
    /// The address of the one that is open.
    pub open: &'a str,
}

/// Pages of settings: the list of sections at the left, one section beside it. On a phone the one or the other.
#[derive(Clone, Debug)]
pub struct Sections<'a> {
    /// What they are the sections of.
    pub label: &'a str,
    /// The sections.
    pub sections: &'a [Way<'a>],
    /// The address of the one that is open, and what is in it; without one a phone shows the list.
    pub open: Option<(&'a str, Markup)>,
}

impl<'a> Way<'a> {
    /// A way to a page whose things nobody counts.
    #[must_use]
    pub const fn new(name: &'a str, href: &'a str) -> Self {
        Self { name, href, count: None }
    }

    fn link(&self, open: Option<&str>) -> Markup {
        html! {
            a href=(self.href) aria-current=[(open == Some(self.href)).then_some("page")] {
                span.name { (self.name) }
                @if let Some(number) = self.count { span.count { (digits(&count(number))) } }
            }
        }
    }
}

impl Render for Trail<'_> {
    fn render(&self) -> Markup {
        html! {
            nav.trail aria-label=(self.lang.text("trail")) {
                ol {
                    @for way in self.above { li { (way.link(None)) (icon("chevron-right")) } }
                    li { span aria-current="page" { (self.here) } }
                }
            }
        }
    }
}

impl Render for PageTabs<'_> {
    fn render(&self) -> Markup {
        html! { nav.page-tabs aria-label=(self.label) { @for tab in self.tabs { (tab.link(Some(self.open))) } } }
    }
}

impl Render for Sections<'_> {
    fn render(&self) -> Markup {
        let open = self.open.as_ref().map(|(href, _)| *href);
        html! {
            div.sections data-open[open.is_some()] {
                nav.section-list aria-label=(self.label) {
                    ul { @for section in self.sections { li { (section.link(open)) (icon("chevron-right")) } } }
                }
                @if let Some((_, inside)) = &self.open { div.section-open { (inside) } }
            }
        }
    }
}
