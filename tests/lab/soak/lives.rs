//! The lives of the program: a start begins a new one. Each is judged for itself, for a new process begins with new memory.

use super::flat::{DESCRIPTORS, MEMORY_KB_A_MINUTE, slope, thirds};
use super::samples::{Sample, Taken};

/// A program that has just started opens what it needs: the descriptors of this time are not looked at.
const WARM_UP_SECONDS: u64 = 120;
/// Memory fills for longer: in a life of thirty minutes at five calls a second it rose by 8 MB in the first eleven, and by 0.1 MB in
/// the others. Most of it is probably the page caches of the database's connections.
const FILLS_SECONDS: u64 = 600;
/// In a shorter life, what comes before not counted, noise would be taken for growth.
const JUDGED_FROM_SECONDS: u64 = 300;
/// The most that a life of any length may take, at any moment.
const MOST_KB: u64 = 100 * 1024;

/// A life, of the program or of Asterisk.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Life {
    whose: &'static str,
    /// Its first and last second.
    from: u64,
    to: u64,
    /// The samples after the warm-up: second, and what was taken.
    warm: Vec<(u64, Taken)>,
    most_kb: u64,
}

/// The lives in these samples: those of the program, then those of Asterisk.
pub(super) fn of(samples: &[Sample]) -> Vec<Life> {
    let mut lives = lives("callsync", samples, |sample| sample.callsync);
    lives.extend(self::lives("asterisk", samples, |sample| sample.asterisk));
    lives
}

fn lives(whose: &'static str, samples: &[Sample], of: impl Fn(&Sample) -> Option<Taken>) -> Vec<Life> {
    let mut lives: Vec<(u32, Life)> = Vec::new();
    for (second, taken) in samples.iter().filter_map(|sample| Some((sample.second, of(sample)?))) {
        if lives.last().is_none_or(|(pid, _)| *pid != taken.pid) {
            lives.push((taken.pid, Life { whose, from: second, to: second, warm: Vec::new(), most_kb: 0 }));
        }
        let Some((_, life)) = lives.last_mut() else { continue };
        (life.to, life.most_kb) = (second, life.most_kb.max(taken.memory_kb));
        if second - life.from >= WARM_UP_SECONDS {
            life.warm.push((second, taken));
        }
    }
    lives.into_iter().map(|(_, life)| life).collect()
}

impl Life {
    /// Whether it is long enough to say what it took at its beginning and at its end.
    const fn is_long(&self) -> bool {
        self.to - self.from >= WARM_UP_SECONDS + JUDGED_FROM_SECONDS
    }

    /// Asterisk's are told, not judged.
    fn is_ours(&self) -> bool {
        self.whose == "callsync"
    }

    /// Whether it is long enough to say whether it grew.
    fn is_judged(&self) -> bool {
        self.is_ours() && self.to - self.from >= FILLS_SECONDS + JUDGED_FROM_SECONDS
    }

    /// How much memory grew once it was filled, in kilobytes a minute.
    fn memory(&self) -> Option<f64> {
        let filled = self.warm.iter().filter(|(second, _)| second - self.from >= FILLS_SECONDS);
        let samples: Vec<(u64, u64)> = filled.map(|(second, taken)| (*second, taken.memory_kb)).collect();
        slope(&samples)
    }

    /// The medians of descriptors in the first and in the last third.
    fn descriptors(&self) -> Option<(u64, u64)> {
        self.thirds_of(|taken| taken.descriptors)
    }

    /// The medians of memory in the first and in the last third, in kilobytes.
    fn levels(&self) -> Option<(u64, u64)> {
        self.thirds_of(|taken| taken.memory_kb)
    }

    fn thirds_of(&self, of: impl Fn(&Taken) -> u64) -> Option<(u64, u64)> {
        let values: Vec<u64> = self.warm.iter().map(|(_, taken)| of(taken)).collect();
        if self.is_long() { thirds(&values) } else { None }
    }

    fn name(&self) -> String {
        format!("{} from {} to {} s", self.whose, self.from, self.to)
    }
}

/// What grew. That no life was long enough is no finding, and is said in the table.
pub(super) fn judge(lives: &[Life]) -> Vec<String> {
    let mut found = Vec::new();
    for life in lives.iter().filter(|life| life.is_ours()) {
        if let Some(grows) = life.memory().filter(|grows| life.is_judged() && *grows > MEMORY_KB_A_MINUTE) {
            found.push(format!("{}: memory grows by {grows:.0} KB a minute; {MEMORY_KB_A_MINUTE} are allowed", life.name()));
        }
        if life.most_kb > MOST_KB {
            found.push(format!("{}: it took {} MB; {} are allowed", life.name(), life.most_kb / 1024, MOST_KB / 1024));
        }
        if let Some((first, last)) = life.descriptors().filter(|(first, last)| *last > first + DESCRIPTORS) {
            found.push(format!("{}: descriptors grew from {first} to {last}", life.name()));
        }
    }
    found
}

/// How many lives were long enough to say whether they grew.
pub(super) fn judged(lives: &[Life]) -> usize {
    lives.iter().filter(|life| life.is_judged()).count()
}

/// A line a life.
pub(super) fn table(lives: &[Life]) -> Vec<String> {
    let mut lines = vec![format!(
        "{:<10} {:>6} {:>6} {:>9} {:>19} {:>12} {:>13}  judged",
        "process", "from s", "to s", "peak MB", "memory MB by thirds", "KB a minute", "descriptors"
    )];
    let none = || "—".to_owned();
    let mb = |kb: u64| kb as f64 / 1024.0;
    for life in lives {
        lines.push(format!(
            "{:<10} {:>6} {:>6} {:>9.1} {:>19} {:>12} {:>13}  {}",
            life.whose,
            life.from,
            life.to,
            mb(life.most_kb),
            life.levels().map_or_else(none, |(first, last)| format!("{:.1} → {:.1}", mb(first), mb(last))),
            life.memory().map_or_else(none, |grows| format!("{grows:+.0}")),
            life.descriptors().map_or_else(none, |(first, last)| format!("{first} → {last}")),
            if life.is_judged() { "yes" } else { "no" }
        ));
    }
    if judged(lives) == 0 {
        let least = (FILLS_SECONDS + JUDGED_FROM_SECONDS) / 60;
        lines.push(format!("no life of the program was long enough to be judged: {least} minutes are"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(from: u64, count: u64, pid: u32, memory_kb: impl Fn(u64) -> u64, descriptors: impl Fn(u64) -> u64) -> Vec<Sample> {
        let taken = |n| Taken { pid, memory_kb: memory_kb(n), descriptors: descriptors(n) };
        (0..count).map(|n| Sample { second: from + n * 10, callsync: Some(taken(n)), asterisk: None }).collect()
    }

    #[test]
    fn a_start_begins_a_new_life_and_its_jump_is_no_growth() {
        let mut both = samples(0, 60, 7, |_| 90_000, |_| 40);
        both.extend(samples(700, 60, 8, |_| 40_000, |_| 40));
        let lives = of(&both);
        assert_eq!(lives.iter().map(|life| (life.from, life.to)).collect::<Vec<_>>(), [(0, 590), (700, 1290)]);
        assert!(judge(&lives).is_empty());
    }

    #[test]
    fn what_a_program_takes_while_it_warms_up_is_not_held_against_it() {
        let warms_up = of(&samples(0, 120, 7, |n| 40_000 + n.min(60) * 200, |n| 30 + n.min(12)));
        assert!(judge(&warms_up).is_empty(), "{:?}", judge(&warms_up));
    }

    #[test]
    fn a_leak_of_memory_and_one_of_descriptors_are_found() {
        let found = judge(&of(&samples(0, 120, 7, |n| 40_000 + n * 20, |n| 40 + n / 4)));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("memory grows by 120 KB a minute") && found[1].contains("descriptors grew"), "{found:?}");
    }

    #[test]
    fn growth_of_a_short_life_is_told_and_not_judged_but_what_it_takes_at_most_is() {
        let lives = of(&samples(0, 20, 7, |n| 40_000 + n * 1000, |n| 40 + n));
        assert!(judge(&lives).is_empty());
        let found = judge(&of(&samples(0, 20, 7, |n| 40_000 + n * 10_000, |_| 40)));
        assert_eq!(found, ["callsync from 0 to 190 s: it took 224 MB; 100 are allowed"]);
        assert!(table(&lives).last().unwrap().contains("no life of the program was long enough"));
    }
}
