//! The last hour of readings, one a minute, and what they say together.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use model::Span;

use super::buckets::Buckets;
use super::exposition;
use super::reading::Reading;
use crate::site::{Inner, Site};

/// How often a reading is kept.
const MINUTE: Duration = Duration::from_secs(60);

/// An hour of them, and the one before, from which the first minute is counted.
const READINGS: usize = views::parts::SAMPLES + 1;

/// Over how much time a percentile of the present is taken: enough for a quiet centre to have some events in it.
const PRESENT: Span = Span::from_secs(300);

/// The readings that are kept. Clones are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hour(Arc<Mutex<VecDeque<Arc<Reading>>>>);

/// The readings of an hour, the oldest first, and the one of this moment.
pub(super) struct Readings {
    kept: Vec<Arc<Reading>>,
    pub now: Arc<Reading>,
}

/// Keeps a reading a minute, as long as the site is there.
pub(crate) async fn keep(site: Weak<Inner>) {
    let mut minutes = tokio::time::interval(MINUTE);
    loop {
        minutes.tick().await;
        let Some(site) = Site::of(&site) else { return };
        site.hour.push(read(&site));
    }
}

/// How things stand at this moment.
fn read(site: &Site) -> Reading {
    Reading::of(&exposition::text(site), site.app.runtime.now())
}

impl Hour {
    fn push(&self, reading: Reading) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back(Arc::new(reading));
        while kept.len() > READINGS {
            kept.pop_front();
        }
    }

    /// The hour up to this moment.
    pub(super) fn readings(&self, site: &Site) -> Readings {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect();
        Readings { kept, now: Arc::new(read(site)) }
    }
}

impl Readings {
    /// Since when the present counts: the last reading that is old enough, or the first there is.
    pub fn before(&self) -> Arc<Reading> {
        let old = self.kept.iter().rev().find(|reading| self.now.at.since(reading.at) >= PRESENT);
        old.or(self.kept.first()).cloned().unwrap_or_default()
    }

    /// Where the hour begins.
    pub fn first(&self) -> Arc<Reading> {
        self.kept.first().cloned().unwrap_or_default()
    }

    /// A percentile of what came within the present.
    pub fn present(&self, of: impl Fn(&Reading) -> Buckets, share: f64) -> Option<f64> {
        of(&self.now).since(&of(&self.before())).quantile(share)
    }

    /// A percentile of every minute.
    pub fn minutes(&self, of: impl Fn(&Reading) -> Buckets, share: f64) -> Vec<Option<f64>> {
        self.kept.windows(2).map(|pair| of(&pair[1]).since(&of(&pair[0])).quantile(share)).collect()
    }

    /// A number as it stood at every minute.
    pub fn samples(&self, of: impl Fn(&Reading) -> Option<f64>) -> Vec<Option<f64>> {
        self.kept.iter().skip(self.kept.len().saturating_sub(READINGS - 1)).map(|reading| of(reading)).collect()
    }

    /// A number of every minute that is told by two readings.
    pub fn between(&self, of: impl Fn(&Reading, &Reading) -> Option<f64>) -> Vec<Option<f64>> {
        self.kept.windows(2).map(|pair| of(&pair[1], &pair[0])).collect()
    }
}

#[cfg(test)]
impl Readings {
    /// Readings of the test's own making, the last of them the present.
    pub fn of(mut readings: Vec<Reading>) -> Self {
        let now = Arc::new(readings.pop().unwrap());
        Self { kept: readings.into_iter().map(Arc::new).collect(), now }
    }
}

#[cfg(test)]
mod tests {
    use model::Timestamp;

    use super::super::reading::Reading;
    use super::{Hour, READINGS, Readings};

    /// `quick` commits of 1 ms and `slow` ones of 100 ms, all since the start.
    fn reading(minute: i64, quick: u32, slow: u32) -> Reading {
        let text = format!(
            "callsync_journal_commit_seconds_bucket{{le=\"0.001\"}} {quick}\n\
             callsync_journal_commit_seconds_bucket{{le=\"0.1\"}} {all}\n\
             callsync_journal_commit_seconds_bucket{{le=\"+Inf\"}} {all}\ncallsync_ari_lanes {minute}\n",
            all = quick + slow
        );
        Reading::of(&text, Timestamp::from_ms(minute * 60_000))
    }

    #[test]
    fn what_was_slow_ten_minutes_ago_is_not_slow_now_and_stands_in_the_hour() {
        let hour = (0..12).map(|minute| reading(minute, 10 * u32::try_from(minute).unwrap(), if minute > 1 { 10 } else { 0 }));
        let readings = Readings::of(hour.collect());
        assert_eq!(readings.before().at, Timestamp::from_ms(6 * 60_000), "five minutes before the eleventh");
        let now = readings.present(|reading| reading.commits.clone(), 0.99).unwrap();
        assert!(now <= 0.001, "{now}");
        let minutes = readings.minutes(|reading| reading.commits.clone(), 0.99);
        assert_eq!(minutes.len(), 10);
        assert!(minutes[1].unwrap() > 0.09 && minutes[2].unwrap() <= 0.001, "{minutes:?}");
    }

    #[test]
    fn just_started_the_present_is_all_there_was_and_the_hour_is_empty() {
        let readings = Readings::of(vec![reading(0, 5, 0)]);
        assert!(readings.present(|reading| reading.commits.clone(), 0.5).is_some());
        assert!(readings.minutes(|reading| reading.commits.clone(), 0.5).is_empty());
        assert!(readings.samples(|reading| reading.lanes).is_empty());
    }

    #[test]
    fn an_hour_is_kept_and_no_more() {
        let hour = Hour::default();
        for minute in 0..90 {
            hour.push(reading(minute, 0, 0));
        }
        let kept = hour.0.lock().unwrap().len();
        assert_eq!(kept, READINGS);
        let readings =
            Readings::of(hour.0.lock().unwrap().iter().map(|reading| (**reading).clone()).chain([reading(90, 0, 0)]).collect());
        assert_eq!(readings.samples(|reading| reading.lanes).len(), views::parts::SAMPLES);
        assert_eq!(readings.samples(|reading| reading.lanes).last(), Some(&Some(89.0)));
    }
}
