//! An agent at the side: what they do, which queues they serve, and what they did.

use jiff::tz::TimeZone;
use maud::{Markup, html};
use model::{AgentId, AgentState, Shown, Timestamp};

use super::said::said;
use super::{Said, orders};
use crate::live::AgentLine;
use crate::live::agents::block_word;
use crate::number::duration;
use crate::parts::{Panel, agent_state, agent_word, digits, moment, panel, panel_part, reason_word, since};
use crate::words::Lang;

/// An agent, as everybody who may open Live sees them.
#[derive(Clone, Debug)]
pub struct AgentPanel {
    /// The agent.
    pub id: AgentId,
    /// The moment.
    pub at: Timestamp,
    /// The zone in which times of day are told.
    pub zone: TimeZone,
    /// Their row; `None` if the settings know no such agent.
    pub row: Option<AgentLine>,
    /// The caller whom they are bound to.
    pub caller: Option<(model::CallId, Option<Shown>)>,
    /// The queues that they serve.
    pub serves: Vec<Serves>,
    /// What they did, the latest first; `None` if the books cannot be read.
    pub stretches: Option<Vec<Stretch>>,
    /// What came of the order that was just given.
    pub said: Option<Said>,
}

/// A queue that an agent serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serves {
    /// The queue's name.
    pub queue: String,
    /// The agent's tier in it; lower tiers are rung first.
    pub tier: u8,
}

/// A state that lasted for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The state.
    pub state: AgentState,
    /// When it began.
    pub began: Timestamp,
    /// When it ended; `None` for the one that lasts.
    pub ended: Option<Timestamp>,
}

/// The panel's inside.
pub(super) fn inside(agent: &AgentPanel, lang: Lang) -> Markup {
    let Some(row) = &agent.row else {
        let title = html! { (lang.text("agent-unknown")) };
        let body = html! { (said(agent.said, lang)) p.empty { (lang.text("agent-unknown-what")) } };
        return panel(&Panel { title, state: html! {}, back: "/live", body }, lang);
    };
    let body = html! {
        (said(agent.said, lang))
        (orders::on_agent(agent, row, lang))
        (panel_part(&lang.text("agent-queues"), &serves(&agent.serves, lang)))
        (panel_part(&lang.text("agent-day"), &day(agent, lang)))
    };
    panel(&Panel { title: html! { (row.name) }, state: state(agent, row, lang), back: "/live", body }, lang)
}

fn state(agent: &AgentPanel, row: &AgentLine, lang: Lang) -> Markup {
    html! {
        (agent_state(&row.state, lang)) " " (since(row.since, agent.at, None))
        @if let Some((call, number)) = &agent.caller {
            p.sub {
                (lang.text("agent-with")) " "
                a href={ "/live?call=" (call) } {
                    @if let Some(number) = number { (digits(&number.to_string())) } @else { (lang.text("call-no-number")) }
                }
            }
        }
        @if let Some(then) = &row.then { p.sub { (lang.text("agent-after-call")) " " (agent_word(then, lang).to_lowercase()) } }
        @if let AgentState::WrapUp { until, .. } = row.state { p.sub { (lang.text("agent-ready-at")) " " (moment(until, &agent.zone)) } }
        @if let Some(why) = row.why { p.sub { (reason_word(why, lang)) } }
        @if let Some(block) = row.blocked { p.sub { (lang.text("agent-blocked")) ": " (block_word(block, lang)) } }
        p.sub { (lang.text("agent-phone")) " " (row.endpoint) }
    }
}

fn serves(serves: &[Serves], lang: Lang) -> Markup {
    html! {
        @if serves.is_empty() { p.sub { (lang.text("agent-no-queues")) } }
        @else {
            ul.counts {
                @for served in serves { li { (served.queue) span.sub { (lang.text_with("agent-tier", [("tier", served.tier.into())])) } } }
            }
        }
    }
}

fn day(agent: &AgentPanel, lang: Lang) -> Markup {
    let Some(stretches) = &agent.stretches else {
        return html! { p.notice.wrong { (lang.text("agent-day-unknown")) } };
    };
    html! {
        @if stretches.is_empty() { p.sub { (lang.text("agent-day-none")) } }
        @else {
            table.stretches {
                thead.visually-hidden { tr {
                    th scope="col" { (lang.text("agent-began")) }
                    th scope="col" { (lang.text("agent-state")) }
                    th scope="col" { (lang.text("agent-since")) }
                } }
                tbody {
                    @for stretch in stretches {
                        tr {
                            td { (moment(stretch.began, &agent.zone)) }
                            td { (agent_state(&stretch.state, lang)) }
                            td.number {
                                @if let Some(ended) = stretch.ended { (duration(ended.since(stretch.began))) }
                                @else { (since(stretch.began, agent.at, None)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
