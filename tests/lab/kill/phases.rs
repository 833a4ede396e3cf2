//! In which phases calls were at the moments when the program went, as the parties' stories tell it.

use std::collections::BTreeMap;

use super::field::{Field, Stories};
use super::ground::WRAP_UP;
use crate::parties::{Millis, What};
use crate::scenarios::witness::Story;

/// An answer takes about this long from the phone to the joined legs.
const ANSWERING: Millis = 60;

/// The phases, in a call's own order.
pub const PHASES: [&str; 7] = ["arriving", "waiting", "ringing", "answering", "talking", "held", "wrap-up"];

/// How many calls were in each phase at these instants, all taken together.
pub fn count(field: &Field, stories: &Stories, instants: &[Millis]) -> BTreeMap<&'static str, usize> {
    let held = held(field);
    let mut counts: BTreeMap<&'static str, usize> = PHASES.iter().map(|phase| (*phase, 0)).collect();
    for at in instants {
        let phases = stories.iter().filter_map(|(_, story)| phase(story, *at));
        let on_hold = held.iter().any(|(from, to)| from <= at && at < to).then_some("held");
        for phase in phases.chain(on_hold) {
            *counts.entry(phase).or_default() += 1;
        }
    }
    counts
}

/// In words.
pub fn said(counts: &BTreeMap<&'static str, usize>) -> String {
    let words: Vec<String> = PHASES.iter().map(|phase| format!("{} {phase}", counts.get(phase).unwrap_or(&0))).collect();
    words.join(", ")
}

fn phase(story: &Story, at: Millis) -> Option<&'static str> {
    let ended = story.ended.map_or(Millis::MAX, |(ended, _)| ended);
    if at < story.dialled {
        return None;
    }
    if story.connected.is_none_or(|connected| at < connected) && at < ended {
        return Some("arriving");
    }
    for talk in &story.talks {
        let to = talk.to.unwrap_or(Millis::MAX);
        if (talk.from - ANSWERING / 2..talk.from + ANSWERING).contains(&at) {
            return Some("answering");
        }
        if (talk.from..to).contains(&at) {
            return Some("talking");
        }
        if (to..to.saturating_add(WRAP_UP)).contains(&at) {
            return Some("wrap-up");
        }
    }
    if at >= ended {
        return None;
    }
    let rings = story.rings.iter().any(|ring| ring.from <= at && ring.to.is_none_or(|to| at < to));
    Some(if rings { "ringing" } else { "waiting" })
}

/// When the holding pair's caller was on hold.
fn held(field: &Field) -> Vec<(Millis, Millis)> {
    let mut held: Vec<(Millis, Millis)> = Vec::new();
    for note in field.pairs.iter().flat_map(|pair| pair.agent.diary.notes()) {
        match (&note.what, held.last_mut()) {
            (What::Held, _) => held.push((note.at, Millis::MAX)),
            (What::Resumed, Some(last)) => last.1 = note.at,
            _ => {}
        }
    }
    held
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenarios::witness::story::{Ring, Talk};

    #[test]
    fn a_call_goes_through_its_phases() {
        let ring = Ring { agent: "1001".into(), from: 3000, to: Some(4000), end: Some(What::Established) };
        let talk = Talk { agent: "1001".into(), from: 4000, to: Some(6000), agent_ended: true, holds: Vec::new() };
        let story =
            Story { dialled: 1000, connected: Some(1040), rings: vec![ring], talks: vec![talk], ended: Some((6010, false)) };
        let phases = [900, 1010, 2000, 3500, 4010, 5000, 6500, 9000].map(|at| phase(&story, at));
        let expected = ["arriving", "waiting", "ringing", "answering", "talking", "wrap-up"].map(Some);
        assert_eq!(phases[1..7], expected);
        assert_eq!((phases[0], phases[7]), (None, None));
    }
}
