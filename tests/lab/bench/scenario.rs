//! What is played: the same for every contestant.

use std::path::PathBuf;

use crate::parties::script::{Deed, mixed};
use crate::traffic::scenario::Wait;
use Talks::{InStep, Mixed};

/// A scenario.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scenario {
    /// Its name on the command line and in the report.
    pub name: &'static str,
    /// How many agents have a phone.
    pub agents: usize,
    /// How long an agent talks.
    pub talks: Talks,
    /// How many callers come in one turn.
    pub callers: usize,
    /// How many callers there are at once at most: whoever leaves makes room for the next, so that the queue stays full until
    /// the last has come.
    pub at_once: usize,
    /// How many dial a second, as long as there is room.
    pub rate: u32,
}

/// How long agents talk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Talks {
    /// Each of these is as likely, in seconds. On average what the scenario's name promises; where many talk at once not all the
    /// same, or they would all hang up in one moment.
    Mixed(&'static [f64]),
    /// All hang up in one moment, again and again: when a second begins, after so many seconds at least.
    InStep(u32),
}

/// All of them, in the order in which they are played.
pub const ALL: [Scenario; 6] = [
    Scenario { name: "one-agent", agents: 1, talks: Mixed(&[0.3]), callers: 46, at_once: 31, rate: 100 },
    Scenario { name: "fifty-agents", agents: 50, talks: Mixed(AROUND_TWO), callers: 450, at_once: 150, rate: 100 },
    Scenario { name: "five-hundred-waiting", agents: 20, talks: Mixed(AROUND_ONE), callers: 760, at_once: 520, rate: 100 },
    Scenario { name: "steady-10", agents: 50, talks: Mixed(&[1.0]), callers: 300, at_once: 300, rate: 10 },
    Scenario { name: "steady-25", agents: 50, talks: Mixed(&[1.0]), callers: 750, at_once: 750, rate: 25 },
    Scenario { name: "wave", agents: 50, talks: InStep(2), callers: 450, at_once: 150, rate: 100 },
];

const AROUND_TWO: &[f64] = &[1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0];
const AROUND_ONE: &[f64] = &[0.6, 0.8, 1.0, 1.2, 1.4];

/// The scenarios whose name contains this; all of them if nothing is asked for.
pub fn chosen(filter: Option<&str>) -> Vec<Scenario> {
    ALL.into_iter().filter(|scenario| filter.is_none_or(|filter| scenario.name.contains(filter))).collect()
}

impl Scenario {
    /// What an agent's phone does, in a voice kept in this file.
    pub fn deed(&self, after: Vec<Wait>, voice: PathBuf) -> Deed {
        match self.talks {
            Mixed(seconds) => {
                let talks = mixed(&seconds.iter().map(|seconds| (1.0, *seconds)).collect::<Vec<_>>());
                Deed::Speaks { after, talks, voice }
            }
            InStep(talks_s) => Deed::SpeaksInStep { after, talks_s, voice },
        }
    }

    /// The shortest talk, in microseconds.
    pub fn shortest_talk_us(&self) -> i64 {
        match self.talks {
            Mixed(seconds) => (seconds.iter().copied().fold(f64::INFINITY, f64::min) * 1e6) as i64,
            InStep(seconds) => i64::from(seconds) * 1_000_000,
        }
    }

    /// Whether the first callers come right after a second has begun: all agents then answer in it.
    pub const fn begins_with_a_second(&self) -> bool {
        matches!(self.talks, InStep(_))
    }

    /// Whether callers wait here because all agents talk.
    pub fn has_a_queue(&self) -> bool {
        !self.name.starts_with("steady")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn talks_last_on_average_what_was_promised() {
        let mean = |name: &str| {
            let Mixed(talks) = chosen(Some(name))[0].talks else { panic!("{name} talks in step") };
            talks.iter().sum::<f64>() / f64::from(u32::try_from(talks.len()).unwrap())
        };
        assert!((mean("one-agent") - 0.3).abs() < 1e-9 && (mean("fifty-agents") - 2.0).abs() < 1e-9);
        assert!((mean("five-hundred") - 1.0).abs() < 1e-9);
    }

    #[test]
    fn as_many_wait_as_the_name_says() {
        let waiting = |name: &str| chosen(Some(name)).iter().map(|one| one.at_once - one.agents).sum::<usize>();
        assert_eq!((waiting("one-agent"), waiting("fifty-agents"), waiting("five-hundred")), (30, 100, 500));
        assert_eq!(waiting("wave"), 100);
        assert_eq!(chosen(Some("steady")).len(), 2);
        assert_eq!(chosen(None).len(), 6);
    }

    #[test]
    fn steady_calls_find_a_free_agent() {
        for scenario in ALL.into_iter().filter(|scenario| !scenario.has_a_queue()) {
            let busy = f64::from(scenario.rate) * 1.0;
            assert!(busy <= 25.0 && scenario.agents == 50, "{scenario:?}");
        }
    }
}
