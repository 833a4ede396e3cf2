//! Calls that moved between queues, calls that Asterisk's own queue took care of, and what a program needs that has lost its
//! journal.

use model::fact::{FallbackCall, Leaving, Segment};
use model::{
    Actor, AgentState, CallId, Fact, NotReadyReason, OfferEnd, Outcome, Phone, QueueId, SegmentKind, ServerId, Side, TheirLeg,
};
use uuid::Uuid;

use super::books::{AGENT, QUEUE, call, facts, numbered};
use super::stand::{Stand, on_both};
use super::{agent, at, queue};
use crate::agent_states::{self, Last};
use crate::books::{self, LeftOpen};
use crate::{agents, calls, queues};

const OTHER: QueueId = QueueId(Uuid::from_u128(701));

fn leg(n: u128) -> TheirLeg {
    TheirLeg { server: ServerId(1), id: format!("1790000000.{n}") }
}

/// A report of a call that fell back at 9 s: the caller's leg is that of call `n` of the books' tests.
fn seen(n: u128, call: Option<CallId>, answered: Option<i64>, ended: Option<i64>) -> Fact {
    Fact::FallbackSeen(FallbackCall {
        leg: leg(n),
        call,
        dialled: "700".to_owned(),
        number: Some(Phone::new("+79123456789")),
        began: at(9000),
        agent: answered.map(|_| "1001".to_owned()),
        answered: answered.map(at),
        ended: ended.map(at),
    })
}

fn entered(n: u128) -> (i64, Fact) {
    facts(n).swap_remove(0)
}

fn ended(n: u128, outcome: Outcome, by: Side) -> (i64, Fact) {
    (8000, Fact::CallEnded { call: call(n), outcome, by })
}

/// Books the facts one by one and, elsewhere, all at once: the same must come of it.
async fn told(told: Vec<(i64, Fact)>, singly: bool, stand: &Stand) {
    let entries = numbered(books::position(&stand.db).await.unwrap() + 1, told);
    let size = if singly { 1 } else { entries.len() };
    for batch in entries.chunks(size) {
        books::apply(&stand.db, batch).await.unwrap();
    }
}

async fn furnish(stand: &Stand) {
    queues::save(&stand.db, &Actor::CommandLine, at(0), queue(700)).await.unwrap();
    agents::save(&stand.db, &Actor::CommandLine, at(0), agent(1001, &[700])).await.unwrap();
}

#[tokio::test]
async fn a_call_that_moves_stands_in_its_last_queue_and_remembers_the_first() {
    for singly in [true, false] {
        on_both(move |stand| async move {
            let moved = |from, to| Fact::CallMoved { call: call(0), from, to, why: Leaving::MaxWait };
            let waited = Fact::SegmentEnded(Segment {
                call: call(0),
                kind: SegmentKind::Waiting,
                queue: QUEUE,
                agent: None,
                offer: None,
                began: at(0),
                ended: at(2000),
                ending: None,
            });
            let third = QueueId(Uuid::from_u128(702));
            told(vec![entered(0), (2000, waited), (2000, moved(QUEUE, OTHER)), (3000, moved(OTHER, third))], singly, &stand)
                .await;
            let story = calls::story(&stand.db, call(0)).await.unwrap().unwrap();
            assert_eq!((story.call.first_queue, story.call.queue), (Some(QUEUE), Some(third)));
            assert_eq!(story.segments[0].queue, QUEUE, "a stretch stays in the queue in which it was");
            assert!(story.facts.iter().any(|recorded| recorded.kind == "call_moved"));
            // Taken over by a run that knows the present queue alone.
            let Fact::CallEntered { call: id, leg, number, entered, .. } = entered(0).1 else { panic!("no entry") };
            let again = Fact::CallEntered { call: id, leg, queue: third, number, entered };
            told(vec![(4000, again)], singly, &stand).await;
            let after = calls::find(&stand.db, call(0)).await.unwrap().unwrap();
            assert_eq!((after.first_queue, after.queue), (Some(QUEUE), Some(third)));
        })
        .await;
    }
}

/// Whether the core or the dialplan is the first to tell of it: who fell back was neither lost nor did they hang up.
#[tokio::test]
async fn a_call_of_ours_that_fell_back_counts_as_fallback_whatever_we_thought() {
    let ends = [(Outcome::Lost, Side::Switch), (Outcome::Abandoned, Side::Caller), (Outcome::Returned, Side::Program)];
    for (outcome, by) in ends {
        for singly in [true, false] {
            on_both(move |stand| async move {
                furnish(&stand).await;
                let report = || (9000, seen(0, Some(call(0)), None, None));
                told(vec![entered(0), ended(0, outcome, by), report()], singly, &stand).await;
                told(vec![entered(1), (9000, seen(1, Some(call(1)), None, None)), ended(1, outcome, by)], singly, &stand).await;
                for n in 0..2 {
                    let open = calls::find(&stand.db, call(n)).await.unwrap().unwrap();
                    assert_eq!((open.outcome, open.ended_at, open.ended_by), (Some(Outcome::Fallback), None, None));
                    assert_eq!((open.entered_at, open.dialled.as_deref(), open.queue), (at(0), Some("700"), Some(QUEUE)));
                }
                let over = (30_000, seen(0, Some(call(0)), Some(12_000), Some(30_000)));
                told(vec![over, report()], singly, &stand).await;
                let over = calls::find(&stand.db, call(0)).await.unwrap().unwrap();
                assert_eq!((over.answered_at, over.ended_at, over.agent), (Some(at(12_000)), Some(at(30_000)), Some(AGENT)));
                assert_eq!((over.outcome, over.ended_by, over.offers), (Some(Outcome::Fallback), None, 0));
            })
            .await;
        }
    }
}

#[tokio::test]
async fn a_call_that_was_never_ours_has_one_row_however_often_it_is_reported() {
    for singly in [true, false] {
        on_both(move |stand| async move {
            furnish(&stand).await;
            let reports = vec![
                (9000, seen(5, None, None, None)),
                (12_000, seen(5, None, Some(12_000), None)),
                (30_000, seen(5, None, Some(12_000), Some(30_000))),
                (31_000, seen(6, None, None, Some(31_000))),
            ];
            told(reports, singly, &stand).await;
            assert_eq!(stand.count("SELECT COUNT(*) FROM calls").await, 2);
            let rows = calls::of_leg(&stand.db, ServerId(1), "1790000000.5").await.unwrap();
            let row = &rows[0];
            assert_eq!((row.entered_at, row.answered_at, row.ended_at), (at(9000), Some(at(12_000)), Some(at(30_000))));
            assert_eq!((row.agent, row.queue, row.first_queue), (Some(AGENT), Some(QUEUE), Some(QUEUE)));
            assert_eq!((row.number.clone(), row.outcome), (Some(Phone::new("+79123456789")), Some(Outcome::Fallback)));
            assert_eq!(row.id.0.get_version_num(), 8, "an id that nobody takes for one of time");
            let story = calls::story(&stand.db, row.id).await.unwrap().unwrap();
            assert_eq!(story.facts.len(), 3, "the reports are told with the call");
        })
        .await;
    }
}

/// The program dies between taking a caller in and writing the call's id on the leg.
#[tokio::test]
async fn a_leg_that_does_not_know_its_call_is_found_by_the_books() {
    for singly in [true, false] {
        on_both(move |stand| async move {
            told(vec![entered(0), entered(1), (9000, seen(0, None, None, Some(9500)))], singly, &stand).await;
            assert_eq!(stand.count("SELECT COUNT(*) FROM calls").await, 2);
            let found = calls::find(&stand.db, call(0)).await.unwrap().unwrap();
            assert_eq!((found.outcome, found.ended_at), (Some(Outcome::Fallback), Some(at(9500))));
            assert_eq!(calls::find(&stand.db, call(1)).await.unwrap().unwrap().outcome, None);
        })
        .await;
    }
}

/// A program that hung sees the caller come when it goes on: long after the dialplan has seen it.
#[tokio::test]
async fn a_caller_has_come_when_the_first_of_both_saw_them() {
    for singly in [true, false] {
        on_both(move |stand| async move {
            let Fact::CallEntered { call: id, leg, queue, number, .. } = entered(0).1 else { panic!("no entry") };
            let late = Fact::CallEntered { call: id, leg, queue, number, entered: at(74_700) };
            told(vec![(74_700, late), (75_000, seen(0, None, None, Some(80_000)))], singly, &stand).await;
            let found = calls::find(&stand.db, call(0)).await.unwrap().unwrap();
            assert_eq!((found.entered_at, found.ended_at), (at(9000), Some(at(80_000))));
        })
        .await;
    }
}

#[tokio::test]
async fn a_number_an_agent_and_a_time_that_make_no_sense_are_booked_all_the_same() {
    on_both(|stand| async move {
        let strange = FallbackCall {
            leg: TheirLeg { server: ServerId(9), id: "a\0b".to_owned() },
            call: None,
            dialled: "7\0".repeat(400),
            number: None,
            began: at(9000),
            agent: Some("nobody".to_owned()),
            answered: Some(at(5000)),
            ended: Some(at(0)),
        };
        told(vec![(9000, Fact::FallbackSeen(strange)), (9001, Fact::ClockJumped { by: -3_600_000 })], false, &stand).await;
        let row = calls::of_leg(&stand.db, ServerId(9), "a\u{fffd}b").await.unwrap().remove(0);
        assert_eq!((row.queue, row.agent, row.number), (None, None, None));
        assert_eq!((row.answered_at, row.ended_at), (Some(at(9000)), Some(at(9000))), "nothing ends before it began");
        assert_eq!(stand.count("SELECT COUNT(*) FROM facts WHERE kind = 'clock_jumped'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_call_in_asterisks_own_care_is_not_ended_because_we_started_anew() {
    on_both(|stand| async move {
        told(vec![entered(0), entered(1), (9000, seen(0, Some(call(0)), None, None))], false, &stand).await;
        let left = books::end_what_was_left_open(&stand.db, at(10_000)).await.unwrap();
        assert_eq!(left, LeftOpen { calls: 1, states: 0 });
        assert_eq!(calls::find(&stand.db, call(0)).await.unwrap().unwrap().ended_at, None);
        // Handed to us again, it is ours again.
        told(vec![entered(0), ended(0, Outcome::Abandoned, Side::Caller)], true, &stand).await;
        let ours = calls::find(&stand.db, call(0)).await.unwrap().unwrap();
        assert_eq!((ours.outcome, ours.ended_by), (Some(Outcome::Abandoned), Some(Side::Caller)));
    })
    .await;
}

/// A run that has lost its state counts a call's offers from 1 again.
#[tokio::test]
async fn offers_that_are_counted_from_one_again_stand_beside_the_earlier_ones() {
    on_both(|stand| async move {
        let ring = |began, ended, end| {
            let agent = Some(AGENT);
            let (kind, ending) = (SegmentKind::Ringing, Some(end));
            let segment =
                Segment { call: call(0), kind, queue: QUEUE, agent, offer: Some(1), began: at(began), ended: at(ended), ending };
            (ended, Fact::SegmentEnded(segment))
        };
        let offer = |ms| (ms, Fact::OfferMade { call: call(0), offer: 1, agent: AGENT });
        told(vec![entered(0), offer(100), ring(100, 900, OfferEnd::SwitchError)], true, &stand).await;
        books::end_what_was_left_open(&stand.db, at(1000)).await.unwrap();
        told(vec![entered(0), offer(2000), ring(2000, 2500, OfferEnd::Accepted)], true, &stand).await;
        let story = calls::story(&stand.db, call(0)).await.unwrap().unwrap();
        let ends: Vec<_> = story.segments.iter().map(|segment| (segment.offer, segment.ending)).collect();
        assert_eq!(ends, [(Some(1), Some(OfferEnd::SwitchError)), (Some(1), Some(OfferEnd::Accepted))]);
        assert_eq!((story.call.offers, story.call.outcome), (2, None));
    })
    .await;
}

#[tokio::test]
async fn the_last_state_of_each_agent_is_told_as_it_was_reported_also_after_it_was_ended() {
    on_both(|stand| async move {
        queues::save(&stand.db, &Actor::CommandLine, at(0), queue(700)).await.unwrap();
        for n in [1003, 1001, 1002] {
            agents::save(&stand.db, &Actor::CommandLine, at(0), agent(n, &[700])).await.unwrap();
        }
        let id = |n| agent(n, &[]).id;
        let state = |ms, n, state| (ms, Fact::AgentChanged { agent: id(n), state, by: Actor::Program, why: None });
        let wrap_up = |until| AgentState::WrapUp { call: call(0), until: at(until) };
        let extended = |n, until| Fact::WrapUpExtended { agent: id(n), call: call(0), until: at(until), by: Actor::Agent(id(n)) };
        let earlier = vec![
            state(1000, 1001, wrap_up(2000)),
            (1500, extended(1001, 9_999)),
            state(2000, 1001, AgentState::Ready),
            state(3000, 1002, AgentState::NotReady(NotReadyReason::Training)),
            state(9000, 1001, wrap_up(14_000)),
            (9100, extended(1001, 44_000)),
            (9200, extended(1001, 74_000)),
            (9300, extended(1002, 1)),
            state(4000, 404, AgentState::Ready),
        ];
        told(earlier, false, &stand).await;
        let last = |agent, state, began, ended: Option<i64>| Last { agent, state, began_at: at(began), ended_at: ended.map(at) };
        let expected = |ended| {
            [
                last(id(1001), wrap_up(74_000), 9000, ended),
                last(id(1002), AgentState::NotReady(NotReadyReason::Training), 3000, ended),
            ]
        };
        assert_eq!(agent_states::last(&stand.db).await.unwrap(), expected(None));
        books::end_what_was_left_open(&stand.db, at(20_000)).await.unwrap();
        assert_eq!(agent_states::last(&stand.db).await.unwrap(), expected(Some(20_000)));
    })
    .await;
}
