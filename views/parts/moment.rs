//! A moment of the day, as the clocks of the site show it.

use jiff::tz::TimeZone;
use maud::{Markup, html};
use model::Timestamp;

use crate::number::{machine, time_with_seconds};

/// A time of day to the second, as `14:02:07`.
#[must_use]
pub fn moment(at: Timestamp, zone: &TimeZone) -> Markup {
    html! { time.moment datetime=(machine(at)) { (time_with_seconds(at, zone)) } }
}

#[cfg(test)]
mod tests {
    use jiff::tz::{TimeZone, offset};
    use model::Timestamp;

    use super::moment;

    #[test]
    fn a_moment_is_told_in_the_zone_of_the_site() {
        let at = Timestamp::from_ms(1_795_000_000_000);
        assert!(moment(at, &TimeZone::UTC).into_string().ends_with(">11:06:40</time>"));
        assert!(moment(at, &TimeZone::fixed(offset(3))).into_string().ends_with(">14:06:40</time>"));
    }
}
