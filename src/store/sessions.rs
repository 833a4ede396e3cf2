//! Who is signed in where. The id of a session never comes here, only its SHA-256: whoever reads the table cannot use it.

use std::fmt;

use model::{Actor, Timestamp, UserId};
use sqlx::types::Uuid;

use crate::audit::{self, Change};
use crate::db::Db;
use crate::error::Error;

/// The SHA-256 of a session's id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionKey(pub [u8; 32]);

/// Shows enough to tell two apart in a log.
impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionKey({:02x}{:02x}…)", self.0[0], self.0[1])
    }
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who is signed in; nobody yet while somebody is signing in.
    pub user: Option<UserId>,
    /// What the pages remember for the session, in a form of their own.
    pub data: Vec<u8>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_seen_at: Timestamp,
    /// From when on it counts as gone.
    pub expires_at: Timestamp,
}

statements! {
    CREATE = "
        INSERT INTO sessions (id_hash, user_id, data, created_at, last_seen_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (id_hash) DO NOTHING";
    LOAD = "
        SELECT user_id, data, created_at, last_seen_at, expires_at
        FROM sessions
        WHERE id_hash = $1 AND expires_at > $2";
    SAVE = "
        UPDATE sessions
        SET user_id = $2, data = $3, last_seen_at = $4, expires_at = $5
        WHERE id_hash = $1";
    DELETE = "DELETE FROM sessions WHERE id_hash = $1";
    OF_USER = "
        SELECT id_hash, created_at, last_seen_at
        FROM sessions
        WHERE user_id = $1 AND expires_at > $2
        ORDER BY last_seen_at DESC, id_hash";
    DELETE_OF_USER = "DELETE FROM sessions WHERE user_id = $1";
    DELETE_EXPIRED = "DELETE FROM sessions WHERE expires_at <= $1";
}

row! {
    struct SessionRow {
        user_id: Option<Uuid>,
        data: Vec<u8>,
        created_at: i64,
        last_seen_at: i64,
        expires_at: i64,
    }
}

row! {
    struct StandingRow {
        id_hash: Vec<u8>,
        created_at: i64,
        last_seen_at: i64,
    }
}

/// A session of a user, as they may look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its key.
    pub key: SessionKey,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, by some minutes.
    pub last_seen_at: Timestamp,
}

/// Begins a session. False when another has this key: choose another id.
///
/// # Errors
/// When the database does not answer.
pub async fn create(db: &Db, key: &SessionKey, session: &Session) -> Result<bool, Error> {
    db.writing(async {
        let mut tx = db.write().await?;
        let made = on!(tx.connection(), c => sqlx::query(CREATE)
            .bind(key.0.as_slice())
            .bind(session.user.map(|user| user.0))
            .bind(session.data.as_slice())
            .bind(session.created_at.as_ms())
            .bind(session.last_seen_at.as_ms())
            .bind(session.expires_at.as_ms())
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        tx.commit().await?;
        Ok(made == 1)
    })
    .await
}

/// The session of this key, unless it has expired.
///
/// # Errors
/// When the database does not answer.
pub async fn load(db: &Db, key: &SessionKey, at: Timestamp) -> Result<Option<Session>, Error> {
    let (key, at) = (key.0.as_slice(), at.as_ms());
    let asked = async { Ok(on!(db.read(), c => sqlx::query_as(LOAD).bind(key).bind(at).fetch_optional(c).await)?) };
    let row: Option<SessionRow> = db.reading(asked).await?;
    Ok(row.map(SessionRow::read))
}

/// Writes a session that has begun; when it began stays as it is. False when it is not there: a session that was ended
/// elsewhere does not come back to life because a request was under way.
///
/// # Errors
/// When the database does not answer.
pub async fn save(db: &Db, key: &SessionKey, session: &Session) -> Result<bool, Error> {
    db.writing(async {
        let mut tx = db.write().await?;
        let saved = on!(tx.connection(), c => sqlx::query(SAVE)
            .bind(key.0.as_slice())
            .bind(session.user.map(|user| user.0))
            .bind(session.data.as_slice())
            .bind(session.last_seen_at.as_ms())
            .bind(session.expires_at.as_ms())
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        tx.commit().await?;
        Ok(saved == 1)
    })
    .await
}

/// Ends a session. One that is not there counts as ended.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(db: &Db, key: &SessionKey) -> Result<(), Error> {
    db.writing(async {
        let mut tx = db.write().await?;
        on!(tx.connection(), c => sqlx::query(DELETE).bind(key.0.as_slice()).execute(c).await.map(|_| ()))?;
        tx.commit().await
    })
    .await
}

/// The sessions of a user that have not expired, the last used first.
///
/// # Errors
/// When the database does not answer.
pub async fn of_user(db: &Db, user: UserId, at: Timestamp) -> Result<Vec<Standing>, Error> {
    let asked = async { Ok(on!(db.read(), c => sqlx::query_as(OF_USER).bind(user.0).bind(at.as_ms()).fetch_all(c).await)?) };
    let rows: Vec<StandingRow> = db.reading(asked).await?;
    rows.into_iter().map(StandingRow::read).collect()
}

/// Ends all sessions of a user. Says how many there were.
///
/// # Errors
/// When the database does not answer.
pub async fn delete_of_user(db: &Db, by: &Actor, at: Timestamp, user: UserId) -> Result<u64, Error> {
    db.writing(async {
        let mut tx = db.write().await?;
        let ended = on!(tx.connection(), c =>
            sqlx::query(DELETE_OF_USER).bind(user.0).execute(c).await.map(|done| done.rows_affected()))?;
        if ended > 0 {
            audit::append(&mut tx, by, at, &Change::secret("signed_out_everywhere", "user", user.0)).await?;
        }
        tx.commit().await?;
        Ok(ended)
    })
    .await
}

/// Removes the sessions that have expired. Says how many there were.
///
/// # Errors
/// When the database does not answer.
pub async fn delete_expired(db: &Db, at: Timestamp) -> Result<u64, Error> {
    db.writing(async {
        let mut tx = db.write().await?;
        let gone = on!(tx.connection(), c =>
            sqlx::query(DELETE_EXPIRED).bind(at.as_ms()).execute(c).await.map(|done| done.rows_affected()))?;
        tx.commit().await?;
        Ok(gone)
    })
    .await
}

impl SessionRow {
    fn read(self) -> Session {
        Session {
            user: self.user_id.map(UserId),
            data: self.data,
            created_at: Timestamp::from_ms(self.created_at),
            last_seen_at: Timestamp::from_ms(self.last_seen_at),
            expires_at: Timestamp::from_ms(self.expires_at),
        }
    }
}

impl StandingRow {
    fn read(self) -> Result<Standing, Error> {
        let key = self.id_hash.try_into().map_err(|_| Error::unreadable("sessions", "a key of another length".to_owned()))?;
        Ok(Standing {
            key: SessionKey(key),
            created_at: Timestamp::from_ms(self.created_at),
            last_seen_at: Timestamp::from_ms(self.last_seen_at),
        })
    }
}
