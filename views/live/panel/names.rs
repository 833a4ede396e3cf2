//! What queues and agents are called.

use std::collections::BTreeMap;

use model::wallboard::Wallboard;
use model::{AgentId, QueueId, Shown, Viewer};

use crate::words::Lang;

/// The names of queues and agents, for sentences that speak of them by id.
#[derive(Clone, Debug, Default)]
pub struct Names {
    queues: Vec<(QueueId, String)>,
    agents: BTreeMap<AgentId, Shown>,
}

impl Names {
    /// All names on a wallboard. Agents are colleagues, and colleagues know each other's names.
    #[must_use]
    pub fn of(board: &Wallboard) -> Self {
        Self {
            queues: board.queues.iter().map(|queue| (queue.id, queue.name.clone())).collect(),
            agents: board.agents.iter().map(|agent| (agent.id, Viewer::Whole.show(&agent.name))).collect(),
        }
    }

    /// The queues, in the order of the settings.
    pub(super) fn queues(&self) -> &[(QueueId, String)] {
        &self.queues
    }

    /// A queue's name; `None` if the settings know no such queue.
    #[must_use]
    pub fn of_queue(&self, id: QueueId) -> Option<&str> {
        self.queues.iter().find(|(known, _)| *known == id).map(|(_, name)| name.as_str())
    }

    pub(super) fn queue(&self, id: QueueId, lang: Lang) -> String {
        self.of_queue(id).map_or_else(|| lang.text("queue-gone"), str::to_owned)
    }

    pub(super) fn agent(&self, id: AgentId, lang: Lang) -> String {
        self.agents.get(&id).map_or_else(|| lang.text("agent-gone"), ToString::to_string)
    }

    /// Several agents, as a list in a sentence.
    pub(super) fn agents(&self, ids: &[AgentId], lang: Lang) -> String {
        ids.iter().map(|id| self.agent(*id, lang)).collect::<Vec<_>>().join(", ")
    }
}
