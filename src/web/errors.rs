//! What goes wrong, and the one layer that draws a page of it.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::Render;
use tower_http::csrf::ProtectionError;
use views::error::{ErrorPage, Kind};

use crate::site::Site;
use crate::{frame, language};

/// Why a request was not answered as asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("nothing is there")]
    NotFound,
    #[error("not for this role")]
    Forbidden,
    #[error("what is asked for makes no sense")]
    Meaningless,
    #[error("nobody is signed in")]
    SignedOut,
    #[error("nobody is signed in, and a page was asked for")]
    SignIn { next: String },
    #[error("the store: {0}")]
    Store(#[from] store::Error),
    #[error("the call loop: {0}")]
    Loop(#[from] runtime::Stopped),
    #[error("the session: {0}")]
    Session(#[from] tower_sessions::session::Error),
    #[error("we are at fault")]
    Internal,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let kind = match &self {
            Self::SignIn { next } => return to_login(next),
            Self::SignedOut => return StatusCode::UNAUTHORIZED.into_response(),
            Self::NotFound => Kind::NotFound,
            Self::Forbidden => Kind::Forbidden,
            Self::Meaningless => Kind::Refused,
            Self::Internal => Kind::Internal,
            Self::Store(_) | Self::Loop(_) | Self::Session(_) => Kind::Unavailable,
        };
        if matches!(kind, Kind::Internal | Kind::Unavailable) {
            tracing::error!(error = %self, "a request failed");
        }
        failed(kind)
    }
}

fn to_login(next: &str) -> Response {
    let target = if next == "/" { "/login".to_owned() } else { format!("/login?next={}", language::escaped(next)) };
    redirect(&target)
}

/// Sends a browser elsewhere, to be asked for with GET.
pub(crate) fn redirect(target: &str) -> Response {
    let location = HeaderValue::try_from(target).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

/// An error without its page: the layer draws that.
pub(crate) fn failed(kind: Kind) -> Response {
    let mut response = status(kind).into_response();
    response.extensions_mut().insert(Undrawn(kind));
    response
}

#[derive(Clone, Copy)]
struct Undrawn(Kind);

fn status(kind: Kind) -> StatusCode {
    StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Draws a page for every error that has none.
pub(crate) async fn draw(State(site): State<Site>, request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let Some(kind) = undrawn(&response) else { return response };
    metrics::counter!("callsync_web_errors_total", "status" => response.status().as_str().to_owned()).increment(1);
    if path.starts_with(API) {
        return in_json(response, kind);
    }
    let path = if matches!(kind, Kind::NotFound | Kind::Forbidden) { path } else { "/".to_owned() };
    let page = ErrorPage { frame: frame::of(&site, &headers, &path), kind }.render().into_string();
    *response.body_mut() = Body::from(page);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response.headers_mut().remove(axum::http::header::CONTENT_LENGTH);
    response
}

/// Below this path programs ask, and are told in JSON.
const API: &str = "/api/";

/// An error for a program: its status, and one word.
fn in_json(mut response: Response, kind: Kind) -> Response {
    let word = match kind {
        Kind::NotFound => "not_found",
        Kind::Forbidden => "forbidden",
        Kind::Refused => "refused",
        Kind::Internal => "internal",
        Kind::Unavailable => "unavailable",
    };
    // What axum says of a body that it could not read stays: it names the field.
    let said = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if !said {
        *response.body_mut() = Body::from(format!("{{\"error\":\"{word}\"}}"));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response.headers_mut().remove(axum::http::header::CONTENT_LENGTH);
    }
    response
}

/// Errors of our own are marked; those of layers and of axum itself have a status and no page.
fn undrawn(response: &Response) -> Option<Kind> {
    if let Some(Undrawn(kind)) = response.extensions().get() {
        return Some(*kind);
    }
    if response.extensions().get::<ProtectionError>().is_some() {
        return Some(Kind::Refused);
    }
    let drawn = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if drawn {
        return None;
    }
    match response.status() {
        StatusCode::METHOD_NOT_ALLOWED
        | StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::UNSUPPORTED_MEDIA_TYPE
        | StatusCode::BAD_REQUEST
        | StatusCode::UNPROCESSABLE_ENTITY => Some(Kind::Refused),
        _ => None,
    }
}

/// Whatever has no route.
pub(crate) async fn no_route(uri: Uri) -> Failure {
    tracing::debug!(path = uri.path(), "no such page");
    Failure::NotFound
}

/// A handler panicked: that is our fault, and the next request is served.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
pub(crate) fn panicked(what: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let what = what.downcast_ref::<String>().map(String::as_str).or_else(|| what.downcast_ref::<&str>().copied());
    tracing::error!(what = what.unwrap_or("unknown"), "a handler panicked");
    failed(Kind::Internal)
}
