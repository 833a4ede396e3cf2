//! Offered = answered + abandoned + returned + fallback + lost + in progress: for any interval, whatever happened and however
//! the facts were cut into batches. What the books should hold is told a second time here, in the plainest way.

use std::collections::BTreeMap;

use model::fact::{FallbackCall, Leaving};
use model::{CallId, Fact, LegId, Outcome, ServerId, Side, Span, TheirLeg, Timestamp};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use uuid::Uuid;

use super::at;
use super::books::{AGENT, QUEUE, numbered};
use super::stand::on_both;
use crate::books;
use crate::calls::{self, Totals};

/// How many histories are told, how many calls one has, and how much time is between two histories.
const HISTORIES: i64 = 100;
const CALLS: u8 = 6;
const APART: i64 = 1_000_000;

/// Something that happens in a history.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Enters,
    Moves,
    IsAnswered,
    AnswerIsUndone,
    Ends(Outcome),
    FallsBack { ended: bool },
    ALegFallsBackThatWasNeverOurs { ended: bool },
    TheProgramStartsAnew,
}

/// What became of a call.
#[derive(Clone, Copy, Debug)]
struct Row {
    entered: i64,
    answered: bool,
    outcome: Option<Outcome>,
    ended: bool,
}

fn deed() -> impl Strategy<Value = Deed> {
    let outcomes = [Outcome::Answered, Outcome::Abandoned, Outcome::Returned, Outcome::Lost];
    prop_oneof![
        5 => Just(Deed::Enters),
        1 => Just(Deed::Moves),
        3 => Just(Deed::IsAnswered),
        1 => Just(Deed::AnswerIsUndone),
        6 => prop::sample::select(outcomes.to_vec()).prop_map(Deed::Ends),
        1 => any::<bool>().prop_map(|ended| Deed::FallsBack { ended }),
        1 => any::<bool>().prop_map(|ended| Deed::ALegFallsBackThatWasNeverOurs { ended }),
        1 => Just(Deed::TheProgramStartsAnew),
    ]
}

/// A history: deeds, each of one call and at its own time, and where a batch ends.
fn history() -> impl Strategy<Value = Vec<(Deed, u8, bool)>> {
    prop::collection::vec((deed(), 0..CALLS, prop::bool::weighted(0.3)), 1..60)
}

/// The key under which a call stands here: legs that were never ours after the calls.
fn key(deed: Deed, call: u8) -> u8 {
    if matches!(deed, Deed::ALegFallsBackThatWasNeverOurs { .. }) { call + CALLS } else { call }
}

fn fact(deed: Deed, call: u8, history: i64, now: Timestamp) -> Option<Fact> {
    let id = CallId(Uuid::from_u128(u128::from(history.unsigned_abs()) << 8 | u128::from(call)));
    let leg = TheirLeg { server: ServerId(1), id: format!("{history}.{}", key(deed, call)) };
    let seen = |call, ended: bool| {
        let (dialled, ended) = ("700".to_owned(), ended.then_some(now));
        let leg = leg.clone();
        Fact::FallbackSeen(FallbackCall { leg, call, dialled, number: None, began: now, agent: None, answered: None, ended })
    };
    Some(match deed {
        Deed::Enters => Fact::CallEntered { call: id, leg: LegId::Theirs(leg.clone()), queue: QUEUE, number: None, entered: now },
        Deed::Moves => Fact::CallMoved { call: id, from: QUEUE, to: QUEUE, why: Leaving::Moved },
        Deed::IsAnswered => Fact::CallAnswered { call: id, agent: AGENT, waited: Span::ZERO },
        Deed::AnswerIsUndone => Fact::AnswerUndone { call: id },
        Deed::Ends(outcome) => Fact::CallEnded { call: id, outcome, by: Side::Program },
        Deed::FallsBack { ended } => seen(Some(id), ended),
        Deed::ALegFallsBackThatWasNeverOurs { ended } => seen(None, ended),
        Deed::TheProgramStartsAnew => return None,
    })
}

/// What the books should say after a deed.
fn follow(rows: &mut BTreeMap<u8, Row>, deed: Deed, call: u8, now: i64) {
    let new = Row { entered: now, answered: false, outcome: None, ended: false };
    let key = key(deed, call);
    match deed {
        Deed::Enters => {
            let row = rows.entry(key).or_insert(new);
            (row.outcome, row.ended) = (None, false);
        }
        Deed::FallsBack { ended } | Deed::ALegFallsBackThatWasNeverOurs { ended } => {
            let row = rows.entry(key).or_insert(new);
            row.ended = ended || (row.ended && row.outcome == Some(Outcome::Fallback));
            row.outcome = Some(Outcome::Fallback);
        }
        Deed::TheProgramStartsAnew => {
            for row in rows.values_mut().filter(|row| row.outcome.is_none()) {
                row.outcome = Some(if row.answered { Outcome::Answered } else { Outcome::Lost });
                row.ended = true;
            }
        }
        Deed::Moves => {}
        Deed::IsAnswered => {
            rows.entry(key).and_modify(|row| row.answered = true);
        }
        Deed::AnswerIsUndone => {
            rows.entry(key).and_modify(|row| row.answered = false);
        }
        Deed::Ends(outcome) => {
            if let Some(row) = rows.get_mut(&key).filter(|row| row.outcome != Some(Outcome::Fallback)) {
                (row.outcome, row.ended) = (Some(outcome), true);
            }
        }
    }
}

fn counted(rows: &BTreeMap<u8, Row>, from: i64, to: i64) -> Totals {
    let mut totals = Totals::default();
    for row in rows.values().filter(|row| (from..to).contains(&row.entered)) {
        totals.offered += 1;
        *match row.outcome {
            Some(Outcome::Answered) => &mut totals.answered,
            Some(Outcome::Abandoned) => &mut totals.abandoned,
            Some(Outcome::Returned) => &mut totals.returned,
            Some(Outcome::Fallback) => &mut totals.fallback,
            Some(Outcome::Lost) => &mut totals.lost,
            None => &mut totals.in_progress,
        } += 1;
        assert!(row.ended || matches!(row.outcome, None | Some(Outcome::Fallback)));
    }
    totals
}

#[tokio::test]
async fn every_call_that_was_offered_stands_under_one_number_for_any_interval() {
    on_both(|stand| async move {
        let mut runner = TestRunner::deterministic();
        let mut seen = Totals::default();
        for n in 0..HISTORIES {
            let (mut rows, mut batch, begins) = (BTreeMap::new(), Vec::new(), n * APART);
            let told = history().new_tree(&mut runner).unwrap().current();
            for ((deed, call, cut), now) in told.iter().copied().zip(begins..) {
                // Nobody answers a call that has not come.
                if !matches!(deed, Deed::IsAnswered) || rows.contains_key(&call) {
                    follow(&mut rows, deed, call, now);
                    batch.extend(fact(deed, call, n, at(now)).map(|fact| (now, fact)));
                }
                let anew = matches!(deed, Deed::TheProgramStartsAnew);
                if cut || anew || now + 1 == begins + i64::try_from(told.len()).unwrap() {
                    let first = books::position(&stand.db).await.unwrap() + 1;
                    books::apply(&stand.db, &numbered(first, std::mem::take(&mut batch))).await.unwrap();
                }
                if anew {
                    books::end_what_was_left_open(&stand.db, at(now)).await.unwrap();
                }
            }
            for (from, to) in [(0, APART), (0, 20), (20, 40), (7, 8), (30, 3)].map(|(a, b)| (begins + a, begins + b)) {
                let totals = calls::totals(&stand.db, at(from), at(to)).await.unwrap();
                assert_eq!(totals, counted(&rows, from, to), "{from}..{to} of {told:?}");
                assert!(totals.balance(), "{totals:?}");
                seen = Totals {
                    answered: seen.answered + totals.answered,
                    abandoned: seen.abandoned + totals.abandoned,
                    returned: seen.returned + totals.returned,
                    fallback: seen.fallback + totals.fallback,
                    lost: seen.lost + totals.lost,
                    in_progress: seen.in_progress + totals.in_progress,
                    offered: 0,
                };
            }
            // What earlier histories left open would be ended by the next one's new start.
            books::end_what_was_left_open(&stand.db, at(begins + APART - 1)).await.unwrap();
        }
        for number in [seen.answered, seen.abandoned, seen.returned, seen.fallback, seen.lost, seen.in_progress] {
            assert!(number >= 20, "too few of one kind to prove much: {seen:?}");
        }
        let all = calls::totals(&stand.db, at(0), at(HISTORIES * APART)).await.unwrap();
        assert_eq!(i64::try_from(all.offered).unwrap(), stand.count("SELECT COUNT(*) FROM calls").await);
    })
    .await;
}
