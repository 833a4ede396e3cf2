//! Signing in.

use maud::{Markup, Render, html};

use crate::frame::Frame;
use crate::parts::icon;

/// The page that signs somebody in.
#[derive(Clone, Debug)]
pub struct Login {
    /// What the page stands in.
    pub frame: Frame,
    /// The e-mail address as it was typed, if this is not the first attempt.
    pub email: String,
    /// Where to go afterwards: a path of our own.
    pub next: String,
    /// Why the last attempt failed.
    pub refusal: Option<Refusal>,
    /// The way to this page can be listened to.
    pub exposed: bool,
}

/// Why somebody was not signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No such user, or not their password: the page does not say which.
    Wrong,
    /// Too many attempts. The next is possible after this many seconds.
    TooMany(u64),
    /// Nothing was typed.
    Empty,
}

impl Render for Login {
    fn render(&self) -> Markup {
        let lang = self.frame.lang;
        let wrong = self.refusal.is_some();
        let described = wrong.then_some("refusal");
        self.frame.alone(
            &lang.text("login-title"),
            &html! {
                div.sheet {
                    p.brand { img.mark src=(crate::assets::url("icon.svg")) alt="" width="20" height="20"; "CallSync Central" }
                    h1 { (lang.text("login-title")) }
                    @if self.exposed {
                        p.notice.careful { (icon("triangle-alert")) (lang.text("login-exposed")) }
                    }
                    form method="post" action="/login" {
                        @if let Some(refusal) = self.refusal {
                            p #refusal .notice.wrong role="alert" { (icon("circle-alert")) span { (self.reason(refusal)) } }
                        }
                        input type="hidden" name="next" value=(self.next);
                        div.field {
                            label for="email" { (lang.text("login-email")) }
                            input #email type="email" name="email" value=(self.email) autocomplete="username" required maxlength="254"
                                autofocus[self.email.is_empty()] aria-invalid=[wrong.then_some("true")] aria-describedby=[described];
                        }
                        div.field {
                            label for="password" { (lang.text("login-password")) }
                            input #password type="password" name="password" autocomplete="current-password" required maxlength="1024"
                                autofocus[!self.email.is_empty()] aria-invalid=[wrong.then_some("true")] aria-describedby=[described];
                        }
                        button.button.primary type="submit" { (lang.text("login-button")) }
                    }
                }
            },
        )
    }
}

impl Login {
    fn reason(&self, refusal: Refusal) -> String {
        let lang = self.frame.lang;
        match refusal {
            Refusal::Wrong => lang.text("error-wrong-password"),
            Refusal::Empty => lang.text("error-empty"),
            Refusal::TooMany(seconds) => {
                lang.text_with("error-minutes", [("minutes", u32::try_from(seconds.div_ceil(60)).unwrap_or(u32::MAX).into())])
            }
        }
    }
}
