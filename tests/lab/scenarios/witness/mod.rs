//! Three witnesses of every call: the parties' own logs, the tones that they heard, and the books (ledger and CDR). None
//! knows of the others; here their stories are compared.

pub mod agree;
pub mod cdr;
pub mod database;
pub mod hearing;
pub mod ledger;
pub mod story;
pub mod timeline;
pub mod wire;

pub use agree::Verdict;
pub use story::{Party, Story};
