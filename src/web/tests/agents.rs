//! Agents' states by API: who may ask for whom, and what is refused.

use std::time::Duration;

use axum::http::StatusCode;
use futures_util::StreamExt;
use model::user::{Role, User};
use model::{Actor, AgentId, NotReadyReason, Timestamp};
use tokio::time::timeout;
use uuid::Uuid;

use super::site::{Answer, Browser, PASSWORD, Site};

/// The agent of `furnish`, and one who is nobody.
const AGENT: AgentId = AgentId(Uuid::from_u128(8));
const NOBODY: AgentId = AgentId(Uuid::from_u128(9));

async fn ask(browser: &mut Browser, agent: AgentId, what: &str, json: &str) -> Answer {
    browser.json(&format!("/api/agents/{agent}/{what}"), json).await
}

/// A furnished site, and a browser of whoever has this role and is this agent.
async fn site(role: Role, agent: Option<AgentId>) -> (Site, Browser, User) {
    let site = Site::open().await;
    site.furnish("Пётр Васильев").await;
    let browser = site.signed_in(role).await;
    let user = store::users::list(&site.db).await.unwrap().remove(0);
    let mut watcher = watcher(&site).await;
    let user = User { agent, ..user };
    store::users::update(&site.db, &Actor::CommandLine, Timestamp::from_ms(2), &user).await.unwrap();
    // The loop takes the settings over in its own time.
    let known = async {
        while !watcher.get("/live").await.body.contains("Пётр Васильев") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(10), known).await.unwrap();
    (site, browser, user)
}

/// Somebody who may look at Live, whatever the role under test may.
async fn watcher(site: &Site) -> Browser {
    site.user("watcher@example.org", Role::Supervisor).await;
    let mut browser = site.browser();
    browser.sign_in("watcher@example.org", PASSWORD).await;
    browser
}

#[tokio::test]
async fn whoever_may_asks_and_what_comes_of_it_shows_on_live_and_in_the_audit_log() {
    for (role, own) in [(Role::Operator, Some(AGENT)), (Role::Supervisor, None), (Role::Admin, None)] {
        let (site, mut browser, user) = site(role, own).await;
        let mut watcher = site.browser();
        watcher.sign_in("watcher@example.org", PASSWORD).await;
        let (_, mut stream) = watcher.listen("/live/stream").await;
        let answer = ask(&mut browser, AGENT, "state", r#"{"state":"not_ready","reason":"training"}"#).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{} {}", role.name(), answer.body);
        assert_eq!(answer.body, format!(r#"{{"agent":"{AGENT}","asked":"not_ready"}}"#));
        let mut heard = String::new();
        let listening = async {
            while !heard.contains("Обучение") {
                heard += &String::from_utf8_lossy(&stream.next().await.unwrap().unwrap());
            }
        };
        timeout(Duration::from_secs(5), listening).await.expect("Live shows what was asked for");
        let line = store::audit::of(&site.db, AGENT.0, 1).await.unwrap().remove(0);
        assert_eq!((line.by, line.action.as_str()), (Actor::User(user.id), "not_ready"));
        assert_eq!(ask(&mut browser, AGENT, "state", r#"{"state":"logged_out"}"#).await.status, StatusCode::ACCEPTED);
        assert_eq!(ask(&mut browser, AGENT, "wrap-up", r#"{"extend_s":30}"#).await.status, StatusCode::ACCEPTED);
    }
}

#[tokio::test]
async fn an_operator_asks_for_nobody_else_and_is_not_told_who_is_there() {
    let (site, mut browser, _) = site(Role::Operator, None).await;
    for other in [AGENT, NOBODY] {
        for (what, json) in [("state", r#"{"state":"ready"}"#), ("wrap-up", r#"{"extend_s":30}"#)] {
            let answer = ask(&mut browser, other, what, json).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what} {}", answer.body);
            assert_eq!(answer.body, r#"{"error":"forbidden"}"#);
        }
    }
    let line = store::audit::of(&site.db, AGENT.0, 1).await.unwrap().remove(0);
    assert_eq!(line.action, "created", "nothing was asked of the agent");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_a_word() {
    let (_site, mut browser, _) = site(Role::Supervisor, None).await;
    for (what, json, status) in [
        ("state", r#"{"state":"asleep"}"#, StatusCode::UNPROCESSABLE_ENTITY),
        ("state", r#"{"state":"ready","why":"x"}"#, StatusCode::UNPROCESSABLE_ENTITY),
        ("state", r#"{"state":"not_ready","reason":"no_answer"}"#, StatusCode::UNPROCESSABLE_ENTITY),
        ("state", r#"{"state":"ready","reason":"lunch"}"#, StatusCode::BAD_REQUEST),
        ("state", r#"{"state":"#, StatusCode::BAD_REQUEST),
        ("wrap-up", r#"{"extend_s":0}"#, StatusCode::BAD_REQUEST),
        ("wrap-up", r#"{"extend_s":3601}"#, StatusCode::BAD_REQUEST),
        ("wrap-up", r#"{"extend_s":-1}"#, StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let answer = ask(&mut browser, AGENT, what, json).await;
        assert_eq!(answer.status, status, "{json}: {}", answer.body);
        assert!(!answer.body.contains("<html"), "{json}: {}", answer.body);
    }
    let unread = ask(&mut browser, AGENT, "state", r#"{"state":"asleep"}"#).await.body;
    assert!(unread.contains("unknown variant `asleep`"), "{unread}");
    let gone = ask(&mut browser, NOBODY, "state", r#"{"state":"ready"}"#).await;
    assert_eq!((gone.status, gone.body.as_str()), (StatusCode::NOT_FOUND, r#"{"error":"not_found"}"#));
    assert_eq!(
        browser.post(&format!("/api/agents/{AGENT}/state"), "state=ready").await.status,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    assert_eq!(browser.json("/api/agents/nonsense/state", r#"{"state":"ready"}"#).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn another_sites_page_and_the_signed_out_ask_for_nothing() {
    let (site, mut browser, _) = site(Role::Admin, None).await;
    let ready = r#"{"state":"ready"}"#;
    assert_eq!(ask(&mut site.browser(), AGENT, "state", ready).await.status, StatusCode::UNAUTHORIZED);
    browser.origin = Some("https://evil.example");
    let answer = ask(&mut browser, AGENT, "state", ready).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(store::audit::of(&site.db, AGENT.0, 1).await.unwrap()[0].action, "created");
}

/// The reasons that people may give are those that the model has for people.
#[tokio::test]
async fn every_reason_that_people_give_is_taken() {
    let (_site, mut browser, _) = site(Role::Supervisor, None).await;
    let reasons =
        [NotReadyReason::Asked, NotReadyReason::Break, NotReadyReason::Lunch, NotReadyReason::Training, NotReadyReason::Meeting];
    for reason in reasons {
        let json = format!(r#"{{"state":"not_ready","reason":"{}"}}"#, reason.name());
        assert_eq!(ask(&mut browser, AGENT, "state", &json).await.status, StatusCode::ACCEPTED, "{json}");
    }
}
