//! Whom the flows of the desk ask for what a page cannot do: a caller who calls now, a phone that answers, a program that dies.
//! They ask by a line and wait for the line that answers it: `ok`, with what there is to tell, or `no`, with the reason.

use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::parties::Phone;
use crate::parties::actions::SOON;
use crate::scenarios::Stage;
use crate::scenarios::house::{DESK_ACCOUNT, DESK_RINGS_FOR};
use crate::{Result, Trouble};

/// Those who obey.
pub struct Parties {
    listener: TcpListener,
    /// The phone of the desk's agent.
    phone: Option<Phone>,
    callers: Vec<Phone>,
}

impl Parties {
    /// Nobody yet.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn begin() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.map_err(|why| Trouble::said(format!("listening to the flows: {why}")))?;
        Ok(Self { listener, phone: None, callers: Vec::new() })
    }

    /// Where they can be asked.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn address(&self) -> Result<String> {
        let address = self.listener.local_addr();
        address.map(|address| address.to_string()).map_err(|why| Trouble::said(format!("listening to the flows: {why}")))
    }

    /// Obeys one flow after another, for ever; says why if that is impossible.
    pub async fn obey(&mut self, stage: &mut Stage) -> Trouble {
        loop {
            match self.listener.accept().await {
                // A flow that has gone has heard enough.
                Ok((stream, _)) => drop(self.obey_one(stream, stage).await),
                Err(why) => return Trouble::said(format!("listening to the flows: {why}")),
            }
        }
    }

    async fn obey_one(&mut self, stream: TcpStream, stage: &mut Stage) -> std::io::Result<()> {
        let (reading, mut writing) = stream.into_split();
        let mut lines = BufReader::new(reading).lines();
        while let Some(order) = lines.next_line().await? {
            let answer = match self.does(&order, stage).await {
                Ok(told) => format!("ok {told}\n"),
                Err(trouble) => format!("no {}\n", trouble.to_string().replace('\n', " ")),
            };
            writing.write_all(answer.as_bytes()).await?;
        }
        Ok(())
    }

    async fn does(&mut self, order: &str, stage: &mut Stage) -> Result<String> {
        let words: Vec<&str> = order.split(' ').collect();
        match words.as_slice() {
            ["begin"] => self.begins(stage).await?,
            ["call", queue] => return self.calls(queue, stage).await,
            ["phone", "rings"] => return Ok(self.phone()?.rings().await?.peer),
            ["phone", "answers"] => drop(self.phone()?.answers().await?),
            ["phone", "refuses"] => drop(self.phone()?.refuses().await?),
            ["phone", "hangs-up"] => drop(self.phone()?.hangs_up().await?),
            // A phone that nobody answers rings for its time first.
            ["phone", "is-hung-up"] => drop(self.phone()?.is_hung_up_within(DESK_RINGS_FOR + SOON).await?),
            ["caller", number, "hangs-up"] => drop(self.caller(number)?.hangs_up().await?),
            ["caller", number, "is-hung-up"] => drop(self.caller(number)?.is_hung_up().await?),
            ["caller", number, "hears-the-phone"] => self.hears_the_phone(number).await?,
            ["program", "stop"] => stage.lab.product()?.stop().await,
            ["program", "die"] => stage.lab.product()?.kill().await,
            ["program", "return"] => stage.program_returns().await?,
            _ => return Err(Trouble::said(format!("nobody here knows how to do this: {order}"))),
        }
        Ok(String::new())
    }

    /// Whatever a flow before this one has left is cleared away; the agent's phone is there, and the agent is not.
    async fn begins(&mut self, stage: &mut Stage) -> Result<()> {
        self.leaves().await;
        if !stage.lab.product()?.is_running() {
            stage.program_returns().await?;
        }
        self.phone = Some(stage.phone_of(DESK_ACCOUNT).await?);
        let account = DESK_ACCOUNT.to_string();
        // The books know nothing of an agent who has never been anything: such a one is not there either.
        if stage.ledger.state(&account).await?.is_none_or(|state| state.state == "logged_out") {
            return Ok(());
        }
        stage.asks_by_api(&account, &json!({"state": "logged_out"})).await?;
        stage.becomes(&account, "logged_out").await.map(drop)
    }

    /// Says the number of the caller, who waits in the queue from here on.
    async fn calls(&mut self, queue: &str, stage: &mut Stage) -> Result<String> {
        let mut caller = stage.caller().await?;
        caller.dials(queue).await?;
        caller.is_answered().await?;
        let number = caller.name.clone();
        self.callers.push(caller);
        Ok(number)
    }

    async fn hears_the_phone(&mut self, number: &str) -> Result<()> {
        let phone = self.phone.as_ref().ok_or_else(no_phone)?;
        let caller = self.callers.iter().find(|caller| caller.name == number);
        caller.ok_or_else(|| nobody(number))?.hears(phone).await.map(drop)
    }

    fn phone(&mut self) -> Result<&mut Phone> {
        self.phone.as_mut().ok_or_else(no_phone)
    }

    fn caller(&mut self, number: &str) -> Result<&mut Phone> {
        self.callers.iter_mut().find(|caller| caller.name == number).ok_or_else(|| nobody(number))
    }

    /// Callers and the phone end what they do.
    pub async fn leaves(&mut self) {
        for phone in self.callers.drain(..).chain(self.phone.take()) {
            phone.leaves().await;
        }
    }
}

fn no_phone() -> Trouble {
    Trouble::said("no flow has begun: there is no phone yet")
}

fn nobody(number: &str) -> Trouble {
    Trouble::said(format!("nobody calls from {number}"))
}
