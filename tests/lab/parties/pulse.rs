//! The machine's own pulse. Times that must agree within 100 ms can be told apart only while the machine runs: one that shares
//! its processors with others stands still now and then for longer than that, all parties with it. Whoever compares times
//! asks here how long that was.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use nix::sched::{CpuSet, sched_setaffinity};
use nix::unistd::Pid;

use super::clock::{Millis, now};

/// How often each processor's pulse beats.
const BEAT: Duration = Duration::from_millis(5);
/// A beat that comes this much late is a standstill, not the scheduler's usual play.
const LATE: Millis = 25;
/// A standstill delays what happens a little after it, too.
const AFTER: Millis = 100;

/// How far apart the times of one moment may lie where order and identity are judged, and not how fast it was.
const ROUGHLY: Millis = 1500;

/// A watch over every processor. Stops when dropped.
pub struct Pulse {
    standstills: Arc<Mutex<Standstills>>,
    stop: Arc<AtomicBool>,
    watches: Vec<JoinHandle<()>>,
}

/// When the machine stood still: from and to; and how exactly times are judged besides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standstills {
    times: Vec<(Millis, Millis)>,
    roughly: Millis,
}

impl Pulse {
    /// Begins to watch: one thread for each processor, since one may stand still alone.
    pub fn start() -> Self {
        let (standstills, stop) = (Arc::<Mutex<Standstills>>::default(), Arc::new(AtomicBool::new(false)));
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let watch = |processor: usize| {
            let (standstills, stop) = (Arc::clone(&standstills), Arc::clone(&stop));
            std::thread::Builder::new().name("pulse".to_owned()).spawn(move || beat(processor, &standstills, &stop)).ok()
        };
        let watches = (0..processors).filter_map(watch).collect();
        Self { standstills, stop, watches }
    }

    /// Has all that ask here from now on judge times roughly, as an ordinary run does, where several scenarios play at once and a
    /// compiler may run next door; or exactly.
    pub fn judges(&self, exactly: bool) {
        let mut standstills = self.standstills.lock().unwrap_or_else(PoisonError::into_inner);
        standstills.roughly = if exactly { 0 } else { ROUGHLY };
    }

    /// The standstills so far.
    pub fn standstills(&self) -> Standstills {
        self.standstills.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for watch in self.watches.drain(..) {
            let _ = watch.join();
        }
    }
}

impl Standstills {
    /// These and others: for the books, a program that is not there, or that answers late, stands still as the machine does.
    #[must_use]
    pub fn and(mut self, others: &[(Millis, Millis)]) -> Self {
        self.times.extend(others);
        self
    }

    /// How long the machine stood still around the time from one moment to another, in either order.
    pub fn between(&self, one: Millis, other: Millis) -> Millis {
        let (from, to) = (one.min(other).saturating_sub(AFTER), one.max(other).saturating_add(AFTER));
        let near = self.times.iter().filter(|(began, ended)| *began <= to && *ended >= from);
        near.map(|(began, ended)| ended - began).sum()
    }

    /// How far apart two times may lie that are to be within a bound: as much more as the machine stood still between them.
    pub fn allow(&self, within: Millis, one: Millis, other: Millis) -> Millis {
        within.max(self.roughly) + self.between(one, other)
    }

    /// How often, and how long at most, since a moment: in words.
    pub fn said(&self, since: Millis) -> String {
        let lengths: Vec<Millis> =
            self.times.iter().filter(|(began, _)| *began >= since).map(|(began, ended)| ended - began).collect();
        match lengths.iter().max() {
            None => "the machine ran without a standstill".to_owned(),
            Some(longest) => format!("the machine stood still {} times, for {longest} ms at most", lengths.len()),
        }
    }
}

fn beat(processor: usize, standstills: &Mutex<Standstills>, stop: &AtomicBool) {
    let mut here = CpuSet::new();
    // Where a processor may not be chosen, the thread watches whichever it is given.
    let _ = here.set(processor).and_then(|()| sched_setaffinity(Pid::from_raw(0), &here));
    let usual = Millis::try_from(BEAT.as_millis()).unwrap_or_default();
    let mut last = now();
    while !stop.load(Ordering::Relaxed) {
        std::thread::sleep(BEAT);
        let at = now();
        if at - last > usual + LATE {
            standstills.lock().unwrap_or_else(PoisonError::into_inner).times.push((last, at));
        }
        last = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_near_counts() {
        let standstills = Standstills::default().and(&[(1000, 1200), (5000, 5040)]);
        assert_eq!(standstills.between(1150, 900), 200);
        assert_eq!(standstills.between(2000, 3000), 0);
        assert_eq!(standstills.between(0, 9000), 240);
        assert_eq!(standstills.said(4000), "the machine stood still 1 times, for 40 ms at most");
    }

    #[test]
    fn what_is_judged_roughly_may_be_late_and_a_longer_bound_stays() {
        let pulse = Pulse::start();
        assert_eq!(pulse.standstills().allow(100, 0, 0), 100 + pulse.standstills().between(0, 0));
        pulse.judges(false);
        let roughly = pulse.standstills();
        assert_eq!((roughly.allow(100, 0, 0), roughly.allow(5000, 0, 0)), (ROUGHLY, 5000));
        assert_eq!(roughly.between(0, 0), 0, "a hole in a conversation stays one");
    }

    #[test]
    fn a_pulse_stops_when_it_is_dropped() {
        let pulse = Pulse::start();
        std::thread::sleep(BEAT * 4);
        drop(pulse);
    }
}
