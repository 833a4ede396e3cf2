//! The sums of the site's day, as the books tell them after a restart.

use model::fact::{FallbackCall, Leaving};
use model::wallboard::Today;
use model::{Actor, AgentId, CallId, Fact, LegId, Outcome, QueueId, ServerId, Side, Span, TheirLeg};
use uuid::Uuid;

use super::books::{AGENT, QUEUE, call, numbered};
use super::stand::on_both;
use super::{at, queue};
use crate::{books, day, queues};

const OTHER: QueueId = QueueId(Uuid::from_u128(701));
const DAY: i64 = 24 * 60 * 60 * 1000;
/// When the day began that is asked for.
const BEGAN: i64 = 20 * DAY;

fn leg(n: u128) -> TheirLeg {
    TheirLeg { server: ServerId(1), id: format!("1790000000.{n}") }
}

fn enters(n: u128, ms: i64) -> (i64, Fact) {
    (ms, Fact::CallEntered { call: call(n), leg: LegId::Theirs(leg(n)), queue: QUEUE, number: None, entered: at(ms) })
}

fn moves(n: u128, ms: i64) -> (i64, Fact) {
    (ms, Fact::CallMoved { call: call(n), from: QUEUE, to: OTHER, why: Leaving::MaxWait })
}

/// Answered by the agent, so long after the caller came.
fn answers(n: u128, ms: i64, entered: i64, agent: AgentId) -> (i64, Fact) {
    (ms, Fact::CallAnswered { call: call(n), agent, waited: Span::from_ms(ms - entered) })
}

fn ends(n: u128, ms: i64, outcome: Outcome) -> (i64, Fact) {
    (ms, Fact::CallEnded { call: call(n), outcome, by: Side::Caller })
}

fn fell_back(n: u128, ms: i64) -> (i64, Fact) {
    let call: Option<CallId> = Some(call(n));
    let began = at(ms);
    let seen = FallbackCall {
        leg: leg(n),
        call,
        dialled: "700".to_owned(),
        number: None,
        began,
        agent: None,
        answered: None,
        ended: None,
    };
    (ms, Fact::FallbackSeen(seen))
}

#[tokio::test]
async fn a_day_counts_what_was_answered_and_given_up_in_it_by_the_wait_in_the_last_queue() {
    on_both(|stand| async move {
        for number in [700, 701] {
            queues::save(&stand.db, &Actor::CommandLine, at(1), queue(number)).await.unwrap();
        }
        let two = AgentId(Uuid::from_u128(1002));
        let told = vec![
            // Yesterday's.
            enters(1, BEGAN - 60_000),
            answers(1, BEGAN - 50_000, BEGAN - 60_000, AGENT),
            ends(1, BEGAN + 5_000, Outcome::Answered),
            enters(2, BEGAN - 60_000),
            ends(2, BEGAN - 1, Outcome::Abandoned),
            // Came yesterday, and is answered and given up today.
            enters(3, BEGAN - 10_000),
            answers(3, BEGAN, BEGAN - 10_000, AGENT),
            enters(4, BEGAN - 30_000),
            ends(4, BEGAN + 1_000, Outcome::Abandoned),
            // Today's: late, moved and then in time, moved and given up at once, given back, lost, and in the fallback's care.
            enters(5, BEGAN + 1_000),
            answers(5, BEGAN + 22_000, BEGAN + 1_000, two),
            enters(6, BEGAN + 2_000),
            moves(6, BEGAN + 62_000),
            answers(6, BEGAN + 63_000, BEGAN + 2_000, two),
            enters(7, BEGAN + 3_000),
            moves(7, BEGAN + 63_000),
            ends(7, BEGAN + 64_000, Outcome::Abandoned),
            enters(8, BEGAN + 4_000),
            (BEGAN + 64_000, Fact::CallLeft { call: call(8), queue: QUEUE, why: Leaving::NobodyReady }),
            ends(8, BEGAN + 64_000, Outcome::Returned),
            enters(9, BEGAN + 65_000),
            ends(9, BEGAN + 66_000, Outcome::Lost),
            enters(10, BEGAN + 65_000),
            ends(10, BEGAN + 66_000, Outcome::Abandoned),
            fell_back(10, BEGAN + 67_000),
            // Was answered for a moment only.
            enters(11, BEGAN + 68_000),
            answers(11, BEGAN + 69_000, BEGAN + 68_000, AGENT),
            (BEGAN + 69_100, Fact::AnswerUndone { call: call(11) }),
        ];
        books::apply(&stand.db, &numbered(1, told)).await.unwrap();
        let sums = day::sums(&stand.db, at(BEGAN)).await.unwrap();
        let sales = Today { answered: 2, answered_in_time: 1, abandoned: 1, abandoned_late: 1, entered: 7, left: 3 };
        assert_eq!(sums.queues[&QUEUE], sales);
        let support = Today { answered: 1, answered_in_time: 1, abandoned: 1, abandoned_late: 0, entered: 2, left: 0 };
        assert_eq!(sums.queues[&OTHER], support);
        assert_eq!(sums.answered.into_iter().collect::<Vec<_>>(), [(AGENT, 1), (two, 2)]);
        assert_eq!(day::sums(&stand.db, at(BEGAN + 3 * DAY)).await.unwrap(), model::wallboard::DaySums::default());
    })
    .await;
}
