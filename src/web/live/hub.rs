//! Follows the loop once for all who look at Live, and hands each change on, ready to be drawn.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use model::Timestamp;
use runtime::{Handle, Live, Stopped};
use tokio::sync::{broadcast, watch};
use tokio::time::{Interval, MissedTickBehavior, interval};
use views::live::Totals;

use super::board::{Step, apply};
use super::frame::{Message, Says, Whole};

/// How many messages a stream may fall behind before it is sent everything anew.
const BEHIND: usize = 256;

/// How long a reader waits for the loop's first answer.
const FIRST: Duration = Duration::from_secs(5);

/// How often the six numbers are sampled for the line of their last hour.
const SAMPLE: Duration = Duration::from_secs(60);

/// The hub. Clones are the same.
#[derive(Clone)]
pub(crate) struct Hub {
    stand: Arc<Mutex<Option<Stand>>>,
    begun: watch::Receiver<bool>,
}

/// Where things stand: what joins now sees this, and then every message after it.
struct Stand {
    whole: Whole,
    number: u64,
    messages: broadcast::Sender<Arc<Message>>,
}

/// What somebody who joins gets: everything, and all that follows it without a gap.
pub(crate) struct Joined {
    pub whole: Whole,
    pub(super) number: u64,
    pub messages: broadcast::Receiver<Arc<Message>>,
}

impl Hub {
    /// Begins to follow the loop, until that stops.
    pub fn start(runtime: Handle) -> Self {
        let (begin, begun) = watch::channel(false);
        let hub = Self { stand: Arc::default(), begun };
        tokio::spawn(hub.clone().follow(runtime, begin));
        hub
    }

    /// Joins those who look.
    pub async fn join(&self) -> Result<Joined, Stopped> {
        let mut begun = self.begun.clone();
        let first = tokio::time::timeout(FIRST, begun.wait_for(|begun| *begun)).await;
        first.map_err(|_| Stopped)?.map_err(|_| Stopped)?;
        let stand = self.lock();
        let stand = stand.as_ref().ok_or(Stopped)?;
        Ok(Joined { whole: stand.whole.clone(), number: stand.number, messages: stand.messages.subscribe() })
    }

    async fn follow(self, runtime: Handle, begin: watch::Sender<bool>) {
        let mut samples = interval(SAMPLE);
        samples.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while let Ok(mut live) = runtime.live().await {
            self.restart(&live, runtime.started());
            begin.send_replace(true);
            while let Followed::On = self.follow_one(&mut live, &mut samples).await {}
        }
        // Whoever listens hears the end of the messages.
        *self.lock() = None;
    }

    /// Takes one update over, or a sample.
    async fn follow_one(&self, live: &mut Live, samples: &mut Interval) -> Followed {
        let update = tokio::select! {
            update = live.updates.recv() => update,
            _ = samples.tick() => return self.sample(),
        };
        let update = match update {
            Ok(update) if update.live.number <= live.number => return Followed::On,
            Ok(update) if update.live.number == live.number + 1 => update,
            Ok(_) | Err(broadcast::error::RecvError::Lagged(_) | broadcast::error::RecvError::Closed) => return Followed::Anew,
        };
        live.number = update.live.number;
        let mut stand = self.lock();
        let Some(stand) = stand.as_mut() else { return Followed::Anew };
        match apply(Arc::make_mut(&mut stand.whole.board), &update.live, stand.whole.counted_since) {
            Ok(steps) => {
                if !steps.is_empty() {
                    stand.publish(Says::Steps(steps), Some(update.took));
                }
                Followed::On
            }
            Err(super::board::Rearranged) => Followed::Anew,
        }
    }

    /// The six numbers as they stand at this minute.
    fn sample(&self) -> Followed {
        let mut stand = self.lock();
        let Some(stand) = stand.as_mut() else { return Followed::Anew };
        let totals = Totals::of(&stand.whole.board, stand.whole.counted_since);
        let trend = Arc::make_mut(&mut stand.whole.trend);
        trend.push(&totals);
        let trend = trend.clone();
        stand.publish(Says::Steps(vec![Step::Trend(trend)]), None);
        Followed::On
    }

    /// Begins again with everything; the last hour stays what it was.
    fn restart(&self, live: &Live, counted_since: Timestamp) {
        let mut stand = self.lock();
        let trend = stand.as_ref().map_or_else(Arc::default, |stand| stand.whole.trend.clone());
        let whole = Whole { board: Arc::new(live.board.clone()), trend, counted_since };
        let stand =
            stand.get_or_insert_with(|| Stand { whole: whole.clone(), number: 0, messages: broadcast::Sender::new(BEHIND) });
        stand.whole = whole.clone();
        stand.publish(Says::Everything(whole), None);
    }

    fn lock(&self) -> MutexGuard<'_, Option<Stand>> {
        self.stand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the next update may be taken, or everything has to be asked for anew.
enum Followed {
    On,
    Anew,
}

impl Stand {
    /// Tells whoever looks; what an event changed, with the moment at which the loop took that.
    fn publish(&mut self, says: Says, took: Option<Instant>) {
        self.number += 1;
        let mut message = Message::new(self.number, self.whole.board.at, says);
        message.took = took;
        // An error means that nobody looks.
        drop(self.messages.send(Arc::new(message)));
    }
}
