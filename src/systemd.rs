//! What systemd is told: that the program serves, and, from every beat of the loop, that it lives. A loop that hangs is
//! thereby started anew. Without systemd nothing is said.

use std::ffi::OsStr;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

use model::Timestamp;
use tokio::sync::watch;

/// The way to systemd, if it listens (sd_notify(3)).
#[derive(Debug)]
pub struct Systemd(Option<UnixDatagram>);

impl Systemd {
    /// Opens the socket that systemd named. One that cannot be opened is said, and not used.
    pub fn open(socket: Option<&OsStr>) -> Self {
        let Some(name) = socket else { return Self(None) };
        Self(connect(name).map_err(|error| tracing::warn!(%error, "systemd's socket cannot be opened")).ok())
    }

    /// The program serves.
    pub fn ready(&self) {
        self.say("READY=1");
    }

    /// The program ends.
    pub fn stopping(&self) {
        self.say("STOPPING=1");
    }

    /// Passes the loop's beats on for as long as there are any.
    pub async fn pass_on(&self, mut beats: watch::Receiver<Timestamp>) {
        while beats.changed().await.is_ok() {
            self.say("WATCHDOG=1");
        }
    }

    fn say(&self, what: &str) {
        if let Some(Err(error)) = self.0.as_ref().map(|socket| socket.send(what.as_bytes())) {
            tracing::debug!(%error, what, "systemd could not be told");
        }
    }
}

fn connect(name: &OsStr) -> io::Result<UnixDatagram> {
    let address = match name.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(name)?,
    };
    let socket = UnixDatagram::unbound()?;
    // Nothing may wait for systemd.
    socket.set_nonblocking(true)?;
    socket.connect_addr(&address)?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixDatagram};

    use model::Timestamp;
    use tokio::sync::watch;

    use super::Systemd;

    fn heard(socket: &UnixDatagram) -> String {
        let mut buffer = [0; 64];
        let length = socket.recv(&mut buffer).unwrap();
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    }

    #[tokio::test]
    async fn systemd_hears_of_the_start_and_of_every_beat() {
        let folder = std::env::temp_dir().join(format!("callsync-systemd-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let listening = UnixDatagram::bind(folder.join("notify")).unwrap();
        let systemd = Systemd::open(Some(folder.join("notify").as_os_str()));
        systemd.ready();
        assert_eq!(heard(&listening), "READY=1");
        let (beat, beats) = watch::channel(Timestamp::default());
        beat.send_replace(Timestamp::from_ms(1));
        drop(beat);
        systemd.pass_on(beats).await;
        assert_eq!(heard(&listening), "WATCHDOG=1");
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_socket_without_a_file_is_reached_too() {
        let name = format!("callsync-systemd-{}", std::process::id());
        let listening = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
        Systemd::open(Some(format!("@{name}").as_ref())).stopping();
        assert_eq!(heard(&listening), "STOPPING=1");
    }

    #[test]
    fn without_systemd_nothing_is_said() {
        Systemd::open(None).ready();
        Systemd::open(Some("/nowhere/at/all".as_ref())).ready();
    }
}
