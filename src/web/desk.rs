//! The desk: the page that an agent works in, the stream that keeps it true, the orders that it gives, and what is done when
//! it vanishes.

mod beat;
mod books;
mod hang_up;
mod order;
mod presence;
mod sight;
mod state;
mod stream;
mod wrap_up;

use axum::extract::State;
use axum::response::Html;
use maud::Render;
use model::user::Role;
use views::desk::{Desk, Missing, NoDesk};

pub(crate) use beat::beat;
pub(crate) use hang_up::hang_up;
pub(crate) use presence::{Desks, watch};
pub(crate) use state::state;
pub(crate) use stream::stream;
pub(crate) use wrap_up::wrap_up;

use crate::errors::Failure;
use crate::frame::{Framed, signed_in};
use crate::guard::{Allowed, Permission};
use crate::site::Site;
use sight::Sight;

/// May work at a desk of their own, if they are an agent.
pub(crate) struct Work;

impl Permission for Work {
    const ROLES: &'static [Role] = &[Role::Operator, Role::Supervisor, Role::Admin];
}

/// The page, as things stand; for whoever is no agent, what is missing.
pub(crate) async fn page(
    State(site): State<Site>,
    allowed: Allowed<Work>,
    Framed(frame): Framed,
) -> Result<Html<String>, Failure> {
    let who = signed_in(&allowed.user);
    let Some(agent) = allowed.user.agent else {
        return Ok(Html(NoDesk { frame, who, missing: Missing::Agent }.render().into_string()));
    };
    let mut sight = Sight::new(agent, allowed.viewer());
    let Some(stand) = sight.look_and_read(&site).await? else {
        return Ok(Html(NoDesk { frame, who, missing: Missing::Settings }.render().into_string()));
    };
    let at = site.app.runtime.now();
    Ok(Html(Desk { frame, who, at, stand }.render().into_string()))
}
