//! The command line as its user meets it: the real binary, a real SQLite file, no Asterisk.

mod doctor;
mod import;
mod serve;
mod user;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A data folder of its own with a configuration in it; gone when dropped.
struct Site {
    folder: PathBuf,
}

impl Site {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("callsync-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(&folder).expect("a folder can be made");
        // Nothing listens on port 1: connections are refused at once.
        let config = format!(
            "listen = \"127.0.0.1:0\"\ndata_dir = {:?}\n[ari]\nurl = \"http://127.0.0.1:1\"\npassword = \"unused-secret\"\n",
            folder.join("data")
        );
        std::fs::write(folder.join("callsync.toml"), config).expect("a file can be written");
        Self { folder }
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.join(name);
        std::fs::write(&path, text).expect("a file can be written");
        path
    }

    fn run(&self, arguments: &[&str], input: &str) -> Said {
        let mut child = Command::new(env!("CARGO_BIN_EXE_callsync"))
            .arg("--config")
            .arg(self.folder.join("callsync.toml"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("callsync can be started");
        // A program that refuses before it reads closes the pipe; what it says is judged below.
        drop(child.stdin.take().expect("its input is a pipe").write_all(input.as_bytes()));
        Said::from(child.wait_with_output().expect("it ends"))
    }

    fn import(&self, file: &Path) -> Said {
        self.run(&["import", &file.to_string_lossy()], "")
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// What a command said and how it ended.
#[derive(Debug)]
struct Said {
    well: bool,
    out: String,
    err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            well: output.status.success(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

const DEMO: &str = r#"{
  "queues": [{"number":"700","name":"Продажи","music":"default","ring_timeout_s":15,"wrap_up_s":5,
              "service_level":{"percent":80,"within_s":20}}],
  "agents": [{"name":"Анна Ильина","endpoint":"1001","queues":["700"],"ready_on_register":true}],
  "users":  [{"email":"admin@example.org","name":"Администратор","role":"admin","password":"long-enough-password"}]
}"#;
