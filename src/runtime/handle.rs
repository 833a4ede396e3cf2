//! The way into the loop for everybody else: ask it for something, watch what changes. Clones are cheap.

use std::sync::Arc;
use std::time::Instant;

use acd::event::{Ask, CallAsk};
use model::explain::Explanation;
use model::wallboard::{LiveUpdate, Wallboard};
use model::{Actor, AgentId, CallId, Settings, Timestamp};
use tokio::sync::{broadcast, mpsc, oneshot};

use crate::clock::Clock;
use crate::health::Health;

/// The loop is gone: the program is stopping.
#[derive(Debug, thiserror::Error)]
#[error("the call loop has stopped")]
pub struct Stopped;

/// What the loop is asked for.
#[derive(Debug)]
pub(crate) enum Request {
    /// Take these settings over.
    Settings(Settings),
    /// Change an agent's state.
    Ask { agent: AgentId, ask: Ask, by: Actor },
    /// Carry out an order on a call.
    AskCall { call: CallId, ask: CallAsk, by: Actor },
    /// Say how things stand.
    Say(Question),
}

/// How things stand, once all that was asked for before has been done, and who wants to know.
#[derive(Debug)]
pub(crate) enum Question {
    /// Why a call is where it is.
    Explain { call: CallId, answer: oneshot::Sender<Option<Explanation>> },
    /// Everything, and all that changes from here on.
    Live(oneshot::Sender<Live>),
}

/// Live as it stands, and the updates that follow it without a gap.
#[derive(Debug)]
pub struct Live {
    /// Everything, at one moment.
    pub board: Wallboard,
    /// The number of the last update that `board` contains.
    pub number: u64,
    /// The updates after it. A receiver that falls behind is told so and must ask for Live again.
    pub updates: broadcast::Receiver<Arc<Update>>,
}

/// What changed on Live, and how long ago it happened.
#[derive(Clone, Debug)]
pub struct Update {
    /// What changed.
    pub live: LiveUpdate,
    /// When the loop took the event that made the oldest of these changes: pages measure from here how late they are told.
    pub took: Instant,
}

/// The way into the loop.
#[derive(Clone, Debug)]
pub struct Handle {
    pub(crate) requests: mpsc::Sender<Request>,
    pub(crate) clock: Clock,
    pub(crate) health: Health,
}

impl Handle {
    /// Everything on Live, and the updates that follow. What was asked for before has been done by then.
    ///
    /// # Errors
    /// [`Stopped`] when the loop is gone.
    pub async fn live(&self) -> Result<Live, Stopped> {
        let (answer, live) = oneshot::channel();
        self.requests.send(Request::Say(Question::Live(answer))).await.map_err(|_| Stopped)?;
        live.await.map_err(|_| Stopped)
    }

    /// Asks for a change of an agent's state. What comes of it shows on Live and in the books.
    ///
    /// # Errors
    /// [`Stopped`] when the loop is gone.
    pub async fn ask(&self, agent: AgentId, ask: Ask, by: Actor) -> Result<(), Stopped> {
        self.requests.send(Request::Ask { agent, ask, by }).await.map_err(|_| Stopped)
    }

    /// Gives an order on a call. What comes of it shows on Live and in the books.
    ///
    /// # Errors
    /// [`Stopped`] when the loop is gone.
    pub async fn ask_call(&self, call: CallId, ask: CallAsk, by: Actor) -> Result<(), Stopped> {
        self.requests.send(Request::AskCall { call, ask, by }).await.map_err(|_| Stopped)
    }

    /// Why a live call is where it is; `None` if there is no such call. What was asked for before has been done by then.
    ///
    /// # Errors
    /// [`Stopped`] when the loop is gone.
    pub async fn explain(&self, call: CallId) -> Result<Option<Explanation>, Stopped> {
        let (answer, explanation) = oneshot::channel();
        self.requests.send(Request::Say(Question::Explain { call, answer })).await.map_err(|_| Stopped)?;
        explanation.await.map_err(|_| Stopped)
    }

    /// Hands new settings to the core.
    ///
    /// # Errors
    /// [`Stopped`] when the loop is gone.
    pub async fn settings(&self, settings: Settings) -> Result<(), Stopped> {
        self.requests.send(Request::Settings(settings)).await.map_err(|_| Stopped)
    }

    /// The time, as the loop reads it.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Since when the sums on Live count: when the site's day began.
    #[must_use]
    pub fn started(&self) -> Timestamp {
        self.health.since()
    }

    /// How the loop and what it stands on are doing.
    #[must_use]
    pub const fn health(&self) -> &Health {
        &self.health
    }
}
