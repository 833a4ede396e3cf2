//! Decides when a change goes to the pages: at once, then each row at most once per 100 ms, always as it stands last.

use std::collections::BTreeMap;

use model::wallboard::{Change, LiveUpdate};
use model::{AgentId, CallId, QueueId, Span, Timestamp};

/// The least time between two updates of one row. A page cannot be read faster.
const PACE: Span = Span::from_ms(100);

/// What a change is about: one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Row {
    Call(CallId),
    Agent(AgentId),
    Queue(QueueId),
    Totals,
    Fallback,
    Switch,
}

/// Keeps what the pages do not know yet.
#[derive(Debug, Default)]
pub(crate) struct Publisher {
    number: u64,
    pending: BTreeMap<Row, Change>,
    /// When a row may be published again; rows that may be at once are not in it.
    resting: BTreeMap<Row, Timestamp>,
}

impl Publisher {
    /// The number of the last update.
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }

    /// Takes changes to be published; a newer change of a row replaces an older one.
    pub(crate) fn offer(&mut self, changes: Vec<Change>) {
        for change in changes {
            self.pending.insert(row(&change), change);
        }
    }

    /// When [`Publisher::take`] will next have something.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        self.pending.keys().map(|row| self.resting.get(row).copied().unwrap_or_default()).min()
    }

    /// All that may be published at `at`.
    pub(crate) fn take(&mut self, at: Timestamp) -> Option<LiveUpdate> {
        self.resting.retain(|_, until| *until > at);
        let (wait, go) = std::mem::take(&mut self.pending).into_iter().partition(|(row, _)| self.resting.contains_key(row));
        self.pending = wait;
        let go: BTreeMap<Row, Change> = go;
        if go.is_empty() {
            return None;
        }
        self.resting.extend(go.keys().map(|row| (*row, at + PACE)));
        self.number += 1;
        Some(LiveUpdate { number: self.number, at, changes: go.into_values().collect() })
    }
}

const fn row(change: &Change) -> Row {
    match change {
        Change::Call(call, _) => Row::Call(*call),
        Change::Agent(agent, _) => Row::Agent(*agent),
        Change::Queue(queue, _) => Row::Queue(*queue),
        Change::Totals(_) => Row::Totals,
        Change::Fallback(_) => Row::Fallback,
        Change::Switch(_) => Row::Switch,
    }
}

#[cfg(test)]
mod tests {
    use model::Timestamp;
    use model::wallboard::{Change, Totals};

    use super::Publisher;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(1_000_000 + ms)
    }

    fn waiting(waiting: u32) -> Change {
        Change::Totals(Totals { waiting, ..Totals::default() })
    }

    #[test]
    fn the_first_change_goes_at_once_and_the_next_waits_for_the_pace() {
        let mut publisher = Publisher::default();
        publisher.offer(vec![waiting(1)]);
        assert_eq!(publisher.take(at(0)).map(|update| update.changes), Some(vec![waiting(1)]));
        publisher.offer(vec![waiting(2)]);
        assert_eq!(publisher.take(at(10)), None);
        assert_eq!(publisher.due(), Some(at(100)));
    }

    #[test]
    fn what_waited_is_published_as_it_stands_last() {
        let mut publisher = Publisher::default();
        publisher.offer(vec![waiting(1)]);
        publisher.take(at(0)).unwrap();
        publisher.offer(vec![waiting(2)]);
        publisher.offer(vec![waiting(3)]);
        let update = publisher.take(at(100)).unwrap();
        assert_eq!((update.number, update.changes), (2, vec![waiting(3)]));
        assert_eq!(publisher.due(), None);
    }

    #[test]
    fn one_row_does_not_hold_back_another() {
        let mut publisher = Publisher::default();
        publisher.offer(vec![waiting(1)]);
        publisher.take(at(0)).unwrap();
        publisher.offer(vec![waiting(2), Change::Switch(false)]);
        assert_eq!(publisher.due(), Some(Timestamp::default()));
        assert_eq!(publisher.take(at(1)).map(|update| update.changes), Some(vec![Change::Switch(false)]));
    }

    #[test]
    fn rows_that_have_rested_are_forgotten() {
        let mut publisher = Publisher::default();
        publisher.offer(vec![waiting(1)]);
        publisher.take(at(0)).unwrap();
        publisher.take(at(200));
        assert!(publisher.resting.is_empty());
    }
}
