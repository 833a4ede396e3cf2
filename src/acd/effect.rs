//! What the core orders and what it records. Orders are carried out by `ari`; each that fails comes back as an event.

use model::stamp::Mark;
use model::{BridgeId, CallId, Endpoint, Fact, LegId, OurLeg, PromptId, ServerId, Span, Stamp, TheirLeg};
use serde::{Deserialize, Serialize};

/// What the core wants done about an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// Asterisk shall do this.
    Switch(Order),
    /// The books shall say this.
    Record(Fact),
}

/// An order and its lane: orders of one lane are carried out one after another, lanes do not wait for each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Whose order of execution it keeps.
    pub lane: Lane,
    /// What to do.
    pub op: Op,
}

/// What keeps orders in order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Lane {
    /// All that is done for one call, but for what begins and ends the legs that we made for it.
    Call(CallId),
    /// A leg that belongs to no call, or one that we made: it is dialled and hung up whatever else its call waits for.
    Leg(LegId),
    /// What concerns a whole Asterisk.
    Server(ServerId),
}

/// A thing that Asterisk shall do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Op {
    /// Answer a caller.
    Answer {
        /// The caller's leg.
        leg: TheirLeg,
    },
    /// Play music on hold to a leg that is in no bridge, until [`Op::StopMusic`]. Joining a bridge does not stop it.
    StartMusic {
        /// The leg.
        leg: LegId,
        /// The class of music.
        class: String,
    },
    /// Stop the music. Ordered right before [`Op::Join`], or the leg would hear music and the other party at once.
    StopMusic {
        /// The leg.
        leg: LegId,
    },
    /// Ring a phone: create the leg, wait until it is in our hands, dial. Reports `LegRang`, `LegAnswered`, `LegEnded`.
    Dial {
        /// The id that the new leg shall have.
        leg: OurLeg,
        /// The phone.
        endpoint: Endpoint,
        /// The caller for whom it rings: their leg lends its linked id and its number.
        caller: TheirLeg,
        /// When Asterisk gives up by itself, should we be gone; longer than our own deadline.
        give_up_after: Span,
        /// What the new leg shall carry, so that it can be recognised.
        mark: Mark,
    },
    /// End a leg. A leg that is already gone counts as done.
    Hangup {
        /// The leg.
        leg: LegId,
        /// The reason to give.
        reason: HangupReason,
    },
    /// Make an empty mixing bridge.
    CreateBridge {
        /// The id it shall have.
        bridge: BridgeId,
    },
    /// Put legs into a bridge, in this order, in one request.
    Join {
        /// The bridge.
        bridge: BridgeId,
        /// The legs.
        legs: Vec<LegId>,
    },
    /// Destroy a bridge; the legs in it stay in our hands, hearing nothing. A bridge that is gone counts as done.
    DestroyBridge {
        /// The bridge.
        bridge: BridgeId,
    },
    /// Play a prompt to a leg.
    Play {
        /// The leg.
        leg: LegId,
        /// The id it shall have.
        prompt: PromptId,
        /// Asterisk's media URI, as `sound:beep`.
        media: String,
    },
    /// Write on the caller's CDR what would be true if the caller vanished now.
    Stamp {
        /// The caller's leg.
        leg: TheirLeg,
        /// What to write.
        stamp: Stamp,
    },
    /// Write on a leg what it takes to recognise it after a restart.
    Mark {
        /// The leg.
        leg: LegId,
        /// What to write.
        mark: Mark,
    },
    /// Give a leg back to the dialplan, behind the place where it was handed to us.
    Continue {
        /// The leg.
        leg: TheirLeg,
        /// What the dialplan is told.
        exit: Exit,
    },
    /// Have Asterisk itself take a caller's leg out of our hands and into the fallback, unless this is ordered anew, or lifted,
    /// within the time: so that nobody waits for a program that is gone.
    Guard {
        /// The caller's leg.
        leg: TheirLeg,
        /// For how long we answer for it; `None` lifts the guard.
        within: Option<Span>,
    },
    /// Read anew all that is alive, and report it as [`Event::SwitchReturned`](crate::event::Event).
    TakeAccount {
        /// The Asterisk.
        server: ServerId,
    },
    /// Hear all that Asterisk has to say up to now, then report [`Event::HeardOut`](crate::event::Event): whatever happened to
    /// the leg before has been reported by then. Waits for no other order.
    HearOut {
        /// The leg on whose account.
        leg: OurLeg,
    },
    /// Forget what the dialplan noted of these fallback calls: it is in our hands.
    ForgetFallback {
        /// The Asterisk.
        server: ServerId,
        /// The callers' legs.
        legs: Vec<TheirLeg>,
    },
    /// Watch exactly these phones and report how they change; each one's present state is reported at once.
    Watch {
        /// The Asterisk.
        server: ServerId,
        /// The phones.
        endpoints: Vec<Endpoint>,
    },
}

/// The reason that is told to the phone at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HangupReason {
    /// The conversation is over, or the caller left (Q.850 cause 16).
    Normal,
    /// It rang for its full time (Q.850 cause 19).
    NoAnswer,
    /// Somebody else was quicker (Q.850 cause 26): no missed call.
    AnsweredElsewhere,
}

/// What the dialplan is told when a leg comes back to it (variable `CALLSYNC_EXIT`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Exit {
    /// What the feature code asked for was done.
    Done,
    /// What the feature code asked for was refused.
    Refused,
    /// The call is the dialplan's again: a rule of the queue sent it out.
    Returned,
    /// The call is the fallback's: Asterisk failed it in our hands.
    Failed,
}

impl Exit {
    /// The value of `CALLSYNC_EXIT`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Returned => "returned",
            Self::Failed => "failed",
        }
    }
}

impl Order {
    /// An order on behalf of a call, in the lane that it belongs to.
    #[must_use]
    pub fn of_call(call: CallId, op: Op) -> Self {
        let lane = match &op {
            Op::Dial { leg, .. } | Op::Hangup { leg: LegId::Ours(leg), .. } => Lane::Leg(LegId::Ours(*leg)),
            Op::Answer { .. }
            | Op::StartMusic { .. }
            | Op::StopMusic { .. }
            | Op::Hangup { leg: LegId::Theirs(_), .. }
            | Op::CreateBridge { .. }
            | Op::Join { .. }
            | Op::DestroyBridge { .. }
            | Op::Play { .. }
            | Op::Stamp { .. }
            | Op::Mark { .. }
            | Op::Continue { .. }
            | Op::Guard { .. }
            | Op::TakeAccount { .. }
            | Op::HearOut { .. }
            | Op::ForgetFallback { .. }
            | Op::Watch { .. } => Lane::Call(call),
        };
        Self { lane, op }
    }

    /// Whether it has an agent's phone ring or fall silent.
    pub(crate) const fn is_of_a_phone(&self) -> bool {
        matches!(self.lane, Lane::Leg(LegId::Ours(_)))
    }
}

impl Op {
    /// The order's name, for metrics and logs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Answer { .. } => "answer",
            Self::StartMusic { .. } => "start_music",
            Self::StopMusic { .. } => "stop_music",
            Self::Dial { .. } => "dial",
            Self::Hangup { .. } => "hangup",
            Self::CreateBridge { .. } => "create_bridge",
            Self::Join { .. } => "join",
            Self::DestroyBridge { .. } => "destroy_bridge",
            Self::Play { .. } => "play",
            Self::Stamp { .. } => "stamp",
            Self::Mark { .. } => "mark",
            Self::Continue { .. } => "continue",
            Self::Guard { .. } => "guard",
            Self::TakeAccount { .. } => "take_account",
            Self::HearOut { .. } => "hear_out",
            Self::ForgetFallback { .. } => "forget_fallback",
            Self::Watch { .. } => "watch",
        }
    }
}
