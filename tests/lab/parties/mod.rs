//! The parties: SIP phones that no one here wrote, driven so that a scenario reads like prose, and the witnesses that watch
//! them from outside: a tap on the wire and an ear for tones.
//!
//! All times are read from one clock, the machine's, in milliseconds since 1970: the same that Asterisk and the product use.

pub mod actions;
pub mod baresip;
pub mod caller;
pub mod clock;
pub mod control;
pub mod diary;
pub mod ear;
pub mod g711;
pub mod packet;
pub mod pulse;
pub mod script;
pub mod sipp;
pub mod tap;
pub mod tone;

pub use baresip::{Exchange, Phone};
pub use clock::{Millis, now};
pub use diary::{Diary, Note, What};
pub use ear::{Ear, Heard};
pub use pulse::{Pulse, Standstills};
pub use sipp::Crowd;
pub use tap::{Hears, Tap};
pub use tone::Tone;
