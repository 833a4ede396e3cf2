//! Queues as the settings describe them, and the ways out of them.

mod overflow;

use std::collections::{BTreeMap, BTreeSet};

use model::queue::{Overflow, ServiceLevelTarget, Strategy, WayOut};
use model::{Actor, Queue, QueueId, Span, Timestamp};
use sqlx::types::Uuid;

use crate::audit::Change;
use crate::db::{Db, Tx};
use crate::error::Error;
use crate::settings;

#[cfg(test)]
pub(crate) use overflow::ALL as OVERFLOW;

statements! {
    ALL_IN_ORDER = "
        SELECT
            id,
            number,
            name,
            music,
            ring_timeout_ms,
            wrap_up_ms,
            service_level_percent,
            service_level_within_ms,
            strategy
        FROM queues
        ORDER BY place, id";
    PUT = "
        INSERT INTO queues (
            id,
            place,
            number,
            name,
            music,
            ring_timeout_ms,
            wrap_up_ms,
            service_level_percent,
            service_level_within_ms,
            strategy
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (id) DO UPDATE SET
            place = excluded.place,
            number = excluded.number,
            name = excluded.name,
            music = excluded.music,
            ring_timeout_ms = excluded.ring_timeout_ms,
            wrap_up_ms = excluded.wrap_up_ms,
            service_level_percent = excluded.service_level_percent,
            service_level_within_ms = excluded.service_level_within_ms,
            strategy = excluded.strategy";
    REMOVE = "DELETE FROM queues WHERE id = $1";
}

row! {
    struct QueueRow {
        id: Uuid,
        number: String,
        name: String,
        music: String,
        ring_timeout_ms: i64,
        wrap_up_ms: i64,
        service_level_percent: i64,
        service_level_within_ms: i64,
        strategy: String,
    }
}

/// Adds the queue at the end, or changes the one of that id.
///
/// # Errors
/// When the settings would contradict themselves, or the database does not answer.
pub async fn save(db: &Db, by: &Actor, at: Timestamp, queue: Queue) -> Result<(), Error> {
    let edit = |settings: &mut model::Settings| {
        match settings.queues.iter_mut().find(|known| known.id == queue.id) {
            Some(known) => *known = queue,
            None => settings.queues.push(queue),
        }
        Ok(())
    };
    settings::change(db, by, at, edit).await.map(|_| ())
}

/// Deletes the queue, and takes it from the agents who served it; the books keep its calls. Says whether it was there.
///
/// # Errors
/// When another queue sends its callers there, or the database does not answer.
pub async fn delete(db: &Db, by: &Actor, at: Timestamp, id: QueueId) -> Result<bool, Error> {
    let edit = |settings: &mut model::Settings| {
        settings.queues.retain(|queue| queue.id != id);
        let leads_there = |queue: &&Queue| queue.overflow.ways_out().any(|way| way == WayOut::Queue(id));
        if let Some(other) = settings.queues.iter().find(leads_there) {
            return Err(Error::refused("the queue", format!("is where queue {:?} sends callers", other.number)));
        }
        for agent in &mut settings.agents {
            agent.queues.retain(|queue| *queue != id);
            agent.tiers.remove(&id);
        }
        Ok(())
    };
    settings::change(db, by, at, edit).await.map(|changes| !changes.is_empty())
}

pub(crate) async fn read(tx: &mut Tx) -> Result<Vec<Queue>, Error> {
    let mut rules = overflow::read(tx).await?;
    let rows: Vec<QueueRow> = on!(tx.connection(), c => sqlx::query_as(ALL_IN_ORDER).fetch_all(c).await)?;
    let read = |row: QueueRow| {
        let overflow = rules.remove(&row.id).unwrap_or_default();
        row.read(overflow)
    };
    rows.into_iter().map(read).collect()
}

/// Deletes the queues that are not there after.
pub(crate) async fn remove_missing(tx: &mut Tx, before: &[Queue], after: &[Queue]) -> Result<Vec<Change>, Error> {
    let kept: BTreeSet<QueueId> = after.iter().map(|queue| queue.id).collect();
    let mut changes = Vec::new();
    for queue in before.iter().filter(|queue| !kept.contains(&queue.id)) {
        on!(tx.connection(), c => sqlx::query(REMOVE).bind(queue.id.0).execute(c).await.map(|_| ()))?;
        changes.extend(Change::between("queue", queue.id.0, Some(queue), None));
    }
    Ok(changes)
}

/// Writes the queues that are new, changed, or in another place.
pub(crate) async fn write(tx: &mut Tx, before: &[Queue], after: &[Queue]) -> Result<Vec<Change>, Error> {
    let known: BTreeMap<QueueId, &Queue> = before.iter().map(|queue| (queue.id, queue)).collect();
    let differ = || after.iter().enumerate().filter(|(place, queue)| before.get(*place) != Some(*queue));
    let mut changes = Vec::new();
    for (place, queue) in differ() {
        put(tx, place, queue).await?;
        changes.extend(Change::between("queue", queue.id.0, known.get(&queue.id).copied(), Some(queue)));
    }
    // After the last queue: a way out may lead to one that is new.
    for (_, queue) in differ() {
        overflow::write(tx, queue).await?;
    }
    Ok(changes)
}

async fn put(tx: &mut Tx, place: usize, queue: &Queue) -> Result<(), Error> {
    on!(tx.connection(), c => sqlx::query(PUT)
        .bind(queue.id.0)
        .bind(i64::try_from(place).unwrap_or(i64::MAX))
        .bind(&queue.number)
        .bind(&queue.name)
        .bind(&queue.music)
        .bind(queue.ring_timeout.as_ms())
        .bind(queue.wrap_up.as_ms())
        .bind(i64::from(queue.service_level.percent))
        .bind(queue.service_level.within.as_ms())
        .bind(name_of(queue.strategy))
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

impl QueueRow {
    fn read(self, overflow: Overflow) -> Result<Queue, Error> {
        let percent = u8::try_from(self.service_level_percent);
        let strategy = STRATEGIES.into_iter().find(|strategy| name_of(*strategy) == self.strategy);
        Ok(Queue {
            id: QueueId(self.id),
            number: self.number,
            name: self.name,
            music: self.music,
            ring_timeout: Span::from_ms(self.ring_timeout_ms),
            wrap_up: Span::from_ms(self.wrap_up_ms),
            service_level: ServiceLevelTarget {
                percent: percent.map_err(|_| Error::unreadable("queues", "a service level above 255 %"))?,
                within: Span::from_ms(self.service_level_within_ms),
            },
            strategy: strategy.ok_or_else(|| Error::unreadable("queues", format!("strategy {:?}", self.strategy)))?,
            overflow,
        })
    }
}

const STRATEGIES: [Strategy; 6] =
    [Strategy::LongestIdle, Strategy::FewestCalls, Strategy::RoundRobin, Strategy::Linear, Strategy::Random, Strategy::RingAll];

/// The strategy's name, as the import writes it too.
const fn name_of(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::LongestIdle => "longest_idle",
        Strategy::FewestCalls => "fewest_calls",
        Strategy::RoundRobin => "round_robin",
        Strategy::Linear => "linear",
        Strategy::Random => "random",
        Strategy::RingAll => "ring_all",
    }
}
