//! Agents whose phones cannot be reached: for a while they count as there, then they do not, and at last they are logged out, so that
//! a site that switches its phones off at night reaches the rules of an empty queue.

use model::{Actor, AgentId, AgentState, StateReason, Timestamp, Timing};

use crate::agent;
use crate::turn::Turn;

/// What becomes of an agent whose phone cannot be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Absence {
    /// When they do not count as there any more, for the rules of an empty queue; `None` once they do not.
    pub(crate) counts_until: Option<Timestamp>,
    /// When they are logged out.
    pub(crate) logs_out_at: Timestamp,
}

impl Absence {
    pub(crate) fn begins(at: Timestamp, timing: Timing) -> Self {
        Self { counts_until: Some(at + timing.unreachable_grace), logs_out_at: at + timing.unreachable_logout }
    }

    /// When something becomes of it next.
    pub(crate) fn due(self) -> Timestamp {
        self.counts_until.map_or(self.logs_out_at, |until| until.min(self.logs_out_at))
    }
}

/// An agent has been out of reach for a while: they do not count as there any more, or are logged out. While Asterisk is out of reach
/// nobody can know whether the phone has come back.
pub(crate) fn goes_on(turn: &mut Turn<'_>, id: AgentId) {
    let Some((server, absence)) =
        turn.state.agents().get(&id).and_then(|agent| Some((agent.card.endpoint.server, agent.absence?)))
    else {
        return;
    };
    if !turn.state.is_up(server) {
        let later = turn.at + turn.timing().look_again;
        let postponed = Absence {
            counts_until: absence.counts_until.map(|until| until.max(later)),
            logs_out_at: absence.logs_out_at.max(later),
        };
        turn.state.with_agent(id, |agent| agent.absence = Some(postponed));
    } else if absence.logs_out_at <= turn.at {
        agent::enter(turn, id, AgentState::LoggedOut, Actor::Program, Some(StateReason::Unreachable));
        agent::settle(turn, id);
    } else {
        turn.state.with_agent(id, |agent| agent.absence = Some(Absence { counts_until: None, ..absence }));
    }
}

/// Asterisk was started anew, and phones take a while to find it again: whoever is out of reach counts as just gone.
pub(crate) fn begins_anew(turn: &mut Turn<'_>, id: AgentId) {
    let absence = Absence::begins(turn.at, turn.timing());
    turn.state.with_agent(id, |agent| agent.absence = agent.absence.map(|_| absence));
}
