//! `cargo lab mutants`: the core is changed in small ways, one at a time, and whoever tests it should notice: its own tests,
//! and a few hundred random histories. The changes are cargo-mutants' own; a seed chooses among them.

use std::process::ExitCode;

use tokio::process::Command;

use super::labs::kept;
use crate::say::Step;
use crate::{Result, Trouble, command, say};

/// How many of a hundred changes must be noticed.
const ENOUGH: usize = 90;

/// How many histories are lived through for each change.
const HISTORIES: &str = "300";

/// How long the tests of one change may take, in seconds. A change that makes them endless is noticed too.
const AT_MOST: &str = "120";

/// Tries a sample, and says which changes nobody noticed.
///
/// # Errors
/// When cargo-mutants cannot be installed, or does not begin.
pub async fn run(sample: usize, seed: Option<u64>) -> Result<ExitCode> {
    install().await?;
    let seed = seed.unwrap_or_else(|| crate::parties::now().unsigned_abs() % 1_000_000);
    let all = list().await?;
    let chosen = choose(all.clone(), sample, seed);
    say::line(format!("{} of {} changes, chosen by seed {seed}", chosen.len(), all.len()));
    let folder = kept()?;
    let names: Vec<String> = chosen.iter().map(|name| literally(name)).collect();
    let mut mutants = cargo_mutants();
    mutants.args(["--test-package", "acd", "--test-package", "simulation", "--profile", "mutants", "--timeout", AT_MOST]);
    mutants.arg("--output").arg(&folder).args(["--re", &format!("^({})$", names.join("|"))]);
    // The same histories for every change: what differs is the change.
    mutants.env("CALLSYNC_SIM_HISTORIES", HISTORIES).env("CALLSYNC_SIM_SEED", seed.to_string());
    // It says by its own exit code that some were not noticed; the lists tell more.
    mutants.status().await.map_err(|source| Trouble::Start { program: "cargo mutants".to_owned(), source })?;
    let found = |name: &str| lines(&folder.join("mutants.out").join(name));
    let (caught, missed) = (found("caught.txt").len() + found("timeout.txt").len(), found("missed.txt"));
    let viable = caught + missed.len();
    say::line(format!("{caught} of {viable} changes were noticed; {} could not be built", found("unviable.txt").len()));
    missed.iter().for_each(|name| say::line(format!("nobody noticed  {name}")));
    Ok(if viable > 0 && caught * 100 >= viable * ENOUGH { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Has cargo install it where it is missing.
async fn install() -> Result<()> {
    if cargo_mutants().arg("--version").output().await.is_ok_and(|said| said.status.success()) {
        return Ok(());
    }
    let step = Step::long("cargo-mutants", "installing with cargo, once (about three minutes)");
    command::run(command::cargo().args(["install", "cargo-mutants", "--locked", "--quiet"])).await?;
    step.done("installed");
    Ok(())
}

fn cargo_mutants() -> Command {
    let mut cargo = command::cargo();
    // It builds in a copy of the tree, and in a target folder of that copy.
    cargo.args(["mutants", "--package", "acd", "--colors", "never"]).env_remove("CARGO_TARGET_DIR");
    cargo
}

/// Every change that can be made to the core.
async fn list() -> Result<Vec<String>> {
    let said = cargo_mutants().arg("--list").output().await;
    let said = said.map_err(|source| Trouble::Start { program: "cargo mutants".to_owned(), source })?;
    let all: Vec<String> = String::from_utf8_lossy(&said.stdout).lines().map(str::to_owned).collect();
    if all.is_empty() {
        return Err(Trouble::said("cargo mutants lists nothing"));
    }
    Ok(all)
}

/// Draws so many without putting any back: SplitMix64 (Steele, Lea, Flood 2014).
fn choose(mut names: Vec<String>, sample: usize, mut seed: u64) -> Vec<String> {
    let mut chosen = Vec::new();
    while !names.is_empty() && chosen.len() < sample {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let place = (z ^ (z >> 31)) % names.len() as u64;
        chosen.push(names.remove(usize::try_from(place).unwrap_or_default()));
    }
    chosen
}

/// A name as a pattern that fits nothing else.
fn literally(name: &str) -> String {
    let special = |c: char| !c.is_alphanumeric() && !c.is_whitespace() && !"_/:<>\"',=!@%;".contains(c);
    name.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}

fn lines(file: &std::path::Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_chooses_the_same_and_nothing_twice() {
        let names: Vec<String> = (0..100).map(|n| n.to_string()).collect();
        let chosen = choose(names.clone(), 60, 3);
        assert_eq!(chosen, choose(names.clone(), 60, 3));
        assert_ne!(chosen, choose(names.clone(), 60, 4));
        assert_eq!(chosen.iter().collect::<std::collections::BTreeSet<_>>().len(), 60);
        assert_eq!(choose(names, 1_000, 3).len(), 100);
    }

    #[test]
    fn a_name_is_taken_literally() {
        assert_eq!(literally("replace += with -= in f -> Option<u8>"), r"replace \+= with \-= in f \-> Option<u8>");
    }
}
