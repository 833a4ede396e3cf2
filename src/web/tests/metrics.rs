//! Who may read `/metrics`, and what stands there.

use std::net::SocketAddr;

use axum::http::StatusCode;
use model::user::Role;

use super::site::Site;

const HERE: Option<SocketAddr> = Some(SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 40_000));
const ELSEWHERE: Option<SocketAddr> = Some(SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1)), 40_000));

/// What a program is answered.
async fn asked(site: &Site, from: Option<SocketAddr>, header: Option<(&'static str, &'static str)>) -> StatusCode {
    let mut program = site.browser();
    (program.from, program.header) = (from, header);
    program.get("/metrics").await.status
}

#[tokio::test]
async fn without_https_programs_on_this_machine_may_read_and_nobody_else() {
    let site = Site::open().await;
    assert_eq!(asked(&site, HERE, None).await, StatusCode::OK);
    assert_eq!(asked(&site, ELSEWHERE, None).await, StatusCode::SEE_OTHER);
    assert_eq!(asked(&site, None, None).await, StatusCode::SEE_OTHER);
    assert_eq!(asked(&site, HERE, Some(("x-forwarded-for", "192.0.2.1"))).await, StatusCode::SEE_OTHER);
}

/// A proxy on this machine asks for everybody, and nginx says so only if it is told to.
#[tokio::test]
async fn behind_https_this_machine_is_not_enough() {
    let site = Site::opened(true).await;
    assert_eq!(asked(&site, HERE, None).await, StatusCode::SEE_OTHER);
    assert_eq!(asked(&site, HERE, Some(("authorization", "Bearer "))).await, StatusCode::SEE_OTHER);
    let mut admin = site.signed_in(Role::Admin).await;
    assert_eq!(admin.get("/metrics").await.status, StatusCode::OK);
    let mut operator = site.signed_in(Role::Operator).await;
    operator.from = HERE;
    assert_eq!(operator.get("/metrics").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_token_opens_from_everywhere_and_no_other_does() {
    for secure in [false, true] {
        let site = Site::opened_with(secure, Some("s3cret")).await;
        for from in [HERE, ELSEWHERE] {
            assert_eq!(asked(&site, from, Some(("authorization", "Bearer s3cret"))).await, StatusCode::OK);
        }
        for wrong in ["Bearer s3cre", "Bearer s3cret2", "Bearer ", "Bearer", "s3cret", "Basic s3cret"] {
            assert_eq!(asked(&site, ELSEWHERE, Some(("authorization", wrong))).await, StatusCode::SEE_OTHER, "{wrong}");
        }
    }
}

#[tokio::test]
async fn an_empty_token_is_none() {
    let site = Site::opened_with(true, Some("")).await;
    assert_eq!(asked(&site, ELSEWHERE, Some(("authorization", "Bearer "))).await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_lag_of_the_books_stands_in_the_metrics() {
    let site = Site::open().await;
    let mut program = site.browser();
    program.from = HERE;
    let told = program.get("/metrics").await.body;
    assert!(told.lines().any(|line| line.starts_with("callsync_books_lag ")), "{told}");
}
