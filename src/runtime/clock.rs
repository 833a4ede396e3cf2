//! The one place where the time is read: wall time at the start plus the time passed since, so it never goes back.
//!
//! Three clocks can disagree. What the machine slept is time that has passed, and is added at once. When somebody sets the
//! wall clock, no time has passed: ours is led after it by at most a tenth of the time that passes, forward by running
//! faster, back by running slower. So a ring time of 20 s stays one of 18 to 22 s whatever is done to the wall clock, a
//! deadline never fires because of it, and the books agree with the CDR again after ten times the step.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use model::Timestamp;
use nix::time::{ClockId, clock_gettime};

/// By how many milliseconds our clock is led after the wall clock at each look, one look a second.
const LEAD_MS: i64 = 100;

/// A difference between two looks that is smaller comes from the looking.
const NOISE_MS: i64 = 20;

/// A clock that never goes back. Clones tell the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    started: Instant,
    started_at_ms: i64,
    led: Arc<Led>,
}

#[derive(Debug, Default)]
struct Led {
    /// What was slept and led, in all.
    by_ms: AtomicI64,
    /// The latest time that was told.
    told_ms: AtomicI64,
}

/// The clocks of the system at one moment, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) wall_ms: i64,
    /// Runs while the machine is awake.
    pub(crate) awake_ms: i64,
    /// Runs always.
    pub(crate) always_ms: i64,
}

/// What became of the clocks between two looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Jumped {
    /// The machine slept so long.
    pub(crate) slept_ms: i64,
    /// The wall clock was set forward by so much; negative: back.
    pub(crate) stepped_ms: i64,
}

impl Reading {
    /// Reads them all.
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub(crate) fn take() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        // A kernel without one of the two has no way to sleep that we could notice.
        let ms = |clock| clock_gettime(clock).map_or(0, |time| time.tv_sec() * 1000 + time.tv_nsec() / 1_000_000);
        Self {
            wall_ms: i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX),
            awake_ms: ms(ClockId::CLOCK_MONOTONIC),
            always_ms: ms(ClockId::CLOCK_BOOTTIME),
        }
    }

    /// What the wall clock says.
    pub(crate) const fn wall(&self) -> Timestamp {
        Timestamp::from_ms(self.wall_ms)
    }

    /// What happened since an earlier reading.
    pub(crate) const fn since(&self, before: &Self) -> Jumped {
        let slept_ms = (self.always_ms - self.awake_ms) - (before.always_ms - before.awake_ms);
        let stepped_ms = (self.wall_ms - self.always_ms) - (before.wall_ms - before.always_ms);
        Jumped { slept_ms: quiet(if slept_ms > 0 { slept_ms } else { 0 }), stepped_ms: quiet(stepped_ms) }
    }
}

const fn quiet(ms: i64) -> i64 {
    if ms.abs() < NOISE_MS { 0 } else { ms }
}

impl Clock {
    /// Reads the wall clock, once.
    #[must_use]
    pub fn start() -> Self {
        Self::start_from(Timestamp::default())
    }

    /// As [`Clock::start`], but not before `last`: the time until which an earlier run has written.
    #[must_use]
    pub(crate) fn start_from(last: Timestamp) -> Self {
        let started_at_ms = Reading::take().wall_ms.max(last.as_ms());
        Self { started: Instant::now(), started_at_ms, led: Arc::default() }
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.tell(self.run_ms())
    }

    /// The time at the start and what has passed since, but for sleep and leading.
    fn run_ms(&self) -> i64 {
        self.started_at_ms.saturating_add(i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX))
    }

    fn tell(&self, ms: i64) -> Timestamp {
        let ms = ms.saturating_add(self.led.by_ms.load(Relaxed));
        Timestamp::from_ms(self.led.told_ms.fetch_max(ms, Relaxed).max(ms))
    }

    /// Follows what became of the system's clocks: adds what was slept, and comes a little nearer to the wall clock.
    pub(crate) fn follow(&self, wall: Timestamp, jumped: Jumped) {
        let by_ms = self.led.by_ms.fetch_add(jumped.slept_ms, Relaxed) + jumped.slept_ms;
        // Apart from where ours would be, not from what it told: while it stands, it is being led already.
        let apart = wall.as_ms() - (self.run_ms() + by_ms);
        self.led.by_ms.fetch_add(apart.clamp(-LEAD_MS, LEAD_MS), Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use model::Timestamp;

    use super::{Clock, Jumped, Reading};

    const BEFORE: Reading = Reading { wall_ms: 1_000_000, awake_ms: 5_000, always_ms: 7_000 };

    fn after(passed: i64, slept: i64, stepped: i64) -> Jumped {
        let now = Reading {
            wall_ms: BEFORE.wall_ms + passed + slept + stepped,
            awake_ms: BEFORE.awake_ms + passed,
            always_ms: BEFORE.always_ms + passed + slept,
        };
        now.since(&BEFORE)
    }

    #[test]
    fn sleeping_and_setting_the_clock_are_told_apart() {
        assert_eq!(after(1_000, 0, 0), Jumped::default());
        assert_eq!(after(1_000, 0, 3), Jumped::default(), "reading three clocks takes a moment");
        assert_eq!(after(1_000, 8_000, 0), Jumped { slept_ms: 8_000, stepped_ms: 0 });
        assert_eq!(after(1_000, 0, -3_600_000), Jumped { slept_ms: 0, stepped_ms: -3_600_000 });
        assert_eq!(after(1_000, 8_000, 60_000), Jumped { slept_ms: 8_000, stepped_ms: 60_000 });
    }

    #[test]
    fn what_was_slept_has_passed_at_once() {
        let clock = Clock::start();
        let before = clock.now();
        let wall = Timestamp::from_ms(before.as_ms() + 60_000);
        clock.follow(wall, Jumped { slept_ms: 60_000, stepped_ms: 0 });
        let passed = clock.now().since(before).as_ms();
        assert!((60_000..61_000).contains(&passed), "{passed}");
    }

    #[test]
    fn a_wall_clock_set_forward_is_followed_by_a_tenth_and_no_deadline_fires() {
        let clock = Clock::start();
        let before = clock.now();
        for _ in 0..10 {
            clock.follow(Timestamp::from_ms(before.as_ms() + 3_600_000), Jumped { slept_ms: 0, stepped_ms: 3_600_000 });
        }
        let passed = clock.now().since(before).as_ms();
        assert!((1_000..2_000).contains(&passed), "ten looks lead by a second: {passed}");
    }

    #[test]
    fn a_wall_clock_set_back_makes_ours_wait_and_never_go_back() {
        let clock = Clock::start();
        let mut last = clock.now();
        let back = Timestamp::from_ms(last.as_ms() - 3_600_000);
        for _ in 0..100 {
            clock.follow(back, Jumped::default());
            let now = clock.now();
            assert!(now >= last);
            last = now;
        }
        // Ten seconds of leading in no time at all: it stands, and goes on as soon as they have passed.
        let told = clock.tell(clock.started_at_ms + 9_000);
        assert_eq!(told, last);
        assert!(clock.tell(clock.started_at_ms + 12_000) > last);
    }

    #[test]
    fn a_clock_begins_where_the_last_run_ended_though_the_wall_clock_was_set_back() {
        let last = Timestamp::from_ms(Reading::take().wall_ms + 30_000);
        let clock = Clock::start_from(last);
        assert!(clock.now() >= last);
        for _ in 0..400 {
            clock.follow(Reading::take().wall(), Jumped::default());
        }
        assert!(clock.tell(clock.started_at_ms + 31_000) < last + model::Span::from_secs(2), "and is led back to it");
    }

    #[test]
    fn the_systems_clocks_can_be_read() {
        let (one, two) = (Reading::take(), Reading::take());
        assert!(one.wall_ms > 1_700_000_000_000 && one.awake_ms > 0 && one.always_ms >= one.awake_ms);
        assert_eq!(two.since(&one), Jumped::default());
    }
}
