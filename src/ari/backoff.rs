//! How long to wait before connecting again: quick at first, then slower, never in step with others who do the same.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);

/// A connection that held this long was sound: after it we try again at once. One that only fell silent holds for the four seconds
/// in which that is noticed, whatever came before; one that is shut in our face does not.
const SOUND_AFTER: Duration = Duration::from_secs(2);

/// The next wait.
#[derive(Debug)]
pub struct Backoff {
    next: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { next: FIRST }
    }
}

impl Backoff {
    /// A connection held this long.
    pub fn held(&mut self, time: Duration) {
        if time >= SOUND_AFTER {
            *self = Self::default();
        }
    }

    /// How long to wait now. The first wait is exact, since Asterisk is most often back at once; of the later ones between
    /// half and the whole.
    pub fn wait(&mut self) -> Duration {
        let wait = if self.next == FIRST { FIRST } else { self.next.mul_f64(0.5 + chance() / 2.0) };
        self.next = (self.next * 2).min(LONGEST);
        wait
    }
}

/// A number from 0 to 1: the standard library seeds its hash maps by chance.
fn chance() -> f64 {
    let random = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(random >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Backoff, Duration, FIRST, LONGEST};

    #[test]
    fn the_first_wait_is_short_and_no_wait_is_longer_than_five_seconds() {
        let mut backoff = Backoff::default();
        let waits: Vec<_> = (0..12).map(|_| backoff.wait()).collect();
        assert_eq!(waits[0], FIRST);
        assert!(waits.iter().all(|wait| *wait >= FIRST && *wait <= LONGEST), "{waits:?}");
        assert!(waits[11] >= LONGEST / 2);
    }

    #[test]
    fn one_silence_after_another_makes_no_wait_longer_and_a_door_that_is_shut_does() {
        let mut backoff = Backoff::default();
        for _ in 0..12 {
            assert_eq!(backoff.wait(), FIRST);
            backoff.held(Duration::from_secs(4));
        }
        let shut = (0..12).map(|_| {
            backoff.held(Duration::from_millis(50));
            backoff.wait()
        });
        assert!(shut.last().is_some_and(|wait| wait >= LONGEST / 2));
    }
}
