//! An agent answered.

use model::OurLeg;
use model::fact::Ignored;

use super::leg_rang::line;
use crate::agent::Line;
use crate::ending;
use crate::offer::{self, Met};
use crate::turn::Turn;

pub(super) fn take(turn: &mut Turn<'_>, leg: OurLeg) -> Result<(), Ignored> {
    match line(turn, leg) {
        None => {
            // Answered for nobody: whoever picked up must not sit in silence.
            ending::hang_up_stray(turn, leg);
            Err(Ignored::UnknownLeg)
        }
        // The order to hang up is on its way: the caller left, or the ring time was over.
        Some(Line::Free | Line::Clearing { .. }) => Err(Ignored::TooLate),
        Some(Line::Used(_)) => match turn.state.calls().get(&leg.call).and_then(|call| call.offer(leg)) {
            None => Err(Ignored::AlreadySo),
            Some(_) => {
                offer::accept(turn, leg.call, leg, Met::Now);
                Ok(())
            }
        },
    }
}
