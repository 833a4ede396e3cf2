//! What streams of pages have in common: how they begin, how often they are heard, how their messages are told apart.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::http::{HeaderName, HeaderValue};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use futures_util::future::BoxFuture;
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

/// A question to a database, under way beside what happens live: nothing live waits for its answer.
pub(crate) struct Beside<T>(Option<BoxFuture<'static, T>>);

impl<T> Default for Beside<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Beside<T> {
    /// Asks, unless a question is under way.
    pub fn ask(&mut self, question: impl Future<Output = T> + Send + 'static) {
        if self.0.is_none() {
            self.0 = Some(Box::pin(question));
        }
    }

    /// Whether a question is under way.
    pub const fn is_asked(&self) -> bool {
        self.0.is_some()
    }

    /// The answer; as long as nothing is asked there is none. A wait that is given up loses nothing.
    pub async fn answer(&mut self) -> T {
        let Some(question) = &mut self.0 else { return std::future::pending().await };
        let answer = question.await;
        self.0 = None;
        answer
    }
}

/// Whether a stream may go on: its session stands, and its user is still one who may see it. A database that does not answer
/// ends no stream.
pub(crate) async fn goes_on(id: Id, site: Site, may_see: impl FnOnce(User) -> bool) -> bool {
    match session::still_stands(id, &site).await {
        Ok(user) => user.is_some_and(may_see),
        Err(error) => {
            tracing::warn!(%error, "a stream's session could not be looked at");
            true
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::Beside;

    #[tokio::test]
    async fn what_is_live_does_not_wait_for_a_database_and_its_answer_is_not_lost() {
        let (answers, database) = oneshot::channel::<u32>();
        let mut question = Beside::default();
        question.ask(async { database.await.ok() });
        question.ask(async { panic!("one question is under way already") });
        for _ in 0..3 {
            tokio::select! {
                biased;
                answer = question.answer() => panic!("nothing was answered yet: {answer:?}"),
                () = std::future::ready(()) => {}
            }
        }
        assert!(question.is_asked());
        answers.send(7).unwrap();
        assert_eq!(question.answer().await, Some(7));
        assert!(!question.is_asked());
    }
}
