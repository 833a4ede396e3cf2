//! Whoever came first is rung for first, whatever happened to the program meanwhile.

use std::collections::BTreeSet;

use super::field::Stories;
use super::findings::Findings;
use crate::parties::clock::time_of_day;
use crate::parties::{Millis, Standstills};

/// Callers who come this close together may be taken in either order.
const TOGETHER: Millis = 150;
/// Two offers that are made in one turn reach their phones in either order, and this far apart at most.
const ONE_TURN: Millis = 400;

/// Who was rung for although an earlier caller waited. `served` are the callers whom the program took; callers of the plain
/// queue wait in another line.
pub fn judge(stories: &Stories, served: &BTreeSet<String>, standstills: &Standstills) -> Findings {
    let line: Vec<_> = stories.iter().filter(|(number, _)| served.contains(number)).collect();
    let mut found = Findings::default();
    for (place, (number, story)) in line.iter().enumerate() {
        let Some(first) = story.rings.first() else { continue };
        let earlier = line[..place].iter().filter(|(_, earlier)| earlier.dialled + TOGETHER < story.dialled);
        let passed = earlier.filter(|(_, earlier)| {
            let patience = ONE_TURN + standstills.between(first.from - ONE_TURN, first.from + ONE_TURN);
            let waits = earlier.connected.is_some_and(|at| at < first.from)
                && earlier.ended.is_none_or(|(at, _)| at > first.from + patience);
            waits && earlier.rings.first().is_none_or(|ring| ring.from > first.from + patience)
        });
        let passed: Vec<&str> = passed.map(|(number, _)| &**number).collect();
        if !passed.is_empty() {
            let at = time_of_day(first.from);
            found.add("a caller was passed over", format!("{} at {at} by {number}", passed.join(", ")));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenarios::witness::story::{Ring, Story};

    fn story(dialled: Millis, rung: Option<Millis>, ended: Millis) -> Story {
        let ring = rung.map(|from| Ring { agent: "1001".into(), from, to: None, end: None });
        Story {
            dialled,
            connected: Some(dialled + 20),
            rings: ring.into_iter().collect(),
            ended: Some((ended, true)),
            ..Story::default()
        }
    }

    fn found(second: Story) -> usize {
        let stories = vec![("a".to_owned(), story(1000, Some(9000), 20_000)), ("b".to_owned(), second)];
        let served = ["a", "b"].map(str::to_owned).into();
        judge(&stories, &served, &Standstills::default()).said().len()
    }

    #[test]
    fn who_is_rung_for_before_an_earlier_caller_is_noticed() {
        assert_eq!(found(story(2000, Some(5000), 20_000)), 1);
        assert_eq!(found(story(2000, Some(9500), 20_000)), 0);
        assert_eq!(found(story(1100, Some(5000), 20_000)), 0);
    }
}
