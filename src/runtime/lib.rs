//! The loop: owns the one State and turns events into orders, facts and live updates.
//!
//! ```text
//!  ari ──events──▶ ┌──────────┐ ──orders──▶ ari
//!                  │ the loop │ ──facts───▶ books ──▶ store
//!  web ──requests─▶└──────────┘ ──updates─▶ everybody who watches Live
//! ```
//!
//! *Invariant:* the one crate that reads the clock (`clock.rs`). It knows nothing of ARI and nothing of pages: Asterisk is
//! a channel of events and a channel of orders, the pages are whoever holds a [`Handle`]. Nothing on disk or in a database
//! ever delays an order.

mod books;
mod centre;
pub mod clock;
mod handle;
pub mod health;
mod publisher;
mod settings;

pub use centre::{Centre, SwitchEnds, start};
pub use clock::Clock;
pub use handle::{Handle, Live, Stopped};
pub use health::Health;
