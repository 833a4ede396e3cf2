//! What came of the suites.

use std::process::ExitCode;
use std::time::Duration;

use super::budget::Took;
use crate::say;

/// So many tests may be unsteady in one run; more of them are a fault, of the product or of its tests.
const UNSTEADY_AT_MOST: usize = 3;

/// What came of one suite.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many of its tests passed, the unsteady ones among them.
    pub passed: usize,
    /// Those that failed: name, and what was found.
    pub failed: Vec<(String, String)>,
    /// Those that failed and passed when they were played once more, alone: name, and what was found at first.
    pub unsteady: Vec<(String, String)>,
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

    /// One test failed, and passed when it was played once more.
    pub fn waver(&mut self, name: impl Into<String>, words: impl Into<String>) {
        self.passed += 1;
        self.unsteady.push((name.into(), words.into()));
    }

    /// Takes over what came of a part.
    pub fn join(&mut self, part: Self) {
        self.passed += part.passed;
        self.failed.extend(part.failed);
        self.unsteady.extend(part.unsteady);
    }

    /// A suite that failed as a whole.
    pub fn failed(name: &str, words: &str) -> Self {
        let mut tally = Self::default();
        tally.fail(name, words);
        tally
    }
}

/// A suite's line.
struct Line {
    suite: &'static str,
    took: Took,
    /// Nothing where the suite was asked for at length, and may take its time.
    budget: Option<Duration>,
    tally: Tally,
}

/// What came of all suites.
#[derive(Default)]
pub struct Report(Vec<Line>);

impl Report {
    /// Adds a suite, and says at once what failed in it.
    pub fn add(&mut self, suite: &'static str, took: Took, budget: Option<Duration>, mut tally: Tally) {
        if let Some(words) = budget.filter(|budget| took.is_grossly_over(*budget)).map(|budget| outgrown(took, budget)) {
            tally.fail("its budget", words);
        }
        for (name, words) in &tally.failed {
            println!("\n  FAILED {name}\n{}", indented(words));
        }
        self.0.push(Line { suite, took, budget, tally });
    }

    /// Prints the table, what was unsteady, what failed, and the last line; gives the exit code.
    pub fn print(&self) -> ExitCode {
        self.table();
        let unsteady = self.all(|tally| &tally.unsteady);
        for (suite, name, words) in &unsteady {
            println!("  UNSTEADY {suite}: {name}\n{}", indented(words));
        }
        for (suite, name, _) in self.all(|tally| &tally.failed) {
            println!("  FAILED {suite}: {name}");
        }
        let too_many = unsteady.len() > UNSTEADY_AT_MOST;
        if too_many {
            println!("  FAILED {} tests were unsteady, and {UNSTEADY_AT_MOST} may be", unsteady.len());
        }
        let passed: usize = self.0.iter().map(|line| line.tally.passed).sum();
        let failed = self.0.iter().map(|line| line.tally.failed.len()).sum::<usize>() + usize::from(too_many);
        println!("\n{passed} passed, {failed} failed");
        if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn table(&self) {
        say::heading("suite                      seconds   budget   passed   failed unsteady   others had");
        for Line { suite, took, budget, tally } in &self.0 {
            let budget = in_seconds(*budget);
            let others = took.others.map_or("?".to_owned(), |share| format!("{:.0} %", share * 100.0));
            let (seconds, failed, unsteady) = (took.time.as_secs_f64(), tally.failed.len(), tally.unsteady.len());
            println!("  {suite:<24} {seconds:>8.1} {budget:>8} {:>8} {failed:>8} {unsteady:>8} {others:>12}", tally.passed);
        }
        let seconds: f64 = self.0.iter().map(|line| line.took.time.as_secs_f64()).sum();
        let budgets: Option<Duration> = self.0.iter().map(|line| line.budget).sum();
        println!("  {:<24} {seconds:>8.1} {:>8}", "all", in_seconds(budgets));
    }

    /// What a list of each suite's tally holds: the suite, the test's name, and what was found.
    fn all(&self, which: impl Fn(&Tally) -> &Vec<(String, String)>) -> Vec<(&'static str, &str, &str)> {
        let mut all = Vec::new();
        for Line { suite, tally, .. } in &self.0 {
            all.extend(which(tally).iter().map(|(name, words)| (*suite, &**name, &**words)));
        }
        all
    }
}

fn in_seconds(budget: Option<Duration>) -> String {
    budget.map_or("-".to_owned(), |budget| budget.as_secs().to_string())
}

fn outgrown(took: Took, budget: Duration) -> String {
    let (took, budget) = (say::seconds(took.time), say::seconds(budget));
    format!(
        "it took {took}, and {budget} are meant for it: let some of it be played by name alone, or share out the budgets anew"
    )
}

fn indented(words: &str) -> String {
    words.lines().map(|line| format!("    {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(tallies: &[Tally]) -> Report {
        let mut report = Report::default();
        for tally in tallies {
            let took = Took { time: Duration::from_secs(1), others: None };
            report.add("suite", took, Some(Duration::from_secs(60)), tally.clone());
        }
        report
    }

    fn wavering(times: usize) -> Tally {
        let mut tally = Tally::default();
        (0..times).for_each(|n| tally.waver(n.to_string(), "late"));
        tally
    }

    #[test]
    fn three_unsteady_tests_of_a_run_pass_and_four_fail_it() {
        assert_eq!(report(&[wavering(1), wavering(2)]).print(), ExitCode::SUCCESS);
        assert_eq!(report(&[wavering(2), wavering(2)]).print(), ExitCode::FAILURE);
    }

    #[test]
    fn a_suite_that_has_outgrown_its_budget_fails() {
        let mut tally = Tally::default();
        tally.pass();
        let took = |seconds| Took { time: Duration::from_secs(seconds), others: Some(0.0) };
        let ended = |seconds, budget| {
            let mut report = Report::default();
            report.add("suite", took(seconds), budget, tally.clone());
            report.print()
        };
        assert_eq!(ended(500, Some(Duration::from_secs(60))), ExitCode::FAILURE);
        assert_eq!(ended(70, Some(Duration::from_secs(60))), ExitCode::SUCCESS);
        assert_eq!(ended(500, None), ExitCode::SUCCESS);
    }

    #[test]
    fn nothing_that_passed_is_no_success() {
        assert_eq!(report(&[Tally::default()]).print(), ExitCode::FAILURE);
    }
}
