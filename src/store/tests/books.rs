//! The books: facts become rows, once.

use model::fact::{BookEntry, Mending, Segment};
use model::stamp::Mark;
use model::{
    Actor, AgentId, AgentState, CallId, CallPhase, Fact, LegId, NotReadyReason, OfferEnd, OurLeg, Outcome, Phone, QueueId,
    SegmentKind, ServerId, Side, Span, TheirLeg,
};
use uuid::Uuid;

use super::at;
use super::stand::on_both;
use crate::agent_states::{self, Stretch};
use crate::books::{self, Applied, LeftOpen};
use crate::calls;

pub(super) const QUEUE: QueueId = QueueId(Uuid::from_u128(700));
pub(super) const AGENT: AgentId = AgentId(Uuid::from_u128(1001));

/// How many facts a whole call makes, and how many of them the table of facts keeps.
pub(super) const FACTS: usize = 15;
pub(super) const KEPT: usize = 11;

pub(super) fn call(n: u128) -> CallId {
    CallId(Uuid::from_u128(0xca11_0000 + n))
}

/// All that a call of three seconds' waiting and five seconds' talk tells the books, without positions.
pub(super) fn facts(n: u128) -> Vec<(i64, Fact)> {
    let (call, agent) = (call(n), AGENT);
    let leg = LegId::Theirs(TheirLeg { server: ServerId(1), id: format!("1790000000.{n}") });
    let state = |state| Fact::AgentChanged { agent, state, by: Actor::Program, why: None };
    let segment = |kind, began, ended, offer: Option<OfferEnd>| {
        let agent = (kind != SegmentKind::Waiting).then_some(agent);
        Fact::SegmentEnded(Segment {
            call,
            kind,
            queue: QUEUE,
            agent,
            offer: offer.map(|_| 1),
            began: at(began),
            ended: at(ended),
            ending: offer,
        })
    };
    vec![
        (0, Fact::CallEntered { call, leg, queue: QUEUE, number: Some(Phone::new("+79123456789")), entered: at(0) }),
        (1000, state(AgentState::Reserved(call))),
        (1000, Fact::OfferMade { call, offer: 1, agent }),
        (1100, Fact::OfferRang { call, offer: 1, agent }),
        (1100, state(AgentState::Ringing(call))),
        (3000, Fact::OfferEnded { call, offer: 1, agent, end: OfferEnd::Accepted }),
        (3000, segment(SegmentKind::Ringing, 1000, 3000, Some(OfferEnd::Accepted))),
        (3000, segment(SegmentKind::Waiting, 0, 3000, None)),
        (3000, Fact::CallAnswered { call, agent, waited: Span::from_secs(3) }),
        (3000, state(AgentState::Talking(call))),
        (8000, segment(SegmentKind::Talk, 3000, 8000, None)),
        (8000, Fact::CallEnded { call, outcome: Outcome::Answered, by: Side::Caller }),
        (8000, state(AgentState::WrapUp { call, until: at(13000) })),
        (13000, segment(SegmentKind::WrapUp, 8000, 13000, None)),
        (13000, state(AgentState::Ready)),
    ]
}

/// The facts of calls one after another, numbered from `first`.
pub(super) fn entries(first: u64, calls: std::ops::Range<u128>) -> Vec<BookEntry> {
    numbered(first, calls.flat_map(facts).collect())
}

pub(super) fn numbered(first: u64, facts: Vec<(i64, Fact)>) -> Vec<BookEntry> {
    (first..).zip(facts).map(|(position, (ms, fact))| BookEntry { position, at: at(ms), fact }).collect()
}

#[tokio::test]
async fn a_call_reads_back_with_its_segments_its_facts_and_the_agents_day() {
    on_both(|stand| async move {
        let entries = entries(1, 0..1);
        let applied = books::apply(&stand.db, &entries).await.unwrap();
        assert_eq!(applied, Applied { position: FACTS as u64, booked: FACTS, skipped: 0, missing: 0 });
        assert_eq!(books::position(&stand.db).await.unwrap(), FACTS as u64);
        let story = calls::story(&stand.db, call(0)).await.unwrap().unwrap();
        let told = story.call.clone();
        assert_eq!(
            (told.server, told.leg.as_str(), told.number, told.queue),
            (ServerId(1), "1790000000.0", Some(Phone::new("+79123456789")), Some(QUEUE))
        );
        assert_eq!((told.entered_at, told.answered_at, told.ended_at), (at(0), Some(at(3000)), Some(at(8000))));
        assert_eq!(
            (told.outcome, told.ended_by, told.agent, told.offers),
            (Some(Outcome::Answered), Some(Side::Caller), Some(AGENT), 1)
        );
        let segments: Vec<Segment> = entries
            .iter()
            .filter_map(|entry| if let Fact::SegmentEnded(segment) = &entry.fact { Some(segment.clone()) } else { None })
            .collect();
        assert_eq!(story.segments, segments);
        let about_the_call: Vec<&Fact> = story.facts.iter().map(|recorded| recorded.fact.as_ref().unwrap()).collect();
        let kept: Vec<&Fact> = entries
            .iter()
            .map(|entry| &entry.fact)
            .filter(|fact| !matches!(fact, Fact::SegmentEnded(_)))
            .take(KEPT - 1)
            .collect();
        assert_eq!(about_the_call, kept, "all but the agent's Ready, which is about no call");
        assert_eq!(calls::find(&stand.db, call(0)).await.unwrap(), Some(story.call.clone()));
        assert_eq!(calls::of_leg(&stand.db, ServerId(1), "1790000000.0").await.unwrap(), [story.call]);
        assert!(calls::of_leg(&stand.db, ServerId(2), "1790000000.0").await.unwrap().is_empty());
        assert_eq!(calls::story(&stand.db, call(1)).await.unwrap(), None);
        let day = agent_states::between(&stand.db, AGENT, at(0), at(99_999)).await.unwrap();
        let stretch = |state: &str, call, from, to: Option<i64>| Stretch {
            state: state.to_owned(),
            reason: None,
            call,
            began_at: at(from),
            ended_at: to.map(at),
        };
        let busy = Some(call(0));
        assert_eq!(
            day,
            [
                stretch("reserved", busy, 1000, Some(1100)),
                stretch("ringing", busy, 1100, Some(3000)),
                stretch("talking", busy, 3000, Some(8000)),
                stretch("wrap_up", busy, 8000, Some(13000)),
                stretch("ready", None, 13000, None),
            ]
        );
        assert_eq!(agent_states::between(&stand.db, AGENT, at(3000), at(8000)).await.unwrap(), day[2..3]);
    })
    .await;
}

/// The same rows come of the facts however they are cut into batches.
#[tokio::test]
async fn batches_of_one_book_the_same_as_one_batch() {
    on_both(|stand| async move {
        let entries = entries(1, 0..3);
        for entry in &entries {
            books::apply(&stand.db, std::slice::from_ref(entry)).await.unwrap();
        }
        let singly: Vec<_> = story_of(&stand, 0..3).await;
        let shifted = |n: u128| numbered(1, facts(n + 3));
        let again: Vec<BookEntry> = (3_u64..)
            .zip(0..3)
            .flat_map(|(k, n)| {
                shifted(n).into_iter().map(move |entry| BookEntry { position: entry.position + k * FACTS as u64, ..entry })
            })
            .collect();
        books::apply(&stand.db, &again).await.unwrap();
        for (one, other) in singly.iter().zip(story_of(&stand, 3..6).await) {
            assert_eq!(
                (one.call.answered_at, one.call.ended_at, one.call.outcome, one.call.offers, one.call.agent),
                (other.call.answered_at, other.call.ended_at, other.call.outcome, other.call.offers, other.call.agent)
            );
            assert_eq!((one.segments.len(), one.facts.len()), (other.segments.len(), other.facts.len()));
        }
        assert_eq!(stand.count("SELECT COUNT(*) FROM agent_states WHERE ended_at IS NULL").await, 1);
        assert_eq!(stand.count("SELECT COUNT(*) FROM agent_states").await, 30);
    })
    .await;
}

async fn story_of(stand: &super::stand::Stand, calls: std::ops::Range<u128>) -> Vec<calls::Story> {
    let mut stories = Vec::new();
    for n in calls {
        stories.push(calls::story(&stand.db, call(n)).await.unwrap().unwrap());
    }
    stories
}

#[tokio::test]
async fn entries_handed_in_again_are_booked_once() {
    on_both(|stand| async move {
        let entries = entries(1, 0..4);
        books::apply(&stand.db, &entries[..40]).await.unwrap();
        let again = books::apply(&stand.db, &entries[..40]).await.unwrap();
        assert_eq!(again, Applied { position: 40, booked: 0, skipped: 40, missing: 0 });
        let overlapping = books::apply(&stand.db, &entries[20..]).await.unwrap();
        assert_eq!(overlapping, Applied { position: 60, booked: 20, skipped: 20, missing: 0 });
        assert_eq!(stand.count("SELECT COUNT(*) FROM facts").await, 4 * i64::try_from(KEPT).unwrap());
        assert_eq!(stand.count("SELECT COUNT(*) FROM segments").await, 16);
        assert_eq!(stand.count("SELECT CAST(SUM(offers) AS BIGINT) FROM calls").await, 4);
        assert_eq!(books::apply(&stand.db, &[]).await.unwrap().position, 60);
    })
    .await;
}

#[tokio::test]
async fn facts_that_were_lost_on_the_way_are_counted_and_the_rest_is_booked() {
    on_both(|stand| async move {
        let mut entries = entries(11, 0..1);
        entries.remove(3);
        let applied = books::apply(&stand.db, &entries).await.unwrap();
        assert_eq!(applied, Applied { position: 25, booked: FACTS - 1, skipped: 0, missing: 11 });
        let orphan = numbered(26, vec![(9000, Fact::CallEnded { call: call(77), outcome: Outcome::Lost, by: Side::Switch })]);
        books::apply(&stand.db, &orphan).await.unwrap();
        assert_eq!(calls::find(&stand.db, call(77)).await.unwrap(), None, "no call without its beginning");
        assert_eq!(stand.count("SELECT COUNT(*) FROM facts WHERE position = 26").await, 1, "but the fact is there");
    })
    .await;
}

#[tokio::test]
async fn a_call_that_is_taken_over_after_a_kill_is_alive_again() {
    on_both(|stand| async move {
        let whole = facts(0);
        let lost = (5000, Fact::CallEnded { call: call(0), outcome: Outcome::Lost, by: Side::Switch });
        books::apply(&stand.db, &numbered(1, vec![whole[0].clone(), whole[2].clone(), lost])).await.unwrap();
        assert_eq!(calls::find(&stand.db, call(0)).await.unwrap().unwrap().outcome, Some(Outcome::Lost));
        books::apply(&stand.db, &numbered(4, vec![whole[0].clone(), whole[2].clone()])).await.unwrap();
        let alive = calls::find(&stand.db, call(0)).await.unwrap().unwrap();
        assert_eq!((alive.outcome, alive.ended_at, alive.ended_by, alive.offers), (None, None, None, 2));
        books::apply(&stand.db, &numbered(6, vec![whole[8].clone(), whole[11].clone()])).await.unwrap();
        let ended = calls::find(&stand.db, call(0)).await.unwrap().unwrap();
        assert_eq!((ended.outcome, ended.answered_at, ended.agent), (Some(Outcome::Answered), Some(at(3000)), Some(AGENT)));
    })
    .await;
}

#[tokio::test]
async fn facts_about_no_call_are_kept_and_ignored_events_are_not() {
    on_both(|stand| async move {
        let ours = OurLeg { server: ServerId(1), call: call(5), n: 1 };
        let mark = Mark {
            call: call(6),
            queue: QUEUE,
            entered: at(0),
            priority: 0,
            phase: CallPhase::Waiting,
            since: at(0),
            agent: None,
        };
        let theirs = LegId::Theirs(TheirLeg { server: ServerId(1), id: "x".to_owned() });
        let told = vec![
            (1, Fact::SwitchChanged { up: true }),
            (
                2,
                Fact::EndpointChanged {
                    endpoint: model::Endpoint { server: ServerId(1), name: "1001".to_owned() },
                    reachable: false,
                    in_use: false,
                },
            ),
            (3, Fact::OrderFailed { order: "hang up".to_owned(), why: "gone".to_owned() }),
            (4, Fact::CallTurnedAway { leg: theirs.clone(), dialled: "799".to_owned(), why: model::fact::TurnedAway::default() }),
            (5, Fact::Mended { leg: LegId::Ours(ours), mark: None, how: Mending::HungUp }),
            (6, Fact::Mended { leg: theirs, mark: Some(mark), how: Mending::Requeued }),
            (7, Fact::Ignored { event: "LegEnded".to_owned(), why: model::fact::Ignored::UnknownLeg }),
            (
                8,
                Fact::AgentChanged {
                    agent: AGENT,
                    state: AgentState::NotReady(NotReadyReason::Lunch),
                    by: Actor::Agent(AGENT),
                    why: None,
                },
            ),
        ];
        assert_eq!(books::apply(&stand.db, &numbered(1, told)).await.unwrap().booked, 8);
        assert_eq!(stand.count("SELECT COUNT(*) FROM facts").await, 7);
        assert_eq!(stand.count("SELECT COUNT(*) FROM facts WHERE kind = 'mended' AND call_id IS NOT NULL").await, 2);
        let day = agent_states::between(&stand.db, AGENT, at(0), at(99)).await.unwrap();
        assert_eq!((day[0].state.as_str(), day[0].reason.as_deref()), ("not_ready", Some("lunch")));
    })
    .await;
}

#[tokio::test]
async fn no_state_lasts_less_than_no_time_when_the_clock_was_set_back_between_two_runs() {
    on_both(|stand| async move {
        let state = |ms, state| (ms, Fact::AgentChanged { agent: AGENT, state, by: Actor::Program, why: None });
        books::apply(&stand.db, &numbered(1, vec![state(9000, AgentState::Ready)])).await.unwrap();
        books::apply(&stand.db, &numbered(2, vec![state(5000, AgentState::LoggedOut), state(4000, AgentState::Ready)]))
            .await
            .unwrap();
        assert_eq!(stand.count("SELECT COUNT(*) FROM agent_states WHERE ended_at < began_at").await, 0);
        assert_eq!(stand.count("SELECT COUNT(*) FROM agent_states").await, 3);
    })
    .await;
}

#[tokio::test]
async fn calls_are_listed_by_when_they_entered() {
    on_both(|stand| async move {
        let entered = |n: u128, ms| match facts(n).swap_remove(0).1 {
            Fact::CallEntered { call, leg, queue, number, .. } => {
                (ms, Fact::CallEntered { call, leg, queue, number, entered: at(ms) })
            }
            other => (ms, other),
        };
        books::apply(&stand.db, &numbered(1, vec![entered(1, 300), entered(2, 100), entered(3, 200)])).await.unwrap();
        let listed = |calls: Vec<calls::Call>| calls.into_iter().map(|call| call.id).collect::<Vec<_>>();
        assert_eq!(listed(calls::between(&stand.db, at(100), at(300), 9).await.unwrap()), [call(2), call(3)]);
        assert_eq!(listed(calls::between(&stand.db, at(0), at(999), 1).await.unwrap()), [call(2)]);
    })
    .await;
}

#[tokio::test]
async fn calls_that_a_run_left_open_are_ended_once_and_reopened_when_they_turn_out_to_be_alive() {
    on_both(|stand| async move {
        let (talking, waiting) = (facts(0).into_iter().take(10), facts(1).into_iter().take(1));
        books::apply(&stand.db, &numbered(1, talking.chain(waiting).collect())).await.unwrap();
        let ended = |ms| books::end_what_was_left_open(&stand.db, at(ms));
        assert_eq!(ended(9000).await.unwrap(), LeftOpen { calls: 2, states: 1 });
        assert_eq!(ended(9500).await.unwrap(), LeftOpen { calls: 0, states: 0 });
        let end = |told: calls::Call| (told.ended_at, told.outcome, told.ended_by);
        let talked = calls::find(&stand.db, call(0)).await.unwrap().unwrap();
        assert_eq!(end(talked), (Some(at(9000)), Some(Outcome::Answered), Some(Side::Switch)));
        let waited = calls::find(&stand.db, call(1)).await.unwrap().unwrap();
        assert_eq!(end(waited), (Some(at(9000)), Some(Outcome::Lost), Some(Side::Switch)));

        books::apply(&stand.db, &numbered(12, facts(0).into_iter().take(1).collect())).await.unwrap();
        let alive = calls::find(&stand.db, call(0)).await.unwrap().unwrap();
        assert_eq!(alive.answered_at, Some(at(3000)), "what it had come to is kept");
        assert_eq!(end(alive), (None, None, None));
    })
    .await;
}

/// Call 0 is answered and the two cannot be joined: the caller waits on, and hangs up or is answered by somebody else.
fn undone(first: u64) -> (Vec<BookEntry>, Vec<BookEntry>) {
    let mut told = facts(0);
    told.truncate(10);
    told.push((3010, Fact::AnswerUndone { call: call(0) }));
    let abandoned = vec![(4000, Fact::CallEnded { call: call(0), outcome: Outcome::Abandoned, by: Side::Caller })];
    let last = first + told.len() as u64;
    (numbered(first, told), numbered(last, abandoned))
}

#[tokio::test]
async fn an_answer_that_was_undone_is_none_whether_it_was_booked_before_or_comes_with_it() {
    on_both(|stand| async move {
        let (told, abandoned) = undone(1);
        let answer_booked_before = told.split_at(told.len() - 1);
        books::apply(&stand.db, answer_booked_before.0).await.unwrap();
        let before = calls::find(&stand.db, call(0)).await.unwrap().unwrap();
        assert_eq!((before.answered_at, before.agent), (Some(at(3000)), Some(AGENT)));
        books::apply(&stand.db, answer_booked_before.1).await.unwrap();
        books::apply(&stand.db, &abandoned).await.unwrap();
        let after = calls::find(&stand.db, call(0)).await.unwrap().unwrap();
        assert_eq!((after.answered_at, after.agent, after.outcome), (None, None, Some(Outcome::Abandoned)));
        let story = calls::story(&stand.db, call(0)).await.unwrap().unwrap();
        assert!(story.facts.iter().any(|recorded| recorded.kind == "answer_undone"));
    })
    .await;
    on_both(|stand| async move {
        let (told, abandoned) = undone(1);
        books::apply(&stand.db, &[told, abandoned].concat()).await.unwrap();
        let after = calls::find(&stand.db, call(0)).await.unwrap().unwrap();
        assert_eq!((after.answered_at, after.agent, after.outcome), (None, None, Some(Outcome::Abandoned)));
    })
    .await;
}

#[tokio::test]
async fn an_answer_after_one_that_was_undone_is_the_one_that_counts() {
    on_both(|stand| async move {
        let (told, _) = undone(1);
        let (last, other) = (told.len() as u64, AgentId(Uuid::from_u128(1002)));
        let (first, undoing) = told.split_at(told.len() - 1);
        let answered =
            numbered(last + 1, vec![(9000, Fact::CallAnswered { call: call(0), agent: other, waited: Span::from_secs(9) })]);
        books::apply(&stand.db, first).await.unwrap();
        books::apply(&stand.db, &[undoing, &answered].concat()).await.unwrap();
        let after = calls::find(&stand.db, call(0)).await.unwrap().unwrap();
        assert_eq!((after.answered_at, after.agent), (Some(at(9000)), Some(other)));
    })
    .await;
}

#[tokio::test]
async fn states_that_a_run_left_open_end_with_it_and_none_lasts_less_than_no_time() {
    on_both(|stand| async move {
        let (ahead, next) = (AgentId(Uuid::from_u128(1002)), AgentId(Uuid::from_u128(1003)));
        let state = |ms, agent, state| (ms, Fact::AgentChanged { agent, state, by: Actor::Program, why: None });
        let busy = AgentState::Talking(call(0));
        let told = vec![
            state(1000, AGENT, AgentState::Ready),
            state(2000, AGENT, busy),
            state(9900, ahead, AgentState::Ready),
            state(3000, next, AgentState::Ready),
            state(4000, next, AgentState::LoggedOut),
        ];
        books::apply(&stand.db, &numbered(1, told)).await.unwrap();
        let ended = books::end_what_was_left_open(&stand.db, at(9000)).await.unwrap();
        assert_eq!(ended, LeftOpen { calls: 0, states: 3 });
        let days = |agent| agent_states::between(&stand.db, agent, at(0), at(99_999_999));
        let ends = |day: Vec<Stretch>| day.into_iter().map(|stretch| stretch.ended_at).collect::<Vec<_>>();
        assert_eq!(ends(days(AGENT).await.unwrap()), [Some(at(2000)), Some(at(9000))]);
        assert_eq!(ends(days(ahead).await.unwrap()), [Some(at(9900))], "the wall clock was set back between the runs");
        assert_eq!(ends(days(next).await.unwrap()), [Some(at(4000)), Some(at(9000))]);

        books::apply(&stand.db, &numbered(6, vec![state(9500, AGENT, AgentState::Ready)])).await.unwrap();
        assert_eq!(ends(days(AGENT).await.unwrap()), [Some(at(2000)), Some(at(9000)), None], "the next run goes on from there");
    })
    .await;
}
