//! One sipp process.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::{Child, Command};

use crate::{Result, Trouble, command};

/// A sipp process at work. Killed when dropped.
pub struct Running {
    child: Child,
    /// Where it writes what surprised it.
    pub errors: PathBuf,
}

impl Running {
    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends it.
    pub async fn stop(mut self) {
        let _ = self.child.kill().await;
    }
}

/// A sipp command with what all of ours share. `name` names its scenario and error files in `folder`.
pub fn sipp(folder: &Path, name: &str, scenario: &str, address: &str, asterisk: u16) -> Result<Command> {
    let file = folder.join(format!("{name}.xml"));
    fs::write(&file, scenario).map_err(Trouble::file("writing", &file))?;
    let mut command = Command::new("sipp");
    command
        .arg(format!("127.0.0.1:{asterisk}"))
        .arg("-sf")
        .arg(&file)
        .args(["-i", address, "-mi", address, "-nostdin", "-trace_err", "-error_file"])
        .arg(errors(folder, name))
        // sipp ends itself when the machine was slow a few times; a lab on a busy laptop goes on.
        .args(["-watchdog_minor_maxtriggers", "1000000", "-watchdog_major_maxtriggers", "1000000"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .process_group(0)
        .kill_on_drop(true);
    Ok(command)
}

/// Lets it run on.
pub fn keep(mut command: Command, folder: &Path, name: &str) -> Result<Running> {
    let child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|source| Trouble::Start { program: command::shown(&command), source })?;
    Ok(Running { child, errors: errors(folder, name) })
}

/// Writes a table of values, which sipp reads one line a call. Gives its name as sipp, which runs in `folder`, knows it.
pub fn table(folder: &Path, name: &str, order: &str, lines: impl IntoIterator<Item = String>) -> Result<String> {
    let table = format!("{name}.csv");
    let file = folder.join(&table);
    let mut text = format!("{order}\n");
    for line in lines {
        text.push_str(&line);
        text.push('\n');
    }
    fs::write(&file, text).map_err(Trouble::file("writing", &file))?;
    Ok(table)
}

fn errors(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.errors"))
}
