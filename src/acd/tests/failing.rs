//! Orders that were not carried out.

use model::{AgentState, CallPhase, NotReadyReason, OfferEnd, Outcome, SegmentKind, Side};

use super::*;
use crate::event::OrderFailure;

const GONE: OrderFailure = OrderFailure::Gone;

pub(super) fn refused() -> OrderFailure {
    OrderFailure::Refused { status: 500, text: "Internal Server Error".to_owned() }
}

pub(super) fn failed(order: &str, why: &str) -> Effect {
    Effect::Record(Fact::OrderFailed { order: order.to_owned(), why: why.to_owned() })
}

fn dialled(centre: &mut Centre) -> CallId {
    centre.asks(1_000, 1001, Ask::Ready);
    centre.calls(10_000, "c1", "700")
}

#[test]
fn dial_to_a_phone_that_cannot_be_reached_ends_the_offer() {
    let mut centre = Centre::opened();
    let call = dialled(&mut centre);
    let order = dial_op(call, "c1", 10_000, 1, 1001);
    let expected = vec![
        failed(&format!("dial {} at 1001", ours(call, 1)), "the phone cannot be reached"),
        offer_ended(call, 1, 1001, OfferEnd::Unreachable),
        ringing(call, 1, 1001, [10_000, 10_002], OfferEnd::Unreachable),
        becomes(1001, AgentState::NotReady(NotReadyReason::NoAnswer)),
    ];
    assert_eq!(centre.at(10_002, Event::OrderFailed { order, why: OrderFailure::Unreachable }), expected);
}

#[test]
fn dial_that_was_refused_is_not_held_against_the_agent_whose_phone_is_left_in_peace_for_a_while() {
    let mut centre = Centre::opened();
    let call = dialled(&mut centre);
    let order = dial_op(call, "c1", 10_000, 1, 1001);
    let expected = vec![
        hang_up(call, ours(call, 1), HangupReason::Normal),
        failed(&format!("dial {} at 1001", ours(call, 1)), "refused with 500: Internal Server Error"),
        offer_ended(call, 1, 1001, OfferEnd::SwitchError),
        ringing(call, 1, 1001, [10_000, 10_002], OfferEnd::SwitchError),
        becomes(1001, AgentState::Ready),
    ];
    assert_eq!(centre.at(10_002, Event::OrderFailed { order, why: refused() }), expected);
    assert_eq!(centre.ends(10_003, ours(call, 1), None), vec![], "not dialled again at once");
    let again = vec![dial(call, "c1", 10_000, 2, 1001), becomes(1001, AgentState::Reserved(call)), offered(call, 2, 1001)];
    assert_eq!(centre.deadline(15_002), again);
}

#[test]
fn dial_that_was_refused_lets_the_next_agent_be_tried_at_once() {
    let mut centre = Centre::staffed();
    let call = centre.calls(10_000, "c1", "700");
    let order = dial_op(call, "c1", 10_000, 1, 1001);
    let effects = centre.at(10_002, Event::OrderFailed { order, why: refused() });
    assert!(effects.contains(&dial(call, "c1", 10_000, 2, 1002)));
    assert_eq!(centre.state_of(1001), AgentState::Ready);
    let next = centre.calls(10_003, "c2", "700");
    assert_eq!(centre.state.calls().get(&next).map(crate::call::Call::is_alone), Some(true), "nobody can be rung now");
}

#[test]
fn caller_whom_asterisk_fails_three_times_goes_back_to_the_dialplan() {
    let mut centre = Centre::opened();
    let call = dialled(&mut centre);
    for n in 1..3 {
        let order = dial_op(call, "c1", 10_000, n, 1001);
        let failed_at = 10_000 + 5_000 * i64::from(n - 1);
        centre.at(failed_at, Event::OrderFailed { order, why: refused() });
        centre.ends(failed_at + 1, ours(call, n), None);
        assert!(centre.deadline(failed_at + 5_000).contains(&dial(call, "c1", 10_000, n + 1, 1001)));
    }
    let order = dial_op(call, "c1", 10_000, 3, 1001);
    let effects = centre.at(20_001, Event::OrderFailed { order, why: refused() });
    assert!(effects.contains(&give_up(call, "c1")));
    assert!(effects.contains(&left(call, 700, Leaving::Mishaps)));
    assert!(effects.contains(&ended(call, Outcome::Returned, Side::Switch)));
    assert_eq!(centre.state_of(1001), AgentState::Ready);
}

#[test]
fn dial_of_unknown_fate_is_left_to_the_offers_own_deadline() {
    let mut centre = Centre::opened();
    let call = dialled(&mut centre);
    let order = dial_op(call, "c1", 10_000, 1, 1001);
    let why = "the way to Asterisk was lost before the answer came";
    let expected = vec![failed(&format!("dial {} at 1001", ours(call, 1)), why)];
    assert_eq!(centre.at(10_002, Event::OrderFailed { order, why: OrderFailure::Unknown }), expected);
    assert_eq!(centre.state_of(1001), AgentState::Reserved(call));
}

#[test]
fn dial_that_fails_after_it_was_taken_back_frees_the_line() {
    let mut centre = Centre::opened();
    let call = dialled(&mut centre);
    centre.ends(10_001, "c1", None);
    let next = centre.calls(10_002, "c2", "700");
    let order = dial_op(call, "c1", 10_000, 1, 1001);
    centre.at(10_003, Event::OrderFailed { order, why: GONE });
    assert_eq!(centre.state_of(1001), AgentState::Reserved(next));
}

#[test]
fn answer_to_a_caller_who_is_gone_ends_the_call() {
    let mut centre = Centre::opened();
    let call = centre.calls(10_000, "c1", "700");
    let expected =
        vec![failed("answer c1", "it is gone"), waited(call, 10_000, 10_001), ended(call, Outcome::Abandoned, Side::Caller)];
    let order = Op::Answer { leg: their("c1") };
    assert_eq!(centre.at(10_001, Event::OrderFailed { order: order.clone(), why: GONE }), expected);
    let late = centre.at(10_002, Event::OrderFailed { order, why: GONE });
    assert_eq!(late, vec![failed("answer c1", "it is gone")]);
}

#[test]
fn any_order_to_a_caller_who_is_gone_tells_of_the_end() {
    let (mut centre, call) = Centre::ringing();
    let order = Op::StopMusic { leg: LegId::Theirs(their("c1")) };
    let effects = centre.at(11_000, Event::OrderFailed { order, why: GONE });
    assert!(effects.contains(&ended(call, Outcome::Abandoned, Side::Caller)));
    assert!(effects.contains(&hang_up(call, ours(call, 1), HangupReason::Normal)));
}

#[test]
fn join_that_fails_lets_the_agent_go_and_brings_the_caller_back_to_the_head() {
    let (mut centre, call) = Centre::talking();
    let legs = vec![LegId::Theirs(their("c1")), LegId::Ours(ours(call, 1))];
    let join = Op::Join { bridge: bridge(call, 1), legs };
    let back = Mark { since: Timestamp::from_ms(13_010), ..mark_of(call, 700, 10_000, CallPhase::Waiting) };
    let expected = vec![
        hang_up(call, ours(call, 1), HangupReason::Normal),
        destroy_bridge(call, 1),
        start_music(call, "c1"),
        order(call, Op::Mark { leg: LegId::Theirs(their("c1")), mark: back }),
        stamp(call, "c1", 10_000, Outcome::Abandoned),
        guard(call, "c1"),
        failed(&format!("join {}", bridge(call, 1)), "refused with 500: Internal Server Error"),
        spent(call, SegmentKind::Talk, 1001, 13_000, 13_010),
        Effect::Record(Fact::AnswerUndone { call }),
        becomes(1001, AgentState::Ready),
    ];
    assert_eq!(centre.at(13_010, Event::OrderFailed { order: join, why: refused() }), expected);
    assert_eq!(centre.state.today().answered, 0);
    assert_eq!(centre.state.calls()[&call].waiting().map(|waiting| waiting.returned), Some(true), "before all who come anew");
    let mut redial = dial_op(call, "c1", 10_000, 2, 1001);
    if let Op::Dial { mark, .. } = &mut redial {
        mark.since = Timestamp::from_ms(13_010);
    }
    let again = vec![order(call, redial), becomes(1001, AgentState::Reserved(call)), offered(call, 2, 1001)];
    assert_eq!(centre.ends(13_020, ours(call, 1), None), again);
    let answered = centre.at(14_000, Event::LegAnswered { leg: ours(call, 2) });
    assert_eq!(answered.first(), Some(&create_bridge(call, 2)), "a bridge's id is used once");
}

#[test]
fn join_of_unknown_fate_is_given_again_after_a_second() {
    let (mut centre, call) = Centre::talking();
    let legs = vec![LegId::Theirs(their("c1")), LegId::Ours(ours(call, 1))];
    let order = Op::Join { bridge: bridge(call, 1), legs };
    centre.at(13_010, Event::OrderFailed { order, why: OrderFailure::Unknown });
    assert_eq!(centre.deadline(14_010), vec![join(call, 1, "c1", ours(call, 1))]);
}

#[test]
fn bridge_that_could_not_be_made_is_made_under_another_id() {
    let (mut centre, call) = Centre::ringing();
    let order = Op::CreateBridge { bridge: bridge(call, 1) };
    centre.at(10_210, Event::OrderFailed { order, why: refused() });
    let effects = centre.at(11_000, Event::LegAnswered { leg: ours(call, 1) });
    assert_eq!(effects.first(), Some(&create_bridge(call, 2)));
}

#[test]
fn caller_whom_the_dialplan_does_not_take_back_is_hung_up() {
    let mut centre = Centre::opened();
    centre.at(10_000, arrived("c1", "799"));
    let order = Op::Continue { leg: their("c1"), exit: Exit::Returned };
    let hangup = Op::Hangup { leg: LegId::Theirs(their("c1")), reason: HangupReason::Normal };
    let expected = vec![order_leg("c1", hangup), failed("continue c1", "refused with 500: Internal Server Error")];
    assert_eq!(centre.at(10_010, Event::OrderFailed { order, why: refused() }), expected);
}

#[test]
fn caller_who_does_not_leave_is_sent_again_twice_and_then_forgotten() {
    let mut centre = Centre::opened();
    centre.at(10_000, arrived("c1", "799"));
    let back = order_leg("c1", Op::Continue { leg: their("c1"), exit: Exit::Returned });
    assert_eq!(centre.deadline(15_000), vec![lift_from_leg("c1"), back.clone()]);
    assert_eq!(centre.deadline(20_000), vec![lift_from_leg("c1"), back]);
    assert_eq!(centre.deadline(25_000), vec![]);
    assert_eq!(crate::next_deadline(&centre.state), None);
}

#[test]
fn orders_that_nothing_depends_on_are_only_booked() {
    let (mut centre, call) = Centre::ringing();
    let caller = LegId::Theirs(their("c1"));
    let prompt = model::PromptId { server: SERVER, call, n: 1 };
    let stamped = Stamp {
        call,
        queue: "700".to_owned(),
        outcome: Outcome::Abandoned,
        entered: Timestamp::from_ms(10_000),
        agent: None,
        answered: None,
    };
    let table = [
        (Op::DestroyBridge { bridge: bridge(call, 1) }, format!("destroy_bridge {}", bridge(call, 1))),
        (Op::Play { leg: caller.clone(), prompt, media: "sound:beep".to_owned() }, "play c1".to_owned()),
        (Op::Stamp { leg: their("c1"), stamp: stamped }, "stamp c1".to_owned()),
        (Op::Mark { leg: caller.clone(), mark: mark_of(call, 700, 10_000, CallPhase::Waiting) }, "mark c1".to_owned()),
        (Op::Hangup { leg: caller, reason: HangupReason::Normal }, "hangup c1".to_owned()),
    ];
    for (order, words) in table {
        let effects = centre.at(11_000, Event::OrderFailed { order, why: refused() });
        assert_eq!(effects, vec![failed(&words, "refused with 500: Internal Server Error")]);
    }
}
