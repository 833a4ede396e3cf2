//! The agent takes more time to finish the last call.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use runtime::Ask;
use views::desk::EXTENSION;

use super::{Work, order};
use crate::errors::Failure;
use crate::guard::Allowed;
use crate::site::Site;

/// Asks for it.
pub(crate) async fn wrap_up(State(site): State<Site>, allowed: Allowed<Work>, headers: HeaderMap) -> Result<Response, Failure> {
    order::ask(&site, &allowed, Ask::ExtendWrapUp(EXTENSION), "wrap_up_extended").await?;
    Ok(order::taken(&headers))
}
