//! How long a suite may take: seconds of the ordinary run, on two cores that keep pace and after a warm build. The run prints
//! them beside what each has needed, and fails when one has outgrown its own grossly.

use std::time::{Duration, Instant};

use super::pace::Pace;

/// What the whole ordinary run may take, today and for good.
pub const TODAY: u64 = 15 * 60;
/// With what is still to come.
pub const FOR_GOOD: u64 = 25 * 60;
/// How many suites are still to come, and what each may take.
pub const TO_COME: (u64, u64) = (10, 60);

/// A suite that takes this many times its budget, and a little more, has outgrown it.
const GROSSLY: u32 = 2;
const A_LITTLE: Duration = Duration::from_secs(15);
/// Where others had more than this share of the processors, the time says nothing about the suite.
const KEPT_PACE: f64 = 0.15;

/// A suite at work: how long it has taken, and what the machine did besides.
pub struct Clock {
    began: Instant,
    pace: Option<Pace>,
}

/// How long a suite took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Took {
    /// By the clock on the wall.
    pub time: Duration,
    /// The share of the processors that others had meanwhile, where it can be told.
    pub others: Option<f64>,
}

impl Clock {
    /// Begins to count.
    pub fn start() -> Self {
        Self { began: Instant::now(), pace: Pace::read() }
    }

    /// What it has counted.
    pub fn stop(&self) -> Took {
        let others = self.pace.as_ref().zip(Pace::read()).and_then(|(before, after)| after.others_since(before));
        Took { time: self.began.elapsed(), others }
    }
}

impl Took {
    /// Whether the suite has outgrown its budget. A machine that was busy with other work, or kept from running, proves nothing.
    pub fn is_grossly_over(&self, budget: Duration) -> bool {
        let kept_pace = self.others.is_some_and(|share| share < KEPT_PACE);
        kept_pace && self.time > budget * GROSSLY + A_LITTLE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suite_outgrows_its_budget_only_on_a_machine_that_kept_pace() {
        let took = |seconds, others| Took { time: Duration::from_secs(seconds), others };
        let budget = Duration::from_secs(60);
        assert!(took(140, Some(0.02)).is_grossly_over(budget));
        assert!(!took(130, Some(0.02)).is_grossly_over(budget), "a little is none");
        assert!(!took(140, Some(0.4)).is_grossly_over(budget), "others had the processors");
        assert!(!took(140, None).is_grossly_over(budget), "nobody can tell");
    }
}
