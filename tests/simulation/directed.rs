//! Scenes that are told to the letter, for what would hardly ever happen by chance: reports of a leg that is being cleared while
//! its caller is with somebody else already, a tone that ends in the middle of a call, an order whose fate is told late.
//!
//! Each begins where a world begins with the plain settings: the agents 1 and 3 are ready, of whom 1 serves queue 700; the
//! agents 0 and 4 serve it too, and are not there.

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};

use crate::action::Action;

/// Numbers of what agents ask for; see `centre::asks`.
const READY: u8 = 0;
const NOT_READY: u8 = 10;
const LOG_OUT: u8 = 13;

/// Numbers of what is reported late; see `World::late_report`.
const ENDED: u8 = 4;
const HEARD_OUT: u8 = 5;

/// A talk of no time would be none.
const TALK: Action = Action::TimePasses(1_000);

/// Any of them.
pub fn scene() -> impl Strategy<Value = Vec<Action>> {
    prop_oneof![
        44 => vec(cleared_after_ringing(), 3..5).prop_map(|scenes| scenes.concat()),
        14 => cleared_after_talking(),
        3 => answered_at_the_last_moment(),
        18 => tone(),
        8 => tone_for_somebody_else(),
        2 => tone_during_wrap_up(),
        7 => join_of_unknown_fate(),
        1 => bridge_of_unknown_fate(),
        2 => hold_before_answer(),
        3 => fallback_beside_calls(),
        2 => phone_of_nobody(),
        24 => somebody_again(),
        3 => order_on_a_call(),
    ]
}

/// Agent 1 does not answer; the report that the leg has ended is held up, and so is that nobody knows whether it was hung up.
/// The caller waits, or gets to agent 0; or leaves. Agent 1 goes on to something else, and then hears of that leg.
fn cleared_after_ringing() -> impl Strategy<Value = Vec<Action>> {
    (0_usize..9, 0_usize..4, reports(), 0_usize..9, reports()).prop_map(|(caller, agent, before, end, after)| {
        // The leg is the latest of all, or the one before that.
        let leg = if caller < 3 { 0 } else { 2 };
        let mut told = vec![Action::CallerArrives(0, 0), Action::Settles, Action::PhoneRings(0), Action::Settles];
        if caller == 0 {
            told.extend([Action::CallerHangsUp(0), Action::EventArrives]);
        } else {
            told.extend(ring_time_is_over());
            told.extend([Action::OrderRuns(0), Action::EventArrives]);
        }
        told.extend(unknown_fate_of_the_hangup());
        told.extend(caller_goes_on(caller));
        told.extend(agent_goes_on(agent));
        told.extend(before.into_iter().map(|what| Action::LateReport(leg, what)));
        told.extend(line_is_cleared(leg, end));
        told.extend(after.into_iter().map(|what| Action::LateReport(leg, what)));
        told.extend(as_before(agent));
        told
    })
}

/// The caller talks to agent 1 and hangs up; the report that the agent's leg has ended is held up.
fn cleared_after_talking() -> impl Strategy<Value = Vec<Action>> {
    (0_usize..6, reports(), 0_usize..9, reports()).prop_map(|(agent, before, end, after)| {
        let mut told = vec![Action::CallerArrives(0, 0), Action::Settles, Action::PhoneRings(0), Action::Settles];
        told.extend([Action::PhoneAnswers(0), Action::Settles, TALK, Action::CallerHangsUp(0), Action::EventArrives]);
        told.extend(unknown_fate_of_the_hangup());
        told.extend(agent_goes_on(agent));
        told.extend(before.into_iter().map(|what| Action::LateReport(0, what)));
        told.extend(line_is_cleared(0, end));
        told.extend(after.into_iter().map(|what| Action::LateReport(0, what)));
        told
    })
}

/// The queue's ring time passes, and that Asterisk shall be heard out is ordered once.
fn ring_time_is_over() -> impl Iterator<Item = Action> {
    (0..7).map(|_| Action::TimePasses(2_000)).chain([Action::TimePasses(1_200)])
}

/// The agent answers in time, and talks, or holds, when Asterisk has been heard out.
fn answered_at_the_last_moment() -> impl Strategy<Value = Vec<Action>> {
    any::<bool>().prop_map(|holds| {
        let mut told = vec![Action::CallerArrives(0, 0), Action::Settles, Action::PhoneRings(0), Action::Settles];
        told.extend(ring_time_is_over());
        told.extend([Action::OrderRuns(0), Action::EventIsDelayed, Action::PhoneAnswers(0), Action::SettlesButForTheDelayed]);
        if holds {
            told.extend([Action::PhoneHolds(0), Action::SettlesButForTheDelayed]);
        }
        told.push(Action::DelayedEventArrives(0));
        told
    })
}

/// The order to hang up, whose lane comes after that of its call, is carried out; that, and that its answer was lost, is reported
/// later.
fn unknown_fate_of_the_hangup() -> [Action; 3] {
    [Action::OrderFails(1, 1), Action::EventIsDelayed, Action::EventIsDelayed]
}

fn caller_goes_on(how_far: usize) -> Vec<Action> {
    let story = [
        Action::AgentAsks(0, READY),
        Action::SettlesButForTheDelayed,
        Action::PhoneRings(0),
        Action::SettlesButForTheDelayed,
        Action::PhoneAnswers(0),
        Action::SettlesButForTheDelayed,
        Action::PhoneHolds(0),
        Action::SettlesButForTheDelayed,
    ];
    let steps = [0, 0, 0, 4, 4, 6, 6, 8, 8];
    story.into_iter().take(steps[how_far]).collect()
}

fn agent_goes_on(to: usize) -> Vec<Action> {
    match to {
        0 => vec![Action::AgentAsks(1, NOT_READY)],
        1 => vec![Action::AgentAsks(1, READY)],
        2 => vec![Action::AgentAsks(1, LOG_OUT)],
        3 => vec![Action::AgentAsks(1, READY), Action::PhoneComesOrGoes(1), Action::SettlesButForTheDelayed],
        _ => vec![],
    }
}

/// Everybody goes where they were when the scene began.
fn as_before(agent: usize) -> Vec<Action> {
    let mut told = vec![Action::CallerHangsUp(0), Action::Settles];
    told.extend((agent == 3).then_some(Action::PhoneComesOrGoes(1)));
    told.extend([Action::AgentAsks(0, LOG_OUT), Action::AgentAsks(1, READY), Action::Settles, Action::TimePasses(6_000)]);
    told
}

/// What was once true of a leg.
fn reports() -> impl Strategy<Value = Vec<u8>> {
    vec(prop_oneof![6 => 0_u8..4, 1 => Just(HEARD_OUT)], 2..7)
}

fn line_is_cleared(leg: u8, how: usize) -> Vec<Action> {
    let ended = Action::DelayedEventArrives(0);
    let fate = Action::DelayedEventArrives(1);
    let again = Action::LateReport(leg, ENDED);
    match how {
        0 => vec![ended, Action::DelayedEventArrives(0), again],
        1..=4 => vec![fate, ended, again],
        // No report comes: the core gives up waiting for it.
        _ => [fate].into_iter().chain((0..3).map(|_| Action::TimePasses(2_000))).collect(),
    }
}

/// An agent who is there no more dials the code for Ready, and the tone is played.
fn dials(agent: u8) -> [Action; 4] {
    [Action::FeatureDialled(agent, 1), Action::EventArrives, Action::OrderRuns(0), Action::OrderRuns(0)]
}

/// Somebody dials the code for Ready, and is ready by the pages before the tone has ended; calls come at once.
fn tone() -> impl Strategy<Value = Vec<Action>> {
    (0_usize..14).prop_map(|steps| {
        let story = [
            Action::AgentAsks(0, READY),
            Action::CallerArrives(0, 0),
            Action::SettlesButForTheDelayed,
            Action::PhoneRings(0),
            Action::SettlesButForTheDelayed,
            Action::PhoneAnswers(0),
            Action::SettlesButForTheDelayed,
            Action::PhoneHolds(0),
            Action::SettlesButForTheDelayed,
        ];
        let mut told = vec![Action::AgentAsks(1, NOT_READY)];
        told.extend(dials(0));
        told.push(Action::EventIsDelayed);
        told.extend(story.into_iter().take(steps + 1));
        told.push(Action::DelayedEventArrives(0));
        told
    })
}

/// The tone ends for somebody who has gone on to something else meanwhile, or it ends twice.
fn tone_for_somebody_else() -> impl Strategy<Value = Vec<Action>> {
    (0_usize..3).prop_map(|which| {
        let mut told = dials(0).to_vec();
        told.extend(match which {
            0 => vec![Action::Settles, Action::EventRepeats(1)],
            1 => vec![Action::AgentAsks(0, NOT_READY), Action::EventArrives],
            _ => vec![Action::AgentAsks(0, READY), Action::PhoneComesOrGoes(0), Action::DeviceStateArrives, Action::EventArrives],
        });
        told
    })
}

fn tone_during_wrap_up() -> impl Strategy<Value = Vec<Action>> {
    let mut told = vec![Action::CallerArrives(0, 0), Action::Settles, Action::PhoneRings(0), Action::Settles];
    told.extend([Action::PhoneAnswers(0), Action::Settles, TALK, Action::CallerHangsUp(0), Action::Settles]);
    told.extend(dials(1));
    told.push(Action::EventArrives);
    Just(told)
}

/// The bridge is made while the phone rings, and nobody knows.
fn bridge_of_unknown_fate() -> impl Strategy<Value = Vec<Action>> {
    any::<u8>().prop_map(|why| {
        let begins = [Action::CallerArrives(0, 0), Action::Settles, Action::PhoneRings(0), Action::EventArrives];
        begins.into_iter().chain([Action::OrderFails(0, why % 3), Action::Settles]).collect()
    })
}

/// That the agent holds, or goes on talking, is reported before that they answered.
fn hold_before_answer() -> impl Strategy<Value = Vec<Action>> {
    any::<bool>().prop_map(|holds| {
        let second = if holds { Action::PhoneHolds(0) } else { Action::PhoneResumes(0) };
        let begins = [Action::CallerArrives(0, 0), Action::Settles, Action::PhoneRings(0), Action::Settles];
        begins.into_iter().chain([Action::PhoneAnswers(0), second, Action::EventsSwap(0), Action::Settles]).collect()
    })
}

/// Caller and agent are joined, and nobody knows; they talk, or hold, when that comes out and when they are joined once more.
fn join_of_unknown_fate() -> impl Strategy<Value = Vec<Action>> {
    any::<bool>().prop_map(|holds| {
        let mut told = vec![Action::CallerArrives(0, 0), Action::Settles, Action::PhoneRings(0), Action::Settles];
        told.extend([Action::PhoneAnswers(0), Action::EventArrives, Action::OrderRuns(0), Action::OrderRuns(0)]);
        told.extend([Action::OrderFails(0, 1), Action::EventIsDelayed, Action::SettlesButForTheDelayed]);
        if holds {
            told.extend([Action::PhoneHolds(0), Action::SettlesButForTheDelayed]);
        }
        told.extend([Action::DelayedEventArrives(0), Action::TimePasses(1_500)]);
        told
    })
}

/// Calls fell back while the connection was lost, and go on beside ours.
fn fallback_beside_calls() -> impl Strategy<Value = Vec<Action>> {
    (0_usize..7).prop_map(|steps| {
        let fell_back = [Action::ConnectionBreaks(0), Action::CallerArrives(0, 0), Action::CallerArrives(0, 0)];
        let story = [
            Action::CallerArrives(0, 0),
            Action::Settles,
            Action::PhoneRings(0),
            Action::Settles,
            Action::PhoneAnswers(0),
            Action::Settles,
            Action::PhoneHolds(0),
            Action::Settles,
        ];
        let end = [Action::FallbackAnswers(0, 3), Action::Settles, Action::FallbackEnds(0), Action::Settles];
        let returns = [Action::ConnectionReturns, Action::Settles];
        fell_back.into_iter().chain(returns).chain(story.into_iter().take(steps + 2)).chain(end).collect()
    })
}

/// A phone is reported whose agent has just left the settings.
fn phone_of_nobody() -> impl Strategy<Value = Vec<Action>> {
    Just(vec![Action::PhoneComesOrGoes(1), Action::SettingsChange(1), Action::DeviceStateArrives, Action::Settles])
}

/// A caller arrives again, or the agent dials a code, wherever the call has got to.
fn somebody_again() -> impl Strategy<Value = Vec<Action>> {
    (1_usize..12, any::<bool>()).prop_map(|(steps, caller)| {
        let again = if caller { Action::ArrivalRepeats(0) } else { Action::FeatureDialled(1, 1) };
        whole_visit(steps).chain([again, Action::Settles]).collect()
    })
}

/// A supervisor gives an order on a call, wherever it has got to.
fn order_on_a_call() -> impl Strategy<Value = Vec<Action>> {
    (1_usize..12, any::<u8>()).prop_map(|(steps, ask)| whole_visit(steps).chain([Action::CallAsked(0, ask)]).collect())
}

/// The first so many steps of a caller's whole visit.
fn whole_visit(steps: usize) -> impl Iterator<Item = Action> {
    let story = [
        Action::CallerArrives(0, 0),
        Action::Settles,
        Action::PhoneRings(0),
        Action::Settles,
        Action::PhoneAnswers(0),
        Action::Settles,
        Action::PhoneHolds(0),
        Action::Settles,
        TALK,
        Action::CallerHangsUp(0),
        Action::Settles,
    ];
    story.into_iter().take(steps)
}
