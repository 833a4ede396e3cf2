//! Chance, as a seed in the state: a replay draws the same numbers.

use model::{AgentId, CallId, Timestamp};
use uuid::Builder;

/// The seed, and what keeps ids that are minted in one millisecond in the order of their minting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chance {
    pub(crate) seed: u64,
    pub(crate) minted_at: Timestamp,
    pub(crate) minted: u16,
}

impl Chance {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { seed, minted_at: Timestamp::from_ms(0), minted: 0 }
    }

    /// The next number: SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators").
    pub(crate) const fn draw(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        scramble(self.seed)
    }

    /// A call's id: UUID v7 of the time, a count within the millisecond (RFC 9562, 6.2 method 1), and chance. Callers who
    /// arrive in the same millisecond thereby keep their order.
    pub(crate) fn mint(&mut self, at: Timestamp) -> CallId {
        self.minted = if at == self.minted_at { self.minted.wrapping_add(1) } else { 0 };
        self.minted_at = at;
        let mut bytes = [0; 10];
        let (count, rest) = bytes.split_at_mut(2);
        count.copy_from_slice(&(self.minted & 0x0fff).to_be_bytes());
        rest.copy_from_slice(&self.draw().to_be_bytes());
        CallId(Builder::from_unix_timestamp_millis(at.as_ms().unsigned_abs(), &bytes).into_uuid())
    }

    /// A count for the legs and bridges of a call whose earlier count is forgotten, far from any that was used:
    /// Asterisk must not see one id twice. It depends on the time, for two runs may go on from one and the same state.
    pub(crate) fn far_count(&mut self, at: Timestamp) -> u32 {
        // 30 bits leave room to count up from here.
        let drawn = scramble(self.draw() ^ at.as_ms().unsigned_abs());
        u32::try_from(drawn >> 34).unwrap_or(0) | 0x0010_0000
    }
}

/// The lot of one agent in a choice: each agent's differs, and each choice deals new ones.
pub(crate) fn lot(drawn: u64, agent: AgentId) -> u64 {
    let (high, low) = agent.0.as_u64_pair();
    scramble(scramble(drawn ^ high).wrapping_add(low))
}

/// What makes numbers that lie near each other lie far apart.
const fn scramble(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use model::Timestamp;

    use super::Chance;

    #[test]
    fn ids_of_one_millisecond_sort_in_the_order_of_their_minting() {
        let mut chance = Chance::new(7);
        let ids: Vec<_> = (0..4_000).map(|_| chance.mint(Timestamp::from_ms(1_790_000_000_000))).collect();
        assert!(ids.is_sorted());
        assert_eq!(ids[0].0.get_version_num(), 7);
    }

    #[test]
    fn two_runs_that_go_on_from_one_state_at_different_times_count_from_different_numbers() {
        let count = |ms| Chance::new(1).far_count(Timestamp::from_ms(ms));
        assert_ne!(count(1_790_000_000_000), count(1_790_000_000_001));
        assert!((0..64).map(count).all(|count| count >= 0x0010_0000 && count & 0x0010_0000 != 0), "far from what is counted up");
    }

    #[test]
    fn the_same_seed_draws_the_same_numbers() {
        let (mut one, mut two) = (Chance::new(1), Chance::new(1));
        assert_eq!(one.draw(), two.draw());
        assert_ne!(one.draw(), Chance::new(2).draw());
    }
}
