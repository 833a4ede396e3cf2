//! One turn: a contestant serves the callers of a scenario, and everything is measured.

use std::fs;
use std::net::{Ipv4Addr, UdpSocket};
use std::path::PathBuf;
use std::time::Duration;

use nix::sys::socket::{setsockopt, sockopt};
use serde::Serialize;
use tokio::time::sleep;

use super::contestant::{Contestant, Serving};
use super::pairs::{Measured, measure};
use super::process::{Used, used};
use super::scenario::Scenario;
use crate::parties::caller::Caller;
use crate::parties::script::{self, Ringing, always};
use crate::parties::{Crowd, Hears, Tone, now};
use crate::ports::TRUNK_ADDRESS;
use crate::scenarios::{Stage, house};
use crate::{Result, Trouble};

/// What agents say: the same for all, since each caller listens at a place of their own.
const VOICE: Tone = Tone::nth(6);
/// An agent's phone answers at once: a wait of no time would be for ever.
const ANSWERS_AFTER_S: f64 = 0.01;
/// Longer than anybody waits.
const PATIENCE_S: f64 = 600.0;
/// A turn of the slowest contestant takes a minute, on a machine that has nothing else to do.
const ALL_WITHIN: Duration = Duration::from_secs(180);
/// The last CDR and the last messages come this soon after the last call.
const CALM: Duration = Duration::from_millis(500);
/// Callers listen from this port on: above those of Asterisk and of sipp.
const FIRST_EAR: u16 = 22_000;
/// More than there are callers at once.
const EARS: usize = 800;
/// Nobody reads there.
const EAR_BUFFER: usize = 4096;

/// What came of a turn.
#[derive(Debug, Clone, Serialize)]
pub struct Turn {
    /// What the wire says.
    #[serde(flatten)]
    pub measured: Measured,
    /// Processor time of Asterisk, in seconds.
    pub asterisk_cpu_s: f64,
    /// Processor time of the process beside it, if there is one.
    pub own_cpu_s: f64,
    /// The most memory that this process held, in megabytes.
    pub own_peak_mb: f64,
    /// How long it took, in seconds.
    pub took_s: f64,
    /// How long the machine stood still meanwhile, in milliseconds.
    pub standstill_ms: i64,
}

/// What the tap listens for: the agents' one voice.
pub fn hears() -> Hears {
    Hears::Voice(VOICE, VOICE.packet())
}

/// The phones of a scenario and the ears of its callers. They serve all its turns.
pub struct Field {
    agents: Crowd,
    /// Where callers' sound goes: a place where nobody listened would have the kernel answer each packet.
    _ears: Vec<UdpSocket>,
}

impl Field {
    /// Registers the phones.
    ///
    /// # Errors
    /// When they do not register, or an ear's port is taken.
    pub async fn open(stage: &Stage, scenario: &Scenario) -> Result<Self> {
        let accounts: Vec<u32> = house::staff(Contestant::Callsync.number()).into_iter().take(scenario.agents).collect();
        let deed = scenario.deed(always(ANSWERS_AFTER_S), voice(stage)?);
        let agents = Crowd::agents(&stage.exchange, &accounts, &script::agents(Ringing::Told, &[(1.0, deed)])).await?;
        let ears = (0..EARS).map(|place| ear(place).map_err(Trouble::file("listening at", format!("{}", port(place)))));
        Ok(Self { agents, _ears: ears.collect::<Result<_>>()? })
    }

    /// Plays one turn.
    ///
    /// # Errors
    /// When the contestant does not become ready, or the calls do not come to an end.
    pub async fn play(&self, stage: &mut Stage, scenario: &Scenario, who: Contestant) -> Result<Turn> {
        let serving = Serving::begin(stage, who, &self.agents.accounts).await?;
        stage.exchange.tap.forget();
        let process = serving.process(stage)?;
        let asterisk = stage.lab.asterisk.pid().ok_or_else(|| Trouble::said("Asterisk does not run"))?;
        let own = || process.map_or_else(|| Ok(Used::default()), used);
        let (began, asterisk_before, own_before) = (now(), used(asterisk)?, own()?);
        calls(stage, scenario, who).await?;
        let (ended, asterisk_after, own_after) = (now(), used(asterisk)?, own()?);
        let messages = stage.exchange.tap.sip(|_| true);
        let measured = measure(&messages, stage.exchange.sip, scenario, |number, from, to| first_voice(stage, number, from, to));
        serving.end(stage).await?;
        Ok(Turn {
            measured,
            asterisk_cpu_s: asterisk_after.cpu_s - asterisk_before.cpu_s,
            own_cpu_s: own_after.cpu_s - own_before.cpu_s,
            own_peak_mb: own_after.peak_mb,
            took_s: seconds(ended - began),
            standstill_ms: stage.pulse.standstills().between(began, ended),
        })
    }

    /// Takes the phones away.
    ///
    /// # Errors
    /// When their registrations cannot be taken back.
    pub async fn close(self) -> Result<()> {
        self.agents.leaves().await
    }
}

/// Everybody calls, and comes to an end, or is lost.
async fn calls(stage: &Stage, scenario: &Scenario, who: Contestant) -> Result<()> {
    let people: Vec<String> = (0..scenario.callers).map(|n| format!("{};{}", number(n), port(n))).collect();
    let (from, number, dials) = ("<sip:[field0]@[local_ip]>", "[field0]", who.number());
    let caller = Caller { from, number, dials, patience: always(PATIENCE_S), headers: "" };
    let script = caller.script_with_ear_at("[field1]");
    if scenario.begins_with_a_second() {
        let into_the_second = u64::try_from(now().rem_euclid(1000)).unwrap_or_default();
        sleep(Duration::from_millis(1000 - into_the_second)).await;
    }
    let mut callers = Crowd::callers_at_most(&stage.exchange, &script, &people, scenario.rate, scenario.at_once)?;
    if callers.ends(ALL_WITHIN).await.is_err() {
        // Whoever is still there was lost, and will be counted.
        callers.dies().await;
        stage.lab.asterisk_cli("channel request hangup all").await?;
    }
    sleep(CALM).await;
    Ok(())
}

fn number(caller: usize) -> String {
    format!("+7915{caller:07}")
}

/// Where a caller hears. Those of callers who are there at once are different.
fn port(caller: usize) -> u16 {
    FIRST_EAR + u16::try_from(caller % EARS).unwrap_or_default() * 2
}

/// When the first packet of an agent's voice arrived at a caller, in microseconds; the tap tells the sound's time in milliseconds.
fn first_voice(stage: &Stage, number: &str, from: i64, to: i64) -> Option<i64> {
    let port = port(number.strip_prefix("+7915")?.parse().ok()?);
    let ear = stage.exchange.tap.ear(TRUNK_ADDRESS.parse().ok()?, &(port..=port));
    ear.arrivals(from / 1000, to / 1000).map(|heard| (heard.from * 1000).max(from))
}

fn ear(place: usize) -> std::io::Result<UdpSocket> {
    let address: Ipv4Addr = TRUNK_ADDRESS.parse().unwrap_or(Ipv4Addr::LOCALHOST);
    let socket = UdpSocket::bind((address, port(place)))?;
    setsockopt(&socket, sockopt::RcvBuf, &EAR_BUFFER)?;
    Ok(socket)
}

/// A second of the agents' voice as sipp plays it.
fn voice(stage: &Stage) -> Result<PathBuf> {
    let file = stage.exchange.folder.join("voice.ulaw");
    fs::write(&file, VOICE.packet().repeat(50)).map_err(Trouble::file("writing", &file))?;
    Ok(file)
}

#[expect(clippy::cast_precision_loss, reason = "a turn takes minutes at most")]
fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::bench::scenario::ALL;

    #[test]
    fn nobody_hears_anothers_voice() {
        for scenario in ALL {
            let ports: BTreeSet<u16> = (0..scenario.at_once).map(port).collect();
            assert_eq!(ports.len(), scenario.at_once, "{}", scenario.name);
        }
        assert!(port(EARS - 1) < 30_000, "baresip's own begin there");
    }
}
