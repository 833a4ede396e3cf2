//! The lab's command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

/// A real Asterisk, real SIP phones and CallSync Central, on this machine.
#[derive(Debug, Parser)]
#[command(name = "cargo lab", bin_name = "cargo lab", version, disable_help_subcommand = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the lab can do.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Start a living call centre and show where its pages are; Ctrl-C ends it
    Up(Up),
    /// Play one call on a real Asterisk and tell its story in sentences
    Call,
    /// Test everything on a real Asterisk, real SIP phones, a browser and both databases
    Test {
        /// Only suites and scenarios whose name contains this, each whole and held to the exact times
        filter: Option<String>,
        /// Leave out what needs a real Asterisk, a browser or PostgreSQL
        #[arg(long)]
        quick: bool,
        /// Of these only the part that an ordinary run plays, as it plays it
        #[arg(long, requires = "filter", conflicts_with = "long")]
        everyday: bool,
        /// Do everything, at length: a million histories of the core in an optimised build
        #[arg(long)]
        long: bool,
    },
    /// Five callers a second for hours, with faults at random: the books balance, and nothing grows
    Soak(Soak),
    /// Draw every sample of every page in both sizes, themes and languages, and look for what is cut off, covered or too small
    Shots {
        /// Where the pictures go
        folder: PathBuf,
        /// Only samples whose name contains this
        sample: Option<String>,
    },
    /// Change the core in many small ways, and count the changes that its tests and the simulation notice
    Mutants {
        /// How many changes are tried, of all that there are
        #[arg(long, value_name = "N", default_value_t = 60)]
        sample: usize,
        /// Which: the same number chooses the same; by default another one each time
        #[arg(long, value_name = "NUMBER")]
        seed: Option<u64>,
    },
    /// Compare the program with app_queue and with the least that ARI can do, on the same phones, and say which targets it meets
    Bench {
        /// Only this scenario, or `pages`, or `core`
        name: Option<String>,
        /// All figures as one JSON object on the last line
        #[arg(long)]
        json: bool,
    },
    /// The least that can be done over ARI, which the bench starts beside Asterisk
    #[command(hide = true)]
    Floor {
        /// The agents' accounts
        agents: Vec<u32>,
    },
    /// Print the addresses and logins of the lab
    Logins {
        /// As JSON, for other programs
        #[arg(long)]
        json: bool,
    },
    /// Install the Debian packages that the lab needs, and make the Asterisk root
    Install {
        /// Also what only tests need: PostgreSQL and a browser
        #[arg(long)]
        all: bool,
    },
    /// Start Asterisk alone; with a command, run that beside it and end with it
    #[command(hide = true)]
    Asterisk(AsteriskAlone),
}

/// Options of `up`.
#[derive(Debug, Clone, Args)]
pub struct Up {
    /// Keep the books and the CDR in a private PostgreSQL rather than in SQLite
    #[arg(long)]
    pub postgres: bool,
    /// No callers and no lab phones: bring your own
    #[arg(long)]
    pub no_traffic: bool,
    /// Calls per minute; by default as many as the staffed agents can about answer
    #[arg(long, value_name = "CALLS")]
    pub rate: Option<f64>,
    /// How many agents have a lab phone
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u32).range(0..=50))]
    pub agents: u32,
    /// Every agent becomes Ready as soon as a phone registers on their account, not only those with a lab phone
    #[arg(long)]
    pub ready: bool,
    /// Build CallSync Central optimised
    #[arg(long)]
    pub release: bool,
    /// Forget everything that earlier runs kept
    #[arg(long)]
    pub fresh: bool,
}

/// Options of `soak`.
#[derive(Debug, Clone, Copy, Args)]
pub struct Soak {
    /// For how many hours
    #[arg(long, value_name = "H", default_value_t = 1.0)]
    pub hours: f64,
    /// For so many minutes in place of hours: from 3 on every fault strikes once
    #[arg(long, value_name = "M", conflicts_with = "hours")]
    pub minutes: Option<f64>,
}

impl Soak {
    /// How long it is, a day at the most; what is no length is none.
    #[must_use]
    pub fn length(self) -> Duration {
        const DAY: f64 = 86_400.0;
        let seconds = self.minutes.map_or(self.hours * 3600.0, |minutes| minutes * 60.0);
        Duration::from_secs_f64(if seconds.is_finite() { seconds.clamp(0.0, DAY) } else { 0.0 })
    }
}

/// Options of `asterisk`.
#[derive(Debug, Clone, Args)]
pub struct AsteriskAlone {
    /// In a network of its own, where nobody else's ports can be in the way
    #[arg(long)]
    pub isolated: bool,
    /// Write the CDR into a private PostgreSQL
    #[arg(long)]
    pub postgres: bool,
    /// With so many lab phones, and callers who find the program missing and fall to the plain queues
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=50))]
    pub agents: u32,
    /// Calls per minute
    #[arg(long, value_name = "CALLS", default_value_t = 0.0)]
    pub rate: f64,
    /// A command to run beside it
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<String>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_soak_takes_an_hour_unless_told_otherwise() {
        let length = |words: &[&str]| {
            let Command::Soak(soak) = Cli::parse_from([&["lab", "soak"], words].concat()).command else { panic!("no soak") };
            soak.length().as_secs()
        };
        assert_eq!((length(&[]), length(&["--hours", "8"]), length(&["--minutes", "3"])), (3600, 28_800, 180));
        assert_eq!(length(&["--hours", "nan"]), 0);
        assert!(Cli::try_parse_from(["lab", "soak", "--hours", "1", "--minutes", "3"]).is_err());
    }

    #[test]
    fn up_staffs_a_dozen_agents_unless_told_otherwise() {
        let Command::Up(up) = Cli::parse_from(["lab", "up"]).command else { panic!("not up") };
        assert_eq!((up.agents, up.postgres, up.no_traffic), (12, false, false));
        assert!(Cli::try_parse_from(["lab", "up", "--agents", "51"]).is_err());
    }
}
