//! Calls that Asterisk's own queue takes care of, as the dialplan noted them.

use model::fact::{FallbackCall, Ignored};
use model::wallboard::{Change, Today};
use model::{Outcome, Side};

use super::*;

fn up(leg: &str, call: Option<CallId>, began: i64) -> FallbackCall {
    FallbackCall {
        leg: their(leg),
        call,
        dialled: "700".to_owned(),
        number: None,
        began: Timestamp::from_ms(began),
        agent: None,
        answered: None,
        ended: None,
    }
}

fn over(call: &FallbackCall, at: i64) -> FallbackCall {
    FallbackCall { ended: Some(Timestamp::from_ms(at)), ..call.clone() }
}

fn reported(calls: &[FallbackCall]) -> Event {
    Event::FallbackReported { server: SERVER, calls: calls.to_vec() }
}

fn seen(call: &FallbackCall) -> Effect {
    Effect::Record(Fact::FallbackSeen(call.clone()))
}

fn forget(legs: &[&str]) -> Effect {
    let legs = legs.iter().map(|leg| their(leg)).collect();
    Effect::Switch(Order { lane: Lane::Server(SERVER), op: Op::ForgetFallback { server: SERVER, legs } })
}

fn rows(centre: &Centre) -> Vec<i64> {
    let board = crate::wallboard(&centre.state, Timestamp::default());
    board.fallback.iter().map(|row| row.since.as_ms()).collect()
}

#[test]
fn fallback_call_is_booked_when_it_is_seen_and_when_it_is_over_and_then_forgotten() {
    let mut centre = Centre::opened();
    let (late, early) = (up("a", None, 2_000), up("b", None, 1_000));
    let both = [late.clone(), early.clone()];
    assert_eq!(centre.at(10_000, reported(&both)), vec![seen(&late), seen(&early)]);
    assert_eq!(centre.at(10_001, reported(&both)), vec![], "no news");
    assert_eq!(rows(&centre), [1_000, 2_000], "the oldest first");
    centre.state.take_changes();
    let ended = over(&late, 11_000);
    assert_eq!(centre.at(11_100, reported(&[ended.clone(), early.clone()])), vec![seen(&ended)]);
    assert!(centre.state.take_changes().iter().any(|change| matches!(change, Change::Fallback(rows) if rows.len() == 1)));
    assert_eq!(centre.at(12_000, reported(&[ended, early])), vec![], "it is noted still");
    assert_eq!(centre.deadline(21_100), vec![forget(&["a"])], "the books have it, whatever becomes of us");
}

#[test]
fn fallback_call_that_is_reported_only_when_it_is_over_is_booked_once_as_such() {
    let mut centre = Centre::opened();
    let call = over(&up("a", None, 2_000), 3_000);
    assert_eq!(centre.at(10_000, reported(std::slice::from_ref(&call))), vec![seen(&call)]);
    assert_eq!(rows(&centre), Vec::<i64>::new());
    let another = over(&up("b", None, 2_000), 3_000);
    assert_eq!(centre.at(11_000, reported(&[call, another.clone()])), vec![seen(&another)]);
    assert_eq!(centre.deadline(20_000), vec![forget(&["a"])]);
    assert_eq!(centre.deadline(21_000), vec![forget(&["b"])]);
}

/// The order to forget it failed, and it is reported once more: then it is booked as before, and forgotten again.
#[test]
fn fallback_call_that_was_not_forgotten_is_forgotten_later() {
    let mut centre = Centre::opened();
    let call = over(&up("a", None, 2_000), 3_000);
    centre.at(10_000, reported(std::slice::from_ref(&call)));
    assert_eq!(centre.deadline(20_000), vec![forget(&["a"])]);
    assert_eq!(centre.at(30_000, reported(std::slice::from_ref(&call))), vec![seen(&call)]);
    assert_eq!(centre.deadline(40_000), vec![forget(&["a"])]);
}

#[test]
fn fallback_call_that_is_not_named_any_more_is_over() {
    let mut centre = Centre::opened();
    let call = up("a", None, 2_000);
    centre.at(10_000, reported(std::slice::from_ref(&call)));
    assert_eq!(centre.at(20_000, reported(&[])), vec![seen(&over(&call, 20_000))]);
    assert_eq!(rows(&centre), Vec::<i64>::new());
}

#[test]
fn report_of_one_asterisk_says_nothing_of_the_calls_of_another() {
    let mut centre = Centre::opened();
    let call = up("a", None, 2_000);
    centre.at(10_000, reported(std::slice::from_ref(&call)));
    assert_eq!(centre.at(20_000, Event::FallbackReported { server: ServerId(2), calls: vec![] }), vec![]);
    assert_eq!(centre.at(21_000, Event::FallbackReported { server: ServerId(2), calls: vec![over(&call, 20_500)] }), vec![]);
    assert_eq!(rows(&centre), [2_000]);
}

#[test]
fn caller_whom_the_guard_sent_into_the_fallback_has_not_abandoned() {
    let mut centre = Centre::opened();
    let call = centre.calls(10_000, "c1", "700");
    let other = centre.calls(10_000, "c2", "700");
    centre.ends(70_000, "c1", None);
    centre.ends(70_000, "c2", None);
    assert_eq!(
        centre.state.today(),
        Today { answered: 0, answered_in_time: 0, abandoned: 2, abandoned_late: 2, ..centre.state.today() }
    );
    let fell = up("c1", Some(call), 70_000);
    assert_eq!(centre.at(75_000, reported(std::slice::from_ref(&fell))), vec![seen(&fell)]);
    let today = Today { answered: 0, answered_in_time: 0, abandoned: 1, abandoned_late: 1, ..centre.state.today() };
    assert_eq!(centre.state.today(), today);
    assert_eq!(crate::wallboard(&centre.state, Timestamp::default()).queues[0].today, today);
    centre.at(80_000, reported(&[over(&fell, 79_000)]));
    assert_eq!(centre.state.today(), today, "it is taken back once");
    assert_ne!(call, other);
}

#[test]
fn abandoning_that_proves_to_be_a_fall_back_after_five_minutes_stays_counted() {
    let mut centre = Centre::opened();
    let call = centre.calls(10_000, "c1", "700");
    centre.ends(11_000, "c1", None);
    centre.at(311_001, reported(&[up("c1", Some(call), 11_000)]));
    assert_eq!(centre.state.today().abandoned, 1);
}

#[test]
fn abandoning_in_a_queue_that_is_gone_is_taken_back_from_the_sums_over_all() {
    let mut centre = Centre::opened();
    let call = centre.calls(10_000, "c1", "700");
    centre.ends(11_000, "c1", None);
    let mut changed = settings();
    changed.queues.remove(0);
    changed.agents.iter_mut().for_each(|agent| agent.queues.retain(|id| *id != queue(700)));
    centre.at(12_000, Event::SettingsChanged(changed));
    centre.at(13_000, reported(&[up("c1", Some(call), 11_000)]));
    assert_eq!(centre.state.today().abandoned, 0);
}

#[test]
fn fall_back_that_is_reported_before_the_end_of_the_leg_ends_the_call() {
    let (mut centre, call) = Centre::ringing();
    let fell = up("c1", Some(call), 12_000);
    let expected = vec![
        hang_up(call, ours(call, 1), HangupReason::Normal),
        destroy_bridge(call, 1),
        offer_ended(call, 1, 1001, OfferEnd::Withdrawn),
        ringing(call, 1, 1001, [10_000, 12_100], OfferEnd::Withdrawn),
        waited(call, 10_000, 12_100),
        ended(call, Outcome::Fallback, Side::Switch),
        becomes(1001, model::AgentState::Ready),
        seen(&fell),
    ];
    assert_eq!(centre.at(12_100, reported(&[fell])), expected);
    assert_eq!(centre.ends(12_110, "c1", None), vec![ignored("leg_ended", Ignored::UnknownLeg)]);
    assert_eq!(centre.state.today(), Today { entered: 1, ..Today::default() });
}

#[test]
fn caller_who_talked_and_fell_back_was_answered() {
    let (mut centre, call) = Centre::talking();
    let effects = centre.at(80_000, reported(&[up("c1", Some(call), 79_990)]));
    assert!(effects.contains(&ended(call, Outcome::Answered, Side::Switch)));
    assert_eq!(centre.state_of(1001), wrap_up(call, 85_000));
}

#[test]
fn fallback_call_of_which_nobody_tells_the_end_is_shown_for_four_hours() {
    const FOUR_HOURS: i64 = 4 * 3_600_000;
    let mut centre = Centre::opened();
    let call = up("a", None, 2_000);
    centre.at(10_000, reported(std::slice::from_ref(&call)));
    assert_eq!(centre.deadline(2_000 + FOUR_HOURS), vec![]);
    assert_eq!(rows(&centre), Vec::<i64>::new());
    assert_eq!(centre.at(FOUR_HOURS + 10_000, reported(std::slice::from_ref(&call))), vec![], "it is not taken in again");
    let ended = over(&call, FOUR_HOURS + 20_000);
    assert_eq!(centre.at(FOUR_HOURS + 20_000, reported(std::slice::from_ref(&ended))), vec![seen(&ended)]);
    assert_eq!(centre.deadline(FOUR_HOURS + 30_000), vec![forget(&["a"])]);
}

#[test]
fn five_thousand_fallback_calls_are_kept_and_the_next_is_booked_when_it_is_over() {
    let mut centre = Centre::opened();
    let calls: Vec<FallbackCall> = (0..5_001).map(|n| up(&format!("{n:04}"), None, 1_000 + n)).collect();
    assert_eq!(centre.at(10_000, reported(&calls)).len(), 5_000);
    assert_eq!(rows(&centre).len(), 5_000);
    let ended: Vec<FallbackCall> = calls.iter().map(|call| over(call, 11_000)).collect();
    assert_eq!(centre.at(11_000, reported(&ended)).len(), 5_002, "each is booked, and the one too many is forgotten at once");
    assert_eq!(centre.deadline(21_000).len(), 1, "the others are forgotten together");
}

#[test]
fn fallback_calls_outlive_a_snapshot() {
    let mut centre = Centre::opened();
    centre.calls(9_000, "c1", "700");
    centre.ends(9_500, "c1", None);
    centre.at(10_000, reported(&[up("a", None, 2_000), over(&up("b", None, 2_000), 3_000)]));
    let text = serde_json::to_string(&centre.state).expect("a state can be written");
    let back: State = serde_json::from_str(&text).expect("a state can be read");
    assert_eq!(back, centre.state);
    assert_eq!(check(&back), Vec::<String>::new());
}
