//! What is too much, and the buckets of the histograms. Each limit, and the 70 % of it from which on a number is near, is the
//! edge of a bucket: within a bucket a percentile is an estimate, but on which side of a limit it lies is exact.

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder};

/// A step of the core, 99 of 100, in seconds.
pub(super) const STEP: f64 = 0.000_02;

/// A request to Asterisk, 95 of 100, in seconds. Before a caller and an agent hear each other five or six requests are made
/// one after another: at this much each it takes a quarter of a second, which nobody feels.
pub(super) const REQUEST: f64 = 0.05;

/// A commit of the journal, 99 of 100, in seconds: what a kill may lose.
pub(super) const COMMIT: f64 = 0.05;

/// From an event to a page, 95 of 100, in seconds.
pub(super) const PAGE: f64 = 0.1;

/// Facts that the database lacks: about as many as one transaction of the books takes.
pub(super) const LAG: f64 = 1000.0;

/// Resident memory in bytes, with 500 callers waiting.
pub(super) const MEMORY: f64 = 100_000_000.0;

/// Buckets of every histogram of seconds.
const SECONDS: &[f64] = &[
    0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015, 0.025, 0.035, 0.05, 0.07, 0.1, 0.15, 0.25, 0.5,
    1.0, 2.5, 5.0, 10.0,
];

/// Buckets of a step of the core.
const STEPS: &[f64] = &[
    0.000_001, 0.000_002, 0.000_003, 0.000_005, 0.000_007, 0.000_01, 0.000_014, 0.000_02, 0.000_03, 0.000_05, 0.000_1, 0.000_2,
    0.000_5, 0.001, 0.005, 0.02, 0.1,
];

/// What counts for `/metrics`, with the buckets that the page of health reads.
///
/// # Errors
/// None with these buckets; the builder's own.
pub fn counting() -> Result<PrometheusBuilder, BuildError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
        .set_buckets_for_metric(Matcher::Full("callsync_step_seconds".to_owned()), STEPS)
}

#[cfg(test)]
mod tests {
    use super::{COMMIT, PAGE, REQUEST, SECONDS, STEP, STEPS};

    #[test]
    fn every_limit_and_what_is_near_it_is_the_edge_of_a_bucket() {
        for (buckets, limit) in [(STEPS, STEP), (SECONDS, REQUEST), (SECONDS, COMMIT), (SECONDS, PAGE)] {
            for edge in [limit, limit * 0.7] {
                assert!(buckets.iter().any(|bucket| (bucket - edge).abs() < edge * 1e-9), "{edge} is no edge of {buckets:?}");
            }
        }
    }
}
