//! Where what stands at the side goes: into the panel of a page that is there, or into a page around it.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};
use maud::Render;
use views::Frame;
use views::live::panel::Fragment;
use views::live::{Choice, Side};

use super::whole;
use crate::errors::{Failure, redirect};
use crate::frame;
use crate::guard::Allowed;
use crate::site::Site;

/// Who asks: a page that is there, or a browser that has none.
pub(crate) struct Asking {
    frame: Frame,
    by_page: bool,
}

impl FromRequestParts<Site> for Asking {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Self::Rejection> {
        Ok(Self { frame: frame::of(site, &parts.headers, "/live"), by_page: parts.headers.contains_key("hx-request") })
    }
}

impl Asking {
    /// Shows what was asked for; a browser without a page is led to the one that has it.
    pub fn show(self, side: Side) -> Response {
        if self.by_page { self.fragment(side) } else { redirect(&path(&side)) }
    }

    /// Shows what came of an order; a browser without a page is given one, since it could not be told again.
    pub async fn tell<P>(self, site: &Site, allowed: &Allowed<P>, side: Side) -> Result<Response, Failure> {
        if self.by_page {
            return Ok(self.fragment(side));
        }
        let frame = Frame { path: path(&side), ..self.frame };
        Ok(whole(site, allowed, frame, Choice::default(), Some(side)).await?.into_response())
    }

    fn fragment(self, side: Side) -> Response {
        Html(Fragment { lang: self.frame.lang, side }.render().into_string()).into_response()
    }
}

/// The page with this at its side.
fn path(side: &Side) -> String {
    match side {
        Side::Call(call) => format!("/live?call={}", call.id),
        Side::Agent(agent) => format!("/live?agent={}", agent.id),
    }
}
