//! `cargo lab`: see `cargo lab --help`.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use lab::cli::{AsteriskAlone, Cli, Command};
use lab::install::Need;
use lab::place::{Lab, Options, Ready};
use lab::ports::Ports;
use lab::space::Network;
use lab::suites::{self, Wish};
use lab::traffic::{Plan, Traffic};
use lab::{Result, Trouble, bench, call, folders, install, logins, product, root, say, signals, soak, space, up};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let ended = match space::inside() {
        Some(network) => inside(cli.command, network),
        None => outside(cli.command),
    };
    ended.unwrap_or_else(|trouble| {
        eprintln!("cargo lab: {trouble}");
        ExitCode::FAILURE
    })
}

/// What needs the machine's network and the user's own files: packages, the Asterisk root, builds. Then into the space.
fn outside(command: Command) -> Result<ExitCode> {
    match command {
        Command::Up(options) => {
            let callsync = if space::prepared() { space::callsync() } else { Some(run(up::prepare(&options))?) };
            space::enter(Network::Host, callsync.as_deref())
        }
        Command::Call => {
            let callsync = if space::prepared() { space::callsync() } else { Some(run(before_call())?) };
            space::enter(Network::Own, callsync.as_deref())
        }
        Command::Test { filter, quick, everyday, long } => {
            let wish = Wish { filter, quick, everyday, long };
            let callsync = if space::prepared() { space::callsync() } else { Some(run(before_tests(&wish))?) };
            if quick { run(suites::run(&wish)) } else { space::enter(Network::Own, callsync.as_deref()) }
        }
        Command::Soak(_) => {
            let callsync = if space::prepared() { space::callsync() } else { Some(run(before_call())?) };
            space::enter(Network::Own, callsync.as_deref())
        }
        Command::Asterisk(options) => {
            let network = if options.isolated { Network::Own } else { Network::Host };
            if !space::prepared() {
                let needs = if options.postgres { vec![Need::Basics, Need::Postgres] } else { vec![Need::Basics] };
                run(install(&needs))?;
            }
            space::enter(network, None)
        }
        Command::Shots { folder, sample } => run(shots(&folder, sample.as_deref())),
        Command::Mutants { sample, seed } => run(suites::mutants::run(sample, seed)),
        Command::Bench { name, json } => {
            if cfg!(debug_assertions) {
                return again_optimised();
            }
            let wish = bench::Wish { name, json };
            let callsync = if space::prepared() { space::callsync() } else { Some(run(before_bench(&wish))?) };
            space::enter(Network::Own, callsync.as_deref())
        }
        Command::Floor { agents } => run(bench::floor::run(&agents)),
        Command::Logins { json } => {
            logins::print(&up::folder(&Ports::from_environment()?)?, json)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Install { all } => {
            let needs: &[Need] = if all { &[Need::Basics, Need::Postgres, Need::Browser] } else { &[Need::Basics] };
            run(install(needs))?;
            say::line("everything that the lab needs is installed");
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn inside(command: Command, network: Network) -> Result<ExitCode> {
    if let Command::Floor { agents } = &command {
        // A part of a lab that has settled already.
        return run(bench::floor::run(agents));
    }
    space::settle(network)?;
    match command {
        Command::Up(options) => run(up::run(&options)),
        Command::Call => run(call::run()),
        Command::Test { filter, quick, everyday, long } => run(suites::run(&Wish { filter, quick, everyday, long })),
        Command::Soak(options) => run(soak::run(options.length())),
        Command::Asterisk(options) => run(asterisk(options, network)),
        Command::Bench { name, json } => run(bench::run(&bench::Wish { name, json })),
        Command::Shots { .. }
        | Command::Mutants { .. }
        | Command::Floor { .. }
        | Command::Logins { .. }
        | Command::Install { .. } => Err(Trouble::said("this needs no space")),
    }
}

async fn before_call() -> Result<PathBuf> {
    install(&[Need::Basics]).await?;
    product::build(false).await
}

/// Whatever tests need from outside: inside their space there is no network. Quick tests need no Asterisk, but what they
/// compile needs the page assets.
async fn before_tests(wish: &Wish) -> Result<PathBuf> {
    if !wish.quick {
        install(&[Need::Basics, Need::Postgres, Need::Browser]).await?;
        product::fetch().await?;
        product::packages(suites::pages::FOLDER, "axe-core").await?;
    }
    if !wish.needs_tests() {
        return product::build(false).await;
    }
    product::assets().await?;
    suites::programs::build().await
}

/// Runs this command line again with an optimised lab: the floor, and the witnesses on the wire, are a part of it. There must
/// be no other thread yet, or any more.
fn again_optimised() -> Result<ExitCode> {
    let program = run(product::program("lab", true))?;
    let mut command = std::process::Command::new(&program);
    command.args(std::env::args_os().skip(1));
    Err(Trouble::Start { program: program.display().to_string(), source: command.exec() })
}

async fn before_bench(wish: &bench::Wish) -> Result<PathBuf> {
    install(&[Need::Basics, Need::Browser]).await?;
    bench::prepare(wish).await
}

async fn shots(folder: &Path, sample: Option<&str>) -> Result<ExitCode> {
    install::ready(&[Need::Basics, Need::Browser]).await?;
    product::assets().await?;
    suites::pages::shots(folder, sample).await
}

async fn install(needs: &[Need]) -> Result<()> {
    install::ready(needs).await?;
    root::ready().await.map(drop)
}

fn run<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|why| Trouble::said(format!("starting the lab's own threads: {why}")))?.block_on(work)
}

async fn asterisk(options: AsteriskAlone, network: Network) -> Result<ExitCode> {
    let (folder, ports) = match network {
        Network::Own => (folders::passing()?.join("asterisk"), Ports::default()),
        Network::Host => (folders::labs()?.join("asterisk"), Ports::from_environment()?),
    };
    ports.check_free()?;
    let folder = folders::made(folder)?;
    let lab = Lab::start(Options { folder, ports, postgres: options.postgres, callsync: None, ready: Ready::All }).await?;
    say::line(format!("ARI    {}/ari  user callsync  password {}", lab.ari_url(), lab.passwords.ari));
    say::line(format!("SIP    127.0.0.1:{}  accounts 1001 to 1100, password lab-<account>; trunk from 127.0.0.2", ports.sip));
    say::line(format!("AMI    127.0.0.1:{}  user callsync  password {}", ports.ami, lab.passwords.ami));
    say::line(format!("CDR    {}", lab.cdr_url()));
    say::line(format!("root   {}", lab.asterisk.root.display()));
    let traffic = Traffic::start(&lab, Plan { agents: options.agents, rate: options.rate }).await?;
    let code = match options.command.split_first() {
        None => signals::asked_to_stop().await.map(|()| 0),
        Some((program, words)) => beside(&lab, program, words).await,
    };
    traffic.stop().await;
    lab.stop().await;
    let code = code.map_err(|source| Trouble::Start { program: options.command.join(" "), source })?;
    Ok(ExitCode::from(code))
}

/// Runs a command with all that it needs to know in its environment.
async fn beside(lab: &Lab, program: &str, words: &[String]) -> std::io::Result<u8> {
    let status = tokio::process::Command::new(program)
        .args(words)
        .env("CALLSYNC_LAB_ARI_URL", lab.ari_url())
        .env("CALLSYNC_LAB_ARI_USER", "callsync")
        .env("CALLSYNC_LAB_ARI_PASSWORD", &lab.passwords.ari)
        .env("CALLSYNC_LAB_CDR_URL", lab.cdr_url())
        .env("CALLSYNC_LAB_ASTERISK_ROOT", &lab.asterisk.root)
        .status()
        .await?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
