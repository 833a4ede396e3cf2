//! Every part of the pages in every state.

use axum::extract::State;
use axum::response::Html;
use maud::Render;
use model::user::Role;
use views::gallery::Gallery;

use crate::frame::{Framed, signed_in};
use crate::guard::{Allowed, Permission};
use crate::site::Site;

/// May look at what pages are made of.
pub(crate) struct Look;

impl Permission for Look {
    const ROLES: &'static [Role] = &[Role::Admin];
}

/// The page.
pub(crate) async fn page(State(site): State<Site>, allowed: Allowed<Look>, Framed(frame): Framed) -> Html<String> {
    let gallery = Gallery { frame, who: signed_in(&allowed.user), at: site.app.runtime.now() };
    Html(gallery.render().into_string())
}
