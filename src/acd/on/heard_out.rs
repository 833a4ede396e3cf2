//! Asterisk was heard out about a phone whose time is over: it was not answered.

use model::fact::Ignored;
use model::{OfferEnd, OurLeg};

use crate::agent::After;
use crate::call::Ring;
use crate::effect::HangupReason;
use crate::offer::{self, Remains};
use crate::turn::Turn;

pub(super) fn take(turn: &mut Turn<'_>, leg: OurLeg) -> Result<(), Ignored> {
    let offer = turn.state.calls().get(&leg.call).and_then(|call| call.offer(leg));
    // It may have been answered, or have begun to ring, on the way that was heard out; or it is gone.
    let ring = offer.filter(|offer| offer.over).ok_or(Ignored::TooLate)?.ring;
    let (end, reason) = match ring {
        Ring::Awaited { .. } => (OfferEnd::Unreachable, HangupReason::Normal),
        Ring::Heard { .. } => (OfferEnd::NotAnswered, HangupReason::NoAnswer),
    };
    offer::fail(turn, leg.call, leg, end, Remains::Leg(reason), After::Failed(end));
    Ok(())
}
