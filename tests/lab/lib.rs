//! The lab: a real Asterisk 22, real SIP parties and the product, started in a space of their own, driven and judged from
//! outside. `cargo lab up` shows a living call centre; `cargo lab test` proves it.
//!
//! It depends on none of our crates but `model`, so that it can build before the page assets exist, and so that nothing of
//! the product judges the product. It knows the product by its command line, its database and its pages.
//!
//! What runs outside a space (packages, the Asterisk root, builds) needs the network of the machine and is cached; what runs
//! inside (Asterisk, PostgreSQL, the product, phones) leaves nothing behind, however it ends.

pub mod asterisk;
pub mod bench;
pub mod books;
pub mod call;
pub mod cli;
pub mod command;
pub mod demo;
pub mod fallback;
pub mod folders;
pub mod http;
pub mod install;
pub mod kill;
pub mod logins;
pub mod names;
pub mod parties;
pub mod passwords;
pub mod place;
pub mod ports;
pub mod postgres;
pub mod product;
pub mod root;
pub mod say;
pub mod scenarios;
pub mod signals;
pub mod site;
pub mod soak;
pub mod space;
pub mod suites;
pub mod traffic;
pub mod trouble;
pub mod up;

pub use trouble::{Result, Trouble};
