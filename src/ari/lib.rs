//! Asterisk: the only crate with the words of ARI and AMI.
//!
//! ```text
//!            orders ──> session ──> lanes ──> carry_out ──> line ──> client | rest_socket ──> Asterisk
//!            events <── session <── hearing <── event <── socket <────────────────────────── Asterisk
//!                          ├── take, account: all that is alive, after every connect
//!                          └── heart: the sign of life that the dialplan looks at
//!
//!            roster ──> fallback ─> mirror ──> talk (AMI) ─────────────────────────────────> Asterisk's own queues
//!            events <── fallback <─ notes <─── talk <──────────────────────────────────────── the dialplan's notes
//!       carry_out <───> own_queues <─> fallback: whether callers wait there, phones held back from them
//! ```
//!
//! `event`, `hearing`, `request`, `names`, `account`, `clock`, `contract`, `ami`, `mirror` and `notes` are pure: tables and what follows
//! from them. The others do I/O.
//!
//! *Invariant:* nothing is decided here. It knows nothing of queues, agents, the store or the pages; it turns what Asterisk
//! says into [`acd::event::Event`] and carries out [`acd::effect::Order`]. A failed order comes back as an event.

mod account;
mod ami;
mod backoff;
mod carry_out;
mod client;
mod clock;
mod contract;
mod ends;
mod evacuate;
mod event;
mod fallback;
mod hearing;
mod heart;
mod lanes;
mod line;
mod mirror;
mod names;
mod notes;
mod others;
mod own_queues;
mod patience;
mod plan;
mod probe;
mod reach;
mod request;
mod rest_socket;
mod session;
mod sign;
mod socket;
mod starts;
mod take;
mod talk;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use model::{Installation, ServerId};
use secrecy::SecretString;

pub use evacuate::{Evacuated, NotEvacuated, evacuate};
pub use others::{Other, others};
pub use patience::Patience;
pub use probe::{Probe, ProbeError, probe, probe_manager};
pub use session::run;
pub use sign::{Occupied, may_begin};
pub use talk::TalkError;

/// Which Asterisk, and how to reach it.
#[derive(Clone, Debug)]
pub struct Config {
    /// Our number of this Asterisk.
    pub server: ServerId,
    /// Where its HTTP server is, as `http://127.0.0.1:8088`; `/ari` is appended.
    pub url: String,
    /// The user of `ari.conf`.
    pub user: String,
    /// The user's password. It travels in a header, never in an address, since addresses are logged.
    pub password: SecretString,
    /// The name of the Stasis application.
    pub app: String,
    /// Which installation we are: what we make in Asterisk bears its id.
    pub installation: Installation,
    /// How requests travel.
    pub transport: Transport,
    /// Its manager interface; without it Asterisk's own queues do not learn who is logged in.
    pub ami: Option<Ami>,
    /// How long it is waited for.
    pub patience: Patience,
}

/// How to reach an Asterisk's manager interface.
#[derive(Clone, Debug)]
pub struct Ami {
    /// Name or address and port, as `127.0.0.1:5038`.
    pub address: String,
    /// The user of `manager.conf`.
    pub user: String,
    /// The user's secret.
    pub password: SecretString,
    /// Whether the connection is encrypted and the certificate held against the name in `address`.
    pub tls: bool,
    /// The certificates to trust, as PEM, in place of those that the system trusts.
    pub trust: Option<PathBuf>,
}

/// How requests travel to Asterisk. Events always come over the WebSocket.
///
/// Measured on Asterisk 22.10.1 (`tests/measure.rs`): over the event socket a request takes 0.6 of the time, and three times
/// as many are done in a second. But behind four requests of 0.4 s each the next waits for all of them, over HTTP for none,
/// and while Asterisk is busy with a request it answers no ping. So only what it does at once goes over the socket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// What Asterisk does at once over the event socket, as long as that is not busy; all else over HTTP, and all of it where the
    /// socket serves no requests.
    #[default]
    Split,
    /// Over a pool of HTTP connections. Asterisk carries requests of different connections out side by side, so that a slow
    /// one delays no other.
    Http,
    /// Over the event socket (Asterisk 20.14, 21.9, 22.4 and later). Asterisk carries the requests of one socket out one
    /// after another, and one that takes longer than our patience with pings costs the socket.
    WebSocket,
}

/// Makes `ring` the process's cryptography; whoever came first wins, so that the program may have done it already.
fn install_cryptography() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}
