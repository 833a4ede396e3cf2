//! What is the user's own: how pages look to them, their password, where they are signed in.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Extension, Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use maud::Render;
use model::user::User;
use model::{Actor, Viewer};
use serde::Deserialize;
use store::users::PasswordHash;
use tower_sessions::Session;
use views::account::{self, Account, Asked};

use crate::errors::{Failure, redirect};
use crate::frame::{Framed, signed_in};
use crate::guard::Allowed;
use crate::login::guesser;
use crate::password::{self, hash_password};
use crate::session;
use crate::site::Site;
use crate::start::Own;

/// A new password has at least so many characters (NIST SP 800-63B asks for eight).
const SHORTEST: usize = 10;

/// What has just been done, as the page's own address says it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Said {
    #[serde(default)]
    changed: bool,
}

/// What was typed.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    current: String,
    #[serde(default)]
    new: String,
}

/// The page.
pub(crate) async fn page(
    State(site): State<Site>,
    allowed: Allowed<Own>,
    Framed(frame): Framed,
    Query(said): Query<Said>,
    session: Session,
) -> Result<Html<String>, Failure> {
    draw(&site, &allowed.user, frame, &session, said.changed.then_some(Asked::Changed)).await
}

async fn draw(
    site: &Site,
    user: &User,
    frame: views::Frame,
    session: &Session,
    password: Option<Asked>,
) -> Result<Html<String>, Failure> {
    let here = session.id().map(session::key_of);
    let sessions = store::sessions::of_user(&site.app.db, user.id, site.app.runtime.now()).await?;
    let sessions = sessions.into_iter().map(|standing| account::Session {
        began: standing.created_at,
        seen: standing.last_seen_at,
        here: Some(standing.key) == here,
    });
    let who = signed_in(user);
    let page = Account { frame, who, email: Viewer::Whole.show(&user.email), sessions: sessions.collect(), password };
    Ok(Html(page.render().into_string()))
}

/// Sets a new password for whoever knows the present one; they stay signed in here and nowhere else.
pub(crate) async fn change_password(
    State(site): State<Site>,
    allowed: Allowed<Own>,
    Framed(frame): Framed,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    (session, headers): (Session, HeaderMap),
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let user = allowed.user;
    let peer = guesser(site.app.behind_proxy, peer.map(|Extension(ConnectInfo(address))| address), &headers);
    let email = Viewer::Whole.show(&user.email).to_string();
    if let Some(wrong) = wrong(&site, &email, peer, &typed).await? {
        let page = draw(&site, &user, frame, &session, Some(wrong)).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let hash = tokio::task::spawn_blocking(move || hash_password(&typed.new)).await.map_err(|_| Failure::Internal)?;
    let hash = PasswordHash(hash.map_err(|_| Failure::Internal)?);
    let now = site.app.runtime.now();
    store::users::set_password(&site.app.db, &Actor::User(user.id), now, user.id, &hash).await?;
    // All sessions have ended with the old password, this one too.
    session::begin(&session, user.id, now).await?;
    tracing::info!(user.id = %user.id, "a password was changed");
    Ok(redirect("/account?changed=true"))
}

/// What is wrong with what was typed. The present password is asked for as at the door: slowly for whoever guesses.
async fn wrong(site: &Site, email: &str, peer: Option<std::net::IpAddr>, typed: &Typed) -> Result<Option<Asked>, Failure> {
    if typed.new.chars().count() < SHORTEST {
        return Ok(Some(Asked::Short(u32::try_from(SHORTEST).unwrap_or(u32::MAX))));
    }
    if typed.new.len() > password::LONGEST {
        return Ok(Some(Asked::Long));
    }
    if site.gate.admit(email, peer).is_err() {
        return Ok(Some(Asked::TooMany));
    }
    let credentials = store::users::of_email(&site.app.db, &model::Email::new(email)).await?;
    let hash = credentials.map(|credentials| credentials.password.0);
    let matched = site.gate.matches(typed.current.clone(), hash).await?;
    Ok((!matched).then_some(Asked::Wrong))
}

/// Ends all sessions of the user, this one too.
pub(crate) async fn sign_out_everywhere(
    State(site): State<Site>,
    allowed: Allowed<Own>,
    session: Session,
) -> Result<Response, Failure> {
    let (user, now) = (allowed.user.id, site.app.runtime.now());
    let ended = store::sessions::delete_of_user(&site.app.db, &Actor::User(user), now, user).await?;
    session::end(&session).await?;
    tracing::info!(user.id = %user, ended, "signed out everywhere");
    Ok(redirect("/login"))
}
