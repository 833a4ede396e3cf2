//! The last hour of a number as a line: a sample a minute, the latest at the right edge.

use std::fmt::Write as _;

use maud::{Markup, html};

/// How many samples a line has room for.
pub const SAMPLES: usize = 60;

/// How high a line is drawn, in its own units.
const HEIGHT: u64 = 20;

/// The line, between zero and `top`. A sample without a value is a gap; before there are two there is no line.
#[must_use]
pub fn sparkline(samples: &[Option<u32>], top: u32) -> Markup {
    sparkline_under(None, samples, top)
}

/// As [`sparkline`], with a limit drawn across.
#[must_use]
pub fn sparkline_under(limit: Option<u32>, samples: &[Option<u32>], top: u32) -> Markup {
    let path = path(samples, top);
    html! {
        @if samples.iter().flatten().count() > 1 {
            svg.sparkline viewBox={ "0 -1 " (SAMPLES - 1) " " (HEIGHT + 2) } preserveAspectRatio="none" aria-hidden="true" {
                @if let Some(y) = limit.map(|limit| y(limit, top)) { line x1="0" y1=(y) x2=(SAMPLES - 1) y2=(y) {} }
                path d=(path) {}
            }
        }
    }
}

/// How far beneath the upper edge a value stands.
fn y(value: u32, top: u32) -> u64 {
    HEIGHT - u64::from(value.min(top)) * HEIGHT / u64::from(top.max(1))
}

/// One stroke for each stretch of samples that have a value.
fn path(samples: &[Option<u32>], top: u32) -> String {
    let latest = &samples[samples.len().saturating_sub(SAMPLES)..];
    let first = SAMPLES - latest.len();
    let mut path = String::new();
    let mut drawn = false;
    for (x, sample) in (first..).zip(latest) {
        if let Some(value) = sample {
            let _ = write!(path, "{}{x} {}", if drawn { 'L' } else { 'M' }, y(*value, top));
        }
        drawn = sample.is_some();
    }
    path
}

#[cfg(test)]
mod tests {
    use super::{path, sparkline};

    #[test]
    fn the_latest_sample_stands_at_the_right_edge_and_zero_at_the_bottom() {
        assert_eq!(path(&[Some(0), Some(5), Some(10)], 10), "M57 20L58 10L59 0");
    }

    #[test]
    fn what_was_not_known_is_a_gap() {
        assert_eq!(path(&[Some(1), None, Some(1), Some(1)], 1), "M56 0M58 0L59 0");
    }

    #[test]
    fn one_sample_is_no_line() {
        assert_eq!(sparkline(&[Some(3)], 3).into_string(), "");
        assert_eq!(sparkline(&[], 0).into_string(), "");
    }

    #[test]
    fn more_than_an_hour_is_the_last_hour() {
        assert!(path(&[Some(1); 90], 1).starts_with("M0 0"));
    }
}
