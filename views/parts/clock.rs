//! Times that count. The server draws what is true at its own moment, the page goes on from there.

use maud::{Markup, html};
use model::{Span, Timestamp};

use crate::number::{duration, machine};

/// How long something should last at the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(pub Span);

impl Limit {
    /// How urgent a time is: near from 70 % of the limit on, late from the limit on.
    fn urgency(self, passed: Span) -> &'static str {
        if passed >= self.0 {
            "late"
        } else if passed.as_ms() * 10 >= self.0.as_ms() * 7 {
            "near"
        } else {
            "calm"
        }
    }
}

/// How long something has lasted, counting on in the page.
#[must_use]
pub fn since(began: Timestamp, at: Timestamp, limit: Option<Limit>) -> Markup {
    let passed = at.since(began);
    html! {
        time datetime=(machine(began)) data-since=(began.as_ms())
            data-limit=[limit.map(|limit| limit.0.as_ms())] data-urgency=[limit.map(|limit| limit.urgency(passed))] {
            (duration(passed))
        }
    }
}

/// A row of ticks, one for each of those who wait, coloured by how long. The digits beside it say the same in words. A tick
/// is known by its place in the row: when the first is served the last place falls free, and no tick moves.
#[must_use]
pub fn ticks(waiting: &[Timestamp], at: Timestamp, limit: Limit) -> Markup {
    html! {
        span.ticks aria-hidden="true" {
            @for (place, began) in waiting.iter().enumerate() {
                i data-place=(place) data-since=(began.as_ms()) data-limit=(limit.0.as_ms()) data-urgency=(limit.urgency(at.since(*began))) {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Limit, since};
    use model::{Span, Timestamp};

    #[test]
    fn a_time_near_its_limit_says_so() {
        let limit = Limit(Span::from_secs(20));
        assert_eq!(limit.urgency(Span::from_secs(13)), "calm");
        assert_eq!(limit.urgency(Span::from_secs(14)), "near");
        assert_eq!(limit.urgency(Span::from_secs(20)), "late");
    }

    #[test]
    fn a_time_is_drawn_with_what_the_page_counts_from() {
        let drawn = since(Timestamp::from_ms(1_000), Timestamp::from_ms(8_000), None).into_string();
        assert_eq!(drawn, r#"<time datetime="1970-01-01T00:00:01Z" data-since="1000">0:07</time>"#);
    }
}
