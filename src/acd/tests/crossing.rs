//! A caller who hangs up in the moment in which the agent answers: the books say what the CDR says.

use model::{AgentState, Outcome, SegmentKind, Side, Stamp};

use super::failing::failed;
use super::*;
use crate::event::OrderFailure;

/// A call that rings, answered at 13 s.
fn answered() -> (Centre, CallId) {
    let (mut centre, call) = Centre::ringing();
    centre.at(13_000, Event::LegAnswered { leg: ours(call, 1) });
    (centre, call)
}

/// The stamp that says so cannot be written.
fn unstamped(call: CallId) -> Event {
    let stamp = Stamp {
        call,
        queue: "700".to_owned(),
        outcome: Outcome::Answered,
        entered: Timestamp::from_ms(10_000),
        agent: Some("1001".to_owned()),
        answered: Some(Timestamp::from_ms(13_000)),
    };
    Event::OrderFailed { order: Op::Stamp { leg: their("c1"), stamp }, why: OrderFailure::Gone }
}

fn undone(call: CallId) -> Effect {
    Effect::Record(Fact::AnswerUndone { call })
}

#[test]
fn caller_who_is_gone_in_the_instant_of_the_answer_has_abandoned() {
    let (mut centre, call) = answered();
    let expected = vec![
        hang_up(call, ours(call, 1), HangupReason::Normal),
        destroy_bridge(call, 1),
        undone(call),
        waited(call, 13_000, 13_000),
        ended(call, Outcome::Abandoned, Side::Caller),
        becomes(1001, AgentState::Ready),
    ];
    assert_eq!(centre.ends(13_000, "c1", None), expected);
    let today = centre.state.today();
    assert_eq!((today.answered, today.abandoned), (0, 1));
    assert_eq!(crate::wallboard::agent_row(&centre.state, agent(1001)).expect("a row").answered, 0);
}

#[test]
fn answer_that_the_cdr_does_not_take_because_the_caller_is_gone_is_none() {
    let (mut centre, call) = answered();
    let expected = vec![
        hang_up(call, ours(call, 1), HangupReason::Normal),
        destroy_bridge(call, 1),
        failed("stamp c1", "it is gone"),
        undone(call),
        waited(call, 13_000, 13_008),
        ended(call, Outcome::Abandoned, Side::Caller),
        becomes(1001, AgentState::Ready),
    ];
    assert_eq!(centre.at(13_008, unstamped(call)), expected);
    assert_eq!(centre.ends(13_009, "c1", None), vec![ignored("leg_ended", Ignored::UnknownLeg)]);
}

#[test]
fn conversation_of_a_few_milliseconds_whose_answer_stands_in_the_cdr_is_one() {
    let (mut centre, call) = answered();
    let effects = centre.ends(13_008, "c1", None);
    assert!(effects.contains(&spent(call, SegmentKind::Talk, 1001, 13_000, 13_008)));
    assert!(effects.contains(&ended(call, Outcome::Answered, Side::Caller)));
    assert!(matches!(centre.state_of(1001), AgentState::WrapUp { .. }));
}

#[test]
fn answer_that_the_cdr_does_not_take_is_none_though_the_core_hears_of_it_after_the_end() {
    let (mut centre, call) = answered();
    centre.ends(13_008, "c1", None);
    let text = serde_json::to_string(&centre.state).expect("a state can be written");
    let mut centre = Centre { state: serde_json::from_str(&text).expect("a state can be read") };
    let expected = vec![failed("stamp c1", "it is gone"), undone(call), ended(call, Outcome::Abandoned, Side::Caller)];
    assert_eq!(centre.at(13_020, unstamped(call)), expected);
    let today = centre.state.today();
    assert_eq!((today.answered, today.abandoned), (0, 1));
    assert_eq!(centre.at(13_021, unstamped(call)), vec![failed("stamp c1", "it is gone")], "once");
}

#[test]
fn stamp_that_fails_late_takes_no_conversation_back() {
    let (mut centre, call) = answered();
    let effects = centre.at(20_000, unstamped(call));
    assert!(effects.contains(&ended(call, Outcome::Answered, Side::Caller)));
    assert!(!effects.contains(&undone(call)));
}
