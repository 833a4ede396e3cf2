//! What time it is by our clock when it is something by Asterisk's. The two may differ as they like. What Asterisk says is heard a
//! moment later, and now and then, when a machine or the way stands still, much later: so the smallest difference that was
//! seen of late is the one to go by.

use std::collections::BTreeMap;

use model::{ServerId, Span, Timestamp};
use serde::{Deserialize, Serialize};

/// How long a difference is gone by at least, twice that at most: two clocks that nobody sets drift apart by some 30 ms in it
/// (at 50 millionths).
const LATELY: Span = Span::from_secs(10 * 60);

/// The clocks of all Asterisks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Clocks(BTreeMap<ServerId, Ahead>);

/// By how many milliseconds our clock is ahead of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Ahead {
    /// Since when the smallest difference is looked for.
    since: Timestamp,
    least: i64,
    /// The smallest in the stretch before.
    before: Option<i64>,
}

impl Clocks {
    /// Something is heard now that Asterisk said at `told` by its clock.
    pub(crate) fn hear(&mut self, server: ServerId, told: Timestamp, now: Timestamp) {
        let difference = now.as_ms().saturating_sub(told.as_ms());
        let fresh = Ahead { since: now, least: difference, before: None };
        let ahead = self.0.entry(server).or_insert_with(|| fresh.clone());
        let age = now.since(ahead.since);
        if age > LATELY + LATELY {
            *ahead = fresh;
        } else if age > LATELY {
            *ahead = Ahead { before: Some(ahead.least), ..fresh };
        } else {
            ahead.least = ahead.least.min(difference);
        }
    }

    /// When it was by our clock what it was by Asterisk's; `None` before anything was heard of that.
    pub(crate) fn ours(&self, server: ServerId, theirs: Timestamp) -> Option<Timestamp> {
        let Ahead { least, before, .. } = self.0.get(&server)?;
        let ahead = before.map_or(*least, |before| before.min(*least));
        Some(Timestamp::from_ms(theirs.as_ms().saturating_add(ahead)))
    }

    /// A clock was set.
    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: ServerId = ServerId(1);
    const LATE: i64 = LATELY.as_ms();

    fn hear(clocks: &mut Clocks, told: i64, now: i64) {
        clocks.hear(SERVER, Timestamp::from_ms(told), Timestamp::from_ms(now));
    }

    fn ours(clocks: &Clocks, theirs: i64) -> Option<i64> {
        clocks.ours(SERVER, Timestamp::from_ms(theirs)).map(Timestamp::as_ms)
    }

    #[test]
    fn what_is_heard_late_says_nothing_of_the_clock() {
        let mut clocks = Clocks::default();
        assert_eq!(ours(&clocks, 500), None);
        hear(&mut clocks, 1_000, 91_010);
        hear(&mut clocks, 2_000, 101_000);
        hear(&mut clocks, 9_000, 99_007);
        assert_eq!(ours(&clocks, 2_000), Some(92_007));
        assert_eq!(clocks.ours(ServerId(2), Timestamp::from_ms(1)), None);
    }

    #[test]
    fn a_difference_is_forgotten_when_it_has_grown_old() {
        let mut clocks = Clocks::default();
        hear(&mut clocks, 0, 100);
        hear(&mut clocks, LATE + 1, LATE + 201);
        assert_eq!(ours(&clocks, 0), Some(100));
        hear(&mut clocks, 2 * LATE + 2, 2 * LATE + 302);
        assert_eq!(ours(&clocks, 0), Some(200));
        hear(&mut clocks, 9 * LATE, 9 * LATE + 400);
        assert_eq!(ours(&clocks, 0), Some(400));
        clocks.forget();
        assert_eq!(ours(&clocks, 0), None);
    }

    #[test]
    fn no_time_is_too_far_away() {
        let mut clocks = Clocks::default();
        hear(&mut clocks, i64::MIN, 1);
        hear(&mut clocks, i64::MAX, 1);
        assert!(ours(&clocks, i64::MIN).is_some() && ours(&clocks, i64::MAX).is_some());
    }
}
