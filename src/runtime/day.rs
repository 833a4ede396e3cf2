//! The site's days: what Live counts begins anew with each. A day begins at midnight where the site is, or, where the clocks leave
//! midnight out, as soon after it as there is a time.

use jiff::tz::TimeZone;
use model::{Span, Timestamp};

/// A day as it is counted where there is no such day.
const DAY: Span = Span::from_secs(24 * 60 * 60);

/// The days of a site, and the present one of them.
#[derive(Debug)]
pub(crate) struct Days {
    zone: TimeZone,
    began: Timestamp,
    ends: Timestamp,
}

impl Days {
    pub(crate) fn at(zone: TimeZone, at: Timestamp) -> Self {
        let (began, ends) = day_of(&zone, at);
        Self { zone, began, ends }
    }

    /// When the present day began.
    pub(crate) const fn began(&self) -> Timestamp {
        self.began
    }

    /// When the next one begins.
    pub(crate) const fn ends(&self) -> Timestamp {
        self.ends
    }

    /// When another day began, if one has by now.
    pub(crate) fn pass(&mut self, at: Timestamp) -> Option<Timestamp> {
        if at < self.ends {
            return None;
        }
        (self.began, self.ends) = day_of(&self.zone, at);
        Some(self.began)
    }
}

/// When the day began in which a time lies, and when the next one does.
fn day_of(zone: &TimeZone, at: Timestamp) -> (Timestamp, Timestamp) {
    let local = || -> Result<(Timestamp, Timestamp), jiff::Error> {
        let began = jiff::Timestamp::from_millisecond(at.as_ms())?.to_zoned(zone.clone()).start_of_day()?;
        let ends = began.tomorrow()?.start_of_day()?;
        let ms = |zoned: jiff::Zoned| Timestamp::from_ms(zoned.timestamp().as_millisecond());
        Ok((ms(began), ms(ends)))
    };
    local().unwrap_or_else(|_| {
        let began = Timestamp::from_ms(at.as_ms() - at.as_ms().rem_euclid(DAY.as_ms()));
        (began, began + DAY)
    })
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use model::Timestamp;

    use super::{DAY, Days};

    fn at(time: &str) -> Timestamp {
        Timestamp::from_ms(time.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    fn days(zone: &str, time: &str) -> Days {
        Days::at(TimeZone::get(zone).unwrap(), at(time))
    }

    #[test]
    fn a_day_is_as_long_as_the_clocks_make_it() {
        for (zone, time, began, ends, hours) in [
            ("Europe/Moscow", "2026-12-01T09:00:00Z", "2026-11-30T21:00:00Z", "2026-12-01T21:00:00Z", 24),
            ("Europe/Moscow", "2026-11-30T20:59:59.999Z", "2026-11-29T21:00:00Z", "2026-11-30T21:00:00Z", 24),
            ("Europe/Moscow", "2026-11-30T21:00:00Z", "2026-11-30T21:00:00Z", "2026-12-01T21:00:00Z", 24),
            // Both nights on which the clocks of Berlin are set: at two, and at three.
            ("Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23),
            ("Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25),
            ("Europe/Berlin", "2026-10-25T22:59:59Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25),
            // In Beirut midnight itself is left out in spring and comes twice in autumn.
            ("Asia/Beirut", "2026-03-29T12:00:00Z", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z", 23),
            ("Asia/Beirut", "2026-10-24T12:00:00Z", "2026-10-23T21:00:00Z", "2026-10-24T22:00:00Z", 25),
            ("UTC", "2026-02-28T23:59:59Z", "2026-02-28T00:00:00Z", "2026-03-01T00:00:00Z", 24),
        ] {
            let days = days(zone, time);
            assert_eq!((days.began(), days.ends()), (at(began), at(ends)), "{zone}, {time}");
            assert_eq!(days.ends().since(days.began()).as_secs(), hours * 3_600, "{zone}, {time}");
        }
    }

    #[test]
    fn each_day_begins_once_however_long_nobody_looked() {
        let mut days = days("Europe/Moscow", "2026-12-01T09:00:00Z");
        assert_eq!(days.pass(at("2026-12-01T20:59:59.999Z")), None);
        assert_eq!(days.pass(at("2026-12-01T21:00:00.003Z")), Some(at("2026-12-01T21:00:00Z")));
        assert_eq!(days.pass(at("2026-12-01T21:00:01Z")), None);
        assert_eq!(days.pass(at("2026-12-05T10:00:00Z")), Some(at("2026-12-04T21:00:00Z")), "the machine slept over the others");
    }

    #[test]
    fn a_time_beyond_all_calendars_has_a_day_too() {
        let days = Days::at(TimeZone::UTC, Timestamp::from_ms(i64::MAX / 2));
        assert_eq!(days.ends().since(days.began()), DAY);
    }
}
