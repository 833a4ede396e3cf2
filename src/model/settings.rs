//! The settings that the core decides by, as one document. A change of it is an event of the core.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::agent::{Agent, FIRST_TIER};
use crate::id::QueueId;
use crate::queue::{Queue, WayOut};
use crate::time::Span;
use crate::timing::Timing;

/// Everything that the core decides by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The queues, in the order in which pages show them.
    pub queues: Vec<Queue>,
    /// The agents.
    pub agents: Vec<Agent>,
    /// How long the core waits, and for what.
    #[serde(default)]
    pub timing: Timing,
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
    /// An agent's phone has a name that would make Asterisk dial something else than an account.
    #[error("{0:?} is not the name of an endpoint: letters, digits, \"_\", \".\" and \"-\" are")]
    NotAnEndpoint(String),
    /// An agent serves a queue that is not there.
    #[error("the agent at endpoint {endpoint:?} serves a queue that does not exist: {queue}")]
    NoSuchQueue {
        /// The agent's phone, since a name must not stand in an error.
        endpoint: String,
        /// The id that leads nowhere.
        queue: QueueId,
    },
    /// An agent has a tier in a queue that they do not serve, or one below the first.
    #[error("the agent at endpoint {0:?} has a tier in a queue that they do not serve, or tier 0")]
    TierOfNoQueue(String),
    /// A way out of a queue leads to a queue that is not there, or back to itself.
    #[error("queue {0:?} sends callers to a queue that does not exist, or to itself")]
    WayOutToNowhere(String),
    /// A limit of a queue that would turn everybody away.
    #[error("queue {0:?} has a longest wait or a capacity of zero")]
    LimitOfZero(String),
    /// A span of the core's timing that is too short or too long.
    #[error("the timing {name} must be from {} to {} seconds", seconds(*least), seconds(*most))]
    OutOfBounds {
        /// The span's name.
        name: &'static str,
        /// The shortest that may be set.
        least: Span,
        /// The longest.
        most: Span,
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
            self.check_overflow(queue)?;
        }
        self.timing.check()?;
        self.check_agents()
    }

    fn check_overflow(&self, queue: &Queue) -> Result<(), SettingsError> {
        let there = |way: WayOut| match way {
            WayOut::Dialplan => true,
            WayOut::Queue(to) => to != queue.id && self.queues.iter().any(|other| other.id == to),
        };
        if !queue.overflow.ways_out().all(there) {
            return Err(SettingsError::WayOutToNowhere(queue.number.clone()));
        }
        let waits_never = queue.overflow.max_wait.is_some_and(|limit| limit.after == Span::ZERO);
        let holds_nobody = queue.overflow.full.is_some_and(|full| full.waiting == 0);
        if waits_never || holds_nobody {
            return Err(SettingsError::LimitOfZero(queue.number.clone()));
        }
        Ok(())
    }

    fn check_agents(&self) -> Result<(), SettingsError> {
        let queues: BTreeSet<QueueId> = self.queues.iter().map(|queue| queue.id).collect();
        let mut endpoints = BTreeSet::new();
        for agent in &self.agents {
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.' || c == '-';
            if agent.endpoint.name.is_empty() || !agent.endpoint.name.chars().all(plain) {
                return Err(SettingsError::NotAnEndpoint(agent.endpoint.name.clone()));
            }
            if !endpoints.insert(&agent.endpoint) {
                return Err(SettingsError::EndpointTwice(agent.endpoint.name.clone()));
            }
            if agent.tiers.iter().any(|(queue, tier)| *tier < FIRST_TIER || !agent.queues.contains(queue)) {
                return Err(SettingsError::TierOfNoQueue(agent.endpoint.name.clone()));
            }
            if let Some(queue) = agent.queues.iter().find(|queue| !queues.contains(queue)) {
                return Err(SettingsError::NoSuchQueue { endpoint: agent.endpoint.name.clone(), queue: *queue });
            }
        }
        Ok(())
    }
}

/// A span in seconds, with as many decimals as it takes.
fn seconds(span: Span) -> String {
    let (whole, ms) = (span.as_secs(), span.as_ms() % 1000);
    if ms == 0 { whole.to_string() } else { format!("{whole}.{ms:03}").trim_end_matches('0').to_owned() }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{Settings, SettingsError};
    use crate::agent::{Agent, Endpoint};
    use crate::id::{AgentId, ServerId};
    use crate::person::PersonName;
    use crate::timing::Timing;

    fn with_phone(name: &str) -> Settings {
        let endpoint = Endpoint { server: ServerId(1), name: name.to_owned() };
        let (id, name) = (AgentId(Uuid::nil()), PersonName::new("Anna"));
        Settings {
            queues: vec![],
            agents: vec![Agent {
                id,
                name,
                endpoint,
                queues: vec![],
                ready_on_register: false,
                tiers: std::collections::BTreeMap::new(),
            }],
            timing: Timing::default(),
        }
    }

    #[test]
    fn a_phone_has_the_name_of_an_account() {
        for name in ["1001", "anna.ilyina", "desk-7_B"] {
            assert_eq!(with_phone(name).check(), Ok(()));
        }
    }

    #[test]
    fn a_name_that_would_dial_something_else_than_an_account_is_refused() {
        for name in ["", "1001/sip:+790@example.org", "+7900@trunk", "1001&1002", "1001,s", "1001 ", "${X}", "анна", "1\u{0}"]
        {
            assert_eq!(with_phone(name).check(), Err(SettingsError::NotAnEndpoint(name.to_owned())));
        }
    }
}
