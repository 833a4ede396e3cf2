//! Whether a row of samples is flat. Memory by the median of the slopes between all pairs (Theil and Sen): a spike, or a jump
//! that comes once, does not tilt it, a steady leak does. Descriptors by the medians of the first and the last third.

/// How much memory may grow in a minute. At five calls a second it is what 220 bytes a call would make.
pub(super) const MEMORY_KB_A_MINUTE: f64 = 64.0;
/// How many more descriptors the last third may have: a request that is under way just then.
pub(super) const DESCRIPTORS: u64 = 4;

/// The median of the slopes between all pairs of samples, in units a minute; `None` with fewer than two.
pub(super) fn slope(samples: &[(u64, u64)]) -> Option<f64> {
    let mut slopes = Vec::new();
    for (place, (second, value)) in samples.iter().enumerate() {
        for (later, grown) in samples.iter().skip(place + 1).filter(|(later, _)| later > second) {
            slopes.push((*grown as f64 - *value as f64) * 60.0 / (later - second) as f64);
        }
    }
    slopes.sort_by(f64::total_cmp);
    slopes.get(slopes.len() / 2).copied()
}

/// The medians of the first and of the last third.
pub(super) fn thirds(values: &[u64]) -> Option<(u64, u64)> {
    let third = values.len() / 3;
    Some((median(values.get(..third)?)?, median(values.get(values.len() - third..)?)?))
}

fn median(values: &[u64]) -> Option<u64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten minutes, a sample every ten seconds.
    fn samples(value: impl Fn(u64) -> u64) -> Vec<(u64, u64)> {
        (0..60).map(|n| (n * 10, value(n))).collect()
    }

    #[test]
    fn a_steady_leak_is_found_whatever_noise_lies_over_it() {
        // 100 KB a minute, with up to 400 KB of noise that repeats.
        let leak = samples(|n| 60_000 + n * 100 / 6 + (n * 7919 % 5) * 100);
        assert!(slope(&leak).unwrap() > MEMORY_KB_A_MINUTE, "{:?}", slope(&leak));
        let still = samples(|n| 60_000 + (n * 7919 % 5) * 100);
        assert!(slope(&still).unwrap().abs() < 10.0, "{:?}", slope(&still));
    }

    #[test]
    fn a_spike_is_no_leak_and_neither_is_memory_that_is_given_back() {
        let spike = samples(|n| if (20..24).contains(&n) { 90_000 } else { 60_000 });
        assert_eq!(slope(&spike), Some(0.0));
        assert!(slope(&samples(|n| 60_000 - n * 50)).unwrap() < 0.0);
    }

    #[test]
    fn descriptors_that_come_and_go_are_flat_and_those_that_stay_are_not() {
        let busy: Vec<u64> = (0..60).map(|n| 40 + n * 7 % 3).collect();
        let (first, last) = thirds(&busy).unwrap();
        assert!(last <= first + DESCRIPTORS);
        let leaking: Vec<u64> = (0..60).map(|n| 40 + n / 5).collect();
        let (first, last) = thirds(&leaking).unwrap();
        assert!(last > first + DESCRIPTORS);
    }

    #[test]
    fn too_few_samples_say_nothing() {
        assert_eq!(slope(&[(0, 1)]), None);
        assert_eq!(thirds(&[1, 2]), None);
    }
}
