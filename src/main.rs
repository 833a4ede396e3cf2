//! `callsync`: parses the command line and hands over.

mod calls;
mod config;
mod doctor;
mod evacuate;
mod import;
mod installation;
mod logs;
mod opening;
mod replay;
mod serve;
mod systemd;
mod tale;
mod tls;
mod user;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use model::user::Role;

use crate::config::Config;

/// A contact centre for Asterisk that owns its calls.
#[derive(Parser)]
#[command(version, about, arg_required_else_help = true)]
struct Line {
    /// The configuration file; each key may also come from the environment, as `CALLSYNC_LISTEN` or `CALLSYNC_ARI__URL`.
    #[arg(long, global = true, value_name = "FILE", default_value = "/etc/callsync/callsync.toml")]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the contact centre.
    Serve,
    /// Bring the database up to this version's schema and stop.
    Migrate,
    /// Add or change queues, agents and users as a JSON file says; whatever it does not name stays.
    Import {
        /// The file; `-` is standard input.
        file: PathBuf,
    },
    /// Look after the people who sign in.
    #[command(subcommand)]
    User(UserCommand),
    /// Say what is wrong, and how to mend it.
    Doctor,
    /// Take callers who wait for a dead or hung program out of its hands, into Asterisk's own queues. Needs nothing but the
    /// way to Asterisk. Conversations go on.
    Evacuate {
        /// Also while the program gives signs of life.
        #[arg(long)]
        force: bool,
    },
    /// Tell what a journal holds, in sentences: a segment's file, or a folder of them.
    Replay {
        /// The file or folder; left out, the program's own journal.
        path: Option<PathBuf>,
        /// Replay it and compare: the same entries must have the same effects, and segments must follow from one another.
        #[arg(long)]
        check: bool,
    },
}

#[derive(Subcommand)]
enum UserCommand {
    /// Add a user, or give an existing one this name, role and password. The password is read from standard input.
    Add {
        /// What they sign in with.
        #[arg(long)]
        email: String,
        /// Their name.
        #[arg(long)]
        name: String,
        /// What they may do: operator, supervisor or admin.
        #[arg(long, value_parser = role)]
        role: Role,
    },
}

fn role(text: &str) -> Result<Role, String> {
    Role::named(text).ok_or_else(|| format!("{text:?} is none of operator, supervisor, admin"))
}

/// Whatever ended the program early. Its text is the whole message for the person at the terminal.
type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let line = Line::parse();
    match run(line) {
        Ok(code) => code,
        Err(failure) => {
            // Nobody may read it any more, and whoever watches over us has to start us again.
            let why = in_full(failure.as_ref());
            logs::within(Duration::from_secs(2), move || drop(writeln!(std::io::stderr(), "callsync: {why}")));
            ExitCode::FAILURE
        }
    }
}

fn run(line: Line) -> Result<ExitCode, Failure> {
    // Whatever the program writes is its own: books hold callers' numbers.
    nix::sys::stat::umask(nix::sys::stat::Mode::from_bits_truncate(0o077));
    // Several of our libraries speak TLS and none of them may choose the implementation by itself.
    rustls::crypto::ring::default_provider().install_default().map_err(|_| "TLS was set up twice")?;
    // A journal from elsewhere is read without knowing anything of this place.
    if let Command::Replay { path: Some(path), check } = &line.command {
        return replay::run(path, *check);
    }
    let config = Config::read(&line.config)?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(obey(line.command, config))
}

async fn obey(command: Command, config: Config) -> Result<ExitCode, Failure> {
    match command {
        Command::Serve => serve::run(config).await?,
        Command::Migrate => config.open_store().await?.migrate().await?,
        Command::Import { file } => import::run(&config, &file).await?,
        Command::User(UserCommand::Add { email, name, role }) => user::add(&config, &email, &name, role).await?,
        Command::Replay { path, check } => {
            return replay::run(&path.unwrap_or_else(|| config.data_dir.join("journal")), check);
        }
        Command::Evacuate { force } => return evacuate::run(&config, force).await,
        Command::Doctor => return doctor::run(&config).await,
    }
    Ok(ExitCode::SUCCESS)
}

/// An error and all that caused it, in one line.
fn in_full(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
