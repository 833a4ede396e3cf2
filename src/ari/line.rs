//! The line on which requests travel, whichever transport it is: a bounded number at a time on each, served in the order of asking
//! among those of their pace.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;

use crate::client::HttpClient;
use crate::request::{Pace, Request};
use crate::rest_socket::RestSocket;

/// Most requests under way over HTTP at once. Each holds a connection, and Asterisk's `sessionlimit` (100 unless raised) counts the
/// event socket too: a line that took them all would lock the program out of its own events.
pub const AT_ONCE: usize = 32;

/// How many of those places are for what can wait.
const PATIENT: usize = 6;

/// Most requests under way on the event socket at once. Asterisk does one after another there, so more of them are done no sooner;
/// and it answers a ping behind them all.
const ON_SOCKET: usize = 16;

/// How many requests may be under way on the event socket before what is not urgent goes over HTTP.
const CALM: usize = 4;

/// What Asterisk answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoReply {
    /// No connection: Asterisk never saw the request.
    #[error("no connection: {why}")]
    NotSent {
        /// What the system said.
        why: String,
    },
    /// The connection ended before an answer: Asterisk may have seen the request.
    #[error("the connection ended before an answer: {why}")]
    Cut {
        /// What the system said.
        why: String,
    },
    /// The deadline has passed.
    #[error("no answer within {:?}", crate::client::DEADLINE)]
    Late,
}

/// Why a list could not be read.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    /// No answer.
    #[error("{0}")]
    NoReply(#[from] NoReply),
    /// A refusal.
    #[error("Asterisk answered {status} to the request {request:?}")]
    Status {
        /// The request's name.
        request: &'static str,
        /// The HTTP status.
        status: u16,
    },
    /// An answer of an unexpected shape.
    #[error("the answer to {request:?} cannot be read: {why}")]
    Shape {
        /// The request's name.
        request: &'static str,
        /// What does not fit.
        why: serde_json::Error,
    },
}

impl NoReply {
    /// Whether the request may be sent once more.
    pub const fn may_repeat(&self, request: &Request) -> bool {
        match self {
            Self::NotSent { .. } => true,
            Self::Cut { .. } => request.kind.spec().repeatable,
            Self::Late => false,
        }
    }
}

/// The line.
#[derive(Clone, Debug)]
pub struct Line {
    transport: Transport,
    /// What carries swift requests, if not the same.
    swift: Option<Swift>,
    places: Arc<Semaphore>,
    /// The places of what can wait.
    patient: Arc<Semaphore>,
}

/// The event socket, as long as it can be relied on.
#[derive(Clone, Debug)]
struct Swift {
    socket: RestSocket,
    places: Arc<Semaphore>,
    /// Set once an answer has not come.
    silent: Arc<AtomicBool>,
}

/// The two transports.
#[derive(Clone, Debug)]
pub enum Transport {
    /// Over HTTP.
    Http(HttpClient),
    /// Over the event socket.
    Socket(RestSocket),
}

impl Line {
    /// A line over this transport.
    pub fn new(transport: Transport) -> Self {
        let (places, patient) = (Arc::new(Semaphore::new(AT_ONCE - PATIENT)), Arc::new(Semaphore::new(PATIENT)));
        Self { transport, swift: None, places, patient }
    }

    /// The same line, but what Asterisk does at once travels over the event socket; until one request gets no answer there.
    pub fn with_swift(self, socket: RestSocket) -> Self {
        let places = Arc::new(Semaphore::new(ON_SOCKET));
        Self { swift: Some(Swift { socket, places, silent: Arc::default() }), ..self }
    }

    /// The same line, but with places of its own, for what must not queue behind anything, or nothing behind it. None of it
    /// is swift.
    pub fn of_its_own(&self, places: usize) -> Self {
        let places = Arc::new(Semaphore::new(places));
        Self { transport: self.transport.clone(), swift: None, patient: places.clone(), places }
    }

    /// Asterisk's answer, whatever its status.
    pub async fn ask(&self, request: &Request) -> Result<Reply, NoReply> {
        let name = request.kind.spec().name;
        let asked = Instant::now();
        let pace = request.kind.spec().pace;
        let swift = self.swift.as_ref().filter(|swift| swift.takes(pace));
        // The semaphores are fair and never closed.
        let _place = swift.map_or_else(|| self.places_of(pace), |swift| &swift.places).acquire().await;
        metrics::histogram!("callsync_ari_wait_seconds").record(asked.elapsed());
        let sent = Instant::now();
        let answer = match (swift, &self.transport) {
            (Some(swift), _) => swift.ask(request).await,
            (None, Transport::Socket(socket)) => socket.ask(request).await,
            (None, Transport::Http(client)) => client.ask(request).await,
        };
        metrics::histogram!("callsync_ari_request_seconds", "request" => name).record(sent.elapsed());
        metrics::counter!("callsync_ari_requests_total", "request" => name, "status" => status(&answer)).increment(1);
        answer
    }

    /// Where a request of this pace waits for its turn. What comes by the hundred when callers do has few places: Asterisk's
    /// processors are for whoever is to be rung or joined meanwhile.
    fn places_of(&self, pace: Pace) -> &Semaphore {
        match pace {
            Pace::Urgent | Pace::Swift | Pace::Slow => &self.places,
            Pace::Light | Pace::Patient => &self.patient,
        }
    }

    /// A list or an object of Asterisk's.
    pub async fn read<T: DeserializeOwned>(&self, request: &Request) -> Result<T, NotRead> {
        let reply = self.ask(request).await?;
        let name = request.kind.spec().name;
        if !(200..300).contains(&reply.status) {
            return Err(NotRead::Status { request: name, status: reply.status });
        }
        serde_json::from_str(&reply.body).map_err(|why| NotRead::Shape { request: name, why })
    }
}

impl Swift {
    /// Whether a request of this pace goes over the socket. Asterisk carries out one after another there: when much is under way,
    /// what is not urgent goes round it, so that whoever is to be rung or joined need not stand behind it.
    fn takes(&self, pace: Pace) -> bool {
        let open = match pace {
            Pace::Urgent => true,
            Pace::Swift | Pace::Light => self.socket.under_way() < CALM,
            Pace::Slow | Pace::Patient => false,
        };
        open && !self.silent.load(Ordering::Relaxed)
    }

    async fn ask(&self, request: &Request) -> Result<Reply, NoReply> {
        let answer = self.socket.ask(request).await;
        if matches!(answer, Err(NoReply::Late)) && !self.silent.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                request = request.kind.spec().name,
                "no answer came over the event socket: all requests go over HTTP now"
            );
        }
        answer
    }
}

fn status(answer: &Result<Reply, NoReply>) -> String {
    match answer {
        Ok(reply) => reply.status.to_string(),
        Err(NoReply::NotSent { .. }) => "not_sent".to_owned(),
        Err(NoReply::Cut { .. }) => "cut".to_owned(),
        Err(NoReply::Late) => "late".to_owned(),
    }
}
