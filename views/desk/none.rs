//! What whoever has no desk is told: what is missing, and who helps.

use maud::{Markup, Render, html};

use crate::frame::{Frame, Section, SignedIn};
use crate::parts::icon;

/// The page in place of a desk.
#[derive(Clone, Debug)]
pub struct NoDesk {
    /// What the page stands in.
    pub frame: Frame,
    /// Who is looking.
    pub who: SignedIn,
    /// What is missing.
    pub missing: Missing,
}

/// What a desk cannot be without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The account is no agent's.
    Agent,
    /// The account is an agent's whom the settings do not have.
    Settings,
}

impl Render for NoDesk {
    fn render(&self) -> Markup {
        let lang = self.frame.lang;
        let what = match self.missing {
            Missing::Agent => lang.text("desk-none-agent"),
            Missing::Settings => lang.text("desk-none-settings"),
        };
        let main = html! {
            section.no-desk {
                (icon("headset"))
                h1 { (lang.text("desk-none")) }
                p { (what) }
                p.sub { (lang.text("desk-none-help")) }
            }
        };
        self.frame.signed_in(&self.who, Section::Desk, &[], &main)
    }
}
