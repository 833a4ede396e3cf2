//! Every part that pages are made of, in every state: for those who build pages, and to see at a glance whether all of them
//! still belong together. Four chapters; a link to one shows it alone.

mod base;
mod choices;
mod forms;
mod lists;
mod tables;
mod work;

use maud::{Markup, Render, html};
use model::Timestamp;

use crate::frame::{Frame, Section, SignedIn};
use crate::words::Lang;

/// The page.
#[derive(Clone, Debug)]
pub struct Gallery {
    /// What the page stands in.
    pub frame: Frame,
    /// Who reads it.
    pub who: SignedIn,
    /// The moment at which it is drawn.
    pub at: Timestamp,
}

/// The scripts that parts need.
const SCRIPTS: [&str; 5] = ["clock.js", "dialog.js", "pick.js", "dirty.js", "file.js"];

/// Where samples of forms and links lead: to the gallery itself.
const HERE: &str = "/gallery";

/// The longest word that a language of ours has brought into a queue's name.
const LONG_WORD: &str = "Сельскохозяйственномашиностроительноснабженческ";

/// Some parts that belong together.
struct Chapter {
    id: &'static str,
    title: String,
    parts: Vec<Part>,
}

/// A part in its states.
struct Part {
    id: &'static str,
    title: String,
    inside: Markup,
}

impl Render for Gallery {
    fn render(&self) -> Markup {
        let lang = self.frame.lang;
        let chapters = [
            Chapter { id: "base", title: lang.text("gallery-base"), parts: base::parts(self.at, lang) },
            Chapter {
                id: "forms",
                title: lang.text("gallery-forms"),
                parts: forms::parts(lang).into_iter().chain(choices::parts(lang)).collect(),
            },
            Chapter {
                id: "lists",
                title: lang.text("gallery-lists"),
                parts: tables::parts(self.at, &self.frame.zone, lang).into_iter().chain(lists::parts(lang)).collect(),
            },
            Chapter { id: "work", title: lang.text("gallery-work"), parts: work::parts(lang) },
        ];
        let main = html! {
            div.page.gallery data-now=(self.at.as_ms()) {
                h1 { (lang.text("gallery-title")) }
                p.lead { (lang.text("gallery-what")) }
                (index(&chapters, lang))
                @for chapter in &chapters {
                    div.chapter id=(chapter.id) { @for part in &chapter.parts { (part) } }
                }
            }
        };
        self.frame.signed_in(&self.who, Section::Gallery, &SCRIPTS, &main)
    }
}

impl Part {
    const fn new(id: &'static str, title: String, inside: Markup) -> Self {
        Self { id, title, inside }
    }
}

impl Render for Part {
    fn render(&self) -> Markup {
        html! { section.setting id={ "gallery-" (self.id) } { h2 { (self.title) } (self.inside) } }
    }
}

fn index(chapters: &[Chapter], lang: Lang) -> Markup {
    html! {
        nav.index aria-label=(lang.text("gallery-index")) {
            dl {
                @for chapter in chapters {
                    div {
                        dt { a href={ "#" (chapter.id) } { (chapter.title) } }
                        dd { ul { @for part in &chapter.parts { li { a href={ "#gallery-" (part.id) } { (part.title) } } } } }
                    }
                }
            }
        }
    }
}

/// A state of a part, under its name.
fn state(name: &str, inside: &Markup) -> Markup {
    html! { div.specimen { p.state-name { (name) } (inside) } }
}
