//! What is kept: settings, users, sessions, the audit log and the books, in SQLite or PostgreSQL, by one SQL text for both.
//!
//! *Invariant:* one public function is one transaction. Nothing here reads a clock or decides who gets a call: times and
//! actors are handed in. What is not found is `None`. A text that comes from outside is made fit for both databases at
//! the door ([`text`]), so that the books never refuse a fact.

#[macro_use]
mod dispatch;

pub mod agent_states;
pub mod agents;
pub mod audit;
pub mod books;
pub mod calls;
pub mod day;
mod db;
pub mod desk;
mod error;
pub mod import;
pub mod installation;
pub mod lock;
mod migrations;
pub mod queues;
pub mod sessions;
pub mod settings;
mod text;
mod timing;
pub mod users;

#[cfg(test)]
mod tests;

pub use db::Db;
pub use error::Error;
