//! Signing in and out, and everything that a stranger might try at the door.

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, RETRY_AFTER, SET_COOKIE};
use model::user::Role;
use model::{Actor, Timestamp};
use store::users::PasswordHash;

use super::site::{PASSWORD, Site};

const EMAIL: &str = "Anna@Example.org";

#[tokio::test]
async fn the_right_password_leads_to_where_one_wanted_to_go() {
    let site = Site::open().await;
    site.user(EMAIL, Role::Supervisor).await;
    let mut browser = site.browser();
    assert_eq!(browser.get("/live").await.location(), "/login?next=/live");
    let answer = browser.sign_in("anna@EXAMPLE.org", PASSWORD).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/live"));
    let live = browser.get("/live").await;
    assert_eq!(live.status, StatusCode::OK);
    assert!(live.body.contains("Анна Ильина"));
    assert_eq!(live.headers[CACHE_CONTROL], "no-store");
    assert_eq!(browser.get("/login").await.location(), "/", "whoever is signed in goes on");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_are_told_the_same() {
    let site = Site::open().await;
    site.user(EMAIL, Role::Supervisor).await;
    let wrong = site.browser().sign_in(EMAIL, "gu3ss").await;
    let unknown = site.browser().sign_in("nobody@example.org", "gu3ss").await;
    assert_eq!((wrong.status, unknown.status), (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::UNPROCESSABLE_ENTITY));
    assert!(wrong.body.contains("Почта или пароль не подошли"));
    assert!(wrong.body.contains("value=\"Anna@Example.org\""), "what was typed is kept");
    assert!(!wrong.body.contains("gu3ss"), "but not the password");
    let told = |body: &str| body.replace(EMAIL, "").replace("nobody@example.org", "");
    assert_eq!(told(&wrong.body), told(&unknown.body));
    assert!(wrong.headers.get(SET_COOKIE).is_none());
}

#[tokio::test]
async fn guessing_is_slowed_down_even_for_the_right_password() {
    let site = Site::open().await;
    site.user(EMAIL, Role::Supervisor).await;
    let mut browser = site.browser();
    for _ in 0..10 {
        assert_eq!(browser.sign_in(EMAIL, "gu3ss").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let refused = browser.sign_in(&EMAIL.to_uppercase(), PASSWORD).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers.contains_key(RETRY_AFTER));
    assert!(refused.body.contains("Слишком много попыток. Попробуйте через 1"));
    assert_eq!(site.browser().sign_in("else@example.org", "gu3ss").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn behind_a_proxy_whoever_guesses_holds_up_nobody_else() {
    let site = Site::opened(true).await;
    site.user(EMAIL, Role::Supervisor).await;
    let proxy = Some("127.0.0.1:9".parse().unwrap());
    let asks = |address| {
        let mut browser = site.browser();
        (browser.from, browser.header) = (proxy, Some(("x-forwarded-for", address)));
        browser
    };
    for _ in 0..10 {
        assert_eq!(asks("192.0.2.1").sign_in(EMAIL, "gu3ss").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(asks("192.0.2.1").sign_in(EMAIL, PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(asks("198.51.100.7, 192.0.2.1").sign_in(EMAIL, PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(asks("192.0.2.2").sign_in(EMAIL, PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_session_that_was_planted_is_worth_nothing_after_signing_in() {
    let site = Site::open().await;
    site.user(EMAIL, Role::Supervisor).await;
    let mut victim = site.browser();
    let planted = ("callsync".to_owned(), "AAAAAAAAAAAAAAAAAAAAAA".to_owned());
    victim.cookies.push(planted.clone());
    assert_eq!(victim.sign_in(EMAIL, PASSWORD).await.status, StatusCode::SEE_OTHER);
    assert_ne!(victim.cookies, vec![planted.clone()]);
    let mut attacker = site.browser();
    attacker.cookies.push(planted);
    assert_eq!(attacker.get("/live").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn signing_in_twice_ends_the_first_session() {
    let site = Site::open().await;
    site.user(EMAIL, Role::Supervisor).await;
    let mut browser = site.browser();
    browser.sign_in(EMAIL, PASSWORD).await;
    let mut before = browser.clone();
    browser.sign_in(EMAIL, PASSWORD).await;
    assert_eq!(browser.get("/live").await.status, StatusCode::OK);
    assert_eq!(before.get("/live").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn signing_out_ends_the_session_everywhere_and_twice_does_no_harm() {
    let site = Site::open().await;
    let mut browser = site.signed_in(Role::Admin).await;
    let mut copy = browser.clone();
    assert_eq!(browser.post("/logout", "x=1").await.location(), "/login");
    assert_eq!(copy.get("/live").await.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.post("/logout", "x=1").await.location(), "/login");
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_of_the_old_one() {
    let site = Site::open().await;
    let user = site.user(EMAIL, Role::Supervisor).await;
    let mut browser = site.browser();
    browser.sign_in(EMAIL, PASSWORD).await;
    let hash = PasswordHash(crate::hash_password("another password").unwrap());
    store::users::set_password(&site.db, &Actor::CommandLine, Timestamp::from_ms(2), user.id, &hash).await.unwrap();
    assert_eq!(browser.get("/live").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_post_from_another_site_is_refused() {
    let site = Site::open().await;
    let mut browser = site.signed_in(Role::Admin).await;
    browser.origin = Some("https://evil.example");
    for path in ["/logout", "/language", "/login"] {
        let answer = browser.post(path, "lang=en").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert!(answer.body.contains("Запрос не принят"), "{path}");
    }
    browser.origin = Some("https://callsync.example");
    assert_eq!(browser.get("/live").await.status, StatusCode::OK, "and nothing was changed");
}

#[tokio::test]
async fn the_cookie_is_for_this_site_alone_and_not_for_scripts() {
    let plain = Site::open().await;
    plain.user(EMAIL, Role::Supervisor).await;
    let cookie = plain.browser().sign_in(EMAIL, PASSWORD).await.headers[SET_COOKIE].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("callsync=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let secure = Site::opened(true).await;
    secure.user(EMAIL, Role::Supervisor).await;
    let answer = secure.browser().sign_in(EMAIL, PASSWORD).await;
    let cookie = answer.headers[SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-callsync=") && cookie.contains("Secure") && cookie.contains("Path=/"), "{cookie}");
    assert!(answer.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn nobody_is_led_to_another_site() {
    let site = Site::open().await;
    site.user(EMAIL, Role::Supervisor).await;
    for next in ["//evil.example", "https://evil.example", "%2F%5Cevil.example"] {
        let form = format!("email=Anna%40Example.org&password=correct+horse+battery&next={next}");
        assert_eq!(site.browser().post("/login", &form).await.location(), "/", "{next}");
        assert_eq!(site.browser().post("/language", &format!("lang=en&next={next}")).await.location(), "/", "{next}");
    }
}

#[tokio::test]
async fn the_language_is_chosen_once_and_remembered() {
    let site = Site::open().await;
    let mut browser = site.browser();
    assert!(browser.get("/login").await.body.contains("<html lang=\"ru\" data-theme=\"system\""));
    assert_eq!(browser.post("/language", "lang=en&next=%2Flogin").await.location(), "/login");
    assert!(browser.get("/login").await.body.contains("Sign in"));
    assert!(browser.post("/language", "lang=xx&next=%2Flogin").await.headers.get(SET_COOKIE).is_none());
}

#[tokio::test]
async fn light_or_dark_is_chosen_once_and_remembered() {
    let site = Site::open().await;
    let mut browser = site.browser();
    assert_eq!(browser.post("/theme", "theme=dark&next=%2Flogin").await.location(), "/login");
    assert!(browser.get("/login").await.body.contains("data-theme=\"dark\""));
    assert!(browser.post("/theme", "theme=%22onload%3D&next=%2Flogin").await.headers.get(SET_COOKIE).is_none());
    assert!(browser.get("/nothing").await.body.contains("data-theme=\"dark\""), "errors too");
}

#[tokio::test]
async fn each_role_begins_on_its_own_page() {
    let site = Site::open().await;
    for (role, page) in [(Role::Operator, "/desk"), (Role::Supervisor, "/live"), (Role::Admin, "/live")] {
        assert_eq!(site.signed_in(role).await.get("/").await.location(), page, "{}", role.name());
    }
}

#[tokio::test]
async fn an_empty_form_is_told_so_and_an_endless_one_refused() {
    let site = Site::open().await;
    assert!(site.browser().post("/login", "email=&password=").await.body.contains("Введите почту и пароль"));
    let endless = format!("email=a&password={}", "x".repeat(70_000));
    assert_eq!(site.browser().post("/login", &endless).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}
