//! What time it is by our clock when it is something by Asterisk's. The two may differ as they like. What Asterisk says is heard a
//! moment later, and now and then, when a machine or the way stands still, much later: so the smallest difference that was
//! seen of late is the one to go by. A difference that grows is not seen so, and so a clock that was set is looked for.

use std::collections::BTreeMap;

use model::{ServerId, Span, Timestamp};

/// How long a difference is gone by at least: longer than any standstill after which Asterisk would still have the caller. When
/// callers are rare it may be three times that.
const LATELY: Span = Span::from_secs(60);

/// What Asterisk said earlier may be heard after what it said later, over another way; but not so much later.
const OVERTAKEN: Span = Span::from_secs(10);

/// Our clock follows one that was set forward by a tenth of the time that passes: of eleven of its seconds one was led, and by that
/// much grows what was seen of the difference.
const LED: i64 = 11;

/// The clocks of all Asterisks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Clocks {
    pub(crate) asterisks: BTreeMap<ServerId, Ahead>,
    /// Since when and until when ours may be led forward.
    pub(crate) led: Option<(Timestamp, Timestamp)>,
}

/// By how many milliseconds our clock is ahead of another, but for what it was led meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ahead {
    /// Since when the smallest difference is looked for.
    pub(crate) since: Timestamp,
    pub(crate) least: i64,
    /// The smallest in the stretch before.
    pub(crate) before: Option<i64>,
    /// The latest time that Asterisk told.
    pub(crate) told: Timestamp,
}

impl Clocks {
    /// Something is heard now that Asterisk said at `told` by its clock.
    pub(crate) fn hear(&mut self, server: ServerId, told: Timestamp, now: Timestamp) {
        let difference = now.as_ms().saturating_sub(told.as_ms()).saturating_sub(self.led_by(now));
        let fresh = Ahead { since: now, least: difference, before: None, told };
        let ahead = self.asterisks.entry(server).or_insert_with(|| fresh.clone());
        let age = now.since(ahead.since);
        let set_back = ahead.told.as_ms().saturating_sub(told.as_ms()) > OVERTAKEN.as_ms();
        if set_back || age > LATELY + LATELY {
            *ahead = fresh;
            return;
        }
        ahead.told = ahead.told.max(told);
        if age > LATELY {
            *ahead = Ahead { before: Some(ahead.least), told: ahead.told, ..fresh };
        } else {
            ahead.least = ahead.least.min(difference);
        }
    }

    /// When it was by our clock what it was by Asterisk's; `None` before anything was heard of that.
    pub(crate) fn ours(&self, server: ServerId, theirs: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let Ahead { least, before, .. } = self.asterisks.get(&server)?;
        let ahead = before.map_or(*least, |before| before.min(*least)).saturating_add(self.led_by(now));
        Some(Timestamp::from_ms(theirs.as_ms().saturating_add(ahead)))
    }

    /// The wall clock was set forward by so much, or the machine slept as long. Asterisk's clock shows at once if it went along,
    /// but ours will be led after it.
    pub(crate) fn set_forward(&mut self, by: Span, now: Timestamp) {
        let led = self.led_by(now);
        for ahead in self.asterisks.values_mut() {
            ahead.least = ahead.least.saturating_add(led);
            ahead.before = ahead.before.map(|before| before.saturating_add(led));
        }
        let until = self.led.map_or(now, |(_, until)| until.max(now));
        self.led = Some((now, Timestamp::from_ms(until.as_ms().saturating_add(by.as_ms().saturating_mul(LED)))));
    }

    /// The wall clock was set back. Asterisk's, set back with it, looks like one that is heard late.
    pub(crate) fn set_back(&mut self) {
        self.asterisks.clear();
    }

    /// By how much ours may have been led since it was set forward.
    fn led_by(&self, now: Timestamp) -> i64 {
        self.led.map_or(0, |(since, until)| now.min(until).since(since).as_ms().max(0) / LED)
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

    /// As far as can be told at the time when our clock says `now`.
    fn ours(clocks: &Clocks, theirs: i64, now: i64) -> Option<i64> {
        clocks.ours(SERVER, Timestamp::from_ms(theirs), Timestamp::from_ms(now)).map(Timestamp::as_ms)
    }

    #[test]
    fn what_is_heard_late_says_nothing_of_the_clock() {
        let mut clocks = Clocks::default();
        assert_eq!(ours(&clocks, 500, 1), None);
        hear(&mut clocks, 1_000, 91_010);
        hear(&mut clocks, 2_000, 101_000);
        hear(&mut clocks, 12_000, 102_007);
        hear(&mut clocks, 11_000, 102_008);
        assert_eq!(ours(&clocks, 2_000, 102_008), Some(92_007));
        assert_eq!(clocks.ours(ServerId(2), Timestamp::from_ms(1), Timestamp::from_ms(1)), None);
    }

    #[test]
    fn a_difference_is_forgotten_when_it_has_grown_old() {
        let mut clocks = Clocks::default();
        hear(&mut clocks, 0, 100);
        hear(&mut clocks, LATE + 1, LATE + 201);
        assert_eq!(ours(&clocks, 0, LATE + 201), Some(100));
        hear(&mut clocks, 2 * LATE + 2, 2 * LATE + 302);
        assert_eq!(ours(&clocks, 0, 2 * LATE + 302), Some(200));
        hear(&mut clocks, 9 * LATE, 9 * LATE + 400);
        assert_eq!(ours(&clocks, 0, 9 * LATE + 400), Some(400));
        clocks.set_back();
        assert_eq!(ours(&clocks, 0, 9 * LATE + 400), None);
    }

    /// Sets the wall clock of the machine that we share with Asterisk. Ours is never off by more than this, with a caller every
    /// second who is heard within 5 ms.
    fn follows(set_by: i64, at_most: std::ops::RangeInclusive<i64>) {
        let mut clocks = Clocks::default();
        let (mut wall, mut now) = (1_000_000, 1_000_000);
        for second in 0..600 {
            if second == 100 {
                wall += set_by;
            }
            wall += 1_000;
            now += 1_000 + (wall - now - 1_000).clamp(-100, 100);
            if second == 100 {
                if set_by < 0 { clocks.set_back() } else { clocks.set_forward(Span::from_ms(set_by), Timestamp::from_ms(now)) }
            }
            let late = second % 5;
            hear(&mut clocks, wall - late, now);
            let off = ours(&clocks, wall - late, now).unwrap() - (now - late);
            assert!(at_most.contains(&off), "{off} ms off in second {second}");
        }
    }

    #[test]
    fn ours_is_known_while_it_is_led_after_a_clock_that_was_set() {
        // Up to what ours was led by the very look that told us.
        follows(300_000, -100..=20);
        follows(2_500, -100..=20);
        follows(-2_500, -100..=20);
        follows(0, -5..=5);
    }

    #[test]
    fn a_clock_of_asterisks_that_was_set_is_gone_by_at_once() {
        for by in [-300_000, 300_000] {
            let mut clocks = Clocks::default();
            hear(&mut clocks, 1_000_000, 1_000_001);
            hear(&mut clocks, 1_001_000 + by, 1_001_001);
            assert_eq!(ours(&clocks, 1_001_000 + by, 1_001_001), Some(1_001_001));
        }
    }

    #[test]
    fn no_time_is_too_far_away() {
        let mut clocks = Clocks::default();
        hear(&mut clocks, i64::MIN, 1);
        hear(&mut clocks, i64::MAX, 1);
        clocks.set_forward(Span::from_ms(i64::MAX), Timestamp::from_ms(i64::MAX));
        hear(&mut clocks, i64::MIN, i64::MAX);
        assert!(ours(&clocks, i64::MIN, i64::MIN).is_some() && ours(&clocks, i64::MAX, i64::MAX).is_some());
    }
}
