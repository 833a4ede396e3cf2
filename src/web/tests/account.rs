//! What is the user's own: password, sessions.

use axum::http::StatusCode;
use model::user::Role;

use super::site::{PASSWORD, Site};

const NEW: &str = "new+password+of+mine";

fn form(current: &str, new: &str) -> String {
    format!("current={}&new={new}", current.replace(' ', "+"))
}

#[tokio::test]
async fn a_new_password_takes_the_present_one_and_ends_all_other_sessions() {
    let site = Site::open().await;
    let mut here = site.signed_in(Role::Operator).await;
    let mut there = site.browser();
    there.sign_in("operator@example.org", PASSWORD).await;
    assert!(here.get("/account").await.body.contains("сейчас, в этом браузере"));

    let wrong = here.post("/account/password", &form("wrong", NEW)).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("role=\"alert\"") && wrong.body.contains("Нынешний пароль не подошёл"));
    let short = here.post("/account/password", &form(PASSWORD, "short")).await;
    assert!(short.body.contains("короче 10 знаков"), "{}", short.body);
    assert_eq!(there.get("/account").await.status, StatusCode::OK, "nothing has changed yet");

    let old = here.cookies.clone();
    assert_eq!(here.post("/account/password", &form(PASSWORD, NEW)).await.location(), "/account?changed=true");
    assert!(here.get("/account?changed=true").await.body.contains("Пароль изменён"));
    assert_eq!(there.get("/account").await.status, StatusCode::SEE_OTHER, "the other browser is out");
    let mut thief = site.browser();
    thief.cookies = old;
    assert_eq!(thief.get("/account").await.status, StatusCode::SEE_OTHER, "and so is whoever has this browser's old cookie");
    assert_eq!(site.browser().sign_in("operator@example.org", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(site.browser().sign_in("operator@example.org", &NEW.replace('+', " ")).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session_and_nobody_elses() {
    let site = Site::open().await;
    let mut here = site.signed_in(Role::Operator).await;
    let mut there = site.browser();
    there.sign_in("operator@example.org", PASSWORD).await;
    let mut other = site.signed_in(Role::Admin).await;
    assert_eq!(here.post("/account/sign-out-everywhere", "").await.location(), "/login");
    assert_eq!(here.get("/account").await.status, StatusCode::SEE_OTHER);
    assert_eq!(there.get("/account").await.status, StatusCode::SEE_OTHER);
    assert_eq!(other.get("/account").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_present_password_cannot_be_guessed_quickly() {
    let site = Site::open().await;
    let mut browser = site.signed_in(Role::Operator).await;
    let mut slowed = false;
    for _ in 0..12 {
        slowed |= browser.post("/account/password", &form("guess", NEW)).await.body.contains("Слишком много попыток");
    }
    assert!(slowed);
}
