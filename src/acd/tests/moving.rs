//! Callers who are moved into another queue by order.

use model::queue::{Capacity, Strategy, WayOut};
use model::{AgentState, CallAsk, CallPhase, NotReadyReason, OfferEnd};

use super::choosing::served;
use super::heading::{TO_HEAD, asked, not_done};
use super::overflowing::{OTHER, longest, moved, queue_of, ruled, waited_in};
use super::*;
use crate::event::OrderFailure;

fn to(number: u128) -> CallAsk {
    CallAsk::MoveTo(queue(number))
}

/// Queue 701 with these rules.
fn ruled_there(of_701: Overflow) -> Settings {
    ruled(Overflow::default(), of_701)
}

fn stamp_in(call: CallId, number: u128, entered: i64) -> Effect {
    let (queue, entered) = (number.to_string(), Timestamp::from_ms(entered));
    let stamp = Stamp { call, queue, outcome: Outcome::Abandoned, entered, agent: None, answered: None };
    order(call, Op::Stamp { leg: their("c1"), stamp })
}

fn mark_in(call: CallId, number: u128, [entered, since]: [i64; 2]) -> Effect {
    let mark = Mark { since: Timestamp::from_ms(since), ..mark_of(call, number, entered, CallPhase::Waiting) };
    order(call, Op::Mark { leg: LegId::Theirs(their("c1")), mark })
}

#[test]
fn caller_who_waits_goes_on_waiting_in_the_other_queue_with_its_music() {
    let mut settings = ruled_there(longest(60, WayOut::Dialplan));
    settings.queues[1].music = "jazz".to_owned();
    let mut centre = Centre::of(settings, &[]);
    let call = centre.calls(10_000, "c1", "700");
    let expected = vec![
        stamp_in(call, 701, 10_000),
        stop_music(call, "c1"),
        order(call, Op::StartMusic { leg: LegId::Theirs(their("c1")), class: "jazz".to_owned() }),
        mark_in(call, 701, [10_000, 15_000]),
        asked(call, to(701)),
        waited(call, 10_000, 15_000),
        moved(call, 700, 701, Leaving::Moved),
    ];
    assert_eq!(centre.orders(15_000, call, to(701)), expected);
    assert!(centre.state.calls()[&call].waiting().expect("it waits").leave.is_some(), "the rules of the new queue hold");
    assert!(centre.deadline(75_000).contains(&left(call, 701, Leaving::MaxWait)));
}

#[test]
fn time_and_priority_are_kept() {
    let mut centre = Centre::opened();
    let call = centre.calls_first(10_000, "c1", "700", 3);
    centre.calls(11_000, "c2", "701");
    centre.calls_first(12_000, "c3", "701", 3);
    centre.orders(15_000, call, to(701));
    assert_eq!(served(&mut centre, 20_000), ["c1", "c3", "c2"]);
}

#[test]
fn offer_is_withdrawn_first_and_the_free_agent_of_the_other_queue_is_rung() {
    let mut settings = settings();
    settings.agents[0].queues = vec![queue(701)];
    let mut centre = Centre::of(settings, &[1001, 1002]);
    let call = centre.calls(10_000, "c1", "700");
    centre.at(10_200, Event::LegRang { leg: ours(call, 1) });
    assert_eq!(centre.state_of(1002), AgentState::Ringing(call));
    let mark = Mark { since: Timestamp::from_ms(12_000), ..mark_of(call, 701, 10_000, CallPhase::Offered) };
    let Op::Dial { leg, endpoint, caller, give_up_after, .. } = dial_op(call, "c1", 10_000, 2, 1001) else { panic!("a dial") };
    let expected = vec![
        hang_up(call, ours(call, 1), HangupReason::Normal),
        order(call, Op::Dial { leg, endpoint, caller, give_up_after, mark }),
        stamp_in(call, 701, 10_000),
        mark_in(call, 701, [10_000, 12_000]),
        asked(call, to(701)),
        offer_ended(call, 1, 1002, OfferEnd::Withdrawn),
        ringing(call, 1, 1002, [10_000, 12_000], OfferEnd::Withdrawn),
        waited(call, 10_000, 12_000),
        moved(call, 700, 701, Leaving::Moved),
        becomes(1001, AgentState::Reserved(call)),
        offered(call, 2, 1001),
        becomes(1002, AgentState::Ready),
    ];
    assert_eq!(centre.orders(12_000, call, to(701)), expected);
    assert_eq!(centre.state.agents()[&agent(1002)].idle_since, Timestamp::from_ms(2_000), "nobody is blamed");
    let effects = centre.at(13_000, Event::LegAnswered { leg: ours(call, 2) });
    assert!(effects.contains(&join(call, 1, "c1", ours(call, 2))), "the bridge that was made goes along");
    assert!(effects.contains(&waited_in(call, 701, [12_000, 13_000])));
}

#[test]
fn all_offers_of_a_caller_are_withdrawn() {
    let mut settings = settings();
    settings.queues[0].strategy = Strategy::RingAll;
    let mut centre = Centre::of(settings, &[1001, 1002]);
    let call = centre.calls(10_000, "c1", "700");
    centre.at(10_200, Event::LegRang { leg: ours(call, 2) });
    let effects = centre.orders(12_000, call, to(701));
    for (n, number) in [(1, 1001), (2, 1002)] {
        assert!(effects.contains(&hang_up(call, ours(call, n), HangupReason::Normal)));
        assert!(effects.contains(&offer_ended(call, n, number, OfferEnd::Withdrawn)));
        assert_eq!(centre.state_of(number), AgentState::Ready);
    }
    // The phone of the agent who serves that queue too has to be free of the first leg.
    assert_eq!(centre.state.calls()[&call].offers(), 0);
    centre.ends(12_100, ours(call, 1), None);
    assert_eq!(centre.state_of(1001), AgentState::Reserved(call));
}

#[test]
fn late_answer_of_a_withdrawn_offer_is_too_late() {
    let (mut centre, call) = Centre::ringing();
    centre.orders(12_000, call, to(701));
    assert_eq!(centre.at(12_001, Event::LegAnswered { leg: ours(call, 1) }), vec![ignored("leg_answered", Ignored::TooLate)]);
    assert_eq!(queue_of(&centre, call), Some(701));
}

#[test]
fn agents_whose_offer_was_withdrawn_take_the_next_caller_of_their_queue() {
    let (mut centre, call) = Centre::ringing();
    let next = centre.calls(11_000, "c2", "700");
    centre.orders(12_000, call, to(701));
    centre.ends(12_100, ours(call, 1), None);
    assert_eq!(centre.state_of(1001), AgentState::Reserved(call), "who has waited longer, in a queue that they serve too");
    centre.asks(13_000, 1002, Ask::Ready);
    assert_eq!(centre.state_of(1002), AgentState::Reserved(next));
}

#[test]
fn rules_about_joining_do_not_refuse_an_express_order() {
    let (full, back) = (Some(Capacity { waiting: 1, to: WayOut::Dialplan }), Some(WayOut::Dialplan));
    let rules = Overflow { full, nobody_ready_joining: back, nobody_logged_in_joining: back, ..Overflow::default() };
    let mut centre = Centre::of(ruled_there(rules), &[]);
    for leg in ["c1", "c2"] {
        let call = centre.calls(10_000, leg, "700");
        centre.orders(11_000, call, to(701));
        assert_eq!(queue_of(&centre, call), Some(701));
    }
}

#[test]
fn caller_moved_into_an_empty_queue_waits_until_it_was_staffed_and_is_empty_again() {
    let rules = Overflow { nobody_ready_waiting: Some(WayOut::Dialplan), ..Overflow::default() };
    let mut centre = Centre::of(ruled_there(rules), &[]);
    let call = centre.calls(10_000, "c1", "700");
    centre.orders(11_000, call, to(701));
    assert_eq!(queue_of(&centre, call), Some(701));
    centre.at(12_000, Event::EndpointChanged { endpoint: endpoint(1001), reachable: false, in_use: false });
    centre.asks(13_000, 1001, Ask::Ready);
    let effects = centre.asks(14_000, 1001, Ask::NotReady(NotReadyReason::Break));
    assert!(effects.contains(&left(call, 701, Leaving::NobodyReady)));
}

#[test]
fn queue_that_holds_no_more_takes_nobody_by_order_either() {
    let mut centre = Centre::opened();
    let call = centre.calls(9_000, "c1", "700");
    for n in 0..crate::overflow::MOST_WAITING {
        step(&mut centre.state, Timestamp::from_ms(10_000), arrived(&format!("n{n}"), "701"));
    }
    assert_eq!(centre.orders(11_000, call, to(701)), not_done(Ignored::QueueFull));
    centre.ends(12_000, "n0", None);
    assert_eq!(centre.orders(13_000, call, to(701)).first(), Some(&stamp_in(call, 701, 9_000)));
}

#[test]
fn queue_that_is_unknown_or_left_the_settings_takes_nobody() {
    let mut centre = Centre::of(settings(), &[1001]);
    let talks = centre.calls(9_000, "c0", "701");
    centre.at(9_500, Event::LegAnswered { leg: ours(talks, 1) });
    let call = centre.calls(10_000, "c1", "700");
    assert_eq!(centre.orders(11_000, call, to(702)), not_done(Ignored::UnknownQueue));
    let mut closed = settings();
    closed.queues.pop();
    closed.agents.iter_mut().for_each(|agent| agent.queues.retain(|served| *served == queue(700)));
    centre.at(12_000, Event::SettingsChanged(closed));
    assert!(centre.state.queues()[&queue(701)].retired, "a conversation of it goes on");
    assert_eq!(centre.orders(13_000, call, to(701)), not_done(Ignored::UnknownQueue));
}

#[test]
fn order_into_the_queue_where_they_are_changes_nothing() {
    let mut centre = Centre::opened();
    let call = centre.calls(10_000, "c1", "700");
    assert_eq!(centre.orders(11_000, call, to(700)), not_done(Ignored::AlreadySo));
    centre.orders(12_000, call, to(701));
    assert_eq!(centre.orders(12_001, call, to(701)), not_done(Ignored::AlreadySo));
}

#[test]
fn supervisor_may_send_a_caller_back_and_a_rule_may_not() {
    let mut centre = Centre::of(ruled(longest(5, OTHER), longest(5, WayOut::Queue(queue(700)))), &[]);
    let call = centre.calls(10_000, "c1", "700");
    for (ms, number) in [(11_000, 701), (12_000, 700), (13_000, 701), (14_000, 700)] {
        centre.orders(ms, call, to(number));
        assert_eq!(queue_of(&centre, call), Some(number));
        assert_eq!(centre.state.calls()[&call].left.len(), 1);
    }
    let effects = centre.deadline(19_000);
    assert!(effects.contains(&left(call, 700, Leaving::MaxWait)), "they were in 701 already");
}

#[test]
fn who_talks_or_is_unknown_cannot_be_moved() {
    let (mut centre, call) = Centre::talking();
    assert_eq!(centre.orders(14_000, call, to(701)), not_done(Ignored::NotInThisState));
    centre.ends(15_000, "c1", None);
    assert_eq!(centre.orders(15_001, call, to(701)), not_done(Ignored::UnknownCall));
}

#[test]
fn who_was_put_at_the_head_is_not_at_the_head_of_the_other_queue_until_they_are_put_there() {
    let mut centre = Centre::opened();
    let call = centre.calls(10_000, "c1", "700");
    centre.calls(9_000, "c0", "701");
    centre.orders(11_000, call, TO_HEAD);
    centre.orders(12_000, call, to(701));
    assert_eq!(centre.state.calls()[&call].at_head, None);
    assert_eq!(centre.orders(13_000, call, TO_HEAD), vec![asked(call, TO_HEAD)]);
    assert_eq!(served(&mut centre, 20_000), ["c1", "c0"]);
}

#[test]
fn caller_moved_while_the_way_is_lost_is_marked_and_stamped_when_it_is_back() {
    let mut settings = settings();
    settings.queues[1].music = "jazz".to_owned();
    let mut centre = Centre::of(settings, &[1001]);
    let call = centre.calls(10_000, "c1", "700");
    let before = mark_of(call, 700, 10_000, CallPhase::Waiting);
    centre.at(11_000, Event::SwitchLost { server: SERVER });
    let effects = centre.orders(12_000, call, to(701));
    assert!(effects.contains(&offer_ended(call, 1, 1001, OfferEnd::Withdrawn)));
    for effect in effects {
        if let Effect::Switch(Order { op, .. }) = effect {
            centre.at(12_000, Event::OrderFailed { order: op, why: OrderFailure::Unknown });
        }
    }
    assert_eq!((queue_of(&centre, call), centre.state_of(1001)), (Some(701), AgentState::Ready));
    let account = account::returns(vec![caller_there("c1", before), phone_there(ours(call, 1), false, 1001)], vec![]);
    let effects = centre.at(13_000, account);
    let jazz = order(call, Op::StartMusic { leg: LegId::Theirs(their("c1")), class: "jazz".to_owned() });
    for expected in [stamp_in(call, 701, 10_000), jazz, mark_in(call, 701, [10_000, 12_000])] {
        assert!(effects.contains(&expected), "{expected:?} is not among {effects:?}");
    }
    assert!(effects.contains(&hang_up(call, ours(call, 1), HangupReason::Normal)), "the phone rings no more");
    let after = Mark { since: Timestamp::from_ms(12_000), ..mark_of(call, 701, 10_000, CallPhase::Waiting) };
    let again = centre.at(14_000, account::returns(vec![caller_there("c1", after)], vec![]));
    assert!(!again.contains(&stamp_in(call, 701, 10_000)), "once is enough");
}

#[test]
fn state_that_is_gone_is_rebuilt_in_the_queue_that_they_were_moved_to() {
    let mut centre = Centre::opened();
    let call = centre.calls(10_000, "c1", "700");
    centre.orders(12_000, call, to(701));
    let marked = Mark { since: Timestamp::from_ms(12_000), ..mark_of(call, 701, 10_000, CallPhase::Waiting) };
    let mut anew = Centre { state: State::new(2) };
    anew.at(20_000, Event::SettingsChanged(settings()));
    anew.at(20_000, account::returns(vec![caller_there("c1", marked)], vec![]));
    assert_eq!(queue_of(&anew, call), Some(701));
}

#[test]
fn caller_who_was_talking_in_truth_to_an_agent_who_is_gone_is_out_of_the_bridge_before_they_hear_music() {
    let (mut centre, call) = Centre::ringing();
    centre.at(12_000, Event::SwitchLost { server: SERVER });
    let mut changed = settings();
    changed.agents.remove(0);
    centre.at(12_001, Event::SettingsChanged(changed));
    centre.orders(12_002, call, to(701));
    let mark = mark_of(call, 700, 10_000, CallPhase::Talking);
    let both = vec![LegId::Theirs(their("c1")), LegId::Ours(ours(call, 1))];
    let legs = vec![caller_there("c1", mark), phone_there(ours(call, 1), true, 1001)];
    let effects = centre.at(13_000, account::returns(legs, vec![BridgeAccount { bridge: bridge(call, 1), legs: both }]));
    let place = |wanted: Effect| effects.iter().position(|effect| *effect == wanted).expect("it is ordered");
    assert!(place(destroy_bridge(call, 1)) < place(start_music(call, "c1")), "{effects:?}");
    assert!(effects.contains(&hang_up(call, ours(call, 1), HangupReason::Normal)));
    assert_eq!(centre.state.bridges().len(), 0);
}
