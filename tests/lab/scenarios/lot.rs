//! What a scenario has for itself, so that others may play beside it: a queue with its accounts, callers' numbers, and the
//! witnesses of its own parties. Asterisk, the program and the books are shared.

use std::sync::Arc;
use std::time::Duration;

use super::house;
use super::witness::Party;
use super::witness::cdr::Cdr;
use super::witness::ledger::{Ledger, State};
use crate::parties::actions::SOON;
use crate::parties::clock::{Seen, until};
use crate::parties::script::{self, Deed, Ringing};
use crate::parties::{Crowd, Exchange, Millis, Phone, Pulse, now};
use crate::passwords::Passwords;
use crate::{Result, Trouble};

/// The first digits of every caller's number; the lot's own digit and six more follow.
const CALLERS: &str = "+7912";

/// A lot.
pub struct Lot {
    /// Its queue.
    pub queue: &'static str,
    /// What parties share.
    pub exchange: Exchange,
    /// The product's books.
    pub ledger: Ledger,
    /// Asterisk's.
    pub cdr: Cdr,
    /// Whether the machine runs.
    pub pulse: Arc<Pulse>,
    /// When the scenario began.
    pub began: Millis,
    pub(super) door: Door,
    pub(super) parties: Vec<Party>,
    pub(super) used: Vec<u32>,
    /// Whose calls and legs are looked for when it is over: its own, or everybody's.
    pub(super) alone: bool,
    place: usize,
    accounts: Vec<u32>,
    numbers: Vec<String>,
    callers: u32,
}

/// Where Asterisk and the pages answer, and to whom.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) ari_url: String,
    pub(super) web_url: String,
    pub(super) passwords: Passwords,
}

impl Lot {
    /// The stage's own: everything is its.
    pub(super) fn whole(exchange: Exchange, ledger: Ledger, cdr: Cdr, pulse: Arc<Pulse>, door: Door) -> Self {
        let (parties, used, accounts, numbers) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (queue, place, callers) = (house::ALL, 0, 0);
        let (began, alone) = (now(), true);
        Self { queue, exchange, ledger, cdr, pulse, began, door, parties, used, alone, place, accounts, numbers, callers }
    }

    /// One of those that share the stage, with a queue of its own.
    pub(super) fn beside(&self, place: usize) -> Self {
        let Self { exchange, ledger, cdr, pulse, door, .. } = self;
        let (exchange, ledger, cdr, pulse) = (exchange.clone(), ledger.clone(), cdr.clone(), Arc::clone(pulse));
        let lot = Self::whole(exchange, ledger, cdr, pulse, door.clone());
        Self { queue: house::LOTS[place], alone: false, place: place + 1, ..lot }
    }

    /// Makes it ready for the next scenario.
    pub fn begins(&mut self) {
        self.began = now();
        self.parties.clear();
        self.used.clear();
        self.numbers.clear();
    }

    /// Whether a call is one of its own callers'.
    pub(super) fn is_ours(&self, number: &str) -> bool {
        self.alone || self.numbers.iter().any(|ours| ours == number)
    }

    /// Whether an agent is one of its own.
    pub(super) fn has(&self, account: &str) -> bool {
        self.alone || self.used.iter().any(|ours| ours.to_string() == account)
    }

    /// An agent with a phone, who serves the lot's queue and is Ready.
    ///
    /// # Errors
    /// When the phone does not register, or the agent does not become Ready.
    pub async fn agent(&mut self) -> Result<Phone> {
        self.agent_of(self.queue).await
    }

    /// An agent with a phone, who serves this queue and is Ready.
    ///
    /// # Errors
    /// When the phone does not register, or the agent does not become Ready.
    pub async fn agent_of(&mut self, queue: &str) -> Result<Phone> {
        let phone = self.agent_of_a_waiting_caller(queue).await?;
        self.is_made_ready(&phone.name).await?;
        Ok(phone)
    }

    /// An agent who serves this queue and is offered a call at once, since somebody waits: never seen Ready.
    ///
    /// # Errors
    /// When the phone does not register.
    pub async fn agent_of_a_waiting_caller(&mut self, queue: &str) -> Result<Phone> {
        let account = self.account(queue)?;
        self.phone_of(account).await
    }

    /// A phone on an agent's account, whatever the agent does.
    ///
    /// # Errors
    /// When the phone does not register.
    pub async fn phone_of(&mut self, account: u32) -> Result<Phone> {
        let phone = Phone::agent(&self.exchange, account).await?;
        self.parties.push(Party::from(&phone));
        Ok(phone)
    }

    /// An agent of the lot's queue whose phone follows a script; gives the account too.
    ///
    /// # Errors
    /// When the phone does not register, or the agent does not become Ready.
    pub async fn scripted_agent(&mut self, ringing: Ringing, deed: Deed) -> Result<(String, Crowd)> {
        self.scripted_agent_of(self.queue, ringing, deed).await
    }

    /// An agent of this queue whose phone follows a script; gives the account too.
    ///
    /// # Errors
    /// When the phone does not register, or the agent does not become Ready.
    pub async fn scripted_agent_of(&mut self, queue: &str, ringing: Ringing, deed: Deed) -> Result<(String, Crowd)> {
        let account = self.account(queue)?;
        let crowd = Crowd::agents(&self.exchange, &[account], &script::agents(ringing, &[(1.0, deed)])).await?;
        self.parties.push(Party { diary: crowd.diary.clone(), sound: None });
        self.is_made_ready(&account.to_string()).await?;
        Ok((account.to_string(), crowd))
    }

    /// A crowd of agents of the lot's queue whose phones follow a script.
    ///
    /// # Errors
    /// When they do not register, or do not become Ready.
    pub async fn crowd(&mut self, size: usize, script: &str) -> Result<Crowd> {
        let accounts = (0..size).map(|_| self.account(self.queue)).collect::<Result<Vec<u32>>>()?;
        let crowd = Crowd::agents(&self.exchange, &accounts, script).await?;
        for account in accounts {
            self.is_made_ready(&account.to_string()).await?;
        }
        Ok(crowd)
    }

    /// A caller with a number that nobody else has.
    ///
    /// # Errors
    /// When the phone does not start.
    pub async fn caller(&mut self) -> Result<Phone> {
        self.callers += 1;
        let number = format!("{CALLERS}{}{:06}", self.place, self.callers);
        let phone = Phone::caller(&self.exchange, &number).await?;
        self.numbers.push(number);
        self.parties.push(Party::from(&phone));
        Ok(phone)
    }

    /// Waits until the ledger says that the agent is in this state.
    ///
    /// # Errors
    /// When it does not say so soon.
    pub async fn becomes(&self, account: &str, wanted: &str) -> Result<State> {
        self.becomes_within(SOON, account, wanted).await
    }

    /// Waits until the ledger says that the agent is in this state.
    ///
    /// # Errors
    /// When it does not say so in time.
    pub async fn becomes_within(&self, bound: Duration, account: &str, wanted: &str) -> Result<State> {
        until(bound, &format!("agent {account} is {wanted}"), async || {
            Ok(match self.ledger.state(account).await? {
                Some(state) if state.state == wanted => Seen::Enough(state),
                Some(state) => Seen::NotYet(format!("the ledger says {} {}", state.state, state.reason)),
                None => Seen::NotYet("the ledger knows nothing of the agent".to_owned()),
            })
        })
        .await
    }

    /// Waits until the agent is Ready. One whom an earlier scenario left not ready, or finishing a call, asks for calls first.
    async fn is_made_ready(&self, account: &str) -> Result<()> {
        let expected = format!("the ledger knows that the phone of agent {account} is there");
        let before = until(SOON, &expected, async || {
            Ok(match self.ledger.state(account).await? {
                Some(state) if !["logged_out", "unreachable"].contains(&&*state.state) => Seen::Enough(state),
                state => Seen::NotYet(format!("it says {:?}", state.map(|state| state.state))),
            })
        });
        if ["not_ready", "wrap_up"].contains(&&*before.await?.state) {
            self.asks(account, "*10").await?;
        }
        self.becomes(account, "ready").await.map(drop)
    }

    /// An account that serves the queue and that no scenario has used; when all have been, they come round again. Those of a
    /// queue with rules of its own come in the order of the settings, from the first in every scenario.
    fn account(&mut self, queue: &str) -> Result<u32> {
        let staff = house::staff(queue);
        let unused = |taken: &[u32]| staff.iter().copied().find(|one| !taken.contains(one));
        if !house::is_small(queue) && unused(&self.accounts).is_none() {
            self.accounts.clone_from(&self.used);
        }
        let taken = if house::is_small(queue) { &self.used } else { &self.accounts };
        let account = unused(taken).ok_or_else(|| Trouble::said(format!("queue {queue} has no agent left")))?;
        self.accounts.push(account);
        self.used.push(account);
        Ok(account)
    }
}
