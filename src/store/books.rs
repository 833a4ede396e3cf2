//! The books: facts become rows of calls, segments and agent states, together with the position they reach. The same
//! entries may be handed in again after a crash or an outage: what is booked already is skipped.

mod fallback;
mod fold;

use model::Timestamp;
use model::fact::BookEntry;
use serde::Serialize;
use sqlx::types::Json;

use crate::db::{Db, Tx};
use crate::dispatch::Dialects;
use crate::error::Error;

/// What came of handing entries in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    /// How far the books reach.
    pub position: u64,
    /// How many of the entries were written.
    pub booked: usize,
    /// How many lay at or below what the books reached already.
    pub skipped: usize,
    /// How many positions were jumped over: facts that were lost before they came here.
    pub missing: u64,
}

#[cfg(test)]
pub(crate) use fallback::ALL as FALLBACK;

// A batch is one JSON text for each table, unfolded by the database: one round trip however many rows.
statements! {
    POSITION = "SELECT position FROM books";
    ADVANCE = "UPDATE books SET position = $1";
    END_OPEN_CALLS =
        "UPDATE calls SET
            ended_at = CASE WHEN COALESCE(answered_at, entered_at) > $1 THEN COALESCE(answered_at, entered_at) ELSE $1 END,
            outcome = CASE WHEN answered_at IS NULL THEN 'lost' ELSE 'answered' END,
            ended_by = 'switch'
        WHERE ended_at IS NULL AND outcome IS NULL";
    @differ {
        END_OPEN_STATES =
            "UPDATE agent_states SET ended_at = MAX(began_at, $1) WHERE ended_at IS NULL",
            "UPDATE agent_states SET ended_at = GREATEST(began_at, $1) WHERE ended_at IS NULL";
        // In SQLite the transaction holds the only lock there is.
        LOCK =
            "SELECT position FROM books",
            "SELECT position FROM books FOR UPDATE";
        ADD_FACTS =
            "INSERT INTO facts (position, at, kind, call_id, agent_id, detail)
            SELECT
                value->>'position',
                value->>'at',
                value->>'kind',
                unhex(value->>'call', '-'),
                unhex(value->>'agent', '-'),
                value->>'detail'
            FROM json_each($1)",
            "INSERT INTO facts (position, at, kind, call_id, agent_id, detail)
            SELECT position, at, kind, call, agent, detail
            FROM jsonb_to_recordset($1) AS r (
                position BIGINT,
                at BIGINT,
                kind TEXT,
                call UUID,
                agent UUID,
                detail JSONB
            )";
        // A call that is there already was taken over from a past run: it is alive, so its end was none.
        ADD_CALLS =
            "INSERT INTO calls (
                id,
                server,
                leg,
                number,
                queue_id,
                first_queue_id,
                entered_at,
                answered_at,
                ended_at,
                outcome,
                ended_by,
                agent_id,
                offers
            )
            SELECT
                unhex(value->>'id', '-'),
                value->>'server',
                value->>'leg',
                value->>'number',
                unhex(value->>'queue', '-'),
                unhex(value->>'first_queue', '-'),
                value->>'entered_at',
                value->>'answered_at',
                value->>'ended_at',
                value->>'outcome',
                value->>'ended_by',
                unhex(value->>'agent', '-'),
                value->>'offers'
            FROM json_each($1)
            WHERE TRUE
            ON CONFLICT (id) DO UPDATE SET
                server = excluded.server,
                leg = excluded.leg,
                number = COALESCE(excluded.number, calls.number),
                queue_id = excluded.queue_id,
                first_queue_id = COALESCE(calls.first_queue_id, excluded.first_queue_id),
                answered_at = COALESCE(calls.answered_at, excluded.answered_at),
                ended_at = excluded.ended_at,
                outcome = excluded.outcome,
                ended_by = excluded.ended_by,
                agent_id = COALESCE(calls.agent_id, excluded.agent_id),
                offers = calls.offers + excluded.offers",
            "INSERT INTO calls (
                id,
                server,
                leg,
                number,
                queue_id,
                first_queue_id,
                entered_at,
                answered_at,
                ended_at,
                outcome,
                ended_by,
                agent_id,
                offers
            )
            SELECT
                id,
                server,
                leg,
                number,
                queue,
                first_queue,
                entered_at,
                answered_at,
                ended_at,
                outcome,
                ended_by,
                agent,
                offers
            FROM jsonb_to_recordset($1) AS r (
                id UUID,
                server BIGINT,
                leg TEXT,
                number TEXT,
                queue UUID,
                first_queue UUID,
                entered_at BIGINT,
                answered_at BIGINT,
                ended_at BIGINT,
                outcome TEXT,
                ended_by TEXT,
                agent UUID,
                offers BIGINT
            )
            ON CONFLICT (id) DO UPDATE SET
                server = excluded.server,
                leg = excluded.leg,
                number = COALESCE(excluded.number, calls.number),
                queue_id = excluded.queue_id,
                first_queue_id = COALESCE(calls.first_queue_id, excluded.first_queue_id),
                answered_at = COALESCE(calls.answered_at, excluded.answered_at),
                ended_at = excluded.ended_at,
                outcome = excluded.outcome,
                ended_by = excluded.ended_by,
                agent_id = COALESCE(calls.agent_id, excluded.agent_id),
                offers = calls.offers + excluded.offers";
        // Before the rows of the batch are written, which hold what came after.
        UNDO_ANSWERS =
            "UPDATE calls SET answered_at = NULL, agent_id = NULL
            WHERE id IN (SELECT unhex(value->>'id', '-') FROM json_each($1))",
            "UPDATE calls SET answered_at = NULL, agent_id = NULL
            WHERE id IN (SELECT id FROM jsonb_to_recordset($1) AS r (id UUID))";
        // A call that Asterisk's own queue has taken over is no longer ours to end.
        CHANGE_CALLS =
            "UPDATE calls SET
                queue_id = COALESCE(r.queue, calls.queue_id),
                answered_at = COALESCE(calls.answered_at, r.answered_at),
                ended_at = CASE WHEN calls.outcome = 'fallback' THEN calls.ended_at ELSE COALESCE(r.ended_at, calls.ended_at) END,
                outcome = CASE WHEN calls.outcome = 'fallback' THEN 'fallback' ELSE COALESCE(r.outcome, calls.outcome) END,
                ended_by = CASE WHEN calls.outcome = 'fallback' THEN NULL ELSE COALESCE(r.ended_by, calls.ended_by) END,
                agent_id = COALESCE(calls.agent_id, r.agent),
                offers = calls.offers + r.offers
            FROM (
                SELECT
                    unhex(value->>'id', '-') AS id,
                    unhex(value->>'queue', '-') AS queue,
                    value->>'answered_at' AS answered_at,
                    value->>'ended_at' AS ended_at,
                    value->>'outcome' AS outcome,
                    value->>'ended_by' AS ended_by,
                    unhex(value->>'agent', '-') AS agent,
                    value->>'offers' AS offers
                FROM json_each($1)
            ) AS r
            WHERE calls.id = r.id",
            "UPDATE calls SET
                queue_id = COALESCE(r.queue, calls.queue_id),
                answered_at = COALESCE(calls.answered_at, r.answered_at),
                ended_at = CASE WHEN calls.outcome = 'fallback' THEN calls.ended_at ELSE COALESCE(r.ended_at, calls.ended_at) END,
                outcome = CASE WHEN calls.outcome = 'fallback' THEN 'fallback' ELSE COALESCE(r.outcome, calls.outcome) END,
                ended_by = CASE WHEN calls.outcome = 'fallback' THEN NULL ELSE COALESCE(r.ended_by, calls.ended_by) END,
                agent_id = COALESCE(calls.agent_id, r.agent),
                offers = calls.offers + r.offers
            FROM jsonb_to_recordset($1) AS r (
                id UUID,
                queue UUID,
                answered_at BIGINT,
                ended_at BIGINT,
                outcome TEXT,
                ended_by TEXT,
                agent UUID,
                offers BIGINT
            )
            WHERE calls.id = r.id";
        ADD_SEGMENTS =
            "INSERT INTO segments (position, call_id, kind, queue_id, agent_id, offer, began_at, ended_at, ending)
            SELECT
                value->>'position',
                unhex(value->>'call', '-'),
                value->>'kind',
                unhex(value->>'queue', '-'),
                unhex(value->>'agent', '-'),
                value->>'offer',
                value->>'began_at',
                value->>'ended_at',
                value->>'ending'
            FROM json_each($1)",
            "INSERT INTO segments (position, call_id, kind, queue_id, agent_id, offer, began_at, ended_at, ending)
            SELECT position, call, kind, queue, agent, offer, began_at, ended_at, ending
            FROM jsonb_to_recordset($1) AS r (
                position BIGINT,
                call UUID,
                kind TEXT,
                queue UUID,
                agent UUID,
                offer BIGINT,
                began_at BIGINT,
                ended_at BIGINT,
                ending TEXT
            )";
        // The wall clock may have been set back between two runs: no state lasts less than no time.
        END_STATES =
            "UPDATE agent_states
            SET ended_at = MAX(agent_states.began_at, r.at)
            FROM (
                SELECT unhex(value->>'agent', '-') AS agent, value->>'at' AS at
                FROM json_each($1)
            ) AS r
            WHERE agent_states.agent_id = r.agent AND agent_states.ended_at IS NULL",
            "UPDATE agent_states
            SET ended_at = GREATEST(agent_states.began_at, r.at)
            FROM jsonb_to_recordset($1) AS r (agent UUID, at BIGINT)
            WHERE agent_states.agent_id = r.agent AND agent_states.ended_at IS NULL";
        BEGIN_STATES =
            "INSERT INTO agent_states (position, agent_id, state, reason, call_id, began_at, ended_at)
            SELECT
                value->>'position',
                unhex(value->>'agent', '-'),
                value->>'state',
                value->>'reason',
                unhex(value->>'call', '-'),
                value->>'began_at',
                value->>'ended_at'
            FROM json_each($1)",
            "INSERT INTO agent_states (position, agent_id, state, reason, call_id, began_at, ended_at)
            SELECT position, agent, state, reason, call, began_at, ended_at
            FROM jsonb_to_recordset($1) AS r (
                position BIGINT,
                agent UUID,
                state TEXT,
                reason TEXT,
                call UUID,
                began_at BIGINT,
                ended_at BIGINT
            )";
    }
}

/// How far the facts are booked. A program that has lost its journal must number its facts from here on.
///
/// # Errors
/// When the database does not answer.
pub async fn position(db: &Db) -> Result<u64, Error> {
    let asked = async { Ok(on!(db.read(), c => sqlx::query_scalar(POSITION).fetch_one(c).await)?) };
    read_position(db.reading(asked).await?)
}

/// What an earlier run of the program left open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftOpen {
    /// Calls without an end.
    pub calls: u64,
    /// Agents' states without an end.
    pub states: u64,
}

/// Ends every call and every agent's state that an earlier run of the program left open: nobody saw how it ended. A call
/// that turns out to be alive is reopened by the fact that takes it over; an agent's next state begins with its own fact.
///
/// # Errors
/// When the database does not answer. Nothing was written then.
pub async fn end_what_was_left_open(db: &Db, at: Timestamp) -> Result<LeftOpen, Error> {
    db.writing(async {
        let mut tx = db.write().await?;
        let calls = end(&mut tx, END_OPEN_CALLS, at).await?;
        let states = tx.dialect(END_OPEN_STATES);
        let states = end(&mut tx, states, at).await?;
        tx.commit().await?;
        Ok(LeftOpen { calls, states })
    })
    .await
}

async fn end(tx: &mut Tx, sql: &'static str, at: Timestamp) -> Result<u64, Error> {
    Ok(on!(tx.connection(), c => sqlx::query(sql).bind(at.as_ms()).execute(c).await.map(|done| done.rows_affected()))?)
}

/// Books the entries, which ascend by position, and how far they reach, in one transaction. Handing in entries that are
/// booked already does nothing; so whoever is told of an error hands them in again. A few thousand at a time are well.
///
/// # Errors
/// When the database does not answer. Nothing was written then; after [`Error::Silent`] everything may have been.
pub async fn apply(db: &Db, entries: &[BookEntry]) -> Result<Applied, Error> {
    db.writing(apply_within_time(db, entries)).await
}

async fn apply_within_time(db: &Db, entries: &[BookEntry]) -> Result<Applied, Error> {
    let mut tx = db.write().await?;
    let lock = tx.dialect(LOCK);
    let reached = on!(tx.connection(), c => sqlx::query_scalar(lock).fetch_one(c).await)?;
    let reached = read_position(reached)?;
    let known = fallback::Known::read(&mut tx, reached, entries).await?;
    let batch = fold::Batch::of(reached, entries, &known);
    if batch.applied.booked > 0 {
        unfold(&mut tx, ADD_FACTS, &batch.facts).await?;
        unfold(&mut tx, UNDO_ANSWERS, &batch.undone).await?;
        unfold(&mut tx, ADD_CALLS, &batch.new_calls()).await?;
        unfold(&mut tx, CHANGE_CALLS, &batch.known_calls()).await?;
        unfold(&mut tx, fallback::SEE, &batch.fallback_calls()).await?;
        unfold(&mut tx, ADD_SEGMENTS, &batch.segments).await?;
        unfold(&mut tx, END_STATES, &batch.ended_states).await?;
        unfold(&mut tx, BEGIN_STATES, &batch.states).await?;
        let position = i64::try_from(batch.applied.position).unwrap_or(i64::MAX);
        on!(tx.connection(), c => sqlx::query(ADVANCE).bind(position).execute(c).await.map(|_| ()))?;
    }
    tx.commit().await?;
    Ok(batch.applied)
}

async fn unfold<T: Serialize + Sync>(tx: &mut Tx, sql: Dialects, rows: &[T]) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = tx.dialect(sql);
    on!(tx.connection(), c => sqlx::query(sql).bind(Json(rows)).execute(c).await.map(|_| ()))?;
    Ok(())
}

fn read_position(position: i64) -> Result<u64, Error> {
    u64::try_from(position).map_err(|_| Error::unreadable("books", format!("position {position}")))
}
