//! Asterisk's configuration for one lab: the files of `dialplan/` with their `@PLACEHOLDERS@` filled in, and the accounts and
//! queue members that they include.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::demo::serves;
use crate::passwords::Passwords;
use crate::ports::{ADDRESS, Ports, TRUNK_ADDRESS};
use crate::{Result, Trouble, folders};

/// The SIP accounts of every lab.
pub const ACCOUNTS: std::ops::RangeInclusive<u32> = 1001..=1140;
/// The accounts that belong to agents.
pub const AGENTS: std::ops::RangeInclusive<u32> = 1001..=1050;
/// What Debian calls the folder of Russian prompts.
const LANGUAGE: &str = "ru_RU_f_IvrvoiceRU";
/// "All lines are busy at the moment. Please call again later. Goodbye."
const SORRY_PROMPTS: &str = "all-circuits-busy-now&pls-try-call-later&goodbye";

/// Where Asterisk writes its CDR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CdrPlace {
    /// Into an SQLite file in its log folder.
    Sqlite,
    /// Into a PostgreSQL database on this machine.
    Postgres {
        /// The server's TCP port.
        port: u16,
        /// Database and user have this name.
        database: &'static str,
    },
}

/// What differs between this lab and any other site.
#[derive(Debug, Clone)]
pub struct Site {
    /// The lab's ports.
    pub ports: Ports,
    /// The lab's passwords.
    pub passwords: Passwords,
    /// Where the CDR goes.
    pub cdr: CdrPlace,
}

/// The certificate of the manager interface, which signs itself.
pub const CERTIFICATE: &str = "manager.pem";

/// It and its key, as PEM.
fn certificate() -> Result<(String, String)> {
    let signed = rcgen::generate_simple_self_signed(vec![ADDRESS.to_owned()]);
    let signed = signed.map_err(|why| Trouble::said(format!("making a certificate: {why}")))?;
    Ok((signed.cert.pem(), signed.signing_key.serialize_pem()))
}

/// The password of a SIP account.
pub fn sip_password(account: u32) -> String {
    format!("lab-{account}")
}

impl Site {
    /// Writes the whole configuration into `folder`.
    ///
    /// # Errors
    /// When a file cannot be read or written, or names a placeholder that the lab does not know.
    pub fn write(&self, folder: &Path) -> Result<()> {
        for file in configuration_files()? {
            let text = fs::read_to_string(&file).map_err(Trouble::file("reading", &file))?;
            let filled = fill(&text, &self.values())
                .map_err(|name| Trouble::said(format!("{} names @{name}@, which the lab does not know", file.display())))?;
            write(&folder.join(file.file_name().unwrap_or_default()), &filled)?;
        }
        let (certificate, key) = certificate()?;
        write(&folder.join(CERTIFICATE), &certificate)?;
        write(&folder.join("manager.key"), &key)?;
        write(&folder.join("accounts.conf"), &accounts())?;
        write(&folder.join("extensions-trial.conf"), &second_program()?)?;
        write(&folder.join("queues-trial.conf"), "[callsync_trial-700](callsync)\n")?;
        for queue in ["700", "701", "702"] {
            write(&folder.join(format!("members-79{}.conf", &queue[2..])), &members(queue))?;
        }
        Ok(())
    }

    fn values(&self) -> Vec<(&'static str, String)> {
        let (module, port, database) = match &self.cdr {
            CdrPlace::Sqlite => ("cdr_sqlite3_custom.so", 0, ""),
            CdrPlace::Postgres { port, database } => ("cdr_pgsql.so", *port, *database),
        };
        vec![
            ("LANGUAGE", LANGUAGE.to_owned()),
            ("SORRY_PROMPTS", SORRY_PROMPTS.to_owned()),
            ("MAILBOX", String::new()),
            ("SYSTEM_NAME", "lab".to_owned()),
            ("ENTITY_ID", "02:00:00:00:00:01".to_owned()),
            ("SIP_ADDRESS", ADDRESS.to_owned()),
            ("SIP_PORT", self.ports.sip.to_string()),
            ("MEDIA_ADDRESS", ADDRESS.to_owned()),
            ("TRUNK_ADDRESS", TRUNK_ADDRESS.to_owned()),
            ("QUALIFY_EVERY_S", "2".to_owned()),
            ("QUALIFY_WITHIN_S", "1.0".to_owned()),
            ("HTTP_ADDRESS", ADDRESS.to_owned()),
            ("HTTP_PORT", self.ports.http.to_string()),
            ("ARI_PASSWORD", self.passwords.ari.clone()),
            ("AMI_ADDRESS", ADDRESS.to_owned()),
            ("AMI_PORT", self.ports.ami.to_string()),
            ("AMI_TLS", "yes".to_owned()),
            ("AMI_TLS_PORT", self.ports.ami_tls.to_string()),
            ("AMI_PASSWORD", self.passwords.ami.clone()),
            ("CDR_MODULE", module.to_owned()),
            ("CDR_HOST", ADDRESS.to_owned()),
            ("CDR_PORT", port.to_string()),
            ("CDR_DATABASE", database.to_owned()),
            ("CDR_USER", database.to_owned()),
            ("CDR_PASSWORD", self.passwords.database.clone()),
        ]
    }
}

/// Replaces every `@NAME@`; says which name it does not know.
fn fill(text: &str, values: &[(&str, String)]) -> std::result::Result<String, String> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('@') {
        filled.push_str(before);
        let length = after.find(|letter: char| !(letter.is_ascii_uppercase() || letter == '_')).unwrap_or(after.len());
        let (name, following) = after.split_at(length);
        match following.strip_prefix('@') {
            Some(following) if !name.is_empty() => {
                let (_, value) = values.iter().find(|(known, _)| *known == name).ok_or(name)?;
                filled.push_str(value);
                rest = following;
            }
            _ => {
                filled.push('@');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    Ok(filled)
}

/// The entries of a second program, as the dialplan's README has them.
fn second_program() -> Result<String> {
    let file = folders::workspace().join("dialplan/README.md");
    let text = fs::read_to_string(&file).map_err(Trouble::file("reading", &file))?;
    let example = text.split("\n```\n").find(|block| block.starts_with("[trial]"));
    example.map(|example| format!("{example}\n")).ok_or_else(|| Trouble::said(format!("{} has no example", file.display())))
}

fn accounts() -> String {
    let mut text = String::from("; Made by the lab.\n");
    for account in ACCOUNTS {
        let password = sip_password(account);
        let _ = write!(
            text,
            "\n[{account}](phone)\nauth = {account}\naors = {account}\ncallerid = <{account}>\n\
             [{account}](phone-password)\nusername = {account}\npassword = {password}\n\
             [{account}](phone-place)\n"
        );
    }
    text
}

fn members(queue: &str) -> String {
    AGENTS.filter(|agent| serves(*agent, queue)).map(|agent| format!("member => PJSIP/{agent}\n")).collect()
}

fn configuration_files() -> Result<Vec<PathBuf>> {
    let folder = folders::workspace().join("dialplan");
    let entries = fs::read_dir(&folder).map_err(Trouble::file("reading", &folder))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "conf"))
        .collect();
    files.sort();
    Ok(files)
}

fn write(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text).map_err(Trouble::file("writing", file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(cdr: CdrPlace) -> Site {
        let word = |text: &str| text.to_owned();
        let passwords = Passwords {
            ari: word("ari-secret"),
            ami: word("ami-secret"),
            database: word("db-secret"),
            admin: word("a"),
            supervisor: word("s"),
            operator: word("o"),
        };
        Site { ports: Ports::default(), passwords, cdr }
    }

    fn written(cdr: CdrPlace, name: &str) -> impl Fn(&str) -> String {
        let folder = std::env::temp_dir().join(format!("callsync-lab-site-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        site(cdr).write(&folder).unwrap();
        move |file| fs::read_to_string(folder.join(file)).unwrap()
    }

    #[test]
    fn placeholders_are_filled_and_other_at_signs_stay() {
        let values = [("NAME", "x".to_owned())];
        assert_eq!(fill("a@NAME@b sip:1@host @", &values).unwrap(), "axb sip:1@host @");
        assert_eq!(fill("@OTHER@", &values).unwrap_err(), "OTHER");
    }

    #[test]
    fn no_placeholder_is_left_in_a_written_configuration() {
        let read = written(CdrPlace::Sqlite, "sqlite");
        assert!(read("ari.conf").contains("password = ari-secret"));
        assert!(read("http.conf").contains("bindport = 8088"));
        assert!(read("modules.conf").contains("load = cdr_sqlite3_custom.so"));
        assert!(!read("pjsip.conf").contains("@SIP"));
    }

    #[test]
    fn the_cdr_goes_to_postgresql_when_asked() {
        let read = written(CdrPlace::Postgres { port: 5433, database: "asterisk" }, "postgres");
        assert!(read("modules.conf").contains("load = cdr_pgsql.so"));
        assert!(read("cdr_pgsql.conf").contains("port = 5433"));
    }

    #[test]
    fn the_dialplans_readme_tells_of_every_placeholder() {
        let readme = fs::read_to_string(folders::workspace().join("dialplan/README.md")).unwrap();
        for (name, _) in site(CdrPlace::Sqlite).values() {
            assert!(readme.contains(&format!("`{name}`")), "{name}");
        }
    }

    #[test]
    fn every_account_is_a_phone_and_the_plain_queues_have_the_agents_of_ours() {
        assert_eq!(accounts().matches("(phone)").count(), ACCOUNTS.count());
        assert_eq!(members("700").lines().count(), 50);
        assert_eq!(members("701").lines().count(), 25);
        assert!(members("702").contains("PJSIP/1003"));
    }
}
