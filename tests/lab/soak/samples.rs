//! What the program and Asterisk take of the machine, every ten seconds, as the kernel tells it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior};

const EVERY: Duration = Duration::from_secs(10);

/// What one process takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Taken {
    /// The process.
    pub pid: u32,
    /// Resident memory in kilobytes.
    pub memory_kb: u64,
    /// Open descriptors.
    pub descriptors: u64,
}

/// What both take at one moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    /// How long after the first sample, in seconds.
    pub second: u64,
    /// The program, while it runs.
    pub callsync: Option<Taken>,
    /// Asterisk, while it runs.
    pub asterisk: Option<Taken>,
}

/// Takes samples until it is stopped.
pub(super) struct Sampler {
    stop: watch::Sender<bool>,
    task: JoinHandle<Vec<Sample>>,
}

impl Sampler {
    /// Begins.
    pub fn start() -> Self {
        let (stop, stopping) = watch::channel(false);
        Self { stop, task: tokio::spawn(sample(stopping)) }
    }

    /// Everything that was sampled.
    pub async fn stop(self) -> Vec<Sample> {
        self.stop.send_replace(true);
        self.task.await.unwrap_or_default()
    }
}

async fn sample(mut stopping: watch::Receiver<bool>) -> Vec<Sample> {
    let began = Instant::now();
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut samples = Vec::new();
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            // An error means that whoever could stop us is gone.
            _ = stopping.changed() => return samples,
        }
        let [callsync, asterisk] = [&["callsync", "serve"][..], &["asterisk"]].map(taken);
        samples.push(Sample { second: began.elapsed().as_secs(), callsync, asterisk });
    }
}

/// What the process takes whose command line has this program and these words. A space has its own processes alone.
fn taken(words: &[&str]) -> Option<Taken> {
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| is_called(&fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default(), words)).find_map(|pid| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).ok()?.count();
        Some(Taken { pid, memory_kb: memory_kb(&status)?, descriptors: u64::try_from(descriptors).ok()? })
    })
}

fn is_called(command_line: &str, words: &[&str]) -> bool {
    let said: Vec<&str> = command_line.split('\0').collect();
    let program = said.first().and_then(|path| Path::new(path).file_name()?.to_str());
    program == words.first().copied() && words.iter().skip(1).all(|word| said.contains(word))
}

fn memory_kb(status: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{is_called, memory_kb, taken};

    #[test]
    fn the_program_is_told_from_its_own_commands_and_from_others() {
        let serve = "/t/debug/callsync\0--config\0/x/callsync.toml\0serve\0";
        assert!(is_called(serve, &["callsync", "serve"]));
        assert!(!is_called("/t/debug/callsync\0--config\0x\0import\0f\0", &["callsync", "serve"]));
        assert!(!is_called("tail\0/x/callsync\0serve\0", &["callsync", "serve"]));
        assert!(is_called("/usr/sbin/asterisk\0-f\0", &["asterisk"]));
    }

    #[test]
    fn memory_is_read_from_the_status_and_a_process_that_is_not_there_takes_nothing() {
        assert_eq!(memory_kb("Name:\tx\nVmRSS:\t   61240 kB\n"), Some(61_240));
        assert_eq!(memory_kb(""), None);
        assert_eq!(taken(&["no program is called so"]), None);
    }
}
