//! One baresip: a real phone. As an agent it registers on an account; as a caller it comes from the trunk's address with a
//! number of its own.

use std::fs;
use std::net::Ipv4Addr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::clock::{Millis, Seen, now, until};
use super::control::Control;
use super::diary::{Diary, Note, What};
use super::packet::user_of;
use super::tap::Tap;
use super::tone::Tone;
use crate::ports::{ADDRESS, TRUNK_ADDRESS};
use crate::site::sip_password;
use crate::{Result, Trouble, command, folders};

const REGISTERS_WITHIN: Duration = Duration::from_secs(10);
const QUITS_WITHIN: Duration = Duration::from_secs(3);
/// Every phone has ten ports for sound: more than the two that a call takes, so that the next call need not wait for them.
const PORTS_EACH: u16 = 10;
/// Above Asterisk's own ports for sound, below those that the system gives away.
const FIRST_RTP: u16 = 21_000;
/// Two each: baresip takes the next one too, for SIP over TLS. From 6000 on sipp has its sound.
const FIRST_SIP: u16 = 30_100;
const FIRST_CONTROL: u16 = 8_100;
/// How many sets of ports there are; a scenario needs a handful, and the others are long gone when they come round again.
const SETS: u16 = 900;

static PHONES: AtomicU16 = AtomicU16::new(0);

/// Where phones live: what they share.
#[derive(Clone)]
pub struct Exchange {
    /// Asterisk's SIP port.
    pub sip: u16,
    /// The tap that hears what they hear.
    pub tap: Arc<Tap>,
    /// A folder for the phones' own files.
    pub folder: PathBuf,
}

/// A phone that runs. Asked to leave when dropped, so that it takes its registration back.
pub struct Phone {
    /// The account of an agent, the number of a caller.
    pub name: String,
    /// What it says into its microphone, for as long as a call stands.
    pub tone: Tone,
    /// Its own log.
    pub diary: Diary,
    /// Where it is.
    pub address: Ipv4Addr,
    /// Where it takes SIP.
    pub sip: u16,
    /// Where it takes sound.
    pub rtp: RangeInclusive<u16>,
    /// When it started: whatever its ports heard earlier was another's.
    pub since: Millis,
    pub(super) control: Control,
    pub(super) intent: Intent,
    pub(super) read_to: usize,
    pub(super) exchange: Exchange,
    child: Child,
}

/// What the phone was told to do with its call: baresip's own word for every end is the same.
pub(super) type Intent = Arc<Mutex<Option<What>>>;

impl Phone {
    /// A phone on an agent's account, registered.
    ///
    /// # Errors
    /// When it does not start or does not register.
    pub async fn agent(exchange: &Exchange, account: u32) -> Result<Self> {
        let identity = format!(
            "<sip:{account}@{ADDRESS}:{};transport=udp>;auth_user={account};auth_pass={};regint=60",
            exchange.sip,
            sip_password(account)
        );
        let phone = Self::start(exchange, account.to_string(), ADDRESS, &identity).await?;
        until(REGISTERS_WITHIN, &format!("the phone of {account} registers"), async || {
            let said = phone.control.order("reginfo", "").await?;
            Ok(if said.contains("OK") { Seen::Enough(()) } else { Seen::NotYet(format!("it says {}", said.trim())) })
        })
        .await?;
        Ok(phone)
    }

    /// A caller from the trunk, with this number.
    ///
    /// # Errors
    /// When the phone does not start.
    pub async fn caller(exchange: &Exchange, number: &str) -> Result<Self> {
        let identity = format!("<sip:{number}@{TRUNK_ADDRESS}>;regint=0");
        Self::start(exchange, number.to_owned(), TRUNK_ADDRESS, &identity).await
    }

    async fn start(exchange: &Exchange, name: String, address: &str, identity: &str) -> Result<Self> {
        let set = PHONES.fetch_add(1, Ordering::Relaxed) % SETS;
        let (tone, rtp) = (Tone::nth(set), FIRST_RTP + set * PORTS_EACH);
        let (sip, control) = (FIRST_SIP + set * 2, FIRST_CONTROL + set);
        let rtp = rtp..=rtp + PORTS_EACH - 1;
        let folder = folders::made(exchange.folder.join(format!("phone-{set}-{}", name.trim_start_matches('+'))))?;
        let wav = tone.wav(&exchange.folder)?;
        write(&folder.join("config"), &config(address, sip, &rtp, control, &wav))?;
        write(&folder.join("accounts"), "")?;
        write(&folder.join("contacts"), "")?;
        let since = now();
        let child = spawn(&folder)?;
        let (diary, intent) = (Diary::empty(), Intent::default());
        let control = Control::connect(control, {
            let (who, diary, intent) = (name.clone(), diary.clone(), Arc::clone(&intent));
            move |event| hear(event, &who, &diary, &intent)
        })
        .await?;
        // Only now: what happens to a phone that nobody listens to yet would be in nobody's log.
        control.order("uanew", &format!("{identity};answermode=manual;audio_codecs=PCMU/8000/1")).await?;
        let address = address.parse().unwrap_or(Ipv4Addr::LOCALHOST);
        let exchange = exchange.clone();
        Ok(Self { name, tone, diary, address, sip, rtp, since, control, intent, read_to: 0, exchange, child })
    }

    /// Ends the phone as a person would: it takes its registration back.
    pub async fn leaves(mut self) {
        self.is_asked_to_leave();
        if timeout(QUITS_WITHIN, self.child.wait()).await.is_err() {
            self.dies().await;
        }
    }

    fn is_asked_to_leave(&self) {
        if let Some(id) = self.child.id() {
            let _ = kill(Pid::from_raw(id.cast_signed()), Signal::SIGTERM);
        }
    }

    /// Ends the phone as a cut cable would: no BYE, no word to anybody.
    pub async fn dies(&mut self) {
        let _ = self.child.kill().await;
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        self.is_asked_to_leave();
    }
}

/// Turns what baresip reports into lines of the log.
fn hear(event: &Value, who: &str, diary: &Diary, intent: &Mutex<Option<What>>) {
    let word = |name: &str| event[name].as_str().unwrap_or_default();
    let intended = || intent.lock().unwrap_or_else(PoisonError::into_inner).take();
    let what = match word("type") {
        "CALL_INCOMING" => What::Rang,
        "CALL_ESTABLISHED" => What::Established,
        "CALL_CLOSED" => closed(word("param"), intended()),
        _ => return,
    };
    let (peer, call) = (user_of(word("peeruri")), word("id").to_owned());
    diary.write(Note { at: now(), what, who: who.to_owned(), peer, call });
}

/// How a call ended: `486 Busy Here`, `Connection reset by user` (ourselves) or `by peer`.
fn closed(why: &str, intended: Option<What>) -> What {
    if let Some(status) = why.get(..3).and_then(|status| status.parse().ok()) {
        return What::Failed(status);
    }
    match intended {
        Some(what) if !why.contains("by peer") => what,
        _ => What::WasHungUp,
    }
}

fn spawn(folder: &Path) -> Result<Child> {
    let log = folder.join("log");
    let output = fs::File::create(&log).map_err(Trouble::file("writing", &log))?;
    let errors = output.try_clone().map_err(Trouble::file("writing", &log))?;
    let mut baresip = Command::new("baresip");
    baresip.arg("-f").arg(folder).current_dir(folder).stdin(Stdio::null()).stdout(output).stderr(errors);
    baresip.process_group(0);
    baresip.spawn().map_err(|source| Trouble::Start { program: command::shown(&baresip), source })
}

fn config(address: &str, sip: u16, rtp: &RangeInclusive<u16>, control: u16, wav: &Path) -> String {
    let (first, last) = (rtp.start(), rtp.end());
    format!(
        "poll_method epoll
call_local_timeout 120
call_max_calls 4
sip_listen {address}:{sip}
net_interface {address}
audio_source aufile,{wav}
audio_player aufile,heard.wav
audio_alert aufile,/dev/null
ring_aufile none
ringback_aufile none
busy_aufile none
error_aufile none
notfound_aufile none
statmode_default off
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
audio_level no
rtp_ports {first}-{last}
rtp_timeout 0
jitter_buffer_delay 1-5
module_path {MODULES}
module g711.so
module aufile.so
module_app account.so
module_app menu.so
module ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
",
        wav = wav.display()
    )
}

/// Where Debian puts them.
const MODULES: &str = "/usr/lib/baresip/modules";

fn write(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text).map_err(Trouble::file("writing", file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_told_apart_by_who_wanted_it() {
        assert_eq!(closed("486 Busy Here", None), What::Failed(486));
        assert_eq!(closed("Connection reset by user", Some(What::HungUp)), What::HungUp);
        assert_eq!(closed("Connection reset by peer", Some(What::HungUp)), What::WasHungUp);
        assert_eq!(closed("Connection reset by peer", None), What::WasHungUp);
    }
}
