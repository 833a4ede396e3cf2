//! The core by itself: random histories against a simulated switch, a crate of its own beside this one. Asked for by name it
//! has a fresh seed each time, and prints it: it looks for what nobody has met yet. Among all other suites it has always the
//! same seed: what it finds there, the change under test brought in.

use super::cargo;
use super::report::Tally;
use crate::{Result, say};

/// How many histories make a run, and how many a long one, in an optimised build.
const HISTORIES: (u32, u32) = (15_000, 1_000_000);

/// The seed of the ordinary run.
const EVERYDAY_SEED: &str = "20261121";

/// What the simulation begins its report with; before it stands what cargo says.
const BEGINS: &str = "random histories";

/// Lets the core live through them, and shows which situations were met how often.
///
/// # Errors
/// When cargo cannot be started.
pub async fn histories(long: bool, everyday: bool) -> Result<Tally> {
    let (tally, said) = if long {
        let which = ["--package", "simulation", "--test", "histories", "--release"];
        cargo::tests_and_words("core", &which, &environment(HISTORIES.1, everyday)).await?
    } else {
        cargo::tests_of("core", "histories", &environment(HISTORIES.0, everyday)).await?
    };
    for line in said.lines().skip_while(|line| !line.starts_with(BEGINS)) {
        say::line(line);
    }
    Ok(tally)
}

/// A run that is to be repeated says itself how many histories it wants.
fn environment(histories: u32, everyday: bool) -> Vec<(&'static str, String)> {
    let (count, seed) = ("CALLSYNC_SIM_HISTORIES", "CALLSYNC_SIM_SEED");
    let wished = |name: &str| std::env::var(name).ok();
    let mut environment = vec![(count, wished(count).unwrap_or_else(|| histories.to_string()))];
    if everyday && wished(seed).is_none() {
        environment.push((seed, EVERYDAY_SEED.to_owned()));
    }
    environment
}
