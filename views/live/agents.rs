//! Agents on Live.

use maud::{Markup, html};
use model::wallboard::{AgentRow, Block};
use model::{AgentId, AgentState, Shown, Timestamp, Viewer};

use crate::parts::{agent_state, agent_word, clipped, since};
use crate::words::Lang;

/// An agent, fit for a viewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentLine {
    /// The agent.
    pub id: AgentId,
    /// The agent's name.
    pub name: Shown,
    /// The phone's account.
    pub endpoint: String,
    /// What the agent does.
    pub state: AgentState,
    /// Since when.
    pub since: Timestamp,
    /// What the agent becomes after the present call, if that was asked for during it.
    pub then: Option<AgentState>,
    /// Why no call is offered although the state would allow it.
    pub blocked: Option<Block>,
}

impl AgentLine {
    /// The row as everybody who may open Live sees it: agents are colleagues, and colleagues know each other's names.
    #[must_use]
    pub fn of(row: &AgentRow) -> Self {
        Self {
            id: row.id,
            name: Viewer::Whole.show(&row.name),
            endpoint: row.endpoint.clone(),
            state: row.state.clone(),
            since: row.since,
            then: row.then.clone(),
            blocked: row.blocked,
        }
    }
}

/// All agents.
pub(super) fn section(agents: &[AgentLine], at: Timestamp, lang: Lang) -> Markup {
    html! {
        section.agents aria-labelledby="agents" {
            div.title { h2 #agents { (lang.text("agents")) } }
            table.table.compact {
                thead {
                    tr {
                        th.name scope="col" { (lang.text("agent")) }
                        th.state scope="col" { (lang.text("agent-state")) }
                        th.since.number scope="col" { (lang.text("agent-since")) }
                        th.phone.number scope="col" { (lang.text("agent-phone")) }
                    }
                }
                tbody #agent-rows { (rows(agents, at, lang)) }
            }
            p.empty { (lang.text("agents-none")) " " code { "callsync import" } }
        }
    }
}

/// All rows.
pub(super) fn rows(agents: &[AgentLine], at: Timestamp, lang: Lang) -> Markup {
    html! { @for agent in agents { (row(agent, at, lang)) } }
}

/// An agent.
pub(super) fn row(agent: &AgentLine, at: Timestamp, lang: Lang) -> Markup {
    html! {
        tr id={ "agent-" (agent.id) } data-blocked=[agent.blocked.map(block_name)] {
            th.name scope="row" { (clipped(&agent.name.to_string())) }
            td.state {
                (agent_state(&agent.state, lang))
                @if let Some(then) = &agent.then { span.then { (lang.text("agent-then")) " " (agent_word(then, lang).to_lowercase()) } }
                @else if let Some(block) = agent.blocked {
                    span.then.blocked title=(lang.text("agent-blocked")) { (block_word(block, lang)) }
                }
            }
            td.since.number { (since(agent.since, at, None)) }
            td.phone.number { span.endpoint { (agent.endpoint) } }
        }
    }
}

/// Why no call is offered, in words.
fn block_word(block: Block, lang: Lang) -> String {
    match block {
        Block::PrivateCall => lang.text("block-private-call"),
        Block::FallbackCall => lang.text("block-fallback-call"),
        Block::Clearing => lang.text("block-clearing"),
        Block::Resting => lang.text("block-resting"),
    }
}

/// The same for programs that read the page.
const fn block_name(block: Block) -> &'static str {
    match block {
        Block::PrivateCall => "private-call",
        Block::FallbackCall => "fallback-call",
        Block::Clearing => "clearing",
        Block::Resting => "resting",
    }
}
