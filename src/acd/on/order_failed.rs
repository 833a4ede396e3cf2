//! An order was not carried out. The books say so, and where something depends on it, it is mended here: nobody waits for
//! what will not come, and nothing is tried for ever.

use model::{BridgeId, Fact, LegId, OfferEnd, OurLeg, PromptId, ServerId, Side, Stamp, TheirLeg};

use super::leg_rang::line;
use super::{leg_ended, prompt_ended};
use crate::agent::{After, Line};
use crate::call::{Call, MISHAPS};
use crate::effect::{HangupReason, Op};
use crate::event::{Cause, OrderFailure};
use crate::offer::{self, Remains};
use crate::state::Way;
use crate::turn::Turn;
use crate::{brief, ending, guard};

pub(super) fn take(turn: &mut Turn<'_>, order: Op, why: &OrderFailure) {
    turn.record(Fact::OrderFailed { order: words(&order), why: reason(why) });
    match order {
        Op::Stamp { leg, stamp } => stamp_failed(turn, leg, &stamp, why),
        Op::Answer { leg } => noticed(turn, &LegId::Theirs(leg), why),
        Op::StartMusic { leg, .. } => start_music(turn, &leg, why),
        Op::StopMusic { leg } => stop_music(turn, &leg, why),
        // A leg that is not marked still waits.
        Op::Mark { leg, .. } => noticed(turn, &leg, why),
        Op::Dial { leg, .. } => dial(turn, leg, why),
        Op::Hangup { leg, .. } => noticed(turn, &leg, why),
        Op::CreateBridge { bridge } => create_bridge(turn, bridge, why),
        Op::Join { bridge, .. } => join(turn, bridge, why),
        Op::Continue { leg, .. } => give_back(turn, &leg, why),
        // A bridge that is left over is found by the next account.
        Op::DestroyBridge { .. } => {}
        Op::Guard { leg, within } => {
            guard::failed(turn, &leg, within);
            noticed(turn, &LegId::Theirs(leg), why);
        }
        // It is asked for again until it comes.
        Op::HearOut { .. } => {}
        // The account comes with the next return, and whatever is not forgotten is reported and forgotten once more.
        Op::TakeAccount { .. } | Op::ForgetFallback { .. } => {}
        Op::Watch { server, .. } => watch(turn, server),
        Op::Play { leg, prompt, .. } => play(turn, &leg, prompt, why),
    }
}

/// A prompt that cannot be played has been played to its end; of one whose fate is unknown the deadline decides.
fn play(turn: &mut Turn<'_>, leg: &LegId, prompt: PromptId, why: &OrderFailure) {
    match why {
        OrderFailure::Gone => noticed(turn, leg, why),
        OrderFailure::Unreachable | OrderFailure::InUse | OrderFailure::Refused { .. } => {
            let _nobody_waited = prompt_ended::take(turn, prompt).is_err();
        }
        OrderFailure::Unknown => {}
    }
}

/// An order to a leg that is gone tells of its end, should the report of it be lost or late. Otherwise nothing follows: what
/// must not fail, as hanging up, has a deadline of its own.
fn noticed(turn: &mut Turn<'_>, leg: &LegId, why: &OrderFailure) {
    match (why, leg) {
        (OrderFailure::Gone, LegId::Theirs(leg)) => ended(turn, leg),
        (OrderFailure::Gone, LegId::Ours(leg)) => ours_ended(turn, *leg),
        (OrderFailure::Unreachable | OrderFailure::InUse | OrderFailure::Refused { .. } | OrderFailure::Unknown, _) => {}
    }
}

/// A caller who is gone when the answer is to be stamped on the CDR had left before: what the CDR says is true.
fn stamp_failed(turn: &mut Turn<'_>, leg: TheirLeg, stamp: &Stamp, why: &OrderFailure) {
    let talk = turn.state.calls().get(&stamp.call).and_then(Call::talk);
    let over = talk.is_none();
    let answered = talk.and_then(|talk| talk.answered).filter(|answered| Some(*answered) == stamp.answered);
    // One that was taken over from a past run had been stamped by that.
    let just_now = answered.is_some_and(|answered| turn.at.since(answered) <= turn.timing().order_again);
    if *why == OrderFailure::Gone && just_now {
        ending::never_met(turn, stamp.call);
    } else if *why == OrderFailure::Gone && over {
        brief::undo(turn, stamp.call, stamp.answered);
        noticed(turn, &LegId::Theirs(leg), why);
    } else {
        noticed(turn, &LegId::Theirs(leg), why);
    }
}

/// A caller who waits shall hear music.
fn start_music(turn: &mut Turn<'_>, leg: &LegId, why: &OrderFailure) {
    if let Some(call) = music_failed(turn, leg, why, |call| call.waiting().is_some()) {
        ending::play_music(turn, &call);
    }
}

/// A caller who talks shall not. Asterisk stops it in a bridge too, and nothing else there changes.
fn stop_music(turn: &mut Turn<'_>, leg: &LegId, why: &OrderFailure) {
    if let Some(call) = music_failed(turn, leg, why, |call| call.talk().is_some()) {
        turn.order(call.id, Op::StopMusic { leg: call.leg_id() });
    }
}

/// The call whose music is to be ordered once more: the order still fits it, and Asterisk has not failed too often. Without
/// a way there it is the account's turn.
fn music_failed(turn: &mut Turn<'_>, leg: &LegId, why: &OrderFailure, fits: impl Fn(&Call) -> bool) -> Option<Call> {
    noticed(turn, leg, why);
    let LegId::Theirs(caller) = leg else { return None };
    let call = turn.state.call_of(caller).filter(|call| fits(call))?.id;
    let failed = turn.state.with_call(call, |call| {
        call.music_failures = call.music_failures.saturating_add(1);
        call.clone()
    });
    failed.filter(|call| turn.state.is_up(call.server()) && call.music_failures < MISHAPS)
}

/// Until they are watched, nothing is heard of the phones. Without a way to Asterisk, they are watched when it returns.
fn watch(turn: &mut Turn<'_>, server: ServerId) {
    if turn.state.is_up(server) {
        let at = turn.at + turn.timing().order_again;
        turn.state.watch_again_at(server, Some(at));
    }
}

fn dial(turn: &mut Turn<'_>, leg: OurLeg, why: &OrderFailure) {
    let offered = turn.state.calls().get(&leg.call).is_some_and(|call| call.offer(leg).is_some());
    let (end, remains, after) = match why {
        // The account tells whether it rings, or the offer's own deadline does.
        OrderFailure::Unknown => return,
        OrderFailure::Unreachable => (OfferEnd::Unreachable, Remains::Nothing, After::Failed(OfferEnd::Unreachable)),
        // Asterisk's own queue was faster. The agent is not to blame, and the leg that was made must go.
        OrderFailure::InUse => (OfferEnd::Busy, Remains::Leg(HangupReason::Normal), After::Failed(OfferEnd::Busy)),
        // Half of it may have been done: the leg created, but not dialled. That is Asterisk's fault, not the agent's.
        OrderFailure::Refused { .. } => (OfferEnd::SwitchError, Remains::Half, After::Nothing),
        // The caller or the new leg went away under it: not the agent's doing either.
        OrderFailure::Gone => (OfferEnd::SwitchError, Remains::Leg(HangupReason::Normal), After::Nothing),
    };
    if offered {
        offer::fail(turn, leg.call, leg, end, remains, after);
    } else if matches!(line(turn, leg), Some(Line::Clearing { .. })) {
        // It was taken back meanwhile, and never was.
        ours_ended(turn, leg);
    }
}

/// A bridge that is not there is made anew, under another id, when the agent answers.
fn create_bridge(turn: &mut Turn<'_>, bridge: BridgeId, why: &OrderFailure) {
    let prepared = turn.state.calls().get(&bridge.call).and_then(|call| call.waiting()?.bridge);
    if prepared != Some(bridge) {
        return;
    }
    turn.state.with_call(bridge.call, |call| call.waiting_mut().map(|waiting| waiting.bridge = None));
    match why {
        OrderFailure::Unknown => turn.order(bridge.call, Op::DestroyBridge { bridge }),
        OrderFailure::Gone | OrderFailure::Unreachable | OrderFailure::InUse | OrderFailure::Refused { .. } => {}
    }
}

fn join(turn: &mut Turn<'_>, bridge: BridgeId, why: &OrderFailure) {
    let joined = turn.state.calls().get(&bridge.call).and_then(|call| call.talk());
    if joined.is_none_or(|talk| talk.bridge != bridge) {
        return;
    }
    match why {
        OrderFailure::Gone | OrderFailure::Unreachable | OrderFailure::InUse | OrderFailure::Refused { .. } => {
            ending::unjoin(turn, bridge.call);
        }
        OrderFailure::Unknown => {
            let at = turn.at + turn.timing().order_again;
            turn.state.with_call(bridge.call, |call| call.talk_mut().map(|talk| talk.join_again_at = Some(at)));
        }
    }
}

/// A caller whom the dialplan does not take back is hung up: better than silence without end.
fn give_back(turn: &mut Turn<'_>, leg: &TheirLeg, why: &OrderFailure) {
    match why {
        OrderFailure::Gone => ended(turn, leg),
        OrderFailure::Unreachable | OrderFailure::InUse | OrderFailure::Refused { .. } => {
            let given_back = turn.state.partings().get(leg).is_some_and(|parting| parting.how != Way::HangUp);
            if given_back {
                ending::hang_up_theirs(turn, leg);
            }
        }
        OrderFailure::Unknown => {}
    }
}

/// A caller's leg that is gone has ended, whether or not its end was reported already.
fn ended(turn: &mut Turn<'_>, leg: &TheirLeg) {
    let _known_to_have_ended = leg_ended::theirs(turn, leg, Side::Caller).is_err();
}

/// The same for a leg of ours.
fn ours_ended(turn: &mut Turn<'_>, leg: OurLeg) {
    let _known_to_have_ended = leg_ended::ours(turn, leg, Cause::default(), Side::Switch).is_err();
}

fn words(order: &Op) -> String {
    let name = order.name();
    match order {
        Op::Answer { leg } | Op::Stamp { leg, .. } | Op::Continue { leg, .. } | Op::Guard { leg, .. } => {
            format!("{name} {}", leg.id)
        }
        Op::StartMusic { leg, .. }
        | Op::StopMusic { leg }
        | Op::Hangup { leg, .. }
        | Op::Play { leg, .. }
        | Op::Mark { leg, .. } => {
            format!("{name} {leg}")
        }
        Op::Dial { leg, endpoint, .. } => format!("{name} {leg} at {endpoint}"),
        Op::HearOut { leg } => format!("{name} {leg}"),
        Op::CreateBridge { bridge } | Op::Join { bridge, .. } | Op::DestroyBridge { bridge } => format!("{name} {bridge}"),
        Op::TakeAccount { server } => format!("{name} of server {server}"),
        Op::ForgetFallback { server, legs } => format!("{name} {} calls of server {server}", legs.len()),
        Op::Watch { server, endpoints } => format!("{name} {} phones of server {server}", endpoints.len()),
    }
}

fn reason(why: &OrderFailure) -> String {
    match why {
        OrderFailure::Gone => "it is gone".to_owned(),
        OrderFailure::Unreachable => "the phone cannot be reached".to_owned(),
        OrderFailure::InUse => "something else is on the phone".to_owned(),
        OrderFailure::Refused { status, text } => format!("refused with {status}: {text}"),
        OrderFailure::Unknown => "the way to Asterisk was lost before the answer came".to_owned(),
    }
}
