//! Where scenarios play: one lab at work, with its tap and its books; agents and callers who enter, each under a name of
//! their own.

use std::sync::Arc;
use std::time::Duration;

use super::house;
use super::witness::Party;
use super::witness::cdr::Cdr;
use super::witness::database::Database;
use super::witness::ledger::{Ledger, State};
use crate::parties::actions::SOON;
use crate::parties::clock::{Seen, until};
use crate::parties::script::{self, Deed, Ringing};
use crate::parties::{Crowd, Exchange, Hears, Millis, Phone, Pulse, Tap, now};
use crate::passwords::write_secret;
use crate::place::{Lab, Options};
use crate::{Result, Trouble, folders};

/// A heartbeat comes every two seconds, and counts whole seconds.
const A_BEAT: Millis = 3500;

/// A lab at work with everything that scenarios need.
pub struct Stage {
    /// The lab.
    pub lab: Lab,
    /// What parties share.
    pub exchange: Exchange,
    /// The product's books.
    pub ledger: Ledger,
    /// Asterisk's.
    pub cdr: Cdr,
    /// Whether the machine runs.
    pub pulse: Pulse,
    /// When the scenario began.
    pub began: Millis,
    pub(super) parties: Vec<Party>,
    accounts: Vec<u32>,
    pub(super) used: Vec<u32>,
    callers: u32,
}

impl Stage {
    /// Starts a lab, and gives its queues the scenarios' times.
    ///
    /// # Errors
    /// When a part does not start.
    pub async fn start(options: Options) -> Result<Self> {
        Self::start_hearing(options, Hears::Everything).await
    }

    /// The same, with a tap that hears of the sound only what is wanted.
    ///
    /// # Errors
    /// When a part does not start.
    pub async fn start_hearing(options: Options, hears: Hears) -> Result<Self> {
        let mut lab = Lab::start(options).await?;
        let settings = lab.folder.join("scenarios.json");
        let text = house::document(&lab.passwords).to_string();
        write_secret(&settings, &text)?;
        lab.product()?.import(&settings).await?;
        // A program that has just started has read them; one that runs would do so within a second.
        lab.restart_product().await?;
        let tap = Arc::new(Tap::start(hears)?);
        let exchange = Exchange { sip: lab.ports.sip, tap, folder: folders::made(lab.folder.join("parties"))? };
        let ledger = Ledger(Database::open(&lab.database_url()).await?);
        let cdr = Cdr(Database::open(&lab.cdr_url()).await?);
        let nothing = (Vec::new(), Vec::new(), Vec::new());
        let (parties, accounts, used) = nothing;
        let stage = Self { lab, exchange, ledger, cdr, pulse: Pulse::start(), began: now(), parties, accounts, used, callers: 0 };
        stage.program_is_heard().await?;
        Ok(stage)
    }

    /// An agent with a phone, who serves 700 and is Ready.
    ///
    /// # Errors
    /// When the phone does not register, or the agent does not become Ready.
    pub async fn agent(&mut self) -> Result<Phone> {
        self.agent_of("700").await
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

    /// An agent of 700 whose phone follows a script; gives the account too.
    ///
    /// # Errors
    /// When the phone does not register, or the agent does not become Ready.
    pub async fn scripted_agent(&mut self, ringing: Ringing, deed: Deed) -> Result<(String, Crowd)> {
        self.scripted_agent_of("700", ringing, deed).await
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

    /// A crowd of agents of 700 whose phones follow a script.
    ///
    /// # Errors
    /// When they do not register, or do not become Ready.
    pub async fn crowd(&mut self, size: usize, script: &str) -> Result<Crowd> {
        let accounts = (0..size).map(|_| self.account("700")).collect::<Result<Vec<u32>>>()?;
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
        let phone = Phone::caller(&self.exchange, &format!("+7912{:07}", self.callers)).await?;
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

    /// Starts the program again, and waits until Asterisk hands callers to it.
    ///
    /// # Errors
    /// When it does not become ready.
    pub async fn program_returns(&mut self) -> Result<()> {
        self.lab.product()?.serve().await?;
        self.program_is_heard().await
    }

    /// Waits until the program's heartbeat has reached Asterisk: before it, callers go past the program.
    ///
    /// # Errors
    /// When it does not.
    pub async fn program_is_heard(&self) -> Result<()> {
        until(SOON * 4, "the program's heartbeat is heard in Asterisk", async || {
            let beat = self.ari("asterisk/variable?variable=CALLSYNC_ALIVE").await?["value"].clone();
            let age = beat.as_str().and_then(|text| text.parse::<Millis>().ok()).map(|seconds| now() - seconds * 1000);
            Ok(match age {
                Some(age) if age < A_BEAT => Seen::Enough(()),
                _ => Seen::NotYet(format!("CALLSYNC_ALIVE is {beat}")),
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

    /// Makes the stage ready for the next scenario.
    pub fn begins(&mut self) {
        self.began = now();
        self.parties.clear();
        self.used.clear();
        self.exchange.tap.forget();
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
