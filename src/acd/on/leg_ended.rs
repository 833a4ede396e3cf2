//! A leg ended: the caller's, the agent's in conversation, the agent's before it, or one that we hung up.

use model::fact::Ignored;
use model::{LegId, OfferEnd, OurLeg, Side, TheirLeg};

use crate::agent::{self, After, Line};
use crate::ending;
use crate::event::Cause;
use crate::offer::{self, Remains};
use crate::turn::Turn;

pub(super) fn take(turn: &mut Turn<'_>, leg: &LegId, cause: Cause) -> Result<(), Ignored> {
    match leg {
        LegId::Theirs(leg) => theirs(turn, leg, Side::Caller),
        LegId::Ours(leg) => ours(turn, *leg, cause, Side::Agent),
    }
}

/// A caller's leg is gone.
pub(super) fn theirs(turn: &mut Turn<'_>, leg: &TheirLeg, by: Side) -> Result<(), Ignored> {
    if ending::parted(turn, leg) {
        return Ok(());
    }
    let call = turn.state.call_of(leg).map(|call| call.id).ok_or(Ignored::UnknownLeg)?;
    ending::caller_left(turn, call, by);
    Ok(())
}

/// An agent's leg is gone.
pub(super) fn ours(turn: &mut Turn<'_>, leg: OurLeg, cause: Cause, by: Side) -> Result<(), Ignored> {
    let agent = turn.state.index().legs.get(&leg).copied().ok_or(Ignored::UnknownLeg)?;
    let line = turn.state.agents().get(&agent).map(|agent| agent.line).ok_or(Ignored::UnknownLeg)?;
    match line {
        Line::Free => return Err(Ignored::UnknownLeg),
        Line::Clearing { .. } => {
            agent::free_line(turn, agent);
            agent::settle(turn, agent);
        }
        Line::Used(_) => match turn.state.calls().get(&leg.call).and_then(|call| call.offer(leg)) {
            None => ending::agent_left(turn, leg.call, by),
            Some(offer) => {
                let end = classify(offer.ring.heard(), cause);
                let after = match (end, cause.sip) {
                    (OfferEnd::PhoneFailed, Some(status)) => After::PhoneFailed(status),
                    (end, _) => After::Failed(end),
                };
                offer::fail(turn, leg.call, leg, end, Remains::Nothing, after);
            }
        },
    }
    Ok(())
}

/// How an offer ended whose leg ended by itself. Asterisk's dial status tells 603, 404 and 480 not apart; the SIP status
/// does, and 480 stands for no answer only if the phone had rung (ari.md, the failure table).
pub(super) const fn classify(rang: bool, cause: Cause) -> OfferEnd {
    match (cause.sip, cause.q850) {
        (Some(486 | 600), _) | (None, 17) => OfferEnd::Busy,
        (Some(403 | 603 | 607 | 608), _) | (None, 21) => OfferEnd::Refused,
        (Some(300..400), _) => OfferEnd::Forwarded,
        // No such account, no codec in common, or it fails: nobody was asked, and the phone says so.
        (Some(404 | 410 | 415 | 484 | 488 | 500..600 | 604 | 606), _) => OfferEnd::PhoneFailed,
        (Some(480), _) if !rang => OfferEnd::PhoneFailed,
        (None, 1 | 2 | 3 | 20 | 27 | 34 | 38 | 41 | 42 | 44) => OfferEnd::Unreachable,
        (Some(_) | None, _) if rang => OfferEnd::NotAnswered,
        (Some(_) | None, _) => OfferEnd::Unreachable,
    }
}
