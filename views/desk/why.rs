//! Why a call came to this agent, in one sentence.

use model::AgentId;
use model::explain::{Candidate, Compared, Decision, Explanation, Head, Rank};
use model::queue::Strategy;

use crate::number::{count, duration};
use crate::words::Lang;

/// The sentence; `None` if no decision that is known has chosen this agent.
pub(super) fn sentence(why: &Explanation, own: AgentId, lang: Lang) -> Option<String> {
    let decision = why.decisions.iter().rev().find(|decision| decision.chosen.contains(&own))?;
    match &decision.compared {
        Compared::Agents { strategy, candidates, more, .. } => {
            let own = candidates.iter().find(|candidate| candidate.agent == own)?;
            let others = candidates.len() > 1 || *more > 0;
            Some(of_agents(*strategy, own, others, decision, lang))
        }
        Compared::Callers { heads, .. } => Some(of_callers(heads, why, lang)),
    }
}

fn of_agents(strategy: Strategy, own: &Candidate, others: bool, decision: &Decision, lang: Lang) -> String {
    if strategy != Strategy::RingAll && !others {
        return lang.text("why-alone");
    }
    match (strategy, own.rank) {
        (Strategy::RingAll, _) => lang.text("why-all"),
        (Strategy::LongestIdle, Rank::IdleSince(since)) => {
            lang.text_with("why-idle", [("time", duration(decision.at.since(since)).into())])
        }
        (Strategy::FewestCalls, Rank::Answered(answered, _)) => lang.text_with("why-fewest", [("count", count(answered).into())]),
        (Strategy::RoundRobin, _) => lang.text("why-turn"),
        (Strategy::Linear, _) => lang.text("why-first"),
        (Strategy::Random, _) => lang.text("why-lot"),
        (Strategy::LongestIdle, Rank::Answered(..) | Rank::Place(_) | Rank::Lot(_))
        | (Strategy::FewestCalls, Rank::IdleSince(_) | Rank::Place(_) | Rank::Lot(_)) => lang.text("why-best"),
    }
}

/// The agent became free, and this caller was first.
fn of_callers(heads: &[Head], why: &Explanation, lang: Lang) -> String {
    let Some(first) = heads.iter().find(|head| head.call == why.call) else { return lang.text("why-freed") };
    let rest = || heads.iter().filter(|head| head.call != why.call);
    if first.at_head.is_some() {
        lang.text("why-put-first")
    } else if rest().any(|head| head.priority < first.priority) {
        lang.text("why-priority")
    } else if first.returned {
        lang.text("why-returned")
    } else if rest().next().is_some() {
        lang.text("why-longest")
    } else {
        lang.text("why-freed")
    }
}
