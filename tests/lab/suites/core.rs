//! The core by itself: random histories against a simulated switch, a crate of its own beside this one. Each run has a seed
//! of its own, and prints it.

use super::cargo;
use super::report::Tally;
use crate::{Result, say};

/// How many histories make a run, and how many a long one, in an optimised build.
const HISTORIES: (u32, u32) = (10_000, 1_000_000);

/// What the simulation begins its report with; before it stands what cargo says.
const BEGINS: &str = "random histories";

/// Lets the core live through them, and shows which situations were met how often.
///
/// # Errors
/// When cargo cannot be started.
pub async fn histories(long: bool) -> Result<Tally> {
    let (histories, profile) = if long { (HISTORIES.1, &["--release"][..]) } else { (HISTORIES.0, &[][..]) };
    let which: Vec<&str> = ["--package", "simulation", "--test", "histories"].iter().chain(profile).copied().collect();
    let (tally, said) = cargo::tests_and_words("core", &which, &environment(histories)).await?;
    for line in said.lines().skip_while(|line| !line.starts_with(BEGINS)) {
        say::line(line);
    }
    Ok(tally)
}

/// A run that is to be repeated says itself how many histories it wants.
fn environment(histories: u32) -> Vec<(&'static str, String)> {
    let name = "CALLSYNC_SIM_HISTORIES";
    let wished = std::env::var(name).unwrap_or_else(|_| histories.to_string());
    vec![(name, wished)]
}
