//! Calls, as the books and the pages speak of them.

use serde::{Deserialize, Serialize};

use crate::id::QueueId;

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* $variant),+
        }

        impl $name {
            /// The word that the books and the CDR write.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),+
                }
            }

            /// The value that the books write as this word.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $($text => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

named!(
    /// Where a live call stands.
    CallPhase {
        /// In the queue, hearing music, nobody is being rung for it.
        Waiting = "waiting",
        /// In the queue, hearing music, an agent is being rung for it.
        Offered = "offered",
        /// In conversation with an agent.
        Talking = "talking",
        /// In conversation, put on hold by the agent.
        Held = "held",
    }
);

named!(
    /// How a call ended.
    Outcome {
        /// Caller and agent spoke.
        Answered = "answered",
        /// The caller hung up before an agent answered.
        Abandoned = "abandoned",
        /// The call was given back to the dialplan.
        Returned = "returned",
        /// Asterisk's own queue took care of the call, because we were not there.
        Fallback = "fallback",
        /// Neither: Asterisk lost the call, or did not do what was asked.
        Lost = "lost",
    }
);

named!(
    /// Who ended a call.
    Side {
        /// The caller hung up.
        Caller = "caller",
        /// The agent hung up.
        Agent = "agent",
        /// A supervisor hung up.
        Supervisor = "supervisor",
        /// A rule of ours ended it.
        Program = "program",
        /// Asterisk, or the way to it, failed.
        Switch = "switch",
    }
);

named!(
    /// A stretch of a call.
    SegmentKind {
        /// From entering the queue, or coming back to its head, until answered or gone.
        Waiting = "waiting",
        /// One offer, from ordering the ring until it ended.
        Ringing = "ringing",
        /// Caller and agent in one bridge, holds left out.
        Talk = "talk",
        /// The caller put on hold by the agent.
        Hold = "hold",
        /// The agent's work after the call.
        WrapUp = "wrap_up",
    }
);

named!(
    /// How an offer ended: one call ringing at one agent.
    OfferEnd {
        /// The agent answered.
        Accepted = "accepted",
        /// It rang its full time, or the phone gave up ringing (RONA).
        NotAnswered = "not_answered",
        /// The agent pressed the key that refuses.
        Refused = "refused",
        /// The phone was busy.
        Busy = "busy",
        /// The phone answered with an error, as that it knows no such account (SIP 404, 480, 488, 5xx).
        PhoneFailed = "phone_failed",
        /// The phone sent the call on to somewhere else (SIP 302).
        Forwarded = "forwarded",
        /// No phone could be reached.
        Unreachable = "unreachable",
        /// Asterisk could not do what was asked.
        SwitchError = "switch_error",
        /// We took it back: the caller left, or another agent was quicker.
        Withdrawn = "withdrawn",
    }
);

/// What a supervisor may order on a live call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallAsk {
    /// Serve the caller, who waits, before everybody else who waits in that queue. The latest such order comes first.
    ToHead,
    /// Have the caller, who waits, wait in this queue.
    MoveTo(QueueId),
    /// End the call: the caller waits in vain, or the conversation is over.
    HangUp,
}

#[cfg(test)]
mod tests {
    use super::{OfferEnd, Outcome};

    #[test]
    fn words_read_back_as_what_they_name() {
        assert_eq!(Outcome::named(Outcome::Abandoned.name()), Some(Outcome::Abandoned));
        assert_eq!(OfferEnd::named(OfferEnd::NotAnswered.name()), Some(OfferEnd::NotAnswered));
        assert_eq!(Outcome::named("vanished"), None);
    }
}
