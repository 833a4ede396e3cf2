//! The end of a scenario: the witnesses are heard.

use super::Lot;
use super::witness::agree::WITHIN;
use super::witness::cdr::Row;
use super::witness::ledger::Call;
use super::witness::story::Voice;
use super::witness::timeline::Timeline;
use super::witness::{Party, Story, Verdict, hearing};
use crate::parties::actions::SOON;
use crate::parties::clock::{Seen, until};
use crate::parties::packet::SipMessage;
use crate::parties::{Diary, Phone};
use crate::{Result, Trouble};

impl Lot {
    /// The end of a scenario, for each of its callers: parties, ears and books tell one story, with times within 100 ms.
    ///
    /// # Errors
    /// With every difference and the merged timeline.
    pub async fn witnesses_agree(&self, caller: &Phone) -> Result<Call> {
        let call = self.ended_call(&caller.name).await?;
        let story = self.story(&caller.name);
        let mut verdict = self.books_agree(&story, &call).await?;
        self.exchange.tap.catches_up().await?;
        let ear_of = |voice: &Voice| self.exchange.tap.ear(voice.address, &voice.ports);
        let standstills = self.pulse.standstills();
        verdict.found.extend(hearing::differences(&caller.name, &story, &self.parties, ear_of, &standstills));
        passed(&caller.name, &verdict)?;
        Ok(call)
    }

    /// The same for callers who listen but are not listened to, whose log is their own: the parties and the books.
    ///
    /// # Errors
    /// With every difference.
    pub async fn logs_agree(&self, caller: &Diary, number: &str, call: &Call) -> Result<()> {
        let mut parties = self.parties.clone();
        parties.push(Party { diary: caller.clone(), sound: None });
        let verdict = self.books_agree(&Story::of(number, &parties), call).await?;
        passed(number, &verdict)
    }

    /// What the ledger and the CDR contradict the parties' story in.
    async fn books_agree(&self, story: &Story, call: &Call) -> Result<Verdict> {
        let rows = self.rows(call).await?;
        let mut verdict = Verdict::within(WITHIN, self.pulse.standstills());
        verdict.ledger(story, call);
        if let Some(agent) = &call.agent {
            verdict.states(story, call, &self.ledger.states_of(agent).await?);
        }
        verdict.cdr(story, call, &rows);
        Ok(verdict)
    }

    /// The call from this number as the parties tell it.
    pub fn story(&self, number: &str) -> Story {
        Story::of(number, &self.parties)
    }

    /// The call from this number, as soon as the ledger says that it is over.
    ///
    /// # Errors
    /// When it does not soon.
    pub async fn ended_call(&self, number: &str) -> Result<Call> {
        until(SOON, &format!("the ledger ends the call from {number}"), async || {
            let mut calls = self.ledger.calls_of(number).await?;
            calls.retain(|call| call.entered >= self.began);
            Ok(match calls.as_slice() {
                [call] if call.ended.is_some() => Seen::Enough(call.clone()),
                [_] => Seen::NotYet("it is still alive there".to_owned()),
                calls => Seen::NotYet(format!("the ledger has {} calls from there", calls.len())),
            })
        })
        .await
    }

    /// The rows that Asterisk's CDR has of the caller's channel, as soon as the last one is written.
    ///
    /// # Errors
    /// When it does not write them soon.
    pub async fn rows(&self, call: &Call) -> Result<Vec<Row>> {
        let end = call.ended.unwrap_or_default() - 1500;
        until(SOON, "Asterisk writes the caller's CDR", async || {
            let rows = self.cdr.of(&call.leg).await?;
            let written = rows.iter().any(|row| row.end > end);
            Ok(if written { Seen::Enough(rows) } else { Seen::NotYet(format!("it has {} rows", rows.len())) })
        })
        .await
    }

    /// Whether a message is of a call of its parties: the caller's number stands in it, or the account of an agent who dials.
    fn is_of_ours(&self, message: &SipMessage) -> bool {
        message.at >= self.began && (self.is_ours(&message.caller) || self.has(&message.caller))
    }

    /// All witnesses' times, merged: what a failed scenario shows.
    pub async fn timeline(&self) -> String {
        let mut timeline = Timeline::default();
        timeline.parties(&self.parties);
        timeline.wire(&self.exchange.tap, &self.parties, |message| self.is_of_ours(message));
        for call in self.ledger.calls().await.unwrap_or_default().iter().filter(|call| call.entered >= self.began) {
            if !self.is_ours(&call.number) {
                continue;
            }
            for whole in self.ledger.calls_of(&call.number).await.unwrap_or_default() {
                timeline.ledger(&whole);
            }
            self.cdr.of(&call.leg).await.unwrap_or_default().iter().for_each(|row| timeline.cdr(row));
        }
        for account in &self.used {
            timeline.states(&self.ledger.states_of(&account.to_string()).await.unwrap_or_default(), self.began);
        }
        format!("{}    {}\n", timeline.text(), self.pulse.standstills().said(self.began))
    }
}

fn passed(number: &str, verdict: &Verdict) -> Result<()> {
    if verdict.found.is_empty() {
        return Ok(());
    }
    let differences = verdict.found.join("\n    - ");
    Err(Trouble::said(format!("the witnesses of the call from {number} disagree:\n    - {differences}")))
}
