//! A histogram as it is read back from `/metrics`: how many took at most this long.

use super::exposition::Line;

/// The buckets, the narrowest first: the edge in seconds, and how many there are up to it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Buckets(Vec<(f64, f64)>);

impl Buckets {
    /// Adds a line `…_bucket` of the text.
    pub fn add(&mut self, line: &Line<'_>) {
        let Some(edge) = line.label("le").and_then(|edge| edge.parse::<f64>().ok()) else { return };
        match self.0.iter_mut().find(|(known, _)| *known == edge) {
            Some((_, count)) => *count += line.value,
            None => {
                self.0.push((edge, line.value));
                self.0.sort_by(|(one, _), (other, _)| one.total_cmp(other));
            }
        }
    }

    /// All of both.
    pub fn and(mut self, other: &Self) -> Self {
        if self.0.is_empty() {
            return other.clone();
        }
        for ((_, count), (_, more)) in self.0.iter_mut().zip(&other.0) {
            *count += more;
        }
        self
    }

    /// What came since an earlier reading.
    pub fn since(&self, before: &Self) -> Self {
        let came = |(edge, count): &(f64, f64)| {
            let known = before.0.iter().find(|(known, _)| known == edge).map_or(0.0, |(_, count)| *count);
            (*edge, (count - known).max(0.0))
        };
        Self(self.0.iter().map(came).collect())
    }

    /// How many there are.
    pub fn count(&self) -> f64 {
        self.0.last().map_or(0.0, |(_, count)| *count)
    }

    /// Within which time this share of them was done: on a straight line within its bucket, as `histogram_quantile` of
    /// Prometheus has it. Past the last edge nobody knows more than that edge.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let rank = share * self.count();
        if rank <= 0.0 {
            return None;
        }
        let place = self.0.iter().position(|(_, count)| *count >= rank)?;
        let (edge, count) = self.0[place];
        let (low, below) = if place == 0 { (0.0, 0.0) } else { self.0[place - 1] };
        Some(if edge.is_finite() { low + (edge - low) * (rank - below) / (count - below) } else { low })
    }

    /// The edge that none of them passed; `None` if there are none. Infinite if the last one was passed.
    pub fn most(&self) -> Option<f64> {
        let all = self.count();
        self.0.iter().find(|(_, count)| all > 0.0 && *count >= all).map(|(edge, _)| *edge)
    }
}

#[cfg(test)]
mod tests {
    use super::super::exposition::Line;
    use super::Buckets;

    fn buckets(text: &str) -> Buckets {
        let mut buckets = Buckets::default();
        Line::all(text).for_each(|line| buckets.add(&line));
        buckets
    }

    /// 40 up to 10 ms, 40 up to 20 ms, 20 beyond.
    fn hundred() -> Buckets {
        buckets("a{le=\"0.01\"} 40\na{le=\"0.02\"} 80\na{le=\"+Inf\"} 100\n")
    }

    fn near(found: Option<f64>, wanted: f64) -> bool {
        found.is_some_and(|found| (found - wanted).abs() < 1e-9)
    }

    /// The same vector in Prometheus: `histogram_quantile(0.5, …)` gives 0.0125.
    #[test]
    fn a_percentile_is_what_prometheus_makes_of_the_same_buckets() {
        assert!(near(hundred().quantile(0.5), 0.0125));
        assert!(near(hundred().quantile(0.2), 0.005));
        assert!(near(hundred().quantile(0.99), 0.02), "past the last edge the last edge stands");
        assert_eq!(buckets("a{le=\"0.01\"} 0\na{le=\"+Inf\"} 0\n").quantile(0.5), None);
        assert_eq!(Buckets::default().quantile(0.5), None);
    }

    #[test]
    fn a_limit_that_is_an_edge_is_passed_only_by_a_percentile_beyond_it() {
        let at_limit = buckets("a{le=\"0.01\"} 99\na{le=\"0.02\"} 100\na{le=\"+Inf\"} 100\n");
        assert!(near(at_limit.quantile(0.99), 0.01));
        assert!(at_limit.quantile(0.991).is_some_and(|beyond| beyond > 0.01));
    }

    #[test]
    fn what_came_since_is_the_difference_and_labels_add_up() {
        let later = hundred().and(&hundred());
        assert_eq!(later.since(&hundred()), hundred());
        assert_eq!(later.since(&Buckets::default()).count(), 200.0);
        assert_eq!(buckets("a{le=\"1\"} 1\nb{le=\"1\"} 2\n").count(), 3.0);
    }

    #[test]
    fn at_most_is_the_edge_that_nothing_passed() {
        assert_eq!(hundred().most(), Some(f64::INFINITY));
        assert_eq!(buckets("a{le=\"0.01\"} 4\na{le=\"0.02\"} 4\na{le=\"+Inf\"} 4\n").most(), Some(0.01));
        assert_eq!(Buckets::default().most(), None);
    }
}
