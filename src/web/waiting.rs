//! What is answered while the database is not there and the pages cannot be served: that the program lives, what calls need,
//! and to everybody else that the pages are on their way. Calls do not wait for it.

use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::routing::get;
use axum::{Json, Router};
use runtime::Handle;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use crate::doors::{self, Doors};
use crate::health::{self, Readiness};
use crate::serve::serve_through;

/// Whoever asks for a page before there is a language to choose reads both.
const WAITS: &str = "База данных пока недоступна. Звонки обслуживаются, страницы появятся, как только она ответит.\n\
                     The database is not there yet. Calls are served; the pages come as soon as it answers.\n";

/// After so many seconds a browser may ask again.
const RETRY_AFTER: &str = "5";

/// How long answers under way may take once the pages can be served.
const LAST_ANSWERS: Duration = Duration::from_millis(250);

/// Answers at the listener's address until something has come to its end, and gives what came of it. There may be no loop yet to
/// ask how it is.
///
/// # Errors
/// When the listener cannot be shared.
pub async fn wait<T>(
    listener: &TcpListener,
    tls: Option<Arc<ServerConfig>>,
    runtime: Option<Handle>,
    end: impl Future<Output = T>,
) -> std::io::Result<T> {
    let shared = TcpListener::from_std(listener.as_fd().try_clone_to_owned()?.into())?;
    let doors = Doors::new(shared, tls.map(TlsAcceptor::from), doors::MOST, doors::SILENCE);
    let (stop, stopping) = watch::channel(false);
    let mut serving = tokio::spawn(serve_through(doors, router(runtime), stopping));
    let ended = end.await;
    stop.send_replace(true);
    if tokio::time::timeout(LAST_ANSWERS, &mut serving).await.is_err() {
        serving.abort();
    }
    Ok(ended)
}

fn router(runtime: Option<Handle>) -> Router {
    Router::new().route("/healthz", get(health::alive)).route("/readyz", get(ready)).fallback(waits).with_state(runtime)
}

async fn ready(State(runtime): State<Option<Handle>>) -> (StatusCode, Json<Readiness>) {
    let readiness = runtime.map(|runtime| Readiness::of(runtime.health(), false)).unwrap_or_default();
    (readiness.status(), Json(readiness))
}

async fn waits() -> (StatusCode, [(HeaderName, &'static str); 3], &'static str) {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::RETRY_AFTER, RETRY_AFTER),
    ];
    (StatusCode::SERVICE_UNAVAILABLE, headers, WAITS)
}
