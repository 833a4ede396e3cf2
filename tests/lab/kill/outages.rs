//! When the program was not there, and what may be late because of it.

use crate::parties::Millis;

/// What one party does reaches the other within this while the program is there: its turn, Asterisk's, and the phone's, on a
/// machine that has calls in plenty.
const PROMPTLY: Millis = 750;
/// A program that comes back takes over what lives and mends the rest within this.
const AFTERWARDS: Millis = 2500;
/// What happened this shortly before the program went may not have reached it any more.
const JUST_BEFORE: Millis = 250;

/// What was ordered is carried out within this.
const CARRIED_OUT: Millis = 100;

/// What Asterisk does by itself while nobody is there it may still do this shortly after the return.
const JUST_AFTER: Millis = 500;

/// The times without the program, in order: each from the moment it went to the moment it was ready again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outages(Vec<(Millis, Millis)>);

impl Outages {
    /// Adds the next one.
    pub fn add(&mut self, from: Millis, to: Millis) {
        self.0.push((from, to));
    }

    /// When the program went, each time.
    pub fn instants(&self) -> impl Iterator<Item = Millis> + '_ {
        self.0.iter().map(|(from, _)| *from)
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether the program was away at some time between two moments, give or take what may cross on the way.
    pub fn touch(&self, from: Millis, to: Millis) -> bool {
        self.0.iter().any(|(went, back)| *went <= to + JUST_BEFORE && back + AFTERWARDS >= from)
    }

    /// Whether the program went right after this moment.
    pub fn just_before(&self, at: Millis) -> bool {
        self.0.iter().any(|(went, _)| (went - JUST_BEFORE..=*went).contains(&at))
    }

    /// Whether the program went while what it ordered about this moment could still be on its way: within this time after it,
    /// or so shortly before that Asterisk was only carrying it out.
    pub fn cut(&self, at: Millis, within: Millis) -> bool {
        self.0.iter().any(|(went, _)| (at - CARRIED_OUT..=at + within).contains(went))
    }

    /// Whether the program had just come back at this moment.
    pub fn just_over(&self, at: Millis) -> bool {
        self.0.iter().any(|(went, back)| (*went..=back + JUST_AFTER).contains(&at))
    }

    /// Whether the program was away, or just going or coming, at this moment.
    pub fn around(&self, at: Millis) -> bool {
        self.touch(at, at)
    }

    /// When the effect of what happened at this moment must have come about.
    pub fn due(&self, cause: Millis) -> Millis {
        self.0.iter().fold(cause + PROMPTLY, |due, (went, back)| {
            let missed = *went <= due && back + AFTERWARDS >= cause - JUST_BEFORE;
            if missed { due.max(back + AFTERWARDS) } else { due }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_effect_is_due_at_once_or_after_the_program_is_back() {
        let mut outages = Outages::default();
        outages.add(10_000, 12_000);
        outages.add(13_000, 15_000);
        assert_eq!(outages.due(5000), 5000 + PROMPTLY);
        // The program went before it could carry this out; and went again before it had mended all.
        assert_eq!(outages.due(9900), 15_000 + AFTERWARDS);
        assert_eq!(outages.due(20_000), 20_000 + PROMPTLY);
    }

    #[test]
    fn a_call_is_touched_by_an_outage_that_lies_within_it_or_at_its_edges() {
        let mut outages = Outages::default();
        outages.add(10_000, 12_000);
        assert!(!outages.touch(1000, 9000));
        assert!(outages.touch(1000, 9900));
        assert!(outages.touch(13_000, 20_000));
        assert!(!outages.touch(15_000, 20_000));
    }
}
