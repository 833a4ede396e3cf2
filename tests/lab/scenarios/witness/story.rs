//! The first witness: one call as the parties tell it, put together from their own logs.

use std::net::Ipv4Addr;
use std::ops::RangeInclusive;

use crate::parties::{Diary, Millis, Note, Phone, Tone, What};

/// A party whose log, and whose ear where it has one, is heard as a witness.
#[derive(Debug, Clone)]
pub struct Party {
    /// Its log.
    pub diary: Diary,
    /// Where its sound arrives, and what it says itself; nothing for the silent parties of sipp.
    pub sound: Option<Voice>,
}

/// A party's ear and mouth.
#[derive(Debug, Clone)]
pub struct Voice {
    /// The account of an agent, the number of a caller.
    pub who: String,
    /// Where its sound arrives.
    pub address: Ipv4Addr,
    /// On which ports.
    pub ports: RangeInclusive<u16>,
    /// Since when they are its own.
    pub since: Millis,
    /// What it says.
    pub tone: Tone,
}

impl From<&Phone> for Party {
    fn from(phone: &Phone) -> Self {
        let Phone { name, tone, address, rtp, since, .. } = phone;
        let sound = Voice { who: name.clone(), address: *address, ports: rtp.clone(), since: *since, tone: *tone };
        Self { diary: phone.diary.clone(), sound: Some(sound) }
    }
}

/// A call as the parties tell it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Story {
    /// When the caller dialled.
    pub dialled: Millis,
    /// When the switch answered the caller.
    pub connected: Option<Millis>,
    /// Which phones rang, in order.
    pub rings: Vec<Ring>,
    /// Who spoke with the caller, in order.
    pub talks: Vec<Talk>,
    /// When the caller's call was over, and whether the caller ended it.
    pub ended: Option<(Millis, bool)>,
}

/// A phone that rang.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ring {
    /// The agent's account.
    pub agent: String,
    /// When it began to ring.
    pub from: Millis,
    /// When it stopped.
    pub to: Option<Millis>,
    /// Why: answered, refused, or taken back.
    pub end: Option<What>,
}

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Talk {
    /// The agent's account.
    pub agent: String,
    /// When the agent answered.
    pub from: Millis,
    /// When the agent's phone was rid of the call.
    pub to: Option<Millis>,
    /// Whether the agent hung up.
    pub agent_ended: bool,
    /// The caller on hold: from and to.
    pub holds: Vec<(Millis, Millis)>,
}

impl Story {
    /// The whole of it in one line, in milliseconds since the caller dialled; for a call that the books contradict.
    pub fn told(&self) -> String {
        let at = |at: Option<Millis>| at.map_or("?".to_owned(), |at| (at - self.dialled).to_string());
        let rings = self.rings.iter().map(|ring| format!("{} rang {}-{}", ring.agent, at(Some(ring.from)), at(ring.to)));
        let talks = self.talks.iter().map(|talk| {
            let ended = if talk.agent_ended { "ended by the agent" } else { "ended for the agent" };
            format!("{} spoke {}-{}, {ended}", talk.agent, at(Some(talk.from)), at(talk.to))
        });
        let left = self.ended.map(|(end, left)| {
            format!("{} at {}", if left { "the caller hung up" } else { "the caller was hung up" }, at(Some(end)))
        });
        let parts = rings.chain(talks).chain(left);
        format!("dialled {}: {}", self.dialled, parts.collect::<Vec<_>>().join("; "))
    }

    /// Puts together what the logs say about the last call from this number.
    pub fn of(number: &str, parties: &[Party]) -> Self {
        let notes: Vec<Note> = parties.iter().flat_map(|party| party.diary.notes()).collect();
        let mut story = Self::default();
        for note in notes.iter().filter(|note| note.who == number) {
            story.caller(note);
        }
        let since = story.dialled;
        let mut agents: Vec<Note> = notes.iter().filter(|note| note.who != number && note.at >= since).cloned().collect();
        agents.sort_by_key(|note| note.at);
        let calls: Vec<String> =
            agents.iter().filter(|note| note.what == What::Rang && note.peer == number).map(|note| note.call.clone()).collect();
        for note in agents.iter().filter(|note| calls.contains(&note.call) || note.call.is_empty()) {
            story.agent(note);
        }
        story
    }

    fn caller(&mut self, note: &Note) {
        match note.what {
            What::Dialled => *self = Self { dialled: note.at, ..Self::default() },
            What::Established => self.connected = Some(note.at),
            What::HungUp => self.ended = Some((note.at, true)),
            What::WasHungUp | What::Failed(_) => self.ended = Some((note.at, false)),
            What::Rang | What::Refused(_) | What::Held | What::Resumed => {}
        }
    }

    fn agent(&mut self, note: &Note) {
        let ring = self.rings.iter_mut().rev().find(|ring| ring.agent == note.who && ring.to.is_none());
        let talk = self.talks.iter_mut().rev().find(|talk| talk.agent == note.who && talk.to.is_none());
        match &note.what {
            What::Rang => self.rings.push(Ring { agent: note.who.clone(), from: note.at, to: None, end: None }),
            What::Held => talk.into_iter().for_each(|talk| talk.holds.push((note.at, note.at))),
            What::Resumed => talk.into_iter().filter_map(|talk| talk.holds.last_mut()).for_each(|hold| hold.1 = note.at),
            What::Established => {
                ring.into_iter().for_each(|ring| (ring.to, ring.end) = (Some(note.at), Some(note.what.clone())));
                let agent = note.who.clone();
                self.talks.push(Talk { agent, from: note.at, to: None, agent_ended: false, holds: Vec::new() });
            }
            What::Refused(_) | What::WasHungUp | What::HungUp => match talk {
                Some(talk) => (talk.to, talk.agent_ended) = (Some(note.at), note.what == What::HungUp),
                None => ring.into_iter().for_each(|ring| (ring.to, ring.end) = (Some(note.at), Some(note.what.clone()))),
            },
            What::Dialled | What::Failed(_) => {}
        }
    }

    /// The outcome and who ended it, as the ledger would call them.
    pub fn outcome(&self) -> (&'static str, &'static str) {
        let by = match (self.ended, self.talks.last()) {
            (Some((_, true)), _) => "caller",
            (_, Some(talk)) if talk.agent_ended => "agent",
            _ => "program",
        };
        (if self.talks.is_empty() { "abandoned" } else { "answered" }, by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(notes: &[(Millis, What, &str, &str)]) -> Party {
        let diary = Diary::empty();
        for (at, what, who, peer) in notes {
            let call = if who.starts_with('+') { "c" } else { who };
            diary.write(Note { at: *at, what: what.clone(), who: (*who).into(), peer: (*peer).into(), call: call.into() });
        }
        Party { diary, sound: None }
    }

    #[test]
    fn a_refused_and_then_answered_call_is_told_in_order() {
        let caller = party(&[(1, What::Dialled, "+7", "700"), (2, What::Established, "+7", ""), (90, What::HungUp, "+7", "")]);
        let first = party(&[(10, What::Rang, "1001", "+7"), (20, What::Refused(486), "1001", "+7")]);
        let second =
            party(&[(21, What::Rang, "1002", "+7"), (30, What::Established, "1002", "+7"), (91, What::WasHungUp, "1002", "+7")]);
        let story = Story::of("+7", &[caller, first, second]);
        let rings: Vec<(&str, Millis, Option<Millis>)> =
            story.rings.iter().map(|ring| (&*ring.agent, ring.from, ring.to)).collect();
        assert_eq!(rings, [("1001", 10, Some(20)), ("1002", 21, Some(30))]);
        assert_eq!((story.talks[0].from, story.talks[0].to), (30, Some(91)));
        assert_eq!(story.outcome(), ("answered", "caller"));
    }

    #[test]
    fn a_call_that_nobody_answers_is_abandoned() {
        let caller = party(&[(1, What::Dialled, "+7", "700"), (2, What::Established, "+7", ""), (90, What::HungUp, "+7", "")]);
        assert_eq!(Story::of("+7", &[caller]).outcome(), ("abandoned", "caller"));
    }
}
