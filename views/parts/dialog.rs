//! A dangerous order: a button that asks first, in a dialog that says what will happen.

use maud::{Markup, html};

use crate::words::Lang;

/// What is asked before it is done.
#[derive(Clone, Debug)]
pub struct Danger<'a> {
    /// The dialog's id, one in the page.
    pub id: &'a str,
    /// The verb, on the button that opens the dialog and on the one that confirms.
    pub verb: &'a str,
    /// The question.
    pub question: &'a str,
    /// What will happen.
    pub what: Markup,
    /// Where the order is sent to.
    pub action: &'a str,
    /// What is sent with it.
    pub fields: &'a [(&'a str, &'a str)],
    /// Where the answer is shown, as a selector.
    pub answered_in: &'a str,
}

/// The button, and the dialog that it opens.
#[must_use]
pub fn danger(danger: &Danger<'_>, lang: Lang) -> Markup {
    html! {
        button.button.danger type="button" data-opens=(danger.id) { (danger.verb) }
        dialog.dialog id=(danger.id) aria-labelledby=(title(danger)) {
            form method="post" action=(danger.action) hx-post=(danger.action) hx-target=(danger.answered_in) hx-swap="innerMorph" {
                @for (name, value) in danger.fields { input type="hidden" name=(name) value=(value); }
                (question(danger, lang))
            }
        }
    }
}

/// What the dialog asks, with both answers; the one that changes nothing comes first.
#[must_use]
pub fn question(danger: &Danger<'_>, lang: Lang) -> Markup {
    html! {
        h2 id=(title(danger)) { (danger.question) }
        p { (danger.what) }
        // The first has the focus when the dialog opens. `autofocus` would take it again with every update of the page.
        div.dialog-buttons {
            button.button type="button" data-dismiss { (lang.text("dialog-keep")) }
            button.button.danger.filled type="submit" { (danger.verb) }
        }
    }
}

fn title(danger: &Danger<'_>) -> String {
    format!("{}-title", danger.id)
}
