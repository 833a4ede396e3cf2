//! Legs that were created and whose start is awaited: only then may they be dialled.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use model::OurLeg;
use tokio::sync::oneshot;

/// Who waits for which leg.
#[derive(Clone, Debug, Default)]
pub struct Starts {
    waiting: Arc<Mutex<HashMap<OurLeg, oneshot::Sender<Start>>>>,
}

/// How the wait for a leg ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// It is in our hands.
    Began,
    /// It is gone; its end is told as the end of any leg.
    Ended,
}

/// A wait; given up when dropped.
pub struct Wait {
    starts: Starts,
    leg: OurLeg,
    receiver: oneshot::Receiver<Start>,
}

impl Starts {
    /// Begins to wait. Before the leg is asked for, since its event may outrun the answer.
    pub fn expect(&self, leg: OurLeg) -> Wait {
        let (sender, receiver) = oneshot::channel();
        self.lock().insert(leg, sender);
        Wait { starts: self.clone(), leg, receiver }
    }

    /// Tells whoever waits; `false` if nobody does.
    pub fn tell(&self, leg: OurLeg, start: Start) -> bool {
        let waiting = self.lock().remove(&leg);
        waiting.is_some_and(|waiting| waiting.send(start).is_ok())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<OurLeg, oneshot::Sender<Start>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wait {
    /// How it ended.
    pub async fn end(&mut self) -> Start {
        // The sender is dropped only with a newer wait for the same leg, and leg ids are never used twice.
        (&mut self.receiver).await.unwrap_or(Start::Ended)
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.starts.lock().remove(&self.leg);
    }
}
