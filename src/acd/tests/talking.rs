//! Conversations: held, ended by either side, followed by wrap-up.

use model::fact::Ignored;
use model::{AgentState, NotReadyReason, Outcome, SegmentKind, Side};

use super::*;

#[test]
fn caller_who_hangs_up_leaves_the_agent_to_wrap_up() {
    let (mut centre, call) = Centre::talking();
    let expected = vec![
        hang_up(call, ours(call, 1), HangupReason::Normal),
        destroy_bridge(call, 1),
        spent(call, SegmentKind::Talk, 1001, 13_000, 43_000),
        ended(call, Outcome::Answered, Side::Caller),
        becomes(1001, wrap_up(call, 48_000)),
    ];
    assert_eq!(centre.ends(43_000, "c1", None), expected);
    assert_eq!(centre.ends(43_010, ours(call, 1), None), vec![]);
    let expected = vec![spent(call, SegmentKind::WrapUp, 1001, 43_000, 48_000), becomes(1001, AgentState::Ready)];
    assert_eq!(centre.deadline(48_000), expected);
}

#[test]
fn agent_who_hangs_up_ends_the_call() {
    let (mut centre, call) = Centre::talking();
    let expected = vec![
        hang_up(call, "c1", HangupReason::Normal),
        destroy_bridge(call, 1),
        spent(call, SegmentKind::Talk, 1001, 13_000, 43_000),
        ended(call, Outcome::Answered, Side::Agent),
        becomes(1001, wrap_up(call, 48_000)),
    ];
    assert_eq!(centre.ends(43_000, ours(call, 1), None), expected);
    assert_eq!(centre.ends(43_010, "c1", None), vec![], "the caller's end is expected");
    assert_eq!(centre.state.legs(), std::collections::BTreeSet::new());
}

#[test]
fn without_wrap_up_the_next_caller_is_dialled_before_anything_else() {
    let mut centre = Centre::opened();
    centre.asks(1_000, 1001, Ask::Ready);
    let first = centre.calls(10_000, "c1", "701");
    let second = centre.calls(11_000, "c2", "701");
    centre.at(12_000, Event::LegAnswered { leg: ours(first, 1) });
    let effects = centre.ends(20_000, ours(first, 1), None);
    let Some(Effect::Switch(Order { lane, op: Op::Dial { leg, .. } })) = effects.first() else {
        panic!("the next dial comes first: {effects:?}");
    };
    assert_eq!((lane, *leg), (&Lane::Leg(LegId::Ours(ours(second, 1))), ours(second, 1)));
    assert_eq!(effects.get(1), Some(&hang_up(first, "c1", HangupReason::Normal)));
    assert_eq!(effects.get(2), Some(&destroy_bridge(first, 1)));
}

#[test]
fn hold_divides_the_talk() {
    let (mut centre, call) = Centre::talking();
    let leg = LegId::Ours(ours(call, 1));
    let held = centre.at(20_000, Event::LegHeld { leg: leg.clone() });
    let expected = vec![spent(call, SegmentKind::Talk, 1001, 13_000, 20_000), chooses(1001, AgentState::Held(call))];
    assert_eq!(held, expected);
    let twice = centre.at(20_001, Event::LegHeld { leg: leg.clone() });
    assert_eq!(twice, vec![ignored("leg_held", Ignored::AlreadySo)]);
    let resumed = centre.at(26_000, Event::LegResumed { leg });
    let expected = vec![spent(call, SegmentKind::Hold, 1001, 20_000, 26_000), chooses(1001, AgentState::Talking(call))];
    assert_eq!(resumed, expected);
    let effects = centre.ends(30_000, "c1", None);
    assert!(effects.contains(&spent(call, SegmentKind::Talk, 1001, 26_000, 30_000)));
}

#[test]
fn caller_who_hangs_up_on_hold_ends_the_hold() {
    let (mut centre, call) = Centre::talking();
    centre.at(20_000, Event::LegHeld { leg: LegId::Ours(ours(call, 1)) });
    let effects = centre.ends(30_000, "c1", None);
    assert!(effects.contains(&spent(call, SegmentKind::Hold, 1001, 20_000, 30_000)));
    assert_eq!(centre.state_of(1001), wrap_up(call, 35_000));
}

#[test]
fn callers_own_hold_changes_nothing() {
    let (mut centre, _) = Centre::talking();
    let leg = LegId::Theirs(their("c1"));
    assert_eq!(centre.at(20_000, Event::LegHeld { leg: leg.clone() }), vec![ignored("leg_held", Ignored::CallersOwnHold)]);
    assert_eq!(centre.at(21_000, Event::LegResumed { leg }), vec![ignored("leg_resumed", Ignored::CallersOwnHold)]);
}

#[test]
fn hold_before_the_answer_or_by_nobody_is_ignored() {
    let (mut centre, call) = Centre::ringing();
    let early = centre.at(11_000, Event::LegHeld { leg: LegId::Ours(ours(call, 1)) });
    assert_eq!(early, vec![ignored("leg_held", Ignored::TooLate)]);
    let nobody = centre.at(11_000, Event::LegHeld { leg: LegId::Ours(ours(call, 7)) });
    assert_eq!(nobody, vec![ignored("leg_held", Ignored::UnknownLeg)]);
}

#[test]
fn wish_of_a_talking_agent_is_remembered_shown_and_carried_out_at_the_end() {
    let (mut centre, call) = Centre::talking();
    let lunch = AgentState::NotReady(NotReadyReason::Lunch);
    assert_eq!(centre.asks(20_000, 1001, Ask::NotReady(NotReadyReason::Lunch)), vec![]);
    let twice = centre.asks(20_001, 1001, Ask::NotReady(NotReadyReason::Lunch));
    assert_eq!(twice, vec![ignored("agent_asked", Ignored::AlreadySo)]);
    let row = crate::wallboard::agent_row(&centre.state, agent(1001)).expect("a row");
    assert_eq!((row.state, row.then), (AgentState::Talking(call), Some(lunch.clone())));
    let effects = centre.ends(30_000, "c1", None);
    assert_eq!(effects.last(), Some(&chooses(1001, lunch)));
}

#[test]
fn wish_that_was_taken_back_is_forgotten() {
    let (mut centre, call) = Centre::talking();
    assert_eq!(centre.asks(20_000, 1001, Ask::LogOut), vec![]);
    assert_eq!(centre.asks(21_000, 1001, Ask::Ready), vec![]);
    assert_eq!(centre.asks(22_000, 1001, Ask::Ready), vec![ignored("agent_asked", Ignored::AlreadySo)]);
    centre.ends(30_000, "c1", None);
    assert_eq!(centre.state_of(1001), wrap_up(call, 35_000));
}

#[test]
fn phone_that_vanishes_during_wrap_up_makes_the_agent_unreachable_after_it() {
    let (mut centre, _) = Centre::talking();
    centre.ends(30_000, "c1", None);
    centre.at(31_000, Event::EndpointChanged { endpoint: endpoint(1001), reachable: false, in_use: false });
    centre.at(35_000, Event::DeadlinePassed);
    assert_eq!(centre.state_of(1001), AgentState::Unreachable);
}

#[test]
fn join_that_fails_in_a_queue_that_left_the_settings_gives_the_caller_back() {
    let (mut centre, call) = Centre::talking();
    let mut changed = settings();
    changed.queues.remove(0);
    changed.agents.iter_mut().for_each(|agent| agent.queues.retain(|id| *id != queue(700)));
    centre.at(13_001, Event::SettingsChanged(changed));
    let legs = vec![LegId::Theirs(their("c1")), LegId::Ours(ours(call, 1))];
    let order = Op::Join { bridge: bridge(call, 1), legs };
    let effects = centre.at(13_002, Event::OrderFailed { order, why: crate::event::OrderFailure::Gone });
    assert!(effects.contains(&give_up(call, "c1")));
    assert!(effects.contains(&ended(call, Outcome::Returned, Side::Switch)));
}
