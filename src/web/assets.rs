//! The files that pages load. Their URLs hold the hash of what is in them, so a browser keeps them for ever.

use axum::extract::Path;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};

use crate::errors::Failure;

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// A file, compressed where the browser takes that.
pub(crate) async fn file(Path((hash, name)): Path<(String, String)>, headers: HeaderMap) -> Result<Response, Failure> {
    let asset = views::assets::find(&hash, &name).ok_or(Failure::NotFound)?;
    let takes_gzip = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).is_some_and(takes_gzip);
    let common = [
        (CONTENT_TYPE, HeaderValue::from_static(asset.mime)),
        (CACHE_CONTROL, FOR_EVER),
        (VARY, HeaderValue::from_static("accept-encoding")),
    ];
    Ok(match asset.gzip {
        Some(packed) if takes_gzip => (common, [(CONTENT_ENCODING, HeaderValue::from_static("gzip"))], packed).into_response(),
        Some(_) | None => (common, asset.bytes).into_response(),
    })
}

/// Whether an `Accept-Encoding` takes gzip: named, and not with a weight of zero (RFC 9110, 12.5.3).
fn takes_gzip(header: &str) -> bool {
    header.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let refused = weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0);
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::takes_gzip;

    #[test]
    fn gzip_is_sent_to_whoever_takes_it_alone() {
        assert!(takes_gzip("br, gzip;q=0.8"));
        assert!(!takes_gzip("br, gzip;q=0"));
        assert!(!takes_gzip("identity"));
    }
}
