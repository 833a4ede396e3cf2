//! Running other programs to their end, and keeping their last words for the error.

use std::process::{Output, Stdio};

use tokio::process::Command;

use crate::{Result, Trouble, folders};

/// How many of a failed program's last lines the error shows.
const TAIL_LINES: usize = 20;

/// Runs the command to its end and gives what it printed to standard output.
///
/// # Errors
/// When it cannot be started, or ends with anything but success.
pub async fn run(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let output = command
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|source| Trouble::Start { program: shown.clone(), source })?;
    judge(shown, &output)
}

/// Runs the command with the lab's own output, so that a long step shows its progress.
///
/// # Errors
/// When it cannot be started, or ends with anything but success.
pub async fn run_aloud(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let status = command
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .status()
        .await
        .map_err(|source| Trouble::Start { program: shown.clone(), source })?;
    if status.success() {
        return Ok(());
    }
    Err(Trouble::Failed { program: shown, status: status.to_string(), tail: String::new() })
}

/// The cargo that runs the lab, for the checkout; without what it says to the lab about the lab. Some crates are built anew when
/// that changes, and would be by turns: once for `cargo lab` itself, once for what it builds.
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(folders::workspace());
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_of_the_lab(&name.to_string_lossy())) {
        cargo.env_remove(name);
    }
    cargo
}

/// Whether cargo sets a variable for a package that it runs.
fn is_of_the_lab(name: &str) -> bool {
    ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|start| name.starts_with(start))
}

/// Whether a program of this name is on the path.
pub fn exists(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// The command as one would type it.
pub fn shown(command: &Command) -> String {
    let command = command.as_std();
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The last lines of a text.
pub fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

fn judge(program: String, output: &Output) -> Result<String> {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(said);
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    let tail = tail(&format!("{said}\n{complaint}"), TAIL_LINES);
    Err(Trouble::Failed { program, status: output.status.to_string(), tail })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_of_a_text_is_its_last_lines() {
        assert_eq!(tail("a\nb\nc", 2), "b\nc");
        assert_eq!(tail("a", 5), "a");
    }

    /// Tests are run by cargo as the lab is.
    #[test]
    fn what_cargo_says_of_the_lab_is_not_told_to_the_cargo_that_the_lab_runs() {
        assert!(std::env::var_os("CARGO_PKG_NAME").is_some());
        let cargo = cargo();
        let hidden: Vec<_> = cargo.as_std().get_envs().filter(|(_, value)| value.is_none()).map(|(name, _)| name).collect();
        assert!(hidden.contains(&"CARGO_PKG_NAME".as_ref()) && hidden.contains(&"CARGO_MANIFEST_DIR".as_ref()), "{hidden:?}");
        assert!(["CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_TERM_COLOR"].iter().all(|name| !is_of_the_lab(name)));
    }

    #[tokio::test]
    async fn a_failed_program_leaves_its_last_words_in_the_error() {
        let trouble = run(Command::new("sh").args(["-c", "echo why >&2; exit 3"])).await.unwrap_err();
        assert!(trouble.to_string().contains("why"), "{trouble}");
    }
}
