//! One message of the stream: drawn once for each language and kind of viewer, whoever many look.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use maud::html;
use model::wallboard::Wallboard;
use model::{Timestamp, Viewer};
use views::Lang;
use views::live::{AgentLine, Board, CallLine, FallbackLine, Trend, patch};

use super::board::Step;

/// Who reads a message: what it is drawn for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reader {
    pub lang: Lang,
    pub viewer: Viewer,
}

/// How many kinds of readers there are.
const READERS: usize = 4;

impl Reader {
    const fn index(self) -> usize {
        let lang = match self.lang {
            Lang::Ru => 0,
            Lang::En => 1,
        };
        match self.viewer {
            Viewer::Whole => lang,
            Viewer::Masked => lang + 2,
        }
    }
}

/// Live as a whole.
#[derive(Clone, Debug)]
pub(crate) struct Whole {
    pub board: Arc<Wallboard>,
    /// The last hour of the strip's numbers.
    pub trend: Arc<Trend>,
    /// Since when its sums count.
    pub counted_since: Timestamp,
}

impl Whole {
    /// As this viewer may see it at `at`.
    pub fn seen_by(&self, viewer: Viewer, at: Timestamp) -> Board {
        Board::of(&self.board, &self.trend, viewer, at, self.counted_since)
    }
}

/// What a message says.
#[derive(Debug)]
pub(crate) enum Says {
    /// What is different from the message before.
    Steps(Vec<Step>),
    /// Everything, whatever was known before.
    Everything(Whole),
}

/// A message.
#[derive(Debug)]
pub(crate) struct Message {
    pub number: u64,
    pub at: Timestamp,
    pub says: Says,
    /// When the loop took the event that this is about, if it is about one.
    pub took: Option<Instant>,
    drawn: [OnceLock<Arc<str>>; READERS],
}

impl Message {
    pub fn new(number: u64, at: Timestamp, says: Says) -> Self {
        Self { number, at, says, took: None, drawn: Default::default() }
    }

    /// The message's id in the stream: the page checks that none is missing.
    pub fn id(&self) -> String {
        match self.says {
            Says::Steps(_) => format!("one:{}", self.number),
            Says::Everything(_) => format!("all:{}", self.number),
        }
    }

    /// The message for a reader.
    pub(super) fn drawn_for(&self, reader: Reader) -> Arc<str> {
        self.drawn[reader.index()].get_or_init(|| self.draw(reader).into()).clone()
    }

    fn draw(&self, reader: Reader) -> String {
        let Reader { lang, viewer } = reader;
        let at = self.at;
        let drawn = match &self.says {
            Says::Everything(whole) => patch::everything(&whole.seen_by(viewer, at), lang),
            Says::Steps(steps) => html! { @for step in steps { (draw(step, at, lang, viewer)) } },
        };
        drawn.into_string()
    }
}

fn draw(step: &Step, at: Timestamp, lang: Lang, viewer: Viewer) -> maud::Markup {
    match step {
        Step::Totals(totals) => patch::sums(totals, at, lang),
        Step::Trend(trend) => patch::trend(trend, lang),
        Step::Queue(row) => patch::queue(row, at, lang),
        Step::Agent(row) => patch::agent(&AgentLine::of(row), at, lang),
        Step::Call(row) => patch::call(&CallLine::of(row, viewer), at, lang),
        Step::NewCall(row) => patch::new_call(&CallLine::of(row, viewer), at, lang),
        Step::NoQueue(id) => patch::no_queue(*id),
        Step::NoAgent(id) => patch::no_agent(*id),
        Step::NoCall(id) => patch::no_call(*id),
        Step::Fallback(rows) => {
            let lines: Vec<FallbackLine> = rows.iter().map(|row| FallbackLine::of(row, viewer)).collect();
            patch::in_fallback(&lines, at, lang)
        }
        Step::Switch(up) => patch::switch_up(*up, lang),
    }
}
