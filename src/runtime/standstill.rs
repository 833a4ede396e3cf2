//! After a standstill: what happened meanwhile is heard before anything is held to be overdue.
//!
//! A process that was stopped for some seconds, or had no processor, finds its deadlines passed and its events still on their
//! way through the socket. A phone that was picked up in time would count as not answered. Longer than
//! five seconds it is answered by a new account of all that lives; this is for what is shorter.

use std::time::{Duration, Instant};

/// Who wakes so much later than asked for has stood still. A turn is far quicker.
const LATE: Duration = Duration::from_millis(250);

/// Events that have been waiting are heard within this.
const HEARD_WITHIN: Duration = Duration::from_millis(300);

/// Whether deadlines wait for events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Standstill {
    /// They do not.
    #[default]
    None,
    /// Until then.
    Hearing(Instant),
    /// They did, and come next, whatever happens: a machine that is late all the time must not put them off for ever.
    Heard,
}

impl Standstill {
    /// The loop woke at `now`, and had wished to wake at `asked` at the latest.
    pub(crate) fn woke(&mut self, asked: Instant, now: Instant) {
        match *self {
            Self::None if now.saturating_duration_since(asked) > LATE => *self = Self::Hearing(now + HEARD_WITHIN),
            Self::Hearing(until) if until <= now => *self = Self::Heard,
            Self::None | Self::Hearing(_) | Self::Heard => {}
        }
    }

    /// Until when deadlines wait.
    pub(crate) const fn until(self) -> Option<Instant> {
        match self {
            Self::Hearing(until) => Some(until),
            Self::None | Self::Heard => None,
        }
    }

    /// Deadlines were looked at.
    pub(crate) fn looked(&mut self) {
        *self = Self::None;
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{HEARD_WITHIN, LATE, Standstill};

    const MOMENT: Duration = Duration::from_millis(1);

    #[test]
    fn deadlines_wait_for_events_after_a_standstill_and_not_otherwise() {
        let asked = Instant::now();
        let mut still = Standstill::default();
        still.woke(asked, asked + LATE);
        assert_eq!(still.until(), None);
        let now = asked + LATE + MOMENT;
        still.woke(asked, now);
        assert_eq!(still.until(), Some(now + HEARD_WITHIN));
        still.woke(now + HEARD_WITHIN, now + HEARD_WITHIN);
        assert_eq!(still.until(), None);
    }

    #[test]
    fn who_is_late_again_while_hearing_looks_at_the_deadlines_all_the_same() {
        let asked = Instant::now();
        let mut still = Standstill::default();
        still.woke(asked, asked + 2 * LATE);
        let until = still.until().unwrap();
        still.woke(until, until + 2 * LATE);
        assert_eq!(still, Standstill::Heard);
        still.woke(until, until + 4 * LATE);
        assert_eq!(still, Standstill::Heard, "until they were looked at");
        still.looked();
        assert_eq!(still, Standstill::None);
    }
}
