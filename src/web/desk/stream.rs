//! The one stream of a desk: everything first, then what changes of what concerns this agent. It ends when its session does,
//! when the user is that agent no longer, and when we stop.

use std::collections::VecDeque;
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
use views::Lang;
use views::desk::{Stand, patch};

use super::Work;
use super::books::Read;
use super::sight::Sight;
use crate::errors::Failure;
use crate::guard::{Allowed, Permission, viewer};
use crate::language::Language;
use crate::live::{Joined, Message};
use crate::site::Site;
use crate::stream::{BEAT, Beside, CHECK, Lateness, answer, beat, every, goes_on, hello};

/// Opens the stream.
pub(crate) async fn stream(
    State(site): State<Site>,
    allowed: Allowed<Work>,
    Language(lang): Language,
    session: Session,
) -> Result<Response, Failure> {
    let agent = allowed.user.agent.ok_or(Failure::NotFound)?;
    let id = session.id().ok_or(Failure::SignedOut)?;
    let stopping = site.stopping.clone();
    // Joined before the first look, so that nothing between the two is missed.
    let Joined { messages, .. } = site.hub.join().await?;
    let mut sight = Sight::new(agent, allowed.viewer());
    let stand = sight.look_and_read(&site).await?.ok_or(Failure::NotFound)?;
    let mut watched = Watched {
        user: allowed.user,
        site,
        id,
        lang,
        sight,
        stand,
        number: 0,
        ready: VecDeque::from([hello()]),
        messages,
        stopping,
        beats: every(BEAT),
        checks: every(CHECK),
        session: Beside::default(),
        reading: Beside::default(),
        lateness: Lateness::of("desk"),
    };
    watched.send_everything();
    metrics::gauge!("callsync_desk_streams").increment(1);
    Ok(answer(unfold(watched, |mut watched| async {
        let event = watched.next().await?;
        Some((Ok::<Event, Infallible>(event), watched))
    })))
}

/// A stream under way.
struct Watched {
    site: Site,
    user: User,
    id: Id,
    lang: Lang,
    sight: Sight,
    /// What the page shows.
    stand: Stand,
    /// The number of the last message.
    number: u64,
    /// What is to be sent.
    ready: VecDeque<Event>,
    messages: broadcast::Receiver<Arc<Message>>,
    stopping: watch::Receiver<bool>,
    beats: Interval,
    checks: Interval,
    /// Whether the session still stands.
    session: Beside<bool>,
    /// What the books say.
    reading: Beside<Read>,
    lateness: Lateness,
}

/// What a stream waits for.
enum Heard {
    Stop,
    Message(Result<Arc<Message>, RecvError>),
    Beat,
    Check,
    Stands(bool),
    Read(Read),
}

impl Watched {
    /// The next event; `None` ends the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            match self.wait().await {
                Heard::Stop | Heard::Message(Err(RecvError::Closed)) => return None,
                Heard::Message(Ok(message)) if !self.sight.concerns(&message.says) => {}
                // Whoever fell behind looks as well: what is sent is the difference between what is and what was.
                Heard::Message(Ok(message)) => {
                    self.look().await?;
                    self.ask_books();
                    if !self.ready.is_empty() {
                        self.lateness.told(message.took);
                    }
                }
                Heard::Message(Err(RecvError::Lagged(_))) => self.look().await?,
                Heard::Beat => {
                    self.look().await?;
                    self.ask_books();
                    self.ready.push_back(beat(self.site.app.runtime.now()));
                }
                Heard::Check => {
                    self.sight.read_again();
                    self.look_at_session();
                }
                Heard::Stands(true) => {}
                Heard::Stands(false) => return None,
                // What could not be read is asked for again with the next beat.
                Heard::Read(read) => {
                    self.sight.take(read);
                    self.look().await?;
                }
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
            read = self.reading.answer() => Heard::Read(read),
        }
    }

    /// Looks again, and sends what is different. `None` if there is nothing to look at any more.
    async fn look(&mut self) -> Option<()> {
        let stand = self.sight.look(&self.site).await.ok()??;
        let (at, zone) = (self.site.app.runtime.now(), &self.site.app.zone);
        let changes = patch::changes(Some(&self.stand), &stand, at, zone, self.lang).into_string();
        self.stand = stand;
        if !changes.is_empty() {
            self.number += 1;
            self.ready.push_back(Event::default().id(format!("one:{}", self.number)).data(changes));
        }
        Some(())
    }

    fn send_everything(&mut self) {
        let (at, zone) = (self.site.app.runtime.now(), &self.site.app.zone);
        let all = patch::changes(None, &self.stand, at, zone, self.lang).into_string();
        self.ready.push_back(Event::default().id(format!("all:{}", self.number)).data(all));
    }

    /// Asks the books what the desk does not know yet.
    fn ask_books(&mut self) {
        let (at, zone) = (self.site.app.runtime.now(), &self.site.app.zone);
        if let Some(reading) = self.sight.reading(at).filter(|_| !self.reading.is_asked()) {
            self.reading.ask(reading.read(self.site.app.db.clone(), zone.clone()));
        }
    }

    /// Asks whether the user is still signed in, and still who they were. A database that does not answer ends no stream.
    fn look_at_session(&mut self) {
        let (agent, shown) = (self.user.agent, viewer(self.user.role));
        let same = move |user: User| Work::ROLES.contains(&user.role) && user.agent == agent && viewer(user.role) == shown;
        self.session.ask(goes_on(self.id, self.site.clone(), same));
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        metrics::gauge!("callsync_desk_streams").decrement(1);
    }
}
