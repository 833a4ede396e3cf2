//! What the product must reach, and whether it did.

use serde::Serialize;

use super::contestant::Contestant;
use super::report::{Core, Played, Report, Summary};
use super::spread::Spread;

/// How much longer than the floor an agent may be idle: in the median, and in the worst of a hundred cases.
const OVER_FLOOR: (f64, f64) = (1.5, 2.0);
/// How many times shorter than with app_queue an agent must be idle, by scenario.
const UNDER_APP_QUEUE: [(&str, f64); 3] = [("one-agent", 30.0), ("fifty-agents", 20.0), ("wave", 20.0)];
/// Asterisk's processor time a call to that with app_queue, where callers wait and where they find an agent free.
const CPU_TO_APP_QUEUE: (f64, f64) = (1.0, 1.2);
/// The product's processor time to Asterisk's.
const SHARE_OF_ASTERISK: f64 = 0.5;
/// The scenario in which memory counts, and how many megabytes.
const MEMORY: (&str, f64) = ("five-hundred-waiting", 100.0);
const PAGE_MS: f64 = 100.0;
const STEP_P99_US: f64 = 20.0;
const STEP_GROWTH: f64 = 2.0;
const EVENTS_PER_S: f64 = 200_000.0;
const DAY_S: f64 = 10.0;

/// A target.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Target {
    /// What must be so, in a sentence.
    pub what: String,
    /// What was measured; nothing when it could not be.
    pub measured: Option<f64>,
    /// The limit.
    pub limit: f64,
    /// Whether it was reached.
    pub met: bool,
}

impl Target {
    fn at_most(what: impl Into<String>, measured: Option<f64>, limit: f64) -> Self {
        Self { what: what.into(), measured, limit, met: measured.is_some_and(|measured| measured <= limit) }
    }

    fn at_least(what: impl Into<String>, measured: Option<f64>, limit: f64) -> Self {
        Self { what: what.into(), measured, limit, met: measured.is_some_and(|measured| measured >= limit) }
    }
}

/// The targets of all that was measured.
pub fn judge(report: &Report) -> Vec<Target> {
    let mut targets: Vec<Target> = report.played.iter().flat_map(of_scenario).collect();
    if let Some(pages) = &report.pages {
        let what = format!("a phone's 200 OK to the changed page, p95, {} viewers: at most {PAGE_MS} ms", pages.viewers);
        targets.push(Target::at_most(what, pages.event_to_dom_ms.p95, PAGE_MS));
    }
    if let Some(core) = &report.core {
        targets.extend(of_core(core));
    }
    targets
}

fn of_scenario(played: &Played) -> Vec<Target> {
    let name = played.scenario.name;
    let [ours, peer, floor] = Contestant::ALL.map(|who| played.summary(who));
    let (what, time): (_, fn(&Summary) -> Spread) =
        if played.scenario.has_a_queue() { ("idle gap", |one| one.idle_gap_ms) } else { ("ring", |one| one.ring_ms) };
    let (half, worst) = OVER_FLOOR;
    let (times, least) = (time(&ours), time(&floor));
    let [p50, p99] = [ratio(times.p50, least.p50), ratio(times.p99, least.p99)];
    let mut targets = vec![
        Target::at_most(format!("{name}: {what} p50 to the floor's: at most {half} ×"), p50, half),
        Target::at_most(format!("{name}: {what} p99 to the floor's: at most {worst} ×"), p99, worst),
    ];
    for (_, times) in UNDER_APP_QUEUE.iter().filter(|(scenario, _)| *scenario == name) {
        let shorter = ratio(peer.idle_gap_ms.p50, ours.idle_gap_ms.p50);
        let what = format!("{name}: idle gap p50, times shorter than app_queue's: at least {times}");
        targets.push(Target::at_least(what, shorter, *times));
    }
    targets.push(Target::at_most(format!("{name}: lost calls: none"), count(ours.calls, ours.lost), 0.0));
    let cost = ratio(a_call(&ours), a_call(&peer));
    let (queued, at_once) = CPU_TO_APP_QUEUE;
    let limit = if played.scenario.has_a_queue() { queued } else { at_once };
    targets.push(Target::at_most(
        format!("{name}: Asterisk's CPU a call to that with app_queue: at most {limit} ×"),
        cost,
        limit,
    ));
    let share = ratio(Some(ours.cpu_s.callsync), Some(ours.cpu_s.asterisk));
    let what = format!("{name}: callsync's CPU to Asterisk's: at most {SHARE_OF_ASTERISK} ×");
    targets.push(Target::at_most(what, share, SHARE_OF_ASTERISK));
    if name == MEMORY.0 {
        targets.push(Target::at_most(format!("{name}: callsync's memory: at most {} MB", MEMORY.1), ours.rss_mb, MEMORY.1));
    }
    targets
}

fn of_core(core: &Core) -> [Target; 4] {
    let p50 = |waiting: u32| core.step_us_by_waiting.get(&waiting).map(|step| step.p50);
    [
        Target::at_most(
            format!("a step, p99, most callers waiting: at most {STEP_P99_US} µs"),
            Some(core.step_us.p99),
            STEP_P99_US,
        ),
        Target::at_most(
            format!("a step, p50, with 10,000 waiting to that with 100: at most {STEP_GROWTH} ×"),
            ratio(p50(10_000), p50(100)),
            STEP_GROWTH,
        ),
        Target::at_least(format!("events a second on one core: at least {EVENTS_PER_S}"), Some(core.events_per_s), EVENTS_PER_S),
        Target::at_most(
            format!("a day of {} calls in the simulator: at most {DAY_S} s", core.day.calls),
            Some(core.day.seconds),
            DAY_S,
        ),
    ]
}

fn ratio(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    one.zip(other).filter(|(_, other)| *other > 0.0).map(|(one, other)| one / other)
}

/// Lost calls count only where there were calls.
fn count(calls: usize, lost: usize) -> Option<f64> {
    u32::try_from(lost).ok().filter(|_| calls > 0).map(f64::from)
}

/// Asterisk's processor time a call.
fn a_call(summary: &Summary) -> Option<f64> {
    ratio(Some(summary.cpu_s.asterisk), u32::try_from(summary.calls).ok().map(f64::from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::report::tests::{played, report, turn};
    use crate::bench::report::{Day, Pages, Step};

    /// Which targets of one scenario are met when the product's gaps, processor times and losses are these.
    fn met(gaps: &[f64], asterisk: f64, own: f64, lost: usize) -> Vec<bool> {
        let turns = vec![
            (Contestant::Callsync, turn(gaps, asterisk, own, lost)),
            (Contestant::AppQueue, turn(&[600.0], 2.0, 0.0, 0)),
            (Contestant::Floor, turn(&[10.0], 1.0, 0.1, 0)),
        ];
        judge(&report(vec![played(0, turns)])).iter().map(|target| target.met).collect()
    }

    #[test]
    fn each_target_is_missed_for_its_own_reason() {
        assert_eq!(met(&[12.0], 2.0, 0.9, 0), [true; 6]);
        assert_eq!(met(&[16.0], 2.0, 0.9, 0), [false, true, true, true, true, true]);
        assert_eq!(met(&[12.0, 12.0, 25.0], 2.0, 0.9, 0), [true, false, true, true, true, true]);
        assert_eq!(met(&[21.0], 2.0, 0.9, 0), [false, false, false, true, true, true]);
        assert_eq!(met(&[12.0], 2.0, 0.9, 1), [true, true, true, false, true, true]);
        assert_eq!(met(&[12.0], 2.1, 0.9, 0), [true, true, true, true, false, true]);
        assert_eq!(met(&[12.0], 2.0, 1.1, 0), [true, true, true, true, true, false]);
    }

    #[test]
    fn what_could_not_be_measured_is_not_met() {
        assert_eq!(met(&[], 2.0, 0.9, 0), [false, false, false, true, true, true]);
        let empty = judge(&report(vec![played(2, Vec::new())]));
        assert!(empty.iter().all(|target| !target.met && target.measured.is_none()), "{empty:?}");
        assert_eq!(empty.len(), 6, "with memory, without app_queue's gaps");
    }

    #[test]
    fn steady_calls_are_judged_by_how_soon_a_free_agent_rings() {
        let rings = |rings: &[f64], asterisk| {
            let mut turn = turn(&[], asterisk, 0.1, 0);
            turn.measured.rings = rings.to_vec();
            turn
        };
        let met = |ours: &[f64], asterisk| -> Vec<bool> {
            let turns = vec![
                (Contestant::Callsync, rings(ours, asterisk)),
                (Contestant::AppQueue, rings(&[3.0], 1.0)),
                (Contestant::Floor, rings(&[4.0], 1.0)),
            ];
            judge(&report(vec![played(3, turns)])).iter().map(|target| target.met).collect()
        };
        assert_eq!(met(&[6.0], 1.2), [true; 5]);
        assert_eq!(met(&[6.5], 1.2), [false, true, true, true, true]);
        assert_eq!(met(&[6.0, 6.0, 9.0], 1.2), [true, false, true, true, true]);
        assert_eq!(met(&[6.0], 1.3), [true, true, true, false, true]);
    }

    #[test]
    fn pages_and_core_are_judged_where_they_were_measured() {
        let step = |p50, p99| Step { p50, p95: p50, p99, max: p99, n: 1 };
        let mut report = report(Vec::new());
        report.pages = Some(Pages { viewers: 50, event_to_dom_ms: Spread::of(&[101.0]) });
        report.core = Some(Core {
            step_us: step(3.0, 20.0),
            step_us_by_waiting: [(100, step(1.4, 2.0)), (10_000, step(3.0, 20.0))].into(),
            events_per_s: 250_000.0,
            day: Day { calls: 20_000, events: 1, seconds: 3.0 },
        });
        assert_eq!(judge(&report).iter().map(|target| target.met).collect::<Vec<_>>(), [false, true, false, true, true]);
    }
}
