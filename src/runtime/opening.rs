//! A database that may not be there yet: the loop starts without it when the journal has what calls need.

use store::Db;
use tokio::sync::watch;

/// The database, now or as soon as somebody opened it.
#[derive(Clone, Debug)]
pub struct Opening(watch::Receiver<Option<Db>>);

impl From<Db> for Opening {
    fn from(db: Db) -> Self {
        Self(watch::channel(Some(db)).1)
    }
}

impl From<watch::Receiver<Option<Db>>> for Opening {
    fn from(opening: watch::Receiver<Option<Db>>) -> Self {
        Self(opening)
    }
}

impl Opening {
    /// The database, if it is there.
    pub(crate) fn now(&self) -> Option<Db> {
        self.0.borrow().clone()
    }

    /// Waits for the database. `None` when nobody opens it any more.
    pub(crate) async fn open(&mut self) -> Option<Db> {
        self.0.wait_for(Option::is_some).await.ok()?.clone()
    }
}
