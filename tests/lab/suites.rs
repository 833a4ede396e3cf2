//! `cargo lab test`: every suite in order, each with its time, its budget and its counts; and alone on the last line what came
//! of it. An ordinary run plays of each suite what fits its budget: what only a real Asterisk, a real browser or a real
//! database can prove. A suite or a scenario that is asked for by its name is played whole, and so is everything with `--long`.

use std::process::ExitCode;
use std::time::Duration;

use crate::books::Plan;
use crate::say;
use crate::{Result, Trouble, space};

pub mod budget;
pub mod cargo;
pub mod core;
pub mod fallback;
pub mod kill;
pub mod labs;
pub mod leftovers;
pub mod mutants;
pub mod pace;
pub mod pages;
pub mod plays;
pub mod programs;
pub mod report;
pub mod together;

use budget::Clock;
use labs::Labs;
use report::{Report, Tally};

/// What to test.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Suites or scenarios whose name contains this; nothing means all.
    pub filter: Option<String>,
    /// Without what needs a real Asterisk, a browser or PostgreSQL.
    pub quick: bool,
    /// Of what is asked for by name, only the part that an ordinary run plays, as it plays it.
    pub everyday: bool,
    /// What can be done at length is: a million histories of the core, many more kills.
    pub long: bool,
}

/// A suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Suite {
    Style,
    Unit,
    Core,
    Accessibility,
    Contract,
    Scenarios,
    Books,
    Fallback,
    Pages,
    Stores,
    ScenariosOnPostgres,
    BooksOnPostgres,
    Kill,
    Leftovers,
}

/// In the order in which they run: the quick ones first, then what needs a browser alone, then all that share a lab on SQLite, then all on PostgreSQL.
const ALL: [Suite; 14] = [
    Suite::Style,
    Suite::Unit,
    Suite::Core,
    Suite::Accessibility,
    Suite::Contract,
    Suite::Scenarios,
    Suite::Books,
    Suite::Fallback,
    Suite::Pages,
    Suite::Stores,
    Suite::ScenariosOnPostgres,
    Suite::BooksOnPostgres,
    Suite::Kill,
    Suite::Leftovers,
];

impl Suite {
    const fn name(self) -> &'static str {
        match self {
            Self::Style => "style",
            Self::Unit => "unit",
            Self::Core => "core",
            Self::Accessibility => "accessibility",
            Self::Contract => "contract",
            Self::Scenarios => "scenarios",
            Self::Books => "books",
            Self::Fallback => "fallback",
            Self::Pages => "pages",
            Self::Stores => "stores on PostgreSQL",
            Self::ScenariosOnPostgres => "scenarios on PostgreSQL",
            Self::BooksOnPostgres => "books on PostgreSQL",
            Self::Kill => kill::NAME,
            Self::Leftovers => "leftovers",
        }
    }

    /// Minutes of outages on purpose, asked for by name: with every change the rest is enough.
    const fn is_endurance(self) -> bool {
        matches!(self, Self::Fallback | Self::Kill)
    }

    /// The seconds of its part of an ordinary run.
    const fn budget(self) -> u64 {
        match self {
            Self::Style => 60,
            Self::Unit => 150,
            Self::Core => 60,
            Self::Accessibility => 105,
            Self::Contract => 35,
            Self::Scenarios => 90,
            Self::Books => 45,
            Self::Pages => 180,
            Self::Stores => 60,
            Self::ScenariosOnPostgres => 40,
            Self::BooksOnPostgres => 45,
            Self::Leftovers => 30,
            // Never a part of an ordinary run.
            Self::Fallback | Self::Kill => 0,
        }
    }

    const fn is_of_pages(self) -> bool {
        matches!(self, Self::Pages | Self::Accessibility)
    }

    /// Whether it runs what cargo has built for tests.
    const fn runs_tests(self) -> bool {
        matches!(self, Self::Unit | Self::Core | Self::Accessibility | Self::Contract | Self::Pages | Self::Stores)
    }

    const fn is_quick(self) -> bool {
        matches!(self, Self::Style | Self::Unit | Self::Core)
    }
}

impl Wish {
    /// Whether a name is wanted. Underscores count as blanks, so that a function's name finds its sentence.
    pub fn wants(&self, name: &str) -> bool {
        let plain = |text: &str| text.to_lowercase().replace('_', " ");
        self.filter.as_ref().is_none_or(|filter| plain(name).contains(&plain(filter)))
    }

    /// Whether what is tested is tested as with every change: neither at length, nor asked for by name to be played whole.
    pub const fn is_everyday(&self) -> bool {
        (self.filter.is_none() || self.everyday) && !self.long
    }

    /// What a suite may take: nothing is said of one that is played whole.
    const fn budget(&self, suite: Suite) -> Option<Duration> {
        if self.is_everyday() { Some(Duration::from_secs(suite.budget())) } else { None }
    }

    /// Whether the programs of the crates' own tests are wanted, and not the program alone.
    pub fn needs_tests(&self) -> bool {
        self.chosen().into_iter().any(Suite::runs_tests)
    }

    /// The books' calls: these, unless it is an ordinary run.
    const fn plan(&self, asked: Plan) -> Plan {
        if self.is_everyday() { Plan::EVERYDAY } else { asked }
    }

    fn chosen(&self) -> Vec<Suite> {
        let wanted = |suite: &Suite| {
            let scenarios = match suite {
                Suite::Scenarios => !plays::chosen(self, false).is_empty(),
                Suite::ScenariosOnPostgres => !plays::chosen(self, true).is_empty(),
                Suite::Fallback => !fallback::chosen(self).is_empty(),
                Suite::Kill => !kill::chosen(self).is_empty(),
                _ => false,
            };
            (suite.is_quick() || !self.quick)
                && !(suite.is_endurance() && self.is_everyday())
                && (self.wants(suite.name()) || scenarios)
                && (!suite.is_of_pages() || pages::are_there())
        };
        ALL.into_iter().filter(wanted).collect()
    }
}

/// Runs all that is wished for. With `quick` anywhere; otherwise inside a space with its own network.
///
/// # Errors
/// When the machinery itself fails; what a suite finds is in the report.
pub async fn run(wish: &Wish) -> Result<ExitCode> {
    let chosen = wish.chosen();
    if chosen.is_empty() {
        return Err(Trouble::said(format!(
            "no suite and no scenario is called {:?}",
            wish.filter.as_deref().unwrap_or_default()
        )));
    }
    if space::inside().is_none() && chosen.iter().any(|suite| !suite.is_quick()) {
        return Err(Trouble::said("these suites run inside a space of the lab's own"));
    }
    let mut report = Report::default();
    let mut labs = Labs::judging(!wish.is_everyday());
    for suite in chosen {
        say::heading(suite.name());
        let clock = Clock::start();
        let tally = match play(suite, wish, &mut labs).await {
            Ok(tally) => tally,
            Err(trouble) => Tally::failed(suite.name(), &trouble.to_string()),
        };
        report.add(suite.name(), clock.stop(), wish.budget(suite), tally);
    }
    labs.close().await;
    Ok(report.print())
}

async fn play(suite: Suite, wish: &Wish, labs: &mut Labs) -> Result<Tally> {
    match suite {
        Suite::Style => cargo::style().await,
        Suite::Unit => cargo::unit().await,
        Suite::Core => core::histories(wish.long, wish.is_everyday()).await,
        Suite::Accessibility => pages::accessibility(wish.is_everyday()).await,
        Suite::Contract => cargo::contract(labs).await,
        Suite::Stores => cargo::stores(labs).await,
        Suite::Scenarios => plays::scenarios(wish, labs.stage(false).await?, false).await,
        Suite::ScenariosOnPostgres => plays::scenarios(wish, labs.stage(true).await?, true).await,
        Suite::Books => plays::books(labs.stage(false).await?, wish.plan(Plan::FULL)).await,
        Suite::Fallback => fallback::test(wish, labs.stage(false).await?).await,
        Suite::BooksOnPostgres => plays::books(labs.stage(true).await?, wish.plan(Plan::SHORT)).await,
        Suite::Pages => pages::test(labs, wish).await,
        Suite::Kill => kill::test(wish, labs).await,
        Suite::Leftovers => leftovers::test(labs).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(filter: Option<&str>, quick: bool) -> Vec<&'static str> {
        Wish { filter: filter.map(str::to_owned), quick, ..Wish::default() }.chosen().into_iter().map(Suite::name).collect()
    }

    #[test]
    fn quick_leaves_out_what_needs_asterisk_a_browser_or_postgresql() {
        assert_eq!(names(None, true), ["style", "unit", "core"]);
    }

    #[test]
    fn outages_on_purpose_are_asked_for_by_name_or_at_length() {
        assert!(!names(None, false).contains(&"kill"));
        assert_eq!(names(Some("twenty_kills"), false), ["kill"]);
        let long = Wish { long: true, ..Wish::default() };
        assert!(long.chosen().contains(&Suite::Fallback));
    }

    #[test]
    fn budgets_of_an_ordinary_run_leave_room_for_what_is_to_come() {
        let today: u64 = Wish::default().chosen().into_iter().map(Suite::budget).sum();
        assert!(today <= budget::TODAY, "{today} s");
        let (suites, each) = budget::TO_COME;
        assert!(today + suites * each <= budget::FOR_GOOD, "{today} s leave too little");
        let quick = Wish { quick: true, ..Wish::default() };
        assert!(quick.chosen().iter().all(|suite| Wish::default().budget(*suite).is_some()));
        let by_name = Wish { filter: Some("scenarios".to_owned()), ..Wish::default() };
        assert!(by_name.chosen().into_iter().all(|suite| by_name.budget(suite).is_none()));
    }

    #[test]
    fn a_filter_chooses_suites_or_scenarios_by_a_part_of_their_name() {
        assert_eq!(names(Some("style"), false), ["style"]);
        assert_eq!(names(Some("wrap_up_keeps"), false), ["scenarios"]);
        assert_eq!(names(Some("agent refuses"), false), ["scenarios", "scenarios on PostgreSQL"]);
        assert_eq!(names(Some("nothing is called so"), false), Vec::<&str>::new());
    }
}
