//! `cargo lab up`: a living call centre on this machine, until Ctrl-C.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use nix::fcntl::{Flock, FlockArg};

use crate::cli::Up;
use crate::install::{self, Need};
use crate::place::{Lab, Options, Ready};
use crate::ports::Ports;
use crate::say::{self, Step};
use crate::traffic::{Plan, Traffic};
use crate::{Result, Trouble, folders, logins, product, root, signals, space};

/// The data folder of the lab with these ports: `up`, or `up-9080` where the pages are on another port, so that two labs of
/// one machine do not share a database.
///
/// # Errors
/// When it cannot be made.
pub fn folder(ports: &Ports) -> Result<PathBuf> {
    let name = if ports.web == Ports::default().web { "up".to_owned() } else { format!("up-{}", ports.web) };
    folders::made(folders::labs()?.join(name))
}

/// What needs the machine's network: packages, the Asterisk root, the page assets, the build. Gives the product's program.
///
/// # Errors
/// When a port is taken already, or a step fails.
pub async fn prepare(options: &Up) -> Result<PathBuf> {
    Ports::from_environment()?.check_free()?;
    say::heading("CallSync Central lab");
    let needs = if options.postgres { vec![Need::Basics, Need::Postgres] } else { vec![Need::Basics] };
    install::ready(&needs).await?;
    root::ready().await?;
    product::build(options.release).await
}

/// Starts everything, says where it is, and waits until it is asked to stop or a part ends by itself.
///
/// # Errors
/// When a part does not start.
pub async fn run(options: &Up) -> Result<ExitCode> {
    let ports = Ports::from_environment()?;
    let folder = folder(&ports)?;
    let _alone = lock(&folder.with_extension("lock"))?;
    if options.fresh {
        empty(&folder)?;
    }
    let stopping = signals::asked_to_stop();
    tokio::pin!(stopping);
    let (lab, traffic) = tokio::select! {
        started = start(options, folder, ports) => started?,
        _ = &mut stopping => return Ok(ExitCode::SUCCESS),
    };
    let (mut lab, mut traffic) = (lab, traffic);
    let ended = tokio::select! {
        _ = &mut stopping => None,
        ended = part_that_ends(&mut lab, traffic.as_mut()) => Some(ended),
    };
    if ended.is_none() {
        say::heading("Stopping");
    }
    if let Some(traffic) = traffic {
        traffic.stop().await;
    }
    let words = ended.map(|part| last_words(&mut lab, part));
    lab.stop().await;
    match words {
        None => Ok(ExitCode::SUCCESS),
        Some(words) => Err(Trouble::said(words)),
    }
}

async fn start(options: &Up, folder: PathBuf, ports: Ports) -> Result<(Lab, Option<Traffic>)> {
    let callsync = space::callsync().ok_or_else(|| Trouble::said("callsync was not built"))?;
    let ready = match options {
        Up { ready: true, .. } => Ready::All,
        Up { no_traffic: true, .. } => Ready::First(0),
        Up { agents, .. } => Ready::First(*agents),
    };
    let step = Step::quiet("Asterisk, callsync");
    let lab = Lab::start(Options { folder, ports, postgres: options.postgres, callsync: Some(callsync), ready }).await?;
    step.done("ready");
    logins::keep(&lab)?;
    let traffic = if options.no_traffic { None } else { Some(begin_traffic(options, &lab).await?) };
    say::heading("The call centre is open");
    logins::show(&logins::document(&lab.ports, &lab.passwords, &lab.database_url(), &lab.cdr_url()));
    say::line(format!("Data      {}", lab.folder.display()));
    say::line("Ctrl-C closes it.");
    Ok((lab, traffic))
}

async fn begin_traffic(options: &Up, lab: &Lab) -> Result<Traffic> {
    let rate = options.rate.unwrap_or_else(|| Plan::usual_rate(options.agents));
    let plan = Plan { agents: options.agents, rate };
    let step = Step::quiet("phones and callers");
    let traffic = Traffic::start(lab, plan).await?;
    step.done(&format!("{} phones, {} calls a minute", plan.agents, plan.rate));
    Ok(traffic)
}

/// A part of the lab that may end by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Asterisk,
    Callsync,
}

async fn part_that_ends(lab: &mut Lab, mut traffic: Option<&mut Traffic>) -> Part {
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        if let Some(traffic) = &mut traffic {
            traffic.check();
        }
        if !lab.asterisk.is_running() {
            return Part::Asterisk;
        }
        if lab.product().is_ok_and(|product| !product.is_running()) {
            return Part::Callsync;
        }
    }
}

fn last_words(lab: &mut Lab, part: Part) -> String {
    match part {
        Part::Asterisk => {
            let log = lab.asterisk.log.join("messages.log");
            let words = fs::read_to_string(&log).unwrap_or_default();
            format!("Asterisk ended by itself; its last words:\n{}", crate::command::tail(&words, 20))
        }
        Part::Callsync => {
            let words = lab.product().map(|product| product.log()).unwrap_or_default();
            format!("callsync ended by itself; its last words:\n{}", crate::command::tail(&words, 20))
        }
    }
}

fn lock(file: &Path) -> Result<Flock<fs::File>> {
    let open = fs::File::create(file).map_err(Trouble::file("making the lock", file))?;
    Flock::lock(open, FlockArg::LockExclusiveNonblock)
        .map_err(|_| Trouble::said("another cargo lab up runs with this data folder; stop it, or choose other ports"))
}

fn empty(folder: &Path) -> Result<()> {
    fs::remove_dir_all(folder).map_err(Trouble::file("removing", folder))?;
    folders::made(folder.to_path_buf()).map(drop)
}
