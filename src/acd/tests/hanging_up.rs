//! Calls that are hung up by order.

use model::queue::Strategy;
use model::{AgentState, CallAsk, NotReadyReason, OfferEnd, SegmentKind};

use super::failing::refused;
use super::heading::{asked, not_done};
use super::*;
use crate::event::OrderFailure;

const HANG_UP: CallAsk = CallAsk::HangUp;

#[test]
fn caller_who_waits_has_abandoned_by_a_supervisors_doing() {
    let mut centre = Centre::opened();
    let call = centre.calls(10_000, "c1", "700");
    let expected = vec![
        hang_up(call, "c1", HangupReason::Normal),
        asked(call, HANG_UP),
        waited(call, 10_000, 15_000),
        ended(call, Outcome::Abandoned, Side::Supervisor),
    ];
    assert_eq!(centre.orders(15_000, call, HANG_UP), expected);
    assert_eq!(centre.state.today().abandoned, 1);
    assert_eq!(centre.ends(15_100, "c1", None), vec![], "its end is expected");
    assert_eq!(centre.state.legs().len(), 0);
}

#[test]
fn offer_is_withdrawn_and_the_agent_stands_where_they_stood() {
    let (mut centre, call) = Centre::ringing();
    let expected = vec![
        hang_up(call, "c1", HangupReason::Normal),
        hang_up(call, ours(call, 1), HangupReason::Normal),
        destroy_bridge(call, 1),
        asked(call, HANG_UP),
        offer_ended(call, 1, 1001, OfferEnd::Withdrawn),
        ringing(call, 1, 1001, [10_000, 12_000], OfferEnd::Withdrawn),
        waited(call, 10_000, 12_000),
        ended(call, Outcome::Abandoned, Side::Supervisor),
        becomes(1001, AgentState::Ready),
    ];
    assert_eq!(centre.orders(12_000, call, HANG_UP), expected);
    assert_eq!(centre.state.agents()[&agent(1001)].idle_since, Timestamp::from_ms(1_000));
}

#[test]
fn all_phones_that_ring_for_the_caller_are_let_go() {
    let mut settings = settings();
    settings.queues[0].strategy = Strategy::RingAll;
    let mut centre = Centre::of(settings, &[1001, 1002]);
    let call = centre.calls(10_000, "c1", "700");
    let effects = centre.orders(12_000, call, HANG_UP);
    for (n, number) in [(1, 1001), (2, 1002)] {
        assert!(effects.contains(&hang_up(call, ours(call, n), HangupReason::Normal)));
        assert!(effects.contains(&offer_ended(call, n, number, OfferEnd::Withdrawn)));
        assert_eq!(centre.state_of(number), AgentState::Ready);
    }
}

#[test]
fn conversation_ends_on_both_sides_and_counts_as_one() {
    let (mut centre, call) = Centre::talking();
    let expected = vec![
        hang_up(call, "c1", HangupReason::Normal),
        hang_up(call, ours(call, 1), HangupReason::Normal),
        destroy_bridge(call, 1),
        asked(call, HANG_UP),
        spent(call, SegmentKind::Talk, 1001, 13_000, 30_000),
        ended(call, Outcome::Answered, Side::Supervisor),
        becomes(1001, wrap_up(call, 35_000)),
    ];
    assert_eq!(centre.orders(30_000, call, HANG_UP), expected);
    assert_eq!(centre.ends(30_050, "c1", None), vec![]);
    assert_eq!(centre.ends(30_060, ours(call, 1), None), vec![]);
    assert_eq!((centre.state.legs().len(), centre.state.today().answered, centre.state.today().abandoned), (0, 1, 0));
}

#[test]
fn caller_on_hold_is_hung_up_and_the_agents_wish_is_kept() {
    let (mut centre, call) = Centre::talking();
    centre.at(20_000, Event::LegHeld { leg: LegId::Ours(ours(call, 1)) });
    centre.asks(21_000, 1001, Ask::NotReady(NotReadyReason::Lunch));
    let effects = centre.orders(30_000, call, HANG_UP);
    assert!(effects.contains(&spent(call, SegmentKind::Hold, 1001, 20_000, 30_000)));
    assert!(effects.contains(&ended(call, Outcome::Answered, Side::Supervisor)));
    assert_eq!(centre.state_of(1001), AgentState::NotReady(NotReadyReason::Lunch));
}

#[test]
fn call_that_is_over_or_never_was_cannot_be_hung_up() {
    let mut centre = Centre::opened();
    let call = centre.calls(10_000, "c1", "700");
    centre.orders(11_000, call, HANG_UP);
    assert_eq!(centre.orders(11_001, call, HANG_UP), not_done(Ignored::UnknownCall), "twice");
    assert_eq!(centre.orders(12_000, CallId(Uuid::nil()), HANG_UP), not_done(Ignored::UnknownCall));
    let gone = centre.calls(13_000, "c2", "700");
    centre.ends(14_000, "c2", None);
    assert_eq!(centre.orders(14_001, gone, HANG_UP), not_done(Ignored::UnknownCall), "the caller was quicker");
}

#[test]
fn answer_in_the_same_instant_comes_too_late() {
    let (mut centre, call) = Centre::ringing();
    centre.orders(12_000, call, HANG_UP);
    assert_eq!(centre.at(12_000, Event::LegAnswered { leg: ours(call, 1) }), vec![ignored("leg_answered", Ignored::TooLate)]);
    assert_eq!(centre.ends(12_050, ours(call, 1), None), vec![]);
    assert_eq!(centre.state_of(1001), AgentState::Ready);
}

#[test]
fn answer_before_the_order_makes_it_a_conversation() {
    let (mut centre, call) = Centre::ringing();
    centre.at(12_000, Event::LegAnswered { leg: ours(call, 1) });
    assert!(centre.orders(12_000, call, HANG_UP).contains(&ended(call, Outcome::Answered, Side::Supervisor)));
}

#[test]
fn leg_that_does_not_go_is_hung_up_again() {
    let mut centre = Centre::opened();
    let call = centre.calls(10_000, "c1", "700");
    centre.orders(11_000, call, HANG_UP);
    let order = Op::Hangup { leg: LegId::Theirs(their("c1")), reason: HangupReason::Normal };
    centre.at(11_010, Event::OrderFailed { order: order.clone(), why: refused() });
    assert_eq!(centre.at(16_000, Event::DeadlinePassed), vec![order_leg("c1", order)]);
}

#[test]
fn order_while_the_way_is_lost_is_carried_out_when_it_is_back() {
    let (mut centre, call) = Centre::talking();
    let mark = Mark { since: Timestamp::from_ms(13_000), ..mark_of(call, 700, 10_000, model::CallPhase::Talking) };
    centre.at(20_000, Event::SwitchLost { server: SERVER });
    for effect in centre.orders(21_000, call, HANG_UP) {
        if let Effect::Switch(Order { op, .. }) = effect {
            centre.at(21_000, Event::OrderFailed { order: op, why: OrderFailure::Unknown });
        }
    }
    let together = BridgeAccount { bridge: bridge(call, 1), legs: vec![LegId::Theirs(their("c1")), LegId::Ours(ours(call, 1))] };
    let legs = vec![caller_there("c1", mark), phone_there(ours(call, 1), true, 1001)];
    let effects = centre.at(22_000, returns(legs, vec![together]));
    let caller = Op::Hangup { leg: LegId::Theirs(their("c1")), reason: HangupReason::Normal };
    for expected in [order_leg("c1", caller), hang_up(call, ours(call, 1), HangupReason::Normal), destroy_bridge(call, 1)] {
        assert!(effects.contains(&expected), "{expected:?} is not among {effects:?}");
    }
    assert_eq!(centre.state.calls().len(), 0);
}

#[test]
fn queue_that_left_the_settings_is_forgotten_with_its_last_conversation() {
    let (mut centre, call) = Centre::talking();
    let mut closed = settings();
    closed.queues.remove(0);
    closed.agents.iter_mut().for_each(|agent| agent.queues.retain(|served| *served == queue(701)));
    centre.at(20_000, Event::SettingsChanged(closed));
    assert!(centre.state.queues()[&queue(700)].retired);
    centre.orders(21_000, call, HANG_UP);
    assert!(!centre.state.queues().contains_key(&queue(700)));
}
