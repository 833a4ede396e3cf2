//! What pages are made of: icons, badges, names, counting times.

mod badge;
mod clock;
mod digits;
mod icon;
mod name;

pub use badge::{agent_state, agent_word, call_phase};
pub use clock::{Limit, since, ticks};
pub use digits::digits;
pub use icon::icon;
pub(crate) use icon::icons;
pub use name::clipped;
