//! The desk in each of its states.

use model::explain::{Candidate, Compared, Decision, Explanation, Head, Rank};
use model::queue::Strategy;
use model::wallboard::{Block, CallRow};
use model::{
    AgentId, AgentState, CallId, CallPhase, NotReadyReason, Outcome, PersonName, Phone, QueueId, Span, StateReason, Timestamp,
    Viewer,
};

use super::{AT, LONG_NAME, LONG_QUEUE, frame, id};
use crate::desk::{CallCard, Desk, Missing, NoDesk, Own, PastLine, QueueLine, Stand, Today};
use crate::frame::SignedIn;
use crate::words::Lang;

const OWN: AgentId = AgentId(uuid::Uuid::from_u128(0x2_0000_0000_0000_0001));
const CALL: CallId = CallId(uuid::Uuid::from_u128(0x3_0000_0000_0000_0001));

/// Desks by what they show.
pub(super) fn desks(lang: Lang) -> Vec<(&'static str, Desk)> {
    between_calls().into_iter().chain(in_calls()).map(|(name, stand)| (name, page(lang, stand))).collect()
}

/// The page of whoever has no desk.
pub(super) fn none(lang: Lang) -> [(&'static str, NoDesk); 2] {
    let page = |missing| NoDesk { frame: frame(lang, "/desk"), who: who(), missing };
    [("desk-none", page(Missing::Agent)), ("desk-none-settings", page(Missing::Settings))]
}

fn who() -> SignedIn {
    let name = Viewer::Whole.show(&PersonName::new("Анна Ильина"));
    SignedIn { name, role: model::user::Role::Operator, agent: true }
}

fn page(lang: Lang, stand: Stand) -> Desk {
    Desk { frame: frame(lang, "/desk"), who: who(), at: AT, stand }
}

fn ago(seconds: i64) -> Timestamp {
    AT - Span::from_secs(seconds)
}

fn between_calls() -> Vec<(&'static str, Stand)> {
    let not_ready = |reason| own(AgentState::NotReady(reason), 133);
    let blocked = |block| Own { blocked: Some(block), ..own(AgentState::Ready, 64) };
    let quiet = |own| Stand { queues: queues([0, 0, 0]), ..stand(own) };
    let new = Stand {
        call: None,
        earlier: Vec::new(),
        mine: Vec::new(),
        missed: Vec::new(),
        ..quiet(own(AgentState::LoggedOut, 41_320))
    };
    let lost = Stand { switch_up: false, today: None, ..stand(own(AgentState::Ready, 64)) };
    vec![
        ("desk-logged-out", new),
        ("desk-taken-off", quiet(Own { why: Some(StateReason::Unreachable), ..own(AgentState::LoggedOut, 300) })),
        ("desk-logged-in", stand(not_ready(NotReadyReason::LoggedIn))),
        ("desk-ready", quiet(own(AgentState::Ready, 64))),
        ("desk-ready-waiting", stand(own(AgentState::Ready, 4))),
        ("desk-no-queue", Stand { queues: Vec::new(), ..stand(own(AgentState::Ready, 64)) }),
        ("desk-asked", stand(not_ready(NotReadyReason::Asked))),
        ("desk-break", stand(not_ready(NotReadyReason::Break))),
        ("desk-lunch", stand(not_ready(NotReadyReason::Lunch))),
        ("desk-training", stand(not_ready(NotReadyReason::Training))),
        ("desk-meeting", stand(not_ready(NotReadyReason::Meeting))),
        ("desk-no-answer", stand(not_ready(NotReadyReason::NoAnswer))),
        ("desk-refused", stand(not_ready(NotReadyReason::Refused))),
        ("desk-phone-failed", stand(not_ready(NotReadyReason::PhoneFailed(488)))),
        ("desk-forwarded", stand(not_ready(NotReadyReason::Forwarded))),
        ("desk-busy", stand(not_ready(NotReadyReason::Busy))),
        ("desk-gone", stand(not_ready(NotReadyReason::Gone))),
        ("desk-unreachable", stand(own(AgentState::Unreachable, 3_723))),
        ("desk-private-call", stand(blocked(Block::PrivateCall))),
        ("desk-fallback-call", stand(blocked(Block::FallbackCall))),
        ("desk-clearing", stand(blocked(Block::Clearing))),
        ("desk-resting", stand(blocked(Block::Resting))),
        ("desk-no-switch", lost),
    ]
}

fn in_calls() -> Vec<(&'static str, Stand)> {
    let ringing = AgentState::Ringing(CALL);
    let leaving = Own { then: Some(AgentState::NotReady(NotReadyReason::Lunch)), ..own(AgentState::Talking(CALL), 192) };
    let until = |seconds| AgentState::WrapUp { call: CALL, until: AT + Span::from_secs(seconds) };
    let after = |own| Stand { call: Some(ended()), ..stand(own) };
    vec![
        (
            "desk-ringing",
            Stand { why: Some(idle_longest()), ..with(live(Some("+79123456789"), "Продажи"), own(ringing.clone(), 4)) },
        ),
        (
            "desk-ringing-long",
            Stand {
                why: Some(put_first()),
                ..with(live(Some("+4915112345678901234567890"), LONG_QUEUE), own(ringing.clone(), 4))
            },
        ),
        ("desk-ringing-hidden", Stand { earlier: Vec::new(), ..with(live(None, "Продажи"), own(ringing.clone(), 1)) }),
        (
            "desk-ringing-hostile",
            Stand { earlier: Vec::new(), ..with(live(Some("<script>alert(1)</script>"), "<img src=x>"), own(ringing, 1)) },
        ),
        ("desk-talking", with(live(Some("+79123456789"), "Продажи"), own(AgentState::Talking(CALL), 192))),
        ("desk-talking-then", with(live(Some("+79123456789"), "Продажи"), leaving)),
        ("desk-held", with(live(Some("+79123456789"), "Продажи"), own(AgentState::Held(CALL), 41))),
        ("desk-wrap-up", after(own(until(19), 11))),
        ("desk-limit", Stand { at_limit: true, ..after(own(until(595), 40)) }),
    ]
}

fn own(state: AgentState, seconds: i64) -> Own {
    Own { id: OWN, endpoint: "1001".to_owned(), state, since: ago(seconds), why: None, then: None, blocked: None }
}

/// A desk in the middle of a day, with callers who wait and a last call.
fn stand(own: Own) -> Stand {
    Stand {
        switch_up: true,
        own,
        queues: queues([3, 0, 1]),
        call: Some(ended()),
        why: None,
        at_limit: false,
        today: Some(Today {
            began: ago(40_000),
            answered: 23,
            missed: 2,
            talk: Span::from_secs(5_127),
            average: Some(Span::from_secs(251)),
            ready: Span::from_secs(9_840),
            not_ready: Span::from_secs(2_415),
        }),
        earlier: vec![
            past(11, None, "Продажи", 86_400, Outcome::Answered, Some(LONG_NAME)),
            past(12, None, LONG_QUEUE, 2 * 86_400, Outcome::Abandoned, None),
            past(13, None, "Поддержка", 40 * 86_400, Outcome::Answered, Some("Анна Ильина")),
        ],
        mine: vec![
            past(14, Some("+79123456789"), "Продажи", 260, Outcome::Answered, None),
            past(15, Some("+74951234567"), LONG_QUEUE, 1_204, Outcome::Answered, None),
            past(16, None, "Поддержка", 2_400, Outcome::Answered, None),
        ],
        missed: vec![past(17, Some("+79031112233"), "Продажи", 5_400, Outcome::Abandoned, None)],
    }
}

fn with(call: CallCard, own: Own) -> Stand {
    Stand { call: Some(call), ..stand(own) }
}

fn live(number: Option<&str>, queue: &str) -> CallCard {
    CallCard::of(&CallRow {
        id: CALL,
        queue: QueueId(id(1, 0)),
        queue_name: queue.to_owned(),
        number: number.map(Phone::new),
        phase: CallPhase::Offered,
        entered: ago(239),
        since: ago(4),
        agent: None,
    })
}

fn ended() -> CallCard {
    CallCard {
        answered: Some(ago(213)),
        ended: Some(ago(40)),
        outcome: Some(Outcome::Answered),
        ..live(Some("+79123456789"), "Продажи")
    }
}

fn queues(waiting: [u32; 3]) -> Vec<QueueLine> {
    let line = |((n, name), waiting): ((u32, &str), u32)| QueueLine {
        id: QueueId(id(1, n)),
        name: name.to_owned(),
        waiting,
        longest: (waiting > 0).then(|| ago(i64::from(waiting) * 16)),
        within: Span::from_secs(20),
    };
    (0..).zip(["Продажи", "Поддержка", LONG_QUEUE]).zip(waiting).map(line).collect()
}

fn past(n: u32, number: Option<&str>, queue: &str, seconds: i64, outcome: Outcome, agent: Option<&str>) -> PastLine {
    PastLine {
        call: CallId(id(3, n)),
        number: number.map(|number| Viewer::Masked.show(&Phone::new(number))),
        queue: Some(queue.to_owned()),
        at: ago(seconds),
        outcome: Some(outcome),
        talk: (outcome == Outcome::Answered).then(|| Span::from_secs(173)),
        agent: agent.map(|name| Viewer::Whole.show(&PersonName::new(name))),
    }
}

fn idle_longest() -> Explanation {
    let rank = |seconds| Rank::IdleSince(ago(seconds));
    let candidates =
        vec![Candidate { tier: 1, rank: rank(187), agent: OWN }, Candidate { tier: 1, rank: rank(64), agent: AgentId(id(2, 2)) }];
    let compared = Compared::Agents { strategy: Strategy::LongestIdle, room: 1, candidates, more: 0 };
    explained(compared)
}

fn put_first() -> Explanation {
    let head = |call, at_head| Head {
        call,
        queue: QueueId(id(1, 2)),
        at_head,
        priority: 0,
        returned: false,
        entered: ago(47),
        ringing: 0,
    };
    explained(Compared::Callers { heads: vec![head(CALL, Some(1)), head(CallId(id(3, 2)), None)], more: 0 })
}

fn explained(compared: Compared) -> Explanation {
    let decision = Decision { at: ago(4), queue: QueueId(id(1, 0)), compared, chosen: vec![OWN] };
    Explanation { call: CALL, decisions: vec![decision], waits: None }
}
