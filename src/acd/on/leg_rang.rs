//! An agent's phone rings.

use model::OurLeg;
use model::fact::Ignored;

use crate::agent::Line;
use crate::turn::Turn;
use crate::{ending, offer};

pub(super) fn take(turn: &mut Turn<'_>, leg: OurLeg) -> Result<(), Ignored> {
    match line(turn, leg) {
        None => {
            // It rings for nobody: the phone must not go on ringing.
            ending::hang_up_stray(turn, leg);
            Err(Ignored::UnknownLeg)
        }
        Some(Line::Free | Line::Clearing { .. }) => Err(Ignored::TooLate),
        Some(Line::Used(_)) => match turn.state.calls().get(&leg.call).and_then(|call| call.offer(leg)) {
            None => Err(Ignored::TooLate),
            Some(offer) if offer.ring.heard() => Err(Ignored::AlreadySo),
            Some(_) => {
                offer::rang(turn, leg.call, leg);
                Ok(())
            }
        },
    }
}

/// What the agent at the end of this leg has on the line; `None` if the leg is nobody's.
pub(super) fn line(turn: &Turn<'_>, leg: OurLeg) -> Option<Line> {
    let agent = turn.state.index().legs.get(&leg)?;
    turn.state.agents().get(agent).map(|agent| agent.line)
}
