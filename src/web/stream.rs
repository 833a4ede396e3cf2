//! What streams of pages have in common: how they begin, how often they are heard, how their messages are told apart.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::http::{HeaderName, HeaderValue};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use metrics::Histogram;
use model::Timestamp;
use model::user::User;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tower_sessions::session::Id;

use crate::session;
use crate::site::Site;

/// A page hears from us this often, so that it knows within seconds when it does not.
pub(crate) const BEAT: Duration = Duration::from_secs(2);

/// How often the session of a stream is looked at again.
pub(crate) const CHECK: Duration = Duration::from_secs(30);

/// nginx keeps answers back to fill its buffers unless it is told not to.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// The answer that a page's request for a stream gets.
pub(crate) fn answer(events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    ([(BUFFERING, HeaderValue::from_static("no"))], Sse::new(events)).into_response()
}

/// How late pages are told of what happens: from when the loop takes an event to when a stream hands its message to the
/// connection. Counted once for every page that is told, so that who comes last among many counts as well.
pub(crate) struct Lateness(Histogram);

impl Lateness {
    /// That of the streams of a page.
    pub fn of(page: &'static str) -> Self {
        Self(metrics::histogram!("callsync_page_seconds", "page" => page))
    }

    /// A page is told of an event; of what no event made, nobody is late.
    pub fn told(&self, took: Option<Instant>) {
        if let Some(took) = took {
            self.0.record(took.elapsed());
        }
    }
}

/// Ticks every so often; who comes late does not hurry.
pub(crate) fn every(period: Duration) -> Interval {
    let mut interval = interval(period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

/// Which build we are: a page of another loads itself again.
pub(crate) fn hello() -> Event {
    Event::default().event("hello").data(views::assets::build())
}

/// The sign of life, with the time here.
pub(crate) fn beat(at: Timestamp) -> Event {
    Event::default().event("beat").data(at.as_ms().to_string())
}

/// Whether a stream may go on: its session stands, and its user is still one who may see it. A database that does not answer
/// ends no stream.
pub(crate) async fn goes_on(id: Id, site: &Site, may_see: impl FnOnce(User) -> bool) -> bool {
    match session::still_stands(id, site).await {
        Ok(user) => user.is_some_and(may_see),
        Err(error) => {
            tracing::warn!(%error, "a stream's session could not be looked at");
            true
        }
    }
}
