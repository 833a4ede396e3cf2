//! No end without a reason: every BYE and CANCEL that a party got follows from another party's act or from a rule, and nobody
//! is left behind with a call whose other side has gone.

use std::collections::{BTreeMap, BTreeSet};

use super::field::Stories;
use super::findings::Findings;
use super::ground::RINGS_FOR;
use super::outages::Outages;
use crate::parties::clock::time_of_day;
use crate::parties::{Millis, Note, Standstills, What};
use crate::scenarios::witness::story::{Ring, Story, Talk};

/// What happens at two phones at once may be logged in either order.
const AT_ONCE: Millis = 200;
/// Two calls at one phone that overlap by no more than this cross on the way: the INVITE of the one that begins outruns the end of
/// the other, which is that of a call that its own caller left, or is taken back.
const CROSSING: Millis = 60;

/// The judge of endings.
pub struct Endings<'a> {
    outages: &'a Outages,
    fallen_back: &'a BTreeSet<String>,
    standstills: Standstills,
    found: Findings,
}

/// What is wrong with how the calls ended: of what kind, and whose. `fallen_back` are the callers whom the books hold for the
/// fallback's: Asterisk may have taken them back while the program, just returned, had a phone rung for them.
pub fn judge(stories: &Stories, fallen_back: &BTreeSet<String>, outages: &Outages, standstills: Standstills) -> Findings {
    let mut endings = Endings { outages, fallen_back, standstills, found: Findings::default() };
    for (number, story) in stories {
        endings.caller(number, story);
        story.rings.iter().for_each(|ring| endings.ring(number, story, ring));
        story.talks.iter().for_each(|talk| endings.talk(number, story, talk));
    }
    endings.found
}

impl Endings<'_> {
    fn caller(&mut self, number: &str, story: &Story) {
        let Some((at, by_caller)) = story.ended else {
            self.found.add("a call has no end", number);
            return;
        };
        let last = story.talks.last();
        let left_at = last.filter(|talk| talk.agent_ended).and_then(|talk| talk.to);
        if !by_caller && left_at.is_none_or(|left| left > at + AT_ONCE) {
            self.found.add("a caller was hung up on without a reason", format!("{number} at {}", time_of_day(at)));
        }
        if let Some(left) = left_at {
            self.in_time(left, at, "a caller stayed alone after the agent had hung up", number);
        }
    }

    fn ring(&mut self, number: &str, story: &Story, ring: &Ring) {
        let agent = &ring.agent;
        let Some(to) = ring.to else {
            self.found.add("a phone rings for ever", format!("{agent} for {number}"));
            return;
        };
        let Some((gone, _)) = story.ended else { return };
        if ring.end == Some(What::WasHungUp) {
            let caller_left = gone <= to + AT_ONCE;
            let rang_enough = to - ring.from >= RINGS_FOR - AT_ONCE;
            let elsewhere = story.talks.iter().any(|talk| talk.agent != *agent && talk.from <= to + AT_ONCE);
            let fell_back = self.fallen_back.contains(number) && self.outages.just_over(to);
            if !(caller_left || rang_enough || elsewhere || fell_back) {
                let whose = format!("{agent} for {number} after {} ms at {}", to - ring.from, time_of_day(to));
                self.found.add("a ringing was taken back without a reason", whose);
            }
            self.in_time(gone, to, "a phone rang on for a caller who had left", &format!("{agent} for {number}"));
        }
    }

    fn talk(&mut self, number: &str, story: &Story, talk: &Talk) {
        let agent = &talk.agent;
        let Some(to) = talk.to else {
            self.found.add("a phone is never rid of its call", format!("{agent} with {number}"));
            return;
        };
        let Some((gone, _)) = story.ended else { return };
        if talk.agent_ended {
            return;
        }
        if gone > to + AT_ONCE {
            let whose = format!("{agent} with {number} at {}", time_of_day(to));
            self.found.add("an agent was hung up on while the caller was still there", whose);
        }
        self.in_time(gone, to, "an agent stayed alone after the caller had left", &format!("{agent} with {number}"));
    }

    fn in_time(&mut self, cause: Millis, effect: Millis, what: &str, whose: &str) {
        let late = effect - self.outages.due(cause) - self.standstills.between(cause, effect);
        if late > 0 {
            self.found.add(what, format!("{whose} for {} ms from {}", effect - cause, time_of_day(cause)));
        }
    }
}

/// Phones that had two calls at once, whoever rang them: the program, or Asterisk's own queue, whose callers wait on when the
/// program is back.
pub fn doubled(notes: &[Note]) -> Findings {
    let mut calls: BTreeMap<&str, BTreeMap<&str, (Millis, Millis, &str)>> = BTreeMap::new();
    for note in notes.iter().filter(|note| !note.who.starts_with('+') && !note.call.is_empty()) {
        let of_phone = calls.entry(&note.who).or_default();
        match note.what {
            What::Rang => drop(of_phone.insert(&note.call, (note.at, Millis::MAX, &note.peer))),
            What::Refused(_) | What::HungUp | What::WasHungUp | What::Failed(_) => {
                of_phone.entry(&note.call).and_modify(|(_, to, _)| *to = note.at);
            }
            What::Dialled | What::Established | What::Held | What::Resumed => {}
        }
    }
    let mut found = Findings::default();
    for (phone, calls) in calls {
        let mut calls: Vec<_> = calls.into_values().collect();
        calls.sort_unstable();
        for pair in calls.windows(2).filter(|pair| pair[0].1 > pair[1].0 + CROSSING) {
            let (first, second, at) = (pair[0].2, pair[1].2, time_of_day(pair[1].0));
            found.add("a phone was rung while it had a call", format!("{phone} for {second} at {at}, with {first} on it"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story(ended: (Millis, bool)) -> Story {
        let ring = Ring { agent: "1001".into(), from: 2000, to: Some(3000), end: Some(What::Established) };
        let talk = Talk { agent: "1001".into(), from: 3000, to: Some(6000), agent_ended: false, holds: Vec::new() };
        Story { dialled: 1000, connected: Some(1020), rings: vec![ring], talks: vec![talk], ended: Some(ended) }
    }

    fn found(story: Story, outages: &Outages) -> Vec<String> {
        judge(&vec![("+7".to_owned(), story)], &BTreeSet::new(), outages, Standstills::default()).said()
    }

    #[test]
    fn a_call_that_its_caller_ends_is_in_order() {
        assert_eq!(found(story((5990, true)), &Outages::default()), Vec::<String>::new());
    }

    #[test]
    fn both_sides_hung_up_on_is_noticed_twice() {
        assert_eq!(found(story((6000, false)), &Outages::default()).len(), 1);
        let mut left = story((9000, true));
        left.talks[0].to = Some(6000);
        assert!(found(left, &Outages::default())[0].contains("was still there"));
    }

    #[test]
    fn an_agent_may_stay_alone_only_while_the_program_is_away() {
        let mut late = story((3500, true));
        late.talks[0].to = Some(6000);
        assert!(found(late.clone(), &Outages::default())[0].contains("stayed alone"));
        let mut outages = Outages::default();
        outages.add(3400, 5000);
        assert_eq!(found(late, &outages), Vec::<String>::new());
    }

    #[test]
    fn a_ringing_may_be_taken_back_for_a_caller_whom_asterisk_took_back_at_the_return_of_the_program() {
        let ring = Ring { agent: "1001".into(), from: 5030, to: Some(5050), end: Some(What::WasHungUp) };
        let story =
            Story { dialled: 1000, connected: Some(5020), rings: vec![ring], ended: Some((9000, true)), ..Story::default() };
        let found = |fallen_back: &[&str], back| {
            let mut outages = Outages::default();
            outages.add(1100, back);
            let fallen_back = fallen_back.iter().map(ToString::to_string).collect();
            judge(&vec![("+7".to_owned(), story.clone())], &fallen_back, &outages, Standstills::default()).said()
        };
        assert_eq!(found(&["+7"], 5000), Vec::<String>::new());
        assert_eq!(found(&[], 5000).len(), 1);
        assert_eq!(found(&["+7"], 4000).len(), 1, "that is long over");
    }

    #[test]
    fn a_phone_with_two_calls_at_once_is_noticed() {
        let note = |at, what, call: &str| Note { at, what, who: "1001".into(), peer: call.into(), call: call.into() };
        let doubled = |notes: &[Note]| super::doubled(notes).said().len();
        let one_after_another = [note(1, What::Rang, "a"), note(90, What::HungUp, "a"), note(95, What::Rang, "b")];
        assert_eq!(doubled(&one_after_another), 0);
        let at_once = [note(1, What::Rang, "a"), note(95, What::Rang, "b"), note(900, What::HungUp, "a")];
        assert_eq!(doubled(&at_once), 1);
        let in_one_instant = [note(1, What::Rang, "a"), note(9, What::Rang, "b"), note(900, What::HungUp, "a")];
        assert_eq!(doubled(&in_one_instant), 1);
        let crossing = [note(1, What::Rang, "a"), note(85, What::Rang, "b"), note(90, What::HungUp, "a")];
        assert_eq!(doubled(&crossing), 0);
    }
}
