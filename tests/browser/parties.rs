//! Whoever plays the calls beside the browser: asked by a line for what no page can do (a caller calls, a phone answers, the
//! program dies), and waited for until that is done.

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::Site;
use crate::chromium::Outcome;

/// The way to them.
#[derive(Debug)]
pub struct Parties {
    stream: BufReader<TcpStream>,
}

impl Parties {
    /// Has them begin: no call is left of earlier flows, the operator's phone is there, and the operator is not.
    ///
    /// # Errors
    /// When nobody said where they are, or they cannot begin.
    pub async fn begin(site: &Site) -> Outcome<Self> {
        let address = site.parties.as_ref().ok_or("CALLSYNC_TEST_PARTIES is not set: nobody calls when asked")?;
        let mut parties = Self { stream: BufReader::new(TcpStream::connect(address).await?) };
        parties.does("begin").await?;
        Ok(parties)
    }

    /// Has somebody call a queue; says the caller's number in digits alone, as soon as the caller waits there.
    ///
    /// # Errors
    /// When that comes to nothing.
    pub async fn calls(&mut self, queue: &str) -> Outcome<String> {
        Ok(self.does(&format!("call {queue}")).await?.trim_start_matches('+').to_owned())
    }

    /// Has the operator's phone do something: `answers`, `refuses`, `hangs-up`; or waits until it `is-hung-up`.
    ///
    /// # Errors
    /// When it does not.
    pub async fn phone(&mut self, what: &str) -> Outcome {
        self.does(&format!("phone {what}")).await.map(drop)
    }

    /// Waits until the operator's phone rings; says from which number, in digits alone.
    ///
    /// # Errors
    /// When it does not ring soon.
    pub async fn phone_rings(&mut self) -> Outcome<String> {
        Ok(self.does("phone rings").await?.trim_start_matches('+').to_owned())
    }

    /// Has a caller do something: `hangs-up`; or waits until the caller `is-hung-up` or `hears-the-phone`.
    ///
    /// # Errors
    /// When they do not.
    pub async fn caller(&mut self, number: &str, what: &str) -> Outcome {
        self.does(&format!("caller +{number} {what}")).await.map(drop)
    }

    /// Has the program `stop`, `die` or `return`.
    ///
    /// # Errors
    /// When it does not.
    pub async fn program(&mut self, what: &str) -> Outcome {
        self.does(&format!("program {what}")).await.map(drop)
    }

    async fn does(&mut self, order: &str) -> Outcome<String> {
        self.stream.write_all(format!("{order}\n").as_bytes()).await?;
        let mut answer = String::new();
        self.stream.read_line(&mut answer).await?;
        match answer.trim_end().split_once(' ').unwrap_or((answer.trim_end(), "")) {
            ("ok", told) => Ok(told.to_owned()),
            ("no", why) => Err(format!("{order}: {why}").into()),
            _ => Err(format!("{order}: nobody answers any more").into()),
        }
    }
}
