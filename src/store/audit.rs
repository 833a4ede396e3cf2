//! The audit log: who changed what, when, from what to what. A line is written in the transaction of its change.

use model::{Actor, AgentId, Timestamp, UserId};
use serde::Serialize;
use serde_json::Value;
use sqlx::types::{Json, Uuid};

use crate::db::{Db, Tx};
use crate::error::Error;
use crate::text;

/// A line of the audit log.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// What was done, as `created`, `changed`, `deleted`, `password_set`.
    pub action: String,
    /// To what kind of thing, as `queue`.
    pub subject: String,
    /// To which one.
    pub subject_id: Uuid,
    /// What it was; `None` if it was not there.
    pub was: Option<Value>,
    /// What it became; `None` if it is gone.
    pub became: Option<Value>,
}

const CREATED: &str = "created";

/// A change that is to be written down.
pub(crate) struct Change {
    action: &'static str,
    subject: &'static str,
    subject_id: Uuid,
    was: Option<Value>,
    became: Option<Value>,
}

statements! {
    APPEND = "
        INSERT INTO audit (id, at, actor, actor_id, action, subject, subject_id, was, became)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    LATEST = "
        SELECT at, actor, actor_id, action, subject, subject_id, was, became
        FROM audit
        ORDER BY at DESC, id DESC
        LIMIT $1";
    OF_SUBJECT = "
        SELECT at, actor, actor_id, action, subject, subject_id, was, became
        FROM audit
        WHERE subject_id = $1
        ORDER BY at DESC, id DESC
        LIMIT $2";
}

row! {
    struct LineRow {
        at: i64,
        actor: String,
        actor_id: Option<Uuid>,
        action: String,
        subject: String,
        subject_id: Uuid,
        was: Option<Json<Value>>,
        became: Option<Json<Value>>,
    }
}

/// The latest lines, the newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn latest(db: &Db, limit: u32) -> Result<Vec<Line>, Error> {
    let limit = i64::from(limit);
    let asked = async { Ok(on!(db.read(), c => sqlx::query_as(LATEST).bind(limit).fetch_all(c).await)?) };
    let rows: Vec<LineRow> = db.reading(asked).await?;
    rows.into_iter().map(LineRow::read).collect()
}

/// The latest lines about one thing, the newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn of(db: &Db, subject: Uuid, limit: u32) -> Result<Vec<Line>, Error> {
    let limit = i64::from(limit);
    let asked = async { Ok(on!(db.read(), c => sqlx::query_as(OF_SUBJECT).bind(subject).bind(limit).fetch_all(c).await)?) };
    let rows: Vec<LineRow> = db.reading(asked).await?;
    rows.into_iter().map(LineRow::read).collect()
}

/// Writes down what somebody asked for that changes nothing in the store.
///
/// # Errors
/// When the database does not answer.
pub async fn note(
    db: &Db,
    by: &Actor,
    at: Timestamp,
    action: &'static str,
    subject: &'static str,
    subject_id: Uuid,
) -> Result<(), Error> {
    db.writing(async {
        let mut tx = db.write().await?;
        append(&mut tx, by, at, &Change { action, subject, subject_id, was: None, became: None }).await?;
        tx.commit().await
    })
    .await
}

impl Change {
    /// What lies between two versions of a thing; `None` if nothing does.
    pub(crate) fn between<T: Serialize + PartialEq>(
        subject: &'static str,
        id: Uuid,
        was: Option<&T>,
        became: Option<&T>,
    ) -> Option<Self> {
        let action = match (was, became) {
            (None, Some(_)) => CREATED,
            (Some(was), Some(became)) if was != became => "changed",
            (Some(_), None) => "deleted",
            (None, None) | (Some(_), Some(_)) => return None,
        };
        Some(Self { action, subject, subject_id: id, was: was.map(in_json), became: became.map(in_json) })
    }

    /// Whether the thing was not there before.
    pub(crate) fn is_new(&self) -> bool {
        self.action == CREATED
    }

    /// A change whose old and new value must not be written down.
    pub(crate) const fn secret(action: &'static str, subject: &'static str, subject_id: Uuid) -> Self {
        Self { action, subject, subject_id, was: None, became: None }
    }
}

/// Writes a change down.
pub(crate) async fn append(tx: &mut Tx, by: &Actor, at: Timestamp, change: &Change) -> Result<(), Error> {
    let (actor, actor_id) = match by {
        Actor::User(id) => ("user", Some(id.0)),
        Actor::Agent(id) => ("agent", Some(id.0)),
        Actor::CommandLine => ("command_line", None),
        Actor::Program => ("program", None),
    };
    on!(tx.connection(), c => sqlx::query(APPEND)
        .bind(new_id(at))
        .bind(at.as_ms())
        .bind(actor)
        .bind(actor_id)
        .bind(change.action)
        .bind(change.subject)
        .bind(change.subject_id)
        .bind(change.was.as_ref().map(Json))
        .bind(change.became.as_ref().map(Json))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// A new id whose order is that of the time given.
pub(crate) fn new_id(at: Timestamp) -> Uuid {
    let ms = at.as_ms().max(0).unsigned_abs();
    let nanos = u32::try_from(ms % 1000).unwrap_or_default() * 1_000_000;
    Uuid::new_v7(uuid::Timestamp::from_unix_time(ms / 1000, nanos, 0, 0))
}

fn in_json(thing: &impl Serialize) -> Value {
    let mut value = serde_json::to_value(thing).unwrap_or(Value::Null);
    text::clean_json(&mut value);
    value
}

impl LineRow {
    fn read(self) -> Result<Line, Error> {
        let by = match (self.actor.as_str(), self.actor_id) {
            ("user", Some(id)) => Actor::User(UserId(id)),
            ("agent", Some(id)) => Actor::Agent(AgentId(id)),
            ("command_line", None) => Actor::CommandLine,
            ("program", None) => Actor::Program,
            (other, _) => return Err(Error::unreadable("audit", format!("actor {other:?}"))),
        };
        Ok(Line {
            at: Timestamp::from_ms(self.at),
            by,
            action: self.action,
            subject: self.subject,
            subject_id: self.subject_id,
            was: self.was.map(|Json(value)| value),
            became: self.became.map(|Json(value)| value),
        })
    }
}
