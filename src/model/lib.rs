//! The nouns: calls, queues, agents, their ids and their times, as plain data.
//!
//! *Invariant:* no I/O, no clock, no chance and no rule about who gets a call. Every other crate may import this one;
//! it imports none of ours.

pub mod actor;
pub mod agent;
pub mod call;
pub mod explain;
pub mod fact;
pub mod id;
pub mod installation;
pub mod person;
pub mod queue;
pub mod settings;
pub mod stamp;
pub mod time;
pub mod timing;
pub mod user;
pub mod wallboard;

pub use actor::Actor;
pub use agent::{Agent, AgentState, Endpoint, NotReadyReason, StateReason};
pub use call::{CallAsk, CallPhase, OfferEnd, Outcome, SegmentKind, Side};
pub use fact::Fact;
pub use id::{AgentId, BridgeId, CallId, LegId, OurLeg, PromptId, QueueId, ServerId, TheirLeg, UserId};
pub use installation::Installation;
pub use person::{Email, PersonName, Phone, Shown, Viewer};
pub use queue::Queue;
pub use settings::Settings;
pub use stamp::Stamp;
pub use time::{Span, Timestamp};
pub use timing::Timing;
