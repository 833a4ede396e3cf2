//! A small HTTP client for asking whether things are ready.

use std::time::Duration;

/// A client with a short patience.
///
/// # Panics
/// Never in practice: only when the TLS library, which the lab brings itself, cannot be set up.
pub fn client() -> reqwest::Client {
    patient(reqwest::Client::builder())
}

/// A client that follows no redirection.
///
/// # Panics
/// Never in practice: as [`client`].
pub fn unled() -> reqwest::Client {
    patient(reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()))
}

fn patient(builder: reqwest::ClientBuilder) -> reqwest::Client {
    // Without a provider the client cannot be built, although the lab speaks plain HTTP only. An error means: already there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    builder.timeout(Duration::from_secs(5)).no_proxy().build().expect("the HTTP client has all it needs")
}
