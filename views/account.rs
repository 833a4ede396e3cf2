//! What is the reader's own: how the pages look to them, their password, where they are signed in.

use maud::{Markup, Render, html};
use model::{Shown, Timestamp};

use crate::frame::{self, Frame, Section, SignedIn, Theme};
use crate::number::date_and_time;
use crate::parts::icon;
use crate::words::Lang;

/// The page.
#[derive(Clone, Debug)]
pub struct Account {
    /// What the page stands in.
    pub frame: Frame,
    /// Who reads it.
    pub who: SignedIn,
    /// What they sign in with.
    pub email: Shown,
    /// Where they are signed in, the last used first.
    pub sessions: Vec<Session>,
    /// What became of the new password, if one was asked for.
    pub password: Option<Asked>,
}

/// A browser in which somebody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// When they signed in.
    pub began: Timestamp,
    /// When it was last used, by some minutes.
    pub seen: Timestamp,
    /// Whether it is this browser.
    pub here: bool,
}

/// What became of a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It holds from now on.
    Changed,
    /// The present one was not the right one.
    Wrong,
    /// The new one is shorter than this many characters.
    Short(u32),
    /// The new one is longer than anybody types.
    Long,
    /// Too many attempts.
    TooMany,
}

impl Render for Account {
    fn render(&self) -> Markup {
        let lang = self.frame.lang;
        let main = html! {
            div.page.narrow {
                h1 { (lang.text("account-title")) }
                p.lead { (self.who.name) " · " (frame::role(self.who.role, lang)) " · " (self.email) }
                (self.looks())
                (self.new_password())
                (self.places())
            }
        };
        self.frame.signed_in(&self.who, Section::Account, &[], &main)
    }
}

impl Account {
    fn looks(&self) -> Markup {
        let lang = self.frame.lang;
        html! {
            section.setting aria-labelledby="looks" {
                h2 #looks { (lang.text("account-looks")) }
                form method="post" action="/theme" {
                    input type="hidden" name="next" value="/account";
                    p.label #theme { (lang.text("account-theme")) }
                    div.few role="group" aria-labelledby="theme" {
                        @for theme in Theme::ALL {
                            button.button type="submit" name="theme" value=(theme.name()) aria-pressed=(theme == self.frame.theme) {
                                (theme_word(theme, lang))
                            }
                        }
                    }
                }
                form method="post" action="/language" {
                    input type="hidden" name="next" value="/account";
                    p.label #language { (lang.text("account-language")) }
                    div.few role="group" aria-labelledby="language" {
                        @for each in Lang::ALL {
                            button.button type="submit" name="lang" value=(each.code()) lang=(each.code()) aria-pressed=(each == lang) {
                                (each.name())
                            }
                        }
                    }
                }
            }
        }
    }

    fn new_password(&self) -> Markup {
        let lang = self.frame.lang;
        let current = self.password == Some(Asked::Wrong);
        let new = matches!(self.password, Some(Asked::Short(_) | Asked::Long));
        html! {
            section.setting aria-labelledby="password" {
                h2 #password { (lang.text("account-password")) }
                @match self.password {
                    Some(Asked::Changed) => p.notice.done role="status" { (icon("circle-check")) span { (lang.text("account-changed")) } },
                    Some(asked) => p #refusal .notice.wrong role="alert" { (icon("circle-alert")) span { (reason(asked, lang)) } },
                    None => {}
                }
                form method="post" action="/account/password" {
                    div.field {
                        label for="current" { (lang.text("account-current")) }
                        input #current type="password" name="current" autocomplete="current-password" required maxlength="1024"
                            aria-invalid=[current.then_some("true")] aria-describedby=[current.then_some("refusal")];
                    }
                    div.field {
                        label for="new" { (lang.text("account-new")) }
                        input #new type="password" name="new" autocomplete="new-password" required maxlength="1024"
                            aria-invalid=[new.then_some("true")] aria-describedby=(if new { "refusal new-help" } else { "new-help" });
                        p.help #new-help { (lang.text("account-new-help")) }
                    }
                    div { button.button.primary type="submit" { (lang.text("account-change")) } }
                }
            }
        }
    }

    fn places(&self) -> Markup {
        let lang = self.frame.lang;
        html! {
            section.setting aria-labelledby="places" {
                h2 #places { (lang.text("account-places")) }
                table.table {
                    thead { tr {
                        th scope="col" { (lang.text("account-began")) }
                        th scope="col" { (lang.text("account-seen")) }
                    } }
                    tbody {
                        @for session in &self.sessions {
                            tr {
                                td { (date_and_time(session.began, &self.frame.zone, lang)) }
                                td {
                                    @if session.here { (lang.text("account-here")) }
                                    @else { (date_and_time(session.seen, &self.frame.zone, lang)) }
                                }
                            }
                        }
                    }
                }
                form method="post" action="/account/sign-out-everywhere" {
                    p.help { (lang.text("account-everywhere-what")) }
                    div { button.button.danger type="submit" { (lang.text("account-everywhere")) } }
                }
            }
        }
    }
}

fn theme_word(theme: Theme, lang: Lang) -> String {
    match theme {
        Theme::System => lang.text("theme-system"),
        Theme::Light => lang.text("theme-light"),
        Theme::Dark => lang.text("theme-dark"),
    }
}

fn reason(asked: Asked, lang: Lang) -> String {
    match asked {
        Asked::Changed => lang.text("account-changed"),
        Asked::Wrong => lang.text("account-wrong"),
        Asked::Short(least) => lang.text_with("account-short", [("least", least.into())]),
        Asked::Long => lang.text("account-long"),
        Asked::TooMany => lang.text("account-too-many"),
    }
}
