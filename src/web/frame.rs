//! What every page of a request stands in.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use model::Viewer;
use model::user::User;
use views::{Frame, SignedIn};

use crate::site::Site;
use crate::{language, theme};

/// The frame of the page that a request asks for, as an argument of a handler.
#[derive(Clone, Debug)]
pub(crate) struct Framed(pub Frame);

impl FromRequestParts<Site> for Framed {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Self::Rejection> {
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        Ok(Self(of(site, &parts.headers, path)))
    }
}

/// The frame of the page at that path.
pub(crate) fn of(site: &Site, headers: &HeaderMap, path: &str) -> Frame {
    let zone = site.app.zone.clone();
    Frame { lang: language::of(headers), theme: theme::of(headers), zone, path: path.to_owned() }
}

/// Who is signed in, as the frame shows them: their own name they see whole.
pub(crate) fn signed_in(user: &User) -> SignedIn {
    SignedIn { name: Viewer::Whole.show(&user.name), role: user.role, agent: user.agent.is_some() }
}
