//! Calls that Asterisk's own queue took care of. What the dialplan noted of them names numbers and accounts: here they are
//! found again as queues, agents and, where they had been ours before, as the calls that they were.

use std::collections::BTreeMap;

use model::fact::{BookEntry, FallbackCall};
use model::{CallId, Fact, ServerId, Timestamp};
use serde::Serialize;
use sqlx::types::{Json, Uuid};

use crate::db::Tx;
use crate::error::Error;
use crate::text;

/// The longest text from the wire that gets a column of its own.
const WIRE: usize = 250;

statements! {
    QUEUES = "SELECT number, id FROM queues";
    AGENTS = "SELECT server, endpoint, id FROM agents";
    @differ {
        CALLS_OF_LEGS =
            "SELECT server, leg, id
            FROM calls
            WHERE leg IN (SELECT value FROM json_each($1))
            ORDER BY entered_at, id",
            "SELECT server, leg, id
            FROM calls
            WHERE leg IN (SELECT jsonb_array_elements_text($1))
            ORDER BY entered_at, id";
        // Whatever we said of a call when it left our hands: it went on, and who ended it we did not see. A report without
        // an end that comes after the one with it changes nothing. A program that hung may have seen the caller come long
        // after they did.
        SEE_CALLS =
            "INSERT INTO calls (
                id,
                server,
                leg,
                number,
                dialled,
                queue_id,
                first_queue_id,
                entered_at,
                answered_at,
                ended_at,
                outcome,
                agent_id,
                offers
            )
            SELECT
                unhex(value->>'id', '-'),
                value->>'server',
                value->>'leg',
                value->>'number',
                value->>'dialled',
                unhex(value->>'queue', '-'),
                unhex(value->>'queue', '-'),
                value->>'began_at',
                value->>'answered_at',
                value->>'ended_at',
                'fallback',
                unhex(value->>'agent', '-'),
                0
            FROM json_each($1)
            WHERE TRUE
            ON CONFLICT (id) DO UPDATE SET
                number = COALESCE(calls.number, excluded.number),
                dialled = excluded.dialled,
                entered_at = MIN(calls.entered_at, excluded.entered_at),
                answered_at = COALESCE(calls.answered_at, excluded.answered_at),
                ended_at = COALESCE(excluded.ended_at, CASE WHEN calls.outcome = 'fallback' THEN calls.ended_at END),
                outcome = 'fallback',
                ended_by = NULL,
                agent_id = COALESCE(calls.agent_id, excluded.agent_id)",
            "INSERT INTO calls (
                id,
                server,
                leg,
                number,
                dialled,
                queue_id,
                first_queue_id,
                entered_at,
                answered_at,
                ended_at,
                outcome,
                agent_id,
                offers
            )
            SELECT id, server, leg, number, dialled, queue, queue, began_at, answered_at, ended_at, 'fallback', agent, 0
            FROM jsonb_to_recordset($1) AS r (
                id UUID,
                server BIGINT,
                leg TEXT,
                number TEXT,
                dialled TEXT,
                queue UUID,
                began_at BIGINT,
                answered_at BIGINT,
                ended_at BIGINT,
                agent UUID
            )
            ON CONFLICT (id) DO UPDATE SET
                number = COALESCE(calls.number, excluded.number),
                dialled = excluded.dialled,
                entered_at = LEAST(calls.entered_at, excluded.entered_at),
                answered_at = COALESCE(calls.answered_at, excluded.answered_at),
                ended_at = COALESCE(excluded.ended_at, CASE WHEN calls.outcome = 'fallback' THEN calls.ended_at END),
                outcome = 'fallback',
                ended_by = NULL,
                agent_id = COALESCE(calls.agent_id, excluded.agent_id)";
    }
}

/// Writes rows of [`Row`].
pub(super) const SEE: crate::dispatch::Dialects = SEE_CALLS;

/// What the database knows of the numbers, accounts and legs that are spoken of.
#[derive(Debug, Default)]
pub(super) struct Known {
    queues: BTreeMap<String, Uuid>,
    agents: BTreeMap<(u16, String), Uuid>,
    /// Of a leg that was ours more than once, the last.
    calls: BTreeMap<(u16, String), CallId>,
}

/// What is known of a call.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    id: CallId,
    server: u16,
    leg: String,
    number: Option<String>,
    dialled: String,
    queue: Option<Uuid>,
    began_at: Timestamp,
    answered_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    agent: Option<Uuid>,
}

impl Known {
    /// Looks up what the entries above `reached` need; nothing at all where none of them tells of such a call.
    pub(super) async fn read(tx: &mut Tx, reached: u64, entries: &[BookEntry]) -> Result<Self, Error> {
        let seen = |entry: &BookEntry| match &entry.fact {
            Fact::FallbackSeen(seen) if entry.position > reached => Some(text::clip(&seen.leg.id, WIRE)),
            _ => None,
        };
        let legs: Vec<String> = entries.iter().filter_map(seen).collect();
        if legs.is_empty() {
            return Ok(Self::default());
        }
        let calls_of_legs = tx.dialect(CALLS_OF_LEGS);
        let queues: Vec<(String, Uuid)> = on!(tx.connection(), c => sqlx::query_as(QUEUES).fetch_all(c).await)?;
        let agents: Vec<(i64, String, Uuid)> = on!(tx.connection(), c => sqlx::query_as(AGENTS).fetch_all(c).await)?;
        let calls: Vec<(i64, String, Uuid)> =
            on!(tx.connection(), c => sqlx::query_as(calls_of_legs).bind(Json(legs)).fetch_all(c).await)?;
        let server = |server: i64| u16::try_from(server).unwrap_or_default();
        Ok(Self {
            queues: queues.into_iter().collect(),
            agents: agents.into_iter().map(|(on, name, id)| ((server(on), name), id)).collect(),
            calls: calls.into_iter().map(|(on, leg, id)| ((server(on), leg), CallId(id))).collect(),
        })
    }

    /// The call that a leg was when it was ours, else one whose id the leg alone decides, so that a second report is of the
    /// same call.
    pub(super) fn call_of(&self, server: ServerId, leg: &str) -> CallId {
        self.calls.get(&(server.0, leg.to_owned())).copied().unwrap_or_else(|| made_from(server, leg))
    }

    /// The row of a call.
    pub(super) fn row(&self, id: CallId, leg: String, seen: &FallbackCall) -> Row {
        let server = seen.leg.server.0;
        let agent = seen.agent.as_ref().and_then(|name| self.agents.get(&(server, name.clone())));
        let answered_at = seen.answered.map(|at| at.max(seen.began));
        Row {
            id,
            server,
            leg,
            number: seen.number.as_ref().map(|number| text::clip(number.expose(), WIRE)),
            dialled: text::clip(&seen.dialled, WIRE),
            queue: self.queues.get(&seen.dialled).copied(),
            began_at: seen.began,
            answered_at,
            ended_at: seen.ended.map(|at| at.max(answered_at.unwrap_or(seen.began))),
            agent: agent.copied(),
        }
    }
}

impl Row {
    /// When it fell back.
    pub(super) const fn began_at(&self) -> Timestamp {
        self.began_at
    }

    /// Goes on from what was reported before.
    pub(super) fn go_on(&mut self, later: &Self) {
        self.answered_at = self.answered_at.or(later.answered_at);
        self.agent = self.agent.or(later.agent);
        self.ended_at = later.ended_at.or(self.ended_at);
    }
}

/// An id of the eighth version (RFC 9562, 5.8): 122 bits of the FNV-1a hash of server and leg. Asterisk gives each leg an id
/// of its own, which nobody outside can choose.
fn made_from(server: ServerId, leg: &str) -> CallId {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let name = server.0.to_be_bytes().into_iter().chain(leg.bytes());
    let hash = name.fold(BASIS, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME));
    let mut bytes = hash.to_be_bytes();
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    CallId(Uuid::from_bytes(bytes))
}
