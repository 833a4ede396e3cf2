//! A list that has nothing in it yet, or nothing that was asked for: it says why, and what comes next.

use maud::{Markup, Render, html};

use super::icon;

/// What stands where the rows would.
#[derive(Clone, Copy, Debug)]
pub struct Empty<'a> {
    /// The Lucide name of the icon of what is listed.
    pub icon: &'a str,
    /// That there is nothing.
    pub title: &'a str,
    /// Why, or what it will be good for.
    pub what: &'a str,
    /// What the reader can do: no list is a dead end.
    pub next: Next<'a>,
}

/// What a reader can do next.
#[derive(Clone, Copy, Debug)]
pub enum Next<'a> {
    /// The page's main order: a verb, and where it leads.
    Do(&'a str, &'a str),
    /// A way back: words, and where they lead.
    Back(&'a str, &'a str),
}

impl Render for Empty<'_> {
    fn render(&self) -> Markup {
        html! {
            div.blank {
                (icon(self.icon))
                p.title { (self.title) }
                p { (self.what) }
                @match self.next {
                    Next::Do(verb, href) => a.button.primary href=(href) { (verb) },
                    Next::Back(words, href) => a.button href=(href) { (words) },
                }
            }
        }
    }
}
