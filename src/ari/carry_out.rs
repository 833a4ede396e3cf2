//! Carries one order out.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use acd::effect::Op;
use acd::event::OrderFailure;
use model::{LegId, OurLeg};

use crate::Patience;
use crate::account::{Application, EndpointState, phones};
use crate::event::Channel;
use crate::line::{Line, NoReply};
use crate::names::Names;
use crate::own_queues::{OwnQueues, Waits};
use crate::plan::{AsOne, Plan, Telling, as_one, plan, verdict};
use crate::reach::{Phones, TECHNOLOGY};
use crate::request::{Kind, Request};
use crate::starts::{Start, Starts};

/// A leg that was created is handed to us within 3 ms; after this it never will be.
const START_WITHIN: Duration = Duration::from_secs(3);

/// A phone is not rung for an order that is this old: the program stood still meanwhile, and much may have changed.
const DIALLED_WITHIN: Duration = Duration::from_secs(4);

/// Most bytes of names in one subscription: Asterisk reads the first line of a request into 4096 bytes, and encoding may make
/// three of one.
const NAMES_AT_ONCE: usize = 1000;

/// How long the order behind a stamp waits for it. A stamp takes a millisecond.
const STAMP_WITHIN: Duration = Duration::from_millis(250);

/// Most stamps that Asterisk is asked for at once.
const STAMPS_AT_ONCE: usize = 8;

/// Most stamps that may wait. More of them say nothing that the books do not know better.
const MOST_STAMPS: usize = 2000;

/// How an order went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// It was carried out, or there was nothing left to do.
    CarriedOut,
    /// This is how the phones stand.
    Phones(Phones),
    /// It was not carried out.
    Failed(OrderFailure),
}

/// What it takes to carry out orders.
#[derive(Clone, Debug)]
pub struct Hands {
    line: Line,
    names: Names,
    starts: Starts,
    own_queues: OwnQueues,
    fresh: Duration,
    stamps: Stamps,
    /// Set once Asterisk has shown that it cannot set several variables at once.
    one_by_one: Arc<AtomicBool>,
}

/// The stamps that are under way. They have a line of their own: those that hang take no place from orders that move calls.
#[derive(Clone, Debug)]
struct Stamps {
    line: Line,
    turns: Arc<Mutex<HashMap<String, Arc<Turn>>>>,
}

type Turn = tokio::sync::Mutex<()>;

impl Stamps {
    fn new(line: &Line) -> Self {
        Self { line: line.of_its_own(STAMPS_AT_ONCE), turns: Arc::default() }
    }

    /// The turns of a leg's stamps; `None` if too many wait already.
    fn turn(&self, leg: &str) -> Option<Arc<Turn>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever waits or works holds the turn.
        turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        let waiting: usize = turns.values().map(|turn| Arc::strong_count(turn) - 1).sum();
        (waiting < MOST_STAMPS).then(|| turns.entry(leg.to_owned()).or_default().clone())
    }
}

/// How an order, or a part of one, went.
pub type Outcome = Result<Done, OrderFailure>;

impl Hands {
    /// Hands that work over this line.
    pub fn new(line: Line, patience: &Patience, names: Names, starts: Starts, own_queues: OwnQueues) -> Self {
        let (stamps, fresh) = (Stamps::new(&line), patience.fresh);
        Self { line, names, starts, own_queues, fresh, stamps, one_by_one: Arc::default() }
    }

    /// Carries orders out that follow each other and are one, of which the first came at this time; how each of them went.
    pub async fn carry_out(self, ops: Vec<Op>, since: Instant) -> Vec<Done> {
        let mut done = match as_one(&ops, &self.names) {
            Some(one) => self.as_one(&one, ops.len()).await,
            None => Vec::new(),
        };
        for op in ops.iter().skip(done.len()) {
            done.push(self.alone(op, since).await);
        }
        done
    }

    /// How the first orders went, of so many that are carried out as one. The others are to be carried out each alone: then it
    /// shows which of them it was that failed.
    async fn as_one(&self, AsOne { join, telling }: &AsOne, orders: usize) -> Vec<Done> {
        if let Some([join, tell]) = join {
            if let Err(why) = self.ask(join).await {
                return vec![failed(Kind::Join.spec().name, why)];
            }
            self.tell(tell).await;
        }
        match self.variables(telling).await {
            Ok(_) => vec![Done::CarriedOut; orders],
            Err(_) => join.iter().map(|_| Done::CarriedOut).collect(),
        }
    }

    async fn alone(&self, op: &Op, since: Instant) -> Done {
        let done = match plan(op, &self.names) {
            Plan::InTurn(requests) => self.in_turn(&requests).await,
            Plan::Dial { leg, endpoint, create, dial } => self.dial(leg, &endpoint, [&create, &dial], since).await,
            Plan::Stamp { leg, telling } => {
                let stamper = Self { line: self.stamps.line.clone(), ..self.clone() };
                stamper.stamp(leg, telling).await
            }
            Plan::Join { join, tell } => self.join(&join, &tell).await,
            Plan::Watch(names) => self.watch(&names).await,
            Plan::Forget(ids) => self.forget(ids).await,
        };
        done.unwrap_or_else(|why| failed(op.name(), why))
    }

    async fn in_turn(&self, requests: &[Request]) -> Outcome {
        for request in requests {
            self.ask(request).await?;
        }
        Ok(Done::CarriedOut)
    }

    /// A leg that ends before it could be dialled is told as the end of a leg, and the order counts as carried out: the core
    /// hears of it once. A leg that never starts or cannot be dialled is left to the core, which hangs it up when it hears
    /// that the order failed: if it ended before, its end would look like the phone's doing.
    ///
    /// While callers wait in Asterisk's own queues, those may ring the same phone. Its member is paused first, the leg created
    /// then, and the phone looked at last. That order makes it safe: at every single attempt `ring_entry` (`app_queue.c`) asks
    /// `can_ring_entry`, which looks at `paused` before all else, and only then makes the channel (`ast_request`) and sends the
    /// INVITE (`ast_call`). So after the pause no attempt begins, and one that was past the question has its channel by the time
    /// that ours, which is made in the same way, is made, handed to us, and looked past.
    async fn dial(&self, leg: OurLeg, endpoint: &str, [create, dial]: [&Request; 2], since: Instant) -> Outcome {
        self.own_queues.hold(endpoint).await;
        let mut start = self.starts.expect(leg);
        self.ask(create).await?;
        match tokio::time::timeout(START_WITHIN, start.end()).await {
            Ok(Start::Began) => {}
            Ok(Start::Ended) => return Ok(Done::CarriedOut),
            Err(_) => {
                let text = format!("the leg was created, but not handed to us within {START_WITHIN:?}");
                return Err(OrderFailure::Refused { status: 0, text });
            }
        }
        if since.elapsed() > DIALLED_WITHIN {
            let text = format!("the order was older than {DIALLED_WITHIN:?} when the leg could be dialled");
            return Err(OrderFailure::Refused { status: 0, text });
        }
        let doubtful = self.own_queues.waits() != Waits::Nobody || since.elapsed() > self.fresh;
        if doubtful && self.is_in_use(endpoint).await {
            return Err(OrderFailure::InUse);
        }
        match self.ask(dial).await {
            Ok(()) | Err(OrderFailure::Gone) => Ok(Done::CarriedOut),
            Err(why) => Err(why),
        }
    }

    async fn join(&self, join: &Request, tell: &[Request]) -> Outcome {
        self.ask(join).await?;
        for request in tell {
            self.tell(request).await;
        }
        Ok(Done::CarriedOut)
    }

    async fn tell(&self, request: &Request) {
        if let Err(why) = self.ask(request).await {
            tracing::debug!(?why, "a leg could not be told with whom it is");
        }
    }

    /// Asterisk keeps all CDRs in one thread. While that stands still, since a database does, a stamp takes its time, but the
    /// order behind it, which may be the one that lets two people talk, does not wait for it. Stamps of one leg keep their
    /// order: what was said last holds.
    async fn stamp(self, leg: String, telling: Telling) -> Outcome {
        let Some(turn) = self.stamps.turn(&leg) else {
            let text = "stamps pile up".to_owned();
            return Err(OrderFailure::Refused { status: 0, text });
        };
        let mut stamping = tokio::spawn(async move {
            let _turn = turn.lock().await;
            self.variables(&telling).await
        });
        match tokio::time::timeout(STAMP_WITHIN, &mut stamping).await {
            Ok(done) => done.unwrap_or(Err(OrderFailure::Unknown)),
            Err(_) => {
                metrics::counter!("callsync_ari_stamps_left_behind_total").increment(1);
                tracing::warn!("a CDR takes long to be stamped: the call goes on meanwhile");
                Ok(Done::CarriedOut)
            }
        }
    }

    async fn variables(&self, Telling { together, one_by_one }: &Telling) -> Outcome {
        if self.one_by_one.load(Ordering::Relaxed) {
            return self.in_turn(one_by_one).await;
        }
        match self.ask(together).await {
            Ok(()) => Ok(Done::CarriedOut),
            // Either the leg is gone or Asterisk does not know the request; one by one it shows which.
            Err(OrderFailure::Gone | OrderFailure::Refused { status: 400 | 405 | 501, .. }) => {
                let done = self.in_turn(one_by_one).await?;
                self.one_by_one.store(true, Ordering::Relaxed);
                Ok(done)
            }
            Err(why) => Err(why),
        }
    }

    /// Whether a channel that is no leg of ours is on a phone. A device's state does not say so: a channel counts in it only once
    /// the phone has said that it rings. An Asterisk that gives no answer is believed to mean no.
    async fn is_in_use(&self, account: &str) -> bool {
        let asked = Request::new(Kind::Endpoint, &[&TECHNOLOGY, &account]);
        let said: Result<EndpointState, OrderFailure> = self.read(&asked).await;
        said.is_ok_and(|phone| phone.channel_ids.iter().any(|id| matches!(self.names.leg_id(id), LegId::Theirs(_))))
    }

    /// How the phones stand.
    async fn phones(&self) -> Result<Phones, OrderFailure> {
        let (endpoints, channels) = (Request::new(Kind::Endpoints, &[&TECHNOLOGY]), Request::new(Kind::Channels, &[]));
        let endpoints: Vec<EndpointState> = self.read(&endpoints).await?;
        let channels: Vec<Channel> = self.read(&channels).await?;
        Ok(phones(&endpoints, &channels))
    }

    /// Subscribes to what is to be watched and is not yet, and unsubscribes from the rest. What Asterisk says that it watches
    /// counts, not what we remember: it may have been restarted, or kept the subscriptions of a predecessor of ours.
    pub async fn watch(&self, names: &[String]) -> Outcome {
        let watched: Application = self.read(&Request::new(Kind::Application, &[&self.names.app()])).await?;
        let has: BTreeSet<String> = watched.device_names.into_iter().collect();
        // A comma would make two names of one.
        let wanted: BTreeSet<String> =
            names.iter().filter(|name| !name.contains(',')).map(|name| format!("{TECHNOLOGY}/{name}")).collect();
        self.each_chunk(Kind::Subscribe, wanted.difference(&has)).await?;
        self.each_chunk(Kind::Unsubscribe, has.difference(&wanted)).await?;
        Ok(Done::Phones(self.phones().await?))
    }

    /// Without AMI the order fails: the notes are still there, and will be told again once it is back.
    async fn forget(&self, ids: Vec<String>) -> Outcome {
        self.own_queues.forget(ids).await.map(|()| Done::CarriedOut).map_err(|_| OrderFailure::Unknown)
    }

    async fn each_chunk(&self, kind: Kind, names: impl Iterator<Item = &String>) -> Result<(), OrderFailure> {
        for sources in chunks(names) {
            self.ask(&Request::new(kind, &[&self.names.app()]).with("eventSource", sources)).await?;
        }
        Ok(())
    }

    async fn ask(&self, request: &Request) -> Result<(), OrderFailure> {
        let reply = self.line.ask(request).await.map_err(|why| unknown(request, &why))?;
        verdict(request.kind, reply.status, &reply.body)
    }

    async fn read<T: serde::de::DeserializeOwned>(&self, request: &Request) -> Result<T, OrderFailure> {
        let reply = self.line.ask(request).await.map_err(|why| unknown(request, &why))?;
        verdict(request.kind, reply.status, &reply.body)?;
        serde_json::from_str(&reply.body).map_err(|why| OrderFailure::Refused { status: reply.status, text: why.to_string() })
    }
}

fn failed(order: &'static str, why: OrderFailure) -> Done {
    tracing::debug!(order, ?why, "an order was not carried out");
    metrics::counter!("callsync_ari_orders_failed_total", "order" => order).increment(1);
    Done::Failed(why)
}

fn unknown(request: &Request, why: &NoReply) -> OrderFailure {
    tracing::warn!(request = request.kind.spec().name, %why, "Asterisk gave no answer");
    OrderFailure::Unknown
}

/// Lists of event sources, each short enough for one request.
fn chunks<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut chunks: Vec<String> = Vec::new();
    for name in names {
        match chunks.last_mut() {
            Some(chunk) if chunk.len() + name.len() < NAMES_AT_ONCE => *chunk = format!("{chunk},deviceState:{name}"),
            Some(_) | None => chunks.push(format!("deviceState:{name}")),
        }
    }
    chunks
}
