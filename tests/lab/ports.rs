//! The ports that a lab listens on.

use std::net::{TcpListener, UdpSocket};

use serde::{Deserialize, Serialize};

use crate::{Result, Trouble};

/// Where callers come from: Asterisk knows the trunk by this address.
pub const TRUNK_ADDRESS: &str = "127.0.0.2";
/// Where everything else is.
pub const ADDRESS: &str = "127.0.0.1";

/// The ports of one lab, all on 127.0.0.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ports {
    /// SIP over UDP.
    pub sip: u16,
    /// Asterisk's HTTP server: ARI and its events.
    pub http: u16,
    /// Asterisk's manager interface.
    pub ami: u16,
    /// The same over TLS.
    pub ami_tls: u16,
    /// The product's pages.
    pub web: u16,
}

impl Default for Ports {
    fn default() -> Self {
        Self { sip: 5060, http: 8088, ami: 5038, ami_tls: 5039, web: 8080 }
    }
}

impl Ports {
    /// The usual ports, each overridable: `CALLSYNC_LAB_SIP`, `CALLSYNC_LAB_HTTP`, `CALLSYNC_LAB_AMI`, `CALLSYNC_LAB_AMI_TLS`,
    /// `CALLSYNC_LAB_WEB`.
    ///
    /// # Errors
    /// When one of them is set to something that is no port number.
    pub fn from_environment() -> Result<Self> {
        Self::from(|name| std::env::var(name).ok())
    }

    fn from(look_up: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let port = |name: &str, usual: u16| match look_up(name) {
            None => Ok(usual),
            Some(text) => match text.parse() {
                Ok(port) if port > 0 => Ok(port),
                _ => Err(Trouble::said(format!("{name} is {text:?}, which is no port number"))),
            },
        };
        let usual = Self::default();
        Ok(Self {
            sip: port("CALLSYNC_LAB_SIP", usual.sip)?,
            http: port("CALLSYNC_LAB_HTTP", usual.http)?,
            ami: port("CALLSYNC_LAB_AMI", usual.ami)?,
            ami_tls: port("CALLSYNC_LAB_AMI_TLS", usual.ami_tls)?,
            web: port("CALLSYNC_LAB_WEB", usual.web)?,
        })
    }

    /// Checks that nobody listens on any of them yet.
    ///
    /// # Errors
    /// Names the first port that is taken, and how to choose another.
    pub fn check_free(&self) -> Result<()> {
        let taken = |what, port, variable| {
            Trouble::said(format!(
                "port {port} ({what}) is taken: another lab or server runs on this machine. \
                 Stop it, or choose another port with {variable}=PORT"
            ))
        };
        UdpSocket::bind((ADDRESS, self.sip)).map_err(|_| taken("SIP", self.sip, "CALLSYNC_LAB_SIP"))?;
        let tcp = [
            ("Asterisk's HTTP and ARI", self.http, "CALLSYNC_LAB_HTTP"),
            ("Asterisk's AMI", self.ami, "CALLSYNC_LAB_AMI"),
            ("Asterisk's AMI over TLS", self.ami_tls, "CALLSYNC_LAB_AMI_TLS"),
            ("the web pages", self.web, "CALLSYNC_LAB_WEB"),
        ];
        for (what, port, variable) in tcp {
            TcpListener::bind((ADDRESS, port)).map_err(|_| taken(what, port, variable))?;
        }
        Ok(())
    }
}

/// A TCP port of 127.0.0.1 that is free at this moment.
///
/// # Errors
/// When the system has none left.
pub fn any_free() -> Result<u16> {
    TcpListener::bind((ADDRESS, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|source| Trouble::said(format!("no free port: {source}")))
}

/// A UDP port of 127.0.0.1 that is free at this moment.
///
/// # Errors
/// When the system has none left.
pub fn any_free_udp() -> Result<u16> {
    UdpSocket::bind((ADDRESS, 0))
        .and_then(|socket| socket.local_addr())
        .map(|address| address.port())
        .map_err(|source| Trouble::said(format!("no free port: {source}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_overrides_one_port_and_leaves_the_others() {
        let ports = Ports::from(|name| (name == "CALLSYNC_LAB_WEB").then(|| "9090".to_owned())).unwrap();
        assert_eq!(ports, Ports { web: 9090, ..Ports::default() });
    }

    #[test]
    fn a_port_that_is_no_number_is_refused_by_name() {
        let trouble = Ports::from(|name| (name == "CALLSYNC_LAB_SIP").then(|| "0".to_owned())).unwrap_err();
        assert!(trouble.to_string().contains("CALLSYNC_LAB_SIP"));
    }

    #[test]
    fn a_taken_port_is_named_with_its_variable() {
        let listener = TcpListener::bind((ADDRESS, 0)).unwrap();
        let web = listener.local_addr().unwrap().port();
        let free = || any_free().unwrap();
        let ports = Ports { sip: free(), http: free(), ami: free(), ami_tls: free(), web };
        assert!(ports.check_free().unwrap_err().to_string().contains("CALLSYNC_LAB_WEB"));
    }
}
