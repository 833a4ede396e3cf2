//! The one place where the time is read: wall time at the start plus monotonic time since, so it never goes back.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use model::Timestamp;

/// A clock that never goes back. Clones tell the same time.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    started: Instant,
    started_at_ms: i64,
}

impl Clock {
    /// Reads the wall clock, once.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub fn start() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { started: Instant::now(), started_at_ms: i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX) }
    }

    /// When it was started.
    #[must_use]
    pub const fn started(&self) -> Timestamp {
        Timestamp::from_ms(self.started_at_ms)
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let passed = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_ms(self.started_at_ms.saturating_add(passed))
    }
}
