//! `callsync import`: a document of queues, agents and users, taken over as a whole or not at all. Things are recognised
//! by the queue's number, the agent's endpoint and the user's address, so that importing twice changes nothing; what the
//! document does not name stays as it is.

mod entries;
mod merge;

use std::collections::BTreeMap;
use std::fmt;

use model::queue::Strategy;
use model::user::{Role, User};
use model::{Actor, AgentId, Email, PersonName, ServerId, Settings, Timestamp};
use serde::Deserialize;

pub use entries::{CapacityEntry, LimitEntry, MomentsEntry, OverflowEntry, ServedEntry, WayOutEntry};

use crate::audit::Change;
use crate::db::{Db, Tx};
use crate::error::Error;
use crate::users::{self, NewUser, PasswordHash};
use crate::{agents, settings};

/// The document.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The spans of the core's timing to change, in seconds, each by its name and `_s`, as `rings_within_s`.
    #[serde(default)]
    pub timing: BTreeMap<String, f64>,
    /// Queues to add or change.
    #[serde(default)]
    pub queues: Vec<QueueEntry>,
    /// Agents to add or change.
    #[serde(default)]
    pub agents: Vec<AgentEntry>,
    /// Users to add or change.
    #[serde(default)]
    pub users: Vec<UserEntry>,
}

/// A queue in the document. What is not given stays as it is, or is the default for a new queue.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueEntry {
    /// The number in the dialplan.
    pub number: String,
    /// The name that people read.
    pub name: String,
    /// The class of music that waiting callers hear.
    pub music: Option<String>,
    /// How long a phone rings, in seconds.
    pub ring_timeout_s: Option<u32>,
    /// How long an agent has to finish a call, in seconds.
    pub wrap_up_s: Option<u32>,
    /// The promise to callers.
    pub service_level: Option<ServiceLevelEntry>,
    /// Who is rung, of the available agents of the best tier, as `longest_idle`.
    pub strategy: Option<Strategy>,
    /// When callers need not wait any longer: all the rules of the queue. Not given, they stay as they are.
    pub overflow: Option<OverflowEntry>,
}

/// The promise to callers.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceLevelEntry {
    /// Per cent of the callers.
    pub percent: u8,
    /// The seconds to answer them within.
    pub within_s: u32,
}

/// An agent in the document.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentEntry {
    /// The agent's name.
    pub name: PersonName,
    /// The phone's account.
    pub endpoint: String,
    /// The Asterisk that knows the account; by default the one that the program serves.
    pub server: Option<ServerId>,
    /// The queues that the agent serves, and their tiers; not given, they stay as they are.
    pub queues: Option<Vec<ServedEntry>>,
    /// Whether the agent becomes Ready as soon as the phone registers.
    pub ready_on_register: Option<bool>,
}

/// A user in the document.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserEntry {
    /// What they sign in with.
    pub email: Email,
    /// Their name.
    pub name: PersonName,
    /// What they may do.
    pub role: Role,
    /// The password; may be left out for a user who is there already.
    pub password: Option<Password>,
    /// The endpoint of the agent whom they are.
    pub agent: Option<String>,
}

/// A password in the document.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

/// Hides the password.
impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// How passwords are hashed, which is the caller's knowledge.
pub trait Hasher {
    /// The hash of a password, or why it is not accepted.
    ///
    /// # Errors
    /// A sentence that does not hold the password.
    fn hash(&self, password: &str) -> Result<PasswordHash, String>;

    /// Whether the password is the one that was hashed.
    fn matches(&self, password: &str, hash: &PasswordHash) -> bool;
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Queues, agents and users that are new.
    pub created: usize,
    /// Those that were there and changed, a new password included.
    pub changed: usize,
}

/// Takes the document over, as a whole or not at all. Agents without a server belong to `home`.
///
/// # Errors
/// The first entry that cannot be taken over, named; or the database does not answer. Nothing was changed then.
pub async fn apply(
    db: &Db,
    document: &Document,
    home: ServerId,
    by: &Actor,
    at: Timestamp,
    hasher: &impl Hasher,
) -> Result<Report, Error> {
    merge::refuse_doubles(document, home)?;
    // Hashing takes its time on purpose: it is done before the transaction, so that nobody waits for it.
    let mut passwords = Vec::with_capacity(document.users.len());
    for (user, entry) in named(&document.users) {
        passwords.push(new_password(db, &user, entry, hasher).await?);
    }
    db.writing(take_over(db, document, home, by, at, passwords)).await
}

/// Writes the document with the passwords' hashes.
async fn take_over(
    db: &Db,
    document: &Document,
    home: ServerId,
    by: &Actor,
    at: Timestamp,
    passwords: Vec<Option<PasswordHash>>,
) -> Result<Report, Error> {
    let mut tx = db.write().await?;
    let mut report = Report::default();
    let edit = |settings: &mut Settings| merge::into(settings, document, home, at);
    settings::change_within(&mut tx, by, at, edit).await?.iter().for_each(|change| report.count(change));
    let agents = agents::read(&mut tx).await?;
    for ((user, entry), password) in named(&document.users).zip(passwords) {
        let agent = merge::agent_of(&user, entry, home, &agents)?;
        match take_user(&mut tx, by, at, entry, agent, password).await.map_err(|error| in_words(error, &user))? {
            Taken::New => report.created += 1,
            Taken::Changed => report.changed += 1,
            Taken::AsItWas => {}
        }
    }
    tx.commit().await?;
    Ok(report)
}

/// What became of a user in the document.
enum Taken {
    New,
    Changed,
    AsItWas,
}

async fn take_user(
    tx: &mut Tx,
    by: &Actor,
    at: Timestamp,
    entry: &UserEntry,
    agent: Option<AgentId>,
    password: Option<PasswordHash>,
) -> Result<Taken, Error> {
    let UserEntry { email, name, role, .. } = entry.clone();
    let Some(known) = users::of_email_within(tx, &email).await? else {
        let password = password.ok_or_else(|| Error::refused("a new user", "needs a password"))?;
        users::create_within(tx, by, at, NewUser { email, name, role, agent }, &password).await?;
        return Ok(Taken::New);
    };
    let was = known.user;
    let user = User { id: was.id, email, name, role, agent: agent.or(was.agent) };
    let (_, mut changed) = users::update_within(tx, by, at, &was, &user).await?;
    if let Some(password) = password {
        changed |= users::set_password_within(tx, by, at, was.id, &password).await?;
    }
    Ok(if changed { Taken::Changed } else { Taken::AsItWas })
}

/// The hash to write; `None` where the user has this password already, or none is given.
async fn new_password(db: &Db, user: &str, entry: &UserEntry, hasher: &impl Hasher) -> Result<Option<PasswordHash>, Error> {
    let Some(Password(password)) = &entry.password else { return Ok(None) };
    let known = users::of_email(db, &entry.email).await?;
    if known.is_some_and(|known| hasher.matches(password, &known.password)) {
        return Ok(None);
    }
    hasher.hash(password).map(Some).map_err(|problem| Error::refused(format!("the password of {user}"), problem))
}

/// The users of the document under names that can stand in an error: their addresses cannot.
fn named(users: &[UserEntry]) -> impl Iterator<Item = (String, &UserEntry)> {
    (1..).zip(users).map(|(n, entry): (usize, _)| (format!("user {n} of the document"), entry))
}

fn in_words(error: Error, user: &str) -> Error {
    match error {
        Error::Refused { what, problem } => Error::refused(user, format!("cannot be taken over: {what} {problem}")),
        other => other,
    }
}

impl Report {
    fn count(&mut self, change: &Change) {
        if change.is_new() { self.created += 1 } else { self.changed += 1 }
    }
}
