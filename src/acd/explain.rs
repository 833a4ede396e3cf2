//! Why a call went to whom it went, and why it still waits. What was compared is recorded when the choice is made, and the
//! choice is made from what is recorded: nothing else can have had a part in it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use model::explain::{Candidate, Compared, Decision, Doing, Explanation, Head, Rank, Waits};
use model::queue::Strategy;
use model::{AgentId, AgentState, CallId, Fact, Timestamp};

use crate::agent::Agent;
use crate::call::Call;
use crate::state::State;
use crate::turn::Turn;

/// Why a live call is where it is; `None` if there is no such call.
#[must_use]
pub fn explain(state: &State, call: CallId) -> Option<Explanation> {
    let call = state.calls().get(&call)?;
    Some(Explanation { call: call.id, decisions: call.decisions.clone(), waits: waits(state, call) })
}

/// Makes a choice once more, from what was recorded of it alone, and by other means than it was made.
///
/// # Errors
/// Where the choice does not follow from what was compared, as a sentence.
pub fn verify(decision: &Decision, call: CallId) -> Result<(), String> {
    match &decision.compared {
        Compared::Agents { strategy, room, candidates, more } => {
            enough_are_named(candidates.len(), *more, *room)?;
            let follows = follows(*strategy, *room, candidates)?;
            if follows == decision.chosen && !follows.is_empty() {
                Ok(())
            } else {
                Err(format!("{:?} were rung, and {follows:?} follow from what was compared", decision.chosen))
            }
        }
        Compared::Callers { heads, more } => {
            enough_are_named(heads.len(), *more, 1)?;
            let first = heads.iter().min_by_key(|head| order(head)).map(|head| (head.call, head.queue));
            if first != Some((call, decision.queue)) {
                Err(format!("{call} was served, and first stood {first:?}"))
            } else if decision.chosen.len() != 1 {
                Err(format!("one agent became available, and {} were rung", decision.chosen.len()))
            } else {
                Ok(())
            }
        }
    }
}

/// Whoever is left out must stand behind all who may win.
fn enough_are_named(named: usize, more: u32, room: u32) -> Result<(), String> {
    let enough = named >= Compared::SHOWN && named >= usize::try_from(room).unwrap_or(usize::MAX);
    if more == 0 || enough { Ok(()) } else { Err(format!("{named} are named, and {more} are not")) }
}

/// The agents who must have been rung.
fn follows(strategy: Strategy, room: u32, candidates: &[Candidate]) -> Result<Vec<AgentId>, String> {
    let tier = candidates.iter().map(|candidate| candidate.tier).min();
    let mut best: Vec<&Candidate> = candidates.iter().filter(|candidate| Some(candidate.tier) == tier).collect();
    best.sort_by_key(|candidate| (candidate.rank, candidate.agent));
    let fits = |rank: Rank| match strategy {
        Strategy::LongestIdle | Strategy::RingAll => matches!(rank, Rank::IdleSince(_)),
        Strategy::FewestCalls => matches!(rank, Rank::Answered(..)),
        Strategy::RoundRobin | Strategy::Linear => matches!(rank, Rank::Place(_)),
        Strategy::Random => matches!(rank, Rank::Lot(_)),
    };
    if let Some(other) = candidates.iter().find(|candidate| !fits(candidate.rank)) {
        return Err(format!("{strategy:?} does not look at {:?}", other.rank));
    }
    let most = match strategy {
        Strategy::RingAll => usize::try_from(room).unwrap_or(usize::MAX),
        Strategy::LongestIdle | Strategy::FewestCalls | Strategy::RoundRobin | Strategy::Linear | Strategy::Random => 1,
    };
    Ok(best.into_iter().take(most).map(|candidate| candidate.agent).collect())
}

/// The agents who are rung, of those who were compared for a caller: the first of them, or where all are rung at once, all of
/// the best tier for whom there is room.
pub(crate) fn choice(compared: &Compared) -> Vec<AgentId> {
    match compared {
        Compared::Agents { room, candidates, .. } => {
            let best = candidates.first().map(|candidate| candidate.tier);
            let of_it = candidates.iter().take_while(|candidate| Some(candidate.tier) == best);
            of_it.take(usize::try_from(*room).unwrap_or(usize::MAX)).map(|candidate| candidate.agent).collect()
        }
        Compared::Callers { .. } => Vec::new(),
    }
}

/// Records a choice, with the call and in the books.
pub(crate) fn record(turn: &mut Turn<'_>, call: CallId, compared: Compared, chosen: Vec<AgentId>) {
    let at = turn.at;
    let decided = turn.state.with_call(call, |call| {
        let decision = Decision { at, queue: call.queue, compared, chosen };
        call.remember(decision.clone());
        decision
    });
    if let Some(decision) = decided {
        turn.record(Fact::Decided { call, decision });
    }
}

/// The order in which callers at the heads of queues are served.
fn order(head: &Head) -> (Reverse<Option<u64>>, Reverse<u8>, bool, Timestamp, CallId) {
    (Reverse(head.at_head), Reverse(head.priority), !head.returned, head.entered, head.call)
}

/// Why nobody is rung for a call.
fn waits(state: &State, call: &Call) -> Option<Waits> {
    let waiting = call.waiting().filter(|_| call.is_alone())?;
    let place = call.place()?;
    let before = state.index().waiting.get(&call.queue).map_or(0, |places| places.range(..place).count());
    let mut agents = BTreeMap::<Doing, u32>::new();
    for agent in state.agents().values().filter(|agent| agent.card.queues.contains(&call.queue)) {
        *agents.entry(doing(call, agent)).or_default() += 1;
    }
    Some(Waits {
        place: u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1),
        at_head: call.at_head.is_some(),
        switch_lost: !state.is_up(call.server()),
        agents: agents.into_iter().collect(),
        leaves_at: waiting.leave.map(|leave| leave.at),
    })
}

/// Why this agent is not rung for the call.
fn doing(call: &Call, agent: &Agent) -> Doing {
    match &agent.state {
        AgentState::LoggedOut => Doing::LoggedOut,
        AgentState::NotReady(_) => Doing::NotReady,
        AgentState::Reserved(_) | AgentState::Ringing(_) | AgentState::Talking(_) | AgentState::Held(_) => Doing::AtWork,
        AgentState::WrapUp { .. } => Doing::WrapUp,
        AgentState::Unreachable => Doing::Unreachable,
        AgentState::Ready if agent.card.endpoint.server != call.server() => Doing::Elsewhere,
        AgentState::Ready => agent.blocked().map_or(Doing::Ready, Doing::Blocked),
    }
}
