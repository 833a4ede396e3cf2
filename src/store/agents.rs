//! Agents as the settings describe them, and the queues they serve.

use std::collections::{BTreeMap, BTreeSet};

use model::agent::FIRST_TIER;
use model::{Actor, Agent, AgentId, Endpoint, PersonName, QueueId, ServerId, Timestamp};
use sqlx::types::Uuid;

use crate::audit::Change;
use crate::db::{Db, Tx};
use crate::error::Error;
use crate::settings;

statements! {
    ALL_IN_ORDER = "
        SELECT id, name, server, endpoint, ready_on_register
        FROM agents
        ORDER BY place, id";
    QUEUES_OF_ALL = "
        SELECT agent_id, queue_id, tier
        FROM agent_queues
        ORDER BY agent_id, place";
    PUT = "
        INSERT INTO agents (id, place, name, server, endpoint, ready_on_register)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (id) DO UPDATE SET
            place = excluded.place,
            name = excluded.name,
            server = excluded.server,
            endpoint = excluded.endpoint,
            ready_on_register = excluded.ready_on_register";
    TAKE_FROM_QUEUES = "DELETE FROM agent_queues WHERE agent_id = $1";
    PUT_INTO_QUEUE = "
        INSERT INTO agent_queues (agent_id, queue_id, place, tier)
        VALUES ($1, $2, $3, $4)";
    REMOVE = "DELETE FROM agents WHERE id = $1";
}

row! {
    struct AgentRow {
        id: Uuid,
        name: String,
        server: i64,
        endpoint: String,
        ready_on_register: bool,
    }
}

/// Adds the agent at the end, or changes the one of that id.
///
/// # Errors
/// When the settings would contradict themselves, or the database does not answer.
pub async fn save(db: &Db, by: &Actor, at: Timestamp, agent: Agent) -> Result<(), Error> {
    let edit = |settings: &mut model::Settings| {
        match settings.agents.iter_mut().find(|known| known.id == agent.id) {
            Some(known) => *known = agent,
            None => settings.agents.push(agent),
        }
        Ok(())
    };
    settings::change(db, by, at, edit).await.map(|_| ())
}

/// Deletes the agent; the books keep what they did. Says whether they were there.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(db: &Db, by: &Actor, at: Timestamp, id: AgentId) -> Result<bool, Error> {
    let edit = |settings: &mut model::Settings| {
        settings.agents.retain(|agent| agent.id != id);
        Ok(())
    };
    settings::change(db, by, at, edit).await.map(|changes| !changes.is_empty())
}

pub(crate) async fn read(tx: &mut Tx) -> Result<Vec<Agent>, Error> {
    let served: Vec<(Uuid, Uuid, i64)> = on!(tx.connection(), c => sqlx::query_as(QUEUES_OF_ALL).fetch_all(c).await)?;
    let mut queues: BTreeMap<Uuid, Served> = BTreeMap::new();
    for (agent, queue, tier) in served {
        let tier = u8::try_from(tier).map_err(|_| Error::unreadable("agent_queues", format!("tier {tier}")))?;
        let served = queues.entry(agent).or_default();
        served.queues.push(QueueId(queue));
        if tier != FIRST_TIER {
            served.tiers.insert(QueueId(queue), tier);
        }
    }
    let rows: Vec<AgentRow> = on!(tx.connection(), c => sqlx::query_as(ALL_IN_ORDER).fetch_all(c).await)?;
    rows.into_iter()
        .map(|row| {
            let served = queues.remove(&row.id).unwrap_or_default();
            row.read(served)
        })
        .collect()
}

/// Deletes the agents who are not there after.
pub(crate) async fn remove_missing(tx: &mut Tx, before: &[Agent], after: &[Agent]) -> Result<Vec<Change>, Error> {
    let kept: BTreeSet<AgentId> = after.iter().map(|agent| agent.id).collect();
    let mut changes = Vec::new();
    for agent in before.iter().filter(|agent| !kept.contains(&agent.id)) {
        on!(tx.connection(), c => sqlx::query(REMOVE).bind(agent.id.0).execute(c).await.map(|_| ()))?;
        changes.extend(Change::between("agent", agent.id.0, Some(agent), None));
    }
    Ok(changes)
}

/// Writes the agents who are new, changed, or in another place.
pub(crate) async fn write(tx: &mut Tx, before: &[Agent], after: &[Agent]) -> Result<Vec<Change>, Error> {
    let known: BTreeMap<AgentId, &Agent> = before.iter().map(|agent| (agent.id, agent)).collect();
    let mut changes = Vec::new();
    for (place, agent) in after.iter().enumerate().filter(|(place, agent)| before.get(*place) != Some(*agent)) {
        put(tx, place, agent).await?;
        changes.extend(Change::between("agent", agent.id.0, known.get(&agent.id).copied(), Some(agent)));
    }
    Ok(changes)
}

async fn put(tx: &mut Tx, place: usize, agent: &Agent) -> Result<(), Error> {
    on!(tx.connection(), c => sqlx::query(PUT)
        .bind(agent.id.0)
        .bind(i64::try_from(place).unwrap_or(i64::MAX))
        .bind(agent.name.expose())
        .bind(i64::from(agent.endpoint.server.0))
        .bind(&agent.endpoint.name)
        .bind(agent.ready_on_register)
        .execute(c)
        .await
        .map(|_| ()))?;
    on!(tx.connection(), c => sqlx::query(TAKE_FROM_QUEUES).bind(agent.id.0).execute(c).await.map(|_| ()))?;
    for (place, queue) in (0_i64..).zip(&agent.queues) {
        on!(tx.connection(), c => sqlx::query(PUT_INTO_QUEUE)
            .bind(agent.id.0)
            .bind(queue.0)
            .bind(place)
            .bind(i64::from(agent.tier(*queue)))
            .execute(c)
            .await
            .map(|_| ()))?;
    }
    Ok(())
}

/// The queues of an agent, and the tier in those where it is not the first.
#[derive(Default)]
struct Served {
    queues: Vec<QueueId>,
    tiers: BTreeMap<QueueId, u8>,
}

impl AgentRow {
    fn read(self, served: Served) -> Result<Agent, Error> {
        let server = u16::try_from(self.server).map_err(|_| Error::unreadable("agents", format!("server {}", self.server)))?;
        Ok(Agent {
            id: AgentId(self.id),
            name: PersonName::new(self.name),
            endpoint: Endpoint { server: ServerId(server), name: self.endpoint },
            queues: served.queues,
            ready_on_register: self.ready_on_register,
            tiers: served.tiers,
        })
    }
}
