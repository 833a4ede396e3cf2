//! An order as the journal keeps it, inside the event that says that it failed. A variant that changes gets another name here
//! and the old one stays, so that what was written is read.

use model::stamp::Mark;
use model::{BridgeId, Endpoint, LegId, OurLeg, PromptId, ServerId, Span, Stamp, TheirLeg};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::effect;

/// Writes an order in the form that is kept.
pub(crate) fn serialize<S: Serializer>(order: &effect::Op, to: S) -> Result<S::Ok, S::Error> {
    Op::from(order.clone()).serialize(to)
}

/// Reads one.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<effect::Op, D::Error> {
    Op::deserialize(from).map(Into::into)
}

#[derive(Serialize, Deserialize)]
enum Op {
    Answer { leg: TheirLeg },
    StartMusic { leg: LegId, class: String },
    StopMusic { leg: LegId },
    Dial { leg: OurLeg, endpoint: Endpoint, caller: TheirLeg, give_up_after: Span, mark: Mark },
    Hangup { leg: LegId, reason: HangupReason },
    CreateBridge { bridge: BridgeId },
    Join { bridge: BridgeId, legs: Vec<LegId> },
    DestroyBridge { bridge: BridgeId },
    Play { leg: LegId, prompt: PromptId, media: String },
    Stamp { leg: TheirLeg, stamp: Stamp },
    Mark { leg: LegId, mark: Mark },
    Continue { leg: TheirLeg, exit: Exit },
    Guard { leg: TheirLeg, within: Option<Span> },
    TakeAccount { server: ServerId },
    HearOut { leg: OurLeg },
    ForgetFallback { server: ServerId, legs: Vec<TheirLeg> },
    Watch { server: ServerId, endpoints: Vec<Endpoint> },
}

#[derive(Serialize, Deserialize)]
enum HangupReason {
    Normal,
    NoAnswer,
    AnsweredElsewhere,
}

#[derive(Serialize, Deserialize)]
pub(crate) enum Exit {
    Done,
    Refused,
    Returned,
    Failed,
}

mirrored_enum!(HangupReason = effect::HangupReason { Normal, NoAnswer, AnsweredElsewhere });
mirrored_enum!(Exit = effect::Exit { Done, Refused, Returned, Failed });
mirrored_enum!(Op = effect::Op {
    Answer { leg },
    StartMusic { leg, class },
    StopMusic { leg },
    Dial { leg, endpoint, caller, give_up_after, mark },
    Hangup { leg; reason },
    CreateBridge { bridge },
    Join { bridge, legs },
    DestroyBridge { bridge },
    Play { leg, prompt, media },
    Stamp { leg, stamp },
    Mark { leg, mark },
    Continue { leg; exit },
    Guard { leg, within },
    TakeAccount { server },
    HearOut { leg },
    ForgetFallback { server, legs },
    Watch { server, endpoints }
});
