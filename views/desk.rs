//! The desk: the page that an agent works in all day. Three zones that never move, drawn by the same functions for the page
//! and for its stream.

mod bar;
mod call;
mod centre;
mod idle;
mod menus;
mod moment;
mod none;
mod own;
mod past;
pub mod patch;
mod queues;
mod today;
mod why;

use jiff::tz::TimeZone;
use maud::{Markup, Render, html};
use model::agent::LONGEST_WRAP_UP;
use model::explain::Explanation;
use model::wallboard::{AgentRow, Block, QueueRow};
use model::{AgentId, AgentState, QueueId, Span, StateReason, Timestamp};

pub use call::CallCard;
pub use none::{Missing, NoDesk};
pub use past::PastLine;
pub use today::Today;

use crate::frame::{Frame, Section, SignedIn};
use crate::parts::{STREAM_CONFIG, icon, stale};
use crate::words::Lang;

/// The page.
#[derive(Clone, Debug)]
pub struct Desk {
    /// What the page stands in.
    pub frame: Frame,
    /// Whose desk it is.
    pub who: SignedIn,
    /// When it was drawn.
    pub at: Timestamp,
    /// What it shows.
    pub stand: Stand,
}

/// Everything on a desk at one moment, fit for the agent whose desk it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Stand {
    /// Whether the way to Asterisk is there.
    pub switch_up: bool,
    /// The agent.
    pub own: Own,
    /// The queues that the agent serves.
    pub queues: Vec<QueueLine>,
    /// The call in the agent's hands; between calls the last one.
    pub call: Option<CallCard>,
    /// Why the call in hand came to this agent, as far as it was told.
    pub why: Option<Explanation>,
    /// Whether a wrap-up cannot be made longer at this moment.
    pub at_limit: bool,
    /// What the agent has done today; `None` while the books do not answer.
    pub today: Option<Today>,
    /// The earlier calls of the caller, the latest first.
    pub earlier: Vec<PastLine>,
    /// The calls that the agent answered, the latest first.
    pub mine: Vec<PastLine>,
    /// The calls that rang at the agent today and were not answered, the latest first.
    pub missed: Vec<PastLine>,
}

/// The agent whose desk it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// The agent.
    pub id: AgentId,
    /// The phone's account.
    pub endpoint: String,
    /// What the agent does.
    pub state: AgentState,
    /// Since when.
    pub since: Timestamp,
    /// Why the program put them into it, where the state itself does not tell.
    pub why: Option<StateReason>,
    /// What the agent becomes after the present call, if that was asked for during it.
    pub then: Option<AgentState>,
    /// Why no call is offered although the state would allow it.
    pub blocked: Option<Block>,
}

/// A queue that the agent serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueLine {
    /// The queue.
    pub id: QueueId,
    /// Its name.
    pub name: String,
    /// How many wait.
    pub waiting: u32,
    /// Since when the first of those who wait does.
    pub longest: Option<Timestamp>,
    /// The time to answer within.
    pub within: Span,
}

impl Own {
    /// The agent as Live has them.
    #[must_use]
    pub fn of(row: &AgentRow) -> Self {
        Self {
            id: row.id,
            endpoint: row.endpoint.clone(),
            state: row.state.clone(),
            since: row.since,
            why: row.why,
            then: row.then.clone(),
            blocked: row.blocked,
        }
    }
}

impl QueueLine {
    /// The queue as Live has it.
    #[must_use]
    pub fn of(row: &QueueRow) -> Self {
        Self {
            id: row.id,
            name: row.name.clone(),
            waiting: row.waiting_count,
            longest: row.waiting.iter().min().copied(),
            within: row.target.within,
        }
    }
}

/// How much longer a wrap-up becomes at a time.
pub const EXTENSION: Span = Span::from_secs(30);

/// Whether a wrap-up that lasts until then cannot take another extension at `at`.
#[must_use]
pub fn is_at_limit(state: &AgentState, at: Timestamp) -> bool {
    matches!(state, AgentState::WrapUp { until, .. } if *until + EXTENSION > at + LONGEST_WRAP_UP)
}

/// What zones are drawn with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drawing<'a> {
    pub at: Timestamp,
    pub zone: &'a TimeZone,
    pub lang: Lang,
}

impl Render for Desk {
    fn render(&self) -> Markup {
        let stand = &self.stand;
        let drawing = Drawing { at: self.at, zone: &self.frame.zone, lang: self.frame.lang };
        let lang = drawing.lang;
        let main = html! {
            div #desk .desk hx-sse:connect="/desk/stream" hx-trigger="open" hx-swap="none" hx-config=(STREAM_CONFIG)
                data-now=(self.at.as_ms()) data-build=(crate::assets::build()) {
                h1.visually-hidden { (lang.text("desk-title")) }
                div.left {
                    (own::zone(&stand.own, drawing))
                    (queues::zone(&stand.queues, drawing))
                    (today::zone(stand.today.as_ref(), &stand.own, drawing))
                }
                div.centre {
                    (stale(&lang.text("desk-stale-what"), lang))
                    (switch(stand.switch_up, lang))
                    p #desk-failed .notice.wrong role="alert" hidden { (icon("circle-alert")) (lang.text("desk-failed")) }
                    (centre::zone(stand, drawing))
                    div.bar {
                        div.shelf { (bar::zone(&stand.own, stand.at_limit, lang)) }
                        p.no-orders { (icon("unplug")) (lang.text("desk-no-orders")) }
                    }
                }
                div.right {
                    (past::caller(stand.call.as_ref(), &stand.earlier, drawing))
                    (past::own(&stand.mine, &stand.missed, drawing))
                }
                (menus::all(lang))
                p #desk-said .visually-hidden role="status" {}
            }
        };
        self.frame.signed_in(&self.who, Section::Desk, &["clock.js", "stream.js", "desk.js"], &main)
    }
}

/// Says that we ourselves do not hear Asterisk.
fn switch(up: bool, lang: Lang) -> Markup {
    html! {
        p #desk-switch .switch-down role="status" hidden[up] { (icon("triangle-alert")) (lang.text("desk-switch-down")) }
    }
}
