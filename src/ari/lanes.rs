//! Lanes: the orders of one lane are carried out one after another, lanes do not wait for each other. A lane is there while
//! it has orders.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::future::Future;
use std::time::Instant;

use acd::effect::{Lane, Op, Order};
use acd::event::OrderFailure;
use tokio::task::{Id, JoinSet};

use crate::carry_out::Done;

/// All lanes of one connection.
#[derive(Debug, Default)]
pub struct Lanes {
    waiting: HashMap<Lane, VecDeque<(u64, Instant, Op)>>,
    running: HashMap<Id, (u64, Order)>,
    tasks: JoinSet<Done>,
    /// How many orders wait for their lane.
    queued: u32,
    /// Orders are numbered as they come, so that those that are lost can be told in order.
    next: u64,
}

impl Lanes {
    /// Takes an order. It begins at once if its lane is free; whoever carries it out is told when it came.
    pub fn push<F>(&mut self, order: Order, carry_out: impl FnOnce(Op, Instant) -> F)
    where
        F: Future<Output = Done> + Send + 'static,
    {
        self.next += 1;
        match self.waiting.get_mut(&order.lane) {
            Some(waiting) => {
                waiting.push_back((self.next, Instant::now(), order.op));
                self.queued += 1;
            }
            None => {
                self.waiting.insert(order.lane.clone(), VecDeque::new());
                self.begin((self.next, Instant::now()), order, carry_out);
            }
        }
        self.measure();
    }

    /// The next order that was carried out, and how it went; its lane goes on. Waits as long as nothing is under way.
    pub async fn done<F>(&mut self, carry_out: impl FnOnce(Op, Instant) -> F) -> Option<(Op, Done)>
    where
        F: Future<Output = Done> + Send + 'static,
    {
        let (id, done) = match self.tasks.join_next_with_id().await {
            Some(Ok((id, done))) => (id, done),
            // A panic is a fault of ours; it must not stop the lane.
            Some(Err(error)) => (error.id(), Done::Failed(OrderFailure::Unknown)),
            None => return std::future::pending().await,
        };
        let Order { lane, op } = self.running.remove(&id).map(|(_, order)| order)?;
        match self.waiting.get_mut(&lane).and_then(VecDeque::pop_front) {
            Some((number, since, op)) => {
                self.queued -= 1;
                self.begin((number, since), Order { lane, op }, carry_out);
            }
            None => {
                self.waiting.remove(&lane);
            }
        }
        self.measure();
        Some((op, done))
    }

    /// Whether nothing is under way.
    pub fn idle(&self) -> bool {
        self.running.is_empty()
    }

    /// Stops everything. The orders that were not carried out, or of which nobody knows, in the order in which they came.
    pub async fn stop(mut self) -> Vec<Op> {
        self.tasks.shutdown().await;
        let running = self.running.drain().map(|(_, (number, order))| (number, order.op));
        let waiting = self.waiting.drain().flat_map(|(_, waiting)| waiting).map(|(number, _, op)| (number, op));
        let lost: BTreeMap<u64, Op> = running.chain(waiting).collect();
        self.queued = 0;
        self.measure();
        lost.into_values().collect()
    }

    fn begin<F>(&mut self, (number, since): (u64, Instant), order: Order, carry_out: impl FnOnce(Op, Instant) -> F)
    where
        F: Future<Output = Done> + Send + 'static,
    {
        let handle = self.tasks.spawn(carry_out(order.op.clone(), since));
        self.running.insert(handle.id(), (number, order));
    }

    fn measure(&self) {
        metrics::gauge!("callsync_ari_lanes").set(u32::try_from(self.waiting.len()).unwrap_or(u32::MAX));
        metrics::gauge!("callsync_ari_orders_waiting").set(self.queued);
    }
}
