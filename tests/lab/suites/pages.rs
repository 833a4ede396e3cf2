//! The pages in a real browser, against a lab at work: a crate of its own beside this one.

use super::cargo;
use super::labs::Labs;
use super::report::Tally;
use crate::{Result, folders};

/// Whether the browser's tests are in this checkout.
pub fn are_there() -> bool {
    folders::workspace().join("tests/browser/Cargo.toml").is_file()
}

/// Runs them against the lab on SQLite. They are told where the pages are and how to sign in.
///
/// # Errors
/// When the lab does not start.
pub async fn test(labs: &mut Labs) -> Result<Tally> {
    let lab = &labs.stage(false).await?.lab;
    let login = format!("admin@example.org:{}", lab.passwords.admin);
    let environment = [("CALLSYNC_TEST_WEB", lab.web_url()), ("CALLSYNC_TEST_LOGIN", login)];
    cargo::tests("pages", &["--package", "browser"], &environment).await
}
