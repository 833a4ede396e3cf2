//! The ways out of queues: a row a rule, so that the database itself keeps them from leading nowhere.

use std::collections::BTreeMap;

use model::queue::{Capacity, Limit, Overflow, WayOut};
use model::{Queue, QueueId, Span};
use sqlx::types::Uuid;

use crate::db::Tx;
use crate::error::Error;

statements! {
    RULES = "
        SELECT queue_id, rule, threshold, to_queue_id
        FROM overflow_rules
        ORDER BY queue_id, rule";
    CLEAR = "DELETE FROM overflow_rules WHERE queue_id = $1";
    PUT_RULE = "
        INSERT INTO overflow_rules (queue_id, rule, threshold, to_queue_id)
        VALUES ($1, $2, $3, $4)";
}

row! {
    struct RuleRow {
        queue_id: Uuid,
        rule: String,
        threshold: Option<i64>,
        to_queue_id: Option<Uuid>,
    }
}

/// The rules of all queues that have any.
pub(super) async fn read(tx: &mut Tx) -> Result<BTreeMap<Uuid, Overflow>, Error> {
    let rows: Vec<RuleRow> = on!(tx.connection(), c => sqlx::query_as(RULES).fetch_all(c).await)?;
    let mut rules: BTreeMap<Uuid, Overflow> = BTreeMap::new();
    for row in rows {
        row.read(rules.entry(row.queue_id).or_default())?;
    }
    Ok(rules)
}

/// Writes the rules of a queue in place of those that it had.
pub(super) async fn write(tx: &mut Tx, queue: &Queue) -> Result<(), Error> {
    on!(tx.connection(), c => sqlx::query(CLEAR).bind(queue.id.0).execute(c).await.map(|_| ()))?;
    for (rule, threshold, way) in rules_of(&queue.overflow) {
        let to = match way {
            WayOut::Dialplan => None,
            WayOut::Queue(QueueId(id)) => Some(id),
        };
        on!(tx.connection(), c => sqlx::query(PUT_RULE)
            .bind(queue.id.0)
            .bind(rule)
            .bind(threshold)
            .bind(to)
            .execute(c)
            .await
            .map(|_| ()))?;
    }
    Ok(())
}

/// The rules that are set, under the names that the table has for them.
fn rules_of(overflow: &Overflow) -> impl Iterator<Item = (&'static str, Option<i64>, WayOut)> {
    let plain = |name, way: Option<WayOut>| way.map(|way| (name, None, way));
    let rules = [
        overflow.max_wait.map(|limit| ("max_wait", Some(limit.after.as_ms()), limit.to)),
        plain("nobody_logged_in_joining", overflow.nobody_logged_in_joining),
        plain("nobody_logged_in_waiting", overflow.nobody_logged_in_waiting),
        plain("nobody_ready_joining", overflow.nobody_ready_joining),
        plain("nobody_ready_waiting", overflow.nobody_ready_waiting),
        overflow.full.map(|full| ("full", Some(i64::from(full.waiting)), full.to)),
    ];
    rules.into_iter().flatten()
}

impl RuleRow {
    /// Sets the rule among those of its queue.
    fn read(&self, rules: &mut Overflow) -> Result<(), Error> {
        let way = self.to_queue_id.map_or(WayOut::Dialplan, |id| WayOut::Queue(QueueId(id)));
        let strange = || Error::unreadable("overflow_rules", format!("rule {:?} of {:?}", self.rule, self.threshold));
        match (self.rule.as_str(), self.threshold) {
            ("max_wait", Some(ms)) => rules.max_wait = Some(Limit { after: Span::from_ms(ms), to: way }),
            ("nobody_logged_in_joining", None) => rules.nobody_logged_in_joining = Some(way),
            ("nobody_logged_in_waiting", None) => rules.nobody_logged_in_waiting = Some(way),
            ("nobody_ready_joining", None) => rules.nobody_ready_joining = Some(way),
            ("nobody_ready_waiting", None) => rules.nobody_ready_waiting = Some(way),
            ("full", Some(waiting)) => {
                rules.full = Some(Capacity { waiting: u32::try_from(waiting).map_err(|_| strange())?, to: way });
            }
            (_, _) => return Err(strange()),
        }
        Ok(())
    }
}
