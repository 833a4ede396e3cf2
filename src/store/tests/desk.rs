//! What a desk tells out of the books.

use model::fact::Segment;
use model::{Actor, AgentId, CallId, Fact, LegId, OfferEnd, Outcome, Phone, SegmentKind, ServerId, Side, Span, TheirLeg};
use uuid::Uuid;

use super::books::{AGENT, QUEUE, call, facts, numbered};
use super::stand::on_both;
use super::{agent, at, queue};
use crate::{agents, books, desk, queues};

/// A call of that number that nobody answers: it rings at `AGENT` for two seconds.
fn unanswered(id: CallId, number: &str, from: i64) -> Vec<(i64, Fact)> {
    let leg = LegId::Theirs(TheirLeg { server: ServerId(1), id: format!("u{from}") });
    let rang = Segment {
        call: id,
        kind: SegmentKind::Ringing,
        queue: QUEUE,
        agent: Some(AGENT),
        offer: Some(1),
        began: at(from + 100),
        ended: at(from + 2_100),
        ending: Some(OfferEnd::NotAnswered),
    };
    vec![
        (from, Fact::CallEntered { call: id, leg, queue: QUEUE, number: Some(Phone::new(number)), entered: at(from) }),
        (from + 2_100, Fact::SegmentEnded(rang)),
        (from + 2_500, Fact::CallEnded { call: id, outcome: Outcome::Abandoned, by: Side::Caller }),
    ]
}

#[tokio::test]
async fn a_desk_knows_who_called_before_and_what_the_agent_has_done() {
    on_both(|stand| async move {
        let db = &stand.db;
        queues::save(db, &Actor::CommandLine, at(0), queue(700)).await.unwrap();
        agents::save(db, &Actor::CommandLine, at(0), agent(1001, &[700])).await.unwrap();
        let mut told = facts(1);
        told.extend(unanswered(call(2), "89123456789", 20_000));
        told.extend(unanswered(call(3), "+4915112345678", 30_000));
        books::apply(db, &numbered(1, told)).await.unwrap();

        let number = Phone::new("+79123456789");
        let earlier = desk::earlier(db, &number, call(9), 9).await.unwrap();
        let seen: Vec<_> = earlier.iter().map(|past| (past.call, past.outcome)).collect();
        assert_eq!(seen, vec![(call(2), Some(Outcome::Abandoned)), (call(1), Some(Outcome::Answered))]);
        let answered = &earlier[1];
        assert_eq!(answered.agent.as_ref().map(model::PersonName::expose), Some("Анна Ильина"));
        assert_eq!((answered.queue.as_deref(), answered.answered_at), (Some("Очередь 700"), Some(at(3000))));
        assert_eq!(desk::earlier(db, &number, call(2), 9).await.unwrap().len(), 1, "the call itself is not an earlier one");
        assert_eq!(desk::earlier(db, &number, call(9), 1).await.unwrap().len(), 1);
        assert!(desk::earlier(db, &Phone::new("9123456789"), call(9), 9).await.unwrap().is_empty());

        let own = desk::of_agent(db, AGENT, 9).await.unwrap();
        assert_eq!(own.iter().map(|past| past.call).collect::<Vec<_>>(), vec![call(1)]);
        let missed = desk::missed(db, AGENT, at(0), 9).await.unwrap();
        let rang: Vec<_> = missed.iter().map(|past| (past.call, past.at)).collect();
        assert_eq!(rang, vec![(call(3), at(30_100)), (call(2), at(20_100))]);
        assert_eq!(desk::missed(db, AGENT, at(25_000), 9).await.unwrap().len(), 1);

        let day = desk::day(db, AGENT, at(0), at(60_000), None).await.unwrap();
        let (talk, handling) = (Span::from_secs(5), Span::from_secs(10));
        assert_eq!(day, desk::Day { answered: 1, missed: 2, talk, handled: 1, handling });
        // While that call goes on, its segments say nothing of how long a call takes.
        let meanwhile = desk::day(db, AGENT, at(0), at(60_000), Some(call(1))).await.unwrap();
        assert_eq!(meanwhile, desk::Day { handled: 0, handling: Span::ZERO, ..day });
        assert_eq!(desk::day(db, AgentId(Uuid::nil()), at(0), at(60_000), None).await.unwrap(), desk::Day::default());
        assert_eq!(desk::day(db, AGENT, at(60_000), at(90_000), None).await.unwrap(), desk::Day::default());
    })
    .await;
}

#[tokio::test]
async fn open_desks_are_remembered_until_they_are_closed() {
    on_both(|stand| async move {
        let (db, other) = (&stand.db, AgentId(Uuid::from_u128(1002)));
        for opened in [1, 2] {
            desk::open(db, AGENT, at(opened)).await.unwrap();
        }
        desk::open(db, other, at(3)).await.unwrap();
        assert_eq!(desk::all_open(&stand.again().await).await.unwrap(), vec![AGENT, other]);
        desk::close(db, AGENT).await.unwrap();
        desk::close(db, AGENT).await.unwrap();
        assert_eq!(desk::all_open(db).await.unwrap(), vec![other]);
    })
    .await;
}
