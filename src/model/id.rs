//! Ids. Ours are chosen before Asterisk is asked for anything and say what they name: kind, server, call. Theirs are
//! whatever Asterisk chose. The two are different variants, so they cannot meet.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Uuid::parse_str(text).map(Self).map_err(|_| NotAnId(text.to_owned()))
            }
        }
    };
}

uuid_id!(
    /// One caller's whole visit, one id across transfers. UUID v7, so that ids sort by arrival.
    CallId
);
uuid_id!(
    /// A queue.
    QueueId
);
uuid_id!(
    /// An agent.
    AgentId
);
uuid_id!(
    /// Somebody who signs in to the pages.
    UserId
);

/// One Asterisk. A small number of our own, since Asterisk's entity id is a MAC address that can change or collide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServerId(pub u16);

/// One party's line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum LegId {
    /// Asterisk chose the id: a caller who came in.
    Theirs(TheirLeg),
    /// We chose the id: an agent whom we rang.
    Ours(OurLeg),
}

/// A leg that came to us, under the id that Asterisk gave it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TheirLeg {
    /// The Asterisk that holds the leg.
    pub server: ServerId,
    /// Asterisk's id of it.
    pub id: String,
}

/// A leg that we made for a call: its `n`-th, counted from 1 over the whole call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OurLeg {
    /// The Asterisk that holds the leg.
    pub server: ServerId,
    /// The call it was made for.
    pub call: CallId,
    /// Which of the call's own legs, from 1.
    pub n: u32,
}

/// The bridge of a call: one a call, for as long as the call is talking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BridgeId {
    /// The Asterisk that holds the bridge.
    pub server: ServerId,
    /// The call it belongs to.
    pub call: CallId,
    /// Which of the call's bridges, from 1: Asterisk must never see one bridge id twice (asterisk#211).
    pub n: u32,
}

/// A prompt that plays to a leg of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PromptId {
    /// The Asterisk that plays it.
    pub server: ServerId,
    /// The call it belongs to.
    pub call: CallId,
    /// Which of the call's prompts, from 1.
    pub n: u32,
}

impl LegId {
    /// The Asterisk that holds the leg.
    #[must_use]
    pub const fn server(&self) -> ServerId {
        match self {
            Self::Theirs(leg) => leg.server,
            Self::Ours(leg) => leg.server,
        }
    }

    /// The call that a leg of ours was made for; what came to us does not say its call.
    #[must_use]
    pub const fn call(&self) -> Option<CallId> {
        match self {
            Self::Ours(leg) => Some(leg.call),
            Self::Theirs(_) => None,
        }
    }
}

impl fmt::Display for ServerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for LegId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Theirs(leg) => f.write_str(&leg.id),
            Self::Ours(leg) => leg.fmt(f),
        }
    }
}

/// How our ids begin in Asterisk, so that nothing else there can be mistaken for ours.
const PREFIX: &str = "callsync";

macro_rules! our_name {
    ($name:ident, $kind:literal) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{PREFIX}-{}-{}-{}-{}", $kind, self.server, self.call.0.simple(), self.n)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let (server, call, n) = parse($kind, text).ok_or_else(|| NotAnId(text.to_owned()))?;
                Ok(Self { server, call, n })
            }
        }
    };
}

our_name!(OurLeg, "leg");
our_name!(BridgeId, "bridge");
our_name!(PromptId, "prompt");

fn parse(kind: &str, text: &str) -> Option<(ServerId, CallId, u32)> {
    let mut parts = text.split('-');
    if parts.next()? != PREFIX || parts.next()? != kind {
        return None;
    }
    let server = ServerId(parts.next()?.parse().ok()?);
    let call = CallId(Uuid::parse_str(parts.next()?).ok()?);
    let n = parts.next()?.parse().ok()?;
    parts.next().is_none().then_some((server, call, n))
}

/// A text that was expected to be an id and is none.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is not an id")]
pub struct NotAnId(pub String);

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{BridgeId, CallId, OurLeg, PromptId, ServerId};
    use uuid::Uuid;

    proptest! {
        #[test]
        fn our_names_read_back_as_themselves(server: u16, call: u128, n: u32) {
            let (server, call) = (ServerId(server), CallId(Uuid::from_u128(call)));
            let leg = OurLeg { server, call, n };
            assert_eq!(leg.to_string().parse(), Ok(leg));
            let bridge = BridgeId { server, call, n };
            assert_eq!(bridge.to_string().parse(), Ok(bridge));
            let prompt = PromptId { server, call, n };
            assert_eq!(prompt.to_string().parse(), Ok(prompt));
        }

        #[test]
        fn a_strangers_name_is_no_id_of_ours(text in any::<String>()) {
            assert!(text.parse::<OurLeg>().is_err());
        }
    }

    #[test]
    fn a_bridge_is_not_a_leg() {
        let bridge = BridgeId { server: ServerId(1), call: CallId(Uuid::from_u128(7)), n: 1 };
        assert!(bridge.to_string().parse::<OurLeg>().is_err());
    }
}
