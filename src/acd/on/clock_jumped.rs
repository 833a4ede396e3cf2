//! The wall clock was set, or the machine slept, or the program stood still. Our times are counted from the start of the program
//! and do not jump with the wall clock. But whoever slept has heard nothing for a while: all that is alive is asked for anew,
//! and what was due meanwhile is judged by the answer.

use model::{Fact, ServerId, Span};

use super::switch_lost;
use crate::effect::Op;
use crate::turn::Turn;

/// From this length on a jump may have been a sleep.
const SLEEP: Span = Span::from_secs(5);

pub(super) fn take(turn: &mut Turn<'_>, by: i64) {
    turn.record(Fact::ClockJumped { by });
    let at = turn.at;
    if by < 0 {
        turn.state.clocks_mut().set_back();
    } else {
        turn.state.clocks_mut().set_forward(Span::from_ms(by), at);
    }
    // A jump back is no sleep, and counts as no span at all.
    if Span::from_ms(by) < SLEEP {
        return;
    }
    let up: Vec<ServerId> = turn.state.servers_up();
    for server in up {
        turn.order_for_server(server, Op::TakeAccount { server });
        // Until it is there, nobody is offered anything: the phones may be busy with what we have not heard of.
        let _it_was_up = switch_lost::take(turn, server);
    }
}
