//! What is counted of the site's day.

use model::wallboard::{DaySums, Today};
use model::{QueueId, Timestamp};

use super::State;
use crate::guard::Abandoned;
use crate::queue::Queue;

impl State {
    /// When the site's day began, whose calls are counted.
    #[must_use]
    pub const fn day(&self) -> Timestamp {
        self.day
    }

    /// What that day has come to so far.
    #[must_use]
    pub fn day_sums(&self) -> DaySums {
        DaySums {
            queues: self.queues.iter().map(|(id, queue)| (*id, queue.today)).collect(),
            answered: self.agents.iter().map(|(id, agent)| (*id, agent.answered)).collect(),
        }
    }

    pub(crate) const fn today(&self) -> Today {
        self.today
    }

    /// Counts a call, in the queue's sums and in those over all queues.
    pub(crate) fn count(&mut self, id: QueueId, count: impl Fn(&Queue, &mut Today)) {
        let Some(queue) = self.queues.get_mut(&id) else { return };
        count(queue, &mut self.today);
        let mut today = queue.today;
        count(queue, &mut today);
        queue.today = today;
        self.changes.queue(id);
    }

    /// Counts a caller who comes into a queue or leaves it for elsewhere.
    pub(crate) fn count_passage(&mut self, id: QueueId, count: impl Fn(&mut Today)) {
        self.count(id, |_, today| count(today));
    }

    /// A day began: everything that is counted goes on from these sums.
    pub(crate) fn begin_day(&mut self, began: Timestamp, sums: &DaySums) {
        self.day = began;
        self.today = sums.total();
        // Who seemed to hang up on the day before is not taken out of this one.
        self.abandoned = Abandoned::default();
        for (id, queue) in &mut self.queues {
            queue.today = sums.queues.get(id).copied().unwrap_or_default();
            self.changes.queue(*id);
        }
    }

    /// Takes back what was counted, in the queue's sums, if it is still there, and in those over all queues.
    pub(crate) fn uncount(&mut self, id: QueueId, uncount: impl Fn(&mut Today)) {
        uncount(&mut self.today);
        if let Some(queue) = self.queues.get_mut(&id) {
            uncount(&mut queue.today);
            self.changes.queue(id);
        }
    }
}
