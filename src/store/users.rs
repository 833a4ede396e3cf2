//! Those who sign in to the pages. Addresses are one user's whatever their case; passwords are kept as the hash that the
//! caller made.

use std::fmt;

use model::user::{Role, User};
use model::{Actor, AgentId, Email, PersonName, Timestamp, UserId};
use sqlx::types::Uuid;

use crate::audit::Change;
use crate::db::{Db, Tx};
use crate::error::Error;
use crate::{audit, text};

/// A password's hash, in the form that names its method and its salt.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

/// Hides the hash: it can be attacked offline.
impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// A user, and what their password is compared with.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The user.
    pub user: User,
    /// The hash of their password.
    pub password: PasswordHash,
}

/// A user who is to be.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// What they sign in with.
    pub email: Email,
    /// Their name.
    pub name: PersonName,
    /// What they may do.
    pub role: Role,
    /// The agent whom they are, if they take calls.
    pub agent: Option<AgentId>,
}

statements! {
    OF_EMAIL = "
        SELECT id, email, name, role, agent_id, password_hash
        FROM users
        WHERE email_key = $1";
    OF_ID = "
        SELECT id, email, name, role, agent_id, password_hash
        FROM users
        WHERE id = $1";
    ALL_BY_EMAIL = "
        SELECT id, email, name, role, agent_id, password_hash
        FROM users
        ORDER BY email_key";
    CREATE = "
        INSERT INTO users (id, email, email_key, name, role, agent_id, password_hash, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    UPDATE = "
        UPDATE users
        SET email = $2, email_key = $3, name = $4, role = $5, agent_id = $6
        WHERE id = $1";
    SET_PASSWORD = "
        UPDATE users
        SET password_hash = $2
        WHERE id = $1";
    END_SESSIONS = "DELETE FROM sessions WHERE user_id = $1";
}

row! {
    struct UserRow {
        id: Uuid,
        email: String,
        name: String,
        role: String,
        agent_id: Option<Uuid>,
        password_hash: String,
    }
}

/// The user who signs in with this address, in whatever case it was typed.
///
/// # Errors
/// When the database does not answer.
pub async fn of_email(db: &Db, email: &Email) -> Result<Option<Credentials>, Error> {
    let key = key(email);
    let asked = async { Ok(on!(db.read(), c => sqlx::query_as(OF_EMAIL).bind(key).fetch_optional(c).await)?) };
    let row: Option<UserRow> = db.reading(asked).await?;
    row.map(UserRow::read).transpose()
}

/// The user of that id.
///
/// # Errors
/// When the database does not answer.
pub async fn find(db: &Db, id: UserId) -> Result<Option<User>, Error> {
    let asked = async { Ok(on!(db.read(), c => sqlx::query_as(OF_ID).bind(id.0).fetch_optional(c).await)?) };
    let row: Option<UserRow> = db.reading(asked).await?;
    Ok(row.map(UserRow::read).transpose()?.map(|credentials| credentials.user))
}

/// All users, by address.
///
/// # Errors
/// When the database does not answer.
pub async fn list(db: &Db) -> Result<Vec<User>, Error> {
    let asked = async { Ok(on!(db.read(), c => sqlx::query_as(ALL_BY_EMAIL).fetch_all(c).await)?) };
    let rows: Vec<UserRow> = db.reading(asked).await?;
    rows.into_iter().map(|row| row.read().map(|credentials| credentials.user)).collect()
}

/// Adds a user.
///
/// # Errors
/// [`Error::EmailTaken`]; [`Error::Refused`] for a value that cannot be kept; or the database does not answer.
pub async fn create(db: &Db, by: &Actor, at: Timestamp, new: NewUser, password: &PasswordHash) -> Result<User, Error> {
    db.writing(async {
        let mut tx = db.write().await?;
        let user = create_within(&mut tx, by, at, new, password).await?;
        tx.commit().await?;
        Ok(user)
    })
    .await
}

/// Changes the user of that id to be as given; `None` if there is none.
///
/// # Errors
/// As for [`create`].
pub async fn update(db: &Db, by: &Actor, at: Timestamp, user: &User) -> Result<Option<User>, Error> {
    db.writing(async {
        let mut tx = db.write().await?;
        let row: Option<UserRow> = on!(tx.connection(), c => sqlx::query_as(OF_ID).bind(user.id.0).fetch_optional(c).await)?;
        let Some(row) = row else { return Ok(None) };
        let (user, _) = update_within(&mut tx, by, at, &row.read()?.user, user).await?;
        tx.commit().await?;
        Ok(Some(user))
    })
    .await
}

/// Sets the user's password and ends their sessions: whoever knew the old one is out. Says whether there is such a user.
///
/// # Errors
/// When the database does not answer.
pub async fn set_password(db: &Db, by: &Actor, at: Timestamp, id: UserId, password: &PasswordHash) -> Result<bool, Error> {
    db.writing(async {
        let mut tx = db.write().await?;
        let known = set_password_within(&mut tx, by, at, id, password).await?;
        tx.commit().await?;
        Ok(known)
    })
    .await
}

pub(crate) async fn of_email_within(tx: &mut Tx, email: &Email) -> Result<Option<Credentials>, Error> {
    let row: Option<UserRow> = on!(tx.connection(), c => sqlx::query_as(OF_EMAIL).bind(key(email)).fetch_optional(c).await)?;
    row.map(UserRow::read).transpose()
}

pub(crate) async fn create_within(
    tx: &mut Tx,
    by: &Actor,
    at: Timestamp,
    new: NewUser,
    password: &PasswordHash,
) -> Result<User, Error> {
    let NewUser { email, name, role, agent } = new;
    let user = storable(&User { id: UserId(audit::new_id(at)), email, name, role, agent })?;
    on!(tx.connection(), c => sqlx::query(CREATE)
        .bind(user.id.0)
        .bind(user.email.expose())
        .bind(key(&user.email))
        .bind(user.name.expose())
        .bind(user.role.name())
        .bind(user.agent.map(|agent| agent.0))
        .bind(&password.0)
        .bind(at.as_ms())
        .execute(c)
        .await
        .map(|_| ()))
    .map_err(in_words)?;
    if let Some(change) = Change::between("user", user.id.0, None, Some(&user)) {
        audit::append(tx, by, at, &change).await?;
    }
    Ok(user)
}

/// Also says whether anything changed.
pub(crate) async fn update_within(
    tx: &mut Tx,
    by: &Actor,
    at: Timestamp,
    was: &User,
    user: &User,
) -> Result<(User, bool), Error> {
    let user = storable(user)?;
    let Some(change) = Change::between("user", user.id.0, Some(was), Some(&user)) else { return Ok((user, false)) };
    on!(tx.connection(), c => sqlx::query(UPDATE)
        .bind(user.id.0)
        .bind(user.email.expose())
        .bind(key(&user.email))
        .bind(user.name.expose())
        .bind(user.role.name())
        .bind(user.agent.map(|agent| agent.0))
        .execute(c)
        .await
        .map(|_| ()))
    .map_err(in_words)?;
    audit::append(tx, by, at, &change).await?;
    Ok((user, true))
}

pub(crate) async fn set_password_within(
    tx: &mut Tx,
    by: &Actor,
    at: Timestamp,
    id: UserId,
    password: &PasswordHash,
) -> Result<bool, Error> {
    let set = on!(tx.connection(), c =>
        sqlx::query(SET_PASSWORD).bind(id.0).bind(&password.0).execute(c).await.map(|done| done.rows_affected()))?;
    if set == 0 {
        return Ok(false);
    }
    on!(tx.connection(), c => sqlx::query(END_SESSIONS).bind(id.0).execute(c).await.map(|_| ()))?;
    audit::append(tx, by, at, &Change::secret("password_set", "user", id.0)).await?;
    Ok(true)
}

/// What two spellings of one address have in common. Folded here: the databases fold only their own alphabets.
fn key(email: &Email) -> String {
    text::clean(email.expose().trim()).to_lowercase()
}

/// The longest address that mail can have (RFC 5321, 4.5.3.1.3, less the angle brackets), and a generous name.
const EMAIL: usize = 254;
const NAME: usize = 120;

fn storable(user: &User) -> Result<User, Error> {
    let email = text::entered("the e-mail address", user.email.expose(), EMAIL)?;
    let parts = email.split_once('@').filter(|(local, domain)| !local.is_empty() && !domain.is_empty());
    if parts.is_none() || email.contains(char::is_whitespace) {
        return Err(Error::refused("the e-mail address", "must have the form name@domain"));
    }
    let name = text::entered("the user's name", user.name.expose(), NAME)?;
    Ok(User { email: Email::new(email), name: PersonName::new(name), ..user.clone() })
}

fn in_words(error: sqlx::Error) -> Error {
    match error.as_database_error() {
        Some(refusal) if refusal.is_unique_violation() => Error::EmailTaken,
        Some(refusal) if refusal.is_foreign_key_violation() => Error::refused("the user's agent", "does not exist"),
        Some(_) | None => error.into(),
    }
}

impl UserRow {
    fn read(self) -> Result<Credentials, Error> {
        let role = Role::named(&self.role).ok_or_else(|| Error::unreadable("users", format!("role {:?}", self.role)))?;
        let user = User {
            id: UserId(self.id),
            email: Email::new(self.email),
            name: PersonName::new(self.name),
            role,
            agent: self.agent_id.map(AgentId),
        };
        Ok(Credentials { user, password: PasswordHash(self.password_hash) })
    }
}
