//! How fast passwords may be guessed, and how many are compared at once.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::thread::available_parallelism;

use axum::http::HeaderMap;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio::sync::Semaphore;

use crate::errors::Failure;
use crate::network::subscriber;
use crate::password;

/// Attempts on one account from one address: so many at once, then one in six seconds.
const PER_ACCOUNT: NonZeroU32 = NonZeroU32::new(10).expect("ten is not zero");

/// Attempts from one address on whatever account: an office behind one address signs in at nine.
const PER_ADDRESS: NonZeroU32 = NonZeroU32::new(300).expect("three hundred is not zero");

/// Where a proxy writes for whom it asks.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// An account's name in lower case, and the address that asks.
type Guess = (String, Option<IpAddr>);

/// Stands before the comparing of passwords.
pub(crate) struct Gate {
    accounts: DefaultKeyedRateLimiter<Guess>,
    addresses: DefaultKeyedRateLimiter<Option<IpAddr>>,
    clock: DefaultClock,
    /// A comparison takes 19 MiB and a whole core; one core is left to the calls.
    cores: Semaphore,
}

/// Whose guesses these are. A proxy on this machine, behind which we are served by https, says for whom it asks: the last address
/// is its own word, those before are what it was told.
pub(crate) fn guesser(behind_proxy: bool, peer: Option<SocketAddr>, headers: &HeaderMap) -> Option<IpAddr> {
    let peer = peer?.ip().to_canonical();
    let passed_on = headers.get_all(FORWARDED_FOR).iter().next_back().and_then(|value| value.to_str().ok());
    let said = passed_on.filter(|_| behind_proxy && peer.is_loopback()).and_then(|said| address(said.rsplit(',').next()?.trim()));
    Some(subscriber(said.unwrap_or(peer)))
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    text.parse().or_else(|_| text.parse().map(|with_port: SocketAddr| with_port.ip())).ok()
}

impl Default for Gate {
    fn default() -> Self {
        let per_account = Quota::per_minute(PER_ACCOUNT);
        let per_address = Quota::per_minute(PER_ADDRESS);
        Self {
            accounts: RateLimiter::keyed(per_account),
            addresses: RateLimiter::keyed(per_address),
            clock: DefaultClock::default(),
            cores: Semaphore::new(available_parallelism().map_or(1, |cores| cores.get().saturating_sub(1).max(1))),
        }
    }
}

impl Gate {
    /// Whether this attempt may be made; else in how many seconds the next may.
    pub fn admit(&self, email: &str, peer: Option<IpAddr>) -> Result<(), u64> {
        let wait = |until: governor::NotUntil<_>| until.wait_time_from(self.clock.now()).as_secs() + 1;
        let account: String = email.to_lowercase().chars().take(254).collect();
        self.addresses.check_key(&peer).map_err(wait)?;
        self.accounts.check_key(&(account, peer)).map_err(wait)
    }

    /// Whether the password is the one that was hashed. It takes as long where there is no such user.
    pub async fn matches(&self, password: String, hash: Option<String>) -> Result<bool, Failure> {
        let _core = self.cores.acquire().await.map_err(|_| Failure::Internal)?;
        let compared = tokio::task::spawn_blocking(move || {
            let matched = password::password_matches(&password, hash.as_deref().unwrap_or_else(|| password::nobody()));
            matched && hash.is_some()
        });
        compared.await.map_err(|_| Failure::Internal)
    }

    /// Forgets who has not tried for long.
    pub fn forget(&self) {
        self.accounts.retain_recent();
        self.addresses.retain_recent();
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use axum::http::HeaderMap;

    use super::guesser;

    fn found(behind_proxy: bool, peer: &str, said: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for said in said {
            headers.append("x-forwarded-for", said.parse().unwrap());
        }
        guesser(behind_proxy, Some(peer.parse().unwrap()), &headers).as_ref().map(IpAddr::to_string)
    }

    #[test]
    fn the_proxy_alone_is_believed_and_only_what_it_says_itself() {
        let found = |behind_proxy, peer, said: &[&str]| found(behind_proxy, peer, said).unwrap();
        assert_eq!(found(true, "127.0.0.1:9", &["203.0.113.9, 192.0.2.1"]), "192.0.2.1");
        assert_eq!(found(true, "127.0.0.1:9", &["203.0.113.9", "192.0.2.1:443"]), "192.0.2.1");
        assert_eq!(found(true, "[::ffff:127.0.0.1]:9", &["::ffff:192.0.2.1"]), "192.0.2.1");
        assert_eq!(found(true, "127.0.0.1:9", &["192.0.2.1, unknown"]), "127.0.0.1");
        assert_eq!(found(true, "127.0.0.1:9", &[]), "127.0.0.1");
        assert_eq!(found(true, "198.51.100.7:9", &["192.0.2.1"]), "198.51.100.7", "no proxy of this machine");
        assert_eq!(found(false, "127.0.0.1:9", &["192.0.2.1"]), "127.0.0.1", "there is no proxy");
        assert_eq!(guesser(true, None, &HeaderMap::new()), None);
    }

    #[test]
    fn a_network_of_addresses_is_one_guesser() {
        assert_eq!(found(false, "[2001:db8:7:9::1]:9", &[]), found(true, "[::1]:9", &["2001:db8:7:9:ffff::2"]));
    }
}
