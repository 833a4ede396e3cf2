//! What may be ordered: plain forms, answered in the panel; what is dangerous asks first.

use maud::{Markup, html};
use model::{AgentState, CallPhase, QueueId};

use super::{AgentPanel, CallPanel};
use crate::live::{AgentLine, CallLine};
use crate::number::duration;
use crate::parts::{Danger, danger, icon};
use crate::words::Lang;

/// Where answers are shown.
const PANEL: &str = "#panel";

fn form(action: &str, inside: &Markup) -> Markup {
    html! { form.order method="post" action=(action) hx-post=(action) hx-target=(PANEL) hx-swap="innerMorph" { (inside) } }
}

/// On a live call.
pub(super) fn on_call(panel: &CallPanel, row: &CallLine, lang: Lang) -> Markup {
    let url = |what: &str| format!("/live/calls/{}/{what}", panel.id);
    let waits = matches!(row.phase, CallPhase::Waiting | CallPhase::Offered);
    let others: Vec<&(QueueId, String)> = panel.names.queues().iter().filter(|(id, _)| *id != row.queue_id).collect();
    html! {
        div.orders {
            @if waits {
                (form(&url("head"), &html! { button.button type="submit" { (icon("arrow-up-to-line")) (lang.text("order-to-head")) } }))
                @if !others.is_empty() {
                    (form(&url("queue"), &html! {
                        select name="queue" required aria-label=(lang.text("order-to-which-queue")) {
                            option value="" { (lang.text("order-to-which-queue")) }
                            @for (id, name) in others { option value=(id) { (name) } }
                        }
                        button.button type="submit" { (lang.text("order-to-queue")) }
                    }))
                }
            }
            (danger(&Danger {
                id: "hang-up",
                verb: &lang.text("order-hang-up"),
                question: &lang.text("order-hang-up-question"),
                what: with_whom(panel, row, lang),
                action: &url("hang-up"),
                fields: &[],
                answered_in: PANEL,
            }, lang))
        }
    }
}

/// Whose call is ended, and how long it has lasted.
fn with_whom(panel: &CallPanel, row: &CallLine, lang: Lang) -> Markup {
    let number = row.number.as_ref().map_or_else(|| lang.text("call-no-number"), ToString::to_string);
    let lasted = duration(panel.at.since(row.counted_from()));
    let agent = row.agent.as_ref().map(ToString::to_string);
    let text = match (row.phase, agent) {
        (CallPhase::Talking | CallPhase::Held, Some(agent)) => {
            lang.text_with("order-hang-up-talk", [("number", number.into()), ("agent", agent.into()), ("lasted", lasted.into())])
        }
        (CallPhase::Talking | CallPhase::Held | CallPhase::Waiting | CallPhase::Offered, _) => {
            lang.text_with("order-hang-up-wait", [("number", number.into()), ("lasted", lasted.into())])
        }
    };
    html! { (text) }
}

/// On an agent.
pub(super) fn on_agent(panel: &AgentPanel, row: &AgentLine, lang: Lang) -> Markup {
    let url = format!("/live/agents/{}/state", panel.id);
    let in_call = row.state.call().is_some();
    html! {
        div.orders {
            @if row.state != AgentState::Ready && (!in_call || row.then.is_some()) {
                (form(&url, &html! {
                    input type="hidden" name="state" value="ready";
                    button.button type="submit" { (icon("phone")) (lang.text("order-ready")) }
                }))
            }
            (form(&url, &html! {
                input type="hidden" name="state" value="not_ready";
                select name="reason" aria-label=(lang.text("order-reason")) {
                    option value="break" { (lang.text("state-break")) }
                    option value="lunch" { (lang.text("state-lunch")) }
                    option value="training" { (lang.text("state-training")) }
                    option value="meeting" { (lang.text("state-meeting")) }
                    option value="asked" { (lang.text("order-no-reason")) }
                }
                button.button type="submit" { (lang.text("order-not-ready")) }
            }))
            @if row.state != AgentState::LoggedOut { (log_out(panel, row, &url, in_call, lang)) }
        }
    }
}

/// Nobody is logged out of a call by mistake.
fn log_out(panel: &AgentPanel, row: &AgentLine, url: &str, in_call: bool, lang: Lang) -> Markup {
    if !in_call {
        return form(
            url,
            &html! {
                input type="hidden" name="state" value="logged_out";
                button.button type="submit" { (icon("log-out")) (lang.text("order-log-out")) }
            },
        );
    }
    let (name, lasted) = (row.name.to_string(), duration(panel.at.since(row.since)));
    let what = lang.text_with("order-log-out-what", [("agent", name.into()), ("lasted", lasted.into())]);
    danger(
        &Danger {
            id: "log-out",
            verb: &lang.text("order-log-out"),
            question: &lang.text("order-log-out-question"),
            what: html! { (what) },
            action: url,
            fields: &[("state", "logged_out")],
            answered_in: PANEL,
        },
        lang,
    )
}
