//! The lab's one clock, and waiting by it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::{Instant, sleep};

use crate::{Result, Trouble};

/// Milliseconds since 1970-01-01 00:00 UTC.
pub type Millis = i64;

/// How often a condition that nobody announces is looked at again.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// The time at this moment.
pub fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}

/// Looks until `probe` finds something. The error says what was expected and what was seen last.
///
/// # Errors
/// When `bound` is over.
pub async fn until<T>(bound: Duration, expected: &str, mut probe: impl AsyncFnMut() -> Result<Seen<T>>) -> Result<T> {
    let deadline = Instant::now() + bound;
    loop {
        match probe().await? {
            Seen::Enough(value) => return Ok(value),
            Seen::NotYet(seen) if Instant::now() >= deadline => return Err(missed(expected, bound, &seen)),
            Seen::NotYet(_) => sleep(LOOK_AGAIN).await,
        }
    }
}

/// What one look at a condition saw.
pub enum Seen<T> {
    /// What was waited for.
    Enough(T),
    /// Something else, in words.
    NotYet(String),
}

/// The sentence of a wait that was in vain.
pub fn missed(expected: &str, bound: Duration, seen: &str) -> Trouble {
    Trouble::said(format!("expected within {:.1} s that {expected}; but {seen}", bound.as_secs_f64()))
}

/// The time of day with milliseconds, for timelines.
pub fn time_of_day(at: Millis) -> String {
    let day = at.rem_euclid(86_400_000);
    let (seconds, ms) = (day / 1000, day % 1000);
    format!("{:02}:{:02}:{:02}.{ms:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_has_milliseconds() {
        assert_eq!(time_of_day(1_795_239_763_426), "05:42:43.426");
    }

    #[tokio::test]
    async fn a_wait_in_vain_says_what_was_expected_and_what_was_seen() {
        let looked = until::<()>(Duration::from_millis(20), "it rains", async || Ok(Seen::NotYet("the sun shone".to_owned())));
        assert_eq!(looked.await.unwrap_err().to_string(), "expected within 0.0 s that it rains; but the sun shone");
    }
}
