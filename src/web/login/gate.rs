//! How fast passwords may be guessed, and how many are compared at once.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::thread::available_parallelism;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use tokio::sync::Semaphore;

use crate::errors::Failure;
use crate::password;

/// Attempts on one account from one address: so many at once, then one in six seconds.
const PER_ACCOUNT: NonZeroU32 = NonZeroU32::new(10).expect("ten is not zero");

/// Attempts from one address on whatever account: an office behind one address signs in at nine.
const PER_ADDRESS: NonZeroU32 = NonZeroU32::new(300).expect("three hundred is not zero");

/// An account's name in lower case, and the address that asks.
type Guess = (String, Option<IpAddr>);

/// Stands before the comparing of passwords.
pub(crate) struct Gate {
    accounts: DefaultKeyedRateLimiter<Guess>,
    addresses: DefaultKeyedRateLimiter<Option<IpAddr>>,
    clock: DefaultClock,
    /// A comparison takes 19 MiB and a whole core.
    cores: Semaphore,
}

impl Default for Gate {
    fn default() -> Self {
        let per_account = Quota::per_minute(PER_ACCOUNT);
        let per_address = Quota::per_minute(PER_ADDRESS);
        Self {
            accounts: RateLimiter::keyed(per_account),
            addresses: RateLimiter::keyed(per_address),
            clock: DefaultClock::default(),
            cores: Semaphore::new(available_parallelism().map_or(1, usize::from)),
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
