//! All routes, walked.

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::http::{Method, StatusCode};
use model::user::Role;

use super::site::Site;
use crate::guard::Access;
use crate::headers::POLICY;
use crate::routes::{self, Route};

const ROLES: [Role; 3] = [Role::Operator, Role::Supervisor, Role::Admin];

/// A path that the route answers.
fn example(path: &str) -> String {
    let css = views::assets::ALL.iter().find(|asset| asset.name == "callsync.css").unwrap();
    path.replace("{hash}", css.hash).replace("{name}", css.name).replace("{id}", &uuid::Uuid::nil().to_string())
}

/// All pages, those last that end the session.
fn pages() -> Vec<Route> {
    let mut pages = routes::pages();
    pages.sort_by_key(|route| ["/logout", "/account/sign-out-everywhere"].contains(&route.path));
    pages
}

#[tokio::test]
async fn every_route_carries_the_policy_and_is_kept_by_nobody_but_files() {
    let site = Site::open().await;
    let mut browser = site.signed_in(Role::Admin).await;
    for route in routes::plain().into_iter().chain(pages()).filter(|route| !route.path.ends_with("/stream")) {
        let answer = browser.send(route.method.clone(), &example(route.path), "").await;
        assert_eq!(answer.headers[CONTENT_SECURITY_POLICY], POLICY, "{}", route.path);
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{}", route.path);
        let kept = answer.headers[CACHE_CONTROL] != "no-store";
        assert_eq!(kept, route.path.starts_with("/assets"), "{}", route.path);
    }
}

#[tokio::test]
async fn every_guarded_route_refuses_the_signed_out_and_a_forged_cookie() {
    let site = Site::open().await;
    let mut stranger = site.browser();
    let mut forger = site.browser();
    forger.cookies.push(("callsync".to_owned(), "Zm9yZ2VkIHNlc3Npb24gaWQ".to_owned()));
    let guarded = routes::pages().into_iter().filter(|route| !matches!(route.access, Access::Anybody));
    let mut walked = 0;
    for route in guarded {
        for browser in [&mut stranger, &mut forger] {
            let answer = browser.send(route.method.clone(), &example(route.path), "").await;
            let led = answer.status == StatusCode::SEE_OTHER && answer.location().starts_with("/login");
            assert!(led || answer.status == StatusCode::UNAUTHORIZED, "{} answered {}", route.path, answer.status);
        }
        walked += 1;
    }
    assert!(walked >= 4, "only {walked} routes are guarded");
}

#[tokio::test]
async fn every_route_serves_the_roles_beside_it_and_no_other() {
    let site = Site::open().await;
    for role in ROLES {
        let mut browser = site.signed_in(role).await;
        for route in pages() {
            let (Access::Roles(roles) | Access::ProgramOr(roles)) = route.access else { continue };
            let status = if route.path.ends_with("/stream") {
                browser.listen(route.path).await.0
            } else {
                browser.send(route.method.clone(), &example(route.path), "").await.status
            };
            assert_eq!(status != StatusCode::FORBIDDEN, roles.contains(&role), "{} for {}", route.path, role.name());
        }
    }
}

#[tokio::test]
async fn reading_changes_nothing() {
    for route in routes::pages() {
        if route.method == Method::GET {
            assert!(!["/logout", "/language", "/theme"].contains(&route.path));
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_in_a_page() {
    let site = Site::open().await;
    let answer = site.browser().get("/nothing/%3Cscript%3E").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.body.contains("Такой страницы нет"));
    assert!(!answer.body.contains("<script>"));
    assert_eq!(site.browser().get("/assets/0000000000000000/callsync.css").await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.browser().post("/live", "x=1").await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn readiness_names_what_is_missing() {
    let site = Site::open().await;
    let before = site.browser().get("/readyz").await;
    assert_eq!(before.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(before.body.starts_with(r#"{"switch":false,"database":true,"books":true,"books_lag":"#), "{}", before.body);
    assert_eq!(site.browser().get("/healthz").await.status, StatusCode::OK);
}
