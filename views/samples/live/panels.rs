//! What stands at the side of Live, in its states.

use model::explain::{Candidate, Compared, Decision, Doing, Explanation, Head, Rank, Waits};
use model::fact::{Leaving, Segment};
use model::queue::Strategy;
use model::wallboard::{Block, Wallboard};
use model::{
    Actor, AgentId, AgentState, CallAsk, CallId, Fact, NotReadyReason, OfferEnd, Outcome, Phone, QueueId, SegmentKind, Span,
    Timestamp, UserId, Viewer,
};

use super::super::{AT, LONG_QUEUE, id, moscow};
use crate::live::panel::{AgentPanel, CallPanel, Names, Said, Serves, Stretch, Told};
use crate::live::{AgentLine, CallLine, Side};

/// All of them, beside the lists of this wallboard.
pub(super) fn all(board: &Wallboard) -> Vec<(&'static str, Side)> {
    let call = |n: u32, said| CallPanel {
        id: CallId(id(3, n)),
        at: AT,
        zone: moscow(),
        row: board.calls.iter().find(|row| row.id == CallId(id(3, n))).map(|row| CallLine::of(row, Viewer::Whole)),
        told: None,
        why: None,
        names: Names::of(board),
        said,
    };
    let waiting = CallPanel { why: Some(still_waiting()), told: Some(entered(16)), ..call(5, Some(Said::Done)) };
    let talking = CallPanel { why: Some(often_decided()), told: Some(long_told(None)), ..call(3, Some(Said::Answered)) };
    let ended = CallPanel { told: Some(long_told(Some(Outcome::Answered))), ..call(99, Some(Said::Over)) };
    let mut sides: Vec<(&str, Side)> = [
        ("live-call-waiting", waiting),
        ("live-call-talking", talking),
        ("live-call-ended", ended),
        ("live-call-new", call(8, None)),
        ("live-call-unknown", call(98, None)),
    ]
    .into_iter()
    .map(|(name, panel)| (name, Side::Call(Box::new(panel))))
    .collect();
    let agents = [
        ("live-agent-talking", agent(board, 1, Some(Said::Later))),
        ("live-agent-away", agent(board, 6, None)),
        (
            "live-agent-out",
            AgentPanel { stretches: Some(Vec::new()), serves: Vec::new(), ..agent(board, 13, Some(Said::Already)) },
        ),
        ("live-agent-no-books", AgentPanel { stretches: None, ..agent(board, 2, Some(Said::Refused)) }),
        ("live-agent-unknown", agent(board, 77, Some(Said::Unclear))),
    ];
    sides.extend(agents.map(|(name, panel)| (name, Side::Agent(Box::new(panel)))));
    sides
}

fn before(seconds: i64) -> Timestamp {
    AT - Span::from_secs(seconds)
}

fn queue(n: u32) -> QueueId {
    QueueId(id(1, n))
}

fn operator(n: u32) -> AgentId {
    AgentId(id(2, n))
}

/// A caller for whom nobody can be rung, for every reason that there is.
fn still_waiting() -> Explanation {
    let all = [
        Doing::LoggedOut,
        Doing::NotReady,
        Doing::AtWork,
        Doing::WrapUp,
        Doing::Unreachable,
        Doing::Ready,
        Doing::Blocked(Block::PrivateCall),
        Doing::Blocked(Block::FallbackCall),
        Doing::Blocked(Block::Clearing),
        Doing::Blocked(Block::Resting),
        Doing::Elsewhere,
    ];
    let waits = Waits {
        place: 2,
        at_head: true,
        switch_lost: true,
        agents: all.into_iter().zip(1..).collect(),
        leaves_at: Some(AT + Span::from_secs(104)),
    };
    Explanation { call: CallId(id(3, 5)), decisions: Vec::new(), waits: Some(waits) }
}

/// A call for which was decided again and again, by every strategy.
fn often_decided() -> Explanation {
    let ranks = |n: u32| {
        [
            (Strategy::LongestIdle, Rank::IdleSince(before(252 - i64::from(n)))),
            (Strategy::FewestCalls, Rank::Answered(n, before(90))),
            (Strategy::RoundRobin, Rank::Place(n)),
            (Strategy::Linear, Rank::Place(n)),
            (Strategy::Random, Rank::Lot(u64::from(n))),
            (Strategy::RingAll, Rank::IdleSince(before(400))),
        ]
    };
    let by_strategy = |which: usize, at: Timestamp, number: u32| Decision {
        at,
        queue: queue(0),
        compared: Compared::Agents {
            strategy: ranks(0)[which].0,
            room: 1,
            candidates: (0..number).map(|n| Candidate { tier: 1, rank: ranks(n)[which].1, agent: operator(6 + n) }).collect(),
            more: if number > 7 { 4 } else { 0 },
        },
        chosen: vec![operator(6)],
    };
    let head = |n: u32, at_head, priority, returned| Head {
        call: CallId(id(3, n)),
        queue: queue(n % 3),
        at_head,
        priority,
        returned,
        entered: before(60 - i64::from(n)),
        ringing: 0,
    };
    let by_callers = |at, heads, more| Decision {
        at,
        queue: queue(2),
        compared: Compared::Callers { heads, more },
        chosen: vec![operator(2)],
    };
    let mut decisions: Vec<Decision> = (0..6).map(|n| by_strategy(n, before(88 - n as i64), 3)).collect();
    decisions.extend((0..5).map(|n| by_strategy(n, before(70 - n as i64), 1)));
    decisions.push(by_callers(before(60), vec![head(3, None, 0, false)], 0));
    decisions.push(by_callers(before(50), vec![head(3, Some(1), 0, false), head(4, None, 0, false)], 0));
    decisions.push(by_callers(before(40), vec![head(3, None, 9, false), head(4, None, 0, false)], 3));
    decisions.push(by_callers(before(30), vec![head(3, None, 0, true), head(4, None, 0, false)], 0));
    decisions.push(by_strategy(0, before(20), 8));
    Explanation { call: CallId(id(3, 3)), decisions, waits: None }
}

/// What the books say of a caller who has just entered.
fn entered(seconds: i64) -> Told {
    let call = CallId(id(3, 5));
    let number = Some(Phone::new("+4915112345678"));
    let leg = model::LegId::Theirs(model::TheirLeg { server: model::ServerId(1), id: "leg".to_owned() });
    let fact = Fact::CallEntered { call, leg, queue: queue(0), number: number.clone(), entered: before(seconds) };
    Told {
        number: number.map(|number| Viewer::Whole.show(&number)),
        queue: Some(queue(0)),
        entered: before(seconds),
        answered: None,
        ended: None,
        outcome: None,
        by: None,
        agent: None,
        facts: vec![(before(seconds), fact)],
        segments: Vec::new(),
    }
}

/// A story with everything that can happen to a call.
fn long_told(outcome: Option<Outcome>) -> Told {
    let call = CallId(id(3, 3));
    let ends = [
        OfferEnd::NotAnswered,
        OfferEnd::Refused,
        OfferEnd::Busy,
        OfferEnd::PhoneFailed,
        OfferEnd::Forwarded,
        OfferEnd::Unreachable,
        OfferEnd::SwitchError,
        OfferEnd::Withdrawn,
        OfferEnd::Accepted,
    ];
    let by = Actor::User(UserId(id(4, 1)));
    let mut facts = entered(88).facts;
    facts.push((before(87), Fact::CallAsked { call, ask: CallAsk::ToHead, by }));
    for (end, n) in ends.into_iter().zip(1..) {
        let (agent, at) = (operator(n), before(86 - 3 * i64::from(n)));
        facts.push((at, Fact::OfferMade { call, offer: n, agent }));
        facts.push((at + Span::from_secs(2), Fact::OfferEnded { call, offer: n, agent, end }));
    }
    let reasons = [
        Leaving::MaxWait,
        Leaving::NobodyLoggedIn,
        Leaving::NobodyReady,
        Leaving::Full,
        Leaving::Closed,
        Leaving::Mishaps,
        Leaving::Moved,
    ];
    facts.extend(reasons.map(|why| (before(63), Fact::CallMoved { call, from: queue(0), to: queue(2), why })));
    facts.push((before(62), Fact::AnswerUndone { call }));
    facts.push((before(61), Fact::CallAnswered { call, agent: operator(6), waited: Span::from_secs(27) }));
    let hold = Segment {
        call,
        kind: SegmentKind::Hold,
        queue: queue(2),
        agent: Some(operator(6)),
        offer: None,
        began: before(40),
        ended: before(28),
        ending: None,
    };
    if let Some(outcome) = outcome {
        facts.push((before(9), Fact::CallAsked { call, ask: CallAsk::HangUp, by }));
        facts.push((before(9), Fact::CallEnded { call, outcome, by: model::Side::Supervisor }));
    }
    Told {
        answered: Some(before(61)),
        ended: outcome.map(|_| before(9)),
        outcome,
        by: outcome.map(|_| model::Side::Supervisor),
        agent: Some(operator(6)),
        queue: Some(queue(2)),
        facts,
        segments: vec![hold],
        ..entered(88)
    }
}

fn agent(board: &Wallboard, n: u32, said: Option<Said>) -> AgentPanel {
    let row = board.agents.iter().find(|row| row.id == operator(n));
    let call = CallId(id(3, 1));
    let states = [
        (AgentState::Talking(call), 312, None),
        (AgentState::Ringing(call), 318, Some(312)),
        (AgentState::Ready, 900, Some(318)),
        (AgentState::WrapUp { call, until: before(900) }, 930, Some(900)),
        (AgentState::NotReady(NotReadyReason::Lunch), 4530, Some(930)),
        (AgentState::NotReady(NotReadyReason::LoggedIn), 4545, Some(4530)),
    ];
    let stretches = states.map(|(state, began, ended)| Stretch { state, began: before(began), ended: ended.map(before) });
    let caller = row.filter(|row| row.state.call().is_some()).map(|_| Viewer::Whole.show(&Phone::new("+79123456789")));
    AgentPanel {
        id: operator(n),
        at: AT,
        zone: moscow(),
        row: row.map(AgentLine::of),
        caller: caller.map(|number| (call, Some(number))),
        serves: vec![Serves { queue: "Продажи".to_owned(), tier: 1 }, Serves { queue: LONG_QUEUE.to_owned(), tier: 2 }],
        stretches: Some(stretches.to_vec()),
        said,
    }
}
