//! The frame of every page: its head, and for whoever is signed in the navigation at its side.

use jiff::tz::TimeZone;
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
    /// Whether the reader wants it light or dark.
    pub theme: Theme,
    /// The zone of the site, in which times of day are told.
    pub zone: TimeZone,
    /// The page's own path, where the language switch leads back to.
    pub path: String,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the reader's system is.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// Who is signed in, as the frame shows it.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Their name.
    pub name: Shown,
    /// What they may do.
    pub role: Role,
    /// Whether they are an agent, and so have a desk.
    pub agent: bool,
}

/// The parts of the site, as the navigation names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// The desk of whoever takes calls.
    Desk,
    /// Queues, agents and calls as they are.
    Live,
    /// How the system is doing.
    Health,
    /// Every part of the pages in every state.
    Gallery,
    /// What is the reader's own.
    Account,
}

impl Theme {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Its name in a cookie and in the style sheet.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.name() == name)
    }
}

impl Section {
    /// Those that somebody may open, in the order in which they are shown; what is the reader's own stands apart.
    fn open_to(who: &SignedIn) -> Vec<Self> {
        let watches = matches!(who.role, Role::Supervisor | Role::Admin);
        let works = who.agent || who.role == Role::Operator;
        let admin = who.role == Role::Admin;
        let all = [(Self::Desk, works), (Self::Live, watches), (Self::Health, admin), (Self::Gallery, admin)];
        all.into_iter().filter(|(_, open)| *open).map(|(section, _)| section).collect()
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Desk => "/desk",
            Self::Live => "/live",
            Self::Health => "/admin/health",
            Self::Gallery => "/gallery",
            Self::Account => "/account",
        }
    }

    const fn icon(self) -> &'static str {
        match self {
            Self::Desk => "headset",
            Self::Live => "activity",
            Self::Health => "gauge",
            Self::Gallery => "shapes",
            Self::Account => "circle-user",
        }
    }

    fn word(self, lang: Lang) -> String {
        match self {
            Self::Desk => lang.text("desk-title"),
            Self::Live => lang.text("live-title"),
            Self::Health => lang.text("health-title"),
            Self::Gallery => lang.text("gallery-title"),
            Self::Account => lang.text("account-title"),
        }
    }
}

impl Frame {
    /// A page of a signed-in user, with the navigation.
    pub(crate) fn signed_in(&self, who: &SignedIn, section: Section, scripts: &[&str], main: &Markup) -> Markup {
        self.page(
            &section.word(self.lang),
            scripts,
            &html! {
                div.app {
                    header.side {
                        a.brand href="/" { (mark()) span.word { "CallSync Central" } }
                        nav aria-label=(self.lang.text("nav")) {
                            @for open in Section::open_to(who) { (self.door(open, section)) }
                        }
                        div.own {
                            a.door.who href=(Section::Account.path()) aria-current=[(section == Section::Account).then_some("page")] {
                                (icon(Section::Account.icon()))
                                span.word { span.name { (who.name) } span.role { (role(who.role, self.lang)) } }
                            }
                            form method="post" action="/logout" {
                                button.door type="submit" { (icon("log-out")) span.word { (self.lang.text("logout")) } }
                            }
                        }
                    }
                    main #main { (main) }
                }
            },
        )
    }

    /// The way to a section; that of the page's own says so.
    fn door(&self, to: Section, here: Section) -> Markup {
        html! {
            a.door href=(to.path()) title=(to.word(self.lang)) aria-current=[(to == here).then_some("page")] {
                (icon(to.icon())) span.word { (to.word(self.lang)) }
            }
        }
    }

    /// A page that stands alone: a sheet in the middle.
    pub(crate) fn alone(&self, title: &str, sheet: &Markup) -> Markup {
        self.page(title, &[], &html! { main.alone #main { (sheet) div.below { (self.language_switch()) } } })
    }

    fn page(&self, title: &str, scripts: &[&str], body: &Markup) -> Markup {
        html! {
            (DOCTYPE)
            html lang=(self.lang.code()) data-theme=(self.theme.name()) data-zone=[self.zone.iana_name()] {
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
    pub(crate) fn language_switch(&self) -> Markup {
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

/// htmx without what we do not use: no style of its own, no history; the page's own marks outlive a morph. What is not answered
/// within eight seconds is given up, and said to have failed: an order that waits on a dead connection would hold back the
/// next. The server itself gives up on a silent database sooner.
const HTMX_CONFIG: &str =
    r#"{"includeIndicatorCSS":false,"history":false,"defaultTimeout":8000,"morphIgnore":["data-htmx-powered","data-urgency"]}"#;

fn mark() -> Markup {
    html! { img.mark src=(assets::url("icon.svg")) alt="" width="20" height="20"; }
}

/// What somebody may do, in a word.
pub(crate) fn role(role: Role, lang: Lang) -> String {
    match role {
        Role::Operator => lang.text("role-operator"),
        Role::Supervisor => lang.text("role-supervisor"),
        Role::Admin => lang.text("role-admin"),
    }
}
