//! A lab at work: Asterisk, where wanted PostgreSQL and the product, started together inside a space.

use std::path::{Path, PathBuf};

use crate::asterisk::Asterisk;
use crate::passwords::Passwords;
use crate::ports::Ports;
use crate::postgres::{self, Postgres};
use crate::product::{Product, Settings};
use crate::site::{CERTIFICATE, CdrPlace, Site};
use crate::{Result, Trouble, demo, folders, root};

/// What kind of lab to start.
#[derive(Debug, Clone)]
pub struct Options {
    /// Its data folder.
    pub folder: PathBuf,
    /// Its ports.
    pub ports: Ports,
    /// The ledger and the CDR in a private PostgreSQL; otherwise both in SQLite.
    pub postgres: bool,
    /// The product's program, built before the space was entered; nothing starts Asterisk alone.
    pub callsync: Option<PathBuf>,
    /// The accounts whose agents become Ready as soon as a phone registers.
    pub ready: Ready,
}

/// Which agents become Ready by registering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ready {
    /// All fifty.
    All,
    /// The first so many, beginning with 1001.
    First(u32),
}

impl Options {
    /// A lab of its own for a test, with the usual ports and every agent ready: only inside a space with its own network,
    /// where its folder is in memory and goes with the space.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn passing(name: &str) -> Result<Self> {
        Ok(Self {
            folder: folders::made(folders::passing()?.join(name))?,
            ports: Ports::default(),
            postgres: false,
            callsync: crate::space::callsync(),
            ready: Ready::All,
        })
    }
}

/// A lab at work. Everything that it started is killed when it is dropped; [`Lab::stop`] ends it in order.
pub struct Lab {
    /// Its ports on 127.0.0.1.
    pub ports: Ports,
    /// Its passwords.
    pub passwords: Passwords,
    /// Its data folder: `callsync.log`, `callsync.toml`, `log/messages.log` (Asterisk's), `postgres/postgres.log`.
    pub folder: PathBuf,
    /// Its Asterisk.
    pub asterisk: Asterisk,
    /// The product's program.
    program: Option<PathBuf>,
    product: Option<Product>,
    postgres: Option<Postgres>,
}

impl Lab {
    /// Starts everything and waits until it is ready. Only inside a space.
    ///
    /// # Errors
    /// When a part does not start.
    pub async fn start(options: Options) -> Result<Self> {
        let Options { folder, ports, postgres, callsync, ready } = options;
        let passwords = Passwords::of(&folder)?;
        let cached_root = root::place()?;
        let postgres = if postgres { Some(Postgres::start(&folder, &passwords).await?) } else { None };
        let cdr = match &postgres {
            None => CdrPlace::Sqlite,
            Some(postgres) => CdrPlace::Postgres { port: postgres.port, database: postgres::CDR },
        };
        let site = Site { ports, passwords: passwords.clone(), cdr };
        let asterisk = Asterisk::start(&cached_root, &folder, site).await?;
        let mut lab = Self { ports, passwords, folder, asterisk, program: callsync.clone(), product: None, postgres };
        if let Some(program) = callsync {
            let settings = lab.settings(ready);
            lab.product = Some(Product::start(&program, &lab.folder, &settings).await?);
        }
        Ok(lab)
    }

    /// The address of the product's database.
    pub fn database_url(&self) -> String {
        match &self.postgres {
            Some(postgres) => postgres.url(postgres::LEDGER),
            None => sqlite_url(&self.folder.join("callsync/callsync.db")),
        }
    }

    /// The address of the database whose table `cdr` Asterisk writes.
    pub fn cdr_url(&self) -> String {
        match &self.postgres {
            Some(postgres) => postgres.url(postgres::CDR),
            None => sqlite_url(&self.asterisk.log.join("master.db")),
        }
    }

    /// The address of ARI, without `/ari`. User: `callsync`; password: [`Passwords::ari`].
    pub fn ari_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.http)
    }

    /// The address of the pages.
    pub fn web_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.web)
    }

    /// The running product, to stop, kill, start or read its log.
    ///
    /// # Errors
    /// When this lab was started without it.
    pub fn product(&mut self) -> Result<&mut Product> {
        self.product.as_mut().ok_or_else(|| Trouble::said("this lab runs without callsync"))
    }

    /// The PostgreSQL of this lab, to pause or to restart.
    ///
    /// # Errors
    /// When this lab keeps its books in SQLite.
    pub fn postgres(&mut self) -> Result<&mut Postgres> {
        self.postgres.as_mut().ok_or_else(|| Trouble::said("this lab runs without PostgreSQL"))
    }

    /// Stops the product in order and starts it again.
    ///
    /// # Errors
    /// When it does not become ready again.
    pub async fn restart_product(&mut self) -> Result<()> {
        let product = self.product()?;
        product.stop().await;
        product.serve().await
    }

    /// A second program on the same Asterisk, at work: with an application, a data folder, pages and settings of its own.
    ///
    /// # Errors
    /// When it does not become ready.
    pub async fn second(&self, app: &str, web: u16, settings: &serde_json::Value) -> Result<Product> {
        let mut second = self.beside(app, web, settings).await?;
        second.serve().await?;
        Ok(second)
    }

    /// What a second program on the same Asterisk says when it refuses to run.
    ///
    /// # Errors
    /// When it runs.
    pub async fn refused(&self, app: &str, web: u16, settings: &serde_json::Value) -> Result<String> {
        self.beside(app, web, settings).await?.refusal().await
    }

    async fn beside(&self, app: &str, web: u16, settings: &serde_json::Value) -> Result<Product> {
        let program = self.program.as_ref().ok_or_else(|| Trouble::said("this lab runs without callsync"))?;
        let folder = folders::made(self.folder.join(format!("beside-{app}")))?;
        let first = self.settings(Ready::All);
        let settings = Settings {
            ports: Ports { web, ..self.ports },
            app: app.to_owned(),
            database_url: sqlite_url(&folder.join("callsync/callsync.db")),
            demo: settings.clone(),
            ..first
        };
        Product::set_up(program, &folder, &settings).await
    }

    /// What Asterisk's own command line answers.
    ///
    /// # Errors
    /// When Asterisk does not run.
    pub async fn asterisk_cli(&self, words: &str) -> Result<String> {
        self.asterisk.cli(words).await
    }

    /// Stops the product, then Asterisk, then the database, each in order.
    pub async fn stop(mut self) {
        if let Some(product) = &mut self.product {
            product.stop().await;
        }
        self.asterisk.stop().await;
        if let Some(postgres) = self.postgres {
            postgres.stop().await;
        }
    }

    fn settings(&self, ready: Ready) -> Settings {
        let becomes_ready = |account: u32| match ready {
            Ready::All => true,
            Ready::First(count) => account < crate::site::AGENTS.start() + count,
        };
        Settings {
            ports: self.ports,
            ari_password: self.passwords.ari.clone(),
            ami_password: self.passwords.ami.clone(),
            // One kind of lab speaks in the clear, the other does not: both ways are used by every suite.
            ami_trust: self.postgres.as_ref().map(|_| self.asterisk.root.join("etc/asterisk").join(CERTIFICATE)),
            app: "callsync".to_owned(),
            database_url: self.database_url(),
            demo: demo::document(&self.passwords, becomes_ready),
        }
    }
}

fn sqlite_url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}
