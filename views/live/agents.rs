//! Agents on Live.

use maud::{Markup, html};
use model::wallboard::{AgentRow, Block};
use model::{AgentId, AgentState, NotReadyReason, QueueId, Shown, StateReason, Timestamp, Viewer};

use super::choice::{Choice, Doing, Sort, findable, notes, nothing, sorted_by};
use crate::parts::{agent_state, agent_word, clipped, reason_word, since};
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
    /// Why the program put them into it, where the state itself does not tell.
    pub why: Option<StateReason>,
    /// What the agent becomes after the present call, if that was asked for during it.
    pub then: Option<AgentState>,
    /// Why no call is offered although the state would allow it.
    pub blocked: Option<Block>,
    /// The queues that they serve.
    pub queues: Vec<QueueId>,
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
            why: row.why,
            then: row.then.clone(),
            blocked: row.blocked,
            queues: row.queues.clone(),
        }
    }
}

/// All agents.
pub(super) fn section(agents: &[AgentLine], choice: &Choice, at: Timestamp, lang: Lang) -> Markup {
    html! {
        section.agents.list aria-labelledby="agents" data-tab="agents" data-none[agents.is_empty()] {
            div.title { h2 #agents { (lang.text("agents")) } (notes(lang)) }
            table.table.compact {
                thead {
                    tr {
                        th.name scope="col" { (lang.text("agent")) }
                        (sorted_by(Sort::AgentState, "state", &lang.text("agent-state"), choice))
                        (sorted_by(Sort::AgentSince, "since number", &lang.text("agent-since"), choice))
                        th.phone.number scope="col" { (lang.text("agent-phone")) }
                    }
                }
                tbody #agent-rows { (rows(agents, at, lang)) }
            }
            (nothing(lang))
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
    let name = agent.name.to_string();
    let queues: Vec<String> = agent.queues.iter().map(ToString::to_string).collect();
    html! {
        tr id={ "agent-" (agent.id) } data-doing=(Doing::of(&agent.state).name()) data-rank=(rank(agent))
            data-queues=(queues.join(" ")) data-find=(findable([name.as_str(), agent.endpoint.as_str()]))
            data-blocked=[agent.blocked.map(block_name)] {
            th.name scope="row" { a.row-link href={ "/live?agent=" (agent.id) } { (clipped(&name)) } }
            td.state {
                (agent_state(&agent.state, lang))
                @if let Some(then) = &agent.then { span.then { (lang.text("agent-then")) " " (agent_word(then, lang).to_lowercase()) } }
                @else if let Some(block) = agent.blocked {
                    span.then.blocked title=(lang.text("agent-blocked")) { (block_word(block, lang)) }
                }
                @else if let Some(why) = agent.why { span.then { (reason_word(why, lang)) } }
            }
            td.since.number { (since(agent.since, at, None)) }
            td.phone.number { span.endpoint { (agent.endpoint) } }
        }
    }
}

/// How much a state asks for somebody to look: the lowest first, whoever went home last.
const fn rank(agent: &AgentLine) -> u8 {
    match &agent.state {
        AgentState::Unreachable => 0,
        AgentState::NotReady(
            NotReadyReason::NoAnswer
            | NotReadyReason::Refused
            | NotReadyReason::PhoneFailed(_)
            | NotReadyReason::Forwarded
            | NotReadyReason::Busy
            | NotReadyReason::Gone,
        ) => 1,
        AgentState::NotReady(
            NotReadyReason::Asked
            | NotReadyReason::Break
            | NotReadyReason::Lunch
            | NotReadyReason::Training
            | NotReadyReason::Meeting
            | NotReadyReason::LoggedIn,
        ) => 2,
        AgentState::WrapUp { .. } => 3,
        AgentState::Held(_) => 4,
        AgentState::Talking(_) => 5,
        AgentState::Reserved(_) | AgentState::Ringing(_) => 6,
        AgentState::Ready if agent.blocked.is_some() => 7,
        AgentState::Ready => 8,
        AgentState::LoggedOut => 9,
    }
}

/// Why no call is offered, in words.
pub(super) fn block_word(block: Block, lang: Lang) -> String {
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
