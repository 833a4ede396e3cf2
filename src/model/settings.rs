//! The settings that the core decides by, as one document. A change of it is an event of the core.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::agent::Agent;
use crate::id::QueueId;
use crate::queue::Queue;
use crate::time::Span;

/// Everything that the core decides by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The queues, in the order in which pages show them.
    pub queues: Vec<Queue>,
    /// The agents.
    pub agents: Vec<Agent>,
}

/// Where a set of settings contradicts itself.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SettingsError {
    /// Two queues answer to one number.
    #[error("two queues have the number {0:?}")]
    QueueNumberTwice(String),
    /// A queue's number is empty or holds something else than digits, `*` and `#`.
    #[error("{0:?} is not a number that can be dialled")]
    NotDialable(String),
    /// Two agents share a phone.
    #[error("two agents have the endpoint {0:?}")]
    EndpointTwice(String),
    /// An agent serves a queue that is not there.
    #[error("the agent at endpoint {endpoint:?} serves a queue that does not exist: {queue}")]
    NoSuchQueue {
        /// The agent's phone, since a name must not stand in an error.
        endpoint: String,
        /// The id that leads nowhere.
        queue: QueueId,
    },
    /// A ring time that no phone could be answered in.
    #[error("queue {0:?} rings for less than a second")]
    RingTooShort(String),
}

impl Settings {
    /// Reads the settings through once.
    ///
    /// # Errors
    /// The first contradiction found.
    pub fn check(&self) -> Result<(), SettingsError> {
        let mut by_number = BTreeMap::new();
        for queue in &self.queues {
            let dialable = |c: char| c.is_ascii_digit() || c == '*' || c == '#';
            if queue.number.is_empty() || !queue.number.chars().all(dialable) {
                return Err(SettingsError::NotDialable(queue.number.clone()));
            }
            if by_number.insert(&queue.number, queue.id).is_some() {
                return Err(SettingsError::QueueNumberTwice(queue.number.clone()));
            }
            if queue.ring_timeout < Span::from_secs(1) {
                return Err(SettingsError::RingTooShort(queue.number.clone()));
            }
        }
        self.check_agents()
    }

    fn check_agents(&self) -> Result<(), SettingsError> {
        let queues: BTreeSet<QueueId> = self.queues.iter().map(|queue| queue.id).collect();
        let mut endpoints = BTreeSet::new();
        for agent in &self.agents {
            if !endpoints.insert(&agent.endpoint) {
                return Err(SettingsError::EndpointTwice(agent.endpoint.name.clone()));
            }
            if let Some(queue) = agent.queues.iter().find(|queue| !queues.contains(queue)) {
                return Err(SettingsError::NoSuchQueue { endpoint: agent.endpoint.name.clone(), queue: *queue });
            }
        }
        Ok(())
    }
}
