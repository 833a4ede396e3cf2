//! A private PostgreSQL cluster for one lab: the product's database and Asterisk's CDR. It has nothing to do with the
//! machine's own cluster, which Debian's package may have started.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use nix::mount::MsFlags;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User, chown};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

use crate::passwords::{Passwords, write_secret};
use crate::space::mounted;
use crate::{Result, Trouble, command, folders, ports};

/// PostgreSQL refuses to run as root; Debian's package brings this user.
const USER: &str = "postgres";
const READY_WITHIN: Duration = Duration::from_secs(60);
const STOP_WITHIN: Duration = Duration::from_secs(10);
/// Tests that run side by side, each with pools of its own, want more than PostgreSQL's hundred.
const CONNECTIONS: &str = "max_connections=300";
/// Where the cluster is in the lab's folder.
pub const FOLDER: &str = "postgres";
/// The product's database and user.
pub const LEDGER: &str = "callsync";
/// The database and user of the CDR.
pub const CDR: &str = "asterisk";

/// A running cluster. Killed when dropped.
pub struct Postgres {
    /// Its TCP port on 127.0.0.1.
    pub port: u16,
    password: String,
    folder: PathBuf,
    programs: PathBuf,
    child: Child,
}

impl Postgres {
    /// Makes the cluster in `folder` where there is none yet, and starts it.
    ///
    /// # Errors
    /// When PostgreSQL is not installed, or does not become ready.
    pub async fn start(folder: &Path, passwords: &Passwords) -> Result<Self> {
        let folder = reachable(&folders::made(folder.join(FOLDER))?)?;
        let programs = programs()?;
        let user = user()?;
        chown(&folder, Some(user.uid), Some(user.gid))
            .map_err(|why| Trouble::file("changing the owner of", &folder)(why.into()))?;
        let port = ports::any_free()?;
        let fresh = !folder.join("data/PG_VERSION").exists();
        if fresh {
            make_cluster(&programs, &folder, &user, passwords).await?;
        }
        // Left by a cluster that was killed. PostgreSQL would look for its process id, which in a new PID namespace is somebody
        // else's; nobody else uses this folder, because the lab holds a lock on it.
        let _ = fs::remove_file(folder.join("data/postmaster.pid"));
        let child = spawn(&programs, &folder, port)?;
        let postgres = Self { port, password: passwords.database.clone(), folder, programs, child };
        postgres.wait_until_ready().await?;
        if fresh {
            postgres.make_databases().await?;
        }
        Ok(postgres)
    }

    /// The address of one of its databases.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{database}:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    /// Where its files are.
    pub fn folder(&self) -> PathBuf {
        self.folder.clone()
    }

    /// Stops it in order.
    pub async fn stop(mut self) {
        self.halts().await;
    }

    /// Stops it in order, to be started again.
    pub async fn halts(&mut self) {
        // The fast shutdown: open connections are closed, the data is written.
        self.is_told(Signal::SIGINT);
        if timeout(STOP_WITHIN, self.child.wait()).await.is_err() {
            let _ = self.child.kill().await;
        }
    }

    /// Starts it again, unless it runs.
    ///
    /// # Errors
    /// When it does not become ready.
    pub async fn resumes_work(&mut self) -> Result<()> {
        if !matches!(self.child.try_wait(), Ok(None)) {
            let _ = fs::remove_file(self.folder.join("data/postmaster.pid"));
            self.child = spawn(&self.programs, &self.folder, self.port)?;
        }
        self.wait_until_ready().await
    }

    /// Stops all of it in the middle of whatever it does, as a hung machine would: connections stay open, nobody answers.
    pub fn pauses(&self) {
        self.all_are_told(Signal::SIGSTOP);
    }

    /// Lets it go on after [`Postgres::pauses`].
    pub fn resumes(&self) {
        self.all_are_told(Signal::SIGCONT);
    }

    fn is_told(&self, signal: Signal) {
        if let Some(id) = self.child.id() {
            let _ = kill(Pid::from_raw(id.cast_signed()), signal);
        }
    }

    /// The server and the processes that serve its connections.
    fn all_are_told(&self, signal: Signal) {
        let Some(id) = self.child.id() else { return };
        self.is_told(signal);
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        for child in children.split_whitespace().filter_map(|child| child.parse().ok()) {
            let _ = kill(Pid::from_raw(child), signal);
        }
    }

    async fn wait_until_ready(&self) -> Result<()> {
        let deadline = Instant::now() + READY_WITHIN;
        while Instant::now() < deadline {
            if self.psql("postgres", "SELECT 1").await.is_ok() {
                return Ok(());
            }
            sleep(Duration::from_millis(100)).await;
        }
        let log = self.folder.join("postgres.log");
        Err(Trouble::NotReady { what: "PostgreSQL".to_owned(), seconds: READY_WITHIN.as_secs(), log })
    }

    async fn make_databases(&self) -> Result<()> {
        for name in [LEDGER, CDR] {
            self.psql("postgres", &format!("CREATE ROLE {name} LOGIN PASSWORD '{}'", self.password)).await?;
            self.psql("postgres", &format!("CREATE DATABASE {name} OWNER {name} ENCODING 'UTF8'")).await?;
        }
        let file = folders::workspace().join("dialplan/cdr_pgsql.sql");
        let table = fs::read_to_string(&file).map_err(Trouble::file("reading", &file))?;
        self.psql(CDR, &format!("SET ROLE {CDR}; {table}")).await
    }

    async fn psql(&self, database: &str, sql: &str) -> Result<()> {
        let mut psql = as_postgres(&self.programs.join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"])
            .arg(format!("--host={}", self.folder.display()))
            .arg(format!("--port={}", self.port))
            .arg(format!("--dbname={database}"))
            .arg(format!("--command={sql}"));
        command::run(&mut psql).await.map(drop)
    }
}

/// Another way to the same folder: an unprivileged user cannot walk through a home folder that is closed to others.
fn reachable(folder: &Path) -> Result<PathBuf> {
    let door = folders::made(Path::new("/dev/shm/callsync-lab-postgres").join(ports::any_free()?.to_string()))?;
    mounted(Some(&*folder.to_string_lossy()), &door, None, MsFlags::MS_BIND, None)?;
    Ok(door)
}

async fn make_cluster(programs: &Path, folder: &Path, user: &User, passwords: &Passwords) -> Result<()> {
    let secret = folder.join("password");
    write_secret(&secret, &passwords.database)?;
    chown(&secret, Some(user.uid), Some(user.gid)).map_err(|why| Trouble::file("changing the owner of", &secret)(why.into()))?;
    let mut initdb = as_postgres(&programs.join("initdb"));
    initdb
        .args(["--encoding=UTF8", "--locale=C.UTF-8", "--auth-local=peer", "--auth-host=scram-sha-256", "--no-sync"])
        .arg(format!("--pwfile={}", secret.display()))
        .arg(folder.join("data"));
    command::run(&mut initdb).await?;
    fs::remove_file(&secret).map_err(Trouble::file("removing", &secret))
}

fn spawn(programs: &Path, folder: &Path, port: u16) -> Result<Child> {
    let log = folder.join("postgres.log");
    let output = fs::File::create(&log).map_err(Trouble::file("writing", &log))?;
    let errors = output.try_clone().map_err(Trouble::file("writing", &log))?;
    as_postgres(&programs.join("postgres"))
        .arg("-D")
        .arg(folder.join("data"))
        .args(["-c", CONNECTIONS, "-p", &port.to_string(), "-h", "127.0.0.1", "-k"])
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(errors)
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(|source| Trouble::Start { program: "postgres".to_owned(), source })
}

/// setpriv replaces itself with the program, so that the process we start is PostgreSQL itself.
fn as_postgres(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--reuid", USER, "--regid", USER, "--init-groups", "--"]).arg(program).current_dir("/");
    command
}

fn user() -> Result<User> {
    User::from_name(USER)
        .ok()
        .flatten()
        .ok_or_else(|| Trouble::said(format!("there is no user {USER}: is PostgreSQL installed?")))
}

/// Debian keeps each version's programs in a folder of its own; the newest is taken.
fn programs() -> Result<PathBuf> {
    let versions =
        fs::read_dir("/usr/lib/postgresql").map_err(Trouble::file("looking for PostgreSQL in", "/usr/lib/postgresql"))?;
    versions
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.join("bin/postgres").exists())
        .max_by_key(|path| path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse::<u32>().ok()))
        .map(|path| path.join("bin"))
        .ok_or_else(|| Trouble::said("PostgreSQL's server programs are not installed"))
}
