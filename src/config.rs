//! The bootstrap configuration: what the program must know before it can open its store. All else is in the settings.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use model::{Installation, ServerId};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use store::Db;

/// What stands in the configuration file and the environment.
#[derive(Debug, Deserialize)]
pub struct Config {
    /// Where the pages are served.
    #[serde(default = "default_listen")]
    pub listen: String,
    /// Where the program keeps its files.
    #[serde(default = "default_data_dir")]
    pub data_dir: PathBuf,
    /// The database; an SQLite file in the data folder if nothing is said.
    pub database_url: Option<SecretString>,
    /// Whether browsers reach the pages by https, through a proxy: cookies are then sent over https alone.
    #[serde(default)]
    pub https: bool,
    /// The pages' own TLS; without it they are served as they are, for a proxy or for this machine alone.
    pub tls: Option<TlsConfig>,
    /// The zone in which the pages tell times of day, as `Europe/Moscow`; the system's if nothing is said.
    pub timezone: Option<String>,
    /// What a program shows, as `Authorization: Bearer …`, to read `/metrics` from elsewhere or through the proxy.
    pub metrics_token: Option<SecretString>,
    /// For how many days the journal is kept.
    #[serde(default = "default_journal_days")]
    pub journal_days: u32,
    /// After how many seconds without a sign of life an operator's desk has vanished; 0: never.
    #[serde(default = "default_desk_gone_s")]
    pub desk_gone_s: u32,
    /// How the log is written.
    #[serde(default)]
    pub log: LogFormat,
    /// What is written to the log, as `info` or `info,ari=trace`.
    #[serde(default = "default_log_level")]
    pub log_level: String,
    /// The way to Asterisk.
    pub ari: AriConfig,
    /// The way to Asterisk's manager interface.
    pub ami: Option<AmiConfig>,
}

/// Every key that the file may hold. The environment may hold more: other programs' names can begin as ours do.
const KEYS: &[&str] = &[
    "listen",
    "data_dir",
    "journal_days",
    "desk_gone_s",
    "database_url",
    "https",
    "tls",
    "timezone",
    "metrics_token",
    "log",
    "log_level",
    "ari",
    "ami",
];

/// The way to an Asterisk.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AriConfig {
    /// Where its HTTP server listens, without `/ari`.
    #[serde(default = "default_ari_url")]
    pub url: String,
    /// The user in its `ari.conf`.
    #[serde(default = "default_ari_user")]
    pub user: String,
    /// That user's password.
    pub password: SecretString,
    /// The name that the dialplan's `Stasis()` calls us by.
    #[serde(default = "default_ari_user")]
    pub app: String,
    /// Our own number of this Asterisk.
    #[serde(default = "default_server")]
    pub server: u16,
}

/// The way to an Asterisk's manager interface.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmiConfig {
    /// Name or address and port.
    #[serde(default = "default_ami_address")]
    pub address: String,
    /// The user in its `manager.conf`.
    #[serde(default = "default_ari_user")]
    pub user: String,
    /// That user's secret.
    pub password: SecretString,
    /// Whether the connection is encrypted.
    #[serde(default)]
    pub tls: bool,
    /// A file of the certificates to trust, in place of those that the system trusts.
    pub trust: Option<PathBuf>,
}

/// The pages' own TLS. Without files the program makes a certificate for itself, in its data folder.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsConfig {
    /// The file of the certificate and those that vouch for it (PEM).
    pub cert: Option<PathBuf>,
    /// The file of its key (PEM).
    pub key: Option<PathBuf>,
    /// By which names and addresses browsers reach us: for a certificate of our own.
    #[serde(default)]
    pub names: Vec<String>,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for collectors.
    Json,
}

/// Where systemd waits to be told how the program does, if it does.
#[must_use]
pub fn notify_socket() -> Option<OsString> {
    std::env::var_os("NOTIFY_SOCKET").filter(|name| !name.is_empty())
}

fn default_listen() -> String {
    "127.0.0.1:8080".to_owned()
}

fn default_data_dir() -> PathBuf {
    "/var/lib/callsync".into()
}

const fn default_journal_days() -> u32 {
    14
}

/// A desk gives a sign of life every ten seconds (`views/assets/desk.js`), and one may be lost.
const SHORTEST_DESK_GONE_S: u32 = 25;

const fn default_desk_gone_s() -> u32 {
    30
}

fn default_log_level() -> String {
    "info".to_owned()
}

fn default_ari_url() -> String {
    "http://127.0.0.1:8088".to_owned()
}

fn default_ami_address() -> String {
    "127.0.0.1:5038".to_owned()
}

fn default_ari_user() -> String {
    "callsync".to_owned()
}

const fn default_server() -> u16 {
    1
}

/// Longest name of an application.
const LONGEST_APP: usize = 32;

fn is_an_app(name: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    (1..=LONGEST_APP).contains(&name.len()) && name.chars().all(fits)
}

/// Why the configuration could not be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file or the environment says something that cannot be understood.
    #[error("the configuration ({file}, or CALLSYNC_… in the environment) cannot be used")]
    Unusable {
        /// The file that was read.
        file: PathBuf,
        /// What is wrong in it.
        #[source]
        source: config::ConfigError,
    },
    /// The file holds a key that nobody reads: most likely it is misspelt.
    #[error("{file}: there is no key {key:?}; there are {}", KEYS.join(", "))]
    UnknownKey {
        /// The file that was read.
        file: PathBuf,
        /// The key.
        key: String,
    },
    /// Asterisk's variables, queues and notes bear the application's name.
    #[error("{file}: app is {found:?}; it may hold letters, digits, - and _, {LONGEST_APP} of them at most")]
    App {
        /// The file that was read.
        file: PathBuf,
        /// What it says.
        found: String,
    },
    /// No desk could ever be there: each would vanish between two of its signs of life.
    #[error(
        "{file}: desk_gone_s is {found}; a page tells every ten seconds that it is there: 0, or {} and more",
        SHORTEST_DESK_GONE_S
    )]
    DeskGone {
        /// The file that was read.
        file: PathBuf,
        /// What it says.
        found: u32,
    },
}

impl Config {
    /// Reads the file, if it is there, and lays the environment over it.
    ///
    /// # Errors
    /// When a key is missing, unknown or of the wrong kind.
    pub fn read(file: &Path) -> Result<Self, ConfigError> {
        let unusable = |source| ConfigError::Unusable { file: file.to_owned(), source };
        let from_file = config::File::from(file).format(config::FileFormat::Toml).required(false);
        let alone = config::Config::builder().add_source(from_file.clone()).build().map_err(unusable)?;
        let written: BTreeMap<String, config::Value> = alone.try_deserialize().map_err(unusable)?;
        if let Some(key) = written.into_keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(ConfigError::UnknownKey { file: file.to_owned(), key });
        }
        let environment = config::Environment::with_prefix("CALLSYNC").prefix_separator("_").separator("__");
        let both = config::Config::builder().add_source(from_file).add_source(environment).build();
        let read: Self = both.and_then(config::Config::try_deserialize).map_err(unusable)?;
        if !is_an_app(&read.ari.app) {
            return Err(ConfigError::App { file: file.to_owned(), found: read.ari.app });
        }
        if (1..SHORTEST_DESK_GONE_S).contains(&read.desk_gone_s) {
            return Err(ConfigError::DeskGone { file: file.to_owned(), found: read.desk_gone_s });
        }
        Ok(read)
    }

    /// The database's address, whether it was configured or is the default.
    pub fn database_url(&self) -> SecretString {
        let default = || format!("sqlite://{}", self.data_dir.join("callsync.db").display());
        self.database_url.as_ref().map_or_else(|| default().into(), |url| url.expose_secret().to_owned().into())
    }

    /// The SQLite file, if the database is one.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let url = self.database_url();
        let path = url.expose_secret().strip_prefix("sqlite:")?.split('?').next()?;
        Some(path.strip_prefix("//").unwrap_or(path).into())
    }

    /// Whether browsers reach the pages by https, whoever speaks it to them.
    pub const fn is_secure(&self) -> bool {
        self.https || self.tls.is_some()
    }

    /// Whether it is a proxy who speaks https to them.
    pub const fn is_behind_proxy(&self) -> bool {
        self.https && self.tls.is_none()
    }

    /// The zone in which the pages tell times of day.
    ///
    /// # Errors
    /// When there is no such zone.
    pub fn zone(&self) -> Result<TimeZone, crate::Failure> {
        let Some(name) = &self.timezone else { return Ok(TimeZone::system()) };
        TimeZone::get(name).map_err(|_| format!("timezone: there is no zone {name:?}; they are named as Europe/Moscow").into())
    }

    /// Where the journal is kept and for how long, and the days of the site.
    ///
    /// # Errors
    /// When there is no such zone.
    pub fn keeping(&self) -> Result<runtime::Keeping, crate::Failure> {
        Ok(runtime::Keeping { folder: self.data_dir.clone(), days: self.journal_days, zone: self.zone()? })
    }

    /// Opens the store, creating the data folder if it is not there.
    ///
    /// # Errors
    /// When the folder cannot be made or the database not be opened.
    pub async fn open_store(&self) -> Result<Db, crate::Failure> {
        // Callers' numbers and password hashes are nobody else's.
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.data_dir)
            .map_err(|error| format!("the data folder {} cannot be made: {error}", self.data_dir.display()))?;
        Ok(Db::open(self.database_url().expose_secret()).await?)
    }

    /// The way to Asterisk, as the adapter takes it.
    pub fn switch(&self, installation: Installation) -> ari::Config {
        let AriConfig { url, user, password, app, server } = &self.ari;
        ari::Config {
            server: ServerId(*server),
            url: url.clone(),
            user: user.clone(),
            password: password.expose_secret().to_owned().into(),
            app: app.clone(),
            installation,
            transport: ari::Transport::default(),
            ami: self.ami.as_ref().map(|AmiConfig { address, user, password, tls, trust }| ari::Ami {
                address: address.clone(),
                user: user.clone(),
                password: password.expose_secret().to_owned().into(),
                tls: *tls,
                trust: trust.clone(),
            }),
            patience: ari::Patience::default(),
        }
    }
}
