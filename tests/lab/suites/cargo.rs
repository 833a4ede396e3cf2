//! The suites that cargo runs: style, the tests of every crate, and those that need a server beside them.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

use super::labs::{Labs, kept};
use super::programs;
use super::report::Tally;
use crate::say::Step;
use crate::{Result, Trouble, command, space};

/// How much of a failed run is shown.
const TAIL: usize = 60;

/// rustfmt and clippy, warnings being errors.
///
/// # Errors
/// When cargo cannot be started.
pub async fn style() -> Result<Tally> {
    let mut tally = Tally::default();
    for (name, words) in [
        ("format", &["fmt", "--all", "--check"][..]),
        ("lints", &["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"]),
    ] {
        let run = cargo(name, words, &[]).await?;
        if run.succeeded { tally.pass() } else { tally.fail(name, run.tail) }
    }
    Ok(tally)
}

/// Every crate's own tests, without a server.
///
/// # Errors
/// When cargo cannot be started.
pub async fn unit() -> Result<Tally> {
    Ok(tests_and_words("unit", &programs::ALL[1..], &[]).await?.0)
}

/// What the ARI adapter uses, against the description that a running Asterisk gives of itself.
///
/// # Errors
/// When Asterisk does not start.
pub async fn contract(labs: &mut Labs) -> Result<Tally> {
    let lab = labs.bare(false).await?;
    let url = lab.ari_url().replacen("://", &format!("://callsync:{}@", lab.passwords.ari), 1);
    let manager = format!("callsync:{}@127.0.0.1:{}", lab.passwords.ami, lab.ports.ami);
    let environment = [("CALLSYNC_TEST_ARI", url), ("CALLSYNC_TEST_AMI", manager)];
    let told = tests_of("contract", "ari", &environment).await;
    lab.stop().await;
    Ok(told?.0)
}

/// The store's story on PostgreSQL.
///
/// # Errors
/// When PostgreSQL does not start.
pub async fn stores(labs: &mut Labs) -> Result<Tally> {
    let url = labs.stage(true).await?.lab.database_url();
    Ok(tests_of("stores", "store", &[("CALLSYNC_TEST_POSTGRES", url)]).await?.0)
}

/// Runs the tests of one target once more, with what they need beside them, and gives all that they said.
///
/// # Errors
/// When they are not built, or cannot be started.
pub async fn tests_of(name: &str, target: &str, environment: &[(&str, String)]) -> Result<(Tally, String)> {
    let mut program = programs::tests_of(target).await?;
    let run = run(name, &format!("the tests of {target}"), &mut program, environment).await?;
    Ok(counted(name, run))
}

/// Has cargo run tests, counts them by its own words, and gives all that they said.
///
/// # Errors
/// When cargo cannot be started.
pub async fn tests_and_words(name: &str, which: &[&str], environment: &[(&str, String)]) -> Result<(Tally, String)> {
    let words: Vec<&str> = ["test", "--no-fail-fast"].iter().chain(which).copied().collect();
    Ok(counted(name, cargo(name, &words, environment).await?))
}

fn counted(name: &str, run: Run) -> (Tally, String) {
    let mut tally = Tally { passed: passed(&run.said), ..Tally::default() };
    for test in failed(&run.said) {
        tally.fail(test, format!("see {}", run.log));
    }
    if run.succeeded && tally.passed == 0 {
        tally.fail(name, format!("not one test was run; see {}", run.log));
    }
    if !run.succeeded {
        match tally.failed.first_mut() {
            Some((_, words)) => *words = run.tail,
            None => tally.fail(name, run.tail),
        }
    }
    (tally, run.said)
}

/// Has cargo do something that must succeed, and gives what was said.
///
/// # Errors
/// With the last of what was said, when it did not.
pub async fn words(name: &str, words: &[&str]) -> Result<String> {
    let run = cargo(name, words, &[]).await?;
    if run.succeeded { Ok(run.said) } else { Err(Trouble::said(run.tail)) }
}

struct Run {
    succeeded: bool,
    said: String,
    tail: String,
    log: String,
}

async fn cargo(name: &str, words: &[&str], environment: &[(&str, String)]) -> Result<Run> {
    let mut cargo = command::cargo();
    cargo.args(words);
    if space::inside().is_some() {
        // In a space of its own there is no registry to ask.
        cargo.env("CARGO_NET_OFFLINE", "true");
    }
    run(name, &format!("cargo {}", words.join(" ")), &mut cargo, environment).await
}

async fn run(name: &str, doing: &str, command: &mut Command, environment: &[(&str, String)]) -> Result<Run> {
    let log = kept()?.join(format!("{name}.log"));
    let output = fs::File::create(&log).map_err(Trouble::file("writing", &log))?;
    let errors = output.try_clone().map_err(Trouble::file("writing", &log))?;
    command.envs(environment.iter().map(|(name, value)| (*name, value)));
    // The lab's own settings are not the tests' business.
    command.env_remove("CALLSYNC_LAB_INSIDE").env_remove("CALLSYNC_LAB_WARDEN");
    // The end of what is said is shown: the frames of a panic would leave no room for its words.
    command.env("RUST_BACKTRACE", "0");
    command.stdin(Stdio::null()).stdout(output).stderr(errors).kill_on_drop(true);
    let step = Step::long(name, doing);
    let status = command.status().await.map_err(|source| Trouble::Start { program: command::shown(command), source })?;
    step.done(if status.success() { "passed" } else { "failed" });
    let said = read(&log);
    let tail = format!("{}\nall of it: {}", command::tail(&said, TAIL), log.display());
    Ok(Run { succeeded: status.success(), tail, said, log: log.display().to_string() })
}

fn read(log: &Path) -> String {
    fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// `test result: ok. 12 passed; 0 failed; …`, once for each program of tests; a program with a runner of its own writes a line
/// for each test, as `name ... ok (1.2 s)`.
fn passed(said: &str) -> usize {
    let results = said.lines().filter_map(|line| line.strip_prefix("test result: "));
    let counted: usize = results.filter_map(|line| line.split_once(". ")?.1.split_once(" passed")?.0.parse::<usize>().ok()).sum();
    counted + said.lines().filter(|line| line.contains(" ... ok (") && !line.starts_with("test ")).count()
}

/// `test a::b ... FAILED`, or the same without its first word.
fn failed(said: &str) -> Vec<String> {
    let lines = said.lines().filter_map(|line| line.strip_suffix(" ... FAILED"));
    lines.map(|line| line.strip_prefix("test ").unwrap_or(line).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargos_counts_are_read() {
        let said = "test a ... ok\ntest b::c ... FAILED\ntest result: FAILED. 12 passed; 1 failed; 0 ignored\n\
                    test result: ok. 3 passed; 0 failed; 0 ignored";
        assert_eq!(passed(said), 15);
        assert_eq!(failed(said), ["b::c"]);
    }

    #[test]
    fn lines_of_a_runner_of_its_own_are_counted() {
        let said = "flow::a ... ok (1.2 s)\nflow::b ... FAILED\n    why\nbrowser: 1 failed";
        assert_eq!((passed(said), failed(said)), (1, vec!["flow::b".to_owned()]));
    }
}
