//! `callsync import`: queues, agents and users from a JSON file.

use std::path::Path;

use model::{Actor, ServerId};
use store::Db;
use store::import::{Document, Hasher, Report};
use store::users::PasswordHash;

use crate::Failure;
use crate::config::Config;

/// The shortest password that is taken (NIST SP 800-63B, 3.1.1.2: length counts, not composition).
const SHORTEST_PASSWORD: usize = 12;

/// Imports the file, all of it or nothing.
pub async fn run(config: &Config, file: &Path) -> Result<(), Failure> {
    let text = read(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    let document: Document =
        serde_json::from_str(&text).map_err(|error| format!("{} is not what can be imported: {error}", file.display()))?;
    let db = config.open_store().await?;
    db.migrate().await?;
    let report = apply(config, &db, &document).await?;
    println!(
        "read {} queues, {} agents, {} users: {} added, {} changed",
        document.queues.len(),
        document.agents.len(),
        document.users.len(),
        report.created,
        report.changed
    );
    Ok(())
}

/// Imports a document on behalf of the person at the command line.
pub async fn apply(config: &Config, db: &Db, document: &Document) -> Result<Report, store::Error> {
    let at = runtime::Clock::start().now();
    store::import::apply(db, document, ServerId(config.ari.server), &Actor::CommandLine, at, &Argon).await
}

/// Passwords as the pages check them.
struct Argon;

impl Hasher for Argon {
    fn hash(&self, password: &str) -> Result<PasswordHash, String> {
        if password.chars().count() < SHORTEST_PASSWORD {
            return Err(format!("the password has fewer than {SHORTEST_PASSWORD} characters"));
        }
        web::hash_password(password).map(PasswordHash).map_err(|error| error.to_string())
    }

    fn matches(&self, password: &str, hash: &PasswordHash) -> bool {
        web::password_matches(password, &hash.0)
    }
}

fn read(file: &Path) -> std::io::Result<String> {
    if file == Path::new("-") { std::io::read_to_string(std::io::stdin()) } else { std::fs::read_to_string(file) }
}
