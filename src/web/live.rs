//! Live: the page, and the stream that keeps it true.

mod board;
mod frame;
mod hub;
mod stream;

use axum::extract::State;
use axum::response::{Html, Response};
use maud::Render;
use model::Viewer;
use model::user::Role;
use views::live::Live;
use views::{Frame, SignedIn};

pub(crate) use hub::Hub;
pub(crate) use stream::stream;

use crate::errors::{Failure, redirect};
use crate::guard::{Allowed, Permission};
use crate::language::Language;
use crate::site::Site;

/// May watch queues, agents and calls. Everybody may who has signed in: it is the one page that there is to land on.
pub(crate) struct Watch;

impl Permission for Watch {
    const ROLES: &'static [Role] = &[Role::Operator, Role::Supervisor, Role::Admin];
}

/// The page that each role begins with.
pub(crate) async fn start(_: Allowed<Watch>) -> Response {
    redirect("/live")
}

/// The page, as things stand.
pub(crate) async fn page(
    State(site): State<Site>,
    allowed: Allowed<Watch>,
    Language(lang): Language,
) -> Result<Html<String>, Failure> {
    let joined = site.hub.join().await?;
    let page = Live {
        frame: Frame { lang, path: "/live".to_owned() },
        who: SignedIn { name: Viewer::Whole.show(&allowed.user.name), role: allowed.user.role },
        board: joined.whole.seen_by(allowed.viewer(), site.app.runtime.now()),
    };
    Ok(Html(page.render().into_string()))
}
