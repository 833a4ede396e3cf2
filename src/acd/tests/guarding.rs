//! Callers who wait are guarded: nobody waits for a program that is gone.

use model::{CallPhase, Outcome, Side};

use super::failing::{failed, refused};
use super::*;
use crate::event::OrderFailure;
use crate::next_deadline;

fn guarding(within: Option<Span>) -> Op {
    Op::Guard { leg: their("c1"), within }
}

fn due(centre: &Centre) -> i64 {
    next_deadline(&centre.state).expect("a guard is renewed").as_ms()
}

#[test]
fn guard_is_renewed_every_twenty_seconds_and_the_first_time_within_them() {
    let mut centre = Centre::opened();
    let call = centre.calls(10_000, "c1", "700");
    let first = due(&centre);
    assert!((20_000..30_000).contains(&first), "{first}");
    for n in 0..3 {
        assert_eq!(centre.deadline(first + n * 20_000), vec![guard(call, "c1")]);
    }
    centre.ends(first + 41_000, "c1", None);
    assert_eq!(next_deadline(&centre.state), None);
}

#[test]
fn renewals_of_callers_who_came_in_one_instant_are_spread_over_ten_seconds() {
    let mut centre = Centre::opened();
    for n in 0..1_000 {
        centre.calls(10_000, &format!("c{n}"), "700");
    }
    let mut renewed = Vec::new();
    for second in 20..30 {
        let effects = centre.at(second * 1_000 + 999, Event::DeadlinePassed);
        renewed.push(effects.len());
    }
    assert_eq!(renewed.iter().sum::<usize>(), 1_000);
    assert!(renewed.iter().all(|count| (50..200).contains(count)), "{renewed:?}");
}

#[test]
fn guard_that_could_not_be_renewed_is_renewed_a_second_later() {
    let mut centre = Centre::opened();
    let call = centre.calls(10_000, "c1", "700");
    let first = due(&centre);
    centre.deadline(first);
    let order = guarding(Some(Span::from_secs(60)));
    let event = Event::OrderFailed { order, why: refused() };
    assert_eq!(centre.at(first + 10, event), vec![failed("guard c1", "refused with 500: Internal Server Error")]);
    assert_eq!(centre.deadline(first + 1_010), vec![guard(call, "c1")]);
}

#[test]
fn guard_over_a_caller_who_is_gone_tells_of_the_end() {
    let mut centre = Centre::opened();
    let call = centre.calls(10_000, "c1", "700");
    let order = guarding(Some(Span::from_secs(60)));
    let effects = centre.at(11_000, Event::OrderFailed { order, why: OrderFailure::Gone });
    assert!(effects.contains(&ended(call, Outcome::Abandoned, Side::Caller)));
}

#[test]
fn guard_that_was_not_lifted_is_lifted_again_until_it_is() {
    let (mut centre, call) = Centre::talking();
    for n in 0..3 {
        let at = 13_010 + n * 1_000;
        centre.at(at, Event::OrderFailed { order: guarding(None), why: refused() });
        assert_eq!(centre.deadline(at + 1_000), vec![lift(call, "c1")]);
    }
    assert_eq!(next_deadline(&centre.state), None);
}

#[test]
fn late_failure_to_renew_changes_nothing_for_those_who_talk() {
    let (mut centre, _) = Centre::talking();
    let order = guarding(Some(Span::from_secs(60)));
    centre.at(13_010, Event::OrderFailed { order, why: refused() });
    assert_eq!(next_deadline(&centre.state), None);
}

#[test]
fn guard_that_was_not_lifted_before_the_way_was_lost_is_lifted_when_it_is_back() {
    let (mut centre, call) = Centre::talking();
    centre.at(13_010, Event::SwitchLost { server: SERVER });
    centre.at(13_011, Event::OrderFailed { order: guarding(None), why: OrderFailure::Unknown });
    assert_eq!(centre.deadline(14_011), vec![], "there is no way to tell Asterisk");
    let mark = mark_of(call, 700, 10_000, CallPhase::Talking);
    let together = BridgeAccount { bridge: bridge(call, 1), legs: vec![LegId::Theirs(their("c1")), LegId::Ours(ours(call, 1))] };
    let effects =
        centre.at(14_500, returns(vec![caller_there("c1", mark), phone_there(ours(call, 1), true, 1001)], vec![together]));
    assert_eq!(effects.first(), Some(&lift(call, "c1")));
    assert_eq!(next_deadline(&centre.state), None);
}

#[test]
fn guards_are_not_renewed_while_the_way_is_lost_and_those_that_grew_old_are_when_it_is_back() {
    let mut centre = Centre::opened();
    let old = centre.calls(10_000, "c1", "700");
    centre.at(11_000, Event::SwitchLost { server: SERVER });
    assert_eq!(centre.at(35_000, Event::DeadlinePassed), vec![]);
    let mark = mark_of(old, 700, 10_000, CallPhase::Waiting);
    let effects = centre.at(40_001, returns(vec![caller_there("c1", mark)], vec![]));
    assert_eq!(effects, vec![guard(old, "c1"), watch(&[1001, 1002]), Effect::Record(Fact::SwitchChanged { up: true })]);
}

#[test]
fn young_guard_is_left_alone_when_the_way_is_back() {
    let mut centre = Centre::opened();
    let call = centre.calls(10_000, "c1", "700");
    centre.at(11_000, Event::SwitchLost { server: SERVER });
    let mark = mark_of(call, 700, 10_000, CallPhase::Waiting);
    let effects = centre.at(19_000, returns(vec![caller_there("c1", mark)], vec![]));
    assert!(!effects.contains(&guard(call, "c1")), "{effects:?}");
}
