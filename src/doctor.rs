//! `callsync doctor`: looks at everything the program stands on and says, in words, what is wrong and how to mend it.

use std::path::Path;
use std::process::ExitCode;

use model::Installation;
use store::Db;

use crate::Failure;
use crate::config::Config;
use crate::installation;
use crate::tls;

/// What one look found.
enum Finding {
    Well(String),
    Worth(String, String),
    Wrong(String, String),
}

use Finding::{Well, Worth, Wrong};

/// Looks at everything, prints what it found, and fails if something is wrong.
pub async fn run(config: &Config) -> Result<ExitCode, Failure> {
    let mut findings = vec![data_folder(&config.data_dir)];
    findings.extend(journal(config));
    findings.extend(database(config).await);
    let installation = installation::known(config).await.unwrap_or(Installation::numbered(0));
    findings.extend(switch(config, installation).await);
    findings.push(manager(config, installation).await);
    findings.push(pages(config).await);
    findings.extend(certificate(config));
    if let Err(why) = config.zone() {
        findings.push(Wrong(why.to_string(), "callsync serve would not start with it.".to_owned()));
    }

    let mut wrong = 0;
    for finding in findings {
        match finding {
            Well(what) => println!("  ok     {what}"),
            Worth(what, cure) => say("note ", &what, &cure),
            Wrong(what, cure) => {
                wrong += 1;
                say("WRONG", &what, &cure);
            }
        }
    }
    if wrong == 0 {
        println!("Everything that callsync stands on is in order.");
        return Ok(ExitCode::SUCCESS);
    }
    println!("{wrong} of these must be mended before calls are safe.");
    Ok(ExitCode::FAILURE)
}

/// Prints a finding and, on a line of its own, its cure, unless the finding tells it already.
fn say(kind: &str, what: &str, cure: &str) {
    println!("  {kind}  {what}");
    if !cure.is_empty() {
        println!("         {cure}");
    }
}

fn data_folder(folder: &Path) -> Finding {
    if !folder.exists() {
        return Wrong(
            format!("the data folder {} is not there yet", folder.display()),
            "`callsync migrate` makes it: run that as the user that callsync serve runs as.".to_owned(),
        );
    }
    let trial = folder.join(".doctor");
    let written = std::fs::write(&trial, b"trial");
    drop(std::fs::remove_file(&trial));
    match written {
        Ok(()) => Well(format!("the data folder {} can be written", folder.display())),
        Err(error) => Wrong(
            format!("the data folder {} cannot be written: {error}", folder.display()),
            "Make it and give it to the user that callsync runs as, or set data_dir to another folder.".to_owned(),
        ),
    }
}

/// What the last runs left behind. A journal that is not there yet is none's fault.
fn journal(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    // That there is no such zone is told elsewhere.
    let Ok(keeping) = config.keeping() else { return findings };
    let folder = keeping.folder.join("journal");
    match runtime::journal::segments(&folder) {
        Ok(segments) if segments.is_empty() => {}
        Ok(_) if runtime::can_start_from(&keeping) => {
            findings.push(Well(format!("the journal in {} can be gone on from", folder.display())));
        }
        Ok(_) => findings.push(Worth(
            format!("the journal in {} cannot be gone on from", folder.display()),
            "Another release wrote it, or it is damaged: a start takes the calls over from Asterisk alone.".to_owned(),
        )),
        Err(error) => findings.push(Wrong(
            format!("the journal in {} cannot be read: {error}", folder.display()),
            "Give the folder to the user that callsync runs as.".to_owned(),
        )),
    }
    let broken = std::fs::read_dir(keeping.folder.join("poison")).map_or(0, Iterator::count);
    if broken > 0 {
        findings.push(Worth(
            format!(
                "{broken} events broke the program's rules and were set aside in {}",
                keeping.folder.join("poison").display()
            ),
            "Show them, with the log of that time, to whoever maintains callsync; then delete them.".to_owned(),
        ));
    }
    findings
}

/// The pages' own TLS, where they have it.
fn certificate(config: &Config) -> Option<Finding> {
    let tls = config.tls.as_ref()?;
    let cure = "Name the certificate with its chain and its key, both PEM, or neither: then callsync makes its own.";
    Some(match tls::look(tls) {
        Ok(what) => Well(what),
        Err(why) => Wrong(why.to_string(), cure.to_owned()),
    })
}

async fn database(config: &Config) -> Vec<Finding> {
    // Opening would make the file, and make it the doctor's own, who may be somebody else than the program.
    if let Some(file) = config.sqlite_file().filter(|file| !file.exists()) {
        return vec![Wrong(
            format!("the database {} is not there yet", file.display()),
            "Run `callsync migrate` as the user that callsync serve runs as.".to_owned(),
        )];
    }
    let db = match config.open_store().await {
        Ok(db) => db,
        Err(error) => {
            return vec![Wrong(
                format!("the database cannot be opened: {}", crate::in_full(error.as_ref())),
                "Check database_url: the server must run, the database and the user must exist.".to_owned(),
            )];
        }
    };
    match db.pending_migrations().await {
        Ok(0) => {}
        Ok(_) => {
            return vec![Wrong(
                "the database has an older schema, or none".to_owned(),
                "Run `callsync migrate`; `callsync serve` does it by itself when it starts.".to_owned(),
            )];
        }
        Err(error) => {
            return vec![Wrong(
                format!("the database's schema cannot be used: {}", crate::in_full(&error)),
                "Run the newest callsync that this database was ever used with, or restore a backup.".to_owned(),
            )];
        }
    }
    let mut findings = vec![Well(format!("the database answers ({})", db.place()))];
    match content(&db).await {
        Ok(found) => findings.extend(found),
        Err(error) => findings.push(Wrong(
            format!("the settings cannot be read: {}", crate::in_full(&error)),
            "Look at the database server's log.".to_owned(),
        )),
    }
    findings
}

async fn content(db: &Db) -> Result<Vec<Finding>, store::Error> {
    let settings = store::settings::load(db).await?.settings;
    let users = store::users::list(db).await?.len();
    let import = "Write them into a JSON file and run `callsync import FILE`.".to_owned();
    let mut findings = Vec::new();
    findings.push(match (settings.queues.len(), settings.agents.len()) {
        (0, _) => Wrong("there are no queues, so every call goes to the fallback".to_owned(), import),
        (_, 0) => Wrong("there are no agents, so nobody is rung".to_owned(), import),
        (queues, agents) => Well(format!("the settings hold {queues} queues and {agents} agents")),
    });
    for queue in &settings.queues {
        if !settings.agents.iter().any(|agent| agent.queues.contains(&queue.id)) {
            findings.push(Worth(
                format!("nobody serves queue {} ({})", queue.number, queue.name),
                "Its callers wait until they hang up. Add agents to it.".to_owned(),
            ));
        }
    }
    findings.push(if users == 0 {
        Wrong("nobody can sign in".to_owned(), "Run `callsync user add --role admin --email … --name …`.".to_owned())
    } else {
        Well(format!("{users} users can sign in"))
    });
    Ok(findings)
}

async fn switch(config: &Config, installation: Installation) -> Vec<Finding> {
    let url = &config.ari.url;
    let switch = config.switch(installation);
    match ari::probe(&switch).await {
        Ok(probe) => {
            let mut findings = vec![Well(format!("Asterisk {} answers at {url}", probe.version))];
            findings.extend(probe.lacks.into_iter().map(|lack| {
                Worth(format!("this Asterisk lacks {lack}"), "There is a way round; a newer Asterisk 22 is quicker.".to_owned())
            }));
            findings.extend(neighbours(&switch).await);
            findings
        }
        // The adapter's errors say how to mend them.
        Err(error) => vec![Wrong(crate::in_full(&error), String::new())],
    }
}

/// Other programs of our make: on our application there may be none.
async fn neighbours(switch: &ari::Config) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    if let Err(occupied) = ari::may_begin(switch).await {
        findings.push(Wrong(occupied.to_string(), String::new()));
    }
    findings.extend(ari::others(switch).await.into_iter().map(|other| {
        let cure = "It is left alone. dialplan/README.md says how two programs share an Asterisk.";
        Worth(other.to_string(), cure.to_owned())
    }));
    findings
}

async fn manager(config: &Config, installation: Installation) -> Finding {
    let Some(ami) = config.switch(installation).ami else {
        return Worth(
            "no section [ami] is configured: while callsync is down, Asterisk's own queues do not know who is logged in"
                .to_owned(),
            "Add [ami] with address, user and password; dialplan/manager.conf shows what the user needs.".to_owned(),
        );
    };
    match ari::probe_manager(&ami).await {
        Ok(()) => Well(format!("Asterisk's manager interface answers at {}", ami.address)),
        Err(error) => Wrong(
            format!("Asterisk's manager interface cannot be used: {}", crate::in_full(&error)),
            "Make manager.conf and the section [ami] of the configuration agree.".to_owned(),
        ),
    }
}

async fn pages(config: &Config) -> Finding {
    let listen = &config.listen;
    match tokio::net::TcpListener::bind(listen).await {
        Ok(_) => Well(format!("the pages can be served at {listen}")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Worth(format!("something already listens at {listen}"), "If it is not callsync itself, change `listen`.".to_owned())
        }
        Err(error) => Wrong(
            format!("the pages cannot be served at {listen}: {error}"),
            "Set `listen` to an address of this machine and a port that this user may use.".to_owned(),
        ),
    }
}
