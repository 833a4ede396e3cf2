//! One call: what the parties say of it against what the books say.

use std::collections::{BTreeMap, BTreeSet};

use super::{Deaths, Evidence, late};
use crate::parties::{Diary, Millis, Standstills, What};
use crate::scenarios::Stage;
use crate::scenarios::witness::cdr::Row;
use crate::scenarios::witness::ledger::{Call, Segment};
use crate::scenarios::witness::story::{Ring, Talk};
use crate::scenarios::witness::{Party, Story, Verdict};

/// Hundreds of calls at once on two processors: times lie further apart than in a scenario of one call.
const WITHIN: Millis = 250;
/// An answer and a hang-up this close together may cross on the way. Either outcome is right then, and the CDR may keep the
/// one that was stamped ahead: after the caller has hung up, Asterisk takes no stamp any more.
const CROSSING: Millis = 100;
/// How long a phone rings in the queue that is called.
const RINGS_FOR: Millis = 3000;
/// Just after its return the program takes over, call by call, what it finds: what ends meanwhile may be found or not.
const TAKING_OVER: Millis = 500;

/// The differences found, for each caller's number; and whether anybody stands in the books who never called, or twice.
pub(super) fn everyone(stage: &Stage, evidence: &Evidence) -> Vec<(String, Vec<String>)> {
    let standstills = stage.pulse.standstills().and(&evidence.deaths).and(&late::times(evidence));
    let mut judged: Vec<(String, Vec<String>)> =
        evidence.numbers.iter().map(|number| (number.clone(), one(number, evidence, &standstills))).collect();
    judged.push(("everybody".to_owned(), strangers(evidence)));
    judged
}

/// What the books contradict the parties in, and then the parties' own story and where it lies to the deaths.
fn one(number: &str, evidence: &Evidence, standstills: &Standstills) -> Vec<String> {
    let mut found = differences(number, evidence, standstills);
    if let (false, Some(diary)) = (found.is_empty(), evidence.parties.get(number)) {
        let story = Story::of(number, &[Party { diary: diary.clone(), sound: None }]);
        let deaths = evidence.deaths.iter().map(|(dead, back)| format!("{}-{}", dead - story.dialled, back - story.dialled));
        found.push(format!("{}; the program was dead {}", story.told(), deaths.collect::<Vec<_>>().join(", ")));
    }
    found
}

fn differences(number: &str, evidence: &Evidence, standstills: &Standstills) -> Vec<String> {
    let call = match evidence.calls.get(number).map(Vec::as_slice) {
        Some([call]) if call.ended.is_some() => call,
        Some([_]) => return vec!["the ledger holds it for alive".to_owned()],
        calls => return vec![format!("the ledger has it {} times", calls.map_or(0, <[Call]>::len))],
    };
    let Some(rows) = evidence.rows.get(&call.leg) else { return vec!["the CDR does not have it".to_owned()] };
    let Some(diary) = evidence.parties.get(number) else { return vec!["no party knows of it".to_owned()] };
    let story = Story::of(number, &[Party { diary: diary.clone(), sound: None }]);
    let mut verdict = Verdict::within(WITHIN, standstills.clone());
    if call.outcome == "fallback" {
        verdict.fallback(&story, call, rows);
        // Asterisk's own queue sees an answer and a hang-up cross as the program does.
        if crossed(&story, standstills).is_some() && !verdict.found.is_empty() {
            verdict = Verdict::within(WITHIN, standstills.clone());
            verdict.fallback(&Story { talks: Vec::new(), ..story.clone() }, call, rows);
        }
        if !dead(&evidence.deaths, story.dialled) {
            verdict.found.push("it came while the program was alive, and Asterisk's own queue took it".to_owned());
        }
        return verdict.found;
    }
    let mut found = told(&story, call, rows, evidence, standstills);
    // A phone that was picked up about the time of a death, or of the end of its ringing, may have been heard or not.
    if let Some(without) = without_ghosts(&story, &evidence.deaths, standstills) {
        let told = told(&without, call, rows, evidence, standstills);
        if told.len() < found.len() {
            found = told;
        }
    }
    found
}

/// What the books contradict one telling of a call in.
fn told(story: &Story, call: &Call, rows: &[Row], evidence: &Evidence, standstills: &Standstills) -> Vec<String> {
    let story = without_unseen_ends(story, &evidence.deaths, standstills);
    let call = without_unheard_orders(call, &story, evidence);
    let mut verdict = Verdict::within(WITHIN, standstills.clone());
    verdict.ledger(&story, &call);
    verdict.cdr(&story, &call, rows);
    let unseen = story.ended.is_some_and(|(at, _)| dead(&evidence.deaths, at));
    // Who hung up while nobody looked, nobody can tell: the books say that they found the call ended.
    verdict.found.retain(|words| !(unseen && call.by == "switch" && words.starts_with("who ended it")));
    if let Some(apart) = crossed(&story, standstills)
        && !verdict.found.is_empty()
    {
        let answered_for = call.ended.zip(call.answered).map_or(0, |(ended, answered)| ended - answered);
        return Vec::from_iter((answered_for > apart).then(|| format!("the ledger has a talk of {answered_for} ms")));
    }
    verdict.found
}

/// How a phone ceased to ring while nobody looked, nobody can tell; and a refusal and the caller's hang-up may cross as an
/// answer may.
fn without_unseen_ends(story: &Story, deaths: &Deaths, standstills: &Standstills) -> Story {
    let mut story = story.clone();
    let left = story.ended.map_or(Millis::MAX, |(at, _)| at);
    for ring in &mut story.rings {
        let refused = matches!(ring.end, Some(What::Refused(_)));
        let blurred = |at: Millis| dead(deaths, at) || refused && (left - at).abs() <= standstills.allow(CROSSING, at, left);
        if ring.to.is_some_and(blurred) {
            ring.end = None;
        }
    }
    story
}

/// Orders to ring of which no phone knows: one that was given in the moment of a death may have died with the program, and one
/// to a phone that the fallback had taken in that moment was given up before the phone was asked.
fn without_unheard_orders(call: &Call, story: &Story, evidence: &Evidence) -> Call {
    let mut call = call.clone();
    let heard = |agent: &str| story.rings.iter().any(|ring| ring.agent == agent);
    let taken = |part: &Segment| part.ending == "busy" && evidence.phones.taken(&part.agent, part.began);
    let unheard = |part: &Segment| part.kind == "ringing" && !heard(&part.agent);
    call.segments.retain(|part| !unheard(part) || !(dead(&evidence.deaths, part.began) || taken(part)));
    call
}

/// When each phone rang or was talked on, whoever called.
pub(super) struct Phones(BTreeMap<String, Vec<(Millis, Millis)>>);

impl Phones {
    /// By what all parties say.
    pub(super) fn of(parties: &BTreeMap<String, Diary>) -> Self {
        let mut phones: BTreeMap<String, Vec<(Millis, Millis)>> = BTreeMap::new();
        for (number, diary) in parties {
            let story = Story::of(number, &[Party { diary: diary.clone(), sound: None }]);
            let rings = story.rings.iter().map(|ring| (&ring.agent, ring.from, ring.to));
            let talks = story.talks.iter().map(|talk| (&talk.agent, talk.from, talk.to));
            for (agent, from, to) in rings.chain(talks) {
                phones.entry(agent.clone()).or_default().push((from, to.unwrap_or(Millis::MAX)));
            }
        }
        Self(phones)
    }

    fn taken(&self, agent: &str, at: Millis) -> bool {
        let times = self.0.get(agent).into_iter().flatten();
        times.into_iter().any(|(from, to)| (from - CROSSING..=to.saturating_add(CROSSING)).contains(&at))
    }
}

/// The story without what was no talk, though a phone was picked up: while the program was dead, and laid down again before
/// anybody could join the two; or when its time to ring was over, and it was being told so. Nothing where there is none.
fn without_ghosts(story: &Story, deaths: &Deaths, standstills: &Standstills) -> Option<Story> {
    let mut story = story.clone();
    let ended = story.ended.map_or(Millis::MAX, |(at, _)| at);
    let unjoined = |talk: &Talk| {
        let over = talk.to.unwrap_or(Millis::MAX).min(ended);
        deaths.iter().any(|(dead, back)| (dead - CROSSING..=*back).contains(&talk.from) && over <= back + TAKING_OVER)
    };
    let too_late = |ring: &Ring, talk: &Talk| {
        let rang = talk.from - ring.from + standstills.between(ring.from, talk.from);
        rang >= RINGS_FOR && talk.to.is_some() && !talk.agent_ended
    };
    let mut ghosts = Vec::new();
    for ring in story.rings.iter_mut().filter(|ring| ring.end == Some(What::Established)) {
        let talk = story.talks.iter().find(|talk| talk.agent == ring.agent && Some(talk.from) == ring.to);
        if let Some(talk) = talk.filter(|talk| unjoined(talk) || too_late(ring, talk)) {
            ring.end = None;
            ghosts.push(talk.from);
        }
    }
    story.talks.retain(|talk| !ghosts.contains(&talk.from));
    (!ghosts.is_empty()).then_some(story)
}

/// Whether the agent's answer and the caller's hang-up may have crossed on the way, and how far apart they may lie for that.
fn crossed(story: &Story, standstills: &Standstills) -> Option<Millis> {
    let (ended, true) = story.ended? else { return None };
    let answered = story.talks.last()?.from;
    let apart = standstills.allow(CROSSING, answered, ended);
    ((answered - ended).abs() <= apart).then_some(apart)
}

/// Whether the program was dead then, or had just come back.
fn dead(deaths: &Deaths, at: Millis) -> bool {
    deaths.iter().any(|(dead, back)| (dead - CROSSING..=back + TAKING_OVER).contains(&at))
}

/// Nobody stands in the books who never called.
fn strangers(evidence: &Evidence) -> Vec<String> {
    let mut found = Vec::new();
    let callers: BTreeSet<&String> = evidence.numbers.iter().collect();
    let booked: BTreeSet<&String> = evidence.calls.keys().collect();
    let count: usize = evidence.calls.values().map(Vec::len).sum();
    if count != callers.len() || booked != callers {
        found.push(format!("{} called, and the ledger has {count} calls from {} numbers", callers.len(), booked.len()));
    }
    let of_callers = |rows: &&Vec<Row>| rows.iter().any(|row| callers.contains(&row.source));
    let legs = evidence.rows.values().filter(of_callers).count();
    if legs != callers.len() {
        found.push(format!("{} called, and the CDR has {legs} callers' channels", callers.len()));
    }
    // A reconciliation of calls that all ended alike would prove little.
    let answered = evidence.calls.values().flatten().filter(|call| call.outcome == "answered").count();
    if answered < callers.len() / 4 || answered > callers.len() * 19 / 20 {
        found.push(format!("only one kind of call came about: {answered} of {} were answered", callers.len()));
    }
    if !evidence.deaths.is_empty() && !evidence.calls.values().flatten().any(|call| call.outcome == "fallback") {
        found.push("nobody called while the program was dead".to_owned());
    }
    found
}

/// How the calls ended, in one line.
pub(super) fn said(evidence: &Evidence) -> String {
    let count = |outcome: &str| evidence.calls.values().flatten().filter(|call| call.outcome == outcome).count();
    let dead: Millis = evidence.deaths.iter().map(|(dead, back)| back - dead).sum();
    format!(
        "{} answered, {} abandoned, {} fallback, {} returned, {} lost; the program was dead {} times, {dead} ms in all",
        count("answered"),
        count("abandoned"),
        count("fallback"),
        count("returned"),
        count("lost"),
        evidence.deaths.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parties::Note;

    const CALLER: &str = "+79130000001";

    /// What is known of one caller, whom agent 1001's phone rang for and who hung up.
    fn evidence(answered: Option<Millis>, hung_up: Millis, call: Call, row: Row) -> Evidence {
        let diary = Diary::empty();
        let note = |at, what, who: &str, peer: &str| {
            let call = if who == CALLER { "c" } else { who }.to_owned();
            diary.write(Note { at, what, who: who.to_owned(), peer: peer.to_owned(), call });
        };
        note(1000, What::Dialled, CALLER, "700");
        note(1010, What::Established, CALLER, "700");
        note(1500, What::Rang, "1001", CALLER);
        if let Some(at) = answered {
            note(at, What::Established, "1001", CALLER);
        }
        note(hung_up, What::HungUp, CALLER, "700");
        note(hung_up + 7, What::WasHungUp, "1001", CALLER);
        let parties = BTreeMap::from([(CALLER.to_owned(), diary)]);
        Evidence {
            numbers: vec![CALLER.to_owned()],
            phones: Phones::of(&parties),
            parties,
            calls: BTreeMap::from([(CALLER.to_owned(), vec![call])]),
            rows: BTreeMap::from([("leg".to_owned(), vec![row])]),
            deaths: vec![(900, 4000)],
        }
    }

    fn call(outcome: &str, hung_up: Millis) -> (Call, Row) {
        let leg = "leg".to_owned();
        let (queue, outcome, number) = ("700".to_owned(), outcome.to_owned(), CALLER.to_owned());
        let row = Row { outcome: outcome.clone(), queue: queue.clone(), entered: Some(1005), end: hung_up, ..Row::default() };
        let by = "caller".to_owned();
        (Call { leg, number, queue, outcome, by, entered: 1005, ended: Some(hung_up), ..Call::default() }, row)
    }

    #[test]
    fn answer_and_hang_up_may_cross_in_the_fallback_too_but_a_conversation_is_missed() {
        let (fallback, row) = call("fallback", 3000);
        let found = |answered| {
            let evidence = evidence(answered, 3000, fallback.clone(), row.clone());
            one(CALLER, &evidence, &Standstills::default())
        };
        assert_eq!(found(Some(3004)), Vec::<String>::new());
        let missed = found(Some(2000));
        assert!(missed[0].starts_with("who answered is \"\" in the books, \"1001\""), "{missed:?}");
        assert!(missed.last().unwrap().contains("1001 spoke 1000-2007"), "the parties' story is told: {missed:?}");
    }

    #[test]
    fn order_to_ring_that_no_phone_heard_is_excused_by_a_phone_that_was_taken() {
        let part = |agent: &str, began, ending: &str| Segment {
            kind: "ringing".into(),
            agent: agent.into(),
            began,
            ended: began + 20,
            ending: ending.into(),
        };
        let (served, row) = call("abandoned", 3000);
        let of = |segments: Vec<Segment>| {
            let call = Call { segments, ..served.clone() };
            let mut evidence = evidence(None, 3000, call.clone(), row.clone());
            evidence.deaths.clear();
            let other = Story { dialled: 2000, ..Story::default() };
            without_unheard_orders(&call, &other, &evidence).segments.len()
        };
        assert_eq!(of(vec![part("1001", 2000, "busy")]), 0, "it rang for somebody else");
        assert_eq!(of(vec![part("1001", 2000, "refused")]), 1);
        assert_eq!(of(vec![part("1001", 5000, "busy")]), 1, "nobody rang it then");
        assert_eq!(of(vec![part("1002", 2000, "busy")]), 1, "nobody rang it ever");
    }
}
