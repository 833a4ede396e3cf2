//! Live: queues, agents and calls as they are. Each row is drawn by one function, for the page and for the stream alike.

mod agents;
mod calls;
mod choice;
mod fallback;
pub mod panel;
pub mod patch;
mod queues;
mod totals;
mod trend;

use maud::{Markup, Render, html};
use model::wallboard::{QueueRow, Wallboard};
use model::{Timestamp, Viewer};

pub use agents::AgentLine;
pub use calls::CallLine;
pub use choice::{Choice, Doing, Sort};
pub use fallback::FallbackLine;
pub use panel::Side;
pub use totals::Totals;
pub use trend::{Sample, Trend};

use crate::frame::{Frame, Section, SignedIn};
use crate::parts::{STREAM_CONFIG, icon, stale, tabs};
use crate::words::Lang;

/// The page.
#[derive(Clone, Debug)]
pub struct Live {
    /// What the page stands in.
    pub frame: Frame,
    /// Who is looking.
    pub who: SignedIn,
    /// What they see.
    pub board: Board,
    /// What they picked of it.
    pub choice: Choice,
    /// What stands at the side.
    pub side: Option<Side>,
}

/// Everything on Live at one moment, fit for one viewer.
#[derive(Clone, Debug)]
pub struct Board {
    /// The moment.
    pub at: Timestamp,
    /// Whether the way to Asterisk is there.
    pub switch_up: bool,
    /// The six numbers.
    pub totals: Totals,
    /// Their last hour.
    pub trend: Trend,
    /// A row a queue.
    pub queues: Vec<QueueRow>,
    /// A row an agent.
    pub agents: Vec<AgentLine>,
    /// A row a call, the oldest first.
    pub calls: Vec<CallLine>,
    /// The calls in the care of Asterisk's own queue, the oldest first.
    pub fallback: Vec<FallbackLine>,
}

impl Board {
    /// The wallboard as this viewer may see it, drawn at `at`. Its sums count since `counted_since`.
    #[must_use]
    pub fn of(board: &Wallboard, trend: &Trend, viewer: Viewer, at: Timestamp, counted_since: Timestamp) -> Self {
        Self {
            at,
            switch_up: board.switch_up,
            totals: Totals::of(board, counted_since),
            trend: trend.clone(),
            queues: board.queues.clone(),
            agents: board.agents.iter().map(AgentLine::of).collect(),
            calls: board.calls.iter().map(|row| CallLine::of(row, viewer)).collect(),
            fallback: board.fallback.iter().map(|row| FallbackLine::of(row, viewer)).collect(),
        }
    }
}

impl Render for Live {
    fn render(&self) -> Markup {
        let lang = self.frame.lang;
        let (board, choice) = (&self.board, &self.choice);
        let main = html! {
            div #live .live hx-sse:connect="/live/stream" hx-trigger="open" hx-swap="none" hx-config=(STREAM_CONFIG)
                data-now=(board.at.as_ms()) data-build=(crate::assets::build()) {
                h1.visually-hidden { (lang.text("live-title")) }
                section.strip aria-label=(lang.text("totals")) {
                    (stale(&lang.text("live-stale-what"), lang))
                    (switch(board.switch_up, lang))
                    (totals::totals(&board.totals, Some(&board.trend), board.at, lang))
                }
                (fallback::section(&board.fallback, board.at, lang))
                (tabs(&lang.text("lists"), &[
                    ("queues", lang.text("queues")), ("agents", lang.text("agents")), ("calls", lang.text("calls")),
                ]))
                (queues::section(&board.queues, choice, board.at, lang))
                (choice::form(choice, &board.queues, lang))
                div.pair {
                    (agents::section(&board.agents, choice, board.at, lang))
                    (calls::section(&board.calls, &board.queues, choice, board.at, lang))
                }
                (panel::place(self.side.as_ref(), lang))
            }
        };
        self.frame.signed_in(&self.who, Section::Live, SCRIPTS, &main)
    }
}

/// Its modules, each after those that it imports.
const SCRIPTS: &[&str] = &["clock.js", "rows.js", "panel.js", "choice.js", "stream.js", "live.js"];

/// Says that we ourselves do not hear Asterisk.
fn switch(up: bool, lang: Lang) -> Markup {
    html! {
        p #switch .switch-down role="status" hidden[up] { (icon("triangle-alert")) (lang.text("live-switch-down")) }
    }
}
