//! Asterisk: the only crate with the words of ARI.
//!
//! ```text
//!            orders ──> session ──> lanes ──> carry_out ──> line ──> client | rest_socket ──> Asterisk
//!            events <── session <── hearing <── event <── socket <────────────────────────── Asterisk
//!                          └── account: all that is alive, after every connect
//! ```
//!
//! `event`, `hearing`, `request`, `account` and `contract` are pure: tables and what follows from them. The others do I/O.
//!
//! *Invariant:* nothing is decided here. It knows nothing of queues, agents, the store or the pages; it turns what Asterisk
//! says into [`acd::event::Event`] and carries out [`acd::effect::Order`]. A failed order comes back as an event.

mod account;
mod backoff;
mod carry_out;
mod client;
mod contract;
mod event;
mod hearing;
mod lanes;
mod line;
mod plan;
mod probe;
mod reach;
mod request;
mod rest_socket;
mod session;
mod socket;
mod starts;
#[cfg(test)]
mod tests;

use model::ServerId;
use secrecy::SecretString;

pub use probe::{Probe, ProbeError, probe};
pub use session::run;

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
    /// How requests travel.
    pub transport: Transport,
}

/// How requests travel to Asterisk. Events always come over the WebSocket.
///
/// Measured on Asterisk 22.10.1 (`tests/measure.rs`): over the event socket a request takes 0.6 of the time, and three times
/// as many are done in a second. But behind four requests of 0.4 s each the next waits for all of them, over HTTP for none,
/// and while Asterisk is busy with a request it answers no ping. So HTTP is the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// Over a pool of HTTP connections. Asterisk carries requests of different connections out side by side, so that a slow
    /// one delays no other.
    #[default]
    Http,
    /// Over the event socket (Asterisk 20.14, 21.9, 22.4 and later). Asterisk carries the requests of one socket out one
    /// after another, and one that takes longer than our patience with pings costs the socket.
    WebSocket,
}

/// Makes `ring` the process's cryptography; whoever came first wins, so that the program may have done it already.
fn install_cryptography() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}
