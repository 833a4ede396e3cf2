//! Times of day and dates, in the zone of the site.

use jiff::tz::TimeZone;
use jiff::{Timestamp as Moment, Zoned};
use maud::{Markup, html};
use model::Timestamp;

use super::Drawing;
use crate::number::machine;

/// When the day of a moment began in that zone.
#[must_use]
pub fn midnight(at: Timestamp, zone: &TimeZone) -> Timestamp {
    let began = zoned(at, zone).and_then(|zoned| zoned.start_of_day().ok());
    began.map_or(at, |began| Timestamp::from_ms(began.timestamp().as_millisecond()))
}

/// A moment: of the day that is drawn the time, of any other the date.
pub(super) fn moment(when: Timestamp, Drawing { at, zone, lang }: Drawing<'_>) -> Markup {
    let (Some(then), Some(today)) = (zoned(when, zone), zoned(at, zone)) else { return html! {} };
    let time = format!("{:02}:{:02}", then.hour(), then.minute());
    let date = || {
        let month = MONTHS[usize::try_from(then.month() - 1).unwrap_or_default()];
        let (day, year) = (then.day().to_string(), then.year().to_string());
        lang.text_with("desk-date", [("day", day.into()), ("month", month.into()), ("year", year.into())])
    };
    let text = if then.date() == today.date() { time.clone() } else { date() };
    html! { time datetime=(machine(when)) title={ (date()) ", " (time) } { (text) } }
}

/// The months as the texts choose by them.
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

fn zoned(at: Timestamp, zone: &TimeZone) -> Option<Zoned> {
    Moment::from_millisecond(at.as_ms()).ok().map(|moment| moment.to_zoned(zone.clone()))
}

#[cfg(test)]
mod tests {
    use jiff::tz::{TimeZone, offset};
    use model::Timestamp;

    use super::{Drawing, midnight, moment};
    use crate::words::Lang;

    /// 2026-11-18 11:06:40 UTC.
    const AT: Timestamp = Timestamp::from_ms(1_795_000_000_000);

    #[test]
    fn a_day_begins_at_midnight_of_its_zone() {
        assert_eq!(AT.since(midnight(AT, &TimeZone::UTC)).as_secs(), 11 * 3600 + 6 * 60 + 40);
        assert_eq!(AT.since(midnight(AT, &TimeZone::fixed(offset(3)))).as_secs(), 14 * 3600 + 6 * 60 + 40);
    }

    #[test]
    fn today_is_told_by_the_time_and_another_day_by_the_date() {
        let zone = TimeZone::fixed(offset(3));
        let drawn = |when: i64, lang| moment(Timestamp::from_ms(when), Drawing { at: AT, zone: &zone, lang }).into_string();
        assert!(drawn(AT.as_ms(), Lang::Ru).ends_with("title=\"18 ноя 2026, 14:06\">14:06</time>"));
        assert!(drawn(AT.as_ms() - 86_400_000, Lang::Ru).ends_with(">17 ноя 2026</time>"));
        assert!(drawn(AT.as_ms() - 86_400_000, Lang::En).ends_with(">17 Nov 2026</time>"));
    }
}
