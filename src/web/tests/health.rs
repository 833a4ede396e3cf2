//! The page of health: what it shows is what `/metrics` tells.

use std::time::Duration;

use axum::http::StatusCode;
use futures_util::StreamExt;
use model::user::Role;

use super::site::{Browser, Site};

/// The value of a line of `/metrics`.
fn told(metrics: &str, line: &str) -> f64 {
    let value = metrics.lines().find_map(|known| known.strip_prefix(line)?.strip_prefix(' '));
    value.unwrap_or_else(|| panic!("no {line} in {metrics}")).parse().unwrap()
}

#[tokio::test]
async fn an_admin_sees_what_calls_need_and_every_number_with_its_limit() {
    let site = Site::open().await;
    let mut admin = site.signed_in(Role::Admin).await;
    let page = admin.get("/admin/health").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Не хватает: Asterisk<"), "nobody plays Asterisk yet");
    for word in ["Шаг ядра", "Ответ Asterisk", "От события до страницы", "Запись журнала", "Память", "Открытые файлы"]
    {
        assert!(page.body.contains(word), "{word}");
    }
    assert!(page.body.contains("не настроен"), "of a manager interface nothing was ever counted");
}

#[tokio::test]
async fn the_page_and_the_metrics_agree() {
    let site = Site::open().await;
    // By then the hour has begun: what is counted from here on is of this hour.
    let mut admin = site.signed_in(Role::Admin).await;
    metrics::gauge!("callsync_ari_lanes").set(12_480);
    metrics::gauge!("callsync_ami_connected").set(1);
    metrics::histogram!("callsync_ari_request_seconds", "request" => "answer").record(0.0601);
    metrics::counter!("callsync_ari_requests_total", "request" => "answer", "status" => "404").increment(1);
    let metrics = admin.get("/metrics").await.body;
    assert_eq!(told(&metrics, "callsync_ari_lanes"), 12_480.0);
    let page = admin.get("/admin/health").await.body;
    assert!(page.contains("12\u{a0}480"), "{page}");
    let answer = page.split("<th scope=\"row\">answer</th>").nth(1).expect("a row of the kind").split("</tr>").next().unwrap();
    assert!(answer.contains("class=\"failed\"") && answer.contains(">70<"), "up to the edge of its bucket: {answer}");
}

#[tokio::test]
async fn the_process_stands_in_the_metrics_by_the_names_that_prometheus_knows() {
    let site = Site::open().await;
    let mut admin = site.signed_in(Role::Admin).await;
    let metrics = admin.get("/metrics").await.body;
    assert!(told(&metrics, "process_resident_memory_bytes") > 1e6);
    assert!(told(&metrics, "callsync_process_peak_memory_bytes") >= told(&metrics, "process_resident_memory_bytes"));
    assert!(told(&metrics, "process_open_fds") >= 3.0);
    assert!(metrics.contains("# TYPE process_cpu_seconds_total counter"));
    assert!(metrics.contains("callsync_build_info{version=\"0.1.0\""), "{metrics}");
}

#[tokio::test]
async fn the_page_asks_for_itself_and_one_of_another_build_loads_itself_again() {
    let site = Site::open().await;
    let mut admin = site.signed_in(Role::Admin).await;
    let page = admin.get("/admin/health").await.body;
    let asks = page.split("hx-get=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    let same = admin.get(&asks).await;
    assert_eq!(same.status, StatusCode::OK);
    assert!(same.body.starts_with("<div class=\"page health\" id=\"health\""), "{}", same.body);
    assert!(!same.headers.contains_key("hx-refresh"));
    let other = admin.get("/admin/health/now?build=other").await;
    assert_eq!(other.headers["hx-refresh"], "true");
    assert_eq!(admin.get("/admin/health/now").await.headers["hx-refresh"], "true");
}

#[tokio::test]
async fn how_late_a_page_was_told_is_counted_once_for_every_page() {
    let site = Site::open().await;
    site.furnish("Анна Ильина").await;
    let browser = site.signed_in(Role::Supervisor).await;
    let (mut one, mut other) = (browser.listen("/live/stream").await.1, browser.listen("/live/stream").await.1);
    // By then the loop knows the queue, so that it takes the caller.
    for stream in [&mut one, &mut other] {
        until(stream, "Продажи").await;
    }
    let mut admin = site.signed_in(Role::Admin).await;
    let before = pages_told(&mut admin).await;
    site.caller("leg", "+79123456789");
    for stream in [&mut one, &mut other] {
        until(stream, "345-67-89").await;
    }
    let after = pages_told(&mut admin).await;
    assert!(after - before >= 2.0, "{after} after {before}");
}

/// How many pages with Live were told of something.
async fn pages_told(admin: &mut Browser) -> f64 {
    let metrics = admin.get("/metrics").await.body;
    let count = metrics.lines().find_map(|line| line.strip_prefix("callsync_page_seconds_count{page=\"live\"} "));
    count.map_or(0.0, |count| count.parse().unwrap())
}

/// Reads a stream until this stands in it.
async fn until(stream: &mut axum::body::BodyDataStream, wanted: &str) {
    let mut heard = String::new();
    let reading = async {
        while !heard.contains(wanted) {
            heard += &String::from_utf8_lossy(&stream.next().await.expect("the stream goes on").unwrap());
        }
    };
    tokio::time::timeout(Duration::from_secs(10), reading).await.unwrap_or_else(|_| panic!("{wanted} never came"));
}

#[tokio::test]
async fn the_page_names_other_programs_on_this_asterisk_as_long_as_something_of_theirs_is_there() {
    let site = Site::open().await;
    let mut admin = site.signed_in(Role::Admin).await;
    let tell = |legs: u32, bridges: u32| {
        let (app, installation) = ("trial", "kfjdlsmn");
        metrics::gauge!("callsync_ari_others", "what" => "legs", "app" => app, "installation" => installation).set(legs);
        metrics::gauge!("callsync_ari_others", "what" => "bridges", "app" => app, "installation" => installation).set(bridges);
    };
    tell(34, 16);
    let page = admin.get("/admin/health").await.body;
    let named = page.split("data-others=\"trial\"").nth(1).and_then(|rest| rest.split("</li>").next()).expect("it is named");
    assert!(["trial", "kfjdlsmn", "34", "16"].iter().all(|word| named.contains(word)), "{named}");
    tell(0, 0);
    assert!(!admin.get("/admin/health").await.body.contains("data-others"));
}
