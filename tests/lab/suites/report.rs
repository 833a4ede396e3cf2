//! What came of the suites.

use std::process::ExitCode;
use std::time::Duration;

use crate::say;

/// What came of one suite.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many of its tests passed.
    pub passed: usize,
    /// Those that failed: name, and what was found.
    pub failed: Vec<(String, String)>,
}

impl Tally {
    /// One test passed.
    pub fn pass(&mut self) {
        self.passed += 1;
    }

    /// One test failed.
    pub fn fail(&mut self, name: impl Into<String>, words: impl Into<String>) {
        self.failed.push((name.into(), words.into()));
    }

    /// A suite that failed as a whole.
    pub fn failed(name: &str, words: &str) -> Self {
        let mut tally = Self::default();
        tally.fail(name, words);
        tally
    }
}

/// What came of all suites.
#[derive(Default)]
pub struct Report(Vec<(&'static str, Duration, Tally)>);

impl Report {
    /// Adds a suite, and says at once what failed in it.
    pub fn add(&mut self, suite: &'static str, took: Duration, tally: Tally) {
        for (name, words) in &tally.failed {
            println!("\n  FAILED {name}\n{}", indented(words));
        }
        self.0.push((suite, took, tally));
    }

    /// Prints the table and the last line, and gives the exit code.
    pub fn print(&self) -> ExitCode {
        say::heading("suite                      seconds   passed   failed");
        for (suite, took, tally) in &self.0 {
            println!("  {suite:<24} {:>8.1} {:>8} {:>8}", took.as_secs_f64(), tally.passed, tally.failed.len());
        }
        for (suite, _, tally) in &self.0 {
            tally.failed.iter().for_each(|(name, _)| println!("  FAILED {suite}: {name}"));
        }
        let passed: usize = self.0.iter().map(|(.., tally)| tally.passed).sum();
        let failed: usize = self.0.iter().map(|(.., tally)| tally.failed.len()).sum();
        println!("\n{passed} passed, {failed} failed");
        if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

fn indented(words: &str) -> String {
    words.lines().map(|line| format!("    {line}\n")).collect()
}
