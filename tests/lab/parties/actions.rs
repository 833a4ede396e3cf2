//! What a phone does and waits for, in words that make a scenario read like prose. Every wait has a bound, and its error is a
//! sentence. A phone's waits look on from where the one before has found its line: two rings are two rings.

use std::sync::PoisonError;
use std::time::Duration;

use super::baresip::Phone;
use super::clock::{Millis, Seen, now, until};
use super::diary::{Note, What};
use super::ear::{Ear, Heard};
use crate::Result;
use crate::ports::ADDRESS;

/// Nothing that happens at once in this lab takes longer, also on a busy machine.
pub const SOON: Duration = Duration::from_secs(5);
/// A tone that was heard in this many frames of 20 ms is no accident.
const CLEARLY: u32 = 5;

impl Phone {
    /// Dials a number.
    ///
    /// # Errors
    /// When the phone does not obey.
    pub async fn dials(&mut self, number: &str) -> Result<Millis> {
        let at = now();
        self.notes(at, What::Dialled, number);
        self.control.order("dial", &format!("sip:{number}@{ADDRESS}:{}", self.exchange.sip)).await?;
        Ok(at)
    }

    /// Waits until the phone rings; the note's peer is the caller's number.
    ///
    /// # Errors
    /// When it does not ring soon.
    pub async fn rings(&mut self) -> Result<Note> {
        self.rings_within(SOON).await
    }

    /// Waits until the phone rings.
    ///
    /// # Errors
    /// When it does not ring in time.
    pub async fn rings_within(&mut self, bound: Duration) -> Result<Note> {
        self.waits(bound, "rings", |what| *what == What::Rang).await
    }

    /// Answers the call that rings.
    ///
    /// # Errors
    /// When no conversation comes of it.
    pub async fn answers(&mut self) -> Result<Note> {
        self.control.order("accept", "").await?;
        self.waits(SOON, "stands in a call", |what| *what == What::Established).await
    }

    /// Refuses the call that rings: this phone says 486.
    ///
    /// # Errors
    /// When the phone does not obey.
    pub async fn refuses(&mut self) -> Result<Note> {
        self.ends(What::Refused(486)).await
    }

    /// Hangs up, or gives up dialling.
    ///
    /// # Errors
    /// When the phone does not obey.
    pub async fn hangs_up(&mut self) -> Result<Note> {
        self.ends(What::HungUp).await
    }

    /// Sees to it that the phone has no call any more, whoever ends it.
    ///
    /// # Errors
    /// When it still has one.
    pub async fn ends_its_call(&mut self) -> Result<Note> {
        self.lets_go().await?;
        self.is_over().await
    }

    /// Tells the phone to hang up without waiting for what comes of it: for races.
    ///
    /// # Errors
    /// When the phone does not obey.
    pub async fn lets_go(&mut self) -> Result<()> {
        *self.intent.lock().unwrap_or_else(PoisonError::into_inner) = Some(What::HungUp);
        self.control.order("hangup", "").await.map(drop)
    }

    /// Tells the phone to answer without waiting for what comes of it: for races.
    ///
    /// # Errors
    /// When the phone does not obey.
    pub async fn picks_up(&mut self) -> Result<()> {
        self.control.order("accept", "").await.map(drop)
    }

    /// Puts the other side on hold.
    ///
    /// # Errors
    /// When the phone does not obey.
    pub async fn holds(&mut self) -> Result<Millis> {
        self.notes_own("hold", What::Held).await
    }

    /// Takes the other side back.
    ///
    /// # Errors
    /// When the phone does not obey.
    pub async fn resumes(&mut self) -> Result<Millis> {
        self.notes_own("resume", What::Resumed).await
    }

    /// Waits until the call stands: for callers, since agents say so when they answer.
    ///
    /// # Errors
    /// When it does not come to that soon.
    pub async fn is_answered(&mut self) -> Result<Note> {
        self.is_answered_within(SOON).await
    }

    /// Waits until the call stands: for callers, since agents say so when they answer.
    ///
    /// # Errors
    /// When it does not come to that in time.
    pub async fn is_answered_within(&mut self, bound: Duration) -> Result<Note> {
        self.waits(bound, "is answered", |what| *what == What::Established).await
    }

    /// Waits until the other side has hung up, or has taken the ringing back.
    ///
    /// # Errors
    /// When it does not.
    pub async fn is_hung_up(&mut self) -> Result<Note> {
        self.is_hung_up_within(SOON).await
    }

    /// Waits until the other side has hung up, or has taken the ringing back.
    ///
    /// # Errors
    /// When it does not.
    pub async fn is_hung_up_within(&mut self, bound: Duration) -> Result<Note> {
        self.waits(bound, "is left by the other side", |what| *what == What::WasHungUp).await
    }

    /// Waits until the call has ended, whoever ended it.
    ///
    /// # Errors
    /// When it does not.
    pub async fn is_over(&mut self) -> Result<Note> {
        self.waits(SOON, "is rid of its call", |what| {
            matches!(what, What::WasHungUp | What::HungUp | What::Refused(_) | What::Failed(_))
        })
        .await
    }

    /// Waits until it hears the other party's tone from now on; gives the stretch as far as it was heard.
    ///
    /// # Errors
    /// When it does not hear it soon.
    pub async fn hears(&self, other: &Self) -> Result<Heard> {
        let from = now();
        until(SOON, &format!("{} hears {}", self.name, other.name), async || {
            let ear = self.ear();
            let clear = ear.tone(other.tone, from).into_iter().find(|heard| heard.frames >= CLEARLY);
            Ok(clear.map_or_else(|| Seen::NotYet(ear.said(from)), Seen::Enough))
        })
        .await
    }

    /// Waits until it hears music from now on, or speech: anything that is no party's tone.
    ///
    /// # Errors
    /// When it does not hear any soon.
    pub async fn hears_music(&self) -> Result<Heard> {
        let from = now();
        until(SOON, &format!("{} hears music", self.name), async || {
            let ear = self.ear();
            let clear = ear.music(from).filter(|heard| heard.frames >= 4 * CLEARLY);
            Ok(clear.map_or_else(|| Seen::NotYet(ear.said(from)), Seen::Enough))
        })
        .await
    }

    /// Everything that arrived at its ear.
    pub fn ear(&self) -> Ear {
        self.exchange.tap.ear(self.address, &self.rtp)
    }

    /// Whether it has rung since the last wait.
    pub fn has_rung(&self) -> bool {
        self.diary.notes().iter().skip(self.read_to).any(|note| note.what == What::Rang)
    }

    async fn notes_own(&mut self, order: &str, what: What) -> Result<Millis> {
        let at = now();
        self.control.order(order, "").await?;
        self.notes(at, what, "");
        Ok(at)
    }

    /// Writes into its log what baresip itself does not report.
    fn notes(&self, at: Millis, what: What, peer: &str) {
        self.diary.write(Note { at, what, who: self.name.clone(), peer: peer.to_owned(), call: String::new() });
    }

    async fn ends(&mut self, what: What) -> Result<Note> {
        *self.intent.lock().unwrap_or_else(PoisonError::into_inner) = Some(what.clone());
        self.control.order("hangup", "").await?;
        self.waits(SOON, &format!("has ended its call ({what:?})"), |seen| *seen == what).await
    }

    async fn waits(&mut self, bound: Duration, expected: &str, fits: impl Fn(&What) -> bool) -> Result<Note> {
        let expected = format!("the phone of {} {expected}", self.name);
        let (place, note) = self.diary.wait(self.read_to, bound, &expected, |note| fits(&note.what)).await?;
        self.read_to = place + 1;
        Ok(note)
    }
}
