//! Live at a big site: 500 agents, 300 calls, and about thirty rows a second that change. It stays smooth: no task of the
//! page's own thread is longer than 50 ms.

use std::collections::BTreeMap;
use std::time::Duration;

use browser::chromium::{Browser, Outcome};
use browser::numbers::Spread;
use browser::served::{Resource, Served, policy};
use browser::trace::{Trace, restyled_by_mark, work_by_mark};
use model::wallboard::{AgentRow, CallRow, Wallboard};
use model::{AgentState, CallPhase, Span, Viewer};
use serde_json::Value;
use tokio::time::interval;
use views::live::{AgentLine, Board, CallLine, Totals, Trend, patch};
use views::{Lang, assets, samples};

use super::live::HEARD;
use super::steady::{JUMPS, MARK, MARKS, told};
use crate::Stage;

const SAMPLE: &str = "live-many";
/// Each message brings three rows and the sums.
const PACE: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_secs(20);
/// An update that gives more elements than this a style has touched what has not changed.
const RESTYLED_AT_MOST: f64 = 300.0;
/// Chromium tells every task from 50 ms on.
const LONG_TASKS: &str = "(() => { window.tasks = []; new PerformanceObserver((list) => { \
    for (const { duration } of list.getEntries()) window.tasks.push(duration); }).observe({ type: 'longtask' }); return true; })()";

/// Counted is how much each message makes the browser do; how long that takes, only in long runs.
pub async fn big(stage: &Stage) -> Outcome {
    let browser = &stage.browser;
    let mut site = Site::open(browser).await?;
    for script in [JUMPS, MARKS, LONG_TASKS] {
        browser.says(script).await?;
    }
    let trace = Trace::begin(&browser.devtools().await?).await?;
    let mut pace = interval(PACE);
    let messages = if stage.site.long { 600 } else { 200 };
    for _ in 0..messages {
        pace.tick().await;
        site.goes_on();
    }
    site.is_shown(browser).await?;
    let events = trace.end().await?;
    let tasks = browser.says("window.tasks").await?;
    let tasks: Vec<f64> = tasks.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    let Spread { p50, p95, most } = Spread::of(work_by_mark(&events, MARK));
    let restyled = Spread::of(restyled_by_mark(&events, MARK));
    println!("    500 agents, 300 calls, {messages} messages of 3 rows and the sums, 10 a second");
    println!("    script, style and layout of a message: p50 {p50:.1} ms, p95 {p95:.1} ms, at most {most:.1} ms");
    println!("    elements given a style: p50 {}, p95 {}, at most {}", restyled.p50, restyled.p95, restyled.most);
    println!("    tasks longer than 50 ms: {}, the longest {:.0} ms", tasks.len(), Spread::of(tasks.clone()).most);
    let jumps = browser.says("window.jumps").await?;
    let jumps = jumps.as_array().ok_or("the page has noted nothing")?;
    assert!(jumps.is_empty(), "{}", told(jumps));
    assert!(restyled.p50 > 0.0 && restyled.p50 <= RESTYLED_AT_MOST, "a message gives {} elements a style", restyled.p50);
    assert!(!stage.site.long || tasks.is_empty(), "tasks longer than 50 ms: {tasks:?}");
    Ok(())
}

/// A big site at work: what it sends is drawn by the product's own functions.
struct Site {
    served: Served,
    board: Wallboard,
    number: usize,
}

impl Site {
    /// Serves the page, and waits until it has heard everything.
    async fn open(browser: &Browser) -> Outcome<Self> {
        let page = samples::all(Lang::Ru).into_iter().find(|(name, _)| name == SAMPLE).ok_or("the sample is gone")?.1;
        let mut resources: BTreeMap<String, Resource> = BTreeMap::new();
        for asset in assets::ALL {
            resources.insert(asset.url.to_owned(), Resource { mime: asset.mime, bytes: asset.bytes.to_vec() });
        }
        resources.insert("/live".to_owned(), Resource { mime: "text/html; charset=utf-8", bytes: page.into_bytes() });
        let served = Served::start(resources, policy()?).await?;
        let board = samples::boards().into_iter().find(|(name, ..)| *name == SAMPLE).ok_or("the sample is gone")?.1;
        let mut site = Self { served, board, number: 0 };
        browser.goes_to(&site.served.url("/live")).await?;
        browser.until("the stream is open", HEARD, SOON).await?;
        for _ in 0..200 {
            site.moves(CallPhase::Waiting, CallPhase::Offered);
            site.moves(CallPhase::Offered, CallPhase::Talking);
        }
        let drawn = site.everything();
        site.tell("all", &drawn);
        site.is_shown(browser).await?;
        Ok(site)
    }

    fn everything(&self) -> String {
        let board = Board::of(&self.board, &Trend::default(), Viewer::Whole, self.board.at, samples::AT);
        patch::everything(&board, Lang::Ru).into_string()
    }

    fn tell(&mut self, kind: &str, drawn: &str) {
        self.number += 1;
        self.served.tell(&format!("{kind}:{}", self.number), drawn);
    }

    /// The page shows what was told last.
    async fn is_shown(&self, browser: &Browser) -> Outcome {
        let shown = format!("document.getElementById('live').dataset.number === '{}'", self.number);
        browser.until("the page shows what was told last", &shown, SOON).await?;
        Ok(())
    }

    /// The next tenth of a second: a call rings, one that rang is answered, or one ends and another comes.
    fn goes_on(&mut self) {
        self.board.at = self.board.at + Span::from_ms(100);
        let drawn = match (self.number - 1) % 3 {
            0 => self.moves(CallPhase::Waiting, CallPhase::Offered),
            1 => self.moves(CallPhase::Offered, CallPhase::Talking),
            _ => self.turns_over(),
        };
        self.tell("one", &drawn);
    }

    /// The first call in a phase goes on to another, with its agent or the first who is Ready.
    fn moves(&mut self, from: CallPhase, to: CallPhase) -> String {
        let board = &mut self.board;
        let call = board.calls.iter_mut().find(|call| call.phase == from).expect("there are 300 calls");
        let agent = board.agents.iter_mut().find(|agent| match &call.agent {
            Some((id, _)) => *id == agent.id,
            None => agent.state == AgentState::Ready,
        });
        let agent = agent.expect("there are 500 agents");
        let queue = board.queues.iter_mut().find(|queue| queue.id == call.queue).expect("a call stands in a queue");
        (call.phase, call.since, call.agent) = (to, board.at, Some((agent.id, agent.name.clone())));
        agent.since = board.at;
        agent.state = if to == CallPhase::Talking { AgentState::Talking(call.id) } else { AgentState::Ringing(call.id) };
        if to == CallPhase::Talking {
            queue.talking += 1;
        } else {
            queue.waiting.pop();
            queue.waiting_count = queue.waiting_count.saturating_sub(1);
        }
        let at = board.at;
        let rows = [
            patch::queue(queue, at, Lang::Ru),
            patch::agent(&AgentLine::of(agent), at, Lang::Ru),
            patch::call(&CallLine::of(call, Viewer::Whole), at, Lang::Ru),
        ];
        let sums = self.sums();
        rows.iter().map(|row| row.0.as_str()).chain([sums.as_str()]).collect()
    }

    /// The call that has been talked in longest ends, its agent is Ready, and a caller comes.
    fn turns_over(&mut self) -> String {
        let board = &mut self.board;
        let at = board.at;
        let ended = board.calls.iter().position(|call| call.phase == CallPhase::Talking).expect("somebody talks");
        let ended = board.calls.remove(ended);
        let taken = |agent: &&mut AgentRow| ended.agent.as_ref().is_some_and(|(id, _)| *id == agent.id);
        let agent = board.agents.iter_mut().find(taken).expect("whoever talks is an agent");
        (agent.state, agent.since) = (AgentState::Ready, at);
        let agent = AgentLine::of(agent);
        let queue = board.queues.iter_mut().find(|queue| queue.id == ended.queue).expect("a call stands in a queue");
        queue.waiting.push(at);
        (queue.talking, queue.waiting_count) = (queue.talking.saturating_sub(1), queue.waiting_count + 1);
        let queue = queue.clone();
        let new = CallRow { phase: CallPhase::Waiting, entered: at, since: at, agent: None, ..ended.clone() };
        board.calls.push(new.clone());
        let rows = [
            patch::no_call(ended.id),
            patch::new_call(&CallLine::of(&new, Viewer::Whole), at, Lang::Ru),
            patch::agent(&agent, at, Lang::Ru),
            patch::queue(&queue, at, Lang::Ru),
        ];
        let sums = self.sums();
        rows.iter().map(|row| row.0.as_str()).chain([sums.as_str()]).collect()
    }

    fn sums(&mut self) -> String {
        let board = &mut self.board;
        let in_phase = |phase| board.calls.iter().filter(|call| call.phase == phase).count();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        board.totals.waiting = number(in_phase(CallPhase::Waiting) + in_phase(CallPhase::Offered));
        board.totals.talking = number(in_phase(CallPhase::Talking));
        board.totals.ready = number(board.agents.iter().filter(|agent| agent.state == AgentState::Ready).count());
        patch::sums(&Totals::of(board, samples::AT), board.at, Lang::Ru).into_string()
    }
}
