//! Numbers with a limit and an hour behind them, one a line.

use maud::{Markup, html};
use model::Span;

use crate::number::{NONE, count, duration, measured, nearest};
use crate::parts::{digits, sparkline_under};
use crate::words::Lang;

/// A number. All values are in the unit in which programs count: seconds, bytes, pieces, shares of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Gauge {
    /// What is measured.
    pub measure: Measure,
    /// How much it is; `None` while nothing was measured.
    pub now: Option<f64>,
    /// The second number, beneath the first.
    pub beside: Option<f64>,
    /// What it should not pass.
    pub limit: Option<f64>,
    /// A sample a minute, the latest last.
    pub hour: Vec<Option<f64>>,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// A step of the core: the 99th percentile, and the median.
    Step,
    /// A request to Asterisk: the 95th percentile, and the median.
    Request,
    /// From an event to a page: the 95th percentile, and the median.
    Page,
    /// A commit of the journal: the 99th percentile, and the median.
    Commit,
    /// Facts that the database lacks.
    Lag,
    /// Lanes on which an order is under way.
    Lanes,
    /// Orders that wait for their lane.
    Orders,
    /// Resident memory, and the most there was.
    Memory,
    /// Open files.
    Files,
    /// The share of a processor, and all the time used.
    Processor,
}

/// How near a number is to its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Urgency {
    Calm,
    Near,
    Late,
}

/// Measures that belong together, under one head.
const GROUPS: [&[Measure]; 3] = [
    &[Measure::Step, Measure::Request, Measure::Page, Measure::Commit],
    &[Measure::Lanes, Measure::Orders, Measure::Lag],
    &[Measure::Memory, Measure::Files, Measure::Processor],
];

/// From this share of its limit on, a number is near it.
const NEAR: f64 = 0.7;

/// A percentile is a sum of fractions: what it lacks of an edge by rounding, it has.
const ROUNDING: f64 = 1e-9;

impl Gauge {
    pub(super) fn urgency(&self) -> Urgency {
        let (Some(now), Some(limit)) = (self.now, self.limit) else { return Urgency::Calm };
        if now > limit * (1.0 + ROUNDING) {
            Urgency::Late
        } else if now >= limit * NEAR * (1.0 - ROUNDING) {
            Urgency::Near
        } else {
            Urgency::Calm
        }
    }
}

impl Measure {
    pub(super) fn word(self, lang: Lang) -> String {
        match self {
            Self::Step => lang.text("health-step"),
            Self::Request => lang.text("health-request"),
            Self::Page => lang.text("health-page"),
            Self::Commit => lang.text("health-commit"),
            Self::Lag => lang.text("health-lag"),
            Self::Lanes => lang.text("health-lanes"),
            Self::Orders => lang.text("health-orders"),
            Self::Memory => lang.text("health-memory"),
            Self::Files => lang.text("health-files"),
            Self::Processor => lang.text("health-processor"),
        }
    }

    /// The unit, and what of it is told.
    fn unit(self, lang: Lang) -> String {
        match self {
            Self::Step => lang.text("health-unit-step"),
            Self::Request | Self::Page => lang.text("health-unit-p95"),
            Self::Commit => lang.text("health-unit-p99"),
            Self::Lag => lang.text("health-unit-lag"),
            Self::Lanes => lang.text("health-unit-lanes"),
            Self::Orders => lang.text("health-unit-orders"),
            Self::Memory => lang.text("health-unit-memory"),
            Self::Files => lang.text("health-unit-files"),
            Self::Processor => lang.text("health-unit-processor"),
        }
    }

    /// A value as people read it, in the unit of this measure.
    fn read(self, value: f64, lang: Lang) -> String {
        match self {
            Self::Step => measured(value * 1e6, lang),
            Self::Request | Self::Page | Self::Commit => measured(value * 1e3, lang),
            Self::Lag | Self::Lanes | Self::Orders | Self::Files => count(nearest(value)),
            Self::Memory => measured(value / 1e6, lang),
            Self::Processor => measured(value * 100.0, lang),
        }
    }

    /// The second number, with the word for it.
    fn beside(self, value: f64, lang: Lang) -> String {
        match self {
            Self::Step | Self::Request | Self::Page | Self::Commit => format!("p50 {}", self.read(value, lang)),
            Self::Memory => format!("{} {}", lang.text("health-peak"), self.read(value, lang)),
            Self::Processor => {
                format!("{} {}", lang.text("health-used"), duration(Span::from_secs(nearest(value).into())))
            }
            Self::Lag | Self::Lanes | Self::Orders | Self::Files => self.read(value, lang),
        }
    }
}

/// All numbers.
pub(super) fn table(gauges: &[Gauge], lang: Lang) -> Markup {
    html! {
        table.table.gauges {
            caption.visually-hidden { (lang.text("health-numbers")) }
            thead { tr {
                th scope="col" { (lang.text("health-what")) }
                th.number.now scope="col" { (lang.text("health-now")) }
                th.number.limit scope="col" { (lang.text("health-limit")) }
                th.hour scope="col" { (lang.text("health-hour")) }
                th.range scope="col" { (lang.text("health-range")) }
            } }
            @for group in GROUPS {
                tbody { @for gauge in gauges.iter().filter(|gauge| group.contains(&gauge.measure)) { (row(gauge, lang)) } }
            }
        }
    }
}

fn row(gauge: &Gauge, lang: Lang) -> Markup {
    let measure = gauge.measure;
    html! {
        tr {
            th scope="row" { (measure.word(lang)) span.sub { (measure.unit(lang)) } }
            td.number.now {
                (figure(gauge, lang))
                @if let Some(beside) = gauge.beside { span.sub { (digits(&measure.beside(beside, lang))) } }
            }
            td.number.limit {
                @if let Some(limit) = gauge.limit { span.word { (lang.text("health-limit")) " " } (digits(&measure.read(limit, lang))) }
                @else { span.none { (NONE) } }
            }
            td.hour { (hour(gauge)) }
            td.range { (range(gauge, lang)) }
        }
    }
}

/// The number itself, with what its urgency adds; that stands before it, so that the digits keep their place.
fn figure(gauge: &Gauge, lang: Lang) -> Markup {
    let value = gauge.now.map(|now| gauge.measure.read(now, lang));
    let (class, mark, words) = match gauge.urgency() {
        Urgency::Calm => ("calm", "", String::new()),
        Urgency::Near => ("near", "▲", String::new()),
        Urgency::Late => ("late", "▲▲", lang.text("above-norm")),
    };
    html! {
        span.figure.(class) {
            @if !words.is_empty() { span.words { (words) " " } }
            @if !mark.is_empty() { span.mark aria-hidden="true" { (mark) " " } }
            @if let Some(value) = value { span.value { (digits(&value)) } } @else { span.value.none { (NONE) } }
        }
    }
}

/// The last hour as a line beneath its limit: where the limit is not passed, it is the upper edge.
fn hour(gauge: &Gauge) -> Markup {
    let most = gauge.hour.iter().flatten().copied().fold(0.0, f64::max);
    let top = most.max(gauge.limit.unwrap_or_default());
    let share = |value: f64| if top > 0.0 { nearest(value / top * 1000.0) } else { 0 };
    let samples: Vec<Option<u32>> = gauge.hour.iter().map(|sample| sample.map(share)).collect();
    sparkline_under(gauge.limit.map(share), &samples, 1000)
}

fn range(gauge: &Gauge, lang: Lang) -> Markup {
    let known = || gauge.hour.iter().flatten().copied();
    let least = known().fold(f64::INFINITY, f64::min);
    let most = known().fold(0.0, f64::max);
    let [least, most] = [least, most].map(|value| value.is_finite().then(|| gauge.measure.read(value, lang)));
    html! {
        @match (least, most) {
            (Some(least), Some(most)) if least == most => (digits(&least)),
            (Some(least), Some(most)) => (digits(&format!("{least} – {most}"))),
            (None, _) | (_, None) => span.none { (NONE) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Gauge, Measure, Urgency, hour, row};
    use crate::words::Lang;

    fn gauge(now: f64) -> Gauge {
        Gauge { measure: Measure::Request, now: Some(now), beside: None, limit: Some(0.05), hour: vec![] }
    }

    #[test]
    fn a_number_is_near_its_limit_from_seventy_per_cent_on_and_late_beyond_it() {
        for (now, urgency) in [(0.0349, Urgency::Calm), (0.035, Urgency::Near), (0.05, Urgency::Near), (0.0501, Urgency::Late)] {
            assert_eq!(gauge(now).urgency(), urgency, "{now}");
        }
        assert_eq!(Gauge { now: None, ..gauge(0.0) }.urgency(), Urgency::Calm, "what was not measured is not late");
        assert_eq!(Gauge { limit: None, ..gauge(9.0) }.urgency(), Urgency::Calm);
    }

    #[test]
    fn what_is_late_says_so_in_words_and_what_was_not_measured_is_no_zero() {
        assert!(row(&gauge(0.07), Lang::Ru).into_string().contains("выше нормы"));
        assert!(!row(&gauge(0.04), Lang::Ru).into_string().contains("выше нормы"));
        let unknown = row(&Gauge { now: None, ..gauge(0.0) }, Lang::Ru).into_string();
        assert!(unknown.contains("<span class=\"value none\">—</span>"), "{unknown}");
    }

    #[test]
    fn the_hour_stands_beneath_its_limit_until_that_is_passed() {
        let hour_of =
            |samples: &[f64]| hour(&Gauge { hour: samples.iter().copied().map(Some).collect(), ..gauge(0.0) }).into_string();
        assert!(hour_of(&[0.025, 0.0]).contains("M58 10L59 20"), "half the limit is half the height");
        assert!(hour_of(&[0.1, 0.0]).contains("y1=\"10\""), "a limit that was passed twice over stands at half the height");
    }
}
