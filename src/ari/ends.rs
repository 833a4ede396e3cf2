//! The ends towards the loop, and what shall be watched: all that outlives a connection.

use std::time::Duration;

use acd::effect::{Op, Order};
use acd::event::{Event, OrderFailure};
use model::{ServerId, Timestamp};
use tokio::sync::{mpsc, watch};

use crate::fallback::Manager;

/// How often it is looked whether the loop has made room.
const LOOK_FOR_ROOM_EVERY: Duration = Duration::from_millis(20);

/// The ends.
pub struct Ends {
    /// The Asterisk that all of this is about.
    pub server: ServerId,
    /// What the loop orders.
    pub orders: mpsc::Receiver<Order>,
    /// What the loop hears.
    events: mpsc::Sender<Event>,
    /// The loop's own heartbeat.
    pub beats: watch::Receiver<Timestamp>,
    /// What goes by AMI.
    pub manager: Manager,
    /// The phones of the last [`Op::Watch`].
    pub watched: Vec<String>,
    /// Whether the loop was last told that the way is there.
    up: bool,
    /// Whether something could not be told for want of room. From then on nothing is told until there is room again: what
    /// comes after a gap would be misunderstood.
    full: bool,
}

impl Ends {
    /// The ends, nothing watched yet.
    pub fn new(
        server: ServerId,
        orders: mpsc::Receiver<Order>,
        events: mpsc::Sender<Event>,
        beats: watch::Receiver<Timestamp>,
        manager: Manager,
    ) -> Self {
        Self { server, orders, events, beats, manager, watched: Vec::new(), up: false, full: false }
    }

    /// Tells the loop something; never waits for it.
    pub fn tell(&mut self, event: Event) {
        let up = match &event {
            Event::SwitchReturned { .. } => true,
            Event::SwitchLost { .. } => false,
            _ => self.up,
        };
        if self.full {
            return;
        }
        match self.events.try_send(event) {
            // Nobody listens any more only while the whole program ends.
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => self.up = up,
            Err(mpsc::error::TrySendError::Full(_)) => {
                metrics::counter!("callsync_ari_overflows_total").increment(1);
                tracing::error!(server.id = self.server.0, "the loop does not take its events: all is taken anew once it does");
                self.full = true;
            }
        }
    }

    /// Whether something could not be told, so that only a new account can put things right.
    pub const fn are_full(&self) -> bool {
        self.full
    }

    /// Waits until half of the room is free again. `None` once no more orders can come.
    pub async fn make_room(&mut self) -> Option<()> {
        if !self.full {
            return Some(());
        }
        let events = self.events.clone();
        let room = async {
            while events.capacity() < events.max_capacity().div_ceil(2) && !events.is_closed() {
                tokio::time::sleep(LOOK_FOR_ROOM_EVERY).await;
            }
        };
        self.refuse_while(room).await?;
        self.full = false;
        if self.up {
            self.tell(Event::SwitchLost { server: self.server });
        }
        Some(())
    }

    /// Does something else, and refuses all orders meanwhile. `None` once no more orders can come.
    pub async fn refuse_while<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::pin!(work);
        loop {
            tokio::select! {
                biased;
                result = &mut work => return Some(result),
                order = self.orders.recv() => self.refuse(order?.op),
            }
        }
    }

    /// Tells that an order was not carried out, but keeps what shall be watched.
    pub fn refuse(&mut self, op: Op) {
        match op {
            Op::Watch { endpoints, .. } => self.watched = endpoints.into_iter().map(|endpoint| endpoint.name).collect(),
            // The account is the first thing that the next connection brings.
            Op::TakeAccount { .. } => {}
            order => self.tell(Event::OrderFailed { order, why: OrderFailure::Unknown }),
        }
    }
}
