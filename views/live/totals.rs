//! The strip of six numbers.

use maud::{Markup, html};
use model::queue::ServiceLevelTarget;
use model::wallboard::{self, Wallboard};
use model::{AgentState, CallPhase, Span, Timestamp};

use super::trend::{self, Number, Trend};
use crate::number::{NONE, count, percent};
use crate::parts::{Limit, digits, since};
use crate::words::Lang;

/// The six numbers, and the smaller ones beneath them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    pub(super) sums: wallboard::Totals,
    /// Since when answered and abandoned calls are counted.
    counted_since: Timestamp,
    /// The promise that all queues share, if they do.
    target: Option<ServiceLevelTarget>,
    /// The strictest time in which a caller should be answered.
    within: Option<Span>,
    held: u32,
    wrap_up: u32,
    unreachable: u32,
    queues: u32,
    pub(super) queues_waiting: u32,
}

impl Totals {
    /// The sums of a wallboard, whose calls are counted since `counted_since`.
    #[must_use]
    pub fn of(board: &Wallboard, counted_since: Timestamp) -> Self {
        let first = board.queues.first().map(|first| first.target);
        let mut totals = Self {
            sums: board.totals.clone(),
            counted_since,
            target: first.filter(|target| board.queues.iter().all(|queue| queue.target == *target)),
            within: board.queues.iter().map(|queue| queue.target.within).min(),
            held: 0,
            wrap_up: 0,
            unreachable: 0,
            queues: 0,
            queues_waiting: 0,
        };
        for queue in &board.queues {
            totals.queues += 1;
            totals.queues_waiting += u32::from(queue.waiting_count > 0);
        }
        for agent in &board.agents {
            totals.wrap_up += u32::from(matches!(agent.state, AgentState::WrapUp { .. }));
            totals.unreachable += u32::from(agent.state == AgentState::Unreachable);
        }
        for call in &board.calls {
            totals.held += u32::from(call.phase == CallPhase::Held);
        }
        totals
    }
}

/// The strip. Without a trend the lines are left as the page has them.
pub(super) fn totals(totals: &Totals, trend: Option<&Trend>, at: Timestamp, lang: Lang) -> Markup {
    html! {
        div #totals .totals {
            @for number in Number::ALL { (total(number, totals, trend, at, lang)) }
        }
    }
}

/// One of the six, which leads to its list.
fn total(number: Number, totals: &Totals, trend: Option<&Trend>, at: Timestamp, lang: Lang) -> Markup {
    let sums = &totals.sums;
    let of = (number == Number::Agents).then_some(sums.agents).map(count);
    let (list, label, value) = match number {
        Number::Waiting => ("#queues", lang.text("totals-waiting"), count(sums.waiting)),
        Number::Level => {
            let level = sums.today.service_level_permille();
            let level = level.map_or_else(|| NONE.to_owned(), |permille| percent(permille, lang));
            ("#queues", lang.text("service-level"), level)
        }
        Number::Talking => ("#calls", lang.text("totals-talking"), count(sums.talking)),
        Number::Ready => ("#agents", lang.text("totals-ready"), count(sums.ready)),
        Number::Agents => ("#agents", lang.text("agents"), count(sums.logged_in)),
        Number::Queues => ("#queues", lang.text("queues"), count(totals.queues)),
    };
    html! {
        a.total href=(list) {
            span.label { (label) }
            span.value data-value=(value) data-places=[of.as_ref().map(|of| of.chars().count())] {
                (digits(&value))
                @if let Some(of) = of { small { " / " (of) } }
            }
            span.trend id=(number.place()) hx-morph-skip { @if let Some(trend) = trend { (trend::line(trend, number, lang)) } }
            span.sub { (beneath(number, totals, at, lang)) }
        }
    }
}

/// The smaller number beneath.
fn beneath(number: Number, totals: &Totals, at: Timestamp, lang: Lang) -> Markup {
    let (label, value) = match number {
        Number::Waiting => return longest(totals, at, lang),
        Number::Level => return promise(totals, at, lang),
        Number::Talking => (lang.text("totals-held"), totals.held),
        Number::Ready => (lang.text("totals-wrap-up"), totals.wrap_up),
        Number::Agents => (lang.text("totals-unreachable"), totals.unreachable),
        Number::Queues => (lang.text("totals-queues-waiting"), totals.queues_waiting),
    };
    html! { (label) " " (count(value)) }
}

fn longest(totals: &Totals, at: Timestamp, lang: Lang) -> Markup {
    html! {
        @if let Some(began) = totals.sums.longest_since {
            span.urgency { (since(began, at, totals.within.map(Limit))) span.words { " " (lang.text("above-norm")) } }
        } @else { span.none { (NONE) } }
        span.calm { " " (lang.text("totals-longest")) }
    }
}

/// What a service level is measured by: the promise, or that each queue has its own, the formula's letter, and how long
/// calls have been counted; when that began is told to whoever points at it.
fn promise(totals: &Totals, at: Timestamp, lang: Lang) -> Markup {
    html! {
        @if let Some(target) = totals.target {
            (target.percent) "/" (target.within.as_secs()) " · "
        } @else if totals.queues > 0 {
            span.roomy { (lang.text("totals-own-targets")) " · " }
        }
        "C · "
        span title=(lang.text("counted-since-start")) { (lang.text("counted-for")) " " (since(totals.counted_since, at, None)) }
    }
}
