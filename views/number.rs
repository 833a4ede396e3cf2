//! Numbers as people read them.

use jiff::tz::TimeZone;
use model::{Span, Timestamp};

use crate::words::Lang;

/// Narrow no-break space: groups digits and keeps a unit with its number.
const THIN: char = '\u{202f}';

/// What stands where there is no value; zero is a value.
pub const NONE: &str = "—";

/// A length of time: `0:07`, `12:45`, `1:02:03`.
#[must_use]
pub fn duration(span: Span) -> String {
    let seconds = span.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// A count: `7`, `980`, `12 480`.
#[must_use]
pub fn count(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(THIN);
        }
        text.push(digit);
    }
    text
}

/// A measured value, as many digits as count: `0,84`, `8,4`, `84`, `12 480`. What is too small to be told is `<0,01`.
#[must_use]
pub fn measured(value: f64, lang: Lang) -> String {
    let text = match value {
        0.0 => return "0".to_owned(),
        tiny if tiny < 0.005 => "<0.01".to_owned(),
        small if small < 0.995 => format!("{small:.2}"),
        middle if middle < 9.95 => format!("{middle:.1}"),
        large => return count(nearest(large)),
    };
    if lang == Lang::Ru { text.replace('.', ",") } else { text }
}

/// The size of a file: `640 кБ`, `1,2 МБ`, rounded up; a megabyte is 1024 × 1024 bytes, as where files are chosen.
#[must_use]
pub fn size(bytes: u64, lang: Lang) -> String {
    const KILOBYTE: u64 = 1024;
    const MEGABYTE: u64 = 1024 * KILOBYTE;
    let whole = |number: u64| count(u32::try_from(number).unwrap_or(u32::MAX));
    let (number, names) = if bytes < MEGABYTE {
        (whole(bytes.div_ceil(KILOBYTE)), ["кБ", "kB"])
    } else {
        let tenths = bytes.saturating_mul(10).div_ceil(MEGABYTE);
        let point = if lang == Lang::Ru { ',' } else { '.' };
        let tenth = if tenths.is_multiple_of(10) { String::new() } else { format!("{point}{}", tenths % 10) };
        (whole(tenths / 10) + &tenth, ["МБ", "MB"])
    };
    format!("{number}{THIN}{}", names[usize::from(lang == Lang::En)])
}

/// The nearest whole number.
pub(crate) fn nearest(value: f64) -> u32 {
    value.round() as u32
}

/// A share given in tenths of a per cent: `82,7 %` or `82.7%`; `100 %` without a tenth.
#[must_use]
pub fn percent(permille: u32, lang: Lang) -> String {
    let (whole, tenth) = (permille / 10, permille % 10);
    let whole = if permille == 1000 {
        whole.to_string()
    } else {
        let point = if lang == Lang::Ru { ',' } else { '.' };
        format!("{whole}{point}{tenth}")
    };
    if lang == Lang::Ru { format!("{whole}{THIN}%") } else { format!("{whole}%") }
}

/// The months as a date has them, in the genitive where the language has one.
const MONTHS: [[&str; 12]; 2] = [
    ["янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"],
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
];

/// A time of day in a zone: `14:02`.
#[must_use]
pub fn time_of_day(at: Timestamp, zone: &TimeZone) -> String {
    local(at, zone).map_or_else(|| NONE.to_owned(), |local| local.strftime("%H:%M").to_string())
}

/// A time of day to the second: `14:02:07`.
#[must_use]
pub fn time_with_seconds(at: Timestamp, zone: &TimeZone) -> String {
    local(at, zone).map_or_else(|| NONE.to_owned(), |local| local.strftime("%H:%M:%S").to_string())
}

/// A date: `21 ноя 2026`.
#[must_use]
pub fn date(at: Timestamp, zone: &TimeZone, lang: Lang) -> String {
    let Some(local) = local(at, zone) else { return NONE.to_owned() };
    let months = MONTHS[usize::from(lang == Lang::En)];
    let month = usize::try_from(local.month() - 1).ok().and_then(|month| months.get(month)).unwrap_or(&"");
    format!("{} {month} {}", local.day(), local.year())
}

/// A date and a time of day: `21 ноя 2026, 14:02`.
#[must_use]
pub fn date_and_time(at: Timestamp, zone: &TimeZone, lang: Lang) -> String {
    format!("{}, {}", date(at, zone, lang), time_of_day(at, zone))
}

/// When the day of a moment began in a zone.
#[must_use]
pub fn midnight(at: Timestamp, zone: &TimeZone) -> Timestamp {
    let began = local(at, zone).and_then(|local| local.start_of_day().ok());
    began.map_or(at, |began| Timestamp::from_ms(began.timestamp().as_millisecond()))
}

fn local(at: Timestamp, zone: &TimeZone) -> Option<jiff::Zoned> {
    Some(jiff::Timestamp::from_millisecond(at.as_ms()).ok()?.to_zoned(zone.clone()))
}

/// A moment as machines read it, for `<time datetime>`.
#[must_use]
pub fn machine(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.as_ms()).map(|at| format!("{at:.0}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{count, date_and_time, duration, machine, measured, midnight, percent, size, time_of_day, time_with_seconds};
    use crate::words::Lang;
    use jiff::tz::TimeZone;
    use model::{Span, Timestamp};

    #[test]
    fn durations_grow_by_a_colon() {
        assert_eq!(duration(Span::from_ms(7_900)), "0:07");
        assert_eq!(duration(Span::from_secs(765)), "12:45");
        assert_eq!(duration(Span::from_secs(3723)), "1:02:03");
    }

    #[test]
    fn counts_are_grouped_by_a_narrow_space() {
        assert_eq!(count(980), "980");
        assert_eq!(count(12_480), "12\u{202f}480");
        assert_eq!(count(1_000_000), "1\u{202f}000\u{202f}000");
    }

    #[test]
    fn a_measured_value_has_the_digits_that_count() {
        for (value, text) in [
            (0.0, "0"),
            (0.004, "<0,01"),
            (0.84, "0,84"),
            (0.997, "1,0"),
            (8.44, "8,4"),
            (9.97, "10"),
            (84.4, "84"),
            (12_480.0, "12\u{202f}480"),
        ] {
            assert_eq!(measured(value, Lang::Ru), text);
        }
        assert_eq!(measured(8.44, Lang::En), "8.4");
    }

    #[test]
    fn a_share_is_written_as_its_language_does() {
        assert_eq!(percent(827, Lang::Ru), "82,7\u{202f}%");
        assert_eq!(percent(827, Lang::En), "82.7%");
        assert_eq!(percent(1000, Lang::En), "100%");
        assert_eq!(percent(0, Lang::Ru), "0,0\u{202f}%");
    }

    #[test]
    fn a_size_is_told_in_the_unit_that_fits_it() {
        let megabyte = 1024 * 1024;
        assert_eq!(size(640 * 1024, Lang::Ru), "640\u{202f}кБ");
        assert_eq!(size(1, Lang::En), "1\u{202f}kB");
        assert_eq!(size(10 * megabyte, Lang::Ru), "10\u{202f}МБ");
        assert_eq!(size(megabyte + megabyte / 5 + 1, Lang::Ru), "1,3\u{202f}МБ");
        assert_eq!(size(10 * megabyte - 1, Lang::En), "10\u{202f}MB");
    }

    #[test]
    fn moments_are_told_in_the_zone_of_the_site() {
        let zone = TimeZone::get("Europe/Moscow").unwrap();
        let at = Timestamp::from_ms(1_795_000_000_000);
        assert_eq!(time_of_day(at, &zone), "14:06");
        assert_eq!(time_with_seconds(at, &zone), "14:06:40");
        assert_eq!(date_and_time(at, &zone, Lang::Ru), "18 ноя 2026, 14:06");
        assert_eq!(date_and_time(at, &zone, Lang::En), "18 Nov 2026, 14:06");
    }

    #[test]
    fn a_day_begins_at_midnight_of_its_zone() {
        let at = Timestamp::from_ms(1_795_000_000_000);
        let passed = |zone: &str| at.since(midnight(at, &TimeZone::get(zone).unwrap())).as_secs();
        assert_eq!(passed("UTC"), 11 * 3600 + 6 * 60 + 40);
        assert_eq!(passed("Europe/Moscow"), 14 * 3600 + 6 * 60 + 40);
    }

    #[test]
    fn machines_read_utc() {
        assert_eq!(machine(Timestamp::from_ms(1_795_000_000_000)), "2026-11-18T11:06:40Z");
    }
}
