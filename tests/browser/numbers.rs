//! Measured numbers, put in order.

/// Half of the numbers, and 95 of a hundred, are at most this.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// The median.
    pub p50: f64,
    /// The 95th percentile.
    pub p95: f64,
    /// The largest.
    pub most: f64,
}

impl Spread {
    /// Of these numbers; all zero when there are none.
    #[must_use]
    pub fn of(mut numbers: Vec<f64>) -> Self {
        numbers.sort_by(f64::total_cmp);
        let at = |percent: usize| {
            let last = numbers.len().saturating_sub(1);
            numbers.get((numbers.len() * percent / 100).min(last)).copied().unwrap_or_default()
        };
        Self { p50: at(50), p95: at(95), most: at(100) }
    }
}

#[cfg(test)]
mod tests {
    use super::Spread;

    #[test]
    fn a_spread_is_read_from_numbers_in_any_order() {
        let spread = Spread::of((1..=100).rev().map(f64::from).collect());
        assert_eq!(spread, Spread { p50: 51.0, p95: 96.0, most: 100.0 });
        assert_eq!(Spread::of(Vec::new()), Spread::default());
    }
}
