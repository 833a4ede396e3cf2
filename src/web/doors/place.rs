//! The places there are, and how many of them one address may hold.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::network::subscriber;

/// All places. Whoever is not on this machine, as a proxy is, may hold half of them from one address: an office of some hundred
/// people may come from one, and nobody alone shuts everybody else out.
pub(super) struct Places {
    room: Arc<Semaphore>,
    held: Arc<Held>,
    from_one_address: usize,
}

/// How many places are held from each address.
#[derive(Debug, Default)]
struct Held(Mutex<HashMap<IpAddr, usize>>);

/// A place, free again when it is dropped.
pub(super) struct Place {
    _room: OwnedSemaphorePermit,
    held: Arc<Held>,
    address: IpAddr,
}

impl Places {
    /// So many places.
    pub fn new(most: usize) -> Self {
        Self { room: Arc::new(Semaphore::new(most)), held: Arc::default(), from_one_address: (most / 2).max(1) }
    }

    /// A place for somebody from this address, if there is one left for whoever has it.
    pub fn take(&self, address: IpAddr) -> Option<Place> {
        let address = subscriber(address);
        let room = Arc::clone(&self.room).try_acquire_owned().ok()?;
        let mut held = self.held.lock();
        let here = held.entry(address).or_default();
        if *here >= self.from_one_address && !address.is_loopback() {
            return None;
        }
        *here += 1;
        drop(held);
        Some(Place { _room: room, held: Arc::clone(&self.held), address })
    }
}

impl Held {
    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.held.lock();
        if let Some(here) = held.get_mut(&self.address) {
            *here -= 1;
            if *here == 0 {
                held.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Places;

    #[test]
    fn half_of_all_is_for_one_address_and_all_for_this_machine() {
        let places = Places::new(4);
        let take = |address: &str| places.take(address.parse().unwrap());
        let one = (take("192.0.2.1").unwrap(), take("::ffff:192.0.2.1").unwrap());
        assert!(take("192.0.2.1").is_none());
        let others = (take("192.0.2.2").unwrap(), take("192.0.2.3").unwrap());
        assert!(take("192.0.2.4").is_none(), "there are four");
        drop(one.0);
        assert!(take("192.0.2.1").is_some());
        drop((one.1, others));
        assert!(places.held.lock().is_empty());
        let own: Vec<_> = (0..4).filter_map(|_| take("127.0.0.1")).collect();
        assert_eq!(own.len(), 4);
    }
}
