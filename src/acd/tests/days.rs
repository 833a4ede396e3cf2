//! What is counted is counted by the day of the site.

use std::collections::BTreeMap;

use model::wallboard::{DaySums, Today};

use super::*;

fn midnight(ms: i64, sums: DaySums) -> Event {
    Event::DayBegan { began: Timestamp::from_ms(ms), sums }
}

fn today(centre: &Centre, number: u128) -> Today {
    crate::wallboard::queue_row(&centre.state, queue(number)).expect("a row").today
}

fn answered(centre: &Centre, number: u128) -> u32 {
    crate::wallboard::agent_row(&centre.state, agent(number)).expect("a row").answered
}

#[test]
fn what_was_counted_begins_anew_at_midnight() {
    let (mut centre, _) = Centre::talking();
    centre.calls(20_000, "c2", "700");
    centre.ends(21_000, "c2", None);
    assert_eq!((today(&centre, 700).answered, today(&centre, 700).abandoned, answered(&centre, 1001)), (1, 1, 1));
    centre.at(30_000, midnight(30_000, DaySums::default()));
    assert_eq!((today(&centre, 700), answered(&centre, 1001)), (Today::default(), 0));
    assert_eq!(crate::wallboard::totals(&centre.state).today, Today::default());
    assert_eq!(check(&centre.state), Vec::<String>::new());
}

#[test]
fn day_that_is_counted_already_is_not_begun_again() {
    let (mut centre, _) = Centre::talking();
    centre.at(30_000, midnight(9_000, DaySums::default()));
    let sums = DaySums { answered: BTreeMap::from([(agent(1001), 5)]), ..DaySums::default() };
    assert_eq!(centre.at(31_000, midnight(9_000, sums)), vec![ignored("day_began", Ignored::AlreadySo)]);
}

#[test]
fn day_goes_on_from_what_the_books_say_of_it() {
    let mut centre = Centre::staffed();
    let sold = Today { answered: 7, answered_in_time: 5, abandoned: 3, abandoned_late: 2, entered: 11, left: 1 };
    let gone = Today { answered: 1, entered: 1, ..Today::default() };
    let queues = BTreeMap::from([(queue(700), sold), (queue(9), gone)]);
    let answered_by = BTreeMap::from([(agent(1001), 6), (agent(9), 2)]);
    centre.at(5_000, midnight(4_000, DaySums { queues, answered: answered_by }));
    assert_eq!((today(&centre, 700), today(&centre, 701)), (sold, Today::default()));
    assert_eq!((answered(&centre, 1001), answered(&centre, 1002)), (6, 0));
    let total = crate::wallboard::totals(&centre.state).today;
    assert_eq!((total.answered, total.entered), (8, 12), "a queue that is gone counts in the sums over all");
}

#[test]
fn agent_who_answered_most_yesterday_is_served_like_all_others_today() {
    let mut changed = settings();
    changed.queues[0].strategy = Strategy::FewestCalls;
    let mut centre = Centre::of(changed, &[1001, 1002]);
    let sums = DaySums { answered: BTreeMap::from([(agent(1001), 9)]), ..DaySums::default() };
    centre.at(5_000, midnight(4_000, sums));
    let call = centre.calls(6_000, "c1", "700");
    assert_eq!(centre.state_of(1002), AgentState::Reserved(call));
    centre.ends(7_000, "c1", None);
    centre.ends(7_001, ours(call, 1), None);
    centre.at(8_000, midnight(8_000, DaySums::default()));
    let call = centre.calls(9_000, "c2", "700");
    assert_eq!(centre.state_of(1001), AgentState::Reserved(call), "of equals the longest idle");
}

#[test]
fn conversation_of_yesterday_that_never_came_about_is_not_taken_from_today() {
    let (mut centre, call) = Centre::talking();
    centre.at(12_000, midnight(12_000, DaySums::default()));
    let order = Op::Join { bridge: bridge(call, 1), legs: vec![LegId::Theirs(their("c1")), LegId::Ours(ours(call, 1))] };
    let why = crate::event::OrderFailure::Refused { status: 500, text: "Internal Server Error".to_owned() };
    centre.at(12_100, Event::OrderFailed { order, why });
    assert_eq!((today(&centre, 700).answered, answered(&centre, 1001)), (0, 0));
}

#[test]
fn each_queue_counts_who_came_into_it_who_left_it_and_how_long_they_waited_there() {
    let mut centre = Centre::opened();
    let call = centre.calls(10_000, "c1", "700");
    let by = Actor::Program;
    centre.at(40_000, Event::CallAsked { call, ask: model::CallAsk::MoveTo(queue(701)), by });
    let (first, second) = (today(&centre, 700), today(&centre, 701));
    assert_eq!((first.entered, first.left, second.entered, second.left), (1, 1, 1, 0));
    centre.asks(41_000, 1001, Ask::Ready);
    centre.at(41_100, Event::LegRang { leg: ours(call, 1) });
    centre.at(42_000, Event::LegAnswered { leg: ours(call, 1) });
    let second = today(&centre, 701);
    assert_eq!((second.answered, second.answered_in_time), (1, 1), "two seconds in this queue, whatever it was in the other");
    assert_eq!(today(&centre, 700).answered, 0);
}
