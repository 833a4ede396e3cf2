//! How long the adapter waits for what Asterisk does in a millisecond or two, before the call goes on without it.

use std::time::Duration;

/// The default is for callers; whoever looks at something else than these moments may wait longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For the first answer over the event socket: an Asterisk that takes no requests there says nothing to them.
    pub first_answer: Duration,
    /// When an order to ring a phone had to wait longer than this, it is looked whether the phone is still free, whoever may
    /// ring it.
    pub fresh: Duration,
    /// Until a phone is held back from Asterisk's own queues.
    pub hold: Duration,
    /// How long a phone is held back from those queues: by then it rings for us, which keeps them from it, or rings for nobody.
    /// Not longer than must be: if the program died meanwhile, they would not ring it until the program is back.
    pub held: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            first_answer: Duration::from_millis(500),
            fresh: Duration::from_millis(100),
            hold: Duration::from_millis(300),
            held: Duration::from_secs(1),
        }
    }
}
