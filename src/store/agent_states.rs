//! What agents did, as the books tell it.

use model::{AgentId, CallId, Timestamp};
use sqlx::types::Uuid;

use crate::db::Db;
use crate::error::Error;

/// An agent's state for a stretch of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The state's name, as `not_ready`.
    pub state: String,
    /// For `not_ready`, the reason's name.
    pub reason: Option<String>,
    /// The call that it was about.
    pub call: Option<CallId>,
    /// When it began.
    pub began_at: Timestamp,
    /// When it ended; `None` for the state that lasts.
    pub ended_at: Option<Timestamp>,
}

statements! {
    BETWEEN = "
        SELECT state, reason, call_id, began_at, ended_at
        FROM agent_states
        WHERE agent_id = $1 AND began_at < $3 AND (ended_at IS NULL OR ended_at > $2)
        ORDER BY position";
}

row! {
    struct StretchRow {
        state: String,
        reason: Option<String>,
        call_id: Option<Uuid>,
        began_at: i64,
        ended_at: Option<i64>,
    }
}

/// What an agent did from `from` on and before `to`, in order; what reaches over an edge is given whole.
///
/// # Errors
/// When the database does not answer.
pub async fn between(db: &Db, agent: AgentId, from: Timestamp, to: Timestamp) -> Result<Vec<Stretch>, Error> {
    let rows: Vec<StretchRow> = on!(db.read(), c =>
        sqlx::query_as(BETWEEN).bind(agent.0).bind(from.as_ms()).bind(to.as_ms()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(StretchRow::read).collect())
}

impl StretchRow {
    fn read(self) -> Stretch {
        Stretch {
            state: self.state,
            reason: self.reason,
            call: self.call_id.map(CallId),
            began_at: Timestamp::from_ms(self.began_at),
            ended_at: self.ended_at.map(Timestamp::from_ms),
        }
    }
}
