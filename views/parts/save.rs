//! The bar that saves a form: there while something in it has changed, and always where no script can tell.

use maud::{Markup, Render, html};

use super::counted::counted;
use crate::words::Lang;

/// The bar, the last thing in its form. The form has `data-dirty`, so that the page's script counts what has changed in it.
#[derive(Clone, Copy, Debug)]
pub struct SaveBar<'a> {
    /// The begin of its ids, one in the page.
    pub id: &'a str,
    /// The reader's language.
    pub lang: Lang,
}

impl Render for SaveBar<'_> {
    fn render(&self) -> Markup {
        let lang = self.lang;
        html! {
            div.act-bar.save-bar data-on=(lang.text("switch-on")) data-off=(lang.text("switch-off")) data-hidden=(lang.text("save-secret")) {
                p role="status" { (counted("how-many", &lang.text("save-unsaved"), |count| lang.text_with("save-changes", [("count", count.into())]))) }
                div.act-buttons {
                    button.button.quiet type="reset" { (lang.text("save-undo")) }
                    button.button.compare type="button" data-opens={ (self.id) "-compared" } { (lang.text("save-compare")) }
                    button.button.primary type="submit" { (lang.text("save")) }
                }
                (self.compared())
            }
        }
    }
}

impl SaveBar<'_> {
    /// What has changed, one a row; the page fills it in when it is opened.
    fn compared(&self) -> Markup {
        let lang = self.lang;
        let (id, title) = (format!("{}-compared", self.id), format!("{}-compared-title", self.id));
        html! {
            dialog.dialog.compares id=(id) aria-labelledby=(title) {
                h2 id=(title) { (lang.text("save-compare-title")) }
                table.changes {
                    thead { tr {
                        th scope="col" { (lang.text("save-what")) }
                        th scope="col" { (lang.text("save-was")) }
                        th scope="col" { (lang.text("save-becomes")) }
                    } }
                    tbody {}
                }
                div.dialog-buttons {
                    button.button type="button" data-dismiss { (lang.text("panel-close")) }
                    button.button.primary type="submit" { (lang.text("save")) }
                }
            }
        }
    }
}
