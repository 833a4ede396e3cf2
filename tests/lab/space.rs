//! A space: mount, PID and IPC namespaces of the lab's own, and for tests a network of its own too.
//!
//! The lab's first process stays outside as the warden. It starts the lab again as the first process of the new PID
//! namespace, passes signals on, and waits. When the warden dies, even by `kill -9`, the kernel kills that first process, and
//! with it every process of the namespace; their mounts and network go with the namespaces. So nothing can stay behind.

use std::os::unix::process::{CommandExt as _, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::{SigSet, Signal, kill};
use nix::unistd::{Gid, Pid, Uid, chown, geteuid, getpid};

use crate::{Result, Trouble, folders};

const INSIDE: &str = "CALLSYNC_LAB_INSIDE";
const WARDEN: &str = "CALLSYNC_LAB_WARDEN";
/// Where the product's program is, as it was built outside.
const CALLSYNC: &str = "CALLSYNC_LAB_PROGRAM";

/// Set when the lab calls itself through sudo: the user's own lab has built everything already.
const PREPARED: &str = "CALLSYNC_LAB_PREPARED";

/// The space's network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// The machine's: web, SIP and ARI can be reached from outside the space.
    Host,
    /// Its own loopback and nothing else: labs side by side use the same ports.
    Own,
}

impl Network {
    fn word(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Own => "own",
        }
    }
}

/// Whether the steps outside a space were done by the lab that called this one through sudo.
pub fn prepared() -> bool {
    std::env::var_os(PREPARED).is_some()
}

/// The network of the space that this process is in, or nothing when it is in none.
pub fn inside() -> Option<Network> {
    match std::env::var(INSIDE).ok()?.as_str() {
        "host" => Some(Network::Host),
        "own" => Some(Network::Own),
        _ => None,
    }
}

/// The product's program as it was built before the space was entered; nothing when the lab goes without the product.
pub fn callsync() -> Option<PathBuf> {
    std::env::var_os(CALLSYNC).map(PathBuf::from)
}

/// Runs this same command line again inside a new space, and ends as it ends. Must be called while the process has only one
/// thread: a process that has left its PID namespace can start none.
///
/// # Errors
/// When the namespaces cannot be made.
pub fn enter(network: Network, callsync: Option<&Path>) -> Result<ExitCode> {
    if !geteuid().is_root() {
        return through_sudo(callsync);
    }
    if std::env::var_os("SUDO_UID").is_some() {
        // sudo killed with -9 takes the warden with it.
        let _ = set_pdeathsig(Signal::SIGKILL);
    }
    let passed_on = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGCHLD];
    let signals: SigSet = passed_on.into_iter().collect();
    signals.thread_block().map_err(|why| Trouble::said(format!("blocking signals: {why}")))?;
    let mut flags = CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWPID | CloneFlags::CLONE_NEWIPC;
    if network == Network::Own {
        flags |= CloneFlags::CLONE_NEWNET;
    }
    // Looked up before the mounts are another world's: from there the path may not be told rightly.
    let program = std::env::current_exe().map_err(Trouble::file("finding", "the lab's own program"))?;
    unshare(flags).map_err(|why| Trouble::said(format!("making a space (namespaces) for the lab: {why}")))?;
    let mut command = Command::new(&program);
    command.args(std::env::args_os().skip(1)).env(INSIDE, network.word()).env(WARDEN, getpid().to_string());
    if let Some(path) = callsync {
        command.env(CALLSYNC, path);
    }
    let child = command.spawn().map_err(|source| Trouble::Start { program: program.display().to_string(), source })?;
    watch(child, signals)
}

/// Makes the new namespaces a place to live in. The first thing to do inside a space.
///
/// # Errors
/// When a mount or the loopback interface cannot be set up.
pub fn settle(network: Network) -> Result<()> {
    set_pdeathsig(Signal::SIGKILL).map_err(|why| Trouble::said(format!("tying the lab to its warden: {why}")))?;
    // The old /proc is still mounted: a warden that died before the line above is missing from it.
    let warden = std::env::var(WARDEN).unwrap_or_default();
    if !Path::new("/proc").join(&warden).exists() {
        return Err(Trouble::said("the lab's first process is gone"));
    }
    SigSet::empty().thread_set_mask().map_err(|why| Trouble::said(format!("taking signals: {why}")))?;
    mounted(None, "/", None, MsFlags::MS_REC | MsFlags::MS_PRIVATE, None)?;
    mounted(Some("proc"), "/proc", Some("proc"), MsFlags::empty(), None)?;
    // PostgreSQL and Chromium leave files here when they are killed.
    mounted(Some("tmpfs"), "/dev/shm", Some("tmpfs"), MsFlags::empty(), Some("mode=1777"))?;
    if network == Network::Own {
        loopback_up()?;
        let passing = folders::passing()?;
        mounted(Some("tmpfs"), &passing, Some("tmpfs"), MsFlags::empty(), Some("mode=755"))?;
    }
    Ok(())
}

/// Mounts, and says what was mounted where when it fails.
///
/// # Errors
/// What the kernel said.
pub fn mounted(
    source: Option<&str>,
    target: impl AsRef<Path>,
    kind: Option<&str>,
    flags: MsFlags,
    data: Option<&str>,
) -> Result<()> {
    let target = target.as_ref();
    mount(source, target, kind, flags, data).map_err(|why| Trouble::file("mounting", target)(why.into()))
}

/// The command that runs a program as root: itself, or sudo where we are not root.
pub fn as_root(program: &str) -> tokio::process::Command {
    if geteuid().is_root() {
        return tokio::process::Command::new(program);
    }
    let mut command = tokio::process::Command::new("sudo");
    command.arg("--").arg(program);
    command
}

/// Gives a file that root wrote to the user who called the lab through sudo.
///
/// # Errors
/// When the owner cannot be changed.
pub fn give_to_caller(path: &Path) -> Result<()> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let (Some(user), Some(group)) = (number("SUDO_UID"), number("SUDO_GID")) else { return Ok(()) };
    chown(path, Some(Uid::from_raw(user)), Some(Gid::from_raw(group)))
        .map_err(|why| Trouble::file("changing the owner of", path)(why.into()))
}

fn loopback_up() -> Result<()> {
    let status = Command::new("ip")
        .args(["link", "set", "lo", "up"])
        .status()
        .map_err(|source| Trouble::Start { program: "ip".to_owned(), source })?;
    if status.success() { Ok(()) } else { Err(Trouble::said("the space's loopback interface could not be set up")) }
}

/// Passes signals on to the lab in the space until it ends.
fn watch(mut child: std::process::Child, signals: SigSet) -> Result<ExitCode> {
    let first = Pid::from_raw(child.id().cast_signed());
    loop {
        let signal = signals.wait().map_err(|why| Trouble::said(format!("waiting for signals: {why}")))?;
        if signal != Signal::SIGCHLD {
            let _ = kill(first, signal);
        }
        match child.try_wait().map_err(Trouble::file("waiting for", "the lab"))? {
            Some(status) => return Ok(exit_code(status)),
            None => continue,
        }
    }
}

fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().or(status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

/// Starts this command line again as root. The environment is named word by word, because sudo keeps none of it.
fn through_sudo(callsync: Option<&Path>) -> Result<ExitCode> {
    if !crate::command::exists("sudo") {
        return Err(Trouble::said("the lab needs root (for namespaces and mounts): run it as root, or install sudo"));
    }
    let program = std::env::current_exe().map_err(Trouble::file("finding", "the lab's own program"))?;
    let kept = std::env::vars_os().filter(|(name, _)| {
        let name = name.to_string_lossy();
        matches!(&*name, "HOME" | "PATH" | "TERM" | "LANG")
            || ["XDG_", "CARGO", "RUST", "CALLSYNC_"].iter().any(|start| name.starts_with(start))
    });
    let mut command = Command::new("sudo");
    command.args(["--", "env"]).arg(format!("{PREPARED}=yes"));
    if let Some(path) = callsync {
        command.arg(format!("{CALLSYNC}={}", path.display()));
    }
    for (name, value) in kept {
        let mut word = name;
        word.push("=");
        word.push(value);
        command.arg(word);
    }
    command.arg(program).args(std::env::args_os().skip(1));
    // sudo takes this process's place, so that whoever ends the lab ends sudo.
    Err(Trouble::Start { program: "sudo".to_owned(), source: command.exec() })
}
