//! Live: the page, the stream that keeps it true, and what stands at its side.

pub(crate) mod agent;
mod answer;
mod board;
pub(crate) mod call;
mod frame;
mod hub;
mod side;
mod stream;

use axum::extract::{Query, State};
use axum::response::Html;
use maud::Render;
use model::user::Role;
use views::Frame;
use views::live::{Choice, Live, Side};

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

/// May give orders on any call, and on any agent.
pub(crate) struct Order;

impl Permission for Order {
    const ROLES: &'static [Role] = &[Role::Supervisor, Role::Admin];
}

/// What a page's URL says besides its path; a name may stand there more than once.
pub(crate) type Asked = Query<Vec<(String, String)>>;

/// The page, as things stand, with what the URL picks and opens.
pub(crate) async fn page(
    State(site): State<Site>,
    allowed: Allowed<Watch>,
    Framed(frame): Framed,
    Query(query): Asked,
) -> Result<Html<String>, Failure> {
    let choice = Choice::of(query.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let side = side::named(&site, allowed.viewer(), &query).await?;
    whole(&site, &allowed, frame, choice, side).await
}

/// The whole page.
async fn whole<P>(
    site: &Site,
    allowed: &Allowed<P>,
    frame: Frame,
    choice: Choice,
    side: Option<Side>,
) -> Result<Html<String>, Failure> {
    let joined = site.hub.join().await?;
    let board = joined.whole.seen_by(allowed.viewer(), site.app.runtime.now());
    let page = Live { frame, who: signed_in(&allowed.user), board, choice, side };
    Ok(Html(page.render().into_string()))
}
