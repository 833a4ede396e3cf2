//! What the dialplan noted of calls that Asterisk's own queue took care of.

use model::fact::FallbackCall;
use model::{Fact, ServerId, TheirLeg};

use crate::effect::Op;
use crate::turn::Turn;

/// Books what is news, and has Asterisk forget what is over.
pub(super) fn take(turn: &mut Turn<'_>, server: ServerId, calls: Vec<FallbackCall>) {
    let mut over: Vec<TheirLeg> = Vec::new();
    for call in calls {
        if call.ended.is_some() {
            over.push(call.leg.clone());
        }
        if turn.state.note_fallback(&call) {
            turn.record(Fact::FallbackSeen(call));
        }
    }
    if !over.is_empty() {
        turn.order_for_server(server, Op::ForgetFallback { server, legs: over });
    }
}
