//! Where people begin: whoever takes calls at their desk, all others on Live.

use axum::response::Response;
use model::user::Role;

use crate::errors::redirect;
use crate::guard::{Allowed, Permission};

/// Has signed in, and may do what everybody may.
pub(crate) struct Own;

impl Permission for Own {
    const ROLES: &'static [Role] = &[Role::Operator, Role::Supervisor, Role::Admin];
}

/// Leads to the page that a role begins with.
pub(crate) async fn start(allowed: Allowed<Own>) -> Response {
    redirect(match allowed.user.role {
        Role::Operator => "/desk",
        Role::Supervisor | Role::Admin => "/live",
    })
}
