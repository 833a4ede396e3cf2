//! What every page has that a stream keeps true: how it is held, and what the page says when it hears nothing.

use maud::{Markup, html};

use super::icon;
use crate::words::Lang;

/// The stream stays open in a hidden tab, so that the page is true when somebody looks again; a lost one comes back within
/// five seconds.
pub const STREAM_CONFIG: &str =
    r#"{"sse":{"pauseOnBackground":false,"reconnectDelay":500,"reconnectMaxDelay":5000,"connectTimeout":5000}}"#;

/// Shown by the page itself as soon as it hears nothing from us; `what` says what that means there.
#[must_use]
pub fn stale(what: &str, lang: Lang) -> Markup {
    html! {
        p #stale .stale role="status" hidden {
            (icon("unplug"))
            span { (lang.text("live-stale")) " " span.for { "0:00" } }
            span.sub { (what) }
        }
    }
}
