//! What pages are made of: icons, badges, names, counting times.

mod badge;
mod clock;
mod dialog;
mod digits;
mod icon;
mod moment;
mod name;
mod outcome;
mod panel;
mod sparkline;
mod stream;
mod tabs;

pub use badge::{agent_state, agent_word, call_phase};
pub use clock::{Limit, since, ticks};
pub use dialog::{Danger, danger, question};
pub use digits::digits;
pub use icon::icon;
pub(crate) use icon::icons;
pub use moment::moment;
pub use name::clipped;
pub use outcome::outcome_word;
pub use panel::{Panel, panel, panel_awaited, panel_failed, panel_part};
pub use sparkline::{SAMPLES, sparkline, sparkline_under};
pub use stream::{STREAM_CONFIG, stale};
pub use tabs::tabs;
