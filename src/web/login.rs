//! Signing in: e-mail and password, slowly for whoever guesses.

mod gate;

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Extension, Form, Query, State};
use axum::http::header::{HOST, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use maud::Render;
use model::Email;
use serde::Deserialize;
use tower_sessions::Session;
use views::Frame;
use views::login::{Login, Refusal};

pub(crate) use gate::{Gate, guesser};

use crate::errors::{Failure, redirect};
use crate::frame::Framed;
use crate::language::{escaped, own_path};
use crate::session;
use crate::site::Site;

/// Where to go after signing in.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Target {
    #[serde(default)]
    next: String,
}

/// What was typed.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// The empty form; whoever is signed in already goes on.
pub(crate) async fn page(
    State(site): State<Site>,
    Framed(frame): Framed,
    Query(target): Query<Target>,
    session: Session,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    if session::user(&session, &site).await?.is_some() {
        return Ok(redirect(own_path(&target.next)));
    }
    Ok(Attempt { frame, next: own_path(&target.next), email: "", exposed: exposed(&site, &headers) }.draw(None).into_response())
}

/// Signs somebody in, or says why not.
pub(crate) async fn sign_in(
    State(site): State<Site>,
    Framed(frame): Framed,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    session: Session,
    headers: HeaderMap,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let next = own_path(&typed.next);
    let attempt = Attempt { frame, next, email: typed.email.trim(), exposed: exposed(&site, &headers) };
    if attempt.email.is_empty() || typed.password.is_empty() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, attempt.draw(Some(Refusal::Empty))).into_response());
    }
    let peer = guesser(site.app.behind_proxy, peer.map(|Extension(ConnectInfo(address))| address), &headers);
    if let Err(seconds) = site.gate.admit(attempt.email, peer) {
        metrics::counter!("callsync_sign_ins_total", "result" => "too_many").increment(1);
        tracing::warn!(peer = peer.map(tracing::field::display), "somebody tries to sign in too often");
        let wait = [(RETRY_AFTER, HeaderValue::from(seconds))];
        return Ok((StatusCode::TOO_MANY_REQUESTS, wait, attempt.draw(Some(Refusal::TooMany(seconds)))).into_response());
    }
    let credentials = store::users::of_email(&site.app.db, &Email::new(attempt.email)).await?;
    let hash = credentials.as_ref().map(|credentials| credentials.password.0.clone());
    let matched = site.gate.matches(typed.password, hash).await?;
    let Some(user) = credentials.map(|credentials| credentials.user).filter(|_| matched) else {
        metrics::counter!("callsync_sign_ins_total", "result" => "wrong").increment(1);
        tracing::info!(peer = peer.map(tracing::field::display), "a sign-in was refused");
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, attempt.draw(Some(Refusal::Wrong))).into_response());
    };
    session::begin(&session, user.id, site.app.runtime.now()).await?;
    metrics::counter!("callsync_sign_ins_total", "result" => "done").increment(1);
    tracing::info!(user.id = %user.id, peer = peer.map(tracing::field::display), "signed in");
    Ok(redirect(next))
}

/// What the form shows.
struct Attempt<'a> {
    frame: Frame,
    next: &'a str,
    email: &'a str,
    exposed: bool,
}

impl Attempt<'_> {
    fn draw(&self, refusal: Option<Refusal>) -> Html<String> {
        let path = if self.next == "/" { "/login".to_owned() } else { format!("/login?next={}", escaped(self.next)) };
        let page = Login {
            frame: Frame { path, ..self.frame.clone() },
            email: self.email.to_owned(),
            next: self.next.to_owned(),
            refusal,
            exposed: self.exposed,
        };
        Html(page.render().into_string())
    }
}

/// Whether a password typed here travels readable: neither https, nor within this machine.
fn exposed(site: &Site, headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let here = name == "localhost" || name == "[::1]" || name.starts_with("127.");
    !site.app.secure && !here
}
