//! A phone began or ceased to be reachable, or to be in use.

use model::Endpoint;
use model::fact::Ignored;

use crate::phone::{self, Said};
use crate::turn::Turn;

pub(super) fn take(turn: &mut Turn<'_>, endpoint: Endpoint, reachable: bool, in_use: bool) -> Result<(), Ignored> {
    let id = turn.state.index().endpoints.get(&endpoint).copied().ok_or(Ignored::UnknownAgent)?;
    let agent = turn.state.agents().get(&id).ok_or(Ignored::UnknownAgent)?;
    if (agent.reachable, agent.in_use) == (reachable, in_use) {
        return Err(Ignored::AlreadySo);
    }
    let returned = reachable && !agent.reachable;
    phone::note(turn, id, endpoint, Said { reachable, in_use });
    phone::follow(turn, id, returned);
    Ok(())
}
