//! The last hour of the six numbers, a sample a minute.

use std::collections::VecDeque;

use maud::{Markup, html};

use super::Totals;
use crate::number::{count, percent};
use crate::parts::{SAMPLES, sparkline};
use crate::words::Lang;

/// The samples, the oldest first; never more than a line has room for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trend(VecDeque<Sample>);

/// The six numbers at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// Callers who wait.
    pub waiting: u32,
    /// The service level in tenths of a per cent, if there is one.
    pub level: Option<u32>,
    /// Calls in conversation.
    pub talking: u32,
    /// Agents who are Ready.
    pub ready: u32,
    /// Agents who are logged in.
    pub logged_in: u32,
    /// Queues in which somebody waits.
    pub queues_waiting: u32,
}

/// One of the six numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    Waiting,
    Level,
    Talking,
    Ready,
    Agents,
    Queues,
}

impl Sample {
    /// The numbers of the strip as they stand.
    #[must_use]
    pub fn of(totals: &Totals) -> Self {
        Self {
            waiting: totals.sums.waiting,
            level: totals.sums.today.service_level_permille(),
            talking: totals.sums.talking,
            ready: totals.sums.ready,
            logged_in: totals.sums.logged_in,
            queues_waiting: totals.queues_waiting,
        }
    }
}

impl Trend {
    /// Takes a sample over; the oldest gives way.
    pub fn push(&mut self, totals: &Totals) {
        self.0.push_back(Sample::of(totals));
        while self.0.len() > SAMPLES {
            self.0.pop_front();
        }
    }

    /// The samples of one number.
    fn of(&self, number: Number) -> Vec<Option<u32>> {
        self.0.iter().map(|sample| number.of(sample)).collect()
    }
}

impl FromIterator<Sample> for Trend {
    fn from_iter<T: IntoIterator<Item = Sample>>(samples: T) -> Self {
        Self(samples.into_iter().take(SAMPLES).collect())
    }
}

impl Number {
    pub const ALL: [Self; 6] = [Self::Waiting, Self::Level, Self::Talking, Self::Ready, Self::Agents, Self::Queues];

    const fn of(self, sample: &Sample) -> Option<u32> {
        match self {
            Self::Waiting => Some(sample.waiting),
            Self::Level => sample.level,
            Self::Talking => Some(sample.talking),
            Self::Ready => Some(sample.ready),
            Self::Agents => Some(sample.logged_in),
            Self::Queues => Some(sample.queues_waiting),
        }
    }

    /// The id of the place of its line.
    pub const fn place(self) -> &'static str {
        match self {
            Self::Waiting => "trend-waiting",
            Self::Level => "trend-level",
            Self::Talking => "trend-talking",
            Self::Ready => "trend-ready",
            Self::Agents => "trend-agents",
            Self::Queues => "trend-queues",
        }
    }

    /// A value as people read it.
    fn read(self, value: u32, lang: Lang) -> String {
        match self {
            Self::Level => percent(value, lang),
            Self::Waiting | Self::Talking | Self::Ready | Self::Agents | Self::Queues => count(value),
        }
    }
}

/// The line of a number, and for whoever does not see it the range in words.
pub(super) fn line(trend: &Trend, number: Number, lang: Lang) -> Markup {
    let samples = trend.of(number);
    let known = || samples.iter().flatten().copied();
    let (Some(least), Some(most)) = (known().min(), known().max()) else { return html! {} };
    let top = if number == Number::Level { 1000 } else { most };
    html! {
        @if known().count() > 1 {
            (sparkline(&samples, top))
            span.visually-hidden {
                (lang.text_with("trend-range", [("least", number.read(least, lang).into()), ("most", number.read(most, lang).into())]))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Number, Sample, Trend, line};
    use crate::words::Lang;

    #[test]
    fn a_line_tells_its_range_in_words_too() {
        let trend: Trend = [4, 9, 2].into_iter().map(|waiting| Sample { waiting, ..Sample::default() }).collect();
        let drawn = line(&trend, Number::Waiting, Lang::Ru).into_string();
        assert!(drawn.contains("<path") && drawn.contains("от 2 до 9"), "{drawn}");
        assert_eq!(line(&trend, Number::Level, Lang::Ru).into_string(), "", "a level that was never known has no line");
    }
}
