//! One running Asterisk: its file system is the cached root below and a layer in memory above, so that labs share the root
//! and none writes to it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use nix::mount::MsFlags;
use nix::unistd::{Gid, Uid, chown};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

use crate::site::Site;
use crate::space::mounted;
use crate::{Result, Trouble, command, folders, http};

/// From start to the first ARI answer; about two seconds on an idle machine.
const READY_WITHIN: Duration = Duration::from_secs(60);
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// A running Asterisk. Killed when dropped.
pub struct Asterisk {
    /// Its file system as it sees it.
    pub root: PathBuf,
    /// Its log folder, which outlives it: messages.log, and the SQLite CDR.
    pub log: PathBuf,
    site: Site,
    child: Child,
}

impl Asterisk {
    /// Builds its file system in `folder`, writes its configuration, starts it and waits until ARI answers. Only inside a space.
    ///
    /// # Errors
    /// When a mount fails, or it does not become ready.
    pub async fn start(cached_root: &Path, folder: &Path, site: Site) -> Result<Self> {
        let folder = folders::made(folder.join("asterisk"))?;
        let log = folders::made(folder.join("log"))?;
        let root = assemble(cached_root, &folder).await?;
        prepare(&root, &log, &site)?;
        let child = spawn(&root, &folder)?;
        let mut asterisk = Self { root, log, site, child };
        asterisk.wait_until_ready().await?;
        Ok(asterisk)
    }

    /// What Asterisk's own command line answers.
    ///
    /// # Errors
    /// When it does not run.
    pub async fn cli(&self, words: &str) -> Result<String> {
        command::run(Command::new("chroot").arg(&self.root).args(["/usr/sbin/asterisk", "-rx", words])).await
    }

    /// Stops it, if it runs, and starts it again with the same configuration. Registrations survive, as on a real one.
    ///
    /// # Errors
    /// When it does not become ready again.
    pub async fn restart(&mut self) -> Result<()> {
        self.halt().await;
        let folder = self.root.parent().unwrap_or(&self.root).to_path_buf();
        self.child = spawn(&self.root, &folder)?;
        self.wait_until_ready().await
    }

    /// Has it start again at once, as `core restart now` does: every call is dropped where it stands.
    ///
    /// # Errors
    /// When it does not become ready again.
    pub async fn restarts_now(&mut self) -> Result<()> {
        let before = self.cli("core show settings").await?;
        // It ends the connection that the order came by, which may look like a failure.
        let _ = timeout(STOP_WITHIN, self.cli("core restart now")).await;
        let deadline = Instant::now() + READY_WITHIN;
        // The one that goes still answers for a moment.
        while Instant::now() < deadline {
            self.wait_until_ready().await?;
            let after = self.cli("core show settings").await.unwrap_or_default();
            if started(&after).is_some_and(|time| Some(time) != started(&before)) {
                return Ok(());
            }
            sleep(Duration::from_millis(100)).await;
        }
        Err(Trouble::said("Asterisk did not start again when it was told to"))
    }

    /// Ends it at once, as a crash would.
    pub async fn kill(&mut self) {
        let _ = self.child.kill().await;
    }

    /// Stops it in order, so that the last CDR rows are written.
    pub async fn stop(mut self) {
        self.halt().await;
    }

    /// The id of its process while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    async fn halt(&mut self) {
        if self.is_running() {
            let _ = timeout(STOP_WITHIN, self.cli("core stop now")).await;
        }
        if timeout(STOP_WITHIN, self.child.wait()).await.is_err() {
            let _ = self.child.kill().await;
        }
    }

    async fn wait_until_ready(&mut self) -> Result<()> {
        let client = http::client();
        let url = format!("http://127.0.0.1:{}/ari/asterisk/ping", self.site.ports.http);
        let log = self.log.join("messages.log");
        let deadline = Instant::now() + READY_WITHIN;
        while Instant::now() < deadline {
            if !self.is_running() {
                return Err(Trouble::said(format!("Asterisk ended while it started; see {}", log.display())));
            }
            let asked = client.get(&url).basic_auth("callsync", Some(&self.site.passwords.ari)).send().await;
            if asked.is_ok_and(|answer| answer.status().is_success()) && self.is_fully_booted().await {
                return Ok(());
            }
            sleep(Duration::from_millis(100)).await;
        }
        Err(Trouble::NotReady { what: "Asterisk".to_owned(), seconds: READY_WITHIN.as_secs(), log })
    }

    /// ARI answers a moment before the last modules are up.
    async fn is_fully_booted(&self) -> bool {
        self.cli("core waitfullybooted").await.is_ok_and(|said| said.contains("fully booted"))
    }
}

/// Lays a layer in memory over the cached root; copies the root where the kernel has no overlay file system.
async fn assemble(cached_root: &Path, folder: &Path) -> Result<PathBuf> {
    let memory = folders::made(folder.join("memory"))?;
    mounted(Some("tmpfs"), &memory, Some("tmpfs"), MsFlags::empty(), Some("mode=755"))?;
    let root = folders::made(memory.join("root"))?;
    let upper = folders::made(memory.join("upper"))?;
    let work = folders::made(memory.join("work"))?;
    let layers = format!("lowerdir={},upperdir={},workdir={}", cached_root.display(), upper.display(), work.display());
    if mounted(Some("overlay"), &root, Some("overlay"), MsFlags::empty(), Some(&layers)).is_err() {
        crate::say::line("this kernel has no overlay file system here: copying the Asterisk root into memory");
        let from = cached_root.join(".");
        command::run(Command::new("cp").args(["--archive", "--reflink=auto"]).arg(from).arg(&root)).await?;
    }
    mounted(Some("proc"), root.join("proc"), Some("proc"), MsFlags::empty(), None)?;
    mounted(Some("/dev"), root.join("dev"), None, MsFlags::MS_BIND | MsFlags::MS_REC, None)?;
    Ok(root)
}

fn prepare(root: &Path, log: &Path, site: &Site) -> Result<()> {
    // Asterisk looks up its own name and a root name server for every call; unanswered, calls hang for seconds.
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let hosts = format!("127.0.0.1 localhost {} a.root-servers.net A.ROOT-SERVERS.NET\n", host.trim());
    write(&root.join("etc/hosts"), &hosts)?;
    write(&root.join("etc/nsswitch.conf"), "passwd: files\ngroup: files\nhosts: files\n")?;
    let etc = root.join("etc/asterisk");
    fs::remove_dir_all(&etc).map_err(Trouble::file("emptying", &etc))?;
    folders::made(etc.clone())?;
    site.write(&etc)?;
    let owner = Owner::of(root)?;
    for folder in ["var/spool/asterisk/recording", "var/spool/asterisk/voicemail", "var/lib/asterisk", "var/run/asterisk"] {
        owner.take(&folders::made(root.join(folder))?)?;
    }
    owner.take(log)?;
    for file in ["master.db", "messages.log"] {
        let file = log.join(file);
        if file.exists() {
            owner.take(&file)?;
        }
    }
    let log = log.to_string_lossy();
    mounted(Some(&*log), root.join("var/log/asterisk"), None, MsFlags::MS_BIND, None)
}

fn spawn(root: &Path, folder: &Path) -> Result<Child> {
    let console = folder.join("console.log");
    let output = fs::File::create(&console).map_err(Trouble::file("writing", &console))?;
    let errors = output.try_clone().map_err(Trouble::file("writing", &console))?;
    Command::new("chroot")
        .arg(root)
        .args(["/usr/sbin/asterisk", "-f", "-U", "asterisk", "-G", "asterisk", "-C", "/etc/asterisk/asterisk.conf"])
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(errors)
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(|source| Trouble::Start { program: "asterisk".to_owned(), source })
}

/// When it started, in its own words.
fn started(settings: &str) -> Option<&str> {
    settings.lines().find_map(|line| line.trim().strip_prefix("Startup time:")).map(str::trim)
}

fn write(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text).map_err(Trouble::file("writing", file))
}

/// The user `asterisk` as the root's own password file numbers it.
struct Owner(Uid, Gid);

impl Owner {
    fn of(root: &Path) -> Result<Self> {
        let file = root.join("etc/passwd");
        let text = fs::read_to_string(&file).map_err(Trouble::file("reading", &file))?;
        let line = text.lines().find(|line| line.starts_with("asterisk:"));
        let mut numbers = line.into_iter().flat_map(|line| line.split(':')).skip(2).map_while(|field| field.parse().ok());
        match (numbers.next(), numbers.next()) {
            (Some(user), Some(group)) => Ok(Self(Uid::from_raw(user), Gid::from_raw(group))),
            _ => Err(Trouble::said(format!("{} has no user asterisk", file.display()))),
        }
    }

    fn take(&self, path: &Path) -> Result<()> {
        chown(path, Some(self.0), Some(self.1)).map_err(|why| Trouble::file("changing the owner of", path)(why.into()))
    }
}
