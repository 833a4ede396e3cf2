//! Digits in groups.

use maud::{Markup, html};

/// Digits on one line. The typeface has no narrow no-break space (U+202F), and what stands in from another is too thin to
/// be seen: its own no-break space, a quarter of an em, groups them instead.
#[must_use]
pub fn digits(text: &str) -> Markup {
    html! { span.digits { (text.replace('\u{202f}', "\u{a0}")) } }
}
