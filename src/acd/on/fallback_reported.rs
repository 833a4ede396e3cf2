//! What the dialplan noted of calls that Asterisk's own queue took care of. Each report names all that are up.

use std::collections::BTreeSet;

use model::fact::FallbackCall;
use model::{Endpoint, Fact, ServerId, TheirLeg};

use crate::effect::Op;
use crate::state::{Over, State};
use crate::turn::Turn;
use crate::{ending, guard, phone};

/// How many are kept. What is beyond is booked when it is over.
const MOST: usize = 5_000;

/// Books what is news, and has Asterisk forget in a while what is over.
pub(super) fn take(turn: &mut Turn<'_>, server: ServerId, calls: Vec<FallbackCall>) {
    let calls: Vec<FallbackCall> = calls.into_iter().filter(|call| call.leg.server == server).collect();
    let named: BTreeSet<TheirLeg> = calls.iter().map(|call| call.leg.clone()).collect();
    for call in calls {
        let over = call.ended.map(|_| call.clone());
        see(turn, call);
        if let Some(call) = over {
            forget_later(turn, call);
        }
    }
    let kept = turn.state.fallback().values().filter(|call| call.leg.server == server && !named.contains(&call.leg));
    for call in kept.cloned().collect::<Vec<_>>() {
        // Nobody saw it end: that it is not there any more is all that is known.
        let ended = Some(turn.at.max(call.began));
        see(turn, FallbackCall { ended, ..call });
    }
}

fn forget_later(turn: &mut Turn<'_>, call: FallbackCall) {
    if turn.state.over().get(&call.leg).is_some_and(|over| over.call == call) {
        return;
    }
    if turn.state.over().len() >= MOST {
        let (server, legs) = (call.leg.server, vec![call.leg]);
        turn.order_for_server(server, Op::ForgetFallback { server, legs });
        return;
    }
    let forget_at = turn.at + turn.timing().fallback_noted;
    turn.state.keep_over(Over { call, forget_at });
}

/// The books have a call that is over, and so they have all others for which it is time. Should one not be forgotten, it is
/// reported once more, and booked as what it is.
pub(crate) fn may_be_forgotten(turn: &mut Turn<'_>, leg: &TheirLeg) {
    let server = leg.server;
    let due = turn.state.over().values().filter(|over| over.call.leg.server == server && over.forget_at <= turn.at);
    let legs: Vec<TheirLeg> = due.map(|over| over.call.leg.clone()).collect();
    for leg in &legs {
        turn.state.drop_over(leg);
    }
    turn.order_for_server(server, Op::ForgetFallback { server, legs });
}

/// A call is up, or over.
fn see(turn: &mut Turn<'_>, call: FallbackCall) {
    let before = turn.state.fallback().get(&call.leg);
    let up = call.ended.is_none();
    let booked = turn.state.over().get(&call.leg).is_some_and(|over| over.call == call);
    if booked || before == Some(&call) || (up && before.is_none() && !is_kept(turn, &call)) {
        return;
    }
    // Two sockets tell of it: this report may come before that of the leg's end, or of the call's.
    if let Some(live) = turn.state.call_of(&call.leg).map(|call| call.id) {
        ending::fell_back(turn, live);
    }
    if let Some(ours) = call.call {
        guard::uncount_abandoned(turn, ours);
    }
    turn.record(Fact::FallbackSeen(call.clone()));
    let now = call.agent.clone();
    let before = turn.state.forget_fallback(&call.leg);
    let server = call.leg.server;
    if up {
        turn.state.keep_fallback(call);
    }
    for name in before.and_then(|before| before.agent).into_iter().chain(now) {
        phone::relabel(turn, &Endpoint { server, name });
    }
}

/// Whatever is not sound about what is kept.
pub(crate) fn check(state: &State, broken: &mut Vec<String>) {
    if state.fallback().len() > MOST {
        broken.push("more calls of the fallback are kept than may be".to_owned());
    }
    if state.over().len() > MOST {
        broken.push("more calls of the fallback wait to be forgotten than may".to_owned());
    }
    for (leg, call) in state.fallback() {
        if *leg != call.leg || call.ended.is_some() {
            broken.push(format!("the fallback call {} is over, or stands under another leg than its own", leg.id));
        }
    }
}

/// Whether a call that nobody heard of before is kept.
fn is_kept(turn: &Turn<'_>, call: &FallbackCall) -> bool {
    turn.state.fallback().len() < MOST && turn.at.since(call.began) < turn.timing().fallback_lasts
}

/// A call has been there for longer than anybody talks: Live shows it no more. The books hear of it when it is over.
pub(crate) fn forgotten(turn: &mut Turn<'_>, leg: &TheirLeg) {
    let forgotten = turn.state.forget_fallback(leg);
    if let Some((server, name)) = forgotten.and_then(|call| Some((call.leg.server, call.agent?))) {
        phone::relabel(turn, &Endpoint { server, name });
    }
}
