//! The way to an Asterisk is there (again): what it says is alive is compared with the state, and made to agree.

use model::{Endpoint, Fact, ServerId};

use crate::effect::Op;
use crate::event::Account;
use crate::mend;
use crate::route;
use crate::turn::Turn;

/// Takes an account in. An account that comes without a loss before it (the adapter missed events) is taken in alike.
pub(super) fn take(turn: &mut Turn<'_>, server: ServerId, account: &Account) {
    if let Some(told) = account.clock {
        turn.state.clocks_mut().hear(server, told, turn.at);
    }
    let lost = !turn.state.is_up(server);
    if lost {
        turn.record(Fact::SwitchChanged { up: true });
    }
    // Nobody is offered anything before all is mended.
    turn.state.set_up(server, false);
    mend::mend(turn, server, account, lost);
    turn.state.set_up(server, true);
    watch(turn, server);
    route::serve_everybody(turn, server);
}

/// Has the phones of all agents of an Asterisk watched. Whatever order to watch them went before does not matter any more.
pub(crate) fn watch(turn: &mut Turn<'_>, server: ServerId) {
    let agents = turn.state.settings().agents.iter();
    let endpoints: Vec<Endpoint> =
        agents.map(|agent| agent.endpoint.clone()).filter(|endpoint| endpoint.server == server).collect();
    turn.state.watch_again_at(server, None);
    turn.order_for_server(server, Op::Watch { server, endpoints });
}
