//! Why a call went to whom it went, and why it still waits, as sentences.

use jiff::tz::TimeZone;
use maud::{Markup, html};
use model::Timestamp;
use model::explain::{Candidate, Compared, Decision, Doing, Explanation, Head, Rank, Waits};
use model::queue::Strategy;
use model::wallboard::Block;

use super::Names;
use crate::live::agents::block_word;
use crate::number::duration;
use crate::parts::{moment, panel_part};
use crate::words::Lang;

/// In whose words it is told.
#[derive(Clone, Copy)]
pub(super) struct Telling<'a> {
    /// What queues and agents are called.
    pub names: &'a Names,
    /// The zone of the times of day.
    pub zone: &'a TimeZone,
    /// The reader's language.
    pub lang: Lang,
}

/// Both, the present first; nothing where nothing was decided and nobody waits.
pub(super) fn why(explanation: &Explanation, telling: Telling<'_>) -> Markup {
    let lang = telling.lang;
    html! {
        @if let Some(waits) = &explanation.waits { (panel_part(&lang.text("why-waits"), &still_waits(waits, telling))) }
        @if !explanation.decisions.is_empty() {
            (panel_part(&lang.text("why-chosen"), &decisions(&explanation.decisions, telling)))
        }
    }
}

fn still_waits(waits: &Waits, Telling { zone, lang, .. }: Telling<'_>) -> Markup {
    html! {
        ul.reasons {
            li { (lang.text_with("waits-place", [("place", waits.place.into())])) }
            @if waits.at_head { li { (lang.text("waits-at-head")) } }
            @if waits.switch_lost { li.wrong { (lang.text("waits-switch-lost")) } }
            @if waits.agents.is_empty() { li.wrong { (lang.text("waits-no-agents")) } }
            @else {
                li { (lang.text("waits-agents"))
                    ul.counts { @for (what, number) in &waits.agents { li { (doing(*what, lang)) b { (number) } } } }
                }
            }
            @if let Some(at) = waits.leaves_at { li { (lang.text("waits-leaves")) " " (moment(at, zone)) } }
        }
    }
}

fn doing(doing: Doing, lang: Lang) -> String {
    match doing {
        Doing::LoggedOut => lang.text("state-logged-out"),
        Doing::NotReady => lang.text("state-not-ready"),
        Doing::AtWork => lang.text("doing-other-call"),
        Doing::WrapUp => lang.text("state-wrap-up"),
        Doing::Unreachable => lang.text("state-unreachable"),
        Doing::Ready => lang.text("doing-ready-unheard"),
        Doing::Blocked(block @ (Block::PrivateCall | Block::FallbackCall | Block::Clearing | Block::Resting)) => {
            let (ready, why) = (lang.text("state-ready"), block_word(block, lang));
            format!("{ready}: {why}")
        }
        Doing::Elsewhere => lang.text("doing-elsewhere"),
    }
}

/// Each choice; the last is open, as it is the one that somebody asks about.
fn decisions(decisions: &[Decision], telling: Telling<'_>) -> Markup {
    html! {
        ol.decisions reversed[decisions.len() > 1] {
            @for (i, decision) in decisions.iter().enumerate().rev() {
                li { (made(decision, i + 1 == decisions.len(), telling)) }
            }
        }
    }
}

fn made(decision: &Decision, latest: bool, Telling { names, zone, lang }: Telling<'_>) -> Markup {
    let chosen = names.agents(&decision.chosen, lang);
    let (sentence, compared) = match &decision.compared {
        Compared::Agents { strategy, candidates, more, .. } => {
            let all = u32::try_from(candidates.len()).unwrap_or(u32::MAX).saturating_add(*more);
            let won = candidates.first().map(|winner| rank(winner, decision.at, lang)).unwrap_or_default();
            let sentence = match (all, strategy) {
                (1, _) => lang.text_with("why-only-agent", [("agent", chosen.into())]),
                (_, Strategy::RingAll) => lang.text_with("why-all-agents", [("agent", chosen.into()), ("all", all.into())]),
                _ => {
                    let rule = rule(*strategy, lang);
                    let words = [("agent", chosen.into()), ("all", all.into()), ("rule", rule.into()), ("value", won.into())];
                    lang.text_with("why-agent", words)
                }
            };
            (sentence, html! { (candidates_of(candidates, decision, names, lang)) (and_more(*more, lang)) })
        }
        Compared::Callers { heads, more } => {
            let all = u32::try_from(heads.len()).unwrap_or(u32::MAX).saturating_add(*more);
            let sentence = match (all, heads.first()) {
                (1, _) | (_, None) => lang.text_with("why-only-caller", [("agent", chosen.into())]),
                (_, Some(first)) => {
                    let words = [("agent", chosen.into()), ("all", all.into()), ("rule", came_first(first, heads, lang).into())];
                    lang.text_with("why-caller", words)
                }
            };
            (sentence, html! { (heads_of(heads, decision, names, lang)) (and_more(*more, lang)) })
        }
    };
    html! {
        p { (moment(decision.at, zone)) " " (sentence) }
        details open[latest] { summary { (lang.text("why-compared")) } (compared) }
    }
}

fn and_more(more: u32, lang: Lang) -> Markup {
    html! { @if more > 0 { p.more { (lang.text_with("why-more", [("more", more.into())])) } } }
}

fn rule(strategy: Strategy, lang: Lang) -> String {
    match strategy {
        Strategy::LongestIdle => lang.text("rule-longest-idle"),
        Strategy::FewestCalls => lang.text("rule-fewest-calls"),
        Strategy::RoundRobin => lang.text("rule-round-robin"),
        Strategy::Linear => lang.text("rule-linear"),
        Strategy::Random => lang.text("rule-random"),
        Strategy::RingAll => lang.text("rule-ring-all"),
    }
}

/// What a strategy saw in a candidate.
fn rank(candidate: &Candidate, at: Timestamp, lang: Lang) -> String {
    let idle = |since: Timestamp| duration(at.since(since));
    match candidate.rank {
        Rank::IdleSince(since) => lang.text_with("rank-idle", [("idle", idle(since).into())]),
        Rank::Answered(calls, since) => lang.text_with("rank-answered", [("calls", calls.into()), ("idle", idle(since).into())]),
        Rank::Place(place) => lang.text_with("rank-place", [("place", place.saturating_add(1).into())]),
        Rank::Lot(_) => lang.text("rank-lot"),
    }
}

fn candidates_of(candidates: &[Candidate], decision: &Decision, names: &Names, lang: Lang) -> Markup {
    html! {
        table.compared {
            thead { tr { th scope="col" { (lang.text("agent")) } th scope="col" { (lang.text("why-value")) } th.number scope="col" { (lang.text("tier")) } } }
            tbody {
                @for candidate in candidates {
                    tr.won[decision.chosen.contains(&candidate.agent)] {
                        th scope="row" { (names.agent(candidate.agent, lang)) }
                        td { (rank(candidate, decision.at, lang)) }
                        td.number { (candidate.tier) }
                    }
                }
            }
        }
    }
}

/// By what the caller who was served stood before the others.
fn came_first(first: &Head, heads: &[Head], lang: Lang) -> String {
    let others = || heads.iter().skip(1);
    if first.at_head.is_some() {
        lang.text("first-at-head")
    } else if others().any(|other| other.priority < first.priority) {
        lang.text_with("first-priority", [("priority", first.priority.into())])
    } else if first.returned && others().any(|other| !other.returned) {
        lang.text("first-returned")
    } else {
        lang.text("first-entered")
    }
}

fn heads_of(heads: &[Head], decision: &Decision, names: &Names, lang: Lang) -> Markup {
    html! {
        table.compared {
            thead { tr {
                th scope="col" { (lang.text("queue")) }
                th.number scope="col" { (lang.text("head-waited")) }
                th.number scope="col" { (lang.text("head-priority")) }
            } }
            tbody {
                @for (i, head) in heads.iter().enumerate() {
                    tr.won[i == 0] {
                        th scope="row" { (names.queue(head.queue, lang)) }
                        td.number { (duration(decision.at.since(head.entered))) }
                        td.number { (head.priority) }
                    }
                }
            }
        }
    }
}
