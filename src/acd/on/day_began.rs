//! A day began where the site is: what Live counts, and who has answered fewest calls, begins anew, or goes on from what the books
//! say of the day.

use model::fact::Ignored;
use model::wallboard::DaySums;
use model::{AgentId, Timestamp};

use crate::turn::Turn;

pub(super) fn take(turn: &mut Turn<'_>, began: Timestamp, sums: &DaySums) -> Result<(), Ignored> {
    if began <= turn.state.day() {
        return Err(Ignored::AlreadySo);
    }
    turn.state.begin_day(began, sums);
    for id in turn.state.agents().keys().copied().collect::<Vec<AgentId>>() {
        let answered = sums.answered.get(&id).copied().unwrap_or(0);
        turn.state.with_agent(id, |agent| agent.answered = answered);
    }
    Ok(())
}
