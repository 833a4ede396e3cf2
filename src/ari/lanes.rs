//! Lanes: the orders of one lane are carried out one after another, lanes do not wait for each other. A lane is there while
//! it has orders. Orders that follow each other and can be carried out as one are.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::future::Future;
use std::time::Instant;

use acd::effect::{Lane, Op, Order};
use acd::event::OrderFailure;
use tokio::task::{Id, JoinSet};

use crate::carry_out::Done;
use crate::plan::is_one_with;

/// All lanes of one connection.
#[derive(Debug, Default)]
pub struct Lanes {
    waiting: HashMap<Lane, VecDeque<Waiting>>,
    running: HashMap<Id, (Lane, Vec<Waiting>)>,
    tasks: JoinSet<Vec<Done>>,
    /// How many orders wait for their lane.
    queued: u32,
    /// Orders are numbered as they come, so that those that are lost can be told in order.
    next: u64,
}

/// An order, its number, and when it came.
#[derive(Debug)]
struct Waiting {
    number: u64,
    since: Instant,
    op: Op,
}

impl Lanes {
    /// Takes an order. It begins at once if its lane is free; whoever carries it out is told when it came, and answers for each
    /// order by itself.
    pub fn push<F>(&mut self, order: Order, carry_out: impl FnOnce(Vec<Op>, Instant) -> F)
    where
        F: Future<Output = Vec<Done>> + Send + 'static,
    {
        self.next += 1;
        let Order { lane, op } = order;
        let waiting = Waiting { number: self.next, since: Instant::now(), op };
        match self.waiting.get_mut(&lane) {
            Some(queue) => {
                queue.push_back(waiting);
                self.queued += 1;
            }
            None => {
                self.waiting.insert(lane.clone(), VecDeque::new());
                self.begin(lane, vec![waiting], carry_out);
            }
        }
        self.measure();
    }

    /// The next orders that were carried out, and how each went; their lane goes on. Waits as long as nothing is under way.
    pub async fn done<F>(&mut self, carry_out: impl FnOnce(Vec<Op>, Instant) -> F) -> Vec<(Op, Done)>
    where
        F: Future<Output = Vec<Done>> + Send + 'static,
    {
        let (id, done) = match self.tasks.join_next_with_id().await {
            Some(Ok((id, done))) => (id, done),
            // A panic is a fault of ours; it must not stop the lane.
            Some(Err(error)) => (error.id(), Vec::new()),
            None => return std::future::pending().await,
        };
        let Some((lane, orders)) = self.running.remove(&id) else { return Vec::new() };
        let next = self.waiting.get_mut(&lane).map(pop_as_one).unwrap_or_default();
        if next.is_empty() {
            self.waiting.remove(&lane);
        } else {
            self.queued -= u32::try_from(next.len()).unwrap_or(u32::MAX);
            self.begin(lane, next, carry_out);
        }
        self.measure();
        let done = done.into_iter().chain(std::iter::repeat(Done::Failed(OrderFailure::Unknown)));
        orders.into_iter().map(|order| order.op).zip(done).collect()
    }

    /// Whether nothing is under way.
    pub fn idle(&self) -> bool {
        self.running.is_empty()
    }

    /// Stops everything. The orders that were not carried out, or of which nobody knows, in the order in which they came.
    pub async fn stop(mut self) -> Vec<Op> {
        self.tasks.shutdown().await;
        let running = self.running.drain().flat_map(|(_, (_, orders))| orders);
        let waiting = self.waiting.drain().flat_map(|(_, waiting)| waiting);
        let lost: BTreeMap<u64, Op> = running.chain(waiting).map(|order| (order.number, order.op)).collect();
        self.queued = 0;
        self.measure();
        lost.into_values().collect()
    }

    fn begin<F>(&mut self, lane: Lane, orders: Vec<Waiting>, carry_out: impl FnOnce(Vec<Op>, Instant) -> F)
    where
        F: Future<Output = Vec<Done>> + Send + 'static,
    {
        let since = orders.first().map_or_else(Instant::now, |first| first.since);
        let handle = self.tasks.spawn(carry_out(orders.iter().map(|order| order.op.clone()).collect(), since));
        self.running.insert(handle.id(), (lane, orders));
    }

    fn measure(&self) {
        metrics::gauge!("callsync_ari_lanes").set(u32::try_from(self.waiting.len()).unwrap_or(u32::MAX));
        metrics::gauge!("callsync_ari_orders_waiting").set(self.queued);
    }
}

/// The next order of a lane, and those right behind it that are carried out as one with it.
fn pop_as_one(waiting: &mut VecDeque<Waiting>) -> Vec<Waiting> {
    let Some(first) = waiting.front() else { return Vec::new() };
    let others = waiting.iter().skip(1).take_while(|next| is_one_with(&first.op, &next.op)).count();
    waiting.drain(..=others).collect()
}
