//! What a reader chose for their browser: kept there, in a cookie that says nothing else.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use tower_sessions::cookie::{Cookie, SameSite, time::Duration};

use crate::site::Site;

/// The choice of that name that a request brings, if it can be read.
pub(crate) fn of<T>(headers: &HeaderMap, name: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
    let cookies = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut chosen = cookies.flat_map(Cookie::split_parse).flatten().filter(|cookie| cookie.name() == name);
    chosen.find_map(|cookie| read(cookie.value()))
}

/// Has the browser keep a choice for a year.
pub(crate) fn keep(site: &Site, response: &mut Response, name: &'static str, value: &'static str) {
    let cookie = Cookie::build((name, value))
        .path("/")
        .max_age(Duration::days(365))
        .same_site(SameSite::Lax)
        .http_only(true)
        .secure(site.app.secure)
        .build();
    if let Ok(value) = HeaderValue::try_from(cookie.to_string()) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}
