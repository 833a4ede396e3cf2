//! What the site's day has come to so far: the sums that Live goes on from after a restart.

use std::collections::BTreeMap;

use model::wallboard::{DaySums, Today};
use model::{AgentId, Fact, QueueId, Span, Timestamp};
use serde_json::Value;
use sqlx::types::{Json, Uuid};

use crate::db::{Db, Tx};
use crate::error::Error;
use crate::queues;

/// How long before the day a call of it may have come at the earliest: the books find calls by when they came.
const LONGEST_WAIT: Span = Span::from_secs(24 * 60 * 60);

statements! {
    // A caller's wait in a queue begins when they come into it: at the last move, or with the call.
    CALLS = "
        SELECT
            c.queue_id,
            c.agent_id,
            c.answered_at,
            c.ended_at,
            COALESCE(
                (SELECT MAX(f.at) FROM facts AS f WHERE f.call_id = c.id AND f.kind = 'call_moved'),
                c.entered_at
            ) AS joined_at
        FROM calls AS c
        WHERE c.entered_at >= $1
            AND (c.answered_at >= $2 OR (c.answered_at IS NULL AND c.outcome = 'abandoned' AND c.ended_at >= $2))";
    CAME = "
        SELECT c.first_queue_id AS queue_id, COUNT(DISTINCT c.id) AS callers
        FROM calls AS c
        JOIN facts AS f ON f.call_id = c.id
        WHERE c.entered_at >= $1 AND c.first_queue_id IS NOT NULL AND f.kind = 'call_entered'
        GROUP BY c.first_queue_id";
    PASSAGES = "
        SELECT f.detail
        FROM facts AS f
        JOIN calls AS c ON c.id = f.call_id
        WHERE c.entered_at >= $1 AND f.at >= $2 AND f.kind IN ('call_moved', 'call_left')";
}

row! {
    struct CallRow {
        queue_id: Option<Uuid>,
        agent_id: Option<Uuid>,
        answered_at: Option<i64>,
        ended_at: Option<i64>,
        joined_at: i64,
    }
}

row! {
    struct CameRow {
        queue_id: Uuid,
        callers: i64,
    }
}

/// The sums of the day that began then. A service level is judged by what the settings promise now.
///
/// # Errors
/// When the database does not answer.
pub async fn sums(db: &Db, began: Timestamp) -> Result<DaySums, Error> {
    db.reading(async {
        let mut tx = db.read_together().await?;
        let sums = read(&mut tx, began).await?;
        tx.commit().await?;
        Ok(sums)
    })
    .await
}

async fn read(tx: &mut Tx, began: Timestamp) -> Result<DaySums, Error> {
    let targets: BTreeMap<QueueId, Span> =
        queues::read(tx).await?.into_iter().map(|queue| (queue.id, queue.service_level.within)).collect();
    let (earliest, began) = ((began - LONGEST_WAIT).as_ms(), began.as_ms());
    let calls: Vec<CallRow> = on!(tx.connection(), c => sqlx::query_as(CALLS).bind(earliest).bind(began).fetch_all(c).await)?;
    let came: Vec<CameRow> = on!(tx.connection(), c => sqlx::query_as(CAME).bind(began).fetch_all(c).await)?;
    let passages: Vec<Json<Value>> =
        on!(tx.connection(), c => sqlx::query_scalar(PASSAGES).bind(earliest).bind(began).fetch_all(c).await)?;
    let mut sums = DaySums::default();
    calls.iter().for_each(|call| call.count(&mut sums, &targets));
    for CameRow { queue_id, callers } in came {
        sums.queues.entry(QueueId(queue_id)).or_default().entered += u32::try_from(callers).unwrap_or(u32::MAX);
    }
    for Json(detail) in passages {
        count_passage(&mut sums, serde_json::from_value(detail).ok().as_ref());
    }
    Ok(sums)
}

impl CallRow {
    fn count(&self, sums: &mut DaySums, targets: &BTreeMap<QueueId, Span>) {
        let Some(queue) = self.queue_id.map(QueueId) else { return };
        let joined = Timestamp::from_ms(self.joined_at);
        let in_time = |ms| targets.get(&queue).is_none_or(|within| Timestamp::from_ms(ms).since(joined) <= *within);
        let today: &mut Today = sums.queues.entry(queue).or_default();
        match (self.answered_at, self.ended_at) {
            (Some(answered), _) => {
                today.answered += 1;
                today.answered_in_time += u32::from(in_time(answered));
                if let Some(agent) = self.agent_id {
                    *sums.answered.entry(AgentId(agent)).or_default() += 1;
                }
            }
            (None, Some(ended)) => {
                today.abandoned += 1;
                today.abandoned_late += u32::from(!in_time(ended));
            }
            (None, None) => {}
        }
    }
}

fn count_passage(sums: &mut DaySums, fact: Option<&Fact>) {
    let (from, to) = match fact {
        Some(Fact::CallMoved { from, to, .. }) => (*from, Some(*to)),
        Some(Fact::CallLeft { queue, .. }) => (*queue, None),
        // A release of other words has written it.
        Some(_) | None => return,
    };
    sums.queues.entry(from).or_default().left += 1;
    if let Some(to) = to {
        sums.queues.entry(to).or_default().entered += 1;
    }
}
