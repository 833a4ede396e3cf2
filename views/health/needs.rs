//! What calls need: there or not, each in a word.

use maud::{Markup, html};

use crate::number::count;
use crate::parts::{digits, icon};
use crate::words::Lang;

/// What calls need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// Asterisk is connected, and its account was taken.
    pub asterisk: bool,
    /// Asterisk's manager interface is connected; `None` if none is configured.
    pub manager: Option<bool>,
    /// The database answers.
    pub database: bool,
    /// The books are written.
    pub books: bool,
    /// The journal is written.
    pub journal: bool,
    /// Desks that are open.
    pub desks: u32,
    /// Live, open in browsers.
    pub lives: u32,
}

/// A need, whether it is met, and the word for that.
struct Need {
    name: String,
    met: Option<bool>,
    word: String,
}

impl Needs {
    /// All that is there or not.
    fn all(&self, lang: Lang) -> [Need; 5] {
        let connection = |name: &str, met: Option<bool>| {
            let word = match met {
                Some(true) => lang.text("health-connected"),
                Some(false) => lang.text("health-disconnected"),
                None => lang.text("health-not-configured"),
            };
            Need { name: name.to_owned(), met, word }
        };
        let written = |name: String, met| {
            let word = if met { lang.text("health-written") } else { lang.text("health-unwritten") };
            Need { name, met: Some(met), word }
        };
        let answers = if self.database { lang.text("health-answers") } else { lang.text("health-silent") };
        [
            connection("Asterisk", Some(self.asterisk)),
            connection("AMI", self.manager),
            Need { name: lang.text("health-database"), met: Some(self.database), word: answers },
            written(lang.text("health-books"), self.books),
            written(lang.text("health-journal"), self.journal),
        ]
    }

    /// The names of what is missing.
    pub(super) fn missing(&self, lang: Lang) -> Vec<String> {
        self.all(lang).into_iter().filter(|need| need.met == Some(false)).map(|need| need.name).collect()
    }
}

/// The strip of all of them.
pub(super) fn strip(needs: &Needs, lang: Lang) -> Markup {
    html! {
        dl.needs aria-label=(lang.text("health-needs")) {
            @for need in needs.all(lang) {
                div { dt { (need.name) } (met(&need)) }
            }
            @for (name, open) in [(lang.text("health-desks"), needs.desks), (lang.text("health-lives"), needs.lives)] {
                div { dt { (name) } dd.open { (digits(&count(open))) } }
            }
        }
    }
}

fn met(need: &Need) -> Markup {
    let (class, drawing) = match need.met {
        Some(true) => ("met", "circle-check"),
        Some(false) => ("unmet", "unplug"),
        None => ("unasked", "circle"),
    };
    html! { dd.(class) { (icon(drawing)) (need.word) } }
}
