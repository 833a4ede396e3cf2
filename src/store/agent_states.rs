//! What agents did, as the books tell it.

use model::{AgentId, AgentState, CallId, Fact, Timestamp};
use serde_json::Value;
use sqlx::types::{Json, Uuid};

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

/// What an agent was doing when the books last heard of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Last {
    /// The agent.
    pub agent: AgentId,
    /// The state, exactly as it was reported.
    pub state: AgentState,
    /// When it began.
    pub began_at: Timestamp,
    /// When it ended with the program that kept it, if [`crate::books::end_what_was_left_open`] has said so.
    pub ended_at: Option<Timestamp>,
}

statements! {
    // The state that an agent was left in is the last of theirs, whether or not somebody has ended it since. Its fact stands
    // at the same position and says all of it; only until when a wrap-up lasts may have been told later.
    LAST = "
        SELECT s.agent_id, s.began_at, s.ended_at, f.detail, e.detail AS extended
        FROM agents AS a
        JOIN agent_states AS s ON s.position = (SELECT MAX(position) FROM agent_states WHERE agent_id = a.id)
        JOIN facts AS f ON f.position = s.position
        LEFT JOIN facts AS e ON e.position = (
            SELECT MAX(position)
            FROM facts
            WHERE call_id = s.call_id AND position > s.position AND agent_id = s.agent_id AND kind = 'wrap_up_extended'
        )
        ORDER BY a.place, a.id";
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

row! {
    struct LastRow {
        agent_id: Uuid,
        began_at: i64,
        ended_at: Option<i64>,
        detail: Json<Value>,
        extended: Option<Json<Value>>,
    }
}

/// The state in which the books last saw each agent of the settings, in the order of the settings: what a program goes on
/// from that has lost its journal. Agents of whom they have never heard, or whose state a release of other words has written,
/// are left out.
///
/// # Errors
/// When the database does not answer.
pub async fn last(db: &Db) -> Result<Vec<Last>, Error> {
    let asked = async { Ok(on!(db.read(), c => sqlx::query_as(LAST).fetch_all(c).await)?) };
    let rows: Vec<LastRow> = db.reading(asked).await?;
    Ok(rows.into_iter().filter_map(LastRow::read).collect())
}

/// What an agent did from `from` on and before `to`, in order; what reaches over an edge is given whole.
///
/// # Errors
/// When the database does not answer.
pub async fn between(db: &Db, agent: AgentId, from: Timestamp, to: Timestamp) -> Result<Vec<Stretch>, Error> {
    let (agent, from, to) = (agent.0, from.as_ms(), to.as_ms());
    let asked = async { Ok(on!(db.read(), c => sqlx::query_as(BETWEEN).bind(agent).bind(from).bind(to).fetch_all(c).await)?) };
    let rows: Vec<StretchRow> = db.reading(asked).await?;
    Ok(rows.into_iter().map(StretchRow::read).collect())
}

impl LastRow {
    fn read(self) -> Option<Last> {
        let Ok(Fact::AgentChanged { mut state, .. }) = serde_json::from_value(self.detail.0) else { return None };
        let later = self.extended.and_then(|Json(fact)| serde_json::from_value(fact).ok());
        if let (AgentState::WrapUp { until, .. }, Some(Fact::WrapUpExtended { until: later, .. })) = (&mut state, later) {
            *until = later;
        }
        Some(Last {
            agent: AgentId(self.agent_id),
            state,
            began_at: Timestamp::from_ms(self.began_at),
            ended_at: self.ended_at.map(Timestamp::from_ms),
        })
    }
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
