//! How old a call was when it was handed to us. The dialplan says when it came, and Asterisk's own clock when that was: so the
//! clocks of the two machines may differ as they like.

use jiff::Timestamp;
use model::Span;

/// How long before `now`, a time as ARI writes it (`2026-11-21T05:51:10.718+0000`), a call came of which the dialplan says when,
/// in milliseconds since 1970. Zero if it does not say, or if either cannot be read.
pub fn age(came: Option<&String>, now: &str) -> Span {
    let came: Option<i64> = came.and_then(|came| came.trim().parse().ok());
    let now = now.parse().map(Timestamp::as_millisecond);
    came.zip(now.ok()).map_or(Span::ZERO, |(came, now)| Span::from_ms(now.saturating_sub(came)))
}

#[cfg(test)]
mod tests {
    use super::age;
    use model::Span;

    /// 1795240270718 is what the second time says.
    #[test]
    fn what_the_dialplan_says_is_taken_from_asterisks_own_clock() {
        let of = |came: &str, now: &str| age(Some(&came.to_owned()), now);
        for now in ["2026-11-21T05:51:10.718+0000", "2026-11-21T10:51:10.718+0500", "2026-11-21T02:21:10.718-0330"] {
            assert_eq!(of("1795240270418", now), Span::from_ms(300), "{now}");
        }
        assert_eq!(of("1795240270719", "2026-11-21T05:51:10.718+0000"), Span::ZERO);
    }

    #[test]
    fn what_cannot_be_read_makes_no_call_older() {
        assert_eq!(age(None, "2026-11-21T05:51:10.718+0000"), Span::ZERO);
        for came in ["", "soon", "-", "99999999999999999999", "-9223372036854775808", "9223372036854775807"] {
            for now in ["", "now", "2026-11-21", "2026-11-21T05:51:10.718"] {
                assert_eq!(age(Some(&came.to_owned()), now), Span::ZERO, "{came:?} {now:?}");
            }
        }
        assert_eq!(age(Some(&"9223372036854775807".to_owned()), "2026-11-21T05:51:10.718+0000"), Span::ZERO);
    }
}
