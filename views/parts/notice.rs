//! A sentence that is said once, where it belongs: what was done, what is to be minded, what went wrong.

use maud::{Markup, Render, html};

use super::icon;

/// A notice.
#[derive(Clone, Copy, Debug)]
pub enum Notice<'a> {
    /// Something was done.
    Done(&'a str),
    /// Something is to be minded.
    Careful(&'a str),
    /// Something went wrong.
    Wrong(&'a str),
}

impl Render for Notice<'_> {
    fn render(&self) -> Markup {
        let (class, role, drawing, text) = match self {
            Self::Done(text) => ("done", "status", "circle-check", text),
            Self::Careful(text) => ("careful", "status", "triangle-alert", text),
            Self::Wrong(text) => ("wrong", "alert", "circle-alert", text),
        };
        html! { p class={ "notice " (class) } role=(role) { (icon(drawing)) span { (text) } } }
    }
}
