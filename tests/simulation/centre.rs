//! The people and the numbers of the simulated contact centre.

use acd::event::{Ask, CallAsk};
use model::{AgentId, Endpoint, NotReadyReason, Span, UserId};
use uuid::Uuid;

use crate::settings::queue_id;
use crate::switch::SERVER;

/// How many agents there are at the most.
pub const AGENTS: u128 = 6;

/// What callers dial: three queues, and a number that leads nowhere.
pub const NUMBERS: [&str; 10] = ["700", "701", "702", "700", "701", "700", "702", "701", "700", "799"];

/// Who gives orders on calls.
pub const SUPERVISOR: UserId = UserId(Uuid::from_u128(1));

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

/// What a number stands for when a supervisor gives an order on a call. One of four queues is not there.
pub fn orders(ask: u8) -> CallAsk {
    match ask % 8 {
        0..=2 => CallAsk::ToHead,
        3..=6 => CallAsk::MoveTo(queue_id(700 + u128::from(ask / 8 % 4))),
        _ => CallAsk::HangUp,
    }
}
