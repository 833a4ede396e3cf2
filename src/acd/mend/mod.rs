//! Making state and Asterisk agree, after the way to it was lost, after a restart, or after reports were missed. What both
//! know is compared first; then what only Asterisk knows is taken in, or ended. Nobody is offered anything meanwhile.

mod alive;
mod found;
mod known;

use model::ServerId;

use crate::event::Account;
use crate::turn::Turn;
use alive::Alive;

/// Makes the world agree, after the way there was lost or not. What a step orders is not in the account, so whatever reads the
/// account comes first: callers before agents (an agent without a caller has nobody to leave), conversations before those
/// that answers begin here. What is said of the phones is taken down first and followed last: whoever turns out to be in a
/// conversation has not been Ready before.
pub(crate) fn mend(turn: &mut Turn<'_>, server: ServerId, account: &Account, lost: bool) {
    let alive = Alive::new(server, account);
    let restarted = turn.state.note_run(server, account.started.as_ref());
    if lost {
        known::skip_ids(turn, server);
    }
    let phones = known::phones(turn, server, account);
    known::partings(turn, &alive);
    known::clearing(turn, &alive);
    known::callers(turn, &alive, restarted);
    // Whoever was rung for a caller who is gone may talk to another by now, and can be taken over with a free line alone.
    known::cleared(turn, &alive);
    known::answered(turn, &alive);
    known::deserted(turn, &alive);
    known::agents(turn, &alive, lost);
    known::cleared(turn, &alive);
    known::conversations(turn, &alive);
    found::conversations(turn, &alive);
    // Before anybody is played music: whoever is in a bridge would hear it beside the other party.
    found::bridges(turn, &alive);
    known::queues(turn, &alive);
    known::offers(turn, &alive, lost);
    found::callers(turn, &alive);
    found::agents(turn, &alive);
    known::follow(turn, phones, account, lost);
    if restarted {
        known::absences(turn, server);
    }
}
