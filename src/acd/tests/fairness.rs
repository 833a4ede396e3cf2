//! Who gets whom.

use model::AgentState;

use super::account::caller_there;
use super::choosing::served;
use super::*;

#[test]
fn agent_of_two_queues_takes_the_caller_who_entered_first() {
    let mut centre = Centre::opened();
    let first = centre.calls(10_000, "c1", "701");
    let second = centre.calls(11_000, "c2", "700");
    centre.calls(12_000, "c3", "701");
    centre.asks(20_000, 1001, Ask::Ready);
    assert_eq!(centre.state_of(1001), AgentState::Reserved(first));
    centre.asks(21_000, 1002, Ask::Ready);
    assert_eq!(centre.state_of(1002), AgentState::Reserved(second));
}

#[test]
fn idleness_is_counted_over_all_queues() {
    let mut centre = Centre::staffed();
    let call = centre.calls(10_000, "c1", "701");
    centre.at(11_000, Event::LegAnswered { leg: ours(call, 1) });
    centre.ends(12_000, ours(call, 1), None);
    assert_eq!(centre.state_of(1001), AgentState::Ready);
    let next = centre.calls(13_000, "c2", "700");
    assert_eq!(centre.state_of(1002), AgentState::Reserved(next), "1001 has just served the other queue");
}

#[test]
fn callers_of_one_millisecond_are_served_in_the_order_of_arrival() {
    let mut centre = Centre::opened();
    let calls: Vec<_> = (0..20).map(|n| centre.calls(10_000, &format!("c{n}"), "700")).collect();
    let mut served = Vec::new();
    for call in &calls {
        centre.asks(20_000, 1002, Ask::Ready);
        if centre.state_of(1002) == AgentState::Reserved(*call) {
            served.push(*call);
        }
        let leg = LegId::Theirs(centre.state.calls().get(call).expect("a call").leg.clone());
        centre.at(20_000, Event::LegEnded { leg, cause: Cause::default() });
        centre.ends(20_000, ours(*call, 1), None);
    }
    assert_eq!(served, calls);
}

/// Matching looks at the front of an index: with a hundred times as many callers, a step may not cost much more. The best of
/// many rounds counts, and the bound is wide: a scan would be a hundred times as slow.
#[test]
fn step_costs_about_the_same_with_ten_thousand_waiting() {
    let cost = |waiting: usize| {
        let mut state = Centre::opened().state;
        for n in 0..waiting {
            step(&mut state, Timestamp::from_ms(10_000), arrived(&format!("c{n}"), "700"));
        }
        state.take_changes();
        let rounds = (0..200).map(|n| {
            let began = worked();
            step(&mut state, Timestamp::from_ms(20_000), arrived(&format!("x{n}"), "700"));
            let leg = LegId::Theirs(their(&format!("x{n}")));
            step(&mut state, Timestamp::from_ms(20_001), Event::LegEnded { leg, cause: Cause::default() });
            state.take_changes();
            worked() - began
        });
        rounds.min().unwrap_or_default()
    };
    let (few, many) = (cost(100), cost(10_000));
    assert!(many < few * 10, "100 waiting: {few:?}, 10,000 waiting: {many:?}");
}

/// For how long this thread has worked: what others do meanwhile on the same processor does not count.
pub(super) fn worked() -> std::time::Duration {
    nix::time::ClockId::CLOCK_THREAD_CPUTIME_ID.now().expect("Linux has this clock").into()
}

/// By how much Asterisk's clock is behind ours.
const BEHIND: i64 = 7_000_000;

/// A machine that stands still has Asterisk tell of two callers in the other order.
#[test]
fn whoever_called_first_is_served_first_whomever_we_heard_of_first() {
    let mut centre = Centre::opened();
    let ages = [("c1", 0), ("c2", 300), ("c3", 2), ("c4", 60_001), ("c5", 9_000)];
    for (ms, (leg, age)) in (10_000..).zip(ages) {
        centre.at(ms, called(leg, ms - age, ms));
    }
    assert_eq!(ages.map(|(leg, _)| entered(&centre, leg)), [10_000, 9_701, 10_000, 10_003, 1_004]);
    assert_eq!(served(&mut centre, 20_000), ["c5", "c2", "c1", "c3", "c4"]);
}

/// The program stands still for ten seconds, and then hears of everybody at once: whoever takes longer from the dialplan to us
/// gains nothing by it.
#[test]
fn callers_who_are_heard_of_at_once_have_waited_since_each_of_them_called() {
    let mut centre = Centre::opened();
    centre.at(8_000, called("c0", 7_999, 7_999));
    centre.at(19_000, Event::ClockJumped { by: 10_000 });
    for (leg, came, told) in [("c1", 9_000, 9_004), ("c2", 9_500, 9_502), ("c3", 12_000, 12_030), ("c4", 18_000, 18_001)] {
        centre.at(19_000, called(leg, came, told));
    }
    let legs = ["c0", "c1", "c2", "c3", "c4"].map(|leg| caller_there(leg, None)).to_vec();
    let account = Account { legs, reachable: vec![endpoint(1001)], ..Account::default() };
    centre.at(19_100, Event::SwitchReturned { server: SERVER, account });
    assert_eq!(["c0", "c1", "c2", "c3", "c4"].map(|leg| entered(&centre, leg)), [8_000, 9_001, 9_501, 12_001, 18_001]);
    assert_eq!(served(&mut centre, 20_000), ["c0", "c1", "c2", "c3", "c4"]);
}

#[test]
fn whoever_called_while_nobody_was_here_has_waited_since_then() {
    let mut centre = Centre::opened();
    centre.at(9_000, Event::SwitchLost { server: SERVER });
    let clock = |ms: i64| Some(Timestamp::from_ms(ms - BEHIND));
    let new = LegAccount { up: false, came: clock(12_000), ..caller_there("c1", None) };
    let account = Account { legs: vec![new], reachable: vec![endpoint(1001)], clock: clock(20_000), ..Account::default() };
    centre.at(20_000, Event::SwitchReturned { server: SERVER, account });
    centre.at(20_001, called("c2", 19_701, 20_001));
    assert_eq!(["c1", "c2"].map(|leg| entered(&centre, leg)), [12_000, 19_701]);
    assert_eq!(served(&mut centre, 21_000), ["c1", "c2"]);
}

/// Whoever has no time, or one that cannot be, comes when we hear of them.
#[test]
fn a_caller_whose_time_nobody_knows_enters_now() {
    let mut centre = Centre::opened();
    centre.at(10_000, called("c1", 10_500, 10_000));
    centre.at(11_000, called("c2", i64::MIN + BEHIND, 11_000));
    centre.at(12_000, arrived("c3", "700"));
    centre.at(13_000, Event::ClockJumped { by: -3_600_000 });
    centre.at(14_000, unclocked("c4", 13_000));
    assert_eq!(["c1", "c2", "c3", "c4"].map(|leg| entered(&centre, leg)), [10_000, 11_000, 12_000, 14_000]);
}

/// Somebody called, and was handed to us, at these times by our clock; it is Asterisk's that says so.
fn called(leg: &str, came: i64, told: i64) -> Event {
    let clock = |ms: i64| Some(Timestamp::from_ms(ms - BEHIND));
    let (leg, dialled, came, told) = (their(leg), "700".to_owned(), clock(came), clock(told));
    Event::CallerArrived { leg, number: None, dialled, priority: 0, came, told }
}

/// The same, of which nobody says when it was told.
fn unclocked(leg: &str, came: i64) -> Event {
    let (leg, dialled, came) = (their(leg), "700".to_owned(), Some(Timestamp::from_ms(came - BEHIND)));
    Event::CallerArrived { leg, number: None, dialled, priority: 0, came, told: None }
}

fn entered(centre: &Centre, leg: &str) -> i64 {
    centre.state.call_of(&their(leg)).expect("the caller entered a queue").entered.as_ms()
}
