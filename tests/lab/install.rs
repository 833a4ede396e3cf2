//! Debian packages that the lab needs: looked for with dpkg, installed with apt-get where missing.

use tokio::process::Command;

use crate::say::Step;
use crate::{Result, command, space};

/// What a command needs to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Asterisk and lab phones, and the tools that build the product.
    Basics,
    /// A private PostgreSQL.
    Postgres,
    /// A browser that a test can drive.
    Browser,
}

impl Need {
    /// The packages, each with a program that shows that it is there however it was installed.
    fn packages(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Basics => &[
                ("mmdebstrap", "mmdebstrap"),
                ("iproute2", "ip"),
                ("iptables", "iptables"),
                ("sip-tester", "sipp"),
                ("baresip", "baresip"),
                ("gcc", "cc"),
                ("libc6-dev", ""),
                ("nodejs", "node"),
                ("npm", "npm"),
            ],
            Self::Postgres => &[("postgresql", "")],
            Self::Browser => &[("chromium", "chromium"), ("chromium-driver", "chromedriver")],
        }
    }
}

/// Installs what is missing for these needs.
///
/// # Errors
/// When apt-get fails.
pub async fn ready(needs: &[Need]) -> Result<()> {
    let missing = missing(needs).await;
    if missing.is_empty() {
        return Ok(());
    }
    let step = Step::long("Debian packages", &format!("installing {}", missing.join(" ")));
    apt_get(&["update", "--quiet=2"]).await?;
    let mut words = vec!["install", "--yes", "--quiet=2", "--no-install-recommends"];
    words.extend(&missing);
    apt_get(&words).await?;
    step.done("installed");
    Ok(())
}

/// The packages that are not there. A program that is on the path counts, whoever brought it: node and npm often come from
/// elsewhere than Debian.
pub async fn missing(needs: &[Need]) -> Vec<&'static str> {
    let mut missing = Vec::new();
    for (package, program) in needs.iter().flat_map(|need| need.packages()) {
        let there = (!program.is_empty() && command::exists(program)) || is_installed(package).await;
        if !there {
            missing.push(*package);
        }
    }
    missing
}

async fn is_installed(package: &str) -> bool {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat=${db:Status-Status}", package]);
    command::run(&mut query).await.is_ok_and(|status| status == "installed")
}

async fn apt_get(words: &[&str]) -> Result<()> {
    let mut apt_get = space::as_root("env");
    apt_get.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(words);
    command::run(&mut apt_get).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_package_that_no_one_has_is_not_installed() {
        assert!(!is_installed("callsync-no-such-package").await);
    }

    #[tokio::test]
    async fn what_dpkg_itself_comes_in_is_installed() {
        assert!(is_installed("dpkg").await);
    }
}
