//! The frame of every page: its head, the bar at the top, the language switch.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use model::Shown;
use model::user::Role;

use crate::assets::{self, SPRITE};
use crate::parts::icon;
use crate::words::Lang;

/// What a page stands in.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The reader's language.
    pub lang: Lang,
    /// The page's own path, where the language switch leads back to.
    pub path: String,
}

/// Who is signed in, as the bar shows it.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Their name.
    pub name: Shown,
    /// What they may do.
    pub role: Role,
}

impl Frame {
    /// A page of a signed-in user, with the bar.
    pub(crate) fn signed_in(&self, who: &SignedIn, title: &str, scripts: &[&str], main: &Markup) -> Markup {
        self.page(
            title,
            scripts,
            &html! {
                header.bar {
                    a.brand href="/" aria-label="CallSync Central" { (mark()) span { "CallSync Central" } }
                    nav aria-label=(self.lang.text("nav")) { a href="/live" aria-current="page" { (self.lang.text("live-title")) } }
                    p.who {
                        span.name { (who.name) }
                        span.role { (role(who.role, self.lang)) }
                    }
                    (self.language_switch())
                    form method="post" action="/logout" {
                        button.button.quiet type="submit" { (icon("log-out")) (self.lang.text("logout")) }
                    }
                }
                main #main { (main) }
            },
        )
    }

    /// A page that stands alone: a sheet in the middle.
    pub(crate) fn alone(&self, title: &str, sheet: &Markup) -> Markup {
        self.page(title, &[], &html! { main.alone #main { (sheet) div.below { (self.language_switch()) } } })
    }

    fn page(&self, title: &str, scripts: &[&str], body: &Markup) -> Markup {
        html! {
            (DOCTYPE)
            html lang=(self.lang.code()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="htmx-config" content=(HTMX_CONFIG);
                    title { (title) " · CallSync Central" }
                    @for font in ["golos-cyrillic.woff2", "golos-latin.woff2"] {
                        link rel="preload" href=(assets::url(font)) as="font" type="font/woff2" crossorigin;
                    }
                    link rel="stylesheet" href=(assets::url("callsync.css"));
                    link rel="icon" type="image/svg+xml" href=(assets::url("icon.svg"));
                    @if !scripts.is_empty() {
                        script src=(assets::url("htmx.js")) defer {}
                    }
                    @for script in scripts {
                        script type="module" src=(assets::url(script)) {}
                    }
                }
                body {
                    (PreEscaped(SPRITE))
                    a.skip href="#main" { (self.lang.text("skip")) }
                    (body)
                }
            }
        }
    }

    /// One button for each language that the page is not in, named in that language.
    fn language_switch(&self) -> Markup {
        html! {
            form method="post" action="/language" {
                input type="hidden" name="next" value=(self.path);
                @for lang in Lang::ALL.into_iter().filter(|lang| *lang != self.lang) {
                    button.button.quiet type="submit" name="lang" value=(lang.code()) lang=(lang.code()) { (lang.name()) }
                }
            }
        }
    }
}

/// htmx without what we do not use: no style of its own, no history; the page's own marks outlive a morph.
const HTMX_CONFIG: &str = r#"{"includeIndicatorCSS":false,"history":false,"morphIgnore":["data-htmx-powered","data-urgency"]}"#;

fn mark() -> Markup {
    html! { img.mark src=(assets::url("icon.svg")) alt="" width="20" height="20"; }
}

fn role(role: Role, lang: Lang) -> String {
    match role {
        Role::Operator => lang.text("role-operator"),
        Role::Supervisor => lang.text("role-supervisor"),
        Role::Admin => lang.text("role-admin"),
    }
}
