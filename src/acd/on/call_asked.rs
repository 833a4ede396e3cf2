//! Somebody gave an order on a live call.

use model::fact::Ignored;
use model::{Actor, CallId};

use crate::event::CallAsk;
use crate::turn::Turn;

pub(crate) fn take(turn: &mut Turn<'_>, id: CallId, _ask: CallAsk, _by: Actor) -> Result<(), Ignored> {
    let _call = turn.state.calls().get(&id).ok_or(Ignored::UnknownCall)?;
    Err(Ignored::NotInThisState)
}
