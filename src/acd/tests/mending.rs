//! The way to Asterisk is lost and found, with our state or without it.

use model::fact::{Ignored, Mending};
use model::{AgentState, CallPhase, NotReadyReason, OfferEnd, Outcome, Side};

use super::*;

fn together(call: CallId, n: u32, leg: &str, our: OurLeg) -> BridgeAccount {
    BridgeAccount { bridge: bridge(call, n), legs: vec![LegId::Theirs(their(leg)), LegId::Ours(our)] }
}

fn mended(leg: impl Into<Party>, mark: Option<Mark>, how: Mending) -> Effect {
    Effect::Record(Fact::Mended { leg: leg.into().0, mark, how })
}

fn switch(up: bool) -> Effect {
    Effect::Record(Fact::SwitchChanged { up })
}

/// A core that was killed and started anew: it knows the settings and nothing else.
fn restarted() -> Centre {
    let mut centre = Centre { state: State::new(2) };
    centre.at(50_000, Event::SettingsChanged(settings()));
    centre
}

fn reported(number: u128) -> Effect {
    Effect::Record(Fact::EndpointChanged { endpoint: endpoint(number), reachable: true, in_use: false })
}

#[test]
fn nobody_is_offered_anything_while_the_switch_is_lost() {
    let mut centre = Centre::staffed();
    assert_eq!(centre.at(9_000, Event::SwitchLost { server: SERVER }), vec![switch(false)]);
    assert_eq!(centre.at(9_001, Event::SwitchLost { server: SERVER }), vec![ignored("switch_lost", Ignored::AlreadySo)]);
    assert!(!crate::wallboard(&centre.state, Timestamp::from_ms(9_002)).switch_up);
    let call = centre.calls(10_000, "c1", "700");
    assert_eq!(centre.state_of(1001), AgentState::Ready);
    let mark = mark_of(call, 700, 10_000, CallPhase::Waiting);
    let expected = vec![
        dial(call, "c1", 10_000, 2_001, 1001),
        watch(&[1001, 1002]),
        switch(true),
        becomes(1001, AgentState::Reserved(call)),
        offered(call, 1, 1001),
    ];
    assert_eq!(centre.at(11_000, returns(vec![caller_there("c1", Some(mark))], vec![])), expected);
}

#[test]
fn offers_do_not_expire_while_nothing_is_known_of_them() {
    let (mut centre, call) = Centre::ringing();
    centre.at(12_000, Event::SwitchLost { server: SERVER });
    assert_eq!(centre.deadline(25_200), vec![]);
    let mark = mark_of(call, 700, 10_000, CallPhase::Waiting);
    let bridges = vec![BridgeAccount { bridge: bridge(call, 1), legs: vec![] }];
    let legs = vec![caller_there("c1", Some(mark)), phone_there(ours(call, 1), true, 1001)];
    let effects = centre.at(26_000, returns(legs, bridges));
    assert_eq!(effects.get(1..3), Some([stop_music(call, "c1"), join(call, 1, "c1", ours(call, 1))].as_slice()));
    assert_eq!(centre.state_of(1001), AgentState::Talking(call), "answered while we were away");
}

#[test]
fn caller_whose_time_passed_while_rung_and_out_of_reach_is_rung_anew_before_those_who_came_later() {
    let mut centre = super::overflowing::with(super::overflowing::longest(30, super::overflowing::OTHER), &[1001]);
    let first = centre.calls(10_000, "c1", "700");
    let second = centre.calls(11_000, "c2", "700");
    assert_eq!(centre.state_of(1001), AgentState::Reserved(first));
    centre.at(12_000, Event::SwitchLost { server: SERVER });
    centre.at(52_000, Event::DeadlinePassed);
    let there = |leg: &str, call, entered| caller_there(leg, Some(mark_of(call, 700, entered, CallPhase::Waiting)));
    centre.at(52_001, returns(vec![there("c1", first, 10_000), there("c2", second, 11_000)], vec![]));
    assert_eq!(centre.state_of(1001), AgentState::Reserved(first));
}

#[test]
fn phone_that_still_rings_after_the_loss_may_ring_on() {
    let (mut centre, call) = Centre::ringing();
    centre.at(12_000, Event::SwitchLost { server: SERVER });
    let mark = mark_of(call, 700, 10_000, CallPhase::Waiting);
    let bridges = vec![BridgeAccount { bridge: bridge(call, 1), legs: vec![] }];
    let legs = vec![caller_there("c1", Some(mark)), phone_there(ours(call, 1), false, 1001)];
    assert_eq!(centre.at(26_000, returns(legs, bridges)), vec![watch(&[1001, 1002]), switch(true)]);
    assert_eq!(centre.deadline(41_000).first(), Some(&hang_up(call, ours(call, 1), HangupReason::NoAnswer)));
}

#[test]
fn conversation_that_nothing_happened_to_is_left_alone() {
    let (mut centre, call) = Centre::talking();
    centre.at(20_000, Event::SwitchLost { server: SERVER });
    let mark = mark_of(call, 700, 10_000, CallPhase::Talking);
    let legs = vec![caller_there("c1", Some(mark)), phone_there(ours(call, 1), true, 1001)];
    let event = returns(legs, vec![together(call, 1, "c1", ours(call, 1))]);
    assert_eq!(centre.at(21_000, event), vec![watch(&[1001, 1002]), switch(true)]);
}

#[test]
fn conversation_that_was_not_joined_is_joined() {
    let (mut centre, call) = Centre::talking();
    centre.at(13_001, Event::SwitchLost { server: SERVER });
    let mark = mark_of(call, 700, 10_000, CallPhase::Waiting);
    let legs = vec![caller_there("c1", Some(mark)), phone_there(ours(call, 1), true, 1001)];
    let expected = vec![
        destroy_bridge(call, 1),
        create_bridge(call, 5_002),
        stop_music(call, "c1"),
        join(call, 5_002, "c1", ours(call, 1)),
        stamp_answered(call, "c1", 10_000, "1001", 13_000),
        lift(call, "c1"),
        talking_mark(call, "c1", [10_000, 13_000], 1001),
        watch(&[1001, 1002]),
        switch(true),
    ];
    assert_eq!(centre.at(14_000, returns(legs, vec![])), expected);
}

#[test]
fn callers_and_agents_who_left_meanwhile_are_booked() {
    let (mut centre, call) = Centre::talking();
    let waiting = centre.calls(20_000, "c2", "700");
    centre.at(21_000, Event::SwitchLost { server: SERVER });
    let effects = centre.at(30_000, returns(vec![], vec![]));
    assert!(effects.contains(&ended(call, Outcome::Answered, Side::Switch)));
    assert!(effects.contains(&ended(waiting, Outcome::Abandoned, Side::Switch)));
    assert_eq!(centre.state.legs(), std::collections::BTreeSet::new());
    assert_eq!(centre.state.bridges(), std::collections::BTreeSet::new());
    assert_eq!(centre.state_of(1001), wrap_up(call, 35_000));
}

#[test]
fn agent_who_left_meanwhile_ends_the_call() {
    let (mut centre, call) = Centre::talking();
    centre.at(21_000, Event::SwitchLost { server: SERVER });
    let mark = mark_of(call, 700, 10_000, CallPhase::Talking);
    let alone = BridgeAccount { bridge: bridge(call, 1), legs: vec![LegId::Theirs(their("c1"))] };
    let effects = centre.at(30_000, returns(vec![caller_there("c1", Some(mark))], vec![alone]));
    assert!(effects.contains(&hang_up(call, "c1", HangupReason::Normal)));
    assert!(effects.contains(&ended(call, Outcome::Answered, Side::Switch)));
}

#[test]
fn offer_that_was_never_made_is_not_held_against_the_agent() {
    let mut centre = Centre::opened();
    centre.asks(1_000, 1001, Ask::Ready);
    let call = centre.calls(10_000, "c1", "700");
    centre.at(10_001, Event::SwitchLost { server: SERVER });
    let mark = mark_of(call, 700, 10_000, CallPhase::Waiting);
    let expected = vec![
        dial(call, "c1", 10_000, 2_002, 1001),
        watch(&[1001, 1002]),
        switch(true),
        offer_ended(call, 1, 1001, OfferEnd::Withdrawn),
        ringing(call, 1, 1001, [10_000, 11_000], OfferEnd::Withdrawn),
        becomes(1001, AgentState::Ready),
        becomes(1001, AgentState::Reserved(call)),
        offered(call, 2, 1001),
    ];
    assert_eq!(centre.at(11_000, returns(vec![caller_there("c1", Some(mark))], vec![])), expected);
}

#[test]
fn phone_that_rang_out_meanwhile_was_not_answered() {
    let (mut centre, call) = Centre::ringing();
    centre.at(12_000, Event::SwitchLost { server: SERVER });
    let mark = mark_of(call, 700, 10_000, CallPhase::Waiting);
    centre.at(40_000, returns(vec![caller_there("c1", Some(mark))], vec![]));
    assert_eq!(centre.state_of(1001), AgentState::NotReady(NotReadyReason::NoAnswer));
}

#[test]
fn after_a_kill_callers_who_wait_keep_call_time_and_order() {
    let mut before = Centre::opened();
    let first = before.calls(10_000, "z", "700");
    let second = before.calls(11_000, "a", "700");
    let marks = [first, second].map(|call| before.state.calls()[&call].mark(CallPhase::Waiting));
    let mut centre = restarted();
    let later = vec![caller_there("a", Some(marks[1])), caller_there("n", None), caller_there("z", Some(marks[0]))];
    let effects = centre.at(51_000, returns(later, vec![]));
    let third = *centre.state.calls().keys().last().expect("three calls");
    let expected = vec![
        guard(first, "z"),
        stamp(first, "z", 10_000, Outcome::Abandoned),
        start_music(first, "z"),
        mark(first, "z", 10_000, CallPhase::Waiting),
        guard(second, "a"),
        stamp(second, "a", 11_000, Outcome::Abandoned),
        start_music(second, "a"),
        mark(second, "a", 11_000, CallPhase::Waiting),
        guard(third, "n"),
        stamp(third, "n", 51_000, Outcome::Abandoned),
        answer(third, "n"),
        start_music(third, "n"),
        mark(third, "n", 51_000, CallPhase::Waiting),
        watch(&[1001, 1002]),
        switch(true),
        reported(1001),
        reported(1002),
        entered(first, "z", 10_000),
        mended("z", Some(marks[0]), Mending::Requeued),
        entered(second, "a", 11_000),
        mended("a", Some(marks[1]), Mending::Requeued),
        entered(third, "n", 51_000),
    ];
    assert_eq!(effects, expected);
    for call in [first, second, third] {
        centre.asks(52_000, 1002, Ask::Ready);
        assert_eq!(centre.state_of(1002), AgentState::Reserved(call));
        let leg = centre.state.calls()[&call].leg.id.clone();
        let ours = centre.state.agents()[&agent(1002)].line.leg().expect("a leg");
        centre.ends(52_001, leg.as_str(), None);
        centre.ends(52_002, ours, None);
    }
}

#[test]
fn after_a_kill_a_conversation_is_taken_over_untouched() {
    let (_, call) = Centre::talking();
    let mark = mark_of(call, 700, 10_000, CallPhase::Talking);
    let legs = vec![caller_there("c1", Some(mark)), phone_there(ours(call, 1), true, 1001)];
    let mut centre = restarted();
    let expected = vec![
        lift(call, "c1"),
        watch(&[1001, 1002]),
        switch(true),
        reported(1001),
        reported(1002),
        entered(call, "c1", 10_000),
        mended("c1", Some(mark), Mending::TakenOver),
        Effect::Record(Fact::CallAnswered { call, agent: agent(1001), waited: Span::ZERO }),
        becomes(1001, AgentState::Talking(call)),
    ];
    assert_eq!(centre.at(51_000, returns(legs, vec![together(call, 1, "c1", ours(call, 1))])), expected);
    let board = crate::wallboard(&centre.state, Timestamp::from_ms(51_000));
    assert_eq!(board.calls[0].since, mark.since, "Live goes on counting");
    let effects = centre.ends(60_000, "c1", None);
    assert!(effects.contains(&hang_up(call, ours(call, 1), HangupReason::Normal)));
    assert!(effects.contains(&destroy_bridge(call, 1)));
    assert!(effects.contains(&ended(call, Outcome::Answered, Side::Caller)));
    assert_eq!(centre.state_of(1001), wrap_up(call, 65_000));
}

#[test]
fn after_a_kill_a_phone_that_was_answered_meanwhile_is_joined() {
    let (_, call) = Centre::ringing();
    let mark = mark_of(call, 700, 10_000, CallPhase::Waiting);
    let legs = vec![caller_there("c1", Some(mark)), phone_there(ours(call, 1), true, 1001)];
    let mut centre = restarted();
    let bridges = vec![BridgeAccount { bridge: bridge(call, 1), legs: vec![] }];
    let effects = centre.at(51_000, returns(legs, bridges));
    assert_eq!(centre.state_of(1001), AgentState::Talking(call));
    let made = *centre.state.bridges().first().expect("a bridge");
    assert_ne!(made, bridge(call, 1), "an id that may have been used is not used again");
    let joined = Op::Join { bridge: made, legs: vec![LegId::Theirs(their("c1")), LegId::Ours(ours(call, 1))] };
    assert!(effects.contains(&order(call, joined)));
    assert!(effects.contains(&destroy_bridge(call, 1)));
}

#[test]
fn after_a_kill_what_belongs_to_nothing_is_ended() {
    let lost = CallId(Uuid::from_u128(9));
    let mut centre = restarted();
    let alone = BridgeAccount { bridge: bridge(lost, 1), legs: vec![LegId::Ours(ours(lost, 1))] };
    let expected = vec![
        destroy_bridge(lost, 1),
        hang_up(lost, ours(lost, 1), HangupReason::Normal),
        watch(&[1001, 1002]),
        switch(true),
        reported(1001),
        reported(1002),
        mended(ours(lost, 1), None, Mending::HungUp),
    ];
    assert_eq!(centre.at(51_000, returns(vec![phone_there(ours(lost, 1), true, 1001)], vec![alone])), expected);
}

#[test]
fn after_a_kill_a_caller_whose_agent_left_is_hung_up() {
    let (_, call) = Centre::talking();
    let mark = mark_of(call, 700, 10_000, CallPhase::Talking);
    let mut centre = restarted();
    let effects = centre.at(51_000, returns(vec![caller_there("c1", Some(mark))], vec![]));
    let expected = vec![
        hang_up(call, "c1", HangupReason::Normal),
        watch(&[1001, 1002]),
        switch(true),
        reported(1001),
        reported(1002),
        entered(call, "c1", 10_000),
        ended(call, Outcome::Answered, Side::Switch),
        mended("c1", Some(mark), Mending::HungUp),
    ];
    assert_eq!(effects, expected);
    assert_eq!(centre.ends(51_010, "c1", None), vec![]);
}

/// The agent's name outlives the program, and is in the books though nothing else of the call is.
#[test]
fn after_a_kill_the_mark_still_says_who_talked_to_a_caller_whose_agent_left() {
    let (_, call) = Centre::talking();
    let mut centre = restarted();
    let mark = talk_of(call, [10_000, 13_000], 1002);
    let effects = centre.at(51_000, returns(vec![caller_there("c1", Some(mark))], vec![]));
    let expected = [
        entered(call, "c1", 10_000),
        Effect::Record(Fact::CallAnswered { call, agent: agent(1002), waited: Span::from_secs(3) }),
        ended(call, Outcome::Answered, Side::Switch),
    ];
    assert!(effects.windows(3).any(|three| three == expected), "{effects:?}");
}

#[test]
fn after_a_kill_a_caller_in_a_bridge_has_been_talking_whatever_the_mark_says() {
    let (_, call) = Centre::ringing();
    let mark = mark_of(call, 700, 10_000, CallPhase::Waiting);
    let mut centre = restarted();
    let alone = BridgeAccount { bridge: bridge(call, 1), legs: vec![LegId::Theirs(their("c1"))] };
    let effects = centre.at(51_000, returns(vec![caller_there("c1", Some(mark))], vec![alone]));
    assert_eq!(effects.get(..2), Some([destroy_bridge(call, 1), hang_up(call, "c1", HangupReason::Normal)].as_slice()));
    assert!(effects.contains(&ended(call, Outcome::Answered, Side::Switch)));
}

/// An agent who is in the bridge alone has answered, and talks to nobody yet.
#[test]
fn after_a_kill_an_agent_who_is_alone_in_the_bridge_is_joined_with_the_caller() {
    let (_, call) = Centre::ringing();
    let mark = mark_of(call, 700, 10_000, CallPhase::Waiting);
    let mut centre = restarted();
    let legs = vec![caller_there("c1", Some(mark)), phone_there(ours(call, 1), true, 1001)];
    let alone = BridgeAccount { bridge: bridge(call, 1), legs: vec![LegId::Ours(ours(call, 1))] };
    let effects = centre.at(51_000, returns(legs, vec![alone]));
    let joins = |op: &Op| matches!(op, Op::Join { legs, .. } if legs.contains(&LegId::Theirs(their("c1"))));
    let joined = effects.iter().any(|effect| matches!(effect, Effect::Switch(order) if joins(&order.op)));
    assert!(joined, "{effects:?}");
    assert_eq!(centre.state_of(1001), AgentState::Talking(call));
}

#[test]
fn after_a_kill_a_leg_that_belongs_to_nothing_blocks_its_phone_until_it_has_ended() {
    let lost = CallId(Uuid::from_u128(9));
    let mut centre = restarted();
    centre.at(51_000, returns(vec![phone_there(ours(lost, 1), false, 1001)], vec![]));
    centre.asks(51_010, 1001, Ask::Ready);
    let call = centre.calls(51_020, "c1", "700");
    assert_eq!(centre.state_of(1001), AgentState::Ready);
    centre.ends(51_030, ours(lost, 1), None);
    assert_eq!(centre.state_of(1001), AgentState::Reserved(call));
}

#[test]
fn callers_who_came_while_nobody_listened_are_served_in_the_order_of_their_coming() {
    let mut centre = restarted();
    // As texts, the ids would sort the other way round.
    let legs = vec![caller_there("lab-9.99", None), caller_there("lab-9.100", None)];
    centre.at(51_000, returns(legs, vec![]));
    centre.asks(52_000, 1002, Ask::Ready);
    let call = centre.state_of(1002).call().expect("somebody waits");
    assert_eq!(centre.state.calls()[&call].leg.id, "lab-9.99");
}

#[test]
fn caller_who_talked_in_a_queue_that_is_gone_is_out_of_the_bridge_before_they_hear_music() {
    let mut centre = restarted();
    let call = CallId(Uuid::from_u128(7));
    let mark = mark_of(call, 799, 10_000, CallPhase::Talking);
    let legs = vec![caller_there("c1", Some(mark)), phone_there(ours(call, 1), true, 1001)];
    let effects = centre.at(51_000, returns(legs, vec![together(call, 1, "c1", ours(call, 1))]));
    let anew = centre.state.call_of(&their("c1")).expect("they wait where they dialled").id;
    let of_the_call =
        effects.into_iter().filter(|effect| matches!(effect, Effect::Switch(order) if order.lane == Lane::Call(anew)));
    let expected = vec![
        guard(anew, "c1"),
        order(anew, Op::DestroyBridge { bridge: bridge(call, 1) }),
        stamp(anew, "c1", 51_000, Outcome::Abandoned),
        answer(anew, "c1"),
        start_music(anew, "c1"),
        super::mark(anew, "c1", 51_000, CallPhase::Waiting),
    ];
    assert_eq!(of_the_call.collect::<Vec<_>>(), expected);
}
