//! The desk: who has one, what it shows and to whom, what it orders, and what happens when it vanishes.

use std::time::Duration;

use acd::event::{Account, Event};
use axum::body::BodyDataStream;
use axum::http::StatusCode;
use futures_util::StreamExt;
use model::user::{Role, User};
use model::{Actor, AgentId, CallId, Endpoint, OurLeg, ServerId, Span, Timestamp};
use tokio::time::timeout;
use uuid::Uuid;

use super::site::{Browser, PASSWORD, Site};

/// The agent of `furnish`.
const AGENT: AgentId = AgentId(Uuid::from_u128(8));

/// A site whose phone 1001 can be reached, and a browser of the operator who sits at it.
async fn desk() -> (Site, Browser, User) {
    desk_of(Site::open().await).await
}

async fn desk_of(site: Site) -> (Site, Browser, User) {
    site.furnish("Пётр Васильев").await;
    let phone = Endpoint { server: ServerId(1), name: "1001".to_owned() };
    let account = Account { reachable: vec![phone], ..Account::default() };
    let mut browser = site.signed_in(Role::Operator).await;
    let user = store::users::list(&site.db).await.unwrap().remove(0);
    let user = User { agent: Some(AGENT), ..user };
    store::users::update(&site.db, &Actor::CommandLine, Timestamp::from_ms(2), &user).await.unwrap();
    shows(&mut browser, "Вы не на линии").await;
    site.events.send(Event::SwitchReturned { server: ServerId(1), account }).await.unwrap();
    (site, browser, user)
}

/// Opens the page until it shows something: the loop takes its time.
async fn shows(browser: &mut Browser, words: &str) -> String {
    let mut page = String::new();
    let shown = async {
        loop {
            page = browser.get("/desk").await.body;
            if page.contains(words) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let in_time = timeout(Duration::from_secs(10), shown).await;
    assert!(in_time.is_ok(), "{words:?} is not in {page}");
    page
}

/// Reads the stream until it says something.
async fn hears(stream: &mut BodyDataStream, words: &str) -> String {
    let mut heard = String::new();
    let listening = async {
        while !heard.contains(words) {
            let Some(chunk) = stream.next().await else { return };
            heard += &String::from_utf8_lossy(&chunk.unwrap());
        }
    };
    drop(timeout(Duration::from_secs(10), listening).await);
    assert!(heard.contains(words), "{words:?} is not in {heard}");
    heard
}

/// The call that a supervisor sees.
async fn call(site: &Site) -> CallId {
    site.user("watcher@example.org", Role::Supervisor).await;
    let mut watcher = site.browser();
    watcher.sign_in("watcher@example.org", PASSWORD).await;
    let page = watcher.get("/live").await.body;
    page.split("id=\"call-").find_map(|rest| rest.split('"').next()?.parse().ok()).unwrap()
}

#[tokio::test]
async fn whoever_is_no_agent_is_told_what_is_missing_and_orders_nothing() {
    let site = Site::open().await;
    for role in [Role::Operator, Role::Supervisor, Role::Admin] {
        let mut browser = site.signed_in(role).await;
        let page = browser.get("/desk").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("У вас нет рабочего места"));
        let hang_up = format!("call={}", Uuid::nil());
        for (path, form) in [("state", "state=ready"), ("wrap-up", "x=1"), ("beat", "x=1"), ("hang-up", hang_up.as_str())] {
            assert_eq!(browser.post(&format!("/desk/{path}"), form).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(browser.listen("/desk/stream").await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn two_browsers_of_an_agent_agree_and_the_audit_log_says_who_ordered() {
    let (site, mut one, user) = desk().await;
    let other = one.clone();
    let (_, mut stream) = other.listen("/desk/stream").await;
    let begun = hears(&mut stream, "id: all:0").await;
    assert!(begun.contains("event: hello"));
    let answer = one.post("/desk/state", "state=not_ready%3Atraining").await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/desk"));
    hears(&mut stream, "Обучение").await;
    one.header = Some(("hx-request", "true"));
    assert_eq!(one.post("/desk/state", "state=ready").await.status, StatusCode::NO_CONTENT);
    hears(&mut stream, "Вы готовы").await;
    shows(&mut one, "Вы готовы").await;
    let lines = store::audit::of(&site.db, AGENT.0, 2).await.unwrap();
    let said: Vec<_> = lines.iter().map(|line| (line.by, line.action.as_str())).collect();
    assert_eq!(said, [(Actor::User(user.id), "ready"), (Actor::User(user.id), "not_ready")]);
    for nonsense in ["state=asleep", "state=not_ready%3Agone", ""] {
        assert!(one.post("/desk/state", nonsense).await.status.is_client_error(), "{nonsense}");
    }
}

#[tokio::test]
async fn whoever_comes_to_work_at_a_desk_has_one_from_then_on() {
    let (site, mut browser, _) = desk().await;
    assert!(store::desk::all_open(&site.db).await.unwrap().is_empty());
    browser.post("/desk/state", "state=ready").await;
    assert_eq!(store::desk::all_open(&site.db).await.unwrap(), [AGENT], "before the first beat");
}

#[tokio::test]
async fn an_agent_sees_their_own_callers_number_whole_and_ends_no_call_but_their_own_conversation() {
    let (site, mut browser, user) = desk().await;
    let (_, mut stream) = browser.clone().listen("/desk/stream").await;
    site.caller("asterisk-1", "+79123456789");
    hears(&mut stream, "desk-queues").await;
    assert!(!browser.get("/desk").await.body.contains("345-67-89"), "who waits is nobody's caller yet");
    browser.post("/desk/state", "state=ready").await;
    let rings = hears(&mut stream, "data-ring=\"Звонит: +7").await;
    assert!(rings.contains("345-67-89") && rings.contains("Вы освободились, а звонящий ждал."), "{rings}");
    let call = call(&site).await;
    let (own, strange) = (format!("call={call}"), format!("call={}", Uuid::nil()));
    for call in [&own, &strange] {
        assert_eq!(browser.post("/desk/hang-up", call).await.status, StatusCode::NOT_FOUND, "nobody talks yet");
    }
    let leg = OurLeg { server: ServerId(1), call, n: 1 };
    site.events.send(Event::LegAnswered { leg }).await.unwrap();
    hears(&mut stream, "Разговор").await;
    assert_eq!(browser.post("/desk/hang-up", &strange).await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.post("/desk/hang-up", &own).await.status, StatusCode::SEE_OTHER);
    hears(&mut stream, "Поствызов").await;
    let line = store::audit::of(&site.db, call.0, 1).await.unwrap().remove(0);
    assert_eq!((line.by, line.action.as_str()), (Actor::User(user.id), "hung_up"));
}

#[tokio::test]
async fn hostile_numbers_are_text() {
    let (site, mut browser, _) = desk().await;
    let (_, mut stream) = browser.clone().listen("/desk/stream").await;
    site.caller("asterisk-1", "\"><script>alert(1)</script>\r\n\ndata: <hx-partial>");
    browser.post("/desk/state", "state=ready").await;
    let heard = hears(&mut stream, "alert(1)").await;
    for page in [heard, browser.get("/desk").await.body] {
        assert!(!page.contains("<script>alert"), "{page}");
        assert!(!page.contains("\ndata: <hx-partial>\n"));
    }
}

/// How long a desk may be silent where it is tested that it vanishes.
const GONE: Span = Span::from_secs(3);

#[tokio::test]
async fn a_desk_that_vanishes_stops_its_agents_calls_and_says_so_when_it_is_back() {
    let (site, mut browser, _) = desk_of(Site::watchful(GONE).await).await;
    browser.post("/desk/state", "state=ready").await;
    shows(&mut browser, "Вы готовы").await;
    assert_eq!(browser.post("/desk/beat", "x=1").await.status, StatusCode::NO_CONTENT);
    assert_eq!(store::desk::all_open(&site.db).await.unwrap(), [AGENT]);
    let page = shows(&mut browser, "Рабочее место пропадало").await;
    assert!(page.contains("нажмите «Готов», чтобы продолжить"));
    let closed = async {
        while !store::desk::all_open(&site.db).await.unwrap().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(10), closed).await.unwrap();
    let line = store::audit::of(&site.db, AGENT.0, 1).await.unwrap().remove(0);
    assert_eq!((line.by, line.action.as_str()), (Actor::Program, "desk_gone"));
    browser.post("/desk/beat", "x=1").await;
    shows(&mut browser, "Рабочее место пропадало").await;
}

/// Whoever it is that gives a sign of life, nobody can say while sessions cannot be read.
#[tokio::test]
async fn while_the_database_is_away_no_desk_vanishes() {
    let (site, mut browser, _) = desk_of(Site::watchful(GONE).await).await;
    browser.post("/desk/state", "state=ready").await;
    shows(&mut browser, "Вы готовы").await;
    assert_eq!(browser.post("/desk/beat", "x=1").await.status, StatusCode::NO_CONTENT);
    let meddles = async |sql| {
        let mut tab = browser.clone();
        let beats = async {
            loop {
                tab.post("/desk/beat", "x=1").await;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::select! {
            () = beats => {}
            () = site.meddle(sql) => {}
        }
    };
    meddles("ALTER TABLE sessions RENAME TO hidden").await;
    let away = tokio::time::Instant::now() + GONE.to_duration() * 3;
    while tokio::time::Instant::now() < away {
        assert!(browser.clone().post("/desk/beat", "x=1").await.status.is_server_error());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    meddles("ALTER TABLE hidden RENAME TO sessions").await;
    assert_eq!(browser.post("/desk/beat", "x=1").await.status, StatusCode::NO_CONTENT);
    assert!(browser.get("/desk").await.body.contains("Вы готовы"));
    assert!(store::audit::of(&site.db, AGENT.0, 9).await.unwrap().iter().all(|line| line.action != "desk_gone"));
    shows(&mut browser, "Рабочее место пропадало").await;
}
