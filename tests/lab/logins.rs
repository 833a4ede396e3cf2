//! The addresses and logins of a lab, for people and for programs.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::passwords::Passwords;
use crate::place::Lab;
use crate::ports::{ADDRESS, Ports, TRUNK_ADDRESS};
use crate::{Result, Trouble, demo, say};

/// The logins as JSON: web users, SIP accounts, ARI, AMI, databases.
pub fn document(ports: &Ports, passwords: &Passwords, database_url: &str, cdr_url: &str) -> Value {
    let users: Vec<Value> = demo::USERS
        .iter()
        .map(|(email, name, role)| {
            json!({"email": email, "password": demo::password(passwords, role), "role": role, "name": name})
        })
        .collect();
    json!({
        "web": format!("http://{ADDRESS}:{}", ports.web),
        "users": users,
        "sip": {
            "address": format!("{ADDRESS}:{}", ports.sip),
            "transport": "udp",
            "accounts": "1001-1100",
            "password": "lab-<account>",
            "trunk_from": TRUNK_ADDRESS,
            "queues": ["700", "701", "702"],
        },
        "ari": {"url": format!("http://{ADDRESS}:{}", ports.http), "user": "callsync", "password": passwords.ari},
        "ami": {"address": format!("{ADDRESS}:{}", ports.ami), "user": "callsync", "password": passwords.ami},
        "database_url": database_url,
        "cdr_url": cdr_url,
    })
}

/// Keeps them in the lab's data folder, where `cargo lab logins` finds them.
///
/// # Errors
/// When the file cannot be written.
pub fn keep(lab: &Lab) -> Result<()> {
    let document = document(&lab.ports, &lab.passwords, &lab.database_url(), &lab.cdr_url());
    crate::passwords::write_secret(&file(&lab.folder), &format!("{document:#}\n"))?;
    crate::space::give_to_caller(&file(&lab.folder))
}

/// Prints those of the lab with this data folder.
///
/// # Errors
/// When no lab was started there yet.
pub fn print(folder: &Path, as_json: bool) -> Result<()> {
    let file = file(folder);
    let text = std::fs::read_to_string(&file)
        .map_err(|_| Trouble::said(format!("no lab was started here yet ({} is missing): run cargo lab up", file.display())))?;
    if as_json {
        print!("{text}");
        return Ok(());
    }
    let document: Value = serde_json::from_str(&text).map_err(|why| Trouble::said(format!("{}: {why}", file.display())))?;
    show(&document);
    Ok(())
}

/// Prints them for people.
pub fn show(document: &Value) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    say::line(format!("Pages     {}", text(&document["web"])));
    for user in document["users"].as_array().into_iter().flatten() {
        say::line(format!("          {:<24} {}   {}", text(&user["email"]), text(&user["password"]), text(&user["role"])));
    }
    let (sip, ari, ami) = (&document["sip"], &document["ari"], &document["ami"]);
    say::line(format!(
        "SIP       {} (UDP), accounts {}, password {}; callers from {}",
        text(&sip["address"]),
        text(&sip["accounts"]),
        text(&sip["password"]),
        text(&sip["trunk_from"])
    ));
    say::line(format!("ARI       {}   {} {}", text(&ari["url"]), text(&ari["user"]), text(&ari["password"])));
    say::line(format!("AMI       {}          {} {}", text(&ami["address"]), text(&ami["user"]), text(&ami["password"])));
    say::line(format!("Database  {}", text(&document["database_url"])));
    say::line(format!("CDR       {}", text(&document["cdr_url"])));
}

fn file(folder: &Path) -> PathBuf {
    folder.join("logins.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logins_name_every_address_and_user() {
        let word = String::from;
        let passwords = Passwords {
            ari: word("ari-secret"),
            ami: word("ami-secret"),
            database: word("db"),
            admin: word("admin-secret"),
            supervisor: word("s"),
            operator: word("o"),
        };
        let document = document(&Ports::default(), &passwords, "sqlite:///x", "sqlite:///y");
        assert_eq!(document["web"], "http://127.0.0.1:8080");
        assert_eq!(document["users"][0]["password"], "admin-secret");
        assert_eq!(document["ari"]["password"], "ari-secret");
        assert_eq!(document["database_url"], "sqlite:///x");
    }
}
