//! Other programs of our make on the same Asterisk, and what of theirs was left alone.

use maud::{Markup, html};

use crate::parts::icon;
use crate::words::Lang;

/// What another program has on our Asterisk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// Its application; empty for what is in none.
    pub app: String,
    /// Its installation; empty for a build that names none.
    pub installation: String,
    /// Its legs, and the callers whom it has marked.
    pub legs: u32,
    /// Its bridges.
    pub bridges: u32,
}

/// Who else is there, and whether our application is another's; nothing on an Asterisk that we have for ourselves.
pub(super) fn notice(others: &[Other], taken: bool, lang: Lang) -> Markup {
    html! {
        @if taken || !others.is_empty() {
            ul.others aria-label=(lang.text("health-others")) {
                @if taken { li { (icon("unplug")) span { (lang.text("health-taken")) } } }
                @for other in others { li data-others=(other.app) { (icon("triangle-alert")) span { (words(other, lang)) } } }
            }
        }
    }
}

fn words(other: &Other, lang: Lang) -> String {
    let app = if other.app.is_empty() { "—".to_owned() } else { other.app.clone() };
    let (legs, bridges) = (other.legs.to_string(), other.bridges.to_string());
    let told = [("app", app.into()), ("legs", legs.into()), ("bridges", bridges.into())];
    if other.installation.is_empty() {
        return lang.text_with("health-other-older", told);
    }
    let [app, legs, bridges] = told;
    lang.text_with("health-other", [app, legs, bridges, ("installation", other.installation.clone().into())])
}
