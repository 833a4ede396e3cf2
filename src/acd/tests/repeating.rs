//! Orders that are given again when they were not carried out.

use model::CallPhase;

use super::failing::{failed, refused};
use super::*;
use crate::event::{LegAccount, OrderFailure};

const LOST: &str = "the way to Asterisk was lost before the answer came";
const REFUSED: &str = "refused with 500: Internal Server Error";

fn music_starts() -> Op {
    Op::StartMusic { leg: LegId::Theirs(their("c1")), class: "default".to_owned() }
}

fn music_stops() -> Op {
    Op::StopMusic { leg: LegId::Theirs(their("c1")) }
}

fn watching() -> Op {
    Op::Watch { server: SERVER, endpoints: vec![endpoint(1001), endpoint(1002)] }
}

fn fails(centre: &mut Centre, ms: i64, order: Op, why: OrderFailure) -> Vec<Effect> {
    centre.at(ms, Event::OrderFailed { order, why })
}

#[test]
fn music_that_did_not_begin_is_ordered_twice_more_while_the_caller_waits() {
    let mut centre = Centre::opened();
    let call = centre.calls(10_000, "c1", "700");
    let again = vec![start_music(call, "c1"), failed("start_music c1", REFUSED)];
    assert_eq!(fails(&mut centre, 10_010, music_starts(), refused()), again);
    let again = vec![start_music(call, "c1"), failed("start_music c1", LOST)];
    assert_eq!(fails(&mut centre, 10_020, music_starts(), OrderFailure::Unknown), again);
    assert_eq!(fails(&mut centre, 10_030, music_starts(), refused()), vec![failed("start_music c1", REFUSED)]);
    assert_eq!(centre.state.calls().len(), 1, "silence is no reason to turn a caller away");
}

#[test]
fn music_that_did_not_end_is_ordered_to_twice_more_while_they_talk() {
    let (mut centre, call) = Centre::talking();
    let again = vec![stop_music(call, "c1"), failed("stop_music c1", REFUSED)];
    assert_eq!(fails(&mut centre, 13_010, music_stops(), refused()), again);
    let again = vec![stop_music(call, "c1"), failed("stop_music c1", LOST)];
    assert_eq!(fails(&mut centre, 13_020, music_stops(), OrderFailure::Unknown), again);
    assert_eq!(fails(&mut centre, 13_030, music_stops(), refused()), vec![failed("stop_music c1", REFUSED)]);
}

#[test]
fn music_that_the_call_has_outgrown_is_not_ordered_again() {
    let (mut centre, _) = Centre::ringing();
    assert_eq!(fails(&mut centre, 10_300, music_stops(), refused()), vec![failed("stop_music c1", REFUSED)]);
    let (mut centre, _) = Centre::talking();
    assert_eq!(fails(&mut centre, 13_010, music_starts(), refused()), vec![failed("start_music c1", REFUSED)]);
    let ours = LegId::Ours(OurLeg { server: SERVER, call: CallId(Uuid::nil()), n: 1 });
    let of_nobody = Op::StopMusic { leg: ours.clone() };
    assert_eq!(fails(&mut centre, 13_020, of_nobody, refused()), vec![failed(&format!("stop_music {ours}"), REFUSED)]);
}

#[test]
fn music_of_a_caller_whose_switch_is_lost_is_ordered_when_it_returns_even_if_the_mark_says_all_is_well() {
    let mut centre = Centre::opened();
    let call = centre.calls(10_000, "c1", "700");
    fails(&mut centre, 10_010, music_starts(), refused());
    centre.at(10_020, Event::SwitchLost { server: SERVER });
    assert_eq!(fails(&mut centre, 10_020, music_starts(), OrderFailure::Unknown), vec![failed("start_music c1", LOST)]);
    let leg = LegAccount {
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
    let account = Account { legs: vec![leg], reachable: vec![endpoint(1001), endpoint(1002)], ..Account::default() };
    let effects = centre.at(11_000, Event::SwitchReturned { server: SERVER, account });
    assert!(effects.contains(&start_music(call, "c1")), "{effects:?}");
}

#[test]
fn phones_that_could_not_be_watched_are_ordered_to_be_every_second_until_they_are() {
    let mut centre = Centre::opened();
    for second in [1_000, 2_000, 3_000] {
        let booked = vec![failed("watch 2 phones of server 1", REFUSED)];
        assert_eq!(fails(&mut centre, second + 500, watching(), refused()), booked);
        assert_eq!(centre.deadline(second + 1_500), vec![watch(&[1001, 1002])]);
    }
    assert_eq!(crate::next_deadline(&centre.state), None);
}

#[test]
fn phones_of_a_lost_switch_are_not_ordered_to_be_watched_until_it_returns() {
    let mut centre = Centre::opened();
    fails(&mut centre, 1_000, watching(), refused());
    centre.at(1_500, Event::SwitchLost { server: SERVER });
    assert_eq!(crate::next_deadline(&centre.state), None);
    fails(&mut centre, 1_600, watching(), OrderFailure::Unknown);
    assert_eq!(crate::next_deadline(&centre.state), None);
}

#[test]
fn phones_that_new_settings_have_watched_are_not_watched_a_second_time() {
    let mut centre = Centre::opened();
    fails(&mut centre, 1_000, watching(), refused());
    let mut changed = settings();
    changed.agents.truncate(1);
    assert!(centre.at(1_500, Event::SettingsChanged(changed)).contains(&watch(&[1001])));
    assert_eq!(crate::next_deadline(&centre.state), None);
}
