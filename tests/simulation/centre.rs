//! The people and the numbers of the simulated contact centre.

use acd::event::Ask;
use model::{AgentId, Endpoint, NotReadyReason, Span};
use uuid::Uuid;

use crate::switch::SERVER;

/// How many agents there are at the most.
pub const AGENTS: u128 = 6;

/// What callers dial: three queues, and a number that leads nowhere.
pub const NUMBERS: [&str; 10] = ["700", "701", "702", "700", "701", "700", "702", "701", "700", "799"];

pub fn agent(k: u128) -> AgentId {
    AgentId(Uuid::from_u128(1_001 + k))
}

pub fn endpoint(k: u128) -> Endpoint {
    Endpoint { server: SERVER, name: (1_001 + k).to_string() }
}

/// What a number stands for when an agent asks for something: mostly for calls.
pub fn asks(ask: u8) -> Ask {
    match ask % 16 {
        0..=9 => Ask::Ready,
        10 | 11 => Ask::NotReady(NotReadyReason::Break),
        12 => Ask::NotReady(NotReadyReason::Lunch),
        13 | 14 => Ask::LogOut,
        _ => Ask::ExtendWrapUp(Span::from_secs(i64::from(ask / 16))),
    }
}
