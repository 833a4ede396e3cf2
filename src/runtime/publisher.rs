//! Decides when a change goes to the pages: at once, then each row at most once per 100 ms, always as it stands last.

use std::collections::BTreeMap;
use std::time::Instant;

use model::wallboard::{Change, LiveUpdate};
use model::{AgentId, CallId, QueueId, Span, Timestamp};

use crate::handle::Update;

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
    /// With the moment since which the row is not as the pages know it.
    pending: BTreeMap<Row, (Instant, Change)>,
    /// When a row may be published again; rows that may be at once are not in it.
    resting: BTreeMap<Row, Timestamp>,
}

impl Publisher {
    /// The number of the last update.
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }

    /// Takes changes to be published, which an event made that was taken at `took`. A newer change of a row replaces an older
    /// one, and is as late as that.
    pub(crate) fn offer(&mut self, took: Instant, changes: Vec<Change>) {
        for change in changes {
            let row = row(&change);
            let since = self.pending.get(&row).map_or(took, |(since, _)| *since);
            self.pending.insert(row, (since, change));
        }
    }

    /// When [`Publisher::take`] will next have something.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        self.pending.keys().map(|row| self.resting.get(row).copied().unwrap_or_default()).min()
    }

    /// All that may be published at `at`.
    pub(crate) fn take(&mut self, at: Timestamp) -> Option<Update> {
        self.resting.retain(|_, until| *until > at);
        let (wait, go) = std::mem::take(&mut self.pending).into_iter().partition(|(row, _)| self.resting.contains_key(row));
        self.pending = wait;
        let go: BTreeMap<Row, (Instant, Change)> = go;
        let took = go.values().map(|(since, _)| *since).min()?;
        self.resting.extend(go.keys().map(|row| (*row, at + PACE)));
        self.number += 1;
        let changes = go.into_values().map(|(_, change)| change).collect();
        Some(Update { live: LiveUpdate { number: self.number, at, changes }, took })
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
    use std::time::{Duration, Instant};

    use model::Timestamp;
    use model::wallboard::{Change, Totals};

    use super::Publisher;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(1_000_000 + ms)
    }

    fn offer(publisher: &mut Publisher, changes: Vec<Change>) {
        publisher.offer(Instant::now(), changes);
    }

    fn take(publisher: &mut Publisher, ms: i64) -> Option<Vec<Change>> {
        publisher.take(at(ms)).map(|update| update.live.changes)
    }

    fn waiting(waiting: u32) -> Change {
        Change::Totals(Totals { waiting, ..Totals::default() })
    }

    #[test]
    fn the_first_change_goes_at_once_and_the_next_waits_for_the_pace() {
        let mut publisher = Publisher::default();
        offer(&mut publisher, vec![waiting(1)]);
        assert_eq!(take(&mut publisher, 0), Some(vec![waiting(1)]));
        offer(&mut publisher, vec![waiting(2)]);
        assert_eq!(take(&mut publisher, 10), None);
        assert_eq!(publisher.due(), Some(at(100)));
    }

    #[test]
    fn what_waited_is_published_as_it_stands_last() {
        let mut publisher = Publisher::default();
        offer(&mut publisher, vec![waiting(1)]);
        publisher.take(at(0)).unwrap();
        offer(&mut publisher, vec![waiting(2)]);
        offer(&mut publisher, vec![waiting(3)]);
        let update = publisher.take(at(100)).unwrap().live;
        assert_eq!((update.number, update.changes), (2, vec![waiting(3)]));
        assert_eq!(publisher.due(), None);
    }

    #[test]
    fn one_row_does_not_hold_back_another() {
        let mut publisher = Publisher::default();
        offer(&mut publisher, vec![waiting(1)]);
        publisher.take(at(0)).unwrap();
        offer(&mut publisher, vec![waiting(2), Change::Switch(false)]);
        assert_eq!(publisher.due(), Some(Timestamp::default()));
        assert_eq!(take(&mut publisher, 1), Some(vec![Change::Switch(false)]));
    }

    #[test]
    fn rows_that_have_rested_are_forgotten() {
        let mut publisher = Publisher::default();
        offer(&mut publisher, vec![waiting(1)]);
        publisher.take(at(0)).unwrap();
        publisher.take(at(200));
        assert!(publisher.resting.is_empty());
    }

    /// What a page is told late was not known to it since the first of the changes, not since the last.
    #[test]
    fn a_change_that_was_replaced_still_counts_as_late() {
        let mut publisher = Publisher::default();
        let first = Instant::now();
        publisher.offer(first, vec![waiting(1)]);
        publisher.take(at(0)).unwrap();
        let (second, third) = (first + Duration::from_millis(10), first + Duration::from_millis(60));
        publisher.offer(second, vec![waiting(2)]);
        publisher.offer(third, vec![waiting(3)]);
        assert_eq!(publisher.take(at(100)).map(|update| update.took), Some(second));
    }
}
