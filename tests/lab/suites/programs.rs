//! The programs of all tests, built by one call of cargo and run from there. Asked for crate by crate, cargo would choose other
//! features for what they depend on, and build the same crates a second time.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;
use tokio::process::Command;
use tokio::sync::OnceCell;

use crate::say::Step;
use crate::{Result, Trouble, command, space};

/// What cargo is told, apart from that it shall not run them.
pub const ALL: [&str; 5] = ["test", "--workspace", "--lib", "--bins", "--tests"];

static BUILT: OnceCell<Vec<Program>> = OnceCell::const_new();

/// A program that cargo has built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The folder of its package.
    pub folder: PathBuf,
    /// The name of its target: of the library or the binary, or of the file of tests.
    pub target: String,
    /// Whether it holds tests.
    pub tests: bool,
    /// Where it is.
    pub file: PathBuf,
}

/// Builds them all, and gives the path of `callsync`, which the tests of the whole start.
///
/// # Errors
/// When something does not compile.
pub async fn build() -> Result<PathBuf> {
    let step = Step::long("tests", "building every crate and its tests");
    let built = built().await?;
    step.done("built");
    let callsync = built.iter().find(|program| program.target == "callsync" && !program.tests);
    callsync.map(|program| program.file.clone()).ok_or_else(|| Trouble::said("cargo built the tests without callsync"))
}

/// The program with the tests of a target, ready to be given what it needs.
///
/// # Errors
/// When something does not compile, or there is no such target.
pub async fn tests_of(target: &str) -> Result<Command> {
    let built = built().await?;
    let program = built.iter().find(|program| program.tests && program.target == target);
    let program = program.ok_or_else(|| Trouble::said(format!("cargo has built no tests of {target:?}")))?;
    let mut command = Command::new(&program.file);
    // As cargo does it.
    command.current_dir(&program.folder).env("CARGO_MANIFEST_DIR", &program.folder);
    Ok(command)
}

async fn built() -> Result<&'static Vec<Program>> {
    BUILT.get_or_try_init(cargo_builds).await
}

async fn cargo_builds() -> Result<Vec<Program>> {
    let mut cargo = command::cargo();
    cargo.args(ALL).args(["--no-run", "--message-format=json-render-diagnostics"]).stdin(Stdio::null()).stderr(Stdio::inherit());
    if space::inside().is_some() {
        cargo.env("CARGO_NET_OFFLINE", "true").stderr(Stdio::null());
    }
    let output = cargo.output().await.map_err(|source| Trouble::Start { program: "cargo".to_owned(), source })?;
    if !output.status.success() {
        return Err(Trouble::said("the tests do not build; the compiler's words are above"));
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().filter_map(program).collect())
}

/// What a line of cargo's says of a program that it has built.
fn program(line: &str) -> Option<Program> {
    let message: Value = serde_json::from_str(line).ok()?;
    let file = PathBuf::from(message["executable"].as_str()?);
    let folder = Path::new(message["manifest_path"].as_str()?).parent()?.to_owned();
    let target = message["target"]["name"].as_str()?.to_owned();
    Some(Program { folder, target, tests: message["profile"]["test"] == true, file })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_read_from_cargos_words_and_a_library_is_none() {
        let words = |executable: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","manifest_path":"/a/src/store/Cargo.toml","target":{{"name":"store"}},
                    "profile":{{"test":true}},"executable":{executable}}}"#
            )
        };
        let read = program(&words(r#""/t/store-1""#)).unwrap();
        assert_eq!((read.folder, &*read.target, read.tests), (PathBuf::from("/a/src/store"), "store", true));
        assert_eq!(program(&words("null")), None);
        assert_eq!(program("   Compiling store"), None);
    }
}
