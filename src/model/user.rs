//! Who signs in to the pages.

use serde::{Deserialize, Serialize};

use crate::id::{AgentId, UserId};
use crate::person::{Email, PersonName};

/// A person who signs in to the pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The user's id.
    pub id: UserId,
    /// What they sign in with.
    pub email: Email,
    /// Their name.
    pub name: PersonName,
    /// What they may do.
    pub role: Role,
    /// The agent whom they are, if they take calls.
    pub agent: Option<AgentId>,
}

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Takes calls.
    Operator,
    /// Watches queues and agents.
    Supervisor,
    /// Changes the settings too.
    Admin,
}

impl Role {
    /// The role's name as the books and the command line write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Supervisor => "supervisor",
            Self::Admin => "admin",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Operator, Self::Supervisor, Self::Admin].into_iter().find(|role| role.name() == name)
    }
}
