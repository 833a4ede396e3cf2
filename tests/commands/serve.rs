//! The program that serves, and a log that nobody takes.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::Site;

/// A running program, ended with the test.
struct Serving {
    child: Child,
    port: u16,
}

impl Serving {
    fn start(site: &Site, log: impl Into<Stdio>) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port is free").port();
        let config = std::fs::read_to_string(site.folder.join("callsync.toml")).expect("it was written");
        let listen = format!("listen = \"127.0.0.1:{port}\"");
        site.write("callsync.toml", &config.replace("listen = \"127.0.0.1:0\"", &format!("{listen}\nlog_level = \"trace\"")));
        let child = Command::new(env!("CARGO_BIN_EXE_callsync"))
            .arg("--config")
            .arg(site.folder.join("callsync.toml"))
            .arg("serve")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("callsync can be started");
        Self { child, port }
    }

    /// Whether it says that it lives.
    fn lives(&self) -> bool {
        let asked = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
            stream.set_read_timeout(Some(Duration::from_secs(10)))?;
            stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            Ok(answer)
        };
        asked().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200 OK"))
    }

    #[expect(clippy::disallowed_methods, reason = "there is no runtime here to block")]
    fn comes_to_life(&mut self) {
        let began = Instant::now();
        while !self.lives() {
            let ended = self.child.try_wait().expect("it is a child of ours");
            assert!(ended.is_none() && began.elapsed() < Duration::from_secs(60), "it does not serve: {ended:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn a_log_on_a_full_disk_ends_nothing() {
    let site = Site::new();
    let full = OpenOptions::new().write(true).open("/dev/full").expect("Linux has one");
    let mut serving = Serving::start(&site, full);
    serving.comes_to_life();
    assert!((0..20).all(|_| serving.lives()));
}

#[test]
fn a_log_that_nobody_reads_holds_nobody_up() {
    let site = Site::new();
    let mut serving = Serving::start(&site, Stdio::piped());
    serving.comes_to_life();
    // Twice what fits into a pipe, and more.
    assert!((0..2_000).all(|_| serving.lives()));
    let mut log = serving.child.stderr.take().expect("it is a pipe");
    assert!(log.read_exact(&mut [0; 131_072]).is_ok(), "what did not fit has waited");
}
