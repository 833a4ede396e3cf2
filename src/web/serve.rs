//! The router with its layers, and the server around it.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;

use crate::doors::{self, Doors, Peer};
use crate::site::{App, Site};
use crate::{desk, errors, headers, health, routes, session};

/// No form of ours is longer.
const LONGEST_BODY: usize = 64 * 1024;

/// How often what has expired is thrown away.
const CLEANING: Duration = Duration::from_secs(600);

/// The pages, for whoever serves them. Streams end when `stopping` turns true.
pub fn router(app: App, stopping: watch::Receiver<bool>) -> Router {
    let site = Site::new(app, stopping);
    tokio::spawn(clean(site.downgrade()));
    tokio::spawn(desk::watch(site.downgrade()));
    tokio::spawn(health::keep(site.downgrade()));
    // Made beforehand, or the first unknown user would be told by the time it takes.
    tokio::task::spawn_blocking(crate::password::nobody);
    let pages = routes::router(routes::pages(), &site).layer(session::layer(&site)).layer(CsrfLayer::new());
    routes::router(routes::plain(), &site)
        .merge(pages)
        .fallback(errors::no_route)
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(CatchPanicLayer::custom(errors::panicked))
        .layer(from_fn_with_state(site.clone(), errors::draw))
        .layer(from_fn_with_state(site.clone(), headers::set))
        .with_state(site)
}

/// Serves the pages until `stopping` turns true and the requests under way are answered; over TLS if that is given.
pub async fn serve(listener: TcpListener, tls: Option<Arc<ServerConfig>>, app: App, stopping: watch::Receiver<bool>) {
    let doors = Doors::new(listener, tls.map(TlsAcceptor::from), doors::MOST, doors::SILENCE);
    serve_through(doors, router(app, stopping.clone()), stopping).await;
}

/// As [`serve`], through these doors.
pub(crate) async fn serve_through(doors: Doors, pages: Router, mut stop: watch::Receiver<bool>) {
    let pages = pages.layer(from_fn(doors::tell_peer)).into_make_service_with_connect_info::<Peer>();
    let ended = async move {
        // An error means that whoever could stop us is gone.
        drop(stop.wait_for(|stop| *stop).await);
    };
    if let Err(error) = axum::serve(doors, pages).with_graceful_shutdown(ended).await {
        tracing::error!(%error, "the pages are no longer served");
    }
}

async fn clean(site: std::sync::Weak<crate::site::Inner>) {
    let mut ticks = tokio::time::interval(CLEANING);
    loop {
        ticks.tick().await;
        let Some(site) = site.upgrade() else { return };
        site.gate.forget();
        match store::sessions::delete_expired(&site.app.db, site.app.runtime.now()).await {
            Ok(0) => {}
            Ok(gone) => tracing::debug!(gone, "expired sessions were removed"),
            Err(error) => tracing::warn!(%error, "expired sessions could not be removed"),
        }
    }
}
