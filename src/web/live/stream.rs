//! The one stream of a page: everything first, then what changes. It ends when its session does, and when we stop.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use axum::response::sse::Event;
use futures_util::stream::unfold;
use model::user::User;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::Interval;
use tower_sessions::Session;
use tower_sessions::session::Id;

use super::Watch;
use super::frame::{Message, Reader, Says, Whole};
use super::hub::Joined;
use crate::errors::Failure;
use crate::guard::{Allowed, Permission, viewer};
use crate::language::Language;
use crate::site::Site;
use crate::stream::{BEAT, Beside, CHECK, Lateness, answer, beat, every, goes_on, hello};

/// Opens the stream.
pub(crate) async fn stream(
    State(site): State<Site>,
    allowed: Allowed<Watch>,
    Language(lang): Language,
    session: Session,
) -> Result<Response, Failure> {
    let reader = Reader { lang, viewer: allowed.viewer() };
    let stopping = site.stopping.clone();
    let id = session.id().ok_or(Failure::SignedOut)?;
    let Joined { whole, number, messages } = site.hub.join().await?;
    let begin = Begin::Hello(whole, number);
    let (beats, checks, lateness) = (every(BEAT), every(CHECK), Lateness::of("live"));
    let session = Beside::default();
    let watched = Watched { site, id, reader, messages, stopping, begin, beats, checks, session, lateness };
    metrics::gauge!("callsync_live_streams").increment(1);
    Ok(answer(unfold(watched, |mut watched| async {
        let event = watched.next().await?;
        Some((Ok::<Event, Infallible>(event), watched))
    })))
}

/// A stream under way.
struct Watched {
    site: Site,
    id: Id,
    reader: Reader,
    messages: broadcast::Receiver<Arc<Message>>,
    stopping: watch::Receiver<bool>,
    begin: Begin,
    beats: Interval,
    checks: Interval,
    /// Whether the session still stands.
    session: Beside<bool>,
    lateness: Lateness,
}

/// What a stream begins with, one after the other. What was sent is let go: a stream stays open for hours.
enum Begin {
    /// Which build we are, as a page of another loads itself again; then what is there.
    Hello(Whole, u64),
    /// Everything, under its number.
    Everything(Whole, u64),
    /// What changes.
    Done,
}

impl Begin {
    /// What is to be sent now; the next is kept.
    fn take(&mut self) -> Self {
        let now = std::mem::replace(self, Self::Done);
        if let Self::Hello(whole, number) = &now {
            *self = Self::Everything(whole.clone(), *number);
        }
        now
    }
}

/// What a stream waits for.
enum Heard {
    Stop,
    Message(Result<Arc<Message>, RecvError>),
    Beat,
    Check,
    Stands(bool),
}

impl Watched {
    /// The next event; `None` ends the stream.
    async fn next(&mut self) -> Option<Event> {
        match self.begin.take() {
            Begin::Hello(..) => return Some(hello()),
            Begin::Everything(whole, number) => return Some(self.everything(whole, number)),
            Begin::Done => {}
        }
        loop {
            match self.wait().await {
                Heard::Stop | Heard::Message(Err(RecvError::Closed)) => return None,
                Heard::Message(Ok(message)) => {
                    let event = event(&message, self.reader);
                    self.lateness.told(message.took);
                    return Some(event);
                }
                Heard::Message(Err(RecvError::Lagged(_))) => {
                    let Joined { whole, number, messages } = self.site.hub.join().await.ok()?;
                    self.messages = messages;
                    return Some(self.everything(whole, number));
                }
                Heard::Beat => return Some(beat(self.site.app.runtime.now())),
                Heard::Check => self.look_at_session(),
                Heard::Stands(true) => {}
                Heard::Stands(false) => return None,
            }
        }
    }

    async fn wait(&mut self) -> Heard {
        tokio::select! {
            biased;
            // An error means that whoever could stop us is gone: there is nothing to wait for then.
            Ok(_) = self.stopping.wait_for(|stop| *stop) => Heard::Stop,
            message = self.messages.recv() => Heard::Message(message),
            _ = self.beats.tick() => Heard::Beat,
            _ = self.checks.tick() => Heard::Check,
            stands = self.session.answer() => Heard::Stands(stands),
        }
    }

    fn everything(&self, whole: Whole, number: u64) -> Event {
        event(&Message::new(number, self.site.app.runtime.now(), Says::Everything(whole)), self.reader)
    }

    /// Asks whether the user is still signed in, and still who they were. A database that does not answer ends no stream.
    fn look_at_session(&mut self) {
        let shown = self.reader.viewer;
        let same = move |user: User| Watch::ROLES.contains(&user.role) && viewer(user.role) == shown;
        self.session.ask(goes_on(self.id, self.site.clone(), same));
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        metrics::gauge!("callsync_live_streams").decrement(1);
    }
}

fn event(message: &Message, reader: Reader) -> Event {
    Event::default().id(message.id()).data(&*message.drawn_for(reader))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use model::Timestamp;
    use model::wallboard::{Totals, Wallboard};

    use super::{Begin, Whole};

    #[test]
    fn what_a_stream_began_with_is_let_go() {
        let at = Timestamp::from_ms(0);
        let empty = Wallboard {
            at,
            switch_up: true,
            totals: Totals::default(),
            queues: vec![],
            agents: vec![],
            calls: vec![],
            fallback: vec![],
        };
        let board = Arc::new(empty);
        let mut begin = Begin::Hello(Whole { board: board.clone(), trend: Arc::default(), counted_since: at }, 7);
        assert!(matches!(begin.take(), Begin::Hello(..)));
        assert!(matches!(begin.take(), Begin::Everything(_, 7)));
        assert!(matches!(begin.take(), Begin::Done));
        assert_eq!(Arc::strong_count(&board), 1);
    }
}
