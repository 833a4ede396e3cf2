//! What opens at the side of Live: a call with its story and the reasons for it, or an agent; each with what may be ordered.

mod agent;
mod call;
mod names;
mod orders;
mod said;
mod story;
mod why;

use maud::{Markup, Render, html};

pub use agent::{AgentPanel, Serves, Stretch};
pub use call::CallPanel;
pub use names::Names;
pub use said::Said;
pub use story::Told;

use crate::parts::{panel_awaited, panel_failed};
use crate::words::Lang;

/// What stands at the side.
#[derive(Clone, Debug)]
pub enum Side {
    /// A call.
    Call(Box<CallPanel>),
    /// An agent.
    Agent(Box<AgentPanel>),
}

/// The inside of the panel alone, for a page that is there already.
#[derive(Clone, Debug)]
pub struct Fragment {
    /// The reader's language.
    pub lang: Lang,
    /// What it shows.
    pub side: Side,
}

impl Render for Fragment {
    fn render(&self) -> Markup {
        self.side.inside(self.lang)
    }
}

impl Side {
    fn inside(&self, lang: Lang) -> Markup {
        match self {
            Self::Call(call) => call::inside(call, lang),
            Self::Agent(agent) => agent::inside(agent, lang),
        }
    }

    /// The id of the row that it is about.
    fn row(&self) -> String {
        match self {
            Self::Call(call) => format!("call-{}", call.id),
            Self::Agent(agent) => format!("agent-{}", agent.id),
        }
    }
}

/// The panel's place in the page, closed unless something stands in it, and what it shows until its content comes.
pub(super) fn place(side: Option<&Side>, lang: Lang) -> Markup {
    html! {
        aside #panel .panel tabindex="-1" hx-sync="replace" aria-label=(lang.text("panel")) hidden[side.is_none()] data-of=[side.map(Side::row)] {
            @if let Some(side) = side { (side.inside(lang)) }
        }
        template #panel-awaited { (panel_awaited(lang)) }
        template #panel-failed { (panel_failed(lang)) }
    }
}
