//! The card of a call: while it rings, talks or is held, while it is being finished, and afterwards until the next.

use maud::{Markup, html};
use model::wallboard::CallRow;
use model::{AgentState, CallId, Outcome, Shown, Timestamp, Viewer};

use super::{Drawing, Own, Stand, why};
use crate::number::duration;
use crate::parts::{agent_state, clipped, digits, icon, outcome_word, since};

/// A call as its own agent sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallCard {
    /// The call.
    pub id: CallId,
    /// The caller's number, whole, if it was sent.
    pub number: Option<Shown>,
    /// The queue's name, while the settings have it.
    pub queue: Option<String>,
    /// When the caller entered the queue.
    pub entered: Timestamp,
    /// When the present phase began.
    pub since: Timestamp,
    /// When an agent answered, as far as is known.
    pub answered: Option<Timestamp>,
    /// When it ended, if it has.
    pub ended: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<Outcome>,
}

impl CallCard {
    /// The live call in the agent's own hands.
    #[must_use]
    pub fn of(row: &CallRow) -> Self {
        Self {
            id: row.id,
            number: row.number.as_ref().map(|number| Viewer::Whole.show(number)),
            queue: Some(row.queue_name.clone()),
            entered: row.entered,
            since: row.since,
            answered: None,
            ended: None,
            outcome: None,
        }
    }
}

/// The card of the call that rings: it fills the centre.
pub(super) fn ringing(call: &CallCard, stand: &Stand, drawing: Drawing<'_>) -> Markup {
    let Drawing { at, lang, .. } = drawing;
    let ring = match &call.number {
        Some(number) => lang.text_with("desk-rings-title", [("number", number.to_string().into())]),
        None => lang.text("desk-rings-hidden"),
    };
    html! {
        div.card.ringing data-ring=(ring) {
            (agent_state(&stand.own.state, lang))
            (number(call, drawing))
            (queue(call))
            p.waited { (lang.text("desk-waits")) " " b { (since(call.entered, at, None)) } }
            @if let Some(sentence) = stand.why.as_ref().and_then(|why| why::sentence(why, stand.own.id, lang)) {
                p.why { (sentence) }
            }
            p.how { (icon("phone")) (lang.text_with("desk-answer", [("phone", stand.own.endpoint.clone().into())])) }
        }
    }
}

/// The card of a conversation, also while it is held.
pub(super) fn talking(call: &CallCard, own: &Own, drawing: Drawing<'_>) -> Markup {
    let Drawing { at, lang, .. } = drawing;
    html! {
        div.card.talking {
            (agent_state(&own.state, lang))
            (number(call, drawing))
            (queue(call))
            dl.facts {
                div {
                    @if matches!(own.state, AgentState::Held(_)) { dt { (lang.text("desk-on-hold")) } }
                    @else { dt { (lang.text("desk-conversation")) } }
                    dd.big { (since(own.since, at, None)) }
                }
                div { dt { (lang.text("desk-in-all")) } dd.big { (since(call.entered, at, None)) } }
            }
            @if matches!(own.state, AgentState::Held(_)) { p.why { (lang.text("desk-held-what")) } }
        }
    }
}

/// The card while the work of the call is being finished.
pub(super) fn wrap_up(call: Option<&CallCard>, until: Timestamp, stand: &Stand, drawing: Drawing<'_>) -> Markup {
    let Drawing { at, lang, .. } = drawing;
    let own = &stand.own;
    let (whole, left) = (until.since(own.since), until.since(at));
    html! {
        div.card.wrap-up {
            progress.drain max=(whole.as_ms()) value=(left.as_ms().min(whole.as_ms())) data-until=(until.as_ms()) aria-hidden="true" {}
            (agent_state(&own.state, lang))
            @if let Some(call) = call { (number(call, drawing)) (queue(call)) }
            dl.facts {
                div { dt { (lang.text("desk-left")) } dd.big { time data-until=(until.as_ms()) { (duration(left)) } } }
                @if let Some(call) = call { (spent(call, drawing)) }
            }
            @if stand.at_limit { p.why { (lang.text("desk-limit")) } }
            @else { p.why { (lang.text("desk-wrap-up-what")) } }
        }
    }
}

/// The card of the last call, kept readable until the next.
pub(super) fn last(call: &CallCard, drawing: Drawing<'_>) -> Markup {
    let lang = drawing.lang;
    html! {
        section.last aria-labelledby="desk-last-title" {
            h2 #desk-last-title { (lang.text("desk-last")) }
            div.line { (number(call, drawing)) (queue(call)) }
            dl.facts {
                div { dt { (lang.text("desk-when")) } dd { (super::moment::moment(call.entered, drawing)) } }
                (spent(call, drawing))
                @if let Some(outcome) = call.outcome {
                    div { dt { (lang.text("desk-outcome")) } dd { (outcome_word(outcome, lang)) } }
                }
            }
        }
    }
}

/// How long the caller waited and the conversation lasted.
fn spent(call: &CallCard, Drawing { lang, .. }: Drawing<'_>) -> Markup {
    html! {
        @if let Some(answered) = call.answered {
            div { dt { (lang.text("desk-waited")) } dd { (duration(answered.since(call.entered))) } }
            @if let Some(ended) = call.ended {
                div { dt { (lang.text("desk-conversation")) } dd { (duration(ended.since(answered))) } }
            }
        }
    }
}

fn number(call: &CallCard, Drawing { lang, .. }: Drawing<'_>) -> Markup {
    html! {
        p.caller {
            @if let Some(number) = &call.number { (digits(&number.to_string())) }
            @else { span.none { (lang.text("call-no-number")) } }
        }
    }
}

fn queue(call: &CallCard) -> Markup {
    html! { @if let Some(queue) = &call.queue { p.queue { (clipped(queue)) } } }
}
