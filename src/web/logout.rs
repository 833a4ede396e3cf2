//! Signing out.

use axum::response::Response;
use tower_sessions::Session;

use crate::errors::{Failure, redirect};
use crate::session;

/// Ends the session, if there is one.
pub(crate) async fn sign_out(session: Session) -> Result<Response, Failure> {
    session::end(&session).await?;
    Ok(redirect("/login"))
}
