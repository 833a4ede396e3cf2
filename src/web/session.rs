//! Who is signed in: the session's cookie, its lifetime and its user. What is kept is the hash of the cookie's value.

mod kept;

use model::user::User;
use model::{Span, Timestamp, UserId};
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, Session, SessionManagerLayer};

pub(crate) use kept::{Kept, key_of};

use crate::errors::Failure;
use crate::site::Site;

/// A session that is not used for this long is over.
const IDLE: Span = Span::from_secs(12 * 3600);

/// A session is over after this long, however much it is used.
const ABSOLUTE: Span = Span::from_secs(7 * 24 * 3600);

/// How often the use of a session is written down: often enough for `IDLE`, rarely enough for the disk.
const SEEN: Span = Span::from_secs(600);

/// The keys of a session's values.
const USER: &str = "user";
const BEGAN: &str = "began";
const SEEN_AT: &str = "seen";

/// The layer that reads and writes the cookie.
pub(crate) fn layer(site: &Site) -> SessionManagerLayer<Kept> {
    let secure = site.app.secure;
    // A browser takes a name that begins so only from this very host and over https (RFC 6265bis, 4.1.3.2).
    let name = if secure { "__Host-callsync" } else { "callsync" };
    SessionManagerLayer::new(Kept::new(&site.app))
        .with_name(name)
        .with_path("/")
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        // The cookie ends with the browser. When the session ends is said here: a stream that stays open keeps it in use,
        // but cannot renew a cookie.
        .with_expiry(Expiry::OnSessionEnd)
}

/// Signs the user in, under a new id: one that somebody planted before is worth nothing.
pub(crate) async fn begin(session: &Session, user: UserId, at: Timestamp) -> Result<(), Failure> {
    session.clear().await;
    session.cycle_id().await?;
    session.insert(USER, user).await?;
    session.insert(BEGAN, at).await?;
    session.insert(SEEN_AT, at).await?;
    Ok(())
}

/// Signs out: the session is forgotten here, and its cookie there.
pub(crate) async fn end(session: &Session) -> Result<(), Failure> {
    Ok(session.flush().await?)
}

/// The user of a session, as they are at this moment; `None` if nobody is signed in any more.
pub(crate) async fn user(session: &Session, site: &Site) -> Result<Option<User>, Failure> {
    let Some(id) = session.get::<UserId>(USER).await? else { return Ok(None) };
    let now = site.app.runtime.now();
    let seen = session.get::<Timestamp>(SEEN_AT).await?.unwrap_or_default();
    if now.since(seen) >= SEEN {
        session.insert(SEEN_AT, now).await?;
    }
    Ok(store::users::find(&site.app.db, id).await?)
}

/// Whether the session still stands, asked by a stream that outlives its request. A page that is being watched is in use.
pub(crate) async fn still_stands(id: tower_sessions::session::Id, site: &Site) -> Result<Option<User>, Failure> {
    let now = site.app.runtime.now();
    let key = key_of(id);
    let Some(mut kept) = store::sessions::load(&site.app.db, &key, now).await? else { return Ok(None) };
    let Some(user) = kept.user else { return Ok(None) };
    if now.since(kept.last_seen_at) >= SEEN {
        kept.last_seen_at = now;
        kept.expires_at = (now + IDLE).min(kept.created_at + ABSOLUTE);
        store::sessions::save(&site.app.db, &key, &kept).await?;
    }
    Ok(store::users::find(&site.app.db, user).await?)
}
