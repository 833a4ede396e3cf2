//! The labs that suites share: each is started once, when the first suite asks for it, and stopped when one of the other kind
//! is needed, since both would listen on the same ports.

use std::fs;
use std::path::{Path, PathBuf};

use crate::place::{Lab, Options};
use crate::say::Step;
use crate::scenarios::Stage;
use crate::{Result, Trouble, command, folders};

/// At most one lab at work.
pub struct Labs {
    /// Whether its witnesses' times are judged exactly.
    exactly: bool,
    stage: Option<(bool, Stage)>,
}

impl Labs {
    /// None yet. Times are judged exactly at length, and where something is asked for by name.
    pub const fn judging(exactly: bool) -> Self {
        Self { exactly, stage: None }
    }

    /// The lab with the product on SQLite or on PostgreSQL.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn stage(&mut self, postgres: bool) -> Result<&mut Stage> {
        if self.stage.as_ref().is_some_and(|(kind, _)| *kind != postgres) {
            self.close().await;
        }
        if self.stage.is_none() {
            let kind = if postgres { "lab on PostgreSQL" } else { "lab on SQLite" };
            let step = Step::quiet(kind);
            let mut options = Options::passing(if postgres { "tests-postgres" } else { "tests-sqlite" })?;
            options.postgres = postgres;
            if options.callsync.is_none() {
                return Err(Trouble::said("callsync was not built"));
            }
            hurry().await;
            let stage = Stage::start(options).await?;
            stage.pulse.judges(self.exactly);
            self.stage = Some((postgres, stage));
            step.done("ready");
        }
        self.stage.as_mut().map(|(_, stage)| stage).ok_or_else(|| Trouble::said("no lab"))
    }

    /// A lab without the product; stops the one that runs.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn bare(&mut self, postgres: bool) -> Result<Lab> {
        self.close().await;
        let mut options = Options::passing("tests-bare")?;
        (options.callsync, options.postgres) = (None, postgres);
        Lab::start(options).await
    }

    /// Stops the lab that runs, and keeps what it wrote.
    pub async fn close(&mut self) {
        if let Some((_, stage)) = self.stage.take() {
            let folder = stage.lab.folder.clone();
            stage.lab.stop().await;
            // Only a help for whoever looks into a failure later.
            let _ = keep(&folder);
        }
    }
}

/// Times that must agree within 100 ms are no use where a compiler next door takes the processor for longer: the lab, and all
/// that it starts from here on, goes before other work. Where that is not allowed, the tests run all the same.
pub async fn hurry() {
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let threads: Vec<String> = threads.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    let _ = command::run(tokio::process::Command::new("renice").args(["-n", "-15", "-p"]).args(threads)).await;
}

/// Where logs are kept after the labs' own folders are gone with their space.
///
/// # Errors
/// When the folder cannot be made.
pub fn kept() -> Result<PathBuf> {
    folders::made(folders::labs()?.join("test"))
}

/// Copies the logs of a lab out of the space.
///
/// # Errors
/// When a file cannot be copied.
pub fn keep(folder: &Path) -> Result<PathBuf> {
    let to = kept()?.join(folder.file_name().unwrap_or_default());
    // Those of an earlier run have the same names.
    let _ = fs::remove_dir_all(&to);
    folders::made(to.clone())?;
    for (log, name) in [("callsync.log", "callsync.log"), ("asterisk/log/messages.log", "asterisk.log")] {
        let from = folder.join(log);
        if from.exists() {
            fs::copy(&from, to.join(name)).map_err(Trouble::file("copying", &from))?;
        }
    }
    let parties = folder.join("parties");
    for entry in fs::read_dir(&parties).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let from = if path.is_dir() { path.join("log") } else { path };
        if from.is_file() && from.extension().is_none_or(|kind| kind != "wav") {
            fs::copy(&from, to.join(format!("party-{name}"))).map_err(Trouble::file("copying", &from))?;
        }
    }
    Ok(to)
}
