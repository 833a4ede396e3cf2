//! All witnesses' times in one list: what a failed scenario prints.

use super::cdr::Row;
use super::ledger::{Call, State};
use super::story::Party;
use crate::parties::clock::time_of_day;
use crate::parties::packet::SipMessage;
use crate::parties::{Millis, Tap};

/// Moments of all witnesses.
#[derive(Default)]
pub struct Timeline(Vec<(Millis, &'static str, String)>);

impl Timeline {
    /// Takes what the parties' logs say.
    pub fn parties(&mut self, parties: &[Party]) {
        for note in parties.iter().flat_map(|party| party.diary.notes()) {
            self.0.push((note.at, "phone", format!("{} {:?} {}", note.who, note.what, note.peer)));
        }
    }

    /// Takes what went over the wire: those messages of calls that fit, and what the parties heard.
    pub fn wire(&mut self, tap: &Tap, parties: &[Party], fits: impl Fn(&SipMessage) -> bool) {
        for message in tap.sip(|message| of_a_call(message) && fits(message)) {
            let SipMessage { at, from, to, first_line, caller, .. } = message;
            self.0.push((at, "wire", format!("{from} -> {to} {first_line} (from {caller})")));
        }
        for voice in parties.iter().filter_map(|party| party.sound.as_ref()) {
            for heard in tap.ear(voice.address, &voice.ports).stretches(voice.since) {
                if heard.frames > 2 {
                    self.0.push((heard.from, "ear", format!("{} begins to hear: {heard}", voice.who)));
                    self.0.push((heard.to, "ear", format!("{} ceases to hear: {heard}", voice.who)));
                }
            }
        }
    }

    /// Takes what the ledger says about a call.
    pub fn ledger(&mut self, call: &Call) {
        self.0.push((call.entered, "ledger", format!("call from {} entered {}", call.number, call.queue)));
        if let Some(at) = call.answered {
            self.0.push((at, "ledger", format!("call answered by {:?}", call.agent)));
        }
        if let Some(at) = call.ended {
            self.0.push((at, "ledger", format!("call ended: {} by {}", call.outcome, call.by)));
        }
        for segment in &call.segments {
            self.0.push((segment.began, "ledger", format!("{} {} begins", segment.kind, segment.agent)));
            self.0.push((segment.ended, "ledger", format!("{} {} ends {}", segment.kind, segment.agent, segment.ending)));
        }
    }

    /// Takes what the ledger says about an agent, from a time on.
    pub fn states(&mut self, states: &[State], since: Millis) {
        for state in states.iter().filter(|state| state.began >= since) {
            self.0.push((state.began, "ledger", format!("agent {} is {} {}", state.agent, state.state, state.reason)));
        }
    }

    /// Takes a row of the CDR.
    pub fn cdr(&mut self, row: &Row) {
        self.0.push((row.start, "cdr", format!("row of {} begins; other side {}", row.source, row.other)));
        let stamps = format!("{} queue {} agent {} outcome {}", row.disposition, row.queue, row.agent, row.outcome);
        self.0.push((row.end, "cdr", format!("row of {} ends: {stamps}", row.source)));
    }

    /// The list, in order of time.
    pub fn text(mut self) -> String {
        self.0.sort_by_key(|(at, ..)| *at);
        let lines = self.0.iter().map(|(at, witness, what)| format!("    {} {witness:<6} {what}\n", time_of_day(*at)));
        lines.collect()
    }
}

/// Neither a registration nor a question whether a phone is still there.
fn of_a_call(message: &SipMessage) -> bool {
    !message.cseq.ends_with("OPTIONS") && !message.cseq.ends_with("REGISTER")
}
