//! The page that is shown where another cannot be.

use maud::{Markup, Render, html};

use crate::frame::Frame;

/// Says what went wrong and what to do.
#[derive(Clone, Debug)]
pub struct ErrorPage {
    /// What the page stands in.
    pub frame: Frame,
    /// What went wrong.
    pub kind: Kind,
}

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// There is no such page.
    NotFound,
    /// The reader may not see it.
    Forbidden,
    /// The request came from another site, or was not understood.
    Refused,
    /// We are at fault.
    Internal,
    /// The database or the call loop does not answer.
    Unavailable,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::NotFound, Self::Forbidden, Self::Refused, Self::Internal, Self::Unavailable];

    /// The status that HTTP knows it by.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::Forbidden => 403,
            Self::Refused => 400,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }
}

impl Render for ErrorPage {
    fn render(&self) -> Markup {
        let lang = self.frame.lang;
        let (title, what) = match self.kind {
            Kind::NotFound => (lang.text("error-not-found"), lang.text("error-not-found-what")),
            Kind::Forbidden => (lang.text("error-forbidden"), lang.text("error-forbidden-what")),
            Kind::Refused => (lang.text("error-refused"), lang.text("error-refused-what")),
            Kind::Internal => (lang.text("error-internal"), lang.text("error-internal-what")),
            Kind::Unavailable => (lang.text("error-unavailable"), lang.text("error-unavailable-what")),
        };
        self.frame.alone(
            &title,
            &html! {
                div.sheet.error {
                    p.code { (self.kind.status()) }
                    h1 { (title) }
                    p { (what) }
                    div { a.button href="/" { (lang.text("error-home")) } }
                }
            },
        )
    }
}
