//! The journal as the whole program sees it: written by a loop, read by another process; and the journals of earlier builds,
//! which every build must be able to go on from.

mod busy;
mod day;
mod kept;

use std::path::Path;
use std::process::{Command, Output};

use day::Site;

fn replay(path: &Path, check: bool) -> (Output, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callsync"));
    command.arg("replay").arg(path).args(check.then_some("--check"));
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output, said)
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_comes_to_the_same_effects_and_the_same_states() {
    let site = Site::new().await;
    site.day().await;
    // A second run, so that a state is compared as well.
    site.day().await;
    let (output, said) = replay(&site.journal(), true);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("entries, equal (4 segments, 3 of them followed by the state they end in)"), "{said}");
    let entries: u32 = said.split(' ').next().unwrap().parse().unwrap();
    assert!(entries > 20, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_told_in_sentences_that_name_no_caller() {
    let site = Site::new().await;
    site.day().await;
    let (output, said) = replay(&site.journal(), false);
    assert!(output.status.success(), "{said}");
    for sentence in [
        "the settings were changed: 2 queues, 3 agents",
        "from …0001 entered 700",
        "is offered to 1001: ",
        "was answered by 1001 after ",
        "ended: answered, by the caller",
        "ended: abandoned, by the caller",
        "goes to the head of its queue by order of whoever sits at the server",
        "goes to 700 by order of whoever sits at the server",
        "ended: abandoned, by the supervisor",
        "agent 1003 is not ready (lunch)",
    ] {
        assert!(said.contains(sentence), "{sentence:?} is not in\n{said}");
    }
    assert!(!said.contains("7912000"), "{said}");
    assert!(!said.contains("Agent 1001"), "people's names are not told: {said}");
}

#[test]
fn what_is_no_journal_is_refused_in_words() {
    let folder = std::env::temp_dir().join(format!("callsync-none-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir_all(&folder).unwrap();
    let (output, said) = replay(&folder, true);
    assert!(!output.status.success() && said.contains("there is no journal in"), "{said}");
    std::fs::write(folder.join("0000000001.journal"), "something else").unwrap();
    let (output, said) = replay(&folder.join("0000000001.journal"), true);
    assert!(!output.status.success() && said.contains("it is no segment of a journal"), "{said}");
    std::fs::remove_dir_all(&folder).unwrap();
}
