//! The health of the system: just started, on an ordinary day, and in trouble.

use model::user::Role;
use model::{PersonName, Span, Viewer};

use super::{AT, frame};
use crate::frame::SignedIn;
use crate::health::{Gauge, Health, Measure, Needs, Now, Other, Requests};
use crate::words::Lang;

/// The page in its states.
pub(super) fn pages(lang: Lang) -> [(&'static str, Health); 3] {
    let page = |now| Health {
        frame: frame(lang, "/admin/health"),
        who: SignedIn {
            name: Viewer::Whole.show(&PersonName::new("Мария Соколова")), role: Role::Admin, agent: false
        },
        now,
    };
    [("health-empty", page(empty())), ("health-day", page(day())), ("health-wrong", page(wrong()))]
}

/// A number's samples, a minute each: it wanders about `around`, a little higher in the middle of the hour.
fn hour(around: f64) -> Vec<Option<f64>> {
    let swell = |minute: u32| f64::from(30 - minute.abs_diff(30)) * 0.006;
    let noise = |minute: u32| f64::from(minute * minute * 31 % 17) * 0.012;
    (0..60).map(|minute| Some(around * (0.78 + swell(minute) + noise(minute)))).collect()
}

fn gauge(measure: Measure, now: f64, beside: Option<f64>, limit: Option<f64>) -> Gauge {
    Gauge { measure, now: Some(now), beside, limit, hour: hour(now) }
}

const MEGABYTE: f64 = 1e6;

/// A day like any other.
fn day() -> Now {
    use Measure::{Commit, Files, Lag, Lanes, Memory, Orders, Page, Processor, Request, Step};
    let gauges = vec![
        gauge(Step, 8.4e-6, Some(2.1e-6), Some(2e-5)),
        gauge(Request, 0.0061, Some(0.0018), Some(0.05)),
        gauge(Page, 0.0127, Some(0.0009), Some(0.1)),
        gauge(Commit, 0.0382, Some(0.0046), Some(0.05)),
        gauge(Lanes, 7.0, None, None),
        gauge(Orders, 2.0, None, None),
        gauge(Lag, 41.0, None, Some(1000.0)),
        gauge(Memory, 61.3 * MEGABYTE, Some(64.8 * MEGABYTE), Some(100.0 * MEGABYTE)),
        gauge(Files, 214.0, None, Some(524_288.0)),
        gauge(Processor, 0.062, Some(6_924.0), None),
    ];
    let kind = |kind: &str, asked, failed, p95: f64| Requests {
        kind: kind.to_owned(),
        asked,
        failed,
        median: Some(p95 * 0.4),
        p95: Some(p95),
        p99: Some(p95 * 1.9),
        most: Some(0.05),
    };
    let requests = vec![
        Requests { most: Some(0.25), ..kind("channels", 4, 0, 0.0214) },
        kind("dial", 1_204, 3, 0.0093),
        kind("create_channel", 1_204, 0, 0.0088),
        kind("add_to_bridge", 2_311, 12, 0.0061),
        kind("answer", 1_187, 0, 0.0054),
        kind("set_variable", 12_480, 41, 0.0047),
        kind("hang_up", 1_166, 0, 0.0032),
    ];
    let needs = Needs { asterisk: true, manager: Some(true), database: true, books: true, journal: true, desks: 38, lives: 3 };
    let began = Some(AT - Span::from_secs(112_364));
    Now { at: AT, needs, gauges, requests, others: Vec::new(), taken: false, began, version: "0.1.0" }
}

/// Started a moment ago: nothing was measured yet.
fn empty() -> Now {
    let unknown = |gauge: Gauge| match gauge.measure {
        Measure::Memory | Measure::Files => Gauge { hour: vec![gauge.now], ..gauge },
        Measure::Lag => Gauge { now: Some(0.0), hour: vec![Some(0.0)], ..gauge },
        Measure::Step
        | Measure::Request
        | Measure::Page
        | Measure::Commit
        | Measure::Lanes
        | Measure::Orders
        | Measure::Processor => Gauge { now: None, beside: None, hour: Vec::new(), ..gauge },
    };
    let day = day();
    let needs = Needs { asterisk: false, manager: None, desks: 0, lives: 0, ..day.needs };
    let gauges = day.gauges.into_iter().map(unknown).collect();
    Now { needs, gauges, requests: Vec::new(), began: Some(AT - Span::from_secs(4)), ..day }
}

/// Asterisk is away, the books are shut, and much is above its limit.
fn wrong() -> Now {
    let worse = |gauge: Gauge| {
        let now = match gauge.measure {
            Measure::Step => 3.1e-5,
            Measure::Request => 0.31,
            Measure::Page => 0.084,
            Measure::Lag => 12_480.0,
            Measure::Memory => 131.0 * MEGABYTE,
            Measure::Commit | Measure::Lanes | Measure::Orders | Measure::Files | Measure::Processor => return gauge,
        };
        let gap = |(minute, sample): (usize, Option<f64>)| if (20..31).contains(&minute) { None } else { sample };
        let beside = if gauge.measure == Measure::Memory { Some(now * 1.02) } else { gauge.beside };
        Gauge { now: Some(now), beside, hour: hour(now).into_iter().enumerate().map(gap).collect(), ..gauge }
    };
    let day = day();
    let needs = Needs { asterisk: false, manager: Some(false), books: false, ..day.needs };
    let gauges = day.gauges.into_iter().map(worse).collect();
    let late =
        |kind: Requests| Requests { p95: Some(0.31), p99: Some(8.4), most: Some(f64::INFINITY), failed: kind.asked, ..kind };
    let other = |app: &str, installation: &str, legs, bridges| Other {
        app: app.to_owned(),
        installation: installation.to_owned(),
        legs,
        bridges,
    };
    let others = vec![other("trial", "kfjdlsmn", 34, 16), other("", "", 1, 0)];
    Now { needs, gauges, requests: day.requests.into_iter().map(late).collect(), others, taken: true, ..day }
}
