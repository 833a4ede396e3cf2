//! A moment of the day. The server's own hour is nobody's: the page writes the reader's.

use maud::{Markup, html};
use model::Timestamp;

use crate::number::machine;

/// A time of day to the second, as `14:02:07`; in UTC until the page knows better.
#[must_use]
pub fn moment(at: Timestamp) -> Markup {
    let utc = machine(at);
    let hour = utc.get(11..19).unwrap_or_default();
    html! { time.moment datetime=(utc) data-at=(at.as_ms()) { (hour) } }
}

#[cfg(test)]
mod tests {
    use super::moment;
    use model::Timestamp;

    #[test]
    fn a_moment_can_be_read_without_script_too() {
        let drawn = moment(Timestamp::from_ms(1_795_000_000_000)).into_string();
        assert!(drawn.contains("data-at=\"1795000000000\"") && drawn.contains(">11:06:40<"), "{drawn}");
    }
}
