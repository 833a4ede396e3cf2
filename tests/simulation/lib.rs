//! Random histories: the core against a simulated switch that obeys its orders (late, in any order of lanes, or not at all),
//! loses its connection, reports twice or in the wrong order, and keeps a ledger of its own. Half of the truth is in the
//! effects: state and ledger are compared in both directions, after every step and whenever everything has come to rest.
//!
//! *Invariant:* it knows the core by what everybody knows it by: `step`, `next_deadline`, `check`, the wallboard and the facts.
//!
//! `action` is what may happen, `drawn` how a history is drawn, `world` joins the core and the `switch`, `parties` and
//! `trouble` are what people and machines do in it, `books`, `rules` and `ordered` judge every step and `rest` the end.
//! `large` and `day` are for figures of what the core costs.
//! `cells` counts the situations that were met, `reach` says which can be; `run` plays many histories and shrinks one that
//! fails.

#![expect(missing_docs, reason = "a test's own machinery: the names of its parts say what they are")]

pub mod action;
mod books;
pub mod cells;
mod centre;
mod concerned;
pub mod day;
mod directed;
mod drawn;
pub mod large;
mod ordered;
mod parties;
mod reach;
#[cfg(test)]
mod regressions;
pub mod report;
mod rest;
mod rules;
pub mod run;
mod settings;
mod switch;
mod switchboard;
mod trouble;
mod world;
