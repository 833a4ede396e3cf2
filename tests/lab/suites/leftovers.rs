//! A lab that is killed with -9 leaves nothing behind: no process, no mount, no port.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

use super::labs::Labs;
use super::report::Tally;
use crate::parties::clock::{Seen, until};
use crate::ports::Ports;
use crate::{Result, Trouble, folders};

const STARTS_WITHIN: Duration = Duration::from_secs(60);
const VANISHES_WITHIN: Duration = Duration::from_secs(10);
/// The last line that the lab prints once everything runs.
const LAST_LINE: &str = "Ctrl-C";

/// Starts a whole lab, with PostgreSQL and phones, kills its first process, and looks round.
///
/// # Errors
/// When the lab does not start.
pub async fn test(labs: &mut Labs) -> Result<Tally> {
    labs.close().await;
    let (processes, mounts) = (processes(), mounts());
    let mut lab = start().await?;
    for name in ["asterisk", "callsync", "postgres", "sipp"] {
        let runs = self::processes().difference(&processes).any(|(_, one)| one == name);
        if !runs {
            return Err(Trouble::said(format!("the lab to be killed runs without {name}")));
        }
    }
    lab.kill().await.map_err(Trouble::file("killing", "the lab"))?;
    let mut tally = Tally::default();
    let look = |what: &'static str, left: Result<()>, tally: &mut Tally| match left {
        Ok(()) => tally.pass(),
        Err(trouble) => tally.fail(what, trouble.to_string()),
    };
    let left = gone("process", || self::processes().difference(&processes).map(|(id, name)| format!("{id} {name}")).collect());
    look("no process is left", left.await, &mut tally);
    let left = gone("mount", || self::mounts().difference(&mounts).cloned().collect());
    look("no mount is left", left.await, &mut tally);
    let left = gone("port", || Ports::default().check_free().err().map(|why| why.to_string()).into_iter().collect());
    look("no port is left", left.await, &mut tally);
    Ok(tally)
}

async fn gone(what: &str, look: impl Fn() -> Vec<String>) -> Result<()> {
    until(VANISHES_WITHIN, &format!("no {what} of the killed lab is left"), async || {
        let left = look();
        Ok(if left.is_empty() { Seen::Enough(()) } else { Seen::NotYet(format!("there is {}", left.join(", "))) })
    })
    .await
}

/// A lab in a space of its own but with our network, so that its ports can be seen.
async fn start() -> Result<tokio::process::Child> {
    let program = std::env::current_exe().map_err(Trouble::file("finding", "the lab's own program"))?;
    let data = folders::made(folders::passing()?.join("leftovers"))?;
    let mut child = Command::new(&program)
        .args(["up", "--postgres", "--agents", "3"])
        .env_remove("CALLSYNC_LAB_INSIDE")
        .env_remove("CALLSYNC_LAB_WARDEN")
        // The program of these tests is the one to run; nothing is to be built or installed from in here.
        .env("CALLSYNC_LAB_PREPARED", "yes")
        .env("XDG_DATA_HOME", data)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|source| Trouble::Start { program: program.display().to_string(), source })?;
    let mut lines = BufReader::new(child.stdout.take().ok_or_else(|| Trouble::said("the lab has no output"))?).lines();
    let ready = async {
        while let Ok(Some(line)) = lines.next_line().await {
            if line.trim_start().starts_with(LAST_LINE) {
                return Ok(());
            }
        }
        Err(Trouble::said("the lab ended while it started"))
    };
    timeout(STARTS_WITHIN, ready).await.map_err(|_| Trouble::said("the lab did not start"))??;
    Ok(child)
}

/// All processes that can be seen from here: id and name. One that has ended counts no more, though its entry stays until its
/// parent asks: the first process of the killed lab becomes a child of ours.
fn processes() -> BTreeSet<(u32, String)> {
    let ids = fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter_map(|id: u32| Some((id, name(&fs::read_to_string(format!("/proc/{id}/stat")).ok()?)?))).collect()
}

/// The name in `6 (lab) S 1 …`, unless the state that follows it is Z.
fn name(stat: &str) -> Option<String> {
    let (before, after) = stat.rsplit_once(") ")?;
    let (_, name) = before.split_once('(')?;
    (!after.starts_with('Z')).then(|| name.to_owned())
}

fn mounts() -> BTreeSet<String> {
    fs::read_to_string("/proc/self/mounts").unwrap_or_default().lines().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_process_that_has_ended_has_no_name() {
        assert_eq!(name("6 (lab (x)) S 1 6"), Some("lab (x)".to_owned()));
        assert_eq!(name("6 (lab) Z 1 6"), None);
    }
}
