//! A phone carries no leg but ours: private calls, calls of the fallback, phones that are busy, silent or gone.

use model::fact::Ignored;
use model::wallboard::Block;
use model::{AgentState, NotReadyReason, OfferEnd};

use super::*;

const NO_ANSWER: AgentState = AgentState::NotReady(NotReadyReason::NoAnswer);

pub(super) fn says(number: u128, reachable: bool, in_use: bool) -> Event {
    Event::EndpointChanged { endpoint: endpoint(number), reachable, in_use }
}

pub(super) fn said(number: u128, reachable: bool, in_use: bool) -> Effect {
    Effect::Record(Fact::EndpointChanged { endpoint: endpoint(number), reachable, in_use })
}

pub(super) fn blocked(centre: &Centre, number: u128) -> Option<Block> {
    crate::wallboard::agent_row(&centre.state, agent(number)).expect("a row").blocked
}

/// Agent 1001 alone, ready since the first second.
pub(super) fn alone() -> Centre {
    let mut centre = Centre::opened();
    centre.asks(1_000, 1001, Ask::Ready);
    centre
}

pub(super) fn is_offered(centre: &Centre, call: CallId, number: u128) -> bool {
    centre.state_of(number) == AgentState::Reserved(call)
}

#[test]
fn private_call_blocks_every_offer_and_its_end_serves_the_agent_at_once() {
    let mut centre = alone();
    assert_eq!(centre.at(5_000, says(1001, true, true)), vec![said(1001, true, true)]);
    assert_eq!((centre.state_of(1001), blocked(&centre, 1001)), (AgentState::Ready, Some(Block::PrivateCall)));
    let call = centre.calls(10_000, "c1", "700");
    assert_eq!(centre.state_of(1001), AgentState::Ready);
    let expected = vec![
        dial(call, "c1", 10_000, 1, 1001),
        said(1001, true, false),
        becomes(1001, AgentState::Reserved(call)),
        offered(call, 1, 1001),
    ];
    assert_eq!(centre.at(12_000, says(1001, true, false)), expected);
    assert_eq!(blocked(&centre, 1001), None);
}

#[test]
fn private_call_of_one_agent_leaves_the_caller_to_the_next() {
    let mut centre = Centre::staffed();
    centre.at(5_000, says(1001, true, true));
    let call = centre.calls(10_000, "c1", "700");
    assert!(is_offered(&centre, call, 1002));
}

#[test]
fn our_own_leg_is_no_private_call_and_the_next_one_does_not_wait_for_the_phone_to_say_that_it_is_free() {
    let (mut centre, call) = Centre::ringing();
    assert_eq!(centre.at(10_207, says(1001, true, true)), vec![said(1001, true, true)]);
    let next = centre.calls(11_000, "c2", "700");
    centre.ends(12_000, "c1", None);
    assert!(centre.ends(12_010, ours(call, 1), Some(487)).contains(&dial(next, "c2", 11_000, 1, 1001)));
    assert_eq!(centre.at(12_015, says(1001, true, false)), vec![said(1001, true, false)]);
    assert!(is_offered(&centre, next, 1001));
}

#[test]
fn phone_that_stays_in_use_for_a_second_after_our_leg_carries_another() {
    let (mut centre, call) = Centre::ringing();
    centre.at(10_207, says(1001, true, true));
    centre.ends(12_000, "c1", None);
    centre.ends(12_010, ours(call, 1), Some(487));
    assert_eq!(blocked(&centre, 1001), None);
    assert_eq!(centre.deadline(13_010), vec![]);
    assert_eq!(blocked(&centre, 1001), Some(Block::PrivateCall));
    let next = centre.calls(14_000, "c2", "700");
    centre.at(15_000, says(1001, true, false));
    assert!(is_offered(&centre, next, 1001));
}

#[test]
fn phone_that_says_it_is_in_use_just_after_our_leg_has_ended_says_it_late() {
    let (mut centre, call) = Centre::ringing();
    centre.ends(12_000, "c1", None);
    centre.ends(12_010, ours(call, 1), Some(487));
    centre.at(12_012, says(1001, true, true));
    assert_eq!(blocked(&centre, 1001), None);
    let next = centre.calls(12_100, "c2", "700");
    assert!(is_offered(&centre, next, 1001));
}

/// Killed in a lab: Asterisk's own queue rang the phone 0.4 s after our leg had left it.
#[test]
fn phone_that_was_free_after_our_leg_and_is_in_use_again_carries_another_at_once() {
    for (told_free, ended) in [(12_015, 12_010), (12_010, 12_015)] {
        let (mut centre, call) = Centre::ringing();
        centre.at(10_207, says(1001, true, true));
        centre.ends(12_000, "c1", None);
        let (first, then) = (ended.min(told_free), ended.max(told_free));
        for at in [first, then] {
            if at == ended {
                centre.ends(at, ours(call, 1), Some(487));
            } else {
                centre.at(at, says(1001, true, false));
            }
        }
        centre.at(12_400, says(1001, true, true));
        assert_eq!(blocked(&centre, 1001), Some(Block::PrivateCall), "told {told_free}, ended {ended}");
        let next = centre.calls(12_500, "c2", "700");
        assert!(!is_offered(&centre, next, 1001));
    }
}

/// Killed in a lab: the talk ended while the program was away, and Asterisk's own queue rang the phone within a second after.
#[test]
fn phone_that_an_account_says_is_free_and_is_in_use_again_carries_another_at_once() {
    let mut centre = alone();
    let call = centre.calls(10_000, "c1", "701");
    centre.at(10_207, says(1001, true, true));
    centre.at(11_000, Event::LegAnswered { leg: ours(call, 1) });
    centre.at(12_000, Event::SwitchLost { server: SERVER });
    let account = Account { reachable: vec![endpoint(1001), endpoint(1002)], ..Account::default() };
    centre.at(13_000, Event::SwitchReturned { server: SERVER, account });
    centre.at(13_600, says(1001, true, true));
    assert_eq!((centre.state_of(1001), blocked(&centre, 1001)), (AgentState::Ready, Some(Block::PrivateCall)));
    let next = centre.calls(13_700, "c2", "701");
    assert!(!is_offered(&centre, next, 1001));
}

#[test]
fn phone_that_says_it_is_in_use_a_second_after_our_leg_has_ended_means_another() {
    let (mut centre, call) = Centre::ringing();
    centre.ends(12_000, "c1", None);
    centre.ends(12_010, ours(call, 1), Some(487));
    centre.at(13_010, says(1001, true, true));
    assert_eq!(blocked(&centre, 1001), Some(Block::PrivateCall));
}

#[test]
fn second_line_during_our_talk_blocks_the_agent_after_it() {
    let mut centre = alone();
    let call = centre.calls(10_000, "c1", "701");
    centre.at(10_100, says(1001, true, true));
    centre.at(11_000, Event::LegAnswered { leg: ours(call, 1) });
    centre.ends(20_000, ours(call, 1), None);
    assert_eq!((centre.state_of(1001), blocked(&centre, 1001)), (AgentState::Ready, None));
    centre.deadline(21_000);
    assert_eq!(blocked(&centre, 1001), Some(Block::PrivateCall));
    centre.at(30_000, says(1001, true, false));
    assert_eq!(blocked(&centre, 1001), None);
}

#[test]
fn phone_in_use_while_its_asterisk_is_out_of_reach_is_judged_by_the_account() {
    for still in [true, false] {
        let (mut centre, call) = Centre::ringing();
        centre.at(10_207, says(1001, true, true));
        centre.ends(12_000, "c1", None);
        centre.ends(12_010, ours(call, 1), Some(487));
        centre.at(12_011, Event::SwitchLost { server: SERVER });
        assert_eq!(centre.deadline(13_010), vec![]);
        assert_eq!(blocked(&centre, 1001), None, "nothing is known of it");
        let in_use = if still { vec![endpoint(1001)] } else { vec![] };
        let account = Account { reachable: vec![endpoint(1001), endpoint(1002)], in_use, ..Account::default() };
        centre.at(13_500, Event::SwitchReturned { server: SERVER, account });
        assert_eq!(blocked(&centre, 1001), still.then_some(Block::PrivateCall));
    }
}

/// Our undialled leg and a call of Asterisk's own queue are on one phone, and only the account tells that it is not ours alone.
/// A leg that was made and not dialled does not make the phone busy: its end tells nothing of what comes after it.
#[test]
fn agent_who_logged_out_is_not_logged_in_by_a_phone_that_is_free_again() {
    let mut settings = settings();
    settings.agents[0].ready_on_register = true;
    let mut centre = Centre { state: State::new(1) };
    centre.at(0, Event::SettingsChanged(settings));
    let account = Account { reachable: vec![endpoint(1001)], ..Account::default() };
    centre.at(0, Event::SwitchReturned { server: SERVER, account });
    assert_eq!(centre.state_of(1001), AgentState::Ready);
    centre.at(1_000, says(1001, true, true));
    centre.asks(1_010, 1001, Ask::LogOut);
    assert_eq!(centre.at(1_500, says(1001, true, false)), vec![said(1001, true, false)]);
    assert_eq!(centre.state_of(1001), AgentState::LoggedOut);
}

/// The end of the tone's leg does not say that nothing else is on the phone: it may have a second line.
#[test]
fn agent_who_dialled_ready_is_rung_when_the_phone_says_that_it_is_free() {
    let mut centre = Centre::opened();
    let call = centre.calls(500, "c1", "700");
    centre.at(990, says(1001, true, true));
    centre.at(1_000, Event::FeatureDialled { leg: their("f1"), endpoint: endpoint(1001), feature: Some(Ask::Ready) });
    assert_eq!(centre.ends(1_400, "f1", None), vec![chooses(1001, AgentState::Ready)]);
    assert!(centre.at(1_405, says(1001, true, false)).contains(&dial(call, "c1", 500, 1, 1001)));
    assert!(is_offered(&centre, call, 1001));
}

/// The phone's final answer to every offer of a call that nobody else can take.
pub(super) fn busy(centre: &mut Centre, ms: i64, call: CallId, n: u32) -> Vec<Effect> {
    centre.at(ms, Event::LegEnded { leg: LegId::Ours(ours(call, n)), cause: Cause { q850: 17, sip: Some(486) } })
}

#[test]
fn busy_phone_rests_for_ten_seconds_and_the_third_time_in_a_row_its_agent_is_not_ready() {
    let mut centre = alone();
    let call = centre.calls(10_000, "c1", "700");
    let ended =
        |n, began, at| vec![offer_ended(call, n, 1001, OfferEnd::Busy), ringing(call, n, 1001, [began, at], OfferEnd::Busy)];
    let ready = becomes(1001, AgentState::Ready);
    assert_eq!(busy(&mut centre, 11_000, call, 1), [ended(1, 10_000, 11_000), vec![ready.clone()]].concat());
    assert_eq!(blocked(&centre, 1001), Some(Block::Resting));
    let again = |n| vec![dial(call, "c1", 10_000, n, 1001), becomes(1001, AgentState::Reserved(call)), offered(call, n, 1001)];
    assert_eq!(centre.deadline(21_000), again(2));
    assert_eq!(busy(&mut centre, 22_000, call, 2), [ended(2, 21_000, 22_000), vec![ready]].concat());
    assert_eq!(centre.deadline(32_000), again(3));
    let not_ready = becomes(1001, AgentState::NotReady(NotReadyReason::Busy));
    assert_eq!(busy(&mut centre, 33_000, call, 3), [ended(3, 32_000, 33_000), vec![not_ready]].concat());
}

#[test]
fn phone_that_was_busy_and_has_no_private_call_rests_although_it_was_away_meanwhile() {
    let mut centre = alone();
    let call = centre.calls(10_000, "c1", "700");
    busy(&mut centre, 11_000, call, 1);
    centre.at(12_000, says(1001, false, false));
    assert_eq!(centre.at(13_000, says(1001, true, false)), vec![said(1001, true, false), becomes(1001, AgentState::Ready)]);
    assert_eq!(blocked(&centre, 1001), Some(Block::Resting));
}

#[test]
fn conversation_between_them_begins_the_count_of_busy_answers_anew() {
    let mut centre = alone();
    let call = centre.calls(10_000, "c1", "701");
    busy(&mut centre, 11_000, call, 1);
    centre.deadline(21_000);
    busy(&mut centre, 22_000, call, 2);
    centre.deadline(32_000);
    centre.at(33_000, Event::LegAnswered { leg: ours(call, 3) });
    centre.ends(40_000, ours(call, 3), None);
    let next = centre.calls(41_000, "c2", "701");
    busy(&mut centre, 42_000, next, 1);
    assert_eq!((centre.state_of(1001), blocked(&centre, 1001)), (AgentState::Ready, Some(Block::Resting)));
}

#[test]
fn agent_who_asks_for_calls_vouches_for_the_phone_that_rests() {
    let mut centre = alone();
    let call = centre.calls(10_000, "c1", "700");
    busy(&mut centre, 11_000, call, 1);
    assert!(centre.asks(12_000, 1001, Ask::Ready).contains(&dial(call, "c1", 10_000, 2, 1001)));
    assert_eq!(centre.asks(12_001, 1001, Ask::Ready), vec![ignored("agent_asked", Ignored::AlreadySo)]);
}

#[test]
fn phone_that_was_busy_with_a_private_call_does_not_rest_after_it_and_is_not_held_against_the_agent() {
    let mut centre = alone();
    let call = centre.calls(10_000, "c1", "700");
    for n in 1..=4 {
        let began = 10_000 + i64::from(n - 1) * 5_000;
        centre.at(began + 10, says(1001, true, true));
        busy(&mut centre, began + 20, call, n);
        assert_eq!(blocked(&centre, 1001), Some(Block::Resting));
        centre.deadline(began + 1_020);
        assert_eq!(blocked(&centre, 1001), Some(Block::PrivateCall));
        let effects = centre.at(began + 5_000, says(1001, true, false));
        assert!(effects.contains(&dial(call, "c1", 10_000, n + 1, 1001)), "{effects:?}");
    }
}

#[test]
fn busy_phone_lets_the_next_agent_be_rung_at_once() {
    let mut centre = Centre::staffed();
    let call = centre.calls(10_000, "c1", "700");
    assert_eq!(busy(&mut centre, 11_000, call, 1).first(), Some(&dial(call, "c1", 10_000, 2, 1002)));
}

#[test]
fn refusal_makes_the_agent_not_ready_for_it() {
    for sip in [603, 403] {
        let (mut centre, call) = Centre::ringing();
        let cause = Cause { q850: 21, sip: Some(sip) };
        centre.at(11_000, Event::LegEnded { leg: LegId::Ours(ours(call, 1)), cause });
        assert_eq!(centre.state_of(1001), AgentState::NotReady(NotReadyReason::Refused));
    }
}

#[test]
fn agent_of_a_silent_phone_is_unreachable_as_soon_as_it_is_known_to_be_gone_and_heals_when_it_is_back() {
    let mut centre = alone();
    let call = centre.calls(10_000, "c1", "700");
    centre.deadline(14_000);
    centre.ends(14_010, ours(call, 1), None);
    assert_eq!(centre.state_of(1001), NO_ANSWER);
    let gone = vec![said(1001, false, false), becomes(1001, AgentState::Unreachable)];
    assert_eq!(centre.at(15_000, says(1001, false, false)), gone);
    let effects = centre.at(20_000, says(1001, true, false));
    assert_eq!(
        effects.get(..3),
        Some([dial(call, "c1", 10_000, 2, 1001), said(1001, true, false), becomes(1001, AgentState::Ready)].as_slice())
    );
}

#[test]
fn agent_who_let_it_ring_does_not_heal_by_a_phone_that_comes_and_goes() {
    let (mut centre, call) = Centre::ringing();
    centre.deadline(25_200);
    centre.ends(25_210, ours(call, 1), Some(487));
    centre.at(26_000, says(1001, false, false));
    centre.at(27_000, says(1001, true, false));
    assert_eq!(centre.state_of(1001), NO_ANSWER);
}

#[test]
fn agent_of_a_silent_phone_who_goes_to_lunch_stays_there_when_the_phone_comes_back() {
    let mut centre = alone();
    let call = centre.calls(10_000, "c1", "700");
    centre.deadline(14_000);
    centre.ends(14_010, ours(call, 1), None);
    centre.asks(14_500, 1001, Ask::NotReady(NotReadyReason::Lunch));
    centre.at(15_000, says(1001, false, false));
    centre.at(16_000, says(1001, true, false));
    assert_eq!(centre.state_of(1001), AgentState::NotReady(NotReadyReason::Lunch));
}

#[test]
fn phone_that_was_gone_while_it_was_dialled_and_is_back_is_rung_again() {
    let mut centre = alone();
    let call = centre.calls(10_000, "c1", "700");
    centre.at(11_000, says(1001, false, false));
    centre.at(13_000, says(1001, true, false));
    centre.deadline(14_000);
    assert_eq!(centre.state_of(1001), AgentState::Ready, "it was rung where it is not any more");
    assert!(centre.ends(14_010, ours(call, 1), None).contains(&dial(call, "c1", 10_000, 2, 1001)));
}

#[test]
fn silence_while_asterisk_was_in_trouble_is_forgiven_when_it_returns() {
    let mut centre = alone();
    let call = centre.calls(10_000, "c1", "700");
    centre.deadline(14_000);
    centre.ends(14_010, ours(call, 1), None);
    centre.ends(14_020, "c1", None);
    centre.at(15_000, Event::SwitchLost { server: SERVER });
    let account = Account { reachable: vec![endpoint(1001)], ..Account::default() };
    let effects = centre.at(16_000, Event::SwitchReturned { server: SERVER, account });
    assert!(effects.contains(&becomes(1001, AgentState::Ready)), "{effects:?}");
}

#[test]
fn phone_that_vanishes_during_a_call_makes_its_agent_unreachable_after_it() {
    let mut centre = alone();
    let call = centre.calls(10_000, "c1", "701");
    centre.at(11_000, Event::LegAnswered { leg: ours(call, 1) });
    centre.at(12_000, says(1001, false, false));
    assert_eq!(centre.state_of(1001), AgentState::Talking(call));
    centre.ends(13_000, ours(call, 1), None);
    assert_eq!(centre.state_of(1001), AgentState::Unreachable);
    centre.at(14_000, says(1001, true, false));
    assert_eq!(centre.state_of(1001), AgentState::Ready);
}

#[test]
fn agent_who_was_given_another_phone_is_not_blocked_by_the_old_one() {
    let mut centre = alone();
    centre.at(2_000, says(1001, true, true));
    let mut changed = settings();
    changed.agents[0].endpoint = endpoint(1050);
    centre.at(3_000, Event::SettingsChanged(changed));
    assert_eq!(centre.at(3_010, says(1050, true, false)), vec![said(1050, true, false), becomes(1001, AgentState::Ready)]);
    assert_eq!(blocked(&centre, 1001), None);
}

#[test]
fn agent_whose_phone_failed_takes_calls_again_when_it_registers_anew() {
    let mut centre = alone();
    let call = centre.calls(10_000, "c1", "700");
    let cause = Cause { q850: 1, sip: Some(404) };
    centre.at(11_000, Event::LegEnded { leg: LegId::Ours(ours(call, 1)), cause });
    assert_eq!(centre.state_of(1001), AgentState::NotReady(NotReadyReason::PhoneFailed(404)));
    centre.at(20_000, says(1001, false, false));
    centre.at(21_000, says(1001, true, false));
    assert!(is_offered(&centre, call, 1001));
}
