//! The third witness, the books, compared with what the parties say and hear.

use super::cdr::Row;
use super::ledger::{Call, Segment, State};
use super::story::{Ring, Story, Talk};
use crate::parties::{Millis, Standstills, What};

/// How far apart two witnesses' times of one moment may lie.
pub const WITHIN: Millis = 100;
/// The CDR writes whole seconds, rounded down.
const A_SECOND: Millis = 1000;

/// What the witnesses contradict each other in.
pub struct Verdict {
    /// The contradictions found, in sentences.
    pub found: Vec<String>,
    within: Millis,
    standstills: Standstills,
}

impl Verdict {
    /// Nothing found yet; times agree when they lie no further apart than this, and than the machine stood still.
    pub fn within(within: Millis, standstills: Standstills) -> Self {
        Self { found: Vec::new(), within, standstills }
    }

    /// Compares the parties' story of a call with the ledger's.
    pub fn ledger(&mut self, story: &Story, call: &Call) {
        self.near("the caller entered", Some(call.entered), Some(story.dialled));
        self.near("the call ended", call.ended, story.ended.map(|(at, _)| at));
        let (outcome, by) = story.outcome();
        self.same("the outcome", &call.outcome, outcome);
        // Two who hang up at once are both right.
        let both = story.talks.last().is_some_and(|talk| talk.agent_ended) && by == "caller";
        if !(both && call.by == "agent") {
            self.same("who ended it", &call.by, by);
        }
        let first = story.talks.first();
        self.near("the agent answered", call.answered, first.map(|talk| talk.from));
        self.same("who answered", call.agent.as_deref().unwrap_or("nobody"), first.map_or("nobody", |talk| &talk.agent));
        self.rings(&story.rings, &call.of_kind("ringing"));
        self.talks(&story.talks, call);
        self.unbroken(call);
    }

    fn rings(&mut self, rings: &[Ring], segments: &[&Segment]) {
        // Phones that ring at once do so in any order; the times below tell all others apart.
        let (mut rings, mut segments) = (rings.iter().collect::<Vec<_>>(), segments.to_vec());
        // Who leaves while the order to ring is on its way leaves an offer that no phone ever knew of.
        let unheard = |segment: &Segment| segment.ending == "withdrawn" && !rings.iter().any(|ring| ring.agent == segment.agent);
        let on_its_way = |segment: &Segment| segment.ended - segment.began <= self.allowed(segment.began, segment.ended);
        segments.retain(|segment| !(unheard(segment) && on_its_way(segment)));
        rings.sort_by(|one, other| one.agent.cmp(&other.agent));
        segments.sort_by(|one, other| one.agent.cmp(&other.agent));
        let (told, booked) = (names(rings.iter().map(|ring| &*ring.agent)), names(segments.iter().map(|s| &*s.agent)));
        self.same("which phones rang", &booked, &told);
        for (ring, segment) in rings.into_iter().zip(segments).filter(|(ring, segment)| ring.agent == segment.agent) {
            self.near(&format!("{} began to ring", ring.agent), Some(segment.began), Some(ring.from));
            // Whom a phone has never told that it rings, it is never told that nobody calls any more (RFC 3261, section 9.1).
            if ring.to.is_some() || segment.ending != "unreachable" {
                self.near(&format!("{} ceased to ring", ring.agent), Some(segment.ended), ring.to);
            }
            let fits: &[&str] = match ring.end {
                Some(What::Established) => &["accepted"],
                Some(What::Refused(486)) => &["busy"],
                Some(What::Refused(603)) => &["refused"],
                Some(What::Refused(404 | 488 | 500..600)) => &["phone_failed"],
                Some(What::Refused(480)) => &["phone_failed", "not_answered"],
                Some(What::WasHungUp) => &["not_answered", "withdrawn", "unreachable"],
                _ => continue,
            };
            if !fits.contains(&&*segment.ending) {
                self.found.push(format!(
                    "the offer to {} ended {:?} in the ledger, {:?} at the phone",
                    ring.agent, segment.ending, ring.end
                ));
            }
        }
    }

    fn talks(&mut self, talks: &[Talk], call: &Call) {
        let (booked, held) = (call.of_kind("talk"), call.of_kind("hold"));
        let Some(talk) = talks.first() else {
            if !booked.is_empty() {
                self.found.push("the ledger has a talk that no phone knows of".to_owned());
            }
            return;
        };
        self.near("the talk began", booked.first().map(|segment| segment.began), Some(talk.from));
        let last = booked.iter().chain(&held).map(|segment| segment.ended).max();
        self.near("the talk ended", last, talk.to);
        self.same("the number of holds", &held.len().to_string(), &talk.holds.len().to_string());
        for (segment, (from, to)) in held.iter().zip(&talk.holds) {
            self.near("the hold began", Some(segment.began), Some(*from));
            self.near("the hold ended", Some(segment.ended), Some(*to));
        }
    }

    /// Waiting, talk and hold follow each other without a gap and without overlap, from the entry to the end.
    fn unbroken(&mut self, call: &Call) {
        let mut at = call.entered;
        for segment in call.segments.iter().filter(|segment| ["waiting", "talk", "hold"].contains(&&*segment.kind)) {
            if segment.began != at {
                self.found.push(format!(
                    "the ledger's {} begins {} ms after what was before it ended",
                    segment.kind,
                    segment.began - at
                ));
            }
            at = segment.ended;
        }
        if call.ended.is_some_and(|ended| ended != at) {
            self.found.push("the ledger's last stretch of the call does not end with the call".to_owned());
        }
    }

    /// Compares the ledger's states of the agent who answered with the talk.
    pub fn states(&mut self, story: &Story, call: &Call, states: &[State]) {
        let Some(talk) = story.talks.first() else { return };
        let bound = states.iter().filter(|state| state.call == call.id && ["talking", "held"].contains(&&*state.state));
        let (began, ended) = (bound.clone().map(|state| state.began).min(), bound.filter_map(|state| state.ended).max());
        self.near(&format!("{} was talking", talk.agent), began, Some(talk.from));
        self.near(&format!("{} was no longer talking", talk.agent), ended, talk.to);
    }

    /// Compares Asterisk's CDR of the caller's channel with the parties' story and with the ledger.
    pub fn cdr(&mut self, story: &Story, call: &Call, rows: &[Row]) {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            self.found.push("Asterisk wrote no CDR for the caller".to_owned());
            return;
        };
        self.within_second("the CDR began", first.start, Some(story.dialled));
        let end = rows.iter().map(|row| row.end).max().unwrap_or_default();
        self.within_second("the CDR ended", end, story.ended.map(|(at, _)| at));
        self.same("the CDR's call", &last.call, &call.id);
        self.same("the CDR's queue", &last.queue, &call.queue);
        self.same("the CDR's outcome", &last.outcome, &call.outcome);
        self.same("the CDR's agent", &last.agent, call.agent.as_deref().unwrap_or_default());
        self.near("the CDR's stamp of entering", last.entered, Some(story.dialled));
        let answered = story.talks.first().map(|talk| talk.from);
        if answered.is_some() || last.answered.is_some() {
            self.near("the CDR's stamp of the answer", last.answered, answered);
        }
    }

    /// Compares the parties' story of a call that Asterisk's own queue took care of with both books. Nobody tells the program
    /// who hung up, and which phones rang in vain.
    pub fn fallback(&mut self, story: &Story, call: &Call, rows: &[Row]) {
        let talk = story.talks.last();
        let (agent, answered) = (talk.map_or("", |talk| &talk.agent), talk.map(|talk| talk.from));
        self.same("the outcome", &call.outcome, "fallback");
        self.same("who answered", call.agent.as_deref().unwrap_or_default(), agent);
        self.near("the caller entered", Some(call.entered), Some(story.dialled));
        self.near("the agent answered", call.answered, answered);
        self.near("the call ended", call.ended, story.ended.map(|(at, _)| at));
        let Some(last) = rows.last() else {
            self.found.push("Asterisk wrote no CDR for the caller".to_owned());
            return;
        };
        self.same("the CDR's outcome", &last.outcome, "fallback");
        self.same("the CDR's queue", &last.queue, &call.queue);
        self.same("the CDR's agent", &last.agent, agent);
        self.near("the CDR's stamp of entering", last.entered, Some(story.dialled));
        if answered.is_some() || last.answered.is_some() {
            self.near("the CDR's stamp of the answer", last.answered, answered);
        }
    }

    fn near(&mut self, what: &str, booked: Option<Millis>, told: Option<Millis>) {
        match (booked, told) {
            (Some(booked), Some(told)) if (booked - told).abs() <= self.allowed(booked, told) => {}
            (Some(booked), Some(told)) => {
                self.found.push(format!("{what} {} ms later in the books than at the phones", booked - told));
            }
            (None, Some(_)) => self.found.push(format!("{what} at the phones, and the books know nothing of it")),
            (Some(_), None) => self.found.push(format!("{what} in the books, and the phones know nothing of it")),
            (None, None) => {}
        }
    }

    fn allowed(&self, booked: Millis, told: Millis) -> Millis {
        self.standstills.allow(self.within, booked, told)
    }

    fn within_second(&mut self, what: &str, booked: Millis, told: Option<Millis>) {
        let told = told.unwrap_or_default();
        let allowed = self.allowed(booked, told);
        if !(booked - allowed..=booked + A_SECOND + allowed).contains(&told) {
            self.found.push(format!("{what} {} ms later than at the phones", booked - told));
        }
    }

    fn same(&mut self, what: &str, booked: &str, told: &str) {
        if booked != told {
            self.found.push(format!("{what} is {booked:?} in the books, {told:?} by the other witnesses"));
        }
    }
}

fn names<'a>(agents: impl Iterator<Item = &'a str>) -> String {
    let agents: Vec<&str> = agents.collect();
    if agents.is_empty() { "none".to_owned() } else { agents.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story() -> Story {
        Story { dialled: 1000, connected: Some(1010), ended: Some((5000, true)), ..Story::default() }
    }

    fn call() -> Call {
        let waiting = Segment { kind: "waiting".into(), agent: String::new(), began: 1040, ended: 4980, ending: String::new() };
        Call {
            entered: 1040,
            ended: Some(4980),
            outcome: "abandoned".into(),
            by: "caller".into(),
            segments: vec![waiting],
            ..Call::default()
        }
    }

    #[test]
    fn witnesses_who_say_the_same_agree() {
        let mut verdict = Verdict::within(WITHIN, Standstills::default());
        verdict.ledger(&story(), &call());
        assert_eq!(verdict.found, Vec::<String>::new());
    }

    #[test]
    fn a_difference_of_more_than_100_ms_is_named() {
        let mut verdict = Verdict::within(WITHIN, Standstills::default());
        verdict.ledger(&story(), &Call { entered: 1101, outcome: "lost".into(), ..call() });
        assert_eq!(verdict.found.len(), 3, "{:?}", verdict.found);
        assert!(verdict.found[0].starts_with("the caller entered 101 ms later"), "{:?}", verdict.found);
    }
}
