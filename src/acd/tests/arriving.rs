//! Callers arrive, wait, and leave.

use model::fact::Ignored;
use model::{AgentState, CallPhase, Fact, LegId, NotReadyReason, OfferEnd, Outcome, Side};

use super::*;

#[test]
fn caller_with_nobody_ready_is_stamped_answered_and_hears_music() {
    let mut centre = Centre::opened();
    let effects = centre.at(10_000, arrived("c1", "700"));
    let call = *centre.state.calls().keys().next().expect("a call");
    let expected = vec![
        stamp(call, "c1", 10_000, Outcome::Abandoned),
        answer(call, "c1"),
        start_music(call, "c1"),
        mark(call, "c1", 10_000, CallPhase::Waiting),
        guard(call, "c1"),
        entered(call, "c1", 10_000),
    ];
    assert_eq!(effects, expected);
}

#[test]
fn caller_with_an_agent_ready_rings_the_longest_idle_in_the_same_step() {
    let mut centre = Centre::staffed();
    let effects = centre.at(10_000, arrived("c1", "700"));
    let call = *centre.state.calls().keys().next().expect("a call");
    let expected = vec![
        dial(call, "c1", 10_000, 1, 1001),
        stamp(call, "c1", 10_000, Outcome::Abandoned),
        answer(call, "c1"),
        start_music(call, "c1"),
        mark(call, "c1", 10_000, CallPhase::Waiting),
        guard(call, "c1"),
        entered(call, "c1", 10_000),
        becomes(1001, AgentState::Reserved(call)),
        offered(call, 1, 1001),
    ];
    assert_eq!(effects, expected);
}

#[test]
fn unknown_number_goes_back_to_the_dialplan() {
    let mut centre = Centre::opened();
    let turned_away = Fact::CallTurnedAway {
        leg: LegId::Theirs(their("c1")),
        dialled: "799".to_owned(),
        why: model::fact::TurnedAway::NoSuchQueue,
    };
    let back = order_leg("c1", Op::Continue { leg: their("c1"), exit: Exit::Returned });
    let expected = vec![lift_from_leg("c1"), back, Effect::Record(turned_away)];
    assert_eq!(centre.at(10_000, arrived("c1", "799")), expected);
    assert_eq!(centre.ends(10_050, "c1", None), vec![], "its end is expected");
    assert_eq!(centre.ends(10_060, "c1", None), vec![ignored("leg_ended", Ignored::UnknownLeg)]);
}

#[test]
fn caller_who_comes_before_the_settings_goes_back_to_the_dialplan() {
    let mut centre = Centre { state: State::new(1) };
    let effects = centre.at(10_000, arrived("c1", "700"));
    assert_eq!(effects.get(1), Some(&order_leg("c1", Op::Continue { leg: their("c1"), exit: Exit::Returned })));
}

#[test]
fn caller_who_is_reported_twice_enters_once() {
    let mut centre = Centre::opened();
    centre.calls(10_000, "c1", "700");
    assert_eq!(centre.at(10_001, arrived("c1", "700")), vec![ignored("caller_arrived", Ignored::AlreadySo)]);
}

#[test]
fn caller_who_hangs_up_while_waiting_abandons() {
    let mut centre = Centre::opened();
    let call = centre.calls(10_000, "c1", "700");
    let expected = vec![waited(call, 10_000, 14_321), ended(call, Outcome::Abandoned, Side::Caller)];
    assert_eq!(centre.ends(14_321, "c1", None), expected);
    assert_eq!(centre.ends(14_321, "c1", None), vec![ignored("leg_ended", Ignored::UnknownLeg)]);
}

#[test]
fn caller_who_hangs_up_while_ringing_frees_the_agent() {
    let (mut centre, call) = Centre::ringing();
    let expected = vec![
        hang_up(call, ours(call, 1), HangupReason::Normal),
        destroy_bridge(call, 1),
        offer_ended(call, 1, 1001, OfferEnd::Withdrawn),
        ringing(call, 1, 1001, [10_000, 12_000], OfferEnd::Withdrawn),
        waited(call, 10_000, 12_000),
        ended(call, Outcome::Abandoned, Side::Caller),
        becomes(1001, AgentState::Ready),
    ];
    assert_eq!(centre.ends(12_000, "c1", None), expected);
}

#[test]
fn leg_is_dialled_and_hung_up_in_a_lane_of_its_own_that_waits_for_nothing_of_its_call() {
    let mut centre = Centre::staffed();
    let effects = centre.at(10_000, arrived("c1", "700"));
    let call = *centre.state.calls().keys().next().expect("a call");
    let lane = Lane::Leg(LegId::Ours(ours(call, 1)));
    let of_the_leg = |effects: Vec<Effect>| -> Vec<&'static str> {
        let orders = effects.into_iter().filter_map(|effect| match effect {
            Effect::Switch(order) => (order.lane == lane).then(|| order.op.name()),
            Effect::Record(_) => None,
        });
        orders.collect()
    };
    assert_eq!(of_the_leg(effects), ["dial"]);
    assert_eq!(of_the_leg(centre.ends(11_000, "c1", None)), ["hangup"]);
}

#[test]
fn agent_of_a_withdrawn_offer_is_offered_nothing_until_the_old_leg_has_ended() {
    let (mut centre, first) = Centre::ringing();
    centre.ends(12_000, "c1", None);
    let second = centre.calls(12_010, "c2", "700");
    assert_eq!(centre.state_of(1001), AgentState::Ready);
    let expected =
        vec![dial(second, "c2", 12_010, 1, 1001), becomes(1001, AgentState::Reserved(second)), offered(second, 1, 1001)];
    assert_eq!(centre.ends(12_020, ours(first, 1), Some(487)), expected);
}

#[test]
fn leg_whose_end_is_never_reported_blocks_its_agent_for_five_seconds() {
    let (mut centre, first) = Centre::ringing();
    centre.ends(12_000, "c1", None);
    let second = centre.calls(12_010, "c2", "700");
    let expected = vec![
        hang_up(first, ours(first, 1), HangupReason::Normal),
        dial(second, "c2", 12_010, 1, 1001),
        becomes(1001, AgentState::Reserved(second)),
        offered(second, 1, 1001),
    ];
    assert_eq!(centre.deadline(17_000), expected);
}

#[test]
fn agent_who_answers_a_caller_who_is_gone_gets_back_to_ready_without_wrap_up() {
    let (mut centre, call) = Centre::ringing();
    centre.ends(12_000, "c1", None);
    let late = centre.at(12_005, Event::LegAnswered { leg: ours(call, 1) });
    assert_eq!(late, vec![ignored("leg_answered", Ignored::TooLate)], "the order to hang up is on its way");
    assert_eq!(centre.ends(12_010, ours(call, 1), None), vec![]);
    assert_eq!(centre.state_of(1001), AgentState::Ready);
    let stray = centre.at(12_020, Event::LegAnswered { leg: ours(call, 1) });
    let expected = vec![hang_up(call, ours(call, 1), HangupReason::Normal), ignored("leg_answered", Ignored::UnknownLeg)];
    assert_eq!(stray, expected);
}

#[test]
fn agent_keeps_the_place_in_the_order_of_idleness_when_an_offer_is_withdrawn() {
    let mut centre = Centre::staffed();
    let first = centre.calls(10_000, "c1", "700");
    centre.ends(11_000, "c1", None);
    centre.ends(11_010, ours(first, 1), None);
    let second = centre.calls(12_000, "c2", "700");
    assert_eq!(centre.state_of(1001), AgentState::Reserved(second), "idle since the first second, 1002 since the second");
}

#[test]
fn agent_who_is_not_ready_is_offered_nothing() {
    let mut centre = Centre::opened();
    centre.asks(1_000, 1001, Ask::NotReady(NotReadyReason::Lunch));
    centre.calls(10_000, "c1", "700");
    assert_eq!(centre.state_of(1001), AgentState::NotReady(NotReadyReason::Lunch));
}
