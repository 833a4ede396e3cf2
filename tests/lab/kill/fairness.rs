//! Whoever came first is rung for first, whatever happened to the program meanwhile.

use std::collections::BTreeSet;

use super::field::Stories;
use super::findings::Findings;
use super::outages::Outages;
use crate::parties::clock::time_of_day;
use crate::parties::{Millis, Standstills};

/// Callers who come this close together may be taken in either order.
const TOGETHER: Millis = 150;
/// Two offers that are made in one turn reach their phones in either order, and this far apart at most.
const ONE_TURN: Millis = 400;

/// Who was rung for although an earlier caller waited. `served` are the callers whom the program took; callers of the plain
/// queue wait in another line.
///
/// Two things that a fair program does look like that from outside. It dies between the orders of one turn, and the earlier
/// caller's never left. Or the plain queue rings the very phone that was chosen for the earlier caller: the program refrains,
/// and that caller is first again, but the others of the turn ring already; each ring of the plain queue explains one.
pub fn judge(stories: &Stories, served: &BTreeSet<String>, outages: &Outages, standstills: &Standstills) -> Findings {
    let (line, plain): (Vec<_>, Vec<_>) = stories.iter().partition(|(number, _)| served.contains(number));
    let plain: Vec<Millis> = plain.iter().flat_map(|(_, story)| &story.rings).map(|ring| ring.from).collect();
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
        let taken = plain.iter().filter(|at| (**at - first.from).abs() <= ONE_TURN).count();
        if passed.len() > taken && !outages.cut(first.from, ONE_TURN) {
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
        found_beside(second, None, &Outages::default())
    }

    /// The same with a caller of the plain queue, and outages.
    fn found_beside(second: Story, plain: Option<Story>, outages: &Outages) -> usize {
        let mut stories = vec![("a".to_owned(), story(1000, Some(9000), 20_000)), ("b".to_owned(), second)];
        stories.extend(plain.map(|plain| ("p".to_owned(), plain)));
        let served = ["a", "b"].map(str::to_owned).into();
        judge(&stories, &served, outages, &Standstills::default()).said().len()
    }

    #[test]
    fn who_is_rung_for_before_an_earlier_caller_is_noticed() {
        assert_eq!(found(story(2000, Some(5000), 20_000)), 1);
        assert_eq!(found(story(2000, Some(9500), 20_000)), 0);
        assert_eq!(found(story(1100, Some(5000), 20_000)), 0);
    }

    #[test]
    fn who_was_passed_over_in_the_moment_of_an_outage_or_for_a_phone_that_the_plain_queue_took_is_excused() {
        let second = || story(2000, Some(5000), 20_000);
        let mut outages = Outages::default();
        outages.add(5100, 5900);
        assert_eq!(found_beside(second(), None, &outages), 0);
        for (went, back) in [(3000, 4000), (4800, 4950), (5500, 5900)] {
            let mut another = Outages::default();
            another.add(went, back);
            assert_eq!(found_beside(second(), None, &another), 1, "{went}");
        }
        let none = Outages::default();
        assert_eq!(found_beside(second(), Some(story(1500, Some(4900), 20_000)), &none), 0);
        assert_eq!(found_beside(second(), Some(story(1500, Some(3000), 20_000)), &none), 1);
    }
}
