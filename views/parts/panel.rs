//! A panel at the side of a page: more about one row, beside the list that the row is in.

use maud::{Markup, html};

use super::icon;
use crate::words::Lang;

/// A panel's inside. Whoever closes it is led to `back`, the same page without it.
#[derive(Clone, Debug)]
pub struct Panel<'a> {
    /// What it is about.
    pub title: Markup,
    /// The state of it, beneath the title.
    pub state: Markup,
    /// The page without the panel.
    pub back: &'a str,
    /// All the rest.
    pub body: Markup,
}

/// A panel with something in it.
#[must_use]
pub fn panel(panel: &Panel<'_>, lang: Lang) -> Markup {
    html! {
        header.panel-head {
            h2 #panel-title tabindex="-1" { (panel.title) }
            a.button.quiet href=(panel.back) data-close { (icon("x")) (lang.text("panel-close")) kbd { "Esc" } }
            div.panel-state { (panel.state) }
        }
        (panel.body)
    }
}

/// A panel whose content is on its way: the room that it will take.
#[must_use]
pub fn panel_awaited(lang: Lang) -> Markup {
    html! {
        div.skeleton role="status" {
            span.visually-hidden { (lang.text("panel-loading")) }
            @for width in ["wide", "short", "", "wide", "", "short", "wide"] { span.bone.(width) {} }
        }
    }
}

/// A panel whose content could not be had.
#[must_use]
pub fn panel_failed(lang: Lang) -> Markup {
    html! {
        div.panel-failed {
            p.notice.wrong role="alert" { (icon("circle-alert")) span { (lang.text("panel-failed")) } }
            button.button type="button" data-again { (lang.text("panel-again")) }
        }
    }
}

/// A part of a panel under its own title.
#[must_use]
pub fn panel_part(title: &str, body: &Markup) -> Markup {
    html! { section.panel-part { h3 { (title) } (body) } }
}

#[cfg(test)]
mod tests {
    use super::{panel_awaited, panel_failed};
    use crate::words::Lang;

    #[test]
    fn what_is_awaited_and_what_failed_is_said_to_whoever_listens() {
        assert!(panel_awaited(Lang::Ru).into_string().contains("role=\"status\""));
        assert!(panel_failed(Lang::En).into_string().contains("role=\"alert\""));
    }
}
