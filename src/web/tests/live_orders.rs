//! What stands at the side of Live, and the orders that are given there: what is answered, and what is written down.

use std::time::Duration;

use axum::http::StatusCode;
use model::user::Role;
use model::{Actor, AgentId, CallId};
use tokio::time::timeout;
use uuid::Uuid;

use super::site::{Answer, Browser, Site};

/// The agent of `furnish`.
const AGENT: AgentId = AgentId(Uuid::from_u128(8));

/// A furnished site with one caller, a supervisor's browser, and the caller's call.
async fn site(agent: &str, number: &str) -> (Site, Browser, CallId) {
    let site = Site::open().await;
    site.furnish(agent).await;
    let mut browser = site.signed_in(Role::Supervisor).await;
    let coming = async {
        while !browser.get("/live").await.body.contains("<tr id=\"agent-") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        site.caller("asterisk-1", number);
        loop {
            let page = browser.get("/live").await.body;
            if let Some(id) = page.split("<tr id=\"call-").nth(1) {
                return id[..36].parse().unwrap();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let call = timeout(Duration::from_secs(10), coming).await.expect("the caller shows up");
    (site, browser, call)
}

/// Asks as the page does.
async fn asks(browser: &mut Browser, path: &str, form: Option<&str>) -> Answer {
    browser.header = Some(("hx-request", "true"));
    let answer = match form {
        Some(form) => browser.post(path, form).await,
        None => browser.get(path).await,
    };
    browser.header = None;
    answer
}

#[tokio::test]
async fn a_call_is_shown_in_the_panel_and_a_bare_browser_is_led_to_its_page() {
    let (_site, mut browser, call) = site("Пётр Васильев", "+79123456789").await;
    let path = format!("/live/calls/{call}");
    let panel = asks(&mut browser, &path, None).await;
    assert_eq!(panel.status, StatusCode::OK);
    assert!(!panel.body.contains("<html") && panel.body.contains("345-67-89"), "{}", panel.body);
    assert!(panel.body.contains("Почему ждёт") && panel.body.contains("Место в очереди: 1."), "{}", panel.body);
    let bare = browser.get(&path).await;
    assert_eq!((bare.status, bare.location()), (StatusCode::SEE_OTHER, format!("/live?call={call}").as_str()));
    let page = browser.get(&format!("/live?call={call}&sort=agent-state&state=ready")).await.body;
    assert!(page.contains(&format!("data-of=\"call-{call}\"")) && page.contains("aria-sort=\"descending\""));
    assert!(page.contains("<option value=\"ready\" selected>"));
}

#[tokio::test]
async fn what_nobody_knows_is_said_in_the_panel() {
    let (_site, mut browser, _) = site("Пётр Васильев", "+79123456789").await;
    let nobody = Uuid::from_u128(99);
    assert!(asks(&mut browser, &format!("/live/calls/{nobody}"), None).await.body.contains("Звонок не найден"));
    assert!(asks(&mut browser, &format!("/live/agents/{nobody}"), None).await.body.contains("Оператор не найден"));
    let late = asks(&mut browser, &format!("/live/calls/{nobody}/hang-up"), Some("x=1")).await;
    assert!(late.body.contains("Звонок уже завершён."));
    assert_eq!(asks(&mut browser, "/live/calls/nonsense", None).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn orders_on_a_call_are_carried_out_answered_and_written_down() {
    let (site, mut browser, call) = site("Пётр Васильев", "+79123456789").await;
    let url = |what: &str| format!("/live/calls/{call}/{what}");
    let user = store::users::list(&site.db).await.unwrap().remove(0);
    assert!(asks(&mut browser, &url("head"), Some("x=1")).await.body.contains("Сделано."));
    assert!(asks(&mut browser, &url("head"), Some("x=1")).await.body.contains("Так уже и есть."));
    let own = format!("queue={}", Uuid::from_u128(7));
    assert!(asks(&mut browser, &url("queue"), Some(&own)).await.body.contains("Так уже и есть."));
    let nowhere = format!("queue={}", Uuid::from_u128(70));
    assert!(asks(&mut browser, &url("queue"), Some(&nowhere)).await.body.contains("Сейчас это невозможно."));
    assert!(asks(&mut browser, &url("queue"), Some("queue=")).await.body.contains("Выберите значение"));
    let page = browser.post(&url("hang-up"), "x=1").await;
    assert!(page.body.contains("<html") && page.body.contains("Сделано."), "a bare browser is given a page");
    assert!(asks(&mut browser, &url("hang-up"), Some("x=1")).await.body.contains("Звонок уже завершён."));
    let lines = store::audit::of(&site.db, call.0, 9).await.unwrap();
    let actions: Vec<&str> = lines.iter().rev().map(|line| line.action.as_str()).collect();
    assert_eq!(actions, ["put_at_head", "put_at_head", "moved", "moved", "hung_up"]);
    assert!(lines.iter().all(|line| line.by == Actor::User(user.id)));
}

#[tokio::test]
async fn an_agents_state_is_asked_for_answered_and_written_down() {
    let (site, mut browser, _) = site("Пётр Васильев", "+79123456789").await;
    let url = format!("/live/agents/{AGENT}/state");
    let training = asks(&mut browser, &url, Some("state=not_ready&reason=training")).await.body;
    assert!(training.contains("Сделано.") && training.contains("Обучение"), "{training}");
    assert!(asks(&mut browser, &url, Some("state=not_ready&reason=training")).await.body.contains("Так уже и есть."));
    for strange in ["state=asleep", "state=not_ready&reason=no_answer", "state=ready&reason=lunch", "x=1"] {
        assert!(asks(&mut browser, &url, Some(strange)).await.body.contains("Выберите значение"), "{strange}");
    }
    assert!(asks(&mut browser, &url, Some("state=logged_out")).await.body.contains("Сделано."));
    let lines = store::audit::of(&site.db, AGENT.0, 3).await.unwrap();
    let actions: Vec<&str> = lines.iter().map(|line| line.action.as_str()).collect();
    assert_eq!(actions, ["logged_out", "not_ready", "not_ready"]);
}

#[tokio::test]
async fn another_sites_page_orders_nothing() {
    let (site, mut browser, call) = site("Пётр Васильев", "+79123456789").await;
    browser.origin = Some("https://evil.example");
    let refused = browser.post(&format!("/live/calls/{call}/hang-up"), "x=1").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(store::audit::of(&site.db, call.0, 1).await.unwrap().is_empty());
}

#[tokio::test]
async fn hostile_names_and_numbers_and_queries_are_text_at_the_side_too() {
    let (_site, mut browser, call) = site("<img src=x onerror=alert(1)>", "\"><script>alert(1)</script>").await;
    for path in
        [format!("/live/calls/{call}"), format!("/live/agents/{AGENT}"), "/live?find=%22%3E%3Cscript%3Ealert(1)".to_owned()]
    {
        let body = asks(&mut browser, &path, None).await.body;
        assert!(body.contains("alert(1)"), "{path}");
        assert!(!body.contains("<script>alert") && !body.contains("<img src=x"), "{path}: {body}");
    }
}
