//! Callers who are put at the head of their queue by order.

use model::explain::{Compared, Decision};
use model::queue::{Strategy, WayOut};
use model::{AgentState, CallAsk, OfferEnd, UserId};

use super::choosing::{arrives, decisions, served, staffed_by};
use super::failing::refused;
use super::overflowing::{OTHER, longest, with};
use super::*;
use crate::explain::{explain, verify};

/// Who gives the orders.
pub(super) const SUPERVISOR: Actor = Actor::User(UserId(Uuid::from_u128(7)));

pub(super) const TO_HEAD: CallAsk = CallAsk::ToHead;

impl Centre {
    /// A supervisor gives an order on a call.
    pub(super) fn orders(&mut self, ms: i64, call: CallId, ask: CallAsk) -> Vec<Effect> {
        self.at(ms, Event::CallAsked { call, ask, by: SUPERVISOR })
    }

    /// A caller with a priority dials a number.
    pub(super) fn calls_first(&mut self, ms: i64, leg: &str, dialled: &str, priority: u8) -> CallId {
        self.at(ms, arrives(leg, dialled, priority));
        self.state.call_of(&their(leg)).expect("the caller waits").id
    }
}

/// That an order was carried out.
pub(super) fn asked(call: CallId, ask: CallAsk) -> Effect {
    Effect::Record(Fact::CallAsked { call, ask, by: SUPERVISOR })
}

pub(super) fn not_done(why: Ignored) -> Vec<Effect> {
    vec![ignored("call_asked", why)]
}

fn place(centre: &Centre, call: CallId) -> (u32, bool) {
    let waits = explain(&centre.state, call).and_then(|why| why.waits).expect("it waits");
    (waits.place, waits.at_head)
}

#[test]
fn caller_at_the_head_is_served_before_a_higher_priority() {
    let mut centre = Centre::opened();
    centre.calls_first(10_000, "c1", "700", 9);
    centre.calls(11_000, "c2", "700");
    let last = centre.calls(12_000, "c3", "700");
    assert_eq!(place(&centre, last), (3, false));
    assert_eq!(centre.orders(13_000, last, TO_HEAD), vec![asked(last, TO_HEAD)]);
    assert_eq!(place(&centre, last), (1, true));
    centre.calls_first(14_000, "c4", "700", 200);
    assert_eq!(served(&mut centre, 20_000), ["c3", "c4", "c1", "c2"]);
}

#[test]
fn latest_of_two_orders_comes_first_also_in_the_same_millisecond_and_over_all_queues() {
    let mut centre = Centre::opened();
    let calls =
        [("c1", "700"), ("c2", "701"), ("c3", "700"), ("c4", "701")].map(|(leg, number)| centre.calls(10_000, leg, number));
    for n in [0, 1, 2] {
        centre.orders(13_000, calls[n], TO_HEAD);
    }
    assert_eq!(served(&mut centre, 20_000), ["c3", "c2", "c1", "c4"]);
}

#[test]
fn order_that_is_the_latest_already_is_not_given_twice() {
    let mut centre = Centre::opened();
    let (first, second) = (centre.calls(10_000, "c1", "700"), centre.calls(11_000, "c2", "700"));
    centre.orders(13_000, first, TO_HEAD);
    assert_eq!(centre.orders(13_001, first, TO_HEAD), not_done(Ignored::AlreadySo));
    centre.orders(13_002, second, TO_HEAD);
    assert_eq!(centre.orders(13_003, first, TO_HEAD), vec![asked(first, TO_HEAD)]);
    assert_eq!(served(&mut centre, 20_000), ["c1", "c2"]);
}

#[test]
fn caller_for_whom_a_phone_rings_comes_first_should_it_not_be_answered() {
    let (mut centre, call) = Centre::ringing();
    centre.calls_first(10_300, "c2", "700", 9);
    assert_eq!(centre.orders(11_000, call, TO_HEAD), vec![asked(call, TO_HEAD)]);
    assert_eq!(centre.state_of(1001), AgentState::Ringing(call), "it rings on");
    centre.ends(12_000, ours(call, 1), Some(603));
    assert_eq!(served(&mut centre, 20_000), ["c1", "c2"]);
}

#[test]
fn agent_who_becomes_available_joins_in_for_the_caller_at_the_head() {
    let mut centre = Centre::of(staffed_by(Strategy::RingAll, &[(1001, 1), (1002, 1), (1003, 1)]), &[1002]);
    let call = centre.calls(10_000, "c1", "700");
    let urgent = centre.calls_first(11_000, "c2", "700", 9);
    centre.orders(12_000, call, TO_HEAD);
    centre.asks(13_000, 1001, Ask::Ready);
    assert_eq!(centre.state_of(1001), AgentState::Reserved(call));
    centre.orders(14_000, urgent, TO_HEAD);
    centre.asks(15_000, 1003, Ask::Ready);
    assert_eq!(centre.state_of(1003), AgentState::Reserved(urgent));
}

#[test]
fn who_talks_or_is_unknown_cannot_be_put_at_the_head() {
    let (mut centre, call) = Centre::talking();
    assert_eq!(centre.orders(14_000, call, TO_HEAD), not_done(Ignored::NotInThisState));
    centre.at(15_000, Event::LegHeld { leg: LegId::Ours(ours(call, 1)) });
    assert_eq!(centre.orders(16_000, call, TO_HEAD), not_done(Ignored::NotInThisState));
    centre.ends(17_000, "c1", None);
    assert_eq!(centre.orders(17_001, call, TO_HEAD), not_done(Ignored::UnknownCall));
}

#[test]
fn answer_that_is_undone_leaves_the_caller_at_the_head() {
    let (mut centre, call) = Centre::ringing();
    centre.orders(11_000, call, TO_HEAD);
    centre.at(13_000, Event::LegAnswered { leg: ours(call, 1) });
    centre.calls_first(13_500, "c2", "700", 9);
    let order = Op::Join { bridge: bridge(call, 1), legs: vec![] };
    centre.at(14_000, Event::OrderFailed { order, why: refused() });
    assert_eq!(place(&centre, call), (1, true));
}

#[test]
fn rule_that_leads_into_another_queue_leads_behind_whoever_waits_there() {
    let mut centre = with(longest(5, OTHER), &[]);
    centre.calls(9_000, "c0", "701");
    let call = centre.calls(10_000, "c1", "700");
    centre.orders(11_000, call, TO_HEAD);
    centre.deadline(15_000);
    assert_eq!(place(&centre, call), (2, false), "the order was about the other queue");
}

#[test]
fn head_does_not_outstay_the_longest_wait() {
    let mut centre = with(longest(5, WayOut::Dialplan), &[]);
    let call = centre.calls(10_000, "c1", "700");
    centre.orders(11_000, call, TO_HEAD);
    assert!(centre.deadline(15_000).contains(&left(call, 700, Leaving::MaxWait)));
}

#[test]
fn choice_records_the_order_and_follows_from_it_alone() {
    let mut centre = Centre::opened();
    centre.calls_first(10_000, "c1", "700", 9);
    let call = centre.calls(11_000, "c2", "701");
    centre.orders(12_000, call, TO_HEAD);
    centre.asks(13_000, 1001, Ask::Ready);
    let decision = decisions(&centre, call).remove(0);
    let Compared::Callers { heads, more } = decision.compared.clone() else { panic!("{decision:?}") };
    assert_eq!(heads.iter().map(|head| head.at_head).collect::<Vec<_>>(), [Some(1), None]);
    let mut without = heads;
    without[0].at_head = None;
    let without = Decision { compared: Compared::Callers { heads: without, more }, ..decision };
    assert!(verify(&without, call).is_err(), "the other has the higher priority");
}

#[test]
fn choice_of_an_earlier_build_was_made_without_orders() {
    let mut centre = Centre::opened();
    let call = centre.calls(11_000, "c1", "701");
    centre.asks(13_000, 1001, Ask::Ready);
    let decision = decisions(&centre, call).remove(0);
    let mut written = serde_json::to_value(&decision).expect("a choice can be written");
    let head = written.pointer_mut("/compared/Callers/heads/0").and_then(|head| head.as_object_mut()).expect("a head");
    assert!(head.remove("at_head").is_some());
    assert_eq!(serde_json::from_value::<Decision>(written).expect("a choice can be read"), decision);
}

#[test]
fn state_that_was_kept_has_the_order_and_one_of_an_earlier_build_has_none() {
    let mut centre = Centre::opened();
    centre.calls_first(10_000, "c1", "700", 9);
    let call = centre.calls(11_000, "c2", "700");
    centre.orders(12_000, call, TO_HEAD);
    let mut written = serde_json::to_value(&centre.state).expect("a state can be written");
    let read: State = serde_json::from_value(written.clone()).expect("a state can be read");
    assert_eq!(read, centre.state);
    assert!(written.as_object_mut().and_then(|state| state.remove("heads")).is_some());
    let calls = written.pointer_mut("/calls").and_then(|calls| calls.as_object_mut()).expect("calls");
    for call in calls.values_mut().filter_map(|call| call.as_object_mut()) {
        assert!(call.remove("at_head").is_some());
    }
    let earlier: crate::FirstForm = serde_json::from_value(written).expect("a state of an earlier build can be read");
    let earlier = State::from(earlier);
    assert_eq!(check(&earlier), Vec::<String>::new());
    assert_eq!(served(&mut Centre { state: earlier }, 20_000), ["c1", "c2"]);
}

#[test]
fn offer_that_fails_at_the_head_counts_as_it_always_does() {
    let (mut centre, call) = Centre::ringing();
    centre.orders(11_000, call, TO_HEAD);
    assert!(centre.ends(12_000, ours(call, 1), Some(603)).contains(&offer_ended(call, 1, 1001, OfferEnd::Refused)));
}
