//! Whether the machine kept pace: what its processors did between two moments, and how much of that was the lab's own.

use std::fs;

use nix::sys::resource::{UsageWho, getrusage};

use crate::space;

/// The columns of `/proc/stat` in which processors work: user, nice, system, irq, softirq, and steal, which others of the
/// same real machine had (proc_stat(5)).
const BUSY: [usize; 6] = [0, 1, 2, 5, 6, 7];
/// The first eight make up all time; what guests have is counted among them already.
const ALL: usize = 8;
/// Of `/proc/PID/stat`, counted after the name: the time of the process itself, and of those children that have ended.
const TIMES: std::ops::Range<usize> = 11..15;
const TICKS_A_SECOND: f64 = 100.0;

/// What the processors have done so far, in ticks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    all: f64,
    busy: f64,
    ours: f64,
}

impl Pace {
    /// As it stands; nothing where the system does not tell.
    pub fn read() -> Option<Self> {
        let (all, busy) = processors(&fs::read_to_string("/proc/stat").ok()?)?;
        Some(Self { all, busy, ours: if space::inside().is_some() { everybody() } else { own() } })
    }

    /// The share of the processors' time that others have had since an earlier moment.
    pub fn others_since(self, earlier: &Self) -> Option<f64> {
        let all = self.all - earlier.all;
        let others = (self.busy - earlier.busy) - (self.ours - earlier.ours);
        (all > 0.0).then(|| (others / all).clamp(0.0, 1.0))
    }
}

fn processors(stat: &str) -> Option<(f64, f64)> {
    let columns: Vec<f64> = stat.lines().next()?.split_whitespace().skip(1).filter_map(|word| word.parse().ok()).collect();
    let busy = BUSY.iter().map(|column| columns.get(*column)).sum::<Option<f64>>()?;
    Some((columns.iter().take(ALL).sum(), busy))
}

/// In a space of the lab's own every process is its own.
fn everybody() -> f64 {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let stats = processes.filter(|entry| entry.file_name().to_string_lossy().starts_with(|first: char| first.is_ascii_digit()));
    stats.filter_map(|entry| times(&fs::read_to_string(entry.path().join("stat")).ok()?)).sum()
}

fn times(stat: &str) -> Option<f64> {
    let (_, after) = stat.rsplit_once(") ")?;
    let columns: Vec<&str> = after.split_whitespace().collect();
    columns.get(TIMES)?.iter().map(|word| word.parse::<f64>().ok()).sum()
}

/// Elsewhere the lab knows of itself, and of what it has run to its end.
fn own() -> f64 {
    let used = |who| getrusage(who).map_or(0.0, |usage| seconds(usage.user_time()) + seconds(usage.system_time()));
    (used(UsageWho::RUSAGE_SELF) + used(UsageWho::RUSAGE_CHILDREN)) * TICKS_A_SECOND
}

#[expect(clippy::cast_precision_loss, reason = "processor time is no more than some days")]
fn seconds(time: nix::sys::time::TimeVal) -> f64 {
    time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_processors_did_and_was_not_ours_was_others() {
        let before = Pace { all: 1000.0, busy: 300.0, ours: 100.0 };
        let after = Pace { all: 2000.0, busy: 900.0, ours: 500.0 };
        assert_eq!(after.others_since(&before), Some(0.2));
        assert_eq!(after.others_since(&after), None);
    }

    #[test]
    fn the_systems_own_words_are_read() {
        assert_eq!(processors("cpu  10 1 20 100 5 2 3 4 0 0\ncpu0 1 2"), Some((145.0, 40.0)));
        assert_eq!(times("6 (lab (x)) S 1 6 6 0 -1 4 1 0 0 0 7 8 20 30 20 0"), Some(65.0));
        assert!(Pace::read().is_some_and(|pace| pace.all >= pace.busy && pace.ours > 0.0));
    }
}
