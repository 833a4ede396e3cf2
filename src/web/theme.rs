//! Light or dark: what the reader chose, else as their system is.

use axum::Form;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use views::Theme;

use crate::errors::redirect;
use crate::language::own_path;
use crate::preference;
use crate::site::Site;

const NAME: &str = "callsync-theme";

/// The theme of a request.
pub(crate) fn of(headers: &HeaderMap) -> Theme {
    preference::of(headers, NAME, Theme::named).unwrap_or_default()
}

/// The reader's choice.
#[derive(Debug, Deserialize)]
pub(crate) struct Choice {
    theme: String,
    #[serde(default)]
    next: String,
}

/// Remembers the choice and leads back to where the reader was.
pub(crate) async fn choose(State(site): State<Site>, Form(choice): Form<Choice>) -> Response {
    let mut response = redirect(own_path(&choice.next));
    if let Some(theme) = Theme::named(&choice.theme) {
        preference::keep(&site, &mut response, NAME, theme.name());
    }
    response
}
