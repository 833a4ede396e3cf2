//! Phones on which there is another call than ours: what Asterisk's own queue gave them, what only an account tells.

use model::AgentState;
use model::fact::FallbackCall;
use model::wallboard::Block;

use super::phones::{alone, blocked, is_offered, says};
use super::*;

#[test]
fn phone_with_another_call_beside_a_leg_of_ours_is_not_rung_when_ours_has_ended() {
    let mut centre = alone();
    let call = centre.calls(2_000, "c1", "700");
    assert_eq!(centre.state_of(1001), AgentState::Reserved(call));
    centre.at(2_001, Event::SwitchLost { server: SERVER });
    let mark = mark_of(call, 700, 2_000, CallPhase::Waiting);
    let silent = LegAccount { rings: false, ..phone_there(ours(call, 1), false, 1001) };
    let phones = || vec![endpoint(1001)];
    let legs = vec![caller_there("c1", mark), silent];
    let account = Account { legs, reachable: phones(), in_use: phones(), others: phones(), ..Account::default() };
    centre.at(5_000, Event::SwitchReturned { server: SERVER, account });
    assert_eq!(blocked(&centre, 1001), Some(Block::PrivateCall));
    centre.ends(5_010, ours(call, 1), None);
    assert_eq!(blocked(&centre, 1001), Some(Block::PrivateCall), "ours has ended, the other has not");
    assert_eq!(centre.state_of(1001), AgentState::Ready);
    centre.at(9_000, says(1001, true, false));
    assert_eq!(centre.state_of(1001), AgentState::Reserved(call));
}

#[test]
fn phone_on_which_a_leg_was_hung_up_at_the_return_is_not_taken_for_ours_when_it_is_in_use_again() {
    let mut centre = alone();
    centre.at(2_000, Event::SwitchLost { server: SERVER });
    let call = CallId(Uuid::from_u128(42));
    let stray = phone_there(ours(call, 1), false, 1001);
    let phones = || vec![endpoint(1001)];
    let account = Account { legs: vec![stray], reachable: phones(), in_use: phones(), ..Account::default() };
    centre.at(5_000, Event::SwitchReturned { server: SERVER, account });
    centre.at(5_005, says(1001, true, false));
    centre.ends(5_010, ours(call, 1), None);
    centre.at(5_100, says(1001, true, true));
    assert_eq!(blocked(&centre, 1001), Some(Block::PrivateCall), "ours was told to be over");
}

#[test]
fn phone_that_asterisks_own_queue_has_rung_first_is_left_in_peace_and_nobody_is_blamed() {
    let mut centre = alone();
    let call = centre.calls(10_000, "c1", "700");
    let leg = ours(call, 1);
    let mark = mark_of(call, 700, 10_000, CallPhase::Offered);
    let order = Op::Dial { leg, endpoint: endpoint(1001), caller: their("c1"), give_up_after: Span::from_secs(25), mark };
    centre.at(10_120, says(1001, true, true));
    let effects = centre.at(10_130, Event::OrderFailed { order, why: crate::event::OrderFailure::InUse });
    assert!(effects.contains(&offer_ended(call, 1, 1001, OfferEnd::Busy)), "{effects:?}");
    assert!(effects.contains(&hang_up(call, leg, HangupReason::Normal)));
    assert_eq!(centre.state_of(1001), AgentState::Ready);
    centre.ends(10_140, leg, None);
    assert_eq!(blocked(&centre, 1001), Some(Block::Resting));
    centre.deadline(11_140);
    assert_eq!(blocked(&centre, 1001), Some(Block::PrivateCall));
    assert!(centre.at(15_000, says(1001, true, false)).contains(&dial(call, "c1", 10_000, 2, 1001)));
}

#[test]
fn call_that_the_fallback_gave_an_agent_blocks_them_by_its_name() {
    let mut centre = alone();
    centre.at(2_000, Event::SwitchLost { server: SERVER });
    let reachable = vec![endpoint(1001), endpoint(1002)];
    let account = Account { reachable, in_use: vec![endpoint(1001)], ..Account::default() };
    centre.at(3_000, Event::SwitchReturned { server: SERVER, account });
    assert_eq!(blocked(&centre, 1001), Some(Block::PrivateCall), "nobody has told whose call it is");
    let call = |ended: Option<i64>| FallbackCall {
        leg: their("f1"),
        call: None,
        dialled: "700".to_owned(),
        number: None,
        began: Timestamp::from_ms(2_500),
        agent: Some("1001".to_owned()),
        answered: Some(Timestamp::from_ms(2_600)),
        ended: ended.map(Timestamp::from_ms),
    };
    centre.state.take_changes();
    centre.at(3_010, Event::FallbackReported { server: SERVER, calls: vec![call(None)] });
    assert_eq!(blocked(&centre, 1001), Some(Block::FallbackCall));
    let told = centre.state.take_changes();
    assert!(told.iter().any(|change| matches!(change, model::wallboard::Change::Agent(id, _) if *id == agent(1001))));
    let waits = centre.calls(4_000, "c1", "700");
    assert_eq!(centre.state_of(1001), AgentState::Ready);
    centre.at(5_010, Event::FallbackReported { server: SERVER, calls: vec![call(Some(5_000))] });
    assert_eq!(blocked(&centre, 1001), Some(Block::PrivateCall), "the phone has not said that it is free");
    centre.at(5_015, says(1001, true, false));
    assert!(is_offered(&centre, waits, 1001));
}
