//! The page of health, and the part of it that it asks for again and again.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{Html, IntoResponse, Response};
use maud::Render;
use model::Timestamp;
use model::user::Role;
use serde::Deserialize;
use views::health::{Gauge, Health, Measure, Needs, Now, Other, Requests};

use super::buckets::Buckets;
use super::hour::Readings;
use super::limits::{COMMIT, LAG, MEMORY, PAGE, REQUEST, STEP};
use super::reading::{self, Reading};
use crate::frame::{Framed, signed_in};
use crate::guard::{Allowed, Permission};
use crate::site::Site;

/// May see how the system is doing.
pub(crate) struct See;

impl Permission for See {
    const ROLES: &'static [Role] = &[Role::Admin];
}

/// Has htmx load the page itself again.
const REFRESH: HeaderName = HeaderName::from_static("hx-refresh");

/// Which build's files the page that asks has loaded.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    build: String,
}

/// The page.
pub(crate) async fn page(State(site): State<Site>, allowed: Allowed<See>, Framed(frame): Framed) -> Html<String> {
    let health = Health { frame, who: signed_in(&allowed.user), now: now(&site).await };
    Html(health.render().into_string())
}

/// What the page shows, without its frame. A page of another build loads itself again.
pub(crate) async fn part(
    State(site): State<Site>,
    _: Allowed<See>,
    Framed(frame): Framed,
    Query(asked): Query<Asked>,
) -> Response {
    let mut headers = HeaderMap::new();
    if asked.build != views::assets::build() {
        headers.insert(REFRESH, HeaderValue::from_static("true"));
    }
    (headers, Html(views::health::now(&now(&site).await, &frame).into_string())).into_response()
}

async fn now(site: &Site) -> Now {
    let health = site.app.runtime.health();
    let (asterisk, books, journal) = (health.switch_up(), health.books_open(), health.journal_open());
    let database = super::database_answers(site).await;
    let readings = site.hour.readings(site);
    let now = &readings.now;
    let open = |streams: Option<f64>| whole(streams.unwrap_or_default());
    Now {
        at: now.at,
        needs: Needs {
            asterisk,
            manager: now.manager.map(|connected| connected > 0.0),
            database,
            books,
            journal,
            desks: open(now.desks),
            lives: open(now.lives),
        },
        gauges: gauges(&readings),
        requests: requests(&readings),
        others: others(now),
        taken: now.taken.is_some_and(|taken| taken > 0.0),
        began: now.began.and_then(moment),
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// All numbers, in the order of the page.
fn gauges(readings: &Readings) -> Vec<Gauge> {
    use Measure::{Commit, Files, Lag, Lanes, Memory, Orders, Page, Processor, Request, Step};
    let took = |measure, limit, share, of: fn(&Reading) -> Buckets| Gauge {
        measure,
        now: readings.present(of, share),
        beside: readings.present(of, 0.5),
        limit: Some(limit),
        hour: readings.minutes(of, share),
    };
    let stands = |measure, limit, of: fn(&Reading) -> Option<f64>| Gauge {
        measure,
        now: of(&readings.now),
        beside: None,
        limit,
        hour: readings.samples(of),
    };
    vec![
        took(Step, STEP, 0.99, |reading| reading.steps.clone()),
        took(Request, REQUEST, 0.95, Reading::all_requests),
        took(Page, PAGE, 0.95, |reading| reading.pages.clone()),
        took(Commit, COMMIT, 0.99, |reading| reading.commits.clone()),
        stands(Lanes, None, |reading| reading.lanes),
        stands(Orders, None, |reading| reading.orders),
        stands(Lag, Some(LAG), |reading| reading.lag),
        Gauge { beside: readings.now.peak, ..stands(Memory, Some(MEMORY), |reading| reading.memory) },
        stands(Files, readings.now.most_files, |reading| reading.files),
        Gauge {
            measure: Processor,
            now: readings.now.processor_since(&readings.before()),
            beside: readings.now.processor,
            limit: None,
            hour: readings.between(Reading::processor_since),
        },
    ]
}

/// What Asterisk was asked for within the hour, the slowest kind first.
fn requests(readings: &Readings) -> Vec<Requests> {
    let first = readings.first();
    let none = reading::Requests::default();
    let mut all: Vec<Requests> = Vec::new();
    for (kind, now) in &readings.now.requests {
        let before = first.requests.get(kind).unwrap_or(&none);
        let took = now.took.since(&before.took);
        if took.count() > 0.0 {
            let [median, p95, p99] = [0.5, 0.95, 0.99].map(|share| took.quantile(share));
            let (asked, failed) = (whole(took.count()), whole(now.failed - before.failed));
            all.push(Requests { kind: kind.clone(), asked, failed, median, p95, p99, most: took.most() });
        }
    }
    all.sort_by(|one, other| other.p95.partial_cmp(&one.p95).unwrap_or(std::cmp::Ordering::Equal));
    all
}

/// Other programs of our make, of which something is left.
fn others(now: &Reading) -> Vec<Other> {
    let other = |((app, installation), (legs, bridges)): (&(String, String), &(f64, f64))| Other {
        app: app.clone(),
        installation: installation.clone(),
        legs: whole(*legs),
        bridges: whole(*bridges),
    };
    now.others.iter().map(other).filter(|other| other.legs + other.bridges > 0).collect()
}

/// The nearest count.
fn whole(value: f64) -> u32 {
    value.round() as u32
}

/// The moment that many seconds after the beginning of 1970.
fn moment(seconds: f64) -> Option<Timestamp> {
    seconds.is_finite().then(|| Timestamp::from_ms((seconds * 1000.0) as i64))
}

#[cfg(test)]
mod tests {
    use model::Timestamp;
    use views::health::Measure;

    use super::super::hour::Readings;
    use super::super::reading::Reading;
    use super::{gauges, requests};

    fn reading(minute: i64, fast: u32, slow: u32) -> Reading {
        let mut text = String::new();
        for (kind, count, edge) in [("answer", fast, "0.01"), ("dial", slow, "0.1")] {
            for (le, count) in [("0.01", if edge == "0.01" { count } else { 0 }), ("0.1", count), ("+Inf", count)] {
                text += &format!("callsync_ari_request_seconds_bucket{{request=\"{kind}\",le=\"{le}\"}} {count}\n");
            }
            text += &format!("callsync_ari_requests_total{{request=\"{kind}\",status=\"404\"}} {}\n", count / 10);
        }
        text += &format!("process_open_fds {minute}\nprocess_max_fds 100\n");
        Reading::of(&text, Timestamp::from_ms(minute * 60_000))
    }

    #[test]
    fn kinds_of_requests_are_told_the_slowest_first_and_only_those_of_this_hour() {
        let told = requests(&Readings::of(vec![reading(0, 100, 0), reading(1, 120, 40)]));
        let short: Vec<_> = told.iter().map(|kind| (kind.kind.as_str(), kind.asked, kind.failed, kind.most)).collect();
        assert_eq!(short, [("dial", 40, 4, Some(0.1)), ("answer", 20, 2, Some(0.01))]);
        assert!(requests(&Readings::of(vec![reading(0, 100, 7), reading(1, 100, 7)])).is_empty());
    }

    #[test]
    fn every_number_has_its_limit_and_open_files_that_of_the_system() {
        let told = gauges(&Readings::of((0..8).map(|minute| reading(minute, 10, 0)).collect()));
        let files = told.iter().find(|gauge| gauge.measure == Measure::Files).unwrap();
        assert_eq!((files.now, files.limit, files.hour.len()), (Some(7.0), Some(100.0), 7));
        let step = told.iter().find(|gauge| gauge.measure == Measure::Step).unwrap();
        assert_eq!((step.now, step.limit), (None, Some(0.000_02)));
    }
}
