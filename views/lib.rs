//! The pages as structs of what they show, in Russian and English.
//!
//! *Invariant:* HTML and nothing else. No HTTP, no store, no clock; a person's name or number comes in as
//! [`model::Shown`], made fit for its viewer by whoever may decide that.

pub mod account;
pub mod assets;
pub mod desk;
pub mod error;
pub mod frame;
pub mod gallery;
pub mod health;
pub mod live;
pub mod login;
pub mod number;
pub mod parts;
pub mod samples;
pub mod words;

pub use frame::{Frame, SignedIn, Theme};
pub use words::Lang;
