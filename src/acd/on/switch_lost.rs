//! The way to an Asterisk was lost. All is kept as it was: legs and bridges live on without us, and the account that comes
//! with the return tells what became of them. Until then nobody is offered anything there.

use model::fact::Ignored;
use model::{Fact, ServerId};

use crate::turn::Turn;

pub(super) fn take(turn: &mut Turn<'_>, server: ServerId) -> Result<(), Ignored> {
    if !turn.state.is_up(server) {
        return Err(Ignored::AlreadySo);
    }
    turn.state.set_up(server, false);
    turn.state.watch_again_at(server, None);
    turn.record(Fact::SwitchChanged { up: false });
    Ok(())
}
