//! The health of the system: what calls need, how quick it is, how full it is, each number with its limit and its last hour.
//! The page asks for itself every few seconds; without script it is what it was when it was opened, and says so.

mod gauges;
mod needs;
mod others;
mod requests;

use maud::{Markup, Render, html};
use model::Timestamp;

pub use gauges::{Gauge, Measure};
pub use needs::Needs;
pub use others::Other;
pub use requests::Requests;

use crate::assets;
use crate::frame::{Frame, Section, SignedIn};
use crate::number::time_with_seconds;
use crate::parts::{icon, since};
use crate::words::Lang;
use gauges::Urgency;

/// The page.
#[derive(Clone, Debug)]
pub struct Health {
    /// What the page stands in.
    pub frame: Frame,
    /// Who reads it.
    pub who: SignedIn,
    /// What it shows.
    pub now: Now,
}

/// How the system is doing at one moment.
#[derive(Clone, Debug)]
pub struct Now {
    /// The moment.
    pub at: Timestamp,
    /// What calls need.
    pub needs: Needs,
    /// The numbers, in the order in which they are shown.
    pub gauges: Vec<Gauge>,
    /// What Asterisk was asked for within the last hour, the slowest kind first.
    pub requests: Vec<Requests>,
    /// Other programs of our make on the same Asterisk.
    pub others: Vec<Other>,
    /// Whether one of them serves our application.
    pub taken: bool,
    /// When the process began.
    pub began: Option<Timestamp>,
    /// The version of the program.
    pub version: &'static str,
}

/// An answer that is not this page, as that to somebody who is signed out, must not take its place; and one that does not
/// come is given up before the next question.
const ONLY_THIS: &str = r#"{"redirect":"error","timeout":4000}"#;

impl Render for Health {
    fn render(&self) -> Markup {
        self.frame.signed_in(&self.who, Section::Health, &["clock.js"], &now(&self.now, &self.frame))
    }
}

/// What the page shows: all of it but the frame. Every answer to the page's own question is this.
#[must_use]
pub fn now(now: &Now, frame: &Frame) -> Markup {
    let lang = frame.lang;
    html! {
        div #health .page.health hx-get={ "/admin/health/now?build=" (assets::build()) } hx-trigger="every 5s" hx-swap="outerMorph"
            data-now=(now.at.as_ms()) hx-config=(ONLY_THIS) "hx-status:4xx"="swap:none" "hx-status:5xx"="swap:none" {
            header.health-head {
                h1 { (lang.text("health-title")) }
                (age(now, frame))
            }
            (verdict(now, lang))
            (others::notice(&now.others, now.taken, lang))
            (needs::strip(&now.needs, lang))
            (gauges::table(&now.gauges, lang))
            (requests::section(&now.requests, lang))
            p.note { (lang.text("health-how")) }
            p.note {
                "CallSync Central " (now.version) " · " (lang.text("health-build")) " " (assets::build().get(..8).unwrap_or_default())
                @if let Some(began) = now.began { " · " (lang.text("health-uptime")) " " (since(began, now.at, None)) }
            }
        }
    }
}

/// When it was true. The style sheet turns it into a warning once it is old: a new one, told by its id, begins anew.
fn age(now: &Now, frame: &Frame) -> Markup {
    let lang = frame.lang;
    let time = time_with_seconds(now.at, &frame.zone);
    html! {
        div.age id={ "at-" (now.at.as_ms()) } {
            p.fresh { (lang.text("health-at")) " " (time) }
            p.old role="status" {
                (icon("unplug")) span { (lang.text_with("health-old", [("time", time.into())])) }
                a href="/admin/health" { (lang.text("health-again")) }
            }
        }
    }
}

/// All of it in one sentence.
fn verdict(now: &Now, lang: Lang) -> Markup {
    let missing = now.needs.missing(lang);
    let late: Vec<String> =
        now.gauges.iter().filter(|gauge| gauge.urgency() == Urgency::Late).map(|gauge| gauge.measure.word(lang)).collect();
    let (class, drawing, words) = match (missing.is_empty(), late.is_empty()) {
        (false, _) => ("verdict late", "circle-alert", lang.text_with("health-missing", [("what", missing.join(", ").into())])),
        (true, false) => ("verdict late", "triangle-alert", lang.text_with("health-late", [("what", late.join(", ").into())])),
        (true, true) => ("verdict", "circle-check", lang.text("health-good")),
    };
    html! { p.(class) { (icon(drawing)) span { (words) } } }
}
