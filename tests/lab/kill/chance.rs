//! Chance that can be repeated: every instant of these tests comes from one seed, which is printed.

use std::time::Duration;

use crate::parties::now;

/// Where a seed is taken from when it is given.
const GIVEN: &str = "CALLSYNC_LAB_SEED";

/// A row of numbers that follows from its seed (SplitMix64).
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// The seed of this run: the one that `CALLSYNC_LAB_SEED` gives, otherwise a new one.
    pub fn seed() -> u64 {
        let given = std::env::var(GIVEN).ok().and_then(|text| text.trim().parse().ok());
        given.unwrap_or_else(|| now().unsigned_abs() % 1_000_000)
    }

    /// The row of one test: each has its own, so that a test plays alike whether it runs alone or after others.
    pub fn of(seed: u64, test: &str) -> Self {
        Self(test.bytes().fold(seed, |mixed, byte| mixed.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte)))
    }

    /// The next number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound.max(1)
    }

    /// A time between two, in milliseconds.
    pub fn between(&mut self, least: u64, most: u64) -> Duration {
        Duration::from_millis(least + self.below(most.saturating_sub(least) + 1))
    }

    /// One of these.
    pub fn one_of<T: Copy>(&mut self, choices: &[T]) -> Option<T> {
        let place = self.below(u64::try_from(choices.len()).unwrap_or(u64::MAX));
        usize::try_from(place).ok().and_then(|place| choices.get(place)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::Chance;

    fn row(seed: u64, test: &str) -> Vec<u64> {
        let mut chance = Chance::of(seed, test);
        (0..5).map(|_| chance.below(1000)).collect()
    }

    #[test]
    fn a_seed_gives_the_same_row_again_and_another_test_another_one() {
        assert_eq!(row(7, "kills"), row(7, "kills"));
        assert_ne!(row(7, "kills"), row(8, "kills"));
        assert_ne!(row(7, "kills"), row(7, "cuts"));
    }

    #[test]
    fn a_time_lies_between_its_bounds() {
        let mut chance = Chance::of(1, "bounds");
        for _ in 0..1000 {
            let time = chance.between(200, 3000).as_millis();
            assert!((200..=3000).contains(&time), "{time}");
        }
    }
}
