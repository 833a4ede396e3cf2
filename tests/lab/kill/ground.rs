//! Where these tests play: a lab of their own, whose disks can be filled and whose network can be cut.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::mount::MsFlags;
use serde_json::json;
use tokio::process::Command;
use tokio::time::{Instant, sleep};

use super::chance::Chance;
use crate::parties::actions::SOON;
use crate::parties::clock::{Seen, until};
use crate::parties::{Millis, now};
use crate::place::Options;
use crate::product::Readiness;
use crate::scenarios::Stage;
use crate::space::mounted;
use crate::{Result, Trouble, command, folders, postgres};

/// How long a phone rings here.
pub const RINGS_FOR: Millis = 4000;
/// How long agents of 700 have to finish a call.
pub const WRAP_UP: Millis = 1000;
/// The disks that get filled, in memory.
const DISK: &str = "size=256m,mode=700";
/// That of a PostgreSQL, with room for its log of a few minutes.
const CLUSTER_DISK: &str = "size=384m,mode=755";
const READY_WITHIN: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A lab at work, and what its tests share.
pub struct Ground {
    /// The lab with its witnesses.
    pub stage: Stage,
    /// What all chance follows from.
    pub seed: u64,
    /// Whether outages last as long as they may, rather than as short as will do.
    pub long: bool,
    tests: u32,
}

/// How the program came back.
#[derive(Debug, Clone, Copy)]
pub struct Return {
    /// When it was ready for calls.
    pub ready: Millis,
    /// How long it took from its start until then.
    pub took: Millis,
    /// How many facts the database waited for at that moment.
    pub lag: u64,
}

impl Ground {
    /// Starts the lab. The product's files, and its journal, are each on a disk of their own.
    ///
    /// # Errors
    /// When a part does not start.
    pub async fn start(on_postgres: bool, seed: u64, long: bool) -> Result<Self> {
        let mut options = Options::passing(if on_postgres { "kill-postgres" } else { "kill-sqlite" })?;
        options.postgres = on_postgres;
        let data = folders::made(options.folder.join("callsync"))?;
        mounted(Some("tmpfs"), &data, Some("tmpfs"), MsFlags::empty(), Some(DISK))?;
        let journal = folders::made(data.join(JOURNAL))?;
        mounted(Some("tmpfs"), &journal, Some("tmpfs"), MsFlags::empty(), Some(DISK))?;
        if on_postgres {
            let cluster = folders::made(options.folder.join(postgres::FOLDER))?;
            mounted(Some("tmpfs"), &cluster, Some("tmpfs"), MsFlags::empty(), Some(CLUSTER_DISK))?;
        }
        let mut stage = Stage::start(options).await?;
        let queue = json!({"queues": [{
            "number": "700", "name": "Продажи", "music": "default", "ring_timeout_s": RINGS_FOR / 1000,
            "wrap_up_s": WRAP_UP / 1000, "service_level": {"percent": 80, "within_s": 20},
        }]});
        let file = stage.lab.folder.join("kill.json");
        fs::write(&file, queue.to_string()).map_err(Trouble::file("writing", &file))?;
        stage.lab.product()?.import(&file).await?;
        stage.lab.restart_product().await?;
        let ground = Self { stage, seed, long, tests: 0 };
        ground.heart_beats().await?;
        Ok(ground)
    }

    /// Waits until Asterisk knows that the program is there: until then it sends callers past it.
    async fn heart_beats(&self) -> Result<()> {
        until(SOON, "Asterisk has the program's heartbeat", async || {
            let beat = self.stage.ari("asterisk/variable?variable=CALLSYNC_ALIVE").await?["value"].to_string();
            Ok(if beat.contains(|c: char| c.is_ascii_digit()) { Seen::Enough(()) } else { Seen::NotYet(beat) })
        })
        .await
    }

    /// Makes it ready for the next test; gives the beginning of its callers' numbers, which comes round again after 70 tests.
    pub fn begins(&mut self) -> String {
        self.stage.begins();
        self.tests += 1;
        format!("+791{}{}", 3 + self.tests % 7, self.tests / 7 % 10)
    }

    /// The chance of one test.
    pub fn chance(&self, test: &str) -> Chance {
        Chance::of(self.seed, test)
    }

    /// Starts the program, and waits until calls can be taken.
    ///
    /// # Errors
    /// When it does not come to that.
    pub async fn returns(&mut self) -> Result<Return> {
        let began = now();
        self.stage.lab.product()?.launch()?;
        let ready = self.is_ready(READY_WITHIN).await?;
        let (at, lag) = ready;
        Ok(Return { ready: at, took: at - began, lag })
    }

    /// Waits until calls can be taken; gives when, and how many facts the database waited for then.
    ///
    /// # Errors
    /// When it does not come to that.
    pub async fn is_ready(&mut self, bound: Duration) -> Result<(Millis, u64)> {
        self.reports(bound, "the program is ready", |said| said.switch && said.database && said.books).await
    }

    /// Waits until `/readyz` says something; gives when, and how many facts the database waited for then.
    ///
    /// # Errors
    /// When it does not come to that, or the program ends.
    pub async fn reports(&mut self, bound: Duration, what: &str, fits: impl Fn(&Readiness) -> bool) -> Result<(Millis, u64)> {
        let deadline = Instant::now() + bound;
        let mut last = None;
        while Instant::now() < deadline {
            let product = self.stage.lab.product()?;
            if !product.is_running() {
                return Err(Trouble::said(format!("callsync ended by itself:\n{}", command::tail(&product.log(), 20))));
            }
            let said = product.readiness().await;
            if let Some(said) = said.as_ref().filter(|said| fits(said)) {
                return Ok((now(), said.books_lag));
            }
            last = said;
            sleep(LOOK_AGAIN).await;
        }
        Err(Trouble::said(format!("expected within {} s that {what}; but it says {last:?}", bound.as_secs())))
    }

    /// Waits until the database holds every fact; gives how long that took.
    ///
    /// # Errors
    /// When it lags on.
    pub async fn catches_up(&mut self, bound: Duration) -> Result<Millis> {
        let began = now();
        let (at, _) = self.reports(bound, "the books hold every fact", |said| said.books && said.books_lag == 0).await?;
        Ok(at - began)
    }

    /// Where the journal is.
    ///
    /// # Errors
    /// When the lab runs without the product.
    pub fn journal(&mut self) -> Result<PathBuf> {
        Ok(self.stage.lab.product()?.data().join(JOURNAL))
    }

    /// The events that the program has set aside because they broke its core.
    ///
    /// # Errors
    /// When the lab runs without the product.
    pub fn poison(&mut self) -> Result<Vec<String>> {
        let folder = self.stage.lab.product()?.data().join("poison");
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        Ok(entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
    }

    /// Removes all that the program keeps beside its database. Only while it does not run.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn forget_all_but_the_database(&mut self) -> Result<()> {
        let data = self.stage.lab.product()?.data();
        let kept = |name: &str| name == JOURNAL || name.starts_with("callsync.db");
        empty(&data, kept)?;
        empty(&data.join(JOURNAL), |_| false)
    }
}

/// The folder of the journal in that of the product's files.
const JOURNAL: &str = "journal";

fn empty(folder: &Path, kept: impl Fn(&str) -> bool) -> Result<()> {
    let entries = fs::read_dir(folder).map_err(Trouble::file("reading", folder))?;
    for entry in entries.flatten().filter(|entry| !kept(&entry.file_name().to_string_lossy())) {
        let path = entry.path();
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        removed.map_err(Trouble::file("removing", &path))?;
    }
    Ok(())
}

/// A disk that is full until this is dropped.
#[derive(Debug)]
pub struct Full(PathBuf);

impl Full {
    /// Fills the disk that holds this folder to the last byte.
    ///
    /// # Errors
    /// When the file that fills it cannot be made.
    pub fn filled(folder: &Path) -> Result<Self> {
        use std::io::Write as _;
        let path = folder.join("ballast");
        let mut file = fs::File::create(&path).map_err(Trouble::file("making", &path))?;
        let full = Self(path);
        for size in [1 << 20, 1 << 12, 1] {
            let block = vec![0_u8; size];
            while file.write_all(&block).is_ok() {}
        }
        Ok(full)
    }
}

impl Drop for Full {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// A way through the lab's network that swallows every packet, in both directions, until this is dropped: nobody is told.
#[derive(Debug)]
pub struct Cut(u16);

impl Cut {
    /// Cuts the way to a TCP port. Only inside a space with a network of its own.
    ///
    /// # Errors
    /// When the kernel takes no such rule.
    pub async fn to(port: u16) -> Result<Self> {
        let cut = Self(port);
        for side in SIDES {
            command::run(Command::new("iptables").args(["-A", "INPUT", "-p", "tcp", side, &port.to_string(), "-j", "DROP"]))
                .await?;
        }
        Ok(cut)
    }
}

const SIDES: [&str; 2] = ["--dport", "--sport"];

impl Drop for Cut {
    fn drop(&mut self) {
        for side in SIDES {
            let words = ["-D", "INPUT", "-p", "tcp", side, &self.0.to_string(), "-j", "DROP"].map(str::to_owned);
            let _ = std::process::Command::new("iptables").args(words).status();
        }
    }
}
