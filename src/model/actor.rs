//! Who did it: named by every write and by every order that a person gave.

use serde::{Deserialize, Serialize};

use crate::id::{AgentId, UserId};

/// Whoever causes a change. The audit log keeps it beside the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Actor {
    /// A signed-in user of the pages.
    User(UserId),
    /// An agent, by a feature code on the phone.
    Agent(AgentId),
    /// The person at the server's command line.
    CommandLine,
    /// The program itself, by a rule of its settings.
    Program,
}
