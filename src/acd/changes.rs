//! What Live has to be told: the things that changed since it was told last.

use std::collections::{BTreeMap, BTreeSet};

use model::wallboard::{Change, Totals};
use model::{AgentId, CallId, QueueId};

use crate::agent::Agent;
use crate::call::Call;
use crate::queue::Queue;
use crate::state::State;
use crate::wallboard;

/// The things that changed, by id, and the sums that Live was told last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) calls: BTreeSet<CallId>,
    pub(crate) agents: BTreeSet<AgentId>,
    pub(crate) queues: BTreeSet<QueueId>,
    pub(crate) switch: bool,
    pub(crate) fallback: bool,
    pub(crate) told: Totals,
}

impl Changes {
    pub(crate) fn call(&mut self, call: &Call) {
        self.calls.insert(call.id);
        if call.waiting().is_some() {
            self.queues.insert(call.queue);
        }
    }

    pub(crate) fn agent(&mut self, agent: &Agent) {
        self.agents.insert(agent.card.id);
        self.queues.extend(&agent.card.queues);
    }

    pub(crate) fn queue(&mut self, queue: QueueId) {
        self.queues.insert(queue);
    }

    pub(crate) const fn fallback(&mut self) {
        self.fallback = true;
    }

    pub(crate) const fn switch(&mut self) {
        self.switch = true;
    }

    pub(crate) fn everything(&mut self, queues: &BTreeMap<QueueId, Queue>, agents: &BTreeMap<AgentId, Agent>) {
        self.queues.extend(queues.keys());
        self.agents.extend(agents.keys());
    }
}

impl State {
    /// The rows of what changed since the last time, and the sums if they changed. Each thing stands in it once.
    pub fn take_changes(&mut self) -> Vec<Change> {
        let taken = std::mem::take(self.changes());
        let totals = wallboard::totals(self);
        self.changes().told = totals.clone();
        let mut changes = Vec::new();
        if taken.switch {
            changes.push(Change::Switch(wallboard::switch_up(self)));
        }
        if taken.fallback {
            changes.push(Change::Fallback(wallboard::fallback_rows(self)));
        }
        if totals != taken.told {
            changes.push(Change::Totals(totals));
        }
        changes.extend(taken.queues.into_iter().map(|id| Change::Queue(id, wallboard::queue_row(self, id))));
        changes.extend(taken.agents.into_iter().map(|id| Change::Agent(id, wallboard::agent_row(self, id))));
        changes.extend(taken.calls.into_iter().map(|id| Change::Call(id, wallboard::call_row(self, id))));
        changes
    }
}
