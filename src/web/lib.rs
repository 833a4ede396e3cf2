//! HTTP: parses, authorises, asks, renders. `routes.rs` is the only list of URLs; one endpoint is one file.
//!
//! *Invariant:* no SQL, no ARI, no rule about calls. Pages see a person's name or number as its viewer may; no GET changes
//! anything; what a browser sends from another site's page is refused.

mod account;
mod agents;
mod assets;
mod desk;
mod doors;
mod errors;
mod frame;
mod gallery;
mod guard;
mod headers;
mod health;
mod language;
mod live;
mod login;
mod logout;
mod metrics;
mod network;
mod orders;
mod password;
mod preference;
mod routes;
mod serve;
mod session;
mod site;
mod start;
mod stream;
mod theme;
mod waiting;

#[cfg(test)]
mod tests;

pub use health::counting;
pub use password::{PasswordError, hash_password, password_matches};
pub use serve::{router, serve};
pub use site::App;
pub use waiting::wait;
