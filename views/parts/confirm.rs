//! The page that asks before something dangerous is done, and says with counts what will happen.

use maud::{Markup, Render, html};

use super::icon;
use crate::words::Lang;

/// What is asked. It works without script: the order leads to it, and it leads on or back.
#[derive(Clone, Copy, Debug)]
pub struct Confirm<'a> {
    /// The begin of its ids, one in the page.
    pub id: &'a str,
    /// The question.
    pub question: &'a str,
    /// What will happen, each a sentence with its count: at least one.
    pub will_happen: (&'a str, &'a [&'a str]),
    /// The verb that confirms.
    pub verb: &'a str,
    /// Where the order is sent to.
    pub action: &'a str,
    /// What is sent with it.
    pub fields: &'a [(&'a str, &'a str)],
    /// The page that changes nothing.
    pub back: &'a str,
    /// The reader's language.
    pub lang: Lang,
}

impl Render for Confirm<'_> {
    fn render(&self) -> Markup {
        let title = format!("{}-title", self.id);
        let (first, others) = self.will_happen;
        html! {
            section.confirm aria-labelledby=(title) {
                h2 id=(title) { (self.question) }
                ul { @for what in std::iter::once(&first).chain(others) { li { (icon("triangle-alert")) span { (what) } } } }
                form.asked method="post" action=(self.action) {
                    @for (name, value) in self.fields { input type="hidden" name=(name) value=(value); }
                    div.dialog-buttons {
                        a.button href=(self.back) { (self.lang.text("dialog-keep")) }
                        button.button.danger.filled type="submit" { (self.verb) }
                    }
                }
            }
        }
    }
}
