//! Parties played by sipp: phones that refuse, are silent or die, and crowds of callers and agents.

use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::Child;
use tokio::time::sleep;

use super::baresip::Exchange;
use super::caller::Caller;
use super::clock::Millis;
use super::diary::{Diary, Note, What};
use super::script::registration;
use crate::ports::{ADDRESS, TRUNK_ADDRESS, any_free_udp};
use crate::site::sip_password;
use crate::traffic::sipp::{sipp, table};
use crate::{Result, Trouble, command};

static CROWDS: AtomicU32 = AtomicU32::new(0);
/// How often the log of a sipp is read.
const READ_AGAIN: Duration = Duration::from_millis(10);
/// Registrations of scripted phones last as long as any test.
const FOR_LONG: u32 = 7200;

/// One sipp, playing one party or many. Killed when dropped.
pub struct Crowd {
    /// Its own log: every line says to whom it happened.
    pub diary: Diary,
    /// The accounts of its phones; none for callers.
    pub accounts: Vec<u32>,
    exchange: Exchange,
    port: u16,
    child: Child,
    log: Arc<Mutex<Log>>,
    reader: tokio::task::JoinHandle<()>,
}

/// The log of a sipp, and how much of it stands in the diary.
struct Log {
    file: PathBuf,
    read: u64,
    diary: Diary,
}

impl Crowd {
    /// Phones on these accounts, which all follow one script.
    ///
    /// # Errors
    /// When sipp does not start, or an account does not register.
    pub async fn agents(exchange: &Exchange, accounts: &[u32], script: &str) -> Result<Self> {
        let port = any_free_udp()?;
        let mut crowd = Self::start(exchange, "agents", script, &[], (ADDRESS, port))?;
        crowd.accounts = accounts.to_vec();
        register(exchange, accounts, port, FOR_LONG).await?;
        Ok(crowd)
    }

    /// One caller.
    ///
    /// # Errors
    /// When sipp does not start.
    pub fn caller(exchange: &Exchange, caller: &Caller<'_>) -> Result<Self> {
        Self::start(exchange, "caller", &caller.script(), &["-m", "1"].map(str::to_owned), (TRUNK_ADDRESS, any_free_udp()?))
    }

    /// As many callers as the table has lines, `rate` a second.
    ///
    /// # Errors
    /// When sipp does not start.
    pub fn callers(exchange: &Exchange, script: &str, people: &[String], rate: u32) -> Result<Self> {
        Self::callers_at_most(exchange, script, people, rate, 1000)
    }

    /// The same, but never more than so many at once: whoever is next dials when somebody has left.
    ///
    /// # Errors
    /// When sipp does not start.
    pub fn callers_at_most(exchange: &Exchange, script: &str, people: &[String], rate: u32, at_once: usize) -> Result<Self> {
        let name = name("people");
        let file = table(&exchange.folder, &name, "SEQUENTIAL", people.iter().cloned())?;
        let [many, rate, at_once] = [people.len().to_string(), rate.to_string(), at_once.to_string()];
        let words = ["-m", &many, "-r", &rate, "-l", &at_once, "-inf", &file].map(str::to_owned);
        Self::start(exchange, "callers", script, &words, (TRUNK_ADDRESS, any_free_udp()?))
    }

    fn start(exchange: &Exchange, kind: &str, script: &str, words: &[String], at: (&str, u16)) -> Result<Self> {
        let name = name(kind);
        let log = exchange.folder.join(format!("{name}.log"));
        let mut command = sipp(&exchange.folder, &name, script, at.0, exchange.sip)?;
        command.args(["-p", &at.1.to_string(), "-trace_logs", "-log_file"]).arg(&log).args(words);
        let out = exchange.folder.join(format!("{name}.screen"));
        let screen = fs::File::create(&out).map_err(Trouble::file("writing", &out))?;
        let child = command
            .stdout(screen)
            .stderr(std::process::Stdio::null())
            .spawn()
            .map_err(|source| Trouble::Start { program: command::shown(&command), source })?;
        let diary = Diary::empty();
        let log = Arc::new(Mutex::new(Log { file: log, read: 0, diary: diary.clone() }));
        let reader = tokio::spawn(follow(Arc::clone(&log)));
        Ok(Self { diary, accounts: Vec::new(), exchange: exchange.clone(), port: at.1, child, log, reader })
    }

    /// Waits until every caller has ended.
    ///
    /// # Errors
    /// When they take longer than `bound`.
    pub async fn ends(&mut self, bound: Duration) -> Result<()> {
        let ended = tokio::time::timeout(bound, self.child.wait()).await;
        ended
            .map_err(|_| Trouble::said(format!("sipp's callers had not all ended after {} s", bound.as_secs())))?
            .map_err(|source| Trouble::Start { program: "sipp".to_owned(), source })?;
        read_on(&self.log);
        Ok(())
    }

    /// Lets nobody call any more; those who have called go on until their end.
    ///
    /// # Errors
    /// When sipp has ended already.
    pub fn stops_calling(&self) -> Result<()> {
        let ended = || Trouble::said("sipp's callers have ended before they were told to");
        let id = self.child.id().ok_or_else(ended)?;
        kill(Pid::from_raw(id.cast_signed()), Signal::SIGUSR1).map_err(|_| ended())
    }

    /// Takes the registrations back and ends the phones.
    ///
    /// # Errors
    /// When the registrations cannot be taken back.
    pub async fn leaves(mut self) -> Result<()> {
        if !self.accounts.is_empty() {
            register(&self.exchange, &self.accounts, self.port, 0).await?;
        }
        self.dies().await;
        Ok(())
    }

    /// Ends the phones as a cut cable would: no BYE, no word to anybody.
    pub async fn dies(&mut self) {
        let _ = self.child.kill().await;
        read_on(&self.log);
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

fn name(kind: &str) -> String {
    format!("{kind}-{}", CROWDS.fetch_add(1, Ordering::Relaxed))
}

async fn register(exchange: &Exchange, accounts: &[u32], port: u16, expires: u32) -> Result<()> {
    let lines = accounts.iter().map(|account| {
        let password = sip_password(*account);
        format!("{account};[authentication username={account} password={password}];{port};{expires}")
    });
    let name = name("register");
    let table = table(&exchange.folder, &name, "SEQUENTIAL", lines)?;
    let mut registering = sipp(&exchange.folder, &name, &registration(), ADDRESS, exchange.sip)?;
    registering.args(["-p", &any_free_udp()?.to_string(), "-m", &accounts.len().to_string(), "-r", "50", "-inf"]).arg(table);
    command::run(&mut registering).await.map(drop)
}

/// Follows sipp's log and writes it into the diary.
async fn follow(log: Arc<Mutex<Log>>) {
    loop {
        read_on(&log);
        sleep(READ_AGAIN).await;
    }
}

/// Writes into the diary what the log says since the last look. sipp flushes each line: once it has ended, that is all there is.
fn read_on(log: &Mutex<Log>) {
    let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
    let Log { file, read, diary } = &mut *log;
    whole_lines(file, read).iter().filter_map(|line| note(line)).for_each(|note| diary.write(note));
}

/// The lines that were finished since the last look. Only what is new is read: the log of thousands of calls is long.
fn whole_lines(log: &Path, read: &mut u64) -> Vec<String> {
    let fresh = || -> std::io::Result<Vec<u8>> {
        let (mut file, mut fresh) = (fs::File::open(log)?, Vec::new());
        file.seek(SeekFrom::Start(*read))?;
        file.read_to_end(&mut fresh)?;
        Ok(fresh)
    };
    let fresh = fresh().unwrap_or_default();
    let Some(end) = fresh.iter().rposition(|byte| *byte == b'\n') else { return Vec::new() };
    *read += u64::try_from(end).unwrap_or_default() + 1;
    String::from_utf8_lossy(&fresh[..end]).lines().map(str::to_owned).collect()
}

/// `2026-11-21 05:50:53.429204 1795240253.429204 rang +7912 1001 call-id`.
fn note(line: &str) -> Option<Note> {
    let mut words = line.split_whitespace().skip(2);
    let (seconds, fraction) = words.next()?.split_once('.')?;
    let at: Millis = seconds.parse::<Millis>().ok()? * 1000 + fraction.get(..3)?.parse::<Millis>().ok()?;
    let what = match words.next()? {
        "dialled" => What::Dialled,
        "rang" => What::Rang,
        "established" => What::Established,
        "hung-up" => What::HungUp,
        "was-hung-up" => What::WasHungUp,
        other => match other.split_once('-')? {
            ("refused", status) => What::Refused(status.parse().ok()?),
            ("failed", status) => What::Failed(status.parse().ok()?),
            _ => return None,
        },
    };
    let (peer, who, call) = (words.next()?.to_owned(), words.next()?.to_owned(), words.next()?.to_owned());
    Some(Note { at, what, who, peer, call })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_sipps_log_becomes_a_note() {
        let line = "2026-11-21\t05:50:53.429204\t1795240253.429204 refused-603 +7912 1001 zz1@127.0.0.1";
        let note = note(line).unwrap();
        assert_eq!((note.at, note.what), (1_795_240_253_429, What::Refused(603)));
        assert_eq!((&*note.peer, &*note.who), ("+7912", "1001"));
        assert!(super::note("The following events occurred:").is_none());
    }
}
