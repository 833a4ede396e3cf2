//! `tests/journals/` keeps a journal of every build that the world has seen, beside what its day ended with.

use std::path::{Path, PathBuf};

use model::wallboard::Wallboard;

use super::day::Run;
use super::{busy, replay};

fn kept() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/journals")
}

/// What a supervisor would remember of a day's end.
fn remembered(board: &Wallboard) -> String {
    let agents = board.agents.iter().map(|row| {
        let then = row.then.as_ref().map_or_else(String::new, |then| format!(", then {}", then.name()));
        let blocked = row.blocked.map_or_else(String::new, |block| format!(", {block:?}"));
        format!("{} {}{then}{blocked}", row.endpoint, row.state.name())
    });
    let calls = board.calls.iter().map(|call| format!("{} {} since {}", call.id, call.phase.name(), call.since.as_ms()));
    agents.chain(calls).map(|line| line + "\n").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn this_build_goes_on_from_the_journals_of_all_builds() {
    let mut journals = runtime::journal::segments(&kept()).unwrap();
    assert!(!journals.is_empty());
    while let Some(path) = journals.pop() {
        let folder = std::env::temp_dir().join(format!("callsync-kept-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(folder.join("journal")).unwrap();
        std::fs::copy(&path, folder.join("journal/0000000001.journal")).unwrap();
        // No database: whatever is known comes from the journal.
        let run = Run::start(&folder, None).await;
        let board = run.board().await;
        assert_eq!(remembered(&board), std::fs::read_to_string(path.with_extension("txt")).unwrap(), "{}", path.display());
        run.stop().await;
        assert!(!folder.join("poison").exists(), "{}: an event of it breaks a step", path.display());
        std::fs::remove_dir_all(&folder).unwrap();
        let (output, said) = replay(&path, false);
        assert!(output.status.success() && said.contains("entered 700"), "{}: {said}", path.display());
        assert_eq!(told(&said), std::fs::read_to_string(path.with_extension("told")).unwrap(), "{}", path.display());
        assert!(std::fs::metadata(&path).unwrap().len() < 200_000, "{} is large", path.display());
    }
}

/// A narration without its first line, which names the file, and its last, which counts.
fn told(said: &str) -> String {
    said.lines().filter(|line| !line.starts_with("-- ")).map(|line| line.to_owned() + "\n").collect()
}

/// `cargo test --test it -- --ignored narrations_of_the_kept_journals_are_written_anew`, after a change of their words.
#[test]
#[ignore = "writes into the source tree"]
fn narrations_of_the_kept_journals_are_written_anew() {
    for path in runtime::journal::segments(&kept()).unwrap() {
        std::fs::write(path.with_extension("told"), told(&replay(&path, false).1)).unwrap();
    }
}

#[test]
fn a_journal_of_another_build_is_told_but_not_compared() {
    let folder = std::env::temp_dir().join(format!("callsync-other-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("0000000001.journal");
    std::fs::copy(&runtime::journal::segments(&kept()).unwrap()[0], &path).unwrap();
    let (output, said) = replay(&path, true);
    let theirs = runtime::journal::Segment::open(&path).unwrap().header.build;
    if theirs == runtime::journal::BUILD {
        assert!(output.status.success() && said.contains("entries, equal"), "{said}");
    } else {
        assert!(!output.status.success(), "{said}");
        assert!(said.contains(&format!("was written by build {theirs}, this program is build ")), "{said}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// `cargo test --test it -- --ignored a_journal_of_this_build_is_kept`, before a release: the next ones must recover it.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes into the source tree"]
async fn a_journal_of_this_build_is_kept() {
    let site = busy::site().await;
    let board = busy::hour(&site).await;
    let number = runtime::journal::segments(&kept()).unwrap().len() + 1;
    let to = kept().join(format!("{number:010}.journal"));
    // The first segment is the hour, the second the state at its end; the third begins with that state and goes on.
    std::fs::copy(&runtime::journal::segments(&site.journal()).unwrap()[2], &to).unwrap();
    std::fs::write(to.with_extension("txt"), remembered(&board)).unwrap();
    std::fs::write(to.with_extension("told"), told(&replay(&to, false).1)).unwrap();
}
