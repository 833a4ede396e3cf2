//! Times of day and dates, in the zone of the site.

use maud::{Markup, html};
use model::Timestamp;

use super::Drawing;
use crate::number::{date, date_and_time, machine, midnight, time_of_day};

/// A moment: of the day that is drawn the time, of any other the date.
pub(super) fn moment(when: Timestamp, Drawing { at, zone, lang }: Drawing<'_>) -> Markup {
    let today = midnight(when, zone) == midnight(at, zone);
    let text = if today { time_of_day(when, zone) } else { date(when, zone, lang) };
    html! { time datetime=(machine(when)) title=(date_and_time(when, zone, lang)) { (text) } }
}

#[cfg(test)]
mod tests {
    use jiff::tz::{TimeZone, offset};
    use model::Timestamp;

    use super::{Drawing, moment};
    use crate::words::Lang;

    /// 2026-11-18 11:06:40 UTC.
    const AT: Timestamp = Timestamp::from_ms(1_795_000_000_000);

    #[test]
    fn today_is_told_by_the_time_and_another_day_by_the_date() {
        let zone = TimeZone::fixed(offset(3));
        let drawn = |when: i64, lang| moment(Timestamp::from_ms(when), Drawing { at: AT, zone: &zone, lang }).into_string();
        assert!(drawn(AT.as_ms(), Lang::Ru).ends_with("title=\"18 ноя 2026, 14:06\">14:06</time>"));
        assert!(drawn(AT.as_ms() - 86_400_000, Lang::Ru).ends_with(">17 ноя 2026</time>"));
        assert!(drawn(AT.as_ms() - 86_400_000, Lang::En).ends_with(">17 Nov 2026</time>"));
    }
}
