//! The product as its users run it: built, configured by a file, started as a program of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::Deserialize;
use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

use crate::passwords::write_secret;
use crate::ports::Ports;
use crate::say::Step;
use crate::{Result, Trouble, command, folders, http};

const READY_WITHIN: Duration = Duration::from_secs(60);
const STOP_WITHIN: Duration = Duration::from_secs(10);
/// `/readyz` is answered within this.
const ANSWERS_WITHIN: Duration = Duration::from_secs(3);

/// Builds the page assets and `callsync`, and gives the program's path. Outside a space: it may need the network.
///
/// # Errors
/// When npm or cargo fails.
pub async fn build(release: bool) -> Result<PathBuf> {
    assets().await?;
    program("callsync", release).await
}

/// Builds a package of the workspace, and gives the path of the program that has its name. Outside a space, as [`build`].
///
/// # Errors
/// When cargo fails.
pub async fn program(name: &str, release: bool) -> Result<PathBuf> {
    let step = Step::long(name, if release { "building, optimised" } else { "building" });
    let mut cargo = command::cargo();
    cargo
        .args(["build", "--package", name, "--bin", name, "--message-format=json-render-diagnostics"])
        .args(release.then_some("--release"))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit());
    let output = cargo.output().await.map_err(|source| Trouble::Start { program: "cargo".to_owned(), source })?;
    if !output.status.success() {
        return Err(Trouble::said(format!("{name} does not build; the compiler's words are above")));
    }
    let program = executable(name, &String::from_utf8_lossy(&output.stdout))
        .ok_or_else(|| Trouble::said(format!("cargo built {name} but named no program")))?;
    step.done("built");
    Ok(program)
}

/// Brings every crate of the lock file onto this machine, so that cargo can work without a network afterwards.
///
/// # Errors
/// When the registry cannot be reached and something is missing.
pub async fn fetch() -> Result<()> {
    let mut fetch = command::cargo();
    fetch.args(["fetch", "--locked", "--quiet"]);
    command::run(&mut fetch).await.map(drop)
}

/// What to tell the product.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The lab's ports.
    pub ports: Ports,
    /// The password of the ARI user.
    pub ari_password: String,
    /// The secret of the AMI user.
    pub ami_password: String,
    /// The certificate of the manager interface, if it is spoken to over TLS.
    pub ami_trust: Option<PathBuf>,
    /// The Stasis application that it serves.
    pub app: String,
    /// `sqlite://…` or `postgres://…`.
    pub database_url: String,
    /// The demo: queues, agents, users.
    pub demo: Value,
}

/// What `/readyz` says.
#[derive(Debug, Clone, Deserialize)]
pub struct Readiness {
    /// Asterisk is connected, and its account was taken.
    pub switch: bool,
    /// The database answers.
    pub database: bool,
    /// The books can be written.
    pub books: bool,
    /// How many facts the database still waits for.
    pub books_lag: u64,
}

/// A running `callsync serve`. Killed when dropped.
pub struct Product {
    program: PathBuf,
    config: PathBuf,
    log: PathBuf,
    web: u16,
    child: Option<Child>,
}

impl Product {
    /// Writes its configuration, imports the demo, starts it and waits until it says that it is ready.
    ///
    /// # Errors
    /// When the import fails or it does not become ready.
    pub async fn start(program: &Path, folder: &Path, settings: &Settings) -> Result<Self> {
        let mut product = Self::set_up(program, folder, settings).await?;
        product.serve().await?;
        Ok(product)
    }

    /// The same, but does not start it.
    ///
    /// # Errors
    /// When the import fails.
    pub async fn set_up(program: &Path, folder: &Path, settings: &Settings) -> Result<Self> {
        let config = folder.join("callsync.toml");
        write_secret(&config, &config_text(settings, &folders::made(folder.join("callsync"))?))?;
        let demo = folder.join("demo.json");
        write_secret(&demo, &settings.demo.to_string())?;
        let log = folder.join("callsync.log");
        let product = Self { program: program.to_owned(), config, log, web: settings.ports.web, child: None };
        product.import(&demo).await?;
        Ok(product)
    }

    /// Takes over queues, agents and users from a file, as `callsync import` does, also while the program runs.
    ///
    /// # Errors
    /// When it refuses the file.
    pub async fn import(&self, file: &Path) -> Result<()> {
        command::run(self.command().arg("import").arg(file)).await.map(drop)
    }

    /// Moves callers who wait inside a program that is not there into Asterisk's own queue, as `callsync evacuate` does.
    ///
    /// # Errors
    /// When it refuses to: with its own words.
    pub async fn evacuate(&self) -> Result<String> {
        command::run(self.command().arg("evacuate")).await
    }

    /// Starts the program and waits until it is ready.
    ///
    /// # Errors
    /// When it ends at once, or does not become ready.
    pub async fn serve(&mut self) -> Result<()> {
        self.launch()?;
        self.wait_until_ready().await
    }

    /// What it says when it is started and refuses to run.
    ///
    /// # Errors
    /// When it runs, or does not end soon.
    pub async fn refusal(&self) -> Result<String> {
        let mut command = self.command();
        command.arg("serve").stdin(Stdio::null()).kill_on_drop(true);
        let ended = timeout(STOP_WITHIN, command.output()).await;
        let ended = ended.map_err(|_| Trouble::said("callsync runs where it should have refused to"))?;
        let output = ended.map_err(|source| Trouble::Start { program: command::shown(&command), source })?;
        if output.status.success() {
            return Err(Trouble::said("callsync ended well where it should have refused to run"));
        }
        Ok(String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// Starts the program and does not wait.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn launch(&mut self) -> Result<()> {
        let open = fs::OpenOptions::new().create(true).append(true).open(&self.log);
        let output = open.map_err(Trouble::file("writing", &self.log))?;
        let errors = output.try_clone().map_err(Trouble::file("writing", &self.log))?;
        let mut command = self.command();
        command.arg("serve").stdin(Stdio::null()).stdout(output).stderr(errors).process_group(0).kill_on_drop(true);
        let child = command.spawn().map_err(|source| Trouble::Start { program: command::shown(&command), source })?;
        self.child = Some(child);
        Ok(())
    }

    /// Waits until `/readyz` says yes.
    ///
    /// # Errors
    /// When it ends first, or takes too long.
    pub async fn wait_until_ready(&mut self) -> Result<()> {
        let client = http::client();
        let url = format!("http://127.0.0.1:{}/readyz", self.web);
        let deadline = Instant::now() + READY_WITHIN;
        while Instant::now() < deadline {
            if !self.is_running() {
                let words = fs::read_to_string(&self.log).unwrap_or_default();
                return Err(Trouble::said(format!("callsync ended while it started:\n{}", command::tail(&words, 20))));
            }
            if client.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            sleep(Duration::from_millis(100)).await;
        }
        Err(Trouble::NotReady { what: "callsync".to_owned(), seconds: READY_WITHIN.as_secs(), log: self.log.clone() })
    }

    /// The id of its process while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().and_then(Child::id)
    }

    /// Whether its process still runs.
    pub fn is_running(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// Ends it at once, as a crash would.
    pub async fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill().await;
        }
    }

    /// Asks it to stop, and waits until it has.
    pub async fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        if let Some(id) = child.id() {
            let _ = kill(Pid::from_raw(id.cast_signed()), Signal::SIGTERM);
        }
        if timeout(STOP_WITHIN, child.wait()).await.is_err() {
            let _ = child.kill().await;
        }
    }

    /// Stops it in the middle of whatever it does, as a hung machine would: it lives, and does nothing.
    pub fn pauses(&self) {
        self.is_told(Signal::SIGSTOP);
    }

    /// Lets it go on after [`Product::pauses`].
    pub fn resumes(&self) {
        self.is_told(Signal::SIGCONT);
    }

    /// What `/readyz` says, whether it says yes or no; nothing when nobody answers: it waits a second for its database itself.
    pub async fn readiness(&self) -> Option<Readiness> {
        let url = format!("http://127.0.0.1:{}/readyz", self.web);
        let asked = async { http::client().get(&url).send().await?.json().await };
        timeout(ANSWERS_WITHIN, asked).await.ok()?.ok()
    }

    /// Where it keeps its files.
    pub fn data(&self) -> PathBuf {
        self.config.with_file_name("callsync")
    }

    fn is_told(&self, signal: Signal) {
        if let Some(id) = self.pid() {
            let _ = kill(Pid::from_raw(id.cast_signed()), signal);
        }
    }

    /// What it wrote into its log so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--config").arg(&self.config);
        // The product takes its keys from the environment too: a developer's own must not reach the lab's.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CALLSYNC_")) {
            command.env_remove(name);
        }
        command
    }
}

/// What the pages are made of.
///
/// # Errors
/// When npm fails.
pub async fn assets() -> Result<()> {
    packages("views", "page assets").await
}

/// `npm ci` in a folder of the checkout, where the installed packages are older than the lock file, or missing.
///
/// # Errors
/// When there is no lock file, or npm fails.
pub async fn packages(folder: &str, what: &str) -> Result<()> {
    let folder = folders::workspace().join(folder);
    let lock = folder.join("package-lock.json");
    let locked = modified(&lock).ok_or_else(|| Trouble::said(format!("{} is missing", lock.display())))?;
    // npm writes this file at the end of every installation.
    let installed = modified(&folder.join("node_modules/.package-lock.json"));
    if installed.is_some_and(|installed| installed >= locked) {
        return Ok(());
    }
    let step = Step::long(what, "installing with npm");
    command::run(Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&folder)).await?;
    step.done("installed");
    Ok(())
}

fn modified(file: &Path) -> Option<std::time::SystemTime> {
    fs::metadata(file).and_then(|metadata| metadata.modified()).ok()
}

/// The program of this name in cargo's messages.
fn executable(name: &str, messages: &str) -> Option<PathBuf> {
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == name)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
}

fn config_text(settings: &Settings, data: &Path) -> String {
    let Settings { ports, ari_password, ami_password, app, database_url, .. } = settings;
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let trust = settings.ami_trust.as_ref().map(|file| format!("tls = true\ntrust = {}\n", quoted(&file.to_string_lossy())));
    let ami = if trust.is_some() { ports.ami_tls } else { ports.ami };
    format!(
        "# Written by the lab at every start.\n\
         listen = \"127.0.0.1:{web}\"\n\
         data_dir = {data}\n\
         database_url = {database}\n\n\
         [ari]\n\
         url = \"http://127.0.0.1:{http}\"\n\
         user = \"callsync\"\n\
         password = {password}\n\
         app = {app}\n\
         server = 1\n\n\
         [ami]\n\
         address = \"127.0.0.1:{ami}\"\n\
         user = \"callsync\"\n\
         password = {secret}\n\
         {trust}",
        web = ports.web,
        http = ports.http,
        app = quoted(app),
        trust = trust.unwrap_or_default(),
        secret = quoted(ami_password),
        data = quoted(&data.to_string_lossy()),
        database = quoted(database_url),
        password = quoted(ari_password),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_found_in_cargos_messages() {
        let messages = "{\"reason\":\"compiler-artifact\",\"target\":{\"name\":\"model\"},\"executable\":null}\n\
                        {\"reason\":\"compiler-artifact\",\"target\":{\"name\":\"callsync\"},\"executable\":\"/t/debug/callsync\"}\n\
                        {\"reason\":\"build-finished\",\"success\":true}";
        assert_eq!(executable("callsync", messages), Some(PathBuf::from("/t/debug/callsync")));
        assert_eq!(executable("callsync", "no json"), None);
        assert_eq!(executable("model", messages), None);
    }

    #[test]
    fn the_configuration_names_the_labs_ports_and_database() {
        let settings = Settings {
            ports: Ports { web: 9090, http: 9088, ..Ports::default() },
            ari_password: "secret".to_owned(),
            ami_password: "hidden".to_owned(),
            ami_trust: None,
            app: "callsync".to_owned(),
            database_url: "sqlite:///x/callsync.db".to_owned(),
            demo: Value::Null,
        };
        let text = config_text(&settings, Path::new("/x"));
        assert!(text.contains("listen = \"127.0.0.1:9090\""), "{text}");
        assert!(text.contains("url = \"http://127.0.0.1:9088\""), "{text}");
        assert!(text.contains("address = \"127.0.0.1:5038\"\nuser = \"callsync\"\npassword = \"hidden\""), "{text}");
        assert!(text.contains("database_url = \"sqlite:///x/callsync.db\""), "{text}");
        let text = config_text(&Settings { ami_trust: Some("/x/manager.pem".into()), ..settings }, Path::new("/x"));
        assert!(text.contains("address = \"127.0.0.1:5039\""), "{text}");
        assert!(text.ends_with("password = \"hidden\"\ntls = true\ntrust = \"/x/manager.pem\"\n"), "{text}");
    }
}
