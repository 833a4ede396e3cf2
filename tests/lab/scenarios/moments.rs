//! Moments that a rule's time is measured between, by the kernel's own time of what was on the wire. What a phone reports is noted
//! when the processor comes to it: where half a second counts, a busy machine's delay would be taken for the product's.

use std::net::SocketAddrV4;

use super::Lot;
use super::witness::wire::{Dialogue, End, dialogues};
use crate::parties::{Millis, Phone, now};
use crate::{Result, Trouble};

impl Lot {
    /// All calls at its agents' phones so far, as they were on the wire.
    ///
    /// # Errors
    /// When the tap falls behind.
    pub async fn calls_on_the_wire(&self) -> Result<Vec<Dialogue>> {
        self.exchange.tap.catches_up().await?;
        let mut calls = dialogues(&self.exchange.tap, self.exchange.sip);
        calls.retain(|call| call.from >= self.began && self.has(&call.agent));
        Ok(calls)
    }

    /// When the agent's phone was sent its last call from this caller.
    ///
    /// # Errors
    /// When it was sent none.
    pub async fn was_rung(&self, agent: &Phone, caller: &Phone) -> Result<Millis> {
        let calls = self.calls_on_the_wire().await?;
        let last = calls.iter().rfind(|call| call.agent == agent.name && call.caller == caller.name);
        last.map(|call| call.from).ok_or_else(|| unseen(&format!("a call from {} for {}", caller.name, agent.name)))
    }

    /// When the agent's phone refused the last call that it refused.
    ///
    /// # Errors
    /// When it refused none.
    pub async fn refused(&self, agent: &Phone) -> Result<Millis> {
        let calls = self.calls_on_the_wire().await?;
        let refused = |call: &&Dialogue| call.agent == agent.name && matches!(call.end, Some(End::Refused(_)));
        let last = calls.iter().rfind(refused).and_then(|call| call.to);
        last.ok_or_else(|| unseen(&format!("a refusal by {}", agent.name)))
    }

    /// When the phone made its last call.
    ///
    /// # Errors
    /// When it made none.
    pub async fn dialled(&self, phone: &Phone) -> Result<Millis> {
        self.sent(phone, &["INVITE"]).await
    }

    /// When the phone ended the last call that it ended, or gave it up.
    ///
    /// # Errors
    /// When it ended none.
    pub async fn hung_up(&self, phone: &Phone) -> Result<Millis> {
        self.sent(phone, &["BYE", "CANCEL"]).await
    }

    /// When the phone sent such a message in the last call in which it did; for the first time, if it had to say it again.
    async fn sent(&self, phone: &Phone, methods: &[&str]) -> Result<Millis> {
        self.exchange.tap.catches_up().await?;
        let place = SocketAddrV4::new(phone.address, phone.sip);
        let meant = |method: &str| methods.contains(&method);
        let sent = self.exchange.tap.sip(|message| message.from == place && message.method().is_some_and(meant));
        let first = sent.last().and_then(|last| sent.iter().find(|message| message.call_id == last.call_id));
        first.map(|message| message.at).ok_or_else(|| unseen(&format!("{} of {}", methods.join(" or "), phone.name)))
    }

    /// When the last packet arrived of what the phone has heard since a moment.
    ///
    /// # Errors
    /// When it has heard nothing.
    pub async fn heard_to_the_end(&self, phone: &Phone, since: Millis) -> Result<Millis> {
        self.exchange.tap.catches_up().await?;
        let heard = phone.ear().arrivals(since, now());
        heard.map(|heard| heard.to).ok_or_else(|| unseen(&format!("sound for {}", phone.name)))
    }

    /// What is due at one moment does not come before it, and comes within a time after it: that, and what the machine stood
    /// still meanwhile.
    ///
    /// # Errors
    /// When it comes too early, or too late.
    pub fn comes_in_time(&self, what: &str, due: Millis, came: Millis, within: Millis) -> Result<()> {
        let allowed = self.pulse.standstills().allow(within, due, came);
        match came - due {
            late if (0..allowed).contains(&late) => Ok(()),
            late => Err(Trouble::said(format!("{what} {late} ms after its time, and {allowed} ms are allowed"))),
        }
    }
}

fn unseen(what: &str) -> Trouble {
    Trouble::said(format!("on the wire there was no {what}"))
}
