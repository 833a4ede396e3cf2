//! Every URL there is, with who may use it beside it.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, on};

use crate::guard::{self, Access, Permission};
use crate::site::Site;
use crate::{account, agents, assets, desk, gallery, health, language, live, login, logout, metrics, start, theme};

/// An endpoint.
pub(crate) struct Route {
    pub method: Method,
    pub path: &'static str,
    pub access: Access,
    handler: MethodRouter<Site>,
}

/// All pages: what people open in a browser.
pub(crate) fn pages() -> Vec<Route> {
    vec![
        open(Method::GET, "/login", login::page),
        open(Method::POST, "/login", login::sign_in),
        open(Method::POST, "/logout", logout::sign_out),
        open(Method::POST, "/language", language::choose),
        open(Method::POST, "/theme", theme::choose),
        guarded::<start::Own, _, _>(Method::GET, "/", start::start),
        guarded::<start::Own, _, _>(Method::GET, "/account", account::page),
        guarded::<start::Own, _, _>(Method::POST, "/account/password", account::change_password),
        guarded::<start::Own, _, _>(Method::POST, "/account/sign-out-everywhere", account::sign_out_everywhere),
        guarded::<live::Watch, _, _>(Method::GET, "/live", live::page),
        guarded::<live::Watch, _, _>(Method::GET, "/live/stream", live::stream),
        guarded::<health::page::See, _, _>(Method::GET, "/admin/health", health::page::page),
        guarded::<health::page::See, _, _>(Method::GET, "/admin/health/now", health::page::part),
        guarded::<gallery::Look, _, _>(Method::GET, "/gallery", gallery::page),
        guarded::<live::Watch, _, _>(Method::GET, "/live/calls/{id}", live::call::panel),
        guarded::<live::Order, _, _>(Method::POST, "/live/calls/{id}/head", live::call::to_head),
        guarded::<live::Order, _, _>(Method::POST, "/live/calls/{id}/queue", live::call::to_queue),
        guarded::<live::Order, _, _>(Method::POST, "/live/calls/{id}/hang-up", live::call::hang_up),
        guarded::<live::Watch, _, _>(Method::GET, "/live/agents/{id}", live::agent::panel),
        guarded::<live::Order, _, _>(Method::POST, "/live/agents/{id}/state", live::agent::state),
        guarded::<desk::Work, _, _>(Method::GET, "/desk", desk::page),
        guarded::<desk::Work, _, _>(Method::GET, "/desk/stream", desk::stream),
        guarded::<desk::Work, _, _>(Method::POST, "/desk/beat", desk::beat),
        guarded::<desk::Work, _, _>(Method::POST, "/desk/hang-up", desk::hang_up),
        guarded::<desk::Work, _, _>(Method::POST, "/desk/state", desk::state),
        guarded::<desk::Work, _, _>(Method::POST, "/desk/wrap-up", desk::wrap_up),
        guarded::<agents::Change, _, _>(Method::POST, "/api/agents/{id}/state", agents::state),
        guarded::<agents::Change, _, _>(Method::POST, "/api/agents/{id}/wrap-up", agents::wrap_up),
        program_or::<metrics::Read, _, _>(Method::GET, "/metrics", metrics::text),
    ]
}

/// What machines ask for; no session is looked at.
pub(crate) fn plain() -> Vec<Route> {
    vec![
        open(Method::GET, "/assets/{hash}/{name}", assets::file),
        open(Method::GET, "/healthz", health::alive),
        open(Method::GET, "/readyz", health::ready),
    ]
}

/// The routes as a router, each behind its guard.
pub(crate) fn router(routes: Vec<Route>, site: &Site) -> Router<Site> {
    routes.into_iter().fold(Router::new(), |router, route| {
        tracing::debug!(method = %route.method, path = route.path, access = ?route.access, "route");
        let guard = from_fn_with_state((site.clone(), route.access), guard::stand);
        router.route(route.path, route.handler.route_layer(guard))
    })
}

/// For everybody.
fn open<H: Handler<T, Site>, T: 'static>(method: Method, path: &'static str, handler: H) -> Route {
    route(method, path, Access::Anybody, handler)
}

/// For whoever is signed in and has the permission.
fn guarded<P: Permission, H: Handler<T, Site>, T: 'static>(method: Method, path: &'static str, handler: H) -> Route {
    route(method, path, Access::Roles(P::ROLES), handler)
}

/// For programs that may, and for whoever is signed in and has the permission.
fn program_or<P: Permission, H: Handler<T, Site>, T: 'static>(method: Method, path: &'static str, handler: H) -> Route {
    route(method, path, Access::ProgramOr(P::ROLES), handler)
}

fn route<H: Handler<T, Site>, T: 'static>(method: Method, path: &'static str, access: Access, handler: H) -> Route {
    let filter = if method == Method::POST { MethodFilter::POST } else { MethodFilter::GET };
    Route { handler: on(filter, handler), method, path, access }
}
