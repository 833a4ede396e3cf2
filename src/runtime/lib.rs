//! The loop: owns the one State and turns events into orders, facts and live updates.
//!
//! ```text
//!  ari ──events──▶ ┌──────────┐ ──orders──▶ ari
//!                  │ the loop │ ──facts───▶ books ──▶ store        what finds no room is read from the journal
//!  web ──requests─▶└──────────┘ ──updates─▶ everybody who watches Live
//!                       └──every step──▶ journal ──▶ files          from which the next run goes on
//! ```
//!
//! *Invariant:* the one crate that reads the clock (`clock.rs`). It knows nothing of ARI and nothing of pages: Asterisk is
//! a channel of events and a channel of orders, the pages are whoever holds a [`Handle`]. Nothing on disk or in a database
//! ever delays an order.

mod books;
mod centre;
pub mod clock;
mod day;
mod handle;
pub mod health;
pub mod journal;
mod opening;
mod poison;
mod publisher;
mod rebuild;
mod recovery;
mod settings;
mod standstill;
mod tell;
#[cfg(test)]
mod tests;
mod turner;

pub use acd::event::{Ask, CallAsk};
pub use centre::{Centre, EVENTS, ORDERS, StartError, SwitchEnds, can_start_from, start};
pub use clock::Clock;
pub use handle::{Handle, Live, Stopped, Update};
pub use health::Health;
pub use journal::Keeping;
pub use opening::Opening;
