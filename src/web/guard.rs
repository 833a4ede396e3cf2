//! Who may use an endpoint. The guard stands before the handler, by the list in `routes.rs`; a handler that needs a user
//! names the permission in its arguments as [`Allowed`], so that neither works without the other.

use std::marker::PhantomData;
use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::Method;
use axum::http::header::{ACCEPT, AUTHORIZATION, FORWARDED};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use model::Viewer;
use model::user::{Role, User};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tower_sessions::Session;

use crate::errors::Failure;
use crate::session;
use crate::site::{App, Site};

/// What somebody may do.
pub(crate) trait Permission: Send + Sync + 'static {
    /// The roles that have it.
    const ROLES: &'static [Role];
}

/// Who may use an endpoint.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Access {
    /// Everybody.
    Anybody,
    /// Whoever is signed in with one of these roles.
    Roles(&'static [Role]),
    /// Programs on this machine or with the token, and whoever is signed in with one of these roles.
    ProgramOr(&'static [Role]),
}

/// Lets a request through to its handler, or not.
pub(crate) async fn stand(
    State((site, access)): State<(Site, Access)>,
    mut request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let roles = match access {
        Access::Anybody => return Ok(next.run(request).await),
        Access::ProgramOr(_) if is_program(&site.app, &request) => return Ok(next.run(request).await),
        Access::Roles(roles) | Access::ProgramOr(roles) => roles,
    };
    let session = request.extensions().get::<Session>().cloned().ok_or(Failure::Internal)?;
    let user = session::user(&session, &site).await.inspect_err(|_| site.desks.turn_deaf())?;
    let Some(user) = user else {
        return Err(signed_out(&request));
    };
    if !roles.contains(&user.role) {
        return Err(Failure::Forbidden);
    }
    request.extensions_mut().insert(SignedInUser(user));
    Ok(next.run(request).await)
}

/// A person is led to the login page and back; a script or a stream is told.
fn signed_out(request: &Request) -> Failure {
    let page = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok());
    let wants_page = page.is_some_and(|accept| accept.contains("text/html") && !accept.contains("text/event-stream"));
    if request.method() == Method::GET && wants_page {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        return Failure::SignIn { next: path.to_owned() };
    }
    Failure::SignedOut
}

/// Whether a program asks that may: one that shows the token, or one on this machine. Behind https there is a proxy, which
/// is on this machine for everybody and need not say for whom it asks: there the token alone counts.
fn is_program(app: &App, request: &Request) -> bool {
    let shown = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let known = app.metrics_token.as_ref().map(SecretString::expose_secret).filter(|token| !token.is_empty());
    let has_token = shown.zip(known).is_some_and(|(shown, known)| same(shown.trim(), known));
    has_token || (!app.secure && is_local(request))
}

/// Whether two secrets are the same, in a time that tells nothing about where they differ.
fn same(one: &str, other: &str) -> bool {
    let (one, other) = (Sha256::digest(one), Sha256::digest(other));
    one.iter().zip(&other).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

/// Whether a program on this machine asks, and not a proxy on it that says it asks for somebody else.
fn is_local(request: &Request) -> bool {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let passed_on = request.headers().contains_key("x-forwarded-for") || request.headers().contains_key(FORWARDED);
    peer.is_some_and(|ConnectInfo(address)| address.ip().is_loopback()) && !passed_on
}

#[derive(Clone)]
struct SignedInUser(User);

/// A signed-in user who has the permission.
#[derive(Debug)]
pub(crate) struct Allowed<P> {
    pub user: User,
    permission: PhantomData<P>,
}

impl<P> Allowed<P> {
    /// How much of a caller this user may see: those who take calls see numbers masked, but for their own call's.
    pub const fn viewer(&self) -> Viewer {
        viewer(self.user.role)
    }
}

pub(crate) const fn viewer(role: Role) -> Viewer {
    match role {
        Role::Operator => Viewer::Masked,
        Role::Supervisor | Role::Admin => Viewer::Whole,
    }
}

impl<P: Permission> FromRequestParts<Site> for Allowed<P> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &Site) -> Result<Self, Failure> {
        let SignedInUser(user) = parts.extensions.get().cloned().ok_or(Failure::SignedOut)?;
        if !P::ROLES.contains(&user.role) {
            return Err(Failure::Forbidden);
        }
        Ok(Self { user, permission: PhantomData })
    }
}
