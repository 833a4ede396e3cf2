//! Carries one order out.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use acd::effect::Op;
use acd::event::OrderFailure;
use model::OurLeg;

use crate::account::{Application, EndpointState, online};
use crate::line::{Line, NoReply};
use crate::plan::{Plan, plan, verdict};
use crate::reach::TECHNOLOGY;
use crate::request::{Kind, Request};
use crate::starts::{Start, Starts};

/// A leg that was created is handed to us within 3 ms; after this it never will be.
const START_WITHIN: Duration = Duration::from_secs(3);

/// Most bytes of names in one subscription: Asterisk reads the first line of a request into 4096 bytes, and encoding may make
/// three of one.
const NAMES_AT_ONCE: usize = 1000;

/// How an order went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// It was carried out, or there was nothing left to do.
    CarriedOut,
    /// These phones can be reached.
    Online(BTreeSet<String>),
    /// It was not carried out.
    Failed(OrderFailure),
}

/// What it takes to carry out orders.
#[derive(Clone, Debug)]
pub struct Hands {
    line: Line,
    app: Arc<str>,
    starts: Starts,
    /// Set once Asterisk has shown that it cannot set several variables at once.
    one_by_one: Arc<AtomicBool>,
}

/// How an order, or a part of one, went.
pub type Outcome = Result<Done, OrderFailure>;

impl Hands {
    /// Hands that work over this line.
    pub fn new(line: Line, app: &str, starts: Starts) -> Self {
        Self { line, app: app.into(), starts, one_by_one: Arc::default() }
    }

    /// Carries an order out.
    pub async fn carry_out(self, op: Op) -> Done {
        let done = match plan(&op, &self.app) {
            Plan::InTurn(requests) => self.in_turn(&requests).await,
            Plan::Dial { leg, create, dial } => self.dial(leg, &create, &dial).await,
            Plan::Variables { together, one_by_one } => self.variables(&together, &one_by_one).await,
            Plan::Watch(names) => self.watch(&names).await,
        };
        let done = done.unwrap_or_else(Done::Failed);
        if let Done::Failed(why) = &done {
            tracing::debug!(order = op.name(), ?why, "an order was not carried out");
            metrics::counter!("callsync_ari_orders_failed_total", "order" => op.name()).increment(1);
        }
        done
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
    async fn dial(&self, leg: OurLeg, create: &Request, dial: &Request) -> Outcome {
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
        match self.ask(dial).await {
            Ok(()) | Err(OrderFailure::Gone) => Ok(Done::CarriedOut),
            Err(why) => Err(why),
        }
    }

    async fn variables(&self, together: &Request, one_by_one: &[Request]) -> Outcome {
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

    /// Subscribes to what is to be watched and is not yet, and unsubscribes from the rest. What Asterisk says that it watches
    /// counts, not what we remember: it may have been restarted, or kept the subscriptions of a predecessor of ours.
    pub async fn watch(&self, names: &[String]) -> Outcome {
        let watched: Application = self.read(&Request::new(Kind::Application, &[&self.app])).await?;
        let has: BTreeSet<String> = watched.device_names.into_iter().collect();
        // A comma would make two names of one.
        let wanted: BTreeSet<String> =
            names.iter().filter(|name| !name.contains(',')).map(|name| format!("{TECHNOLOGY}/{name}")).collect();
        self.each_chunk(Kind::Subscribe, wanted.difference(&has)).await?;
        self.each_chunk(Kind::Unsubscribe, has.difference(&wanted)).await?;
        let endpoints: Vec<EndpointState> = self.read(&Request::new(Kind::Endpoints, &[&TECHNOLOGY])).await?;
        Ok(Done::Online(online(&endpoints)))
    }

    async fn each_chunk(&self, kind: Kind, names: impl Iterator<Item = &String>) -> Result<(), OrderFailure> {
        for sources in chunks(names) {
            self.ask(&Request::new(kind, &[&self.app]).with("eventSource", sources)).await?;
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
