//! `cargo lab bench`: three who serve the same phones in turn, on one Asterisk: the product, Asterisk's own queue, and the
//! least that can be done over ARI. All times are taken on the wire at the SIP parties' sockets, none from anybody's log.

mod contestant;
pub mod floor;
mod pairs;
mod process;
mod report;
mod scenario;
mod spread;
mod table;
mod targets;
mod turn;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use serde_json::json;

use crate::parties::now;
use crate::place::Options;
use crate::say::{self, Step};
use crate::scenarios::Stage;
use crate::suites::{cargo, labs, pages, programs};
use crate::{Result, Trouble, folders, product};
use contestant::Contestant;
use report::{Core, Pages, Played, Report};
use scenario::Scenario;
pub use spread::Spread;
use turn::Field;

/// How often each contestant has its turn in a scenario: A-B-C-A-B-C, so that a machine that grows slower is so for all.
const ROUNDS: usize = 2;
/// What is measured beside the scenarios, as the command line calls it.
const PAGES: &str = "pages";
const CORE: &str = "core";
/// The program that says what the core costs.
const FIGURES: [&str; 6] = ["--release", "--package", "simulation", "--bin", "figures", "--quiet"];

/// What to measure.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Only what has a name that contains this.
    pub name: Option<String>,
    /// For programs: all figures as one object, on the last line.
    pub json: bool,
}

impl Wish {
    fn wants(&self, name: &str) -> bool {
        self.name.as_ref().is_none_or(|wanted| name.contains(wanted.as_str()))
    }
}

/// Builds what is measured, all of it optimised. Outside a space: it may need the network. Gives the product's program.
///
/// # Errors
/// When something does not build.
pub async fn prepare(wish: &Wish) -> Result<PathBuf> {
    product::fetch().await?;
    if wish.wants(PAGES) {
        product::assets().await?;
        programs::build().await?;
    }
    if wish.wants(CORE) {
        let figures: Vec<&str> = std::iter::once("build").chain(FIGURES).collect();
        cargo::words(CORE, &figures).await?;
    }
    product::build(true).await
}

/// Plays and measures all that is wished for, and says what came of it. Inside a space with a network of its own.
///
/// # Errors
/// When a part does not start, or calls do not come to an end; a target that is missed is no error.
pub async fn run(wish: &Wish) -> Result<ExitCode> {
    let scenarios = scenario::chosen(wish.name.as_deref());
    if scenarios.is_empty() && !wish.wants(PAGES) && !wish.wants(CORE) {
        return Err(Trouble::said(format!("there is nothing to measure called {:?}", wish.name.as_deref().unwrap_or_default())));
    }
    let began = now();
    let core = if wish.wants(CORE) { Some(core().await?) } else { None };
    labs::hurry().await;
    let pages = if wish.wants(PAGES) { Some(pages().await?) } else { None };
    let mut stage = Stage::start_hearing(Options::passing("bench")?, turn::hears()).await?;
    let asterisk_version =
        stage.ari("asterisk/info?only=system").await?["system"]["version"].as_str().unwrap_or_default().to_owned();
    let played = play(&mut stage, &scenarios).await;
    let standstills = stage.pulse.standstills().said(began);
    let logs = labs::keep(&stage.lab.folder)?;
    stage.lab.stop().await;
    let played = played.inspect_err(|_| say::line(format!("logs: {}", logs.display())))?;
    let samples = keep_samples(&played)?;
    let report = Report { played, pages, core, asterisk_version, standstills, samples: samples.display().to_string() };
    let targets = targets::judge(&report);
    println!("{}", table::of(&report, &targets));
    say::line(format!("every sample: {}", report.samples));
    if wish.json {
        println!("{}", report.json(&targets));
    }
    Ok(ExitCode::SUCCESS)
}

async fn play(stage: &mut Stage, scenarios: &[Scenario]) -> Result<Vec<Played>> {
    let mut played = Vec::new();
    if scenarios.is_empty() {
        return Ok(played);
    }
    contestant::prepare(stage).await?;
    stage.lab.product()?.stop().await;
    for scenario in scenarios {
        let step = Step::long(scenario.name, "callsync, app_queue and the floor in turn");
        let field = Field::open(stage, scenario).await?;
        let mut turns = Vec::new();
        for who in [Contestant::ALL; ROUNDS].concat() {
            let began = Instant::now();
            let turn = field.play(stage, scenario, who).await?;
            let (measured, took) = (&turn.measured, say::seconds(began.elapsed()));
            let (calls, lost) = (measured.calls, measured.lost.len());
            say::line(format!("  {:<10} {calls} calls, {lost} lost ({took})", who.name()));
            measured.lost.iter().take(3).for_each(|words| say::line(format!("    {words}")));
            turns.push((who, turn));
        }
        field.close().await?;
        step.done("played");
        played.push(Played { scenario: *scenario, turns });
    }
    Ok(played)
}

/// The pages in a lab of their own: its tap must tell every tone.
async fn pages() -> Result<Pages> {
    let mut stage = Stage::start(Options::passing("bench-pages")?).await?;
    stage.begins();
    let times = pages::answers(&mut stage).await;
    stage.lab.stop().await;
    Ok(Pages { viewers: pages::VIEWERS, event_to_dom_ms: Spread::of_millis(&times?) })
}

async fn core() -> Result<Core> {
    let words: Vec<&str> = std::iter::once("run").chain(FIGURES).collect();
    let said = cargo::words(CORE, &words).await?;
    let last = said.lines().rfind(|line| line.starts_with('{')).unwrap_or_default();
    serde_json::from_str(last).map_err(|why| Trouble::said(format!("the figures of the core are not understood: {why}\n{said}")))
}

fn keep_samples(played: &[Played]) -> Result<PathBuf> {
    let folder = folders::made(folders::labs()?.join("bench"))?;
    let file = folder.join(format!("{}.json", now() / 1000));
    let samples = json!(played.iter().map(Played::samples).collect::<Vec<_>>());
    fs::write(&file, samples.to_string()).map_err(Trouble::file("writing", &file))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_asks_for_a_part_of_it_all() {
        let wish = |name: &str| Wish { name: Some(name.to_owned()), json: false };
        assert!(Wish::default().wants(PAGES) && wish("core").wants(CORE) && !wish("one-agent").wants(PAGES));
        assert_eq!(scenario::chosen(wish("steady").name.as_deref()).len(), 2);
    }
}
