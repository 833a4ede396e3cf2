//! What the loop does about a step that broke: the state is rebuilt without the event, or begins from nothing.

use std::time::{Duration, Instant};

use acd::State;
use acd::event::Event;
use model::Timestamp;
use model::wallboard::DaySums;
use tokio::sync::broadcast;

use crate::recovery::recover;
use crate::turner::{Turner, UPDATES};

/// How long the loop waits for the journal when the state is lost.
const FLUSH: Duration = Duration::from_secs(2);

/// Within which time a second broken step means that the state itself is broken, and for how long Asterisk is left alone then
/// at the most.
const STRIKES: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(30));

/// After how many broken steps within that time the settings are not tried again.
const HOPELESS: usize = 3;

impl Turner {
    /// A step broke, and what it left of the state cannot be trusted.
    pub(crate) fn rebuild(&mut self, at: Timestamp, event: &Event) {
        self.poison.put(at, event);
        self.strikes.retain(|strike| strike.elapsed() < STRIKES.0);
        self.strikes.push(Instant::now());
        let again = self.strikes.len() > 1;
        // A state that breaks again is no state to go back to.
        let written = !again && self.journal.flush(FLUSH);
        let recovered = if again { None } else { recover(&self.keeping.journal(), self.stepper, &mut self.poison).recovered };
        let mut sums = DaySums::default();
        let whole = match recovered {
            Some(recovered) => {
                tracing::warn!(events = recovered.events, "the state was rebuilt without the event that broke it");
                self.state = recovered.state;
                written && recovered.whole
            }
            None => {
                sums = self.state.day_sums();
                tracing::error!("the state begins from nothing: calls are taken over from Asterisk's account");
                self.state = State::new(seed());
                false
            }
        };
        self.roster = None;
        // Whoever watches Live must look at everything again.
        self.updates = broadcast::channel(UPDATES).0;
        self.snapshot(whole);
        let pause = Duration::from_secs(1 << (self.strikes.len() - 1).min(5)).min(STRIKES.1);
        self.resync.due = Some(Instant::now() + if again { pause } else { Duration::ZERO });
        // Settings that break a step on an empty state do so again and again.
        if *self.state.settings() != self.settings && self.strikes.len() <= HOPELESS {
            self.turn(at, vec![Event::SettingsChanged(self.settings.clone())]);
        }
        // What was counted is true of the day, whatever broke.
        let began = self.days.began();
        if self.state.day() < began && self.strikes.len() <= HOPELESS {
            self.turn(at, vec![Event::DayBegan { began, sums }]);
        }
    }
}

/// Chance for a new state: the second half of a fresh UUID v7.
pub(crate) fn seed() -> u64 {
    uuid::Uuid::now_v7().as_u64_pair().1
}
