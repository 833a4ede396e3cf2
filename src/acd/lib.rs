//! The core: who gets which call, as one function. It takes what the world reports and answers with what shall be done.
//!
//! ```text
//!            Event                                     Order
//!  ari ──────────────┐                          ┌────────────────▶ ari
//!  web ──(runtime)───┼──▶ step(State, at) ──────┤
//!  clock ────────────┘         │                └────────────────▶ books
//!                              ▼                      Fact
//!               next_deadline · wallboard · check
//! ```
//!
//! *Invariant:* no clock, no I/O, no chance but the seed in [`State`], no map whose order changes: the same events at the
//! same times give the same effects. [`step`] is total: late, double and unknown events are recorded as ignored.
//!
//! `on/` holds one file an event: what happens when it happens. The concepts that they share stand beside it: `route` (who
//! gets a call; `pool` keeps both sides in order), `overflow` (who need not wait any longer), `explain` (why), `offer`,
//! `ending`, `agent`, `mend` (making the world agree after a reconnect). Objects are changed through
//! [`State`] alone, which keeps the index that makes matching cost the same with ten callers waiting or ten thousand.

#![warn(clippy::wildcard_enum_match_arm)]

mod absence;
mod agent;
mod brief;
mod call;
mod chance;
mod changes;
mod check;
mod clocks;
mod deadline;
pub mod effect;
mod ending;
pub mod event;
pub mod explain;
mod guard;
mod index;
mod mend;
mod offer;
mod on;
mod overflow;
mod pairs;
mod phone;
mod pool;
mod queue;
mod roster;
mod route;
mod state;
#[cfg(test)]
mod tests;
mod turn;
mod wallboard;

use model::{Fact, Timestamp};

pub use check::check;
pub use deadline::next_deadline;
pub use roster::{Member, Roster, roster};
pub use state::State;
pub use state::kept::FirstForm;
pub use wallboard::wallboard;

use crate::effect::Effect;
use crate::event::Event;
use crate::turn::Turn;

/// Takes one event in and says what shall be done about it: all orders first, in the order of what callers feel first, then
/// the facts in the order in which they came true. A time before that of an earlier step counts as that step's time.
pub fn step(state: &mut State, at: Timestamp, event: Event) -> Vec<Effect> {
    let name = event.name();
    let mut turn = Turn::new(state, at);
    if let Err(why) = on::take(&mut turn, event) {
        turn.record(Fact::Ignored { event: name.to_owned(), why });
    }
    overflow::look_after_empty_queues(&mut turn);
    turn.effects()
}
