//! Times by Asterisk's clock, as it writes them. What they are by ours is the core's to say.

use model::Timestamp;

/// A time as ARI writes it (`2026-11-21T05:51:10.718+0000`).
pub fn of_ari(text: &str) -> Option<Timestamp> {
    let time: jiff::Timestamp = text.parse().ok()?;
    Some(Timestamp::from_ms(time.as_millisecond()))
}

/// A time as the dialplan says when a call came: milliseconds since 1970.
pub fn of_dialplan(word: Option<&String>) -> Option<Timestamp> {
    word?.trim().parse().ok().map(Timestamp::from_ms)
}

#[cfg(test)]
mod tests {
    use super::{of_ari, of_dialplan};
    use model::Timestamp;

    #[test]
    fn a_time_is_read_in_whatever_zone_asterisk_runs() {
        for text in ["2026-11-21T05:51:10.718+0000", "2026-11-21T10:51:10.718+0500", "2026-11-21T02:21:10.718-0330"] {
            assert_eq!(of_ari(text), Some(Timestamp::from_ms(1_795_240_270_718)), "{text}");
        }
        assert_eq!(of_dialplan(Some(&"1795240270718".to_owned())), Some(Timestamp::from_ms(1_795_240_270_718)));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in ["", "now", "2026-11-21", "2026-11-21T05:51:10.718", "2026-13-21T05:51:10.718+0000"] {
            assert_eq!(of_ari(text), None, "{text:?}");
        }
        for word in ["", "soon", "-", "99999999999999999999", "1795240270.718"] {
            assert_eq!(of_dialplan(Some(&word.to_owned())), None, "{word:?}");
        }
        assert_eq!(of_dialplan(None), None);
    }
}
