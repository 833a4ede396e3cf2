//! A call's story: what the books say of it, line by line, each at its distance from the caller's entering.

use maud::{Markup, html};
use model::fact::{Leaving, Segment};
use model::{AgentId, CallAsk, Fact, OfferEnd, Outcome, QueueId, SegmentKind, Shown, Side, Span, Timestamp};

use super::Names;
use crate::number::duration;
use crate::words::Lang;

/// What the books say of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The caller's number, if it was sent.
    pub number: Option<Shown>,
    /// The queue that it was in last.
    pub queue: Option<QueueId>,
    /// When the caller entered.
    pub entered: Timestamp,
    /// When an agent answered.
    pub answered: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Who ended it.
    pub by: Option<Side>,
    /// The agent who answered.
    pub agent: Option<AgentId>,
    /// The facts that speak of it, in order.
    pub facts: Vec<(Timestamp, Fact)>,
    /// Its stretches.
    pub segments: Vec<Segment>,
}

/// The story as a list.
pub(super) fn story(told: &Told, names: &Names, lang: Lang) -> Markup {
    let lines = lines(told, names, lang);
    html! {
        ol.story {
            @for (at, line) in lines {
                li { span.offset { (duration(at.since(told.entered))) } span { (line) } }
            }
        }
    }
}

/// What happened, in the order of time; holds are known when they end, and told where they began.
fn lines(told: &Told, names: &Names, lang: Lang) -> Vec<(Timestamp, String)> {
    let facts = told.facts.iter().filter_map(|(at, fact)| line(fact, names, lang).map(|line| (*at, line)));
    let holds = told.segments.iter().filter(|segment| segment.kind == SegmentKind::Hold);
    let holds = holds.map(|hold| (hold.began, lang.text_with("story-hold", [("lasted", length(hold.ended.since(hold.began)))])));
    let mut lines: Vec<(Timestamp, String)> = facts.chain(holds).collect();
    lines.sort_by_key(|(at, _)| *at);
    lines
}

fn length(span: Span) -> fluent_templates::fluent_bundle::FluentValue<'static> {
    duration(span).into()
}

/// A fact as a sentence; what is told by another, or by nobody to anybody, is left out.
fn line(fact: &Fact, names: &Names, lang: Lang) -> Option<String> {
    let agent = |id: &AgentId| ("agent", names.agent(*id, lang).into());
    Some(match fact {
        Fact::CallEntered { queue, .. } => lang.text_with("story-entered", [("queue", names.queue(*queue, lang).into())]),
        Fact::OfferMade { agent: id, .. } => lang.text_with("story-offered", [agent(id)]),
        Fact::OfferEnded { agent: id, end, .. } => match end {
            OfferEnd::Accepted => return None,
            OfferEnd::NotAnswered => lang.text_with("story-not-answered", [agent(id)]),
            OfferEnd::Refused => lang.text_with("story-refused", [agent(id)]),
            OfferEnd::Busy => lang.text_with("story-busy", [agent(id)]),
            OfferEnd::PhoneFailed => lang.text_with("story-phone-failed", [agent(id)]),
            OfferEnd::Forwarded => lang.text_with("story-forwarded", [agent(id)]),
            OfferEnd::Unreachable => lang.text_with("story-unreachable", [agent(id)]),
            OfferEnd::SwitchError => lang.text_with("story-switch-error", [agent(id)]),
            OfferEnd::Withdrawn => lang.text_with("story-withdrawn", [agent(id)]),
        },
        Fact::CallAnswered { agent: id, waited, .. } => {
            lang.text_with("story-answered", [agent(id), ("waited", length(*waited))])
        }
        Fact::AnswerUndone { .. } => lang.text("story-undone"),
        Fact::CallAsked { ask, .. } => match ask {
            CallAsk::ToHead => lang.text("story-to-head"),
            // The move itself is a fact of its own.
            CallAsk::MoveTo(_) => return None,
            CallAsk::HangUp => lang.text("story-hang-up"),
        },
        Fact::CallMoved { to, why, .. } => {
            lang.text_with("story-moved", [("queue", names.queue(*to, lang).into()), ("why", because(*why, lang).into())])
        }
        Fact::CallLeft { why, .. } => lang.text_with("story-left", [("why", because(*why, lang).into())]),
        Fact::CallEnded { by, .. } => ended(*by, lang),
        Fact::FallbackSeen(_) => lang.text("story-fallback"),
        Fact::Mended { .. } => lang.text("story-mended"),
        Fact::OfferRang { .. }
        | Fact::SegmentEnded(_)
        | Fact::AgentChanged { .. }
        | Fact::WrapUpExtended { .. }
        | Fact::CallTurnedAway { .. }
        | Fact::OrderFailed { .. }
        | Fact::EndpointChanged { .. }
        | Fact::Decided { .. }
        | Fact::ClockJumped { .. }
        | Fact::SwitchChanged { .. }
        | Fact::Ignored { .. } => return None,
    })
}

fn because(why: Leaving, lang: Lang) -> String {
    match why {
        Leaving::MaxWait => lang.text("leaving-max-wait"),
        Leaving::NobodyLoggedIn => lang.text("leaving-nobody-logged-in"),
        Leaving::NobodyReady => lang.text("leaving-nobody-ready"),
        Leaving::Full => lang.text("leaving-full"),
        Leaving::Closed => lang.text("leaving-closed"),
        Leaving::Mishaps => lang.text("leaving-mishaps"),
        Leaving::Moved => lang.text("leaving-moved"),
    }
}

/// Who ended a call.
pub(super) fn ended(by: Side, lang: Lang) -> String {
    match by {
        Side::Caller => lang.text("ended-by-caller"),
        Side::Agent => lang.text("ended-by-agent"),
        Side::Supervisor => lang.text("ended-by-supervisor"),
        Side::Program => lang.text("ended-by-program"),
        Side::Switch => lang.text("ended-by-switch"),
    }
}
