//! The pages in a real browser: a crate of its own beside this one. Flows play against a lab at work while calls come and go;
//! samples need neither.

mod answers;
mod calls;
mod parties;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::labs::Labs;
use super::report::Tally;
use super::{Wish, cargo};
use crate::parties::Millis;
use crate::scenarios::Stage;
use crate::scenarios::house::DESK_EMAIL;
use crate::{Result, Trouble, command, folders, say};
use calls::Calls;
use parties::Parties;

/// Where the browser's tests are in the checkout.
pub const FOLDER: &str = "tests/browser";
/// Which tests are the flows.
pub const FLOWS: &str = "flows";
/// The flow that notes when the page shows that calls were answered, and how many look at it then.
const ANSWERS: &str = "calls::an_answer_reaches_the_page";
/// The flows of an ordinary run: what an operator and a supervisor do every day, a network that fails, and a program that dies.
/// What else there is takes long, is told in milliseconds, or is tried without a browser too.
const EVERYDAY: [&str; 13] = [
    "front::a_wrong_password_is_told_and_the_right_one_leads_to_live",
    "front::everything_is_done_by_keyboard_alone",
    "live::a_wire_that_breaks_is_told_and_heals",
    "live::rows_come_stay_in_order_and_go",
    "health::the_page_follows_and_says_when_it_is_old",
    "calls::a_script_for_a_number_is_shown_as_text",
    "desk::from_signing_in_to_the_end_of_wrap_up_by_keyboard_alone",
    "desk::two_browsers_of_one_agent_agree",
    "desk::a_missed_call_is_listed_and_stops_the_calls",
    "desk::a_lost_network_is_told_and_heals_and_no_order_is_swallowed",
    "orders::a_panel_follows_its_call_and_ends_it",
    "orders::callers_are_moved_and_agents_are_set",
    "desk::a_program_that_dies_in_a_call_is_told_and_heals",
];
/// What chooses flows, by parts of their names.
const CHOICE: &str = "CALLSYNC_TEST_FLOWS";
/// The browser of that flow, and those beside it.
pub const VIEWERS: usize = 50;
/// In that folder, once it is installed.
const AXE: &str = "node_modules/axe-core/axe.min.js";
/// What the accessibility tests begin their findings with.
const FINDINGS: &str = "findings: ";

/// Whether the browser's tests are in this checkout.
pub fn are_there() -> bool {
    folders::workspace().join(FOLDER).join("Cargo.toml").is_file()
}

/// Plays the flows against the lab on SQLite. They are told where the pages are, how to sign in, and where to ask for calls.
/// One that fails is played once more, alone.
///
/// # Errors
/// When the lab does not start.
pub async fn test(labs: &mut Labs, wish: &Wish) -> Result<Tally> {
    let stage = labs.stage(false).await?;
    stage.begins();
    let calls = Calls::begin(stage).await?;
    let (mut tally, noted) = flows(stage, wished(wish)).await?;
    // Some of the flows may have been asked for, and not that one.
    if noted.exists() {
        match answers::judge(stage, &noted) {
            Ok(_) => tally.pass(),
            Err(trouble) => tally.fail("from a phone's 200 OK to the page", trouble.to_string()),
        }
    }
    for (name, words) in std::mem::take(&mut tally.failed) {
        again(stage, name, words, &mut tally).await?;
    }
    calls.end(stage).await?;
    match stage.nothing_is_left().await {
        Ok(()) => tally.pass(),
        Err(trouble) => tally.fail("nothing is left of all these calls", trouble.to_string()),
    }
    Ok(tally)
}

/// What flows are told of the run: those of an ordinary one, unless others were asked for.
fn wished(wish: &Wish) -> Vec<(&'static str, String)> {
    let mut wished = Vec::new();
    if wish.is_everyday() && std::env::var_os(CHOICE).is_none() {
        wished.push((CHOICE, EVERYDAY.join(",")));
    }
    if wish.long {
        wished.push(("CALLSYNC_TEST_LONG", "yes".to_owned()));
    }
    wished
}

/// Plays a flow that has failed once more, with no other beside it. What is no flow's name stays as it is.
async fn again(stage: &mut Stage, name: String, words: String, tally: &mut Tally) -> Result<()> {
    if !name.contains("::") {
        tally.fail(name, words);
        return Ok(());
    }
    say::line(format!("AGAIN   {name}"));
    let (later, _) = flows(stage, vec![(CHOICE, name.clone())]).await?;
    match later.failed.into_iter().next() {
        None => tally.waver(name, words),
        Some((_, later)) => tally.fail(name, format!("{words}\nand once more, alone:\n{later}")),
    }
    Ok(())
}

/// Plays calls, and the one flow that waits for their answers beside the other viewers: how long it took from each phone's
/// 200 OK until the page said so, in milliseconds.
///
/// # Errors
/// When the flow fails, or too few answers were seen.
pub async fn answers(stage: &mut Stage) -> Result<Vec<Millis>> {
    let calls = Calls::begin(stage).await?;
    let (tally, noted) = flows(stage, vec![(CHOICE, ANSWERS.to_owned())]).await?;
    let times = match tally.failed.into_iter().next() {
        Some((name, words)) => Err(Trouble::said(format!("{name}: {words}"))),
        None => answers::judge(stage, &noted),
    };
    calls.end(stage).await?;
    times
}

/// Plays the flows, and what they ask for by the way; gives what came of them, and where the browser has noted the answers that
/// it saw.
async fn flows(stage: &mut Stage, more: Vec<(&'static str, String)>) -> Result<(Tally, PathBuf)> {
    let mut parties = Parties::begin().await?;
    let login = format!("admin@example.org:{}", stage.lab.passwords.admin);
    let desk = format!("{DESK_EMAIL}:{}", stage.lab.passwords.operator);
    let noted = stage.lab.folder.join("answers.json");
    let mut environment = vec![
        ("CALLSYNC_TEST_WEB", stage.lab.web_url()),
        ("CALLSYNC_TEST_LOGIN", login),
        ("CALLSYNC_TEST_DESK", desk),
        ("CALLSYNC_TEST_PARTIES", parties.address()?),
        ("CALLSYNC_TEST_ANSWERS", noted.display().to_string()),
    ];
    environment.extend(more);
    let (tally, said) = tokio::select! {
        played = cargo::tests_of("pages", FLOWS, &environment) => played?,
        trouble = parties.obey(stage) => return Err(trouble),
    };
    parties.leaves().await;
    measured(&said).for_each(say::line);
    Ok((tally, noted))
}

/// Lets axe-core look at every sample of every page, every day in one of the looks by turn, and tries what the parts of forms and
/// lists do.
///
/// # Errors
/// When cargo cannot be started.
pub async fn accessibility(everyday: bool) -> Result<Tally> {
    let axe = folders::workspace().join(FOLDER).join(AXE).display().to_string();
    let mut environment = vec![("CALLSYNC_TEST_AXE", axe)];
    environment.extend(everyday.then(|| ("CALLSYNC_TEST_EVERYDAY", "yes".to_owned())));
    let (mut tally, said) = cargo::tests_of("accessibility", "accessibility", &environment).await?;
    let (parts, _) = cargo::tests_of("parts", "parts", &[("CALLSYNC_TEST_PARTS", "yes".to_owned())]).await?;
    tally.join(parts);
    said.lines()
        .skip_while(|line| !line.starts_with(FINDINGS))
        .take_while(|line| !line.starts_with("error:"))
        .for_each(say::line);
    Ok(tally)
}

/// Draws every sample of every page into a folder. Fails when something is wrong with one.
///
/// # Errors
/// When the folder has no place, or cargo cannot be started.
pub async fn shots(folder: &Path, filter: Option<&str>) -> Result<ExitCode> {
    let folder = std::path::absolute(folder).map_err(crate::Trouble::file("finding", folder))?;
    let mut cargo = command::cargo();
    cargo.args(["test", "--quiet", "--package", "browser", "--test", "shots", "--"]).args(filter);
    cargo.env("CALLSYNC_TEST_SHOTS", &folder);
    command::run_aloud(&mut cargo).await.map(|()| ExitCode::SUCCESS)
}

/// What the flows have measured, among cargo's own words; why one has failed stands deeper, and is told elsewhere.
fn measured(said: &str) -> impl Iterator<Item = &str> {
    said.lines()
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with(|first: char| first.is_lowercase() || first.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flow_of_an_ordinary_run_is_one() {
        let file = folders::workspace().join(FOLDER).join("flows.rs");
        let text = std::fs::read_to_string(file).unwrap();
        for flow in EVERYDAY.into_iter().chain([ANSWERS]) {
            assert!(text.contains(&format!("(\"{flow}")), "{flow}");
        }
        assert!(text.matches("|stage| Box::pin").count() > EVERYDAY.len(), "some are left for length");
    }

    #[test]
    fn what_was_measured_is_told_and_why_a_flow_failed_is_not() {
        let said =
            "    Finished in 2 s\n    told after 3.1 s\na ... ok (1.0 s)\nb ... FAILED\n        it rains\nbrowser: 1 failed";
        assert_eq!(measured(said).collect::<Vec<_>>(), ["told after 3.1 s"]);
    }
}
