//! Queues without agents: who is let in, who may stay, and who is there although they take no call now.

use model::queue::WayOut;
use model::{AgentState, NotReadyReason};

use super::overflowing::{OTHER, comes, moved, queue_of, ruled, with};
use super::*;

#[test]
fn who_would_join_while_nobody_is_logged_in_is_sent_back_without_an_answer() {
    let rules = Overflow { nobody_logged_in_joining: Some(WayOut::Dialplan), ..Overflow::default() };
    let mut centre = with(rules, &[]);
    let (call, effects) = comes(&mut centre, 10_000, "c1");
    let expected = vec![
        stamp(call, "c1", 10_000, Outcome::Returned),
        lift(call, "c1"),
        give_back(call, "c1"),
        entered(call, "c1", 10_000),
        waited(call, 10_000, 10_000),
        left(call, 700, Leaving::NobodyLoggedIn),
        ended(call, Outcome::Returned, Side::Program),
    ];
    assert_eq!(effects, expected);
    assert_eq!(centre.ends(10_010, "c1", None), vec![]);
    centre.asks(11_000, 1002, Ask::NotReady(NotReadyReason::Break));
    let (call, _) = comes(&mut centre, 12_000, "c2");
    assert_eq!(queue_of(&centre, call), Some(700), "who is on a break is logged in");
}

#[test]
fn who_would_join_while_nobody_is_ready_goes_elsewhere_but_busy_agents_are_worth_waiting_for() {
    let rules = Overflow { nobody_ready_joining: Some(OTHER), ..Overflow::default() };
    let mut centre = with(rules, &[1002]);
    let (first, _) = comes(&mut centre, 10_000, "c1");
    for event in [Event::LegRang { leg: ours(first, 1) }, Event::LegAnswered { leg: ours(first, 1) }] {
        centre.at(11_000, event);
        let (call, _) = comes(&mut centre, 11_000, "c2");
        assert_eq!(queue_of(&centre, call), Some(700));
        centre.ends(11_001, "c2", None);
    }
    centre.ends(12_000, "c1", None);
    assert_eq!(centre.state_of(1002).name(), "wrap_up");
    let (call, _) = comes(&mut centre, 12_001, "c3");
    assert_eq!(queue_of(&centre, call), Some(700));
    centre.ends(12_002, "c3", None);
    centre.asks(13_000, 1002, Ask::NotReady(NotReadyReason::Lunch));
    let (call, effects) = comes(&mut centre, 14_000, "c4");
    assert_eq!(queue_of(&centre, call), Some(701));
    let facts: Vec<&Effect> = effects.iter().filter(|effect| matches!(effect, Effect::Record(_))).collect();
    let expected = [entered(call, "c4", 14_000), waited(call, 14_000, 14_000), moved(call, 700, 701, Leaving::NobodyReady)];
    assert_eq!(facts, expected.iter().collect::<Vec<_>>());
    let stamped = effects.iter().filter(|effect| matches!(effect, Effect::Switch(order) if matches!(order.op, Op::Stamp { .. })));
    assert_eq!(stamped.count(), 1, "stamped for the queue that takes the caller alone");
}

#[test]
fn agent_whose_phone_is_lost_is_still_there() {
    let rules = Overflow {
        nobody_ready_joining: Some(WayOut::Dialplan),
        nobody_ready_waiting: Some(WayOut::Dialplan),
        ..Overflow::default()
    };
    let mut centre = with(rules, &[1002]);
    centre.at(5_000, Event::EndpointChanged { endpoint: endpoint(1002), reachable: false, in_use: false });
    assert_eq!(centre.state_of(1002).name(), "unreachable");
    let (call, _) = comes(&mut centre, 10_000, "c1");
    assert_eq!(queue_of(&centre, call), Some(700));
}

#[test]
fn last_agent_who_logs_out_sends_those_who_wait_away_in_their_order() {
    let rules = Overflow { nobody_logged_in_waiting: Some(WayOut::Dialplan), ..Overflow::default() };
    let mut centre = with(rules, &[]);
    centre.asks(1_000, 1001, Ask::NotReady(NotReadyReason::Break));
    centre.asks(1_000, 1002, Ask::NotReady(NotReadyReason::Break));
    let (first, second) = (centre.calls(10_000, "c1", "700"), centre.calls(11_000, "c2", "700"));
    assert_eq!(centre.asks(12_000, 1001, Ask::LogOut), vec![chooses(1001, AgentState::LoggedOut)]);
    let expected = vec![
        stamp(first, "c1", 10_000, Outcome::Returned),
        lift(first, "c1"),
        give_back(first, "c1"),
        stamp(second, "c2", 11_000, Outcome::Returned),
        lift(second, "c2"),
        give_back(second, "c2"),
        chooses(1002, AgentState::LoggedOut),
        waited(first, 10_000, 13_000),
        left(first, 700, Leaving::NobodyLoggedIn),
        ended(first, Outcome::Returned, Side::Program),
        waited(second, 11_000, 13_000),
        left(second, 700, Leaving::NobodyLoggedIn),
        ended(second, Outcome::Returned, Side::Program),
    ];
    assert_eq!(centre.asks(13_000, 1002, Ask::LogOut), expected);
    let (call, _) = comes(&mut centre, 14_000, "c3");
    assert_eq!(queue_of(&centre, call), Some(700), "who was let into the empty queue waits");
}

#[test]
fn last_agent_who_is_not_ready_any_more_sends_those_who_wait_away() {
    let rules = Overflow { nobody_ready_waiting: Some(OTHER), ..Overflow::default() };
    let mut centre = with(rules, &[1002]);
    let rung = centre.calls(10_000, "c1", "700");
    let waits = centre.calls(10_500, "c2", "700");
    // The only one who was ready does not answer: RONA.
    centre.at(10_100, Event::LegRang { leg: ours(rung, 1) });
    let effects = centre.ends(12_000, ours(rung, 1), Some(480));
    assert_eq!(centre.state_of(1002), AgentState::NotReady(NotReadyReason::NoAnswer));
    for call in [rung, waits] {
        assert!(effects.contains(&moved(call, 700, 701, Leaving::NobodyReady)));
        assert_eq!(queue_of(&centre, call), Some(701));
    }
}

#[test]
fn who_was_let_in_while_nobody_was_ready_stays_though_others_are_not_ready_either() {
    let rules = Overflow { nobody_ready_waiting: Some(OTHER), ..Overflow::default() };
    let mut centre = with(rules, &[]);
    let waits = centre.calls(10_000, "c1", "700");
    for (ms, number, ask) in [
        (11_000, 1001, Ask::NotReady(NotReadyReason::Break)),
        (12_000, 1002, Ask::NotReady(NotReadyReason::Lunch)),
        (13_000, 1001, Ask::LogOut),
    ] {
        centre.asks(ms, number, ask);
        assert_eq!(queue_of(&centre, waits), Some(700), "nobody went who had been ready");
    }
}

#[test]
fn agent_who_leaves_while_another_stays_sends_nobody_away() {
    let rules = Overflow { nobody_logged_in_waiting: Some(OTHER), nobody_ready_waiting: Some(OTHER), ..Overflow::default() };
    let mut centre = with(rules, &[1001, 1002]);
    centre.calls(10_000, "c1", "700");
    centre.calls(10_100, "c2", "700");
    let waits = centre.calls(10_200, "c3", "700");
    centre.ends(11_000, "c1", None);
    for (ms, ask) in [(11_001, Ask::NotReady(NotReadyReason::Break)), (11_002, Ask::LogOut)] {
        centre.asks(ms, 1001, ask);
        assert_eq!(queue_of(&centre, waits), Some(700), "agent 1002 is there");
    }
}

#[test]
fn rule_for_logging_out_comes_before_that_for_not_being_ready() {
    let rules =
        Overflow { nobody_logged_in_waiting: Some(WayOut::Dialplan), nobody_ready_waiting: Some(OTHER), ..Overflow::default() };
    let mut settings = ruled(rules, Overflow::default());
    settings.agents[1].endpoint.server = ServerId(2);
    let mut centre = Centre::of(settings, &[1002]);
    let call = centre.calls(10_000, "c1", "700");
    let effects = centre.asks(11_000, 1002, Ask::LogOut);
    assert!(effects.contains(&left(call, 700, Leaving::NobodyLoggedIn)), "{effects:?}");
}

#[test]
fn who_waits_while_the_way_is_lost_stays_if_somebody_is_back_before_it() {
    let rules = Overflow { nobody_ready_waiting: Some(WayOut::Dialplan), ..Overflow::default() };
    let mut centre = with(rules, &[]);
    centre.asks(1_000, 1001, Ask::Ready);
    centre.at(2_000, Event::EndpointChanged { endpoint: endpoint(1001), reachable: false, in_use: false });
    let call = centre.calls(10_000, "c1", "700");
    centre.at(11_000, Event::SwitchLost { server: SERVER });
    centre.asks(12_000, 1001, Ask::NotReady(NotReadyReason::Break));
    assert_eq!(queue_of(&centre, call), Some(700), "nothing can be ordered now");
    let leg = crate::event::LegAccount {
        leg: LegId::Theirs(their("c1")),
        up: true,
        rings: false,
        mark: Some(mark_of(call, 700, 10_000, CallPhase::Waiting)),
        number: None,
        dialled: "700".to_owned(),
        priority: 0,
        came: None,
        endpoint: None,
    };
    let account = Account { legs: vec![leg], ..Account::default() };
    let mut alike = Centre { state: centre.state.clone() };
    alike.at(14_000, Event::SwitchReturned { server: SERVER, account: account.clone() });
    alike.at(14_000, Event::DeadlinePassed);
    assert_eq!(queue_of(&alike, call), None, "nobody came back");
    centre.asks(13_000, 1001, Ask::Ready);
    centre.at(14_000, Event::SwitchReturned { server: SERVER, account });
    centre.at(14_000, Event::DeadlinePassed);
    assert_eq!(queue_of(&centre, call), Some(700));
}

#[test]
fn last_agent_of_a_queue_who_left_the_settings_counts_as_gone() {
    let rules = Overflow { nobody_logged_in_waiting: Some(WayOut::Dialplan), ..Overflow::default() };
    let mut centre = with(rules, &[]);
    centre.asks(1_000, 1002, Ask::NotReady(NotReadyReason::Break));
    let call = centre.calls(10_000, "c1", "700");
    let mut changed = ruled(rules, Overflow::default());
    changed.agents.remove(1);
    let effects = centre.at(11_000, Event::SettingsChanged(changed));
    assert!(effects.contains(&left(call, 700, Leaving::NobodyLoggedIn)));
}

#[test]
fn rule_for_the_empty_queue_that_is_new_is_for_whoever_waits_already() {
    let mut centre = Centre::opened();
    let call = centre.calls(10_000, "c1", "700");
    let rules = Overflow { nobody_logged_in_waiting: Some(WayOut::Dialplan), ..Overflow::default() };
    let effects = centre.at(11_000, Event::SettingsChanged(ruled(rules, Overflow::default())));
    assert!(effects.contains(&left(call, 700, Leaving::NobodyLoggedIn)));
}

#[test]
fn restart_without_a_state_sends_nobody_away() {
    let rules = Overflow {
        nobody_logged_in_waiting: Some(WayOut::Dialplan),
        nobody_ready_waiting: Some(WayOut::Dialplan),
        ..Overflow::default()
    };
    let mut centre = Centre { state: State::new(2) };
    centre.at(0, Event::SettingsChanged(ruled(rules, Overflow::default())));
    let call = CallId(Uuid::from_u128(42));
    let leg = crate::event::LegAccount {
        leg: LegId::Theirs(their("c1")),
        up: true,
        rings: false,
        mark: Some(mark_of(call, 700, 10_000, CallPhase::Waiting)),
        number: None,
        dialled: "700".to_owned(),
        priority: 0,
        came: None,
        endpoint: None,
    };
    let account = Account { legs: vec![leg], ..Account::default() };
    centre.at(20_000, Event::SwitchReturned { server: SERVER, account });
    assert_eq!(queue_of(&centre, call), Some(700));
}

#[test]
fn caller_who_comes_out_of_an_emptied_queue_is_not_sent_on_by_the_rule_that_empties_the_next_one() {
    let to = |way| Overflow { nobody_logged_in_waiting: Some(way), ..Overflow::default() };
    for (from, there) in [(700, 701), (701, 700)] {
        let [first, second] = [WayOut::Queue(queue(there)), WayOut::Dialplan];
        let rules = if from == 700 { ruled(to(first), to(second)) } else { ruled(to(second), to(first)) };
        let mut centre = Centre::of(rules, &[]);
        centre.asks(1_000, 1001, Ask::NotReady(NotReadyReason::Break));
        let passes = centre.calls(10_000, "c1", &from.to_string());
        let goes = centre.calls(10_001, "c2", &there.to_string());
        let effects = centre.asks(11_000, 1001, Ask::LogOut);
        assert!(effects.contains(&moved(passes, from, there, Leaving::NobodyLoggedIn)));
        assert!(effects.contains(&left(goes, there, Leaving::NobodyLoggedIn)));
        assert_eq!(queue_of(&centre, passes), Some(there), "whichever queue is looked at first");
    }
}
