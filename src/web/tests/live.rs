//! Live: the page, and the stream that keeps it true.

use std::time::Duration;

use axum::body::BodyDataStream;
use axum::http::StatusCode;
use futures_util::StreamExt;
use model::user::Role;
use tokio::time::timeout;

use super::site::Site;

/// Reads the stream until all of these have been said.
async fn hears(stream: &mut BodyDataStream, words: &[&str]) -> String {
    let mut heard = String::new();
    let listening = async {
        while !words.iter().all(|word| heard.contains(word)) {
            let Some(chunk) = stream.next().await else { return };
            heard += &String::from_utf8_lossy(&chunk.unwrap());
        }
    };
    drop(timeout(Duration::from_secs(5), listening).await);
    for word in words {
        assert!(heard.contains(word), "{word:?} is not in {heard}");
    }
    heard
}

#[tokio::test]
async fn a_caller_shows_up_in_the_stream_and_on_the_page() {
    let site = Site::open().await;
    site.furnish("Пётр Васильев").await;
    let mut browser = site.signed_in(Role::Supervisor).await;
    let (status, mut stream) = browser.listen("/live/stream").await;
    assert_eq!(status, StatusCode::OK);
    hears(&mut stream, &["event: hello", "id: all:", "event: beat", "Продажи", "Пётр Васильев"]).await;
    site.caller("asterisk-1", "+79123456789");
    let heard = hears(&mut stream, &["hx-target=\"#call-rows\" hx-swap=\"place\"", "345-67-89", "hx-target=\"#totals\""]).await;
    assert!(heard.contains("id: one:"));
    let page = browser.get("/live").await.body;
    assert!(page.contains("345-67-89") && page.contains("Пётр Васильев"));
}

#[tokio::test]
async fn hostile_names_and_numbers_are_text() {
    let site = Site::open().await;
    site.furnish("<img src=x onerror=alert(1)>").await;
    let mut browser = site.signed_in(Role::Admin).await;
    let (_, mut stream) = browser.listen("/live/stream").await;
    hears(&mut stream, &["Продажи"]).await;
    site.caller("asterisk-1", "\"><script>alert(1)</script>\n\ndata: <hx-partial>");
    let heard = hears(&mut stream, &["alert(1)"]).await;
    for page in [heard, browser.get("/live").await.body] {
        assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "{page}");
        assert!(!page.contains("\ndata: <hx-partial>\n"));
    }
}

#[tokio::test]
async fn a_stream_ends_when_we_stop() {
    let site = Site::open().await;
    let browser = site.signed_in(Role::Supervisor).await;
    let (_, mut stream) = browser.listen("/live/stream").await;
    hears(&mut stream, &["event: hello"]).await;
    site.stop.send_replace(true);
    let ended = timeout(Duration::from_secs(2), async { while stream.next().await.is_some() {} }).await;
    assert!(ended.is_ok());
}

#[tokio::test]
async fn a_stream_ends_soon_after_its_session() {
    let site = Site::open().await;
    let mut browser = site.signed_in(Role::Supervisor).await;
    let (_, mut stream) = browser.listen("/live/stream").await;
    hears(&mut stream, &["event: hello"]).await;
    browser.post("/logout", "x=1").await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(31)).await;
    tokio::time::resume();
    let ended = timeout(Duration::from_secs(5), async { while stream.next().await.is_some() {} }).await;
    assert!(ended.is_ok());
}

#[tokio::test]
async fn settings_that_change_bring_everything_anew() {
    let site = Site::open().await;
    let browser = site.signed_in(Role::Supervisor).await;
    let (_, mut stream) = browser.listen("/live/stream").await;
    hears(&mut stream, &["id: all:"]).await;
    site.furnish("Пётр Васильев").await;
    hears(&mut stream, &["id: all:", "Пётр Васильев", "Продажи"]).await;
}
