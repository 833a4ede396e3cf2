//! The secrets of one lab: made once at random, kept in its data folder.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{Result, Trouble};

/// Easy to read aloud and to type: no l, 1, o, 0. There are 32 of them, so a random byte picks one without bias.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const LENGTH: usize = 16;

/// Every password of one lab but those of the SIP accounts, which are `lab-<account>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passwords {
    /// ARI user `callsync`.
    pub ari: String,
    /// AMI user `callsync`.
    pub ami: String,
    /// The database users.
    pub database: String,
    /// The web login of the administrator.
    pub admin: String,
    /// The web login of the supervisor.
    pub supervisor: String,
    /// The web login of the operator.
    pub operator: String,
}

impl Passwords {
    /// Those of the data folder, made now if it has none.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn of(folder: &Path) -> Result<Self> {
        let file = folder.join("passwords.json");
        if file.exists() {
            let text = fs::read_to_string(&file).map_err(Trouble::file("reading", &file))?;
            return serde_json::from_str(&text).map_err(|why| Trouble::said(format!("{}: {why}", file.display())));
        }
        let passwords = Self::random()?;
        let text = serde_json::to_string_pretty(&passwords).map_err(|why| Trouble::said(why.to_string()))?;
        write_secret(&file, &text)?;
        Ok(passwords)
    }

    fn random() -> Result<Self> {
        Ok(Self {
            ari: random()?,
            ami: random()?,
            database: random()?,
            admin: random()?,
            supervisor: random()?,
            operator: random()?,
        })
    }
}

/// Writes a file that only its owner can read.
///
/// # Errors
/// When it cannot be written.
pub fn write_secret(file: &Path, text: &str) -> Result<()> {
    fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(file)
        .and_then(|mut open| open.write_all(text.as_bytes()))
        .map_err(Trouble::file("writing", file))
}

fn random() -> Result<String> {
    let mut bytes = [0_u8; LENGTH];
    fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .map_err(Trouble::file("reading", "/dev/urandom"))?;
    Ok(bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_made_once_and_then_kept() {
        let folder = std::env::temp_dir().join(format!("callsync-lab-passwords-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let first = Passwords::of(&folder).unwrap();
        assert_eq!(Passwords::of(&folder).unwrap(), first);
        assert_ne!(first.admin, first.operator);
        assert_eq!(first.ari.len(), LENGTH);
        fs::remove_dir_all(&folder).unwrap();
    }
}
