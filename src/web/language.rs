//! The language of the pages: what the reader chose, else what their browser asks for.

use axum::Form;
use axum::extract::{FromRequestParts, State};
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use axum::response::Response;
use serde::Deserialize;
use views::Lang;

use crate::errors::redirect;
use crate::preference;
use crate::site::Site;

const NAME: &str = "callsync-language";

/// The reader's language, as an argument of a handler.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Language(pub Lang);

impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(of(&parts.headers)))
    }
}

/// The language of a request.
pub(crate) fn of(headers: &HeaderMap) -> Lang {
    preference::of(headers, NAME, Lang::of_code).unwrap_or_else(|| {
        headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).map_or_else(Lang::default, Lang::of_header)
    })
}

/// The reader's choice.
#[derive(Debug, Deserialize)]
pub(crate) struct Choice {
    lang: String,
    #[serde(default)]
    next: String,
}

/// Remembers the choice for a year and leads back to where the reader was.
pub(crate) async fn choose(State(site): State<Site>, Form(choice): Form<Choice>) -> Response {
    let mut response = redirect(own_path(&choice.next));
    if let Some(lang) = Lang::of_code(&choice.lang) {
        preference::keep(&site, &mut response, NAME, lang.code());
    }
    response
}

/// The path if it is one of this site, else the start: a link must not lead anybody elsewhere through us.
pub(crate) fn own_path(path: &str) -> &str {
    let own = path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n', '\t']);
    if own { path } else { "/" }
}

/// The path as the value of a query.
pub(crate) fn escaped(path: &str) -> String {
    let mut text = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text += &format!("%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{escaped, own_path};

    #[test]
    fn nobody_is_led_away_from_this_site() {
        assert_eq!(own_path("/live?queue=7"), "/live?queue=7");
        for elsewhere in ["", "live", "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example"] {
            assert_eq!(own_path(elsewhere), "/");
        }
    }

    #[test]
    fn a_path_survives_being_a_value() {
        assert_eq!(escaped("/live?queue=7&x=ё"), "/live%3Fqueue%3D7%26x%3D%D1%91");
    }
}
