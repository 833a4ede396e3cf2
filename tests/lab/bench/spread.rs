//! How far measured times are spread.

use std::fmt;

use serde::Serialize;

/// Half of the times, 95 and 99 of a hundred are at most this; nothing is known of none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Spread {
    /// The median.
    pub p50: Option<f64>,
    /// The 95th percentile.
    pub p95: Option<f64>,
    /// The 99th percentile.
    pub p99: Option<f64>,
    /// The largest.
    pub max: Option<f64>,
    /// How many there are.
    pub n: usize,
}

impl Spread {
    /// Of these times, in any order.
    pub fn of(times: &[f64]) -> Self {
        let mut sorted = times.to_vec();
        sorted.sort_by(f64::total_cmp);
        // The nearest rank: the smallest that this share of all are at most.
        let at = |percent: usize| sorted.get((sorted.len() * percent).div_ceil(100).saturating_sub(1)).copied();
        Self { p50: at(50), p95: at(95), p99: at(99), max: at(100), n: sorted.len() }
    }

    /// Of whole milliseconds.
    #[expect(clippy::cast_precision_loss, reason = "times of a test are far below 2^52 ms")]
    pub fn of_millis(times: &[i64]) -> Self {
        Self::of(&times.iter().map(|time| *time as f64).collect::<Vec<f64>>())
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = |time: Option<f64>| time.map_or_else(|| "-".to_owned(), |time| format!("{}", (time * 10.0).round() / 10.0));
        let Self { p50, p95, p99, max, n } = *self;
        let [p50, p95, p99, max] = [p50, p95, p99, max].map(told);
        write!(f, "p50 {p50} ms, p95 {p95} ms, p99 {p99} ms, at most {max} ms, {n} times")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_read_from_times_in_any_order() {
        let spread = Spread::of(&(1..=200).rev().map(f64::from).collect::<Vec<f64>>());
        assert_eq!(spread, Spread { p50: Some(100.0), p95: Some(190.0), p99: Some(198.0), max: Some(200.0), n: 200 });
        assert_eq!(Spread::of_millis(&[7]).to_string(), "p50 7 ms, p95 7 ms, p99 7 ms, at most 7 ms, 1 times");
    }

    #[test]
    fn nothing_is_known_of_no_times() {
        assert_eq!(Spread::of(&[]), Spread::default());
        assert_eq!(Spread::default().to_string(), "p50 - ms, p95 - ms, p99 - ms, at most - ms, 0 times");
    }
}
