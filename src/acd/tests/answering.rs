//! All agents of the best tier are rung at once, and whoever answers first has the call.

use model::explain::Compared;
use model::queue::{Strategy, WayOut};
use model::{AgentState, NotReadyReason, OfferEnd};

use super::choosing::staffed_by;
use super::overflowing::longest;
use super::*;
use crate::call::MOST_OFFERS;
use crate::event::OrderFailure;
use crate::explain::explain;

/// Agents 1001 and 1002 in the first tier, 1003 in the second.
const AGENTS: [(u128, u8); 3] = [(1001, 1), (1002, 1), (1003, 2)];

fn ring_all(ready: &[u128]) -> Centre {
    Centre::of(staffed_by(Strategy::RingAll, &AGENTS), ready)
}

fn rung(centre: &Centre, call: CallId) -> Vec<u128> {
    let call = centre.state.calls().get(&call).expect("the call is there");
    call.waiting().expect("it waits").offers.iter().map(|offer| offer.agent.0.as_u128()).collect()
}

#[test]
fn all_of_the_best_tier_are_rung_at_once() {
    let mut centre = ring_all(&[1001, 1002, 1003]);
    let effects = centre.at(10_000, arrived("c1", "700"));
    let call = *centre.state.calls().keys().next().expect("a call");
    let dials = [dial(call, "c1", 10_000, 1, 1001), dial(call, "c1", 10_000, 2, 1002)];
    let ordered: Vec<&Effect> =
        effects.iter().filter(|effect| matches!(effect, Effect::Switch(order) if matches!(order.op, Op::Dial { .. }))).collect();
    assert_eq!(ordered, dials.iter().collect::<Vec<_>>());
    let booked = [
        becomes(1001, AgentState::Reserved(call)),
        offered(call, 1, 1001),
        becomes(1002, AgentState::Reserved(call)),
        offered(call, 2, 1002),
    ];
    assert_eq!(effects.get(effects.len() - 4..), Some(booked.as_slice()));
    assert_eq!(centre.state_of(1003), AgentState::Ready);
}

/// A call that rings at 1001 (since 10.1 s) and 1002 (since 10.2 s).
fn both_ring() -> (Centre, CallId) {
    let mut centre = ring_all(&[1001, 1002]);
    let call = centre.calls(10_000, "c1", "700");
    centre.at(10_100, Event::LegRang { leg: ours(call, 1) });
    centre.at(10_200, Event::LegRang { leg: ours(call, 2) });
    (centre, call)
}

#[test]
fn first_answer_has_the_call_and_the_others_go_back_to_where_they_stood() {
    let (mut centre, call) = both_ring();
    let effects = centre.at(13_000, Event::LegAnswered { leg: ours(call, 2) });
    let expected = [
        stamp_answered(call, "c1", 10_000, "1002", 13_000),
        stop_music(call, "c1"),
        join(call, 1, "c1", ours(call, 2)),
        lift(call, "c1"),
        talking_mark(call, "c1", [10_000, 13_000], 1002),
    ];
    assert_eq!(effects.get(..5), Some(expected.as_slice()), "the caller comes first");
    let hang_up = hang_up(call, ours(call, 1), HangupReason::AnsweredElsewhere);
    assert!(effects.contains(&hang_up));
    let booked = [
        offer_ended(call, 2, 1002, OfferEnd::Accepted),
        ringing(call, 2, 1002, [10_000, 13_000], OfferEnd::Accepted),
        waited(call, 10_000, 13_000),
        Effect::Record(Fact::CallAnswered { call, agent: agent(1002), waited: Span::from_secs(3) }),
        becomes(1002, AgentState::Talking(call)),
        offer_ended(call, 1, 1001, OfferEnd::Withdrawn),
        ringing(call, 1, 1001, [10_000, 13_000], OfferEnd::Withdrawn),
        becomes(1001, AgentState::Ready),
    ];
    assert_eq!(effects.get(effects.len() - 8..), Some(booked.as_slice()));
    assert_eq!(centre.state.agents()[&agent(1001)].idle_since, Timestamp::from_ms(1_000));
}

#[test]
fn second_answer_of_the_same_instant_is_hung_up_and_the_caller_hears_the_first_alone() {
    let (mut centre, call) = both_ring();
    let effects = centre.at(13_000, Event::LegAnswered { leg: ours(call, 1) });
    assert!(effects.contains(&hang_up(call, ours(call, 2), HangupReason::AnsweredElsewhere)));
    assert!(effects.contains(&offer_ended(call, 2, 1002, OfferEnd::Withdrawn)));
    let second = centre.at(13_000, Event::LegAnswered { leg: ours(call, 2) });
    assert_eq!(second, vec![ignored("leg_answered", Ignored::TooLate)]);
    assert_eq!(centre.ends(13_005, ours(call, 2), None), vec![]);
    assert_eq!(centre.state_of(1001), AgentState::Talking(call));
    assert_eq!(centre.state_of(1002), AgentState::Ready);
}

#[test]
fn offer_that_fails_does_not_stop_the_others() {
    let (mut centre, call) = both_ring();
    let expected = vec![
        offer_ended(call, 1, 1001, OfferEnd::Refused),
        ringing(call, 1, 1001, [10_000, 11_000], OfferEnd::Refused),
        becomes(1001, AgentState::NotReady(NotReadyReason::Refused)),
    ];
    assert_eq!(centre.ends(11_000, ours(call, 1), Some(603)), expected);
    assert_eq!(rung(&centre, call), [1002]);
    assert!(!centre.state.calls()[&call].waiting().expect("it waits").returned, "it never left the head");
}

#[test]
fn next_tier_is_rung_when_nobody_of_the_first_is_left() {
    let mut centre = ring_all(&[1001, 1002, 1003]);
    let call = centre.calls(10_000, "c1", "700");
    centre.ends(11_000, ours(call, 1), Some(603));
    assert_eq!(rung(&centre, call), [1002]);
    centre.ends(12_000, ours(call, 2), Some(603));
    assert_eq!(rung(&centre, call), [1003]);
    assert!(centre.state.calls()[&call].waiting().expect("it waits").returned);
}

#[test]
fn agent_who_becomes_available_joins_in() {
    let mut centre = ring_all(&[1001]);
    let call = centre.calls(10_000, "c1", "700");
    let effects = centre.asks(12_000, 1002, Ask::Ready);
    assert_eq!(effects.first(), Some(&dial(call, "c1", 10_000, 2, 1002)));
    assert_eq!(rung(&centre, call), [1001, 1002]);
    let decisions = explain(&centre.state, call).expect("it is live").decisions;
    let Some(Compared::Callers { heads, .. }) = decisions.last().map(|last| last.compared.clone()) else { panic!() };
    assert_eq!((heads.len(), heads[0].call, heads[0].ringing), (1, call, 1));
}

#[test]
fn agent_of_a_worse_tier_does_not_join_in_and_one_of_a_better_does() {
    let mut centre = ring_all(&[1001]);
    let call = centre.calls(10_000, "c1", "700");
    centre.asks(12_000, 1003, Ask::Ready);
    assert_eq!(rung(&centre, call), [1001]);
    centre.ends(13_000, ours(call, 1), Some(603));
    assert_eq!(rung(&centre, call), [1003]);
    centre.asks(14_000, 1002, Ask::Ready);
    assert_eq!(rung(&centre, call), [1003, 1002]);
}

#[test]
fn next_caller_is_rung_for_by_those_whom_the_first_lets_go() {
    let (mut centre, first) = both_ring();
    let second = centre.calls(10_500, "c2", "700");
    assert_eq!(rung(&centre, second), Vec::<u128>::new());
    centre.at(13_000, Event::LegAnswered { leg: ours(first, 1) });
    assert_eq!(rung(&centre, second), Vec::<u128>::new(), "the phone still rings for the first");
    centre.ends(13_010, ours(first, 2), None);
    assert_eq!(rung(&centre, second), [1002]);
}

#[test]
fn agent_who_is_rung_for_one_queue_is_not_rung_for_another_and_takes_its_head_when_let_go() {
    let mut settings = staffed_by(Strategy::RingAll, &AGENTS);
    settings.agents[1].queues.push(queue(701));
    let mut centre = Centre::of(settings, &[1001, 1002]);
    let first = centre.calls(10_000, "c1", "700");
    let other = centre.calls(10_500, "c2", "701");
    assert_eq!(rung(&centre, other), Vec::<u128>::new());
    centre.at(13_000, Event::LegAnswered { leg: ours(first, 1) });
    centre.ends(13_010, ours(first, 2), None);
    assert_eq!(centre.state_of(1002), AgentState::Reserved(other));
}

#[test]
fn caller_who_leaves_takes_all_offers_along() {
    let (mut centre, call) = both_ring();
    let expected = vec![
        hang_up(call, ours(call, 1), HangupReason::Normal),
        hang_up(call, ours(call, 2), HangupReason::Normal),
        destroy_bridge(call, 1),
        offer_ended(call, 1, 1001, OfferEnd::Withdrawn),
        ringing(call, 1, 1001, [10_000, 12_000], OfferEnd::Withdrawn),
        offer_ended(call, 2, 1002, OfferEnd::Withdrawn),
        ringing(call, 2, 1002, [10_000, 12_000], OfferEnd::Withdrawn),
        waited(call, 10_000, 12_000),
        ended(call, Outcome::Abandoned, Side::Caller),
        becomes(1001, AgentState::Ready),
        becomes(1002, AgentState::Ready),
    ];
    assert_eq!(centre.ends(12_000, "c1", None), expected);
}

#[test]
fn no_more_than_twenty_are_rung_and_who_fails_is_replaced() {
    let agents: Vec<(u128, u8)> = (0..25).map(|n| (2_000 + n, 1)).collect();
    let ready: Vec<u128> = agents.iter().map(|(number, _)| *number).collect();
    let mut centre = Centre::of(staffed_by(Strategy::RingAll, &agents), &ready);
    let call = centre.calls(100_000, "c1", "700");
    assert_eq!(rung(&centre, call), (2_000..2_020).collect::<Vec<_>>());
    let decision = explain(&centre.state, call).expect("it is live").decisions.remove(0);
    let Compared::Agents { candidates, more, room, .. } = decision.compared else { panic!() };
    assert_eq!((candidates.len(), more, room), (MOST_OFFERS, 5, 20), "and that shows");
    let next = centre.calls(100_001, "c2", "700");
    assert_eq!(rung(&centre, next), (2_020..2_025).collect::<Vec<_>>(), "the next caller has the others");
    centre.ends(100_002, "c2", None);
    for (n, number) in (1..).zip(2_020_u128..2_025) {
        centre.ends(100_003, ours(next, n), None);
        assert_eq!(centre.state_of(number), AgentState::Ready);
    }
    centre.ends(100_010, ours(call, 1), Some(603));
    assert_eq!(rung(&centre, call).last(), Some(&2_020));
    assert_eq!(rung(&centre, call).len(), MOST_OFFERS);
}

#[test]
fn dials_that_fail_while_others_ring_do_not_count_against_the_caller() {
    let agents: Vec<(u128, u8)> = (0..5).map(|n| (2_000 + n, 1)).collect();
    let ready: Vec<u128> = agents.iter().map(|(number, _)| *number).collect();
    let mut centre = Centre::of(staffed_by(Strategy::RingAll, &agents), &ready);
    let call = centre.calls(100_000, "c1", "700");
    centre.at(100_100, Event::LegRang { leg: ours(call, 5) });
    for n in 1..=4 {
        let order = dial_op(call, "c1", 100_000, n, 1_999 + u128::from(n));
        let why = OrderFailure::Refused { status: 500, text: String::new() };
        centre.at(100_200, Event::OrderFailed { order, why });
    }
    assert_eq!(rung(&centre, call), [2_004]);
    assert_eq!(centre.state.calls()[&call].mishaps, 0);
}

#[test]
fn strategy_that_rings_one_again_keeps_the_one_whose_phone_rings() {
    let mut centre = ring_all(&[1001, 1002]);
    let call = centre.calls(10_000, "c1", "700");
    centre.at(10_200, Event::LegRang { leg: ours(call, 2) });
    let effects = centre.at(11_000, Event::SettingsChanged(staffed_by(Strategy::Linear, &AGENTS)));
    assert_eq!(rung(&centre, call), [1002]);
    assert!(effects.contains(&offer_ended(call, 1, 1001, OfferEnd::Withdrawn)));
    assert!(effects.contains(&hang_up(call, ours(call, 1), HangupReason::Normal)));
    let back = centre.at(12_000, Event::SettingsChanged(staffed_by(Strategy::RingAll, &AGENTS)));
    assert_eq!(rung(&centre, call), [1002], "the phone of 1001 is not free yet: {back:?}");
    centre.ends(12_010, ours(call, 1), None);
    assert_eq!(rung(&centre, call), [1002, 1001]);
}

#[test]
fn strategy_that_begins_to_ring_all_brings_the_others_in() {
    let mut centre = Centre::of(staffed_by(Strategy::Linear, &AGENTS), &[1001, 1002, 1003]);
    let call = centre.calls(10_000, "c1", "700");
    assert_eq!(rung(&centre, call), [1001]);
    centre.at(11_000, Event::SettingsChanged(staffed_by(Strategy::RingAll, &AGENTS)));
    assert_eq!(rung(&centre, call), [1001, 1002]);
}

#[test]
fn two_phones_that_were_answered_while_nobody_looked_come_to_one_conversation() {
    let (mut centre, call) = both_ring();
    centre.at(11_000, Event::SwitchLost { server: SERVER });
    let party = |leg: LegId, number: Option<u128>| crate::event::LegAccount {
        leg,
        up: true,
        rings: false,
        mark: Some(mark_of(call, 700, 10_000, CallPhase::Waiting)),
        number: None,
        dialled: "700".to_owned(),
        priority: 0,
        came: None,
        endpoint: number.map(endpoint),
    };
    let legs = vec![
        party(LegId::Theirs(their("c1")), None),
        party(LegId::Ours(ours(call, 1)), Some(1001)),
        party(LegId::Ours(ours(call, 2)), Some(1002)),
    ];
    let bridges = vec![crate::event::BridgeAccount { bridge: bridge(call, 1), legs: vec![] }];
    let reachable = [1001, 1002, 1003].map(endpoint).to_vec();
    let account = Account { legs: legs.clone(), bridges, reachable: reachable.clone(), ..Account::default() };
    let effects = centre.at(12_000, Event::SwitchReturned { server: SERVER, account });
    assert_eq!(centre.state_of(1001), AgentState::Talking(call));
    assert_eq!(centre.state_of(1002), AgentState::Ready);
    assert!(effects.contains(&offer_ended(call, 2, 1002, OfferEnd::Withdrawn)));
    // The same when the state is gone as well.
    let mut centre = Centre { state: State::new(2) };
    centre.at(0, Event::SettingsChanged(staffed_by(Strategy::RingAll, &AGENTS)));
    let ringing = |mut leg: crate::event::LegAccount| {
        leg.up = matches!(leg.leg, LegId::Theirs(_));
        leg.rings = !leg.up;
        leg
    };
    let account = Account { legs: legs.into_iter().map(ringing).collect(), reachable, ..Account::default() };
    centre.at(20_000, Event::SwitchReturned { server: SERVER, account });
    assert_eq!(rung(&centre, call), [1001, 1002], "both ring on");
    centre.at(21_000, Event::LegAnswered { leg: ours(call, 2) });
    assert_eq!(centre.state_of(1002), AgentState::Talking(call));
}

#[test]
fn while_a_better_tier_rings_too_nobody_else_of_the_worse_one_joins_in() {
    let agents = [(1001, 1), (1002, 2), (1003, 2)];
    let mut centre = Centre::of(staffed_by(Strategy::RingAll, &agents), &[1002]);
    let call = centre.calls(10_000, "c1", "700");
    centre.asks(11_000, 1001, Ask::Ready);
    centre.asks(12_000, 1003, Ask::Ready);
    assert_eq!(rung(&centre, call), [1002, 1001]);
    centre.ends(13_000, ours(call, 2), Some(603));
    assert_eq!(rung(&centre, call), [1002, 1003], "the worse tier is the best that rings again");
}

#[test]
fn once_the_longest_wait_is_over_those_who_are_being_rung_ring_on_and_nobody_joins_in() {
    let mut settings = staffed_by(Strategy::RingAll, &AGENTS);
    settings.queues[0].overflow = longest(5, WayOut::Dialplan);
    let mut centre = Centre::of(settings, &[1001]);
    let call = centre.calls(10_000, "c1", "700");
    centre.at(10_100, Event::LegRang { leg: ours(call, 1) });
    centre.asks(14_000, 1002, Ask::Ready);
    assert_eq!(rung(&centre, call), [1001, 1002]);
    centre.ends(14_500, ours(call, 2), Some(603));
    assert_eq!(rung(&centre, call), [1001]);
    centre.at(15_000, Event::DeadlinePassed);
    centre.asks(16_000, 1002, Ask::Ready);
    assert_eq!(rung(&centre, call), [1001], "time is over");
    let effects = centre.ends(17_000, ours(call, 1), Some(603));
    assert!(effects.contains(&left(call, 700, Leaving::MaxWait)), "{effects:?}");
    assert_eq!(centre.state_of(1002), AgentState::Ready);
}

#[test]
fn whoever_is_given_more_time_is_rung_for_again() {
    let mut settings = staffed_by(Strategy::RingAll, &AGENTS);
    settings.queues[0].overflow = longest(5, WayOut::Dialplan);
    let mut centre = Centre::of(settings.clone(), &[1001]);
    let call = centre.calls(10_000, "c1", "700");
    centre.at(15_000, Event::DeadlinePassed);
    settings.queues[0].overflow = longest(60, WayOut::Dialplan);
    centre.at(16_000, Event::SettingsChanged(settings));
    centre.asks(17_000, 1002, Ask::Ready);
    assert_eq!(rung(&centre, call), [1001, 1002]);
}
