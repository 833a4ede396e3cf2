//! Somebody gave an order on a live call: to serve a caller first, to have them wait in another queue, to end the call. What can
//! be done is done at once, also while the way to Asterisk is lost: the account that comes with its return makes it good.

use model::fact::Ignored;
use model::{Actor, CallId, Fact, QueueId};

use crate::call::Call;
use crate::event::CallAsk;
use crate::turn::Turn;
use crate::{ending, overflow};

pub(super) fn take(turn: &mut Turn<'_>, id: CallId, ask: CallAsk, by: Actor) -> Result<(), Ignored> {
    let call = turn.state.calls().get(&id).ok_or(Ignored::UnknownCall)?;
    match ask {
        CallAsk::ToHead => may_be_put_at_head(turn, call)?,
        CallAsk::MoveTo(queue) => may_be_moved(turn, call, queue)?,
        CallAsk::HangUp => {}
    }
    turn.record(Fact::CallAsked { call: id, ask, by });
    match ask {
        // Whoever could take the caller would have been given them before: it is the order of those who wait that changes.
        CallAsk::ToHead => turn.state.put_at_head(id),
        CallAsk::MoveTo(queue) => overflow::move_to(turn, id, queue),
        CallAsk::HangUp => ending::hang_up(turn, id),
    }
    Ok(())
}

/// Also while phones are being rung for the caller: should none be answered, they are served before all others.
fn may_be_put_at_head(turn: &Turn<'_>, call: &Call) -> Result<(), Ignored> {
    call.waiting().ok_or(Ignored::NotInThisState)?;
    if call.at_head == Some(turn.state.heads()) { Err(Ignored::AlreadySo) } else { Ok(()) }
}

/// The rules about joining are for callers who come by themselves: an express order knows better than they. What no queue can
/// hold, it cannot hold by order either.
fn may_be_moved(turn: &Turn<'_>, call: &Call, to: QueueId) -> Result<(), Ignored> {
    call.waiting().ok_or(Ignored::NotInThisState)?;
    if call.queue == to {
        Err(Ignored::AlreadySo)
    } else if !overflow::is_open(turn, to) {
        Err(Ignored::UnknownQueue)
    } else if overflow::is_full(turn, to) {
        Err(Ignored::QueueFull)
    } else {
        Ok(())
    }
}
