//! Live in its states: the lists, what is picked out of them, and what stands at the side.

mod panels;

use model::queue::ServiceLevelTarget;
use model::user::Role;
use model::wallboard::{AgentRow, Block, CallRow, FallbackRow, QueueRow, Today, Totals, Wallboard};
use model::{
    AgentId, AgentState, CallId, CallPhase, NotReadyReason, PersonName, Phone, QueueId, Span, StateReason, Timestamp, Viewer,
};

use super::{AT, LONG_NAME, LONG_QUEUE, frame, id};
use crate::frame::SignedIn;
use crate::live::{Board, Choice, Live, Sample, Side, Trend};
use crate::words::Lang;

/// When the program of the samples was started: more than a day before, as at a site that runs well.
const STARTED: Timestamp = Timestamp::from_ms(AT.as_ms() - 25_964_000);

/// Every state of the page.
pub(super) fn pages(lang: Lang) -> Vec<(&'static str, Live)> {
    let mut pages: Vec<(&str, Live)> =
        boards().into_iter().map(|(name, board, viewer)| (name, live(lang, &board, viewer))).collect();
    let at_side = |side: Side| Live { side: Some(side), ..live(lang, &day(), Viewer::Whole) };
    pages.extend(panels::all(&day()).into_iter().map(|(name, side)| (name, at_side(side))));
    let query = [("find", "никого такого нет"), ("state", "in-call"), ("sort", "agent-state"), ("sort", "queue-longest")];
    pages.push(("live-picked", Live { choice: Choice::of(query), ..live(lang, &day(), Viewer::Whole) }));
    pages
}

/// An hour of the strip's numbers, with a level that is not known at first.
fn hour() -> Trend {
    let wave = |n: u32, of: u32| (n * n * 7 + n * 13) % of;
    let sample = |n: u32| Sample {
        waiting: wave(n, 9) + wave(n, 4),
        level: (n > 12).then(|| 790 + wave(n, 60)),
        talking: 6 + wave(n, 5),
        ready: 2 + wave(n, 4),
        logged_in: 11 + wave(n, 3),
        queues_waiting: wave(n, 3),
    };
    (0..60).map(sample).collect()
}

fn live(lang: Lang, board: &Wallboard, viewer: Viewer) -> Live {
    let (name, role) =
        if viewer == Viewer::Whole { ("Мария Соколова", Role::Supervisor) } else { (LONG_NAME, Role::Admin) };
    Live {
        frame: frame(lang, "/live"),
        who: SignedIn { name: Viewer::Whole.show(&PersonName::new(name)), role, agent: false },
        board: Board::of(board, &if board.calls.is_empty() { Trend::default() } else { hour() }, viewer, AT, STARTED),
        choice: Choice::default(),
        side: None,
    }
}

/// Wallboards: what Live can look like.
#[must_use]
pub fn boards() -> [(&'static str, Wallboard, Viewer); 8] {
    let day = day();
    let wrong = Wallboard { switch_up: false, ..day.clone() };
    [
        ("live-empty", summed(Vec::new(), Vec::new(), Vec::new()), Viewer::Whole),
        ("live-one", one(), Viewer::Whole),
        ("live-day", day.clone(), Viewer::Whole),
        ("live-masked", day, Viewer::Masked),
        ("live-no-switch", wrong, Viewer::Whole),
        ("live-many", many(), Viewer::Whole),
        ("live-back", back(), Viewer::Whole),
        ("live-back-masked", back(), Viewer::Masked),
    ]
}

fn one() -> Wallboard {
    let queue = queue(0, "700", "Продажи", Vec::new(), [1, 0, 0], 0);
    summed(vec![queue], vec![agent(1, "Анна Ильина", AgentState::Ready, 64)], Vec::new())
}

/// A day with something of everything.
fn day() -> Wallboard {
    let busy = CallId(id(3, 1));
    let states = [
        ("Анна Ильина", AgentState::Talking(busy), 312),
        ("Пётр Васильев", AgentState::Ready, 47),
        ("Мария Соколова", AgentState::Ringing(busy), 4),
        ("Игорь Журавлёв", AgentState::Held(busy), 76),
        ("Ольга Кузнецова", AgentState::WrapUp { call: busy, until: AT + Span::from_secs(9) }, 21),
        (LONG_NAME, AgentState::NotReady(NotReadyReason::Lunch), 1904),
        ("Дмитрий Щербаков", AgentState::NotReady(NotReadyReason::NoAnswer), 133),
        ("Елена Фёдорова", AgentState::NotReady(NotReadyReason::Break), 245),
        ("Сергей Ёлкин", AgentState::NotReady(NotReadyReason::Refused), 18),
        ("Наталья Андреева", AgentState::NotReady(NotReadyReason::Asked), 655),
        ("Юрий Орлов", AgentState::NotReady(NotReadyReason::LoggedIn), 2),
        ("Виктория Новикова", AgentState::Unreachable, 3723),
        ("Алексей Гусев", AgentState::LoggedOut, 41_320),
    ];
    let agents = states.into_iter().zip(1..).map(|((name, state, seconds), n)| agent(n, name, state, seconds)).collect();
    let queues = vec![
        queue(0, "700", "Продажи", vec![47, 16, 15, 3], [1, 2, 3], 827),
        queue(1, "701", "Поддержка", vec![9], [1, 1, 1], 941),
        queue(2, "702", LONG_QUEUE, Vec::new(), [0, 0, 2], 0),
    ];
    let calls = vec![
        call(1, Some("+79123456789"), 0, (CallPhase::Talking, 341, 312), Some("Анна Ильина")),
        call(2, Some("+74951234567"), 1, (CallPhase::Held, 190, 76), Some("Игорь Журавлёв")),
        call(3, Some("89219876543"), 2, (CallPhase::Talking, 88, 61), Some(LONG_NAME)),
        call(4, None, 0, (CallPhase::Offered, 47, 4), Some("Мария Соколова")),
        call(5, Some("+4915112345678"), 0, (CallPhase::Waiting, 16, 16), None),
        call(6, Some("1077"), 0, (CallPhase::Waiting, 15, 15), None),
        call(7, Some("+79031112233"), 1, (CallPhase::Waiting, 9, 9), None),
        call(8, Some("<script>alert(1)</script>"), 0, (CallPhase::Waiting, 3, 3), None),
    ];
    summed(queues, agents, calls)
}

/// The program is back: calls that Asterisk's own queue took are still up, and phones are busy with what is none of ours.
fn back() -> Wallboard {
    let states = [
        ("Анна Ильина", AgentState::Ready, Some(Block::FallbackCall)),
        ("Пётр Васильев", AgentState::Ready, Some(Block::PrivateCall)),
        (LONG_NAME, AgentState::Ready, Some(Block::Clearing)),
        ("Мария Соколова", AgentState::Ready, Some(Block::Resting)),
        ("Игорь Журавлёв", AgentState::NotReady(NotReadyReason::Training), None),
        ("Ольга Кузнецова", AgentState::NotReady(NotReadyReason::Meeting), None),
        ("Дмитрий Щербаков", AgentState::NotReady(NotReadyReason::Busy), None),
    ];
    let agents = states.into_iter().zip(2..).map(|((name, state, blocked), n)| AgentRow { blocked, ..agent(n, name, state, 40) });
    let queues = vec![queue(0, "700", "Продажи", Vec::new(), [4, 0, 3], 827)];
    let fallback = |number: Option<&str>, seconds, agent: Option<&str>| FallbackRow {
        dialled: "700".to_owned(),
        number: number.map(Phone::new),
        since: AT - Span::from_secs(seconds),
        agent: agent.map(str::to_owned),
    };
    let fallback = vec![
        fallback(Some("+79123456789"), 187, Some("1002")),
        fallback(None, 64, None),
        fallback(Some("<script>alert(1)</script>"), 9, None),
    ];
    Wallboard { fallback, ..summed(queues, agents.collect(), Vec::new()) }
}

/// As much as a big site has.
fn many() -> Wallboard {
    let queues = (0..12)
        .map(|n| {
            queue(
                n,
                &format!("{}", 700 + n),
                &format!("Очередь {n}"),
                (0..n * 9).map(|w| i64::from(w) * 7).collect(),
                [n, 2 * n, 3],
                800,
            )
        })
        .collect();
    let agents = (0..500).map(|n| agent(n, &format!("Оператор Номер {n}"), AgentState::Ready, i64::from(n) * 3)).collect();
    let calls =
        (0..300).map(|n| call(n, Some("+79123456789"), n % 12, (CallPhase::Waiting, 900 - i64::from(n), 5), None)).collect();
    summed(queues, agents, calls)
}

fn summed(queues: Vec<QueueRow>, agents: Vec<AgentRow>, calls: Vec<CallRow>) -> Wallboard {
    let sum = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let waiting = || calls.iter().filter(|call| matches!(call.phase, CallPhase::Waiting | CallPhase::Offered));
    let mut today = Today::default();
    for queue in &queues {
        today.answered += queue.today.answered;
        today.answered_in_time += queue.today.answered_in_time;
        today.abandoned += queue.today.abandoned;
        today.abandoned_late += queue.today.abandoned_late;
    }
    let totals = Totals {
        waiting: sum(waiting().count()),
        longest_since: waiting().map(|call| call.entered).min(),
        talking: sum(calls.len() - waiting().count()),
        ready: sum(agents.iter().filter(|agent| agent.state == AgentState::Ready).count()),
        logged_in: sum(agents.iter().filter(|agent| agent.state != AgentState::LoggedOut).count()),
        agents: sum(agents.len()),
        today,
    };
    Wallboard { at: AT, switch_up: true, totals, queues, agents, calls, fallback: Vec::new() }
}

fn queue(n: u32, number: &str, name: &str, waiting: Vec<i64>, [ready, talking, off]: [u32; 3], permille: u32) -> QueueRow {
    QueueRow {
        id: QueueId(id(1, n)),
        number: number.to_owned(),
        name: name.to_owned(),
        waiting_count: u32::try_from(waiting.len()).unwrap_or(u32::MAX),
        waiting: waiting.into_iter().map(|seconds| AT - Span::from_secs(seconds)).collect(),
        ready,
        talking,
        off,
        target: ServiceLevelTarget { percent: 80, within: Span::from_secs(20) },
        today: Today {
            answered: permille.min(1000),
            answered_in_time: permille * permille / 1000,
            abandoned: 0,
            abandoned_late: 0,
            entered: permille.min(1000),
            left: 0,
        },
    }
}

fn agent(n: u32, name: &str, state: AgentState, seconds: i64) -> AgentRow {
    AgentRow {
        id: AgentId(id(2, n)),
        name: PersonName::new(name),
        endpoint: (1000 + n).to_string(),
        then: (n == 1).then_some(AgentState::NotReady(NotReadyReason::Lunch)),
        why: (state == AgentState::LoggedOut && n.is_multiple_of(2)).then_some(StateReason::Unreachable),
        state,
        since: AT - Span::from_secs(seconds),
        blocked: None,
        answered: 3 * n,
        queues: vec![QueueId(id(1, n % 3)), QueueId(id(1, 0))],
    }
}

fn call(
    n: u32,
    number: Option<&str>,
    queue: u32,
    (phase, entered, since): (CallPhase, i64, i64),
    agent: Option<&str>,
) -> CallRow {
    CallRow {
        id: CallId(id(3, n)),
        queue: QueueId(id(1, queue)),
        queue_name: ["Продажи", "Поддержка", LONG_QUEUE].get(queue as usize).unwrap_or(&"Очередь").to_string(),
        number: number.map(Phone::new),
        phase,
        entered: AT - Span::from_secs(entered),
        since: AT - Span::from_secs(since),
        agent: agent.map(|name| (AgentId(id(2, n)), PersonName::new(name))),
    }
}
