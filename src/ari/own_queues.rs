//! Asterisk's own queues, as orders meet them: whether callers wait there, a phone held back from them, their notes forgotten.
//! The task of `fallback` does what is asked here.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

/// Whether callers wait in Asterisk's own queues. While somebody does, two ring the same phones: we, and those queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// Nobody does.
    Nobody,
    /// It has not been heard yet.
    Unknown,
    /// Somebody does, or may.
    Somebody,
}

/// What is asked of the task. Dropped without an answer when there is no way to Asterisk's manager interface.
#[derive(Debug)]
pub enum Ask {
    /// To forget these notes.
    Forget {
        /// The callers' unique ids.
        ids: Vec<String>,
        /// Told when it is done.
        done: oneshot::Sender<()>,
    },
    /// To keep the queues from ringing a phone, for a moment, if somebody waits there.
    Hold {
        /// The account of the phone.
        account: String,
        /// Told when it is done, or cannot be done.
        done: oneshot::Sender<()>,
    },
    /// To let go of all phones that are held.
    Release {
        /// Told when it is done.
        done: oneshot::Sender<()>,
    },
}

/// The way to the task.
#[derive(Clone, Debug)]
pub struct OwnQueues {
    asks: mpsc::Sender<Ask>,
    waits: watch::Receiver<Waits>,
    /// How long a call waits for what is asked here.
    patience: Duration,
}

/// The notes were not forgotten: there is no way to Asterisk's manager interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotForgotten;

impl OwnQueues {
    /// The way to the task that takes these, and says this; calls wait so long for it.
    pub const fn new(asks: mpsc::Sender<Ask>, waits: watch::Receiver<Waits>, patience: Duration) -> Self {
        Self { asks, waits, patience }
    }

    /// Whether callers wait there.
    pub fn waits(&self) -> Waits {
        *self.waits.borrow()
    }

    /// Has these notes forgotten, and waits until they are.
    pub async fn forget(&self, ids: Vec<String>) -> Result<(), NotForgotten> {
        let (done, forgotten) = oneshot::channel();
        self.asks.try_send(Ask::Forget { ids, done }).map_err(|_| NotForgotten)?;
        forgotten.await.map_err(|_| NotForgotten)
    }

    /// While somebody waits there, or that is about to be heard, keeps the queues from ringing this phone for a moment, as far as
    /// that can be done in time.
    pub async fn hold(&self, account: &str) {
        if self.waits() == Waits::Nobody {
            return;
        }
        let (done, held) = oneshot::channel();
        self.ask_within(Ask::Hold { account: account.to_owned(), done }, held).await;
    }

    /// Lets go of all phones that are held, since nobody may be there to do so later.
    pub async fn release(&self) {
        let (done, released) = oneshot::channel();
        self.ask_within(Ask::Release { done }, released).await;
    }

    async fn ask_within(&self, ask: Ask, done: oneshot::Receiver<()>) {
        if self.asks.try_send(ask).is_ok() && timeout(self.patience, done).await.is_err() {
            tracing::debug!("Asterisk's manager interface takes long: the call goes on meanwhile");
        }
    }
}
