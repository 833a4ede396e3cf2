//! What came of a bench: the figures of every contestant, side by side, as one JSON object.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::contestant::Contestant;
use super::scenario::Scenario;
use super::spread::Spread;
use super::targets::Target;
use super::turn::Turn;

/// All turns of a scenario, in the order in which they were played.
#[derive(Debug, Clone)]
pub struct Played {
    /// Which scenario.
    pub scenario: Scenario,
    /// Whose turn it was, and what came of it.
    pub turns: Vec<(Contestant, Turn)>,
}

/// What a contestant's turns of a scenario come to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summary {
    /// From an agent's BYE to that agent's next INVITE while callers wait.
    pub idle_gap_ms: Spread,
    /// From a caller's INVITE to a free agent's.
    pub ring_ms: Spread,
    /// From an agent's 200 OK to the agent's voice at the caller.
    pub bridge_ms: Spread,
    /// How many callers came.
    pub calls: usize,
    /// How many were lost.
    pub lost: usize,
    /// Processor time.
    pub cpu_s: Cpu,
    /// The most memory of the process beside Asterisk, in megabytes; nothing where there is none.
    pub rss_mb: Option<f64>,
}

/// Processor time in seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Cpu {
    /// Asterisk's.
    pub asterisk: f64,
    /// That of the process beside it: the product, or the floor.
    pub callsync: f64,
}

/// What the pages showed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Pages {
    /// How many looked at them.
    pub viewers: usize,
    /// From a phone's 200 OK to the changed page.
    pub event_to_dom_ms: Spread,
}

/// What the core costs by itself, as `simulation`'s figures say it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Core {
    /// A step with the most callers waiting.
    pub step_us: Step,
    /// The same by how many wait.
    pub step_us_by_waiting: std::collections::BTreeMap<u32, Step>,
    /// On one core, with the most callers waiting.
    pub events_per_s: f64,
    /// A day in the simulator.
    pub day: Day,
}

/// How long steps took, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The median.
    pub p50: f64,
    /// The 95th percentile.
    pub p95: f64,
    /// The 99th percentile.
    pub p99: f64,
    /// The largest.
    pub max: f64,
    /// How many.
    pub n: usize,
}

/// A day in the simulator.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Day {
    /// How many callers came.
    pub calls: u64,
    /// How many events the core was told.
    pub events: u64,
    /// How long it took.
    pub seconds: f64,
}

/// All of it.
#[derive(Debug, Clone)]
pub struct Report {
    /// The scenarios that were played.
    pub played: Vec<Played>,
    /// The pages, if they were looked at.
    pub pages: Option<Pages>,
    /// The core, if it was measured.
    pub core: Option<Core>,
    /// Which Asterisk it was.
    pub asterisk_version: String,
    /// What the machine's own pulse was like, in words.
    pub standstills: String,
    /// The file with every single sample.
    pub samples: String,
}

impl Played {
    /// What a contestant's turns come to: their samples together.
    pub fn summary(&self, who: Contestant) -> Summary {
        let turns: Vec<&Turn> = self.turns.iter().filter(|(whose, _)| *whose == who).map(|(_, turn)| turn).collect();
        let all = |of: fn(&Turn) -> &Vec<f64>| Spread::of(&turns.iter().flat_map(|turn| of(turn)).copied().collect::<Vec<f64>>());
        let peak = turns.iter().map(|turn| turn.own_peak_mb).fold(0.0, f64::max);
        Summary {
            idle_gap_ms: all(|turn| &turn.measured.idle_gaps),
            ring_ms: all(|turn| &turn.measured.rings),
            bridge_ms: all(|turn| &turn.measured.bridges),
            calls: turns.iter().map(|turn| turn.measured.calls).sum(),
            lost: turns.iter().map(|turn| turn.measured.lost.len()).sum(),
            cpu_s: Cpu {
                asterisk: turns.iter().map(|turn| turn.asterisk_cpu_s).sum(),
                callsync: turns.iter().map(|turn| turn.own_cpu_s).sum(),
            },
            rss_mb: (peak > 0.0).then_some(peak),
        }
    }

    fn json(&self) -> Value {
        let mut object = Map::new();
        object.insert("name".to_owned(), self.scenario.name.into());
        for who in Contestant::ALL {
            object.insert(who.name().to_owned(), json!(self.summary(who)));
        }
        Value::Object(object)
    }

    /// Every single sample, turn by turn.
    pub fn samples(&self) -> Value {
        let turns = self.turns.iter().map(|(who, turn)| json!({ "contestant": who.name(), "turn": turn }));
        json!({ "name": self.scenario.name, "turns": turns.collect::<Vec<Value>>() })
    }
}

impl Report {
    /// The one object of the last line.
    pub fn json(&self, targets: &[Target]) -> Value {
        json!({
            "scenarios": self.played.iter().map(Played::json).collect::<Vec<Value>>(),
            "pages": self.pages,
            "core": self.core,
            "asterisk_version": self.asterisk_version,
            "targets": targets,
            "standstills": self.standstills,
            "samples": self.samples,
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::bench::pairs::Measured;
    use crate::bench::scenario::ALL;

    /// A turn whose gaps are these, and whose calls cost Asterisk and the contestant so much.
    pub fn turn(idle_gaps: &[f64], asterisk_cpu_s: f64, own_cpu_s: f64, lost: usize) -> Turn {
        let lost = vec!["+7 was lost".to_owned(); lost];
        let measured = Measured { idle_gaps: idle_gaps.to_vec(), calls: 10, lost, ..Measured::default() };
        Turn { measured, asterisk_cpu_s, own_cpu_s, own_peak_mb: own_cpu_s * 50.0, took_s: 9.0, standstill_ms: 0 }
    }

    pub fn played(scenario: usize, turns: Vec<(Contestant, Turn)>) -> Played {
        Played { scenario: ALL[scenario], turns }
    }

    pub fn report(played: Vec<Played>) -> Report {
        let [asterisk_version, standstills, samples] = ["22.10.1", "none", "file"].map(str::to_owned);
        Report { played, pages: None, core: None, asterisk_version, standstills, samples }
    }

    #[test]
    fn the_turns_of_a_contestant_are_put_together_and_nobody_elses() {
        let turns = vec![
            (Contestant::Callsync, turn(&[8.0, 9.0], 1.0, 0.25, 0)),
            (Contestant::AppQueue, turn(&[700.0], 2.0, 0.0, 1)),
            (Contestant::Callsync, turn(&[10.0], 1.5, 0.5, 0)),
        ];
        let played = played(0, turns);
        let ours = played.summary(Contestant::Callsync);
        assert_eq!((ours.idle_gap_ms.p50, ours.idle_gap_ms.n, ours.calls, ours.lost), (Some(9.0), 3, 20, 0));
        assert_eq!((ours.cpu_s, ours.rss_mb), (Cpu { asterisk: 2.5, callsync: 0.75 }, Some(25.0)));
        let theirs = played.summary(Contestant::AppQueue);
        assert_eq!((theirs.lost, theirs.rss_mb), (1, None));
    }

    #[test]
    fn the_object_has_the_shape_that_was_agreed_on() {
        let mut report = report(vec![played(0, vec![(Contestant::Floor, turn(&[5.0], 1.0, 0.1, 0))])]);
        report.pages = Some(Pages { viewers: 50, event_to_dom_ms: Spread::of(&[40.0]) });
        let json = report.json(&[]);
        let scenario = &json["scenarios"][0];
        assert_eq!(scenario["name"], "one-agent");
        for contestant in ["callsync", "app_queue", "floor"] {
            for spread in ["idle_gap_ms", "ring_ms", "bridge_ms"] {
                let mut keys: Vec<&String> = scenario[contestant][spread].as_object().unwrap().keys().collect();
                // serde_json keeps an order that depends on what else is built with it.
                keys.sort();
                assert_eq!(keys, ["max", "n", "p50", "p95", "p99"], "{contestant} {spread}");
            }
            for key in ["calls", "lost", "cpu_s", "rss_mb"] {
                assert!(scenario[contestant].get(key).is_some(), "{contestant} {key}");
            }
        }
        assert_eq!(scenario["floor"]["cpu_s"], json!({ "asterisk": 1.0, "callsync": 0.1 }));
        assert_eq!(json["pages"]["event_to_dom_ms"]["p95"], 40.0);
        assert_eq!(json["asterisk_version"], "22.10.1");
    }

    #[test]
    fn the_figures_of_the_core_are_understood() {
        let step = json!({ "p50": 1.5, "p95": 2.0, "p99": 9.0, "max": 80.0, "n": 10 });
        let said = json!({ "step_us": step, "step_us_by_waiting": { "100": step, "10000": step }, "events_per_s": 3e5,
            "day": { "calls": 20_000, "events": 9, "seconds": 1.2 } });
        let core: Core = serde_json::from_value(said.clone()).unwrap();
        assert_eq!(json!(core), said);
    }
}
