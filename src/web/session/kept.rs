//! The sessions of tower-sessions, kept in our store.

use std::fmt;

use async_trait::async_trait;
use model::{Timestamp, UserId};
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::sessions::{self, SessionKey};
use tower_sessions::SessionStore;
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

use super::{ABSOLUTE, BEGAN, IDLE, USER};
use crate::site::App;

/// The store of sessions.
#[derive(Clone)]
pub(crate) struct Kept {
    db: store::Db,
    runtime: runtime::Handle,
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept")
    }
}

/// What a session is kept under.
pub(crate) fn key_of(id: Id) -> SessionKey {
    SessionKey(Sha256::digest(id.0.to_le_bytes()).into())
}

impl Kept {
    pub fn new(app: &App) -> Self {
        Self { db: app.db.clone(), runtime: app.runtime.clone() }
    }

    /// The record as it is kept. Its end is ours to say: the idle time from now on, but never beyond the absolute one.
    fn kept(&self, record: &Record) -> Result<sessions::Session> {
        let now = self.runtime.now();
        let began = value::<Timestamp>(record, BEGAN).unwrap_or(now);
        Ok(sessions::Session {
            user: value::<UserId>(record, USER),
            data: serde_json::to_vec(&record.data).map_err(|error| Error::Encode(error.to_string()))?,
            created_at: began,
            last_seen_at: now,
            expires_at: (now + IDLE).min(began + ABSOLUTE),
        })
    }
}

fn value<T: serde::de::DeserializeOwned>(record: &Record, key: &str) -> Option<T> {
    record.data.get(key).cloned().and_then(|value: Value| serde_json::from_value(value).ok())
}

#[async_trait]
impl SessionStore for Kept {
    async fn create(&self, record: &mut Record) -> Result<()> {
        while !sessions::create(&self.db, &key_of(record.id), &self.kept(record)?).await.map_err(|error| backend(&error))? {
            record.id = Id::default();
        }
        Ok(())
    }

    /// A session that was ended elsewhere stays ended, though a request of it was under way.
    async fn save(&self, record: &Record) -> Result<()> {
        sessions::save(&self.db, &key_of(record.id), &self.kept(record)?).await.map_err(|error| backend(&error))?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let kept = sessions::load(&self.db, &key_of(*id), self.runtime.now()).await.map_err(|error| backend(&error))?;
        kept.map(|kept| read(*id, &kept)).transpose()
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        sessions::delete(&self.db, &key_of(*id)).await.map_err(|error| backend(&error))
    }
}

fn read(id: Id, kept: &sessions::Session) -> Result<Record> {
    let ends = OffsetDateTime::from_unix_timestamp_nanos(i128::from(kept.expires_at.as_ms()) * 1_000_000);
    Ok(Record {
        id,
        data: serde_json::from_slice(&kept.data).map_err(|error| Error::Decode(error.to_string()))?,
        expiry_date: ends.map_err(|error| Error::Decode(error.to_string()))?,
    })
}

fn backend(error: &store::Error) -> Error {
    Error::Backend(error.to_string())
}
