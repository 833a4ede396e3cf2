//! What the world reports, in the past tense. Late, double, missing and contradictory reports are normal.

pub use model::CallAsk;
use model::fact::FallbackCall;
use model::settings::Settings;
use model::stamp::Mark;
use model::wallboard::DaySums;
use model::{
    Actor, AgentId, BridgeId, CallId, Endpoint, LegId, NotReadyReason, OurLeg, Phone, PromptId, ServerId, Span, TheirLeg,
    Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::effect::Op;
use crate::state::kept::order;

/// What the world reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The settings were changed, or read for the first time. Reported by the runtime.
    SettingsChanged(Settings),
    /// The way to an Asterisk is there (again), and this is all that is alive in it. Reported by `ari` after every
    /// connect; events of that server follow it, none precede it.
    SwitchReturned {
        /// The Asterisk.
        server: ServerId,
        /// All that is alive there and concerns us.
        account: Account,
    },
    /// The way to an Asterisk was lost: nothing is known of it until it returns.
    SwitchLost {
        /// The Asterisk.
        server: ServerId,
    },
    /// A caller was handed to us by the dialplan. Not answered yet.
    CallerArrived {
        /// The caller's leg.
        leg: TheirLeg,
        /// The caller's number, if it was sent.
        number: Option<Phone>,
        /// The number dialled.
        dialled: String,
        /// The caller's priority, as the dialplan set it; higher is served first.
        priority: u8,
        /// When the call came, by Asterisk's clock, if the dialplan says so.
        #[serde(default)]
        came: Option<Timestamp>,
        /// When it was handed to us, by the same clock.
        #[serde(default)]
        told: Option<Timestamp>,
    },
    /// Somebody dialled a feature code.
    FeatureDialled {
        /// The leg they dialled on.
        leg: TheirLeg,
        /// The phone they dialled from.
        endpoint: Endpoint,
        /// What the code stands for; `None` for a code that we do not know.
        feature: Option<Ask>,
    },
    /// The phone at the end of a leg of ours said that it rings (SIP 180 or 183).
    LegRang {
        /// The leg.
        leg: OurLeg,
    },
    /// A leg of ours was answered (SIP 200).
    LegAnswered {
        /// The leg.
        leg: OurLeg,
    },
    /// A leg is no longer in our hands: it was hung up, or left for the dialplan.
    LegEnded {
        /// The leg.
        leg: LegId,
        /// Why, as far as it is known.
        cause: Cause,
    },
    /// All that Asterisk had said when [`Op::HearOut`](crate::effect::Op) was ordered has been reported.
    HeardOut {
        /// The leg on whose account.
        leg: OurLeg,
    },
    /// The party of this leg put the other on hold.
    LegHeld {
        /// The leg of the party who did it.
        leg: LegId,
    },
    /// The party of this leg took the other off hold.
    LegResumed {
        /// The leg of the party who did it.
        leg: LegId,
    },
    /// A phone began or ceased to be reachable.
    EndpointChanged {
        /// The account.
        endpoint: Endpoint,
        /// Whether calls reach it.
        reachable: bool,
        /// Whether something rings or talks on it, ours or not.
        in_use: bool,
    },
    /// A prompt has been played to its end or was cut off.
    PromptEnded {
        /// The prompt.
        prompt: PromptId,
    },
    /// Somebody asked for a change of an agent's state.
    AgentAsked {
        /// The agent.
        agent: AgentId,
        /// What was asked.
        ask: Ask,
        /// Who asked.
        by: Actor,
    },
    /// Somebody gave an order on a live call.
    CallAsked {
        /// The call.
        call: CallId,
        /// What was ordered.
        ask: CallAsk,
        /// Who ordered it.
        by: Actor,
    },
    /// What the dialplan noted of calls that Asterisk's own queue took care of: all that are up, and those that have ended
    /// since the last report. Each that has ended is reported once, and again until [`Op::ForgetFallback`](crate::effect::Op)
    /// was carried out.
    FallbackReported {
        /// The Asterisk.
        server: ServerId,
        /// The calls.
        calls: Vec<FallbackCall>,
    },
    /// The wall clock was set, or the machine slept or the program stood still, by so many milliseconds. Times in the state
    /// stay as they are.
    ClockJumped {
        /// Forward, in milliseconds; negative: back.
        by: i64,
    },
    /// An order was not carried out.
    OrderFailed {
        /// The order.
        #[serde(with = "order")]
        order: Op,
        /// Why.
        why: OrderFailure,
    },
    /// A day began where the site is, or the sums of the present one are known from elsewhere. Reported by the runtime.
    DayBegan {
        /// When it began.
        began: Timestamp,
        /// What it has come to so far.
        sums: DaySums,
    },
    /// Nothing happened, but the nearest deadline has passed. Reported by the runtime.
    DeadlinePassed,
}

impl Event {
    /// The event's name, for the books, metrics and logs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::SettingsChanged(_) => "settings_changed",
            Self::SwitchReturned { .. } => "switch_returned",
            Self::SwitchLost { .. } => "switch_lost",
            Self::CallerArrived { .. } => "caller_arrived",
            Self::FeatureDialled { .. } => "feature_dialled",
            Self::LegRang { .. } => "leg_rang",
            Self::LegAnswered { .. } => "leg_answered",
            Self::LegEnded { .. } => "leg_ended",
            Self::HeardOut { .. } => "heard_out",
            Self::LegHeld { .. } => "leg_held",
            Self::LegResumed { .. } => "leg_resumed",
            Self::EndpointChanged { .. } => "endpoint_changed",
            Self::PromptEnded { .. } => "prompt_ended",
            Self::AgentAsked { .. } => "agent_asked",
            Self::CallAsked { .. } => "call_asked",
            Self::FallbackReported { .. } => "fallback_reported",
            Self::ClockJumped { .. } => "clock_jumped",
            Self::OrderFailed { .. } => "order_failed",
            Self::DayBegan { .. } => "day_began",
            Self::DeadlinePassed => "deadline_passed",
        }
    }
}

/// A change of state that an agent, or somebody on their behalf, may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ask {
    /// Log in and take calls. Ends a wrap-up.
    Ready,
    /// Stay logged in (or log in), but take no calls; during a call, from its end on.
    NotReady(NotReadyReason),
    /// Go home; during a call, from its end on.
    LogOut,
    /// Have this much more time to finish the last call.
    ExtendWrapUp(Span),
    /// Log in, and take no calls yet. During a call, take the wish to go home back.
    LogIn,
}

/// Why a leg ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// The cause by ITU-T Q.850, 0 if none was told.
    pub q850: u16,
    /// The SIP status of the final answer, if there was one (`tech_cause`).
    pub sip: Option<u16>,
}

/// All that is alive in one Asterisk and concerns us.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Legs that are in our hands, in the order in which they came to be.
    pub legs: Vec<LegAccount>,
    /// Bridges that are ours.
    pub bridges: Vec<BridgeAccount>,
    /// The phones that can be reached now, of those we watch; all others cannot.
    pub reachable: Vec<Endpoint>,
    /// The phones on which something rings or talks, of those we watch.
    pub in_use: Vec<Endpoint>,
    /// Those of them on which there is a leg that is not ours: a private call, or one of Asterisk's own queue.
    #[serde(default)]
    pub others: Vec<Endpoint>,
    /// When this Asterisk was started, in its own words: other words are another run of it, which knows nothing of the calls
    /// of the one before.
    #[serde(default)]
    pub started: Option<String>,
    /// What time it was by Asterisk's clock when it said all this.
    #[serde(default)]
    pub clock: Option<Timestamp>,
}

/// A live leg.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegAccount {
    /// The leg.
    pub leg: LegId,
    /// Whether it has been answered.
    pub up: bool,
    /// Whether the phone at its end rings, for a leg that we made. One that is neither up nor rings may never have been dialled.
    #[serde(default)]
    pub rings: bool,
    /// What we wrote on it.
    pub mark: Option<Mark>,
    /// The caller's number, for a leg that came to us.
    pub number: Option<Phone>,
    /// What was dialled, for a leg that came to us.
    pub dialled: String,
    /// The caller's priority, as the dialplan set it, for a leg that came to us.
    pub priority: u8,
    /// When the call came, by Asterisk's clock, for a leg that came to us, if the dialplan says so.
    #[serde(default)]
    pub came: Option<Timestamp>,
    /// The phone at the end of a leg that we made.
    pub endpoint: Option<Endpoint>,
}

/// A live bridge of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BridgeAccount {
    /// The bridge.
    pub bridge: BridgeId,
    /// The legs in it.
    pub legs: Vec<LegId>,
}

/// Why an order was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrderFailure {
    /// What it names is not there (any more).
    Gone,
    /// The phone cannot be reached: not registered, unknown, or its last qualify went unanswered.
    Unreachable,
    /// Something else is on the phone: it was not rung, however far the order had come.
    InUse,
    /// Asterisk refused it.
    Refused {
        /// The HTTP status.
        status: u16,
        /// What Asterisk said.
        text: String,
    },
    /// The way to Asterisk was lost before an answer came; whether it was carried out is unknown until the next account.
    Unknown,
}
