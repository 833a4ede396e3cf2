//! What has a limit, and what happens at it.

use model::explain::Compared;

use super::choosing::{decisions, staffed_by};
use super::overflowing::{comes, queue_of};
use super::*;
use crate::state::parting::MOST_PARTINGS;

#[test]
fn queue_holds_five_thousand_whatever_its_rules_are() {
    let mut centre = Centre::opened();
    for n in 0..crate::overflow::MOST_WAITING {
        step(&mut centre.state, Timestamp::from_ms(10_000), arrived(&format!("c{n}"), "700"));
    }
    let (call, effects) = comes(&mut centre, 11_000, "late");
    assert!(effects.contains(&left(call, 700, Leaving::Full)));
    assert!(effects.contains(&give_back(call, "late")));
}

#[test]
fn program_holds_ten_thousand_calls_and_turns_the_next_away() {
    let mut changed = settings();
    changed.queues.push(model::Queue { id: queue(702), number: "702".to_owned(), ..changed.queues[1].clone() });
    let mut centre = Centre::of(changed, &[]);
    for n in 0..5_000 {
        for number in ["700", "701"] {
            step(&mut centre.state, Timestamp::from_ms(10_000), arrived(&format!("{number}-{n}"), number));
        }
    }
    let turned_away =
        Fact::CallTurnedAway { leg: LegId::Theirs(their("late")), dialled: "702".to_owned(), why: model::fact::TurnedAway::Full };
    let back = order_leg("late", Op::Continue { leg: their("late"), exit: Exit::Returned });
    assert_eq!(centre.at(11_000, arrived("late", "702")), vec![lift_from_leg("late"), back, Effect::Record(turned_away)]);
    centre.ends(12_000, "700-0", None);
    assert_eq!(queue_of(&centre, centre.state.calls().keys().next_back().copied().expect("a call")), Some(701));
    centre.calls(13_000, "later", "702");
}
#[test]
fn callers_on_their_way_out_are_looked_after_up_to_a_bound() {
    let mut centre = Centre::opened();
    for n in 0..=MOST_PARTINGS {
        step(&mut centre.state, Timestamp::from_ms(10_000), arrived(&format!("c{n}"), "799"));
    }
    assert_eq!(centre.state.partings().len(), MOST_PARTINGS);
    let back = order_leg("last", Op::Continue { leg: their("last"), exit: Exit::Returned });
    assert!(centre.at(10_001, arrived("last", "799")).contains(&back), "who comes then is sent on all the same");
    centre.ends(10_002, "c0", None);
    centre.at(10_003, arrived("next", "799"));
    assert_eq!(centre.ends(10_004, "next", None), vec![], "its end is expected again");
}

#[test]
fn last_choices_are_remembered_and_the_list_is_bounded() {
    let mut centre = Centre::of(staffed_by(Strategy::LongestIdle, &[(1001, 1)]), &[1001]);
    let call = centre.calls(10_000, "c1", "700");
    for n in 1..40 {
        centre.ends(10_000 + i64::from(n), ours(call, n), Some(603));
        centre.asks(10_000 + i64::from(n), 1001, Ask::Ready);
    }
    let decisions = decisions(&centre, call);
    assert_eq!(decisions.len(), crate::call::DECISIONS);
    assert_eq!(decisions.last().map(|decision| decision.at), Some(Timestamp::from_ms(10_039)));
}

#[test]
fn many_candidates_are_counted_and_the_first_are_named() {
    for strategy in [Strategy::LongestIdle, Strategy::FewestCalls, Strategy::RoundRobin, Strategy::Linear, Strategy::Random] {
        let agents: Vec<(u128, u8)> = (0..30).map(|n| (2_000 + n, if n < 5 { 1 } else { 2 })).collect();
        let ready: Vec<u128> = agents.iter().map(|(number, _)| *number).collect();
        let mut centre = Centre::of(staffed_by(strategy, &agents), &ready);
        let call = centre.calls(100_000, "c1", "700");
        let Compared::Agents { candidates, more, .. } = decisions(&centre, call).remove(0).compared else { panic!() };
        assert_eq!((candidates.len(), more), (Compared::SHOWN, 22), "{strategy:?}");
        assert_eq!(candidates.iter().filter(|one| one.tier == 1).count(), 5, "{strategy:?}");
    }
}
