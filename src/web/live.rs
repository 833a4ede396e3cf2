//! Live: the page, and the stream that keeps it true.

mod board;
mod frame;
mod hub;
mod stream;

use axum::extract::State;
use axum::response::Html;
use maud::Render;
use model::user::Role;
use views::live::Live;

pub(crate) use board::Step;
pub(crate) use frame::{Message, Says};
pub(crate) use hub::{Hub, Joined};
pub(crate) use stream::stream;

use crate::errors::Failure;
use crate::frame::{Framed, signed_in};
use crate::guard::{Allowed, Permission};
use crate::site::Site;

/// May watch queues, agents and calls, all of them.
pub(crate) struct Watch;

impl Permission for Watch {
    const ROLES: &'static [Role] = &[Role::Supervisor, Role::Admin];
}

/// The page, as things stand.
pub(crate) async fn page(
    State(site): State<Site>,
    allowed: Allowed<Watch>,
    Framed(frame): Framed,
) -> Result<Html<String>, Failure> {
    let joined = site.hub.join().await?;
    let page =
        Live { frame, who: signed_in(&allowed.user), board: joined.whole.seen_by(allowed.viewer(), site.app.runtime.now()) };
    Ok(Html(page.render().into_string()))
}
