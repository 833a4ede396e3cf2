//! The books of a stormy day, call by call: what sipp saw, the ledger and the CDR tell one story. Of calls that the program
//! could see from beginning to end they tell it with its times; of those during which it was away, with what can be known.

use std::collections::{BTreeMap, BTreeSet};

use super::field::Stories;
use super::findings::Findings;
use super::ground::Ground;
use super::outages::Outages;
use crate::Result;
use crate::parties::{Millis, Standstills};
use crate::scenarios::witness::Verdict;
use crate::scenarios::witness::ledger::{Call, Segment};
use crate::scenarios::witness::story::{Story, Talk};

/// How far apart times may lie with hundreds of calls on two processors.
const WITHIN: Millis = 250;
/// A conversation that is shorter than this may have ended before both sides were joined.
const SHORT: Millis = 500;

/// What the program may have forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// Nothing that it was told before it went.
    Kept,
    /// All but its database: whoever left while it was away, left unseen.
    Lost,
}

/// What may excuse the books.
#[derive(Debug, Clone)]
pub struct Excuses {
    /// When the program was away.
    pub outages: Outages,
    /// What it may have forgotten.
    pub memory: Memory,
    /// When Asterisk could not write its CDR, which it does not try again.
    pub no_cdr: Option<(Millis, Millis)>,
}

/// What came of the comparison.
#[derive(Debug, Default)]
pub struct Account {
    /// The callers whom the program took.
    pub served: BTreeSet<String>,
    /// The callers who were the fallback's in the end, by the ledger.
    pub fallen_back: BTreeSet<String>,
    /// How many calls ended how, by the ledger.
    pub outcomes: BTreeMap<String, usize>,
    /// How many callers have no CDR, because Asterisk could not write it.
    pub without_cdr: usize,
    /// How many calls of the last moment the CDR has alone, because the journal was lost.
    pub in_the_cdr_alone: usize,
    /// What contradicts each other.
    pub found: Findings,
}

/// The last row of a caller's CDR.
#[derive(Debug, Clone, Default)]
struct Row {
    application: String,
    outcome: String,
    call: String,
}

/// Compares the stories with ledger and CDR, both of which have been given the time to be complete.
///
/// # Errors
/// When the books cannot be read.
pub async fn judge(ground: &Ground, stories: &Stories, excuses: &Excuses) -> Result<Account> {
    let Excuses { outages, memory, no_cdr } = excuses;
    let stage = &ground.stage;
    let mut calls: BTreeMap<String, Vec<Call>> = BTreeMap::new();
    for call in stage.ledger.calls().await?.into_iter().filter(|call| call.entered >= stage.began) {
        calls.entry(call.number.clone()).or_default().push(call);
    }
    let rows = rows(ground).await?;
    let standstills = stage.pulse.standstills();
    let (memory, no_cdr) = (*memory, *no_cdr);
    let in_fallback = |number: &str| calls.get(number).is_some_and(|calls| calls.iter().any(|call| call.outcome == "fallback"));
    let lines = lines(stories, in_fallback);
    let mut books = Books { outages, memory, no_cdr, standstills, lines, account: Account::default() };
    for (number, story) in stories {
        let mine = calls.remove(number).unwrap_or_default();
        let row = rows.get(number).cloned().unwrap_or_default();
        let ended = story.ended.map_or(story.dialled, |(at, _)| at);
        match mine.as_slice() {
            [_] if !outages.touch(story.dialled, ended) => books.seen(ground, number, story).await?,
            mine => books.half_seen(number, story, mine, &row),
        }
    }
    for number in calls.keys() {
        books.finds("somebody stands in the ledger who never called", number);
    }
    Ok(books.account)
}

async fn rows(ground: &Ground) -> Result<BTreeMap<String, Row>> {
    let question = "SELECT src, lastapp, callsync_outcome, callsync_call, CAST(\"end\" AS TEXT) FROM cdr
        WHERE src LIKE '+791%' AND uniqueid NOT LIKE 'callsync-%' ORDER BY CAST(sequence AS INTEGER)";
    let rows = ground.stage.cdr.0.rows(question, &[]).await?;
    let text = |fields: &[Option<String>], n: usize| fields.get(n).cloned().flatten().unwrap_or_default();
    let row = |fields: &Vec<Option<String>>| {
        let row = Row { application: text(fields, 1), outcome: text(fields, 2), call: text(fields, 3).replace('-', "") };
        (text(fields, 0), row)
    };
    // The last one of each stays.
    Ok(rows.iter().map(row).collect())
}

/// When Asterisk's own queue had each agent's phone: with which callers it did, the books say. A phone that was taken by another call
/// of the program's excuses nothing.
fn lines(stories: &Stories, in_fallback: impl Fn(&str) -> bool) -> BTreeMap<String, Vec<(Millis, Millis)>> {
    let mut lines: BTreeMap<String, Vec<(Millis, Millis)>> = BTreeMap::new();
    for (_, story) in stories.iter().filter(|(number, _)| in_fallback(number)) {
        let rings = story.rings.iter().map(|ring| (&ring.agent, ring.from, ring.to));
        let talks = story.talks.iter().map(|talk| (&talk.agent, talk.from, talk.to));
        for (agent, from, to) in rings.chain(talks) {
            lines.entry(agent.clone()).or_default().push((from, to.unwrap_or(Millis::MAX)));
        }
    }
    lines
}

/// An offer from which the program refrained, since Asterisk's own queue had the phone just then: no phone ever knew of it.
fn refrained(segment: &Segment, story: &Story, lines: &BTreeMap<String, Vec<(Millis, Millis)>>) -> bool {
    let unheard = segment.ending == "busy" && story.rings.iter().all(|ring| ring.agent != segment.agent);
    let taken = |(from, to): &(Millis, Millis)| *from <= segment.ended + WITHIN && *to >= segment.began - WITHIN;
    unheard && lines.get(&segment.agent).is_some_and(|calls| calls.iter().any(taken))
}

struct Books<'a> {
    outages: &'a Outages,
    memory: Memory,
    no_cdr: Option<(Millis, Millis)>,
    standstills: Standstills,
    lines: BTreeMap<String, Vec<(Millis, Millis)>>,
    account: Account,
}

impl Books<'_> {
    /// A call that the program could see from beginning to end.
    async fn seen(&mut self, ground: &Ground, number: &str, story: &Story) -> Result<()> {
        let mut calls = ground.stage.ledger.calls_of(number).await?;
        calls.retain(|call| call.entered >= ground.stage.began);
        let Some(mut call) = calls.pop() else { return Ok(()) };
        call.segments.retain(|segment| !refrained(segment, story, &self.lines));
        self.counts(number, &call);
        if call.ended.is_none() {
            self.finds("a call that has ended is alive in the ledger", number);
            return Ok(());
        }
        if call.outcome == "fallback" {
            self.finds("a call went to the fallback though the program was there", number);
            return Ok(());
        }
        let rows = ground.stage.cdr.of(&call.leg).await?;
        if self.crossed(story) {
            return Ok(());
        }
        let mut verdict = Verdict::within(WITHIN, self.standstills.clone());
        verdict.ledger(story, &call);
        let unwritten = self.no_cdr.is_some_and(|(from, to)| call.ended.is_some_and(|at| (from..=to).contains(&at)));
        if unwritten && rows.is_empty() {
            self.account.without_cdr += 1;
        } else {
            verdict.cdr(story, &call, &rows);
        }
        for found in verdict.found {
            self.finds("a call that the program saw from beginning to end", &format!("{number}: {found}"));
        }
        Ok(())
    }

    /// Whether the agent's answer and the caller's hang-up may have crossed on the way: then either outcome is right.
    fn crossed(&self, story: &Story) -> bool {
        let Some((ended, true)) = story.ended else { return false };
        story.talks.last().is_some_and(|talk| (talk.from - ended).abs() <= WITHIN + self.standstills.between(talk.from, ended))
    }

    /// A call during which the program was away, or that it never saw.
    fn half_seen(&mut self, number: &str, story: &Story, calls: &[Call], row: &Row) {
        match calls {
            [] if !self.outages.around(story.dialled) => self.finds("a call stands nowhere in the ledger", number),
            // What was not on its way to the database yet went with the journal: the CDR, stamped ahead, has it alone.
            [] if self.memory == Memory::Lost && row.outcome == "abandoned" && self.outages.just_before(story.dialled) => {
                self.account.in_the_cdr_alone += 1;
            }
            [] => self.finds("a call of the fallback stands nowhere in the ledger", number),
            [call] if call.outcome == "fallback" => {
                self.counts(number, call);
                self.fallback(number, story, row);
            }
            [call] => {
                self.counts(number, call);
                self.times(number, story, call);
                self.outcome(number, story, call, row);
            }
            calls => self.finds(&format!("a call stands {} times in the ledger", calls.len()), number),
        }
    }

    fn fallback(&mut self, number: &str, story: &Story, row: &Row) {
        let ended = story.ended.map_or(story.dialled, |(at, _)| at);
        if !self.outages.touch(story.dialled, ended) {
            self.finds("a call went to the fallback though the program was there", number);
        }
        if row.outcome != "fallback" {
            self.finds(&format!("the CDR's outcome of a fallback call is {:?}", row.outcome), number);
        }
    }

    fn times(&mut self, number: &str, story: &Story, call: &Call) {
        let still = self.standstills.between(story.dialled, call.entered);
        if !(story.dialled - WITHIN - still..=self.outages.due(story.dialled) + still).contains(&call.entered) {
            self.finds("the ledger's entry", &format!("{number} by {} ms", call.entered - story.dialled));
        }
        let (Some(ended), Some((end, _))) = (call.ended, story.ended) else {
            self.finds("a call that has ended is alive in the ledger", number);
            return;
        };
        let still = self.standstills.between(end, ended);
        // A caller whose agent has left is hung up by the program; or, if the way was cut just then, whenever that comes to pass.
        let parted = if self.outages.around(ended) { self.outages.due(ended) } else { ended + WITHIN };
        if ended > self.outages.due(end) + still || end > parted + still {
            self.finds("the ledger's end", &format!("{number} by {} ms", ended - end));
        }
    }

    fn outcome(&mut self, number: &str, story: &Story, call: &Call, row: &Row) {
        let certain = story.talks.iter().any(|talk| self.joined(story, talk));
        let unseen_end = self.memory == Memory::Lost && story.ended.is_some_and(|(at, _)| self.outages.around(at));
        let outcome = &*call.outcome;
        let right = match story.talks.as_slice() {
            [] => outcome == "abandoned" || (outcome == "lost" && unseen_end),
            _ if certain => outcome == "answered",
            _ => ["answered", "abandoned"].contains(&outcome) || (outcome == "lost" && unseen_end),
        };
        if !right {
            let talks = if certain { "answered" } else { "not answered" };
            self.finds(&format!("the ledger says {outcome:?} of a call that was {talks} at the phones"), number);
        }
        if outcome == "answered" && !story.talks.iter().any(|talk| call.agent.as_ref() == Some(&talk.agent)) {
            let named = call.agent.as_deref().unwrap_or("nobody");
            self.finds("the ledger names another than who answered", &format!("{number}: {named}; {}", story.told()));
        }
        // What happened while nobody was there to write it is not in the CDR.
        let unwritten = story.talks.iter().any(|talk| self.outages.around(talk.from)) || unseen_end;
        if row.outcome != outcome && !unwritten && !self.crossed(story) {
            let (stamp, application) = (&row.outcome, &row.application);
            self.finds(&format!("the CDR (last in {application}) says {stamp:?}, the ledger {outcome:?}"), number);
        }
        if row.call != call.id && !self.outages.around(story.dialled) {
            self.finds("the CDR names another call", number);
        }
    }

    /// Whether agent and caller have certainly been joined.
    fn joined(&self, story: &Story, talk: &Talk) -> bool {
        let gone = story.ended.map_or(Millis::MAX, |(at, _)| at);
        let to = talk.to.unwrap_or(Millis::MAX).min(gone);
        to > if self.outages.around(talk.from) { self.outages.due(talk.from) } else { talk.from } + SHORT
    }

    fn counts(&mut self, number: &str, call: &Call) {
        *self.account.outcomes.entry(call.outcome.clone()).or_default() += 1;
        let whose = if call.outcome == "fallback" { &mut self.account.fallen_back } else { &mut self.account.served };
        whose.insert(number.to_owned());
    }

    fn finds(&mut self, kind: &str, who: &str) {
        self.account.found.add(kind, who);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenarios::witness::story::Ring;

    #[test]
    fn offer_that_the_program_refrained_from_is_one_whose_phone_another_call_had() {
        let ring = |agent: &str, from, to| Ring { agent: agent.to_owned(), from, to: Some(to), end: None };
        let story = |rings| Story { rings, ..Story::default() };
        let mine = story(vec![ring("1037", 5000, 6000)]);
        let other = |agent| (format!("caller of {agent}"), story(vec![ring(agent, 3900, 4600)]));
        let stories = vec![("mine".to_owned(), mine.clone()), other("1042"), other("1043")];
        let lines = lines(&stories, |number| number == "caller of 1042");
        let segment = |agent: &str, began, ending: &str| {
            let (kind, agent, ending) = ("ringing".to_owned(), agent.to_owned(), ending.to_owned());
            Segment { kind, agent, began, ended: began + 20, ending }
        };
        assert!(refrained(&segment("1042", 4400, "busy"), &mine, &lines));
        assert!(!refrained(&segment("1043", 4400, "busy"), &mine, &lines), "the program itself had the phone rung");
        assert!(!refrained(&segment("1042", 4400, "refused"), &mine, &lines), "it was asked");
        assert!(!refrained(&segment("1042", 9000, "busy"), &mine, &lines), "nobody had the phone then");
        assert!(!refrained(&segment("1037", 5000, "busy"), &mine, &lines), "it rang");
    }
}
