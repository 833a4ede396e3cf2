//! What the core costs, in figures: one JSON object on the last line. Worth reading from an optimised build alone:
//! `cargo run --release -p simulation --bin figures`. `cargo lab bench` does so.

use std::time::{Duration, Instant};

use acd::step;
use serde_json::{Value, json};
use simulation::{day, large};

/// How many callers wait.
const WAITING: [u64; 3] = [100, 1_000, 10_000];
/// How many calls end and begin before anything is measured, and while it is.
const CALLS: (u32, u32) = (2_000, 40_000);
const CALLS_OF_A_DAY: u64 = 20_000;

fn main() {
    let steps: Vec<(u64, Figures)> = WAITING.iter().map(|waiting| (*waiting, figures(*waiting))).collect();
    for (waiting, figures) in &steps {
        println!("{waiting} waiting: {figures:?}");
    }
    let began = Instant::now();
    let day = day::of(CALLS_OF_A_DAY);
    let took = began.elapsed();
    println!("{day:?} in {took:?}");
    let by_waiting: serde_json::Map<String, Value> =
        steps.iter().map(|(waiting, figures)| (waiting.to_string(), figures.json())).collect();
    let most = steps.last().map(|(_, figures)| figures);
    println!(
        "{}",
        json!({
            "step_us": most.map(Figures::json),
            "step_us_by_waiting": by_waiting,
            "events_per_s": most.map(|figures| figures.events_per_s.round()),
            "day": { "calls": day.calls, "events": day.events, "seconds": took.as_secs_f64() },
        })
    );
}

/// What steps took, in microseconds.
#[derive(Debug)]
struct Figures {
    p50: f64,
    p95: f64,
    p99: f64,
    max: f64,
    n: usize,
    /// On one core, its reports, its deadlines and its changes included.
    events_per_s: f64,
}

impl Figures {
    fn json(&self) -> Value {
        json!({ "p50": self.p50, "p95": self.p95, "p99": self.p99, "max": self.max, "n": self.n })
    }
}

#[expect(clippy::cast_precision_loss, reason = "some hundred thousand steps")]
fn figures(waiting: u64) -> Figures {
    let mut large = large::Large::with(waiting);
    for _ in 0..CALLS.0 {
        large.goes_on(&mut step);
    }
    // Once without a clock around each step, for the rate; once with, for the spread.
    let mut events = 0_u64;
    let began = on_a_core();
    for _ in 0..CALLS.1 {
        large.goes_on(&mut |state, at, event| {
            events += 1;
            step(state, at, event)
        });
    }
    let events_per_s = events as f64 / (on_a_core() - began).as_secs_f64();
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..CALLS.1 {
        large.goes_on(&mut |state, at, event| {
            let began = Instant::now();
            let effects = step(state, at, event);
            times.push(began.elapsed());
            effects
        });
    }
    times.sort_unstable();
    let at = |percent: usize| {
        let place = (times.len() * percent).div_ceil(100).saturating_sub(1);
        times.get(place).map_or(0.0, |time| time.as_nanos() as f64 / 1000.0)
    };
    Figures { p50: at(50), p95: at(95), p99: at(99), max: at(100), n: times.len(), events_per_s }
}

/// How long this thread has had a core so far: what it had to wait for others is not its cost. The first word of Linux's
/// schedstat, in nanoseconds.
fn on_a_core() -> Duration {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(said.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or_default())
}
