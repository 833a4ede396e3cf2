//! `callsync user`: the people who sign in.

use std::io::IsTerminal;

use model::user::Role;
use serde_json::json;

use crate::Failure;
use crate::config::Config;

/// Adds a user, or changes the one with this address; the password comes from standard input, so that no process list
/// and no shell history holds it.
pub async fn add(config: &Config, email: &str, name: &str, role: Role) -> Result<(), Failure> {
    let (email, name) = (email.trim(), name.trim());
    if std::io::stdin().is_terminal() {
        eprintln!("Password (12 characters or more), then Enter:");
    }
    let mut password = String::new();
    std::io::stdin().read_line(&mut password)?;
    let password = password.trim_end_matches(['\r', '\n']);
    let db = config.open_store().await?;
    db.migrate().await?;
    let user = json!({ "users": [{ "email": email, "name": name, "role": role, "password": password }] });
    crate::import::apply(config, &db, &serde_json::from_value(user)?).await?;
    println!("{email} can sign in as {}", role.name());
    Ok(())
}
