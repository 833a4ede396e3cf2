//! The thread that calls live on.
//!
//! What an agent's BYE leads to goes from the event socket to the loop, and back to the socket as an order. On one thread of its
//! own each of these steps finds the next one awake, and no page that is rendered and no book that is written stands in its way.
//! Among the workers that do those it would have to be woken for each, and on a busy machine every waking waits for a processor.

use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::Failure;

/// The thread; it ends when this is dropped, and what still runs on it with it.
pub struct Calls {
    /// What runs there.
    pub executor: Handle,
    _ends_when_dropped: oneshot::Sender<()>,
}

impl Calls {
    /// Starts it.
    pub fn start() -> Result<Self, Failure> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let executor = runtime.handle().clone();
        let (alive, ended) = oneshot::channel();
        thread::Builder::new().name("calls".to_owned()).spawn(move || {
            // Nothing is ever sent: the other end is dropped.
            let _ = runtime.block_on(ended);
        })?;
        Ok(Self { executor, _ends_when_dropped: alive })
    }
}
