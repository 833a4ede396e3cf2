//! The three who are compared: each takes over the same phones for a turn, and gives them back.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::floor;
use crate::scenarios::{Stage, asks};
use crate::{Result, Trouble};

/// The floor says within this that it is ready.
const READY_WITHIN: Duration = Duration::from_secs(10);
/// `timeout` of the plain queues in queues.conf.
const RINGS_FOR_S: u32 = 15;
/// Names of phones that fit into one request.
const NAMES_AT_ONCE: usize = 20;

/// Who serves the callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contestant {
    /// The product.
    Callsync,
    /// Asterisk's own queue.
    AppQueue,
    /// The least that can be done over ARI.
    Floor,
}

impl Contestant {
    /// All, in the order of their turns.
    pub const ALL: [Self; 3] = [Self::Callsync, Self::AppQueue, Self::Floor];

    /// As the report calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Callsync => "callsync",
            Self::AppQueue => "app_queue",
            Self::Floor => "floor",
        }
    }

    /// The number that its callers dial.
    pub const fn number(self) -> &'static str {
        match self {
            Self::Callsync => "700",
            Self::AppQueue => "790",
            Self::Floor => "793",
        }
    }
}

/// The product's queue and Asterisk's configuration for the time of the bench: phones ring as long in 700 as in 790 and
/// nobody wraps up, 793 leads to the floor, and nobody serves 790 but in its own turns.
///
/// # Errors
/// When a file cannot be written, or the product or Asterisk does not take it.
pub async fn prepare(stage: &mut Stage) -> Result<()> {
    let settings = stage.lab.folder.join("bench.json");
    let queue = json!({"queues": [{
        "number": Contestant::Callsync.number(), "name": "Продажи", "music": "default", "ring_timeout_s": RINGS_FOR_S,
        "wrap_up_s": 0, "service_level": {"percent": 80, "within_s": 20},
    }]});
    fs::write(&settings, queue.to_string()).map_err(Trouble::file("writing", &settings))?;
    stage.lab.product()?.import(&settings).await?;
    let file = stage.lab.asterisk.root.join("etc/asterisk/extensions.conf");
    let mut text = fs::read_to_string(&file).map_err(Trouble::file("reading", &file))?;
    text.push_str(&extensions());
    fs::write(&file, text).map_err(Trouble::file("writing", &file))?;
    stage.lab.asterisk_cli("dialplan reload").await?;
    serve_plain_queue(stage, &[]).await
}

/// Numbers of the trunk's own context go before those that it includes. `Answer(,i)`: by itself Answer waits for the caller's
/// voice, for half a second where there is none, as here.
fn extensions() -> String {
    let (plain, floor, app) = (Contestant::AppQueue.number(), Contestant::Floor.number(), floor::APP);
    format!(
        "\n[from-trunk](+)\nexten => {floor},1,Stasis({app})\n same => n,Hangup()\n\
         exten => {plain},1,Answer(,i)\n same => n,Queue({plain},,,,600)\n same => n,Hangup()\n"
    )
}

/// What stands in the plain queue 790 behind the settings of all plain queues: its members, and what makes it as quick as it
/// can be. Nobody wraps up. `retry = 1`, as for all of them, is the least: app_queue takes 0 for 5. `autofill` and
/// `ringinuse = no` are set already, and `leastrecent` is its name for who has been idle longest.
fn members(accounts: &[u32]) -> String {
    let mut text = String::from("; Made by the lab for a bench.\nwrapuptime = 0\n");
    accounts.iter().for_each(|account| text.push_str(&format!("member => PJSIP/{account}\n")));
    text
}

async fn serve_plain_queue(stage: &Stage, accounts: &[u32]) -> Result<()> {
    let file = stage.lab.asterisk.root.join("etc/asterisk/members-790.conf");
    fs::write(&file, members(accounts)).map_err(Trouble::file("writing", &file))?;
    stage.lab.asterisk_cli("queue reload all").await.map(drop)
}

/// A contestant who serves the phones. What it started is killed when dropped.
pub struct Serving {
    who: Contestant,
    accounts: Vec<u32>,
    floor: Option<Child>,
}

impl Serving {
    /// Lets a contestant, and nobody else, serve these phones. The others are not there meanwhile: the product does not run,
    /// and queue 790 has no members, so that nobody's cost is another's.
    ///
    /// # Errors
    /// When it does not become ready.
    pub async fn begin(stage: &mut Stage, who: Contestant, accounts: &[u32]) -> Result<Self> {
        let mut serving = Self { who, accounts: accounts.to_vec(), floor: None };
        match who {
            Contestant::Callsync => {
                stage.program_returns().await?;
                serving.ask(stage, "*10", "ready").await?;
            }
            Contestant::AppQueue => serve_plain_queue(stage, accounts).await?,
            Contestant::Floor => serving.floor = Some(start_floor(stage, accounts).await?),
        }
        Ok(serving)
    }

    /// The process beside Asterisk that does the work, if there is one.
    ///
    /// # Errors
    /// When the product does not run.
    pub fn process(&self, stage: &mut Stage) -> Result<Option<u32>> {
        match self.who {
            Contestant::Callsync => Ok(stage.lab.product()?.pid()),
            Contestant::AppQueue => Ok(None),
            Contestant::Floor => Ok(self.floor.as_ref().and_then(Child::id)),
        }
    }

    /// Gives the phones back.
    ///
    /// # Errors
    /// When it does not let go of them.
    pub async fn end(mut self, stage: &mut Stage) -> Result<()> {
        stage.asterisk_is_empty().await?;
        match self.who {
            Contestant::Callsync => {
                // Logged out, nobody is a member of the queues in which the product mirrors who is there.
                self.ask(stage, "*12", "logged_out").await?;
                unsubscribe(stage).await?;
                stage.lab.product()?.stop().await;
            }
            Contestant::AppQueue => serve_plain_queue(stage, &[]).await?,
            Contestant::Floor => {
                if let Some(floor) = &mut self.floor {
                    let _ = floor.kill().await;
                }
            }
        }
        Ok(())
    }

    /// Has all agents dial a feature code, and waits until the books say that it was done.
    async fn ask(&self, stage: &Stage, code: &str, becomes: &str) -> Result<()> {
        let accounts: Vec<String> = self.accounts.iter().map(u32::to_string).collect();
        asks::dial(&stage.exchange, &accounts, code).await?;
        for account in &accounts {
            stage.becomes(account, becomes).await?;
        }
        stage.asterisk_is_empty().await
    }
}

/// Asterisk keeps the phones that an application watches when it goes, and complains of each change meanwhile that nobody is
/// there: a cost that the others must not bear. Once the application is gone they cannot be given up any more.
async fn unsubscribe(stage: &Stage) -> Result<()> {
    let watched = stage.ari("applications/callsync").await?["device_names"].clone();
    let names: Vec<String> =
        watched.as_array().into_iter().flatten().filter_map(|name| name.as_str()).map(str::to_owned).collect();
    for some in names.chunks(NAMES_AT_ONCE) {
        let sources: Vec<String> = some.iter().map(|name| format!("deviceState:{name}")).collect();
        stage.ari_forgets(&format!("applications/callsync/subscription?eventSource={}", sources.join(","))).await?;
    }
    Ok(())
}

async fn start_floor(stage: &Stage, accounts: &[u32]) -> Result<Child> {
    let program = std::env::current_exe().map_err(Trouble::file("finding", "the lab's own program"))?;
    let started = |source| Trouble::Start { program: "lab floor".to_owned(), source };
    let mut command = Command::new(program);
    command.arg("floor").args(accounts.iter().map(u32::to_string));
    command.env(floor::URL, stage.lab.ari_url()).env(floor::PASSWORD, &stage.lab.passwords.ari);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true).spawn().map_err(started)?;
    let output = child.stdout.take().ok_or_else(|| Trouble::said("the floor has no output"))?;
    let said = timeout(READY_WITHIN, BufReader::new(output).lines().next_line()).await;
    match said {
        Ok(Ok(Some(line))) if line == floor::READY => Ok(child),
        said => Err(Trouble::said(format!("the floor did not become ready; it said {said:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_contestant_has_a_number_of_its_own_that_no_other_queue_of_the_dialplan_has() {
        let dialplan = fs::read_to_string(crate::folders::workspace().join("dialplan/extensions.conf")).unwrap();
        assert!(dialplan.contains("exten => _7[0-8]X,1") && dialplan.contains("exten => _79[0-2],1"));
        assert_eq!(Contestant::ALL.map(Contestant::number), ["700", "790", "793"]);
        let queues = fs::read_to_string(crate::folders::workspace().join("dialplan/queues.conf")).unwrap();
        let (_, plain) = queues.split_once("[plain](!)").unwrap();
        assert!(plain.contains(&format!("timeout = {RINGS_FOR_S}\n")));
        assert!(extensions().contains("exten => 793,1,Stasis(floor)\n same => n,Hangup()\nexten => 790,1,Answer(,i)\n"));
    }

    #[test]
    fn the_plain_queue_takes_its_members_and_no_time_to_wrap_up() {
        assert_eq!(
            members(&[1001, 1002]).lines().skip(1).collect::<Vec<_>>(),
            ["wrapuptime = 0", "member => PJSIP/1001", "member => PJSIP/1002"]
        );
    }
}
