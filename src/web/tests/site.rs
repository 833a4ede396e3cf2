//! A site to test: its database in a folder of its own, its loop, its router, and a browser that keeps cookies.

use std::net::SocketAddr;
use std::path::PathBuf;

use acd::effect::Order;
use acd::event::{Account, Event};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::header::{ACCEPT, CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use metrics::LocalRecorderGuard;
use metrics_exporter_prometheus::PrometheusRecorder;
use model::queue::{Overflow, ServiceLevelTarget, Strategy};
use model::user::{Role, User};
use model::{Actor, Agent, AgentId, Email, Endpoint, PersonName, Phone, Queue, QueueId, ServerId, Span, TheirLeg, Timestamp};
use store::users::{NewUser, PasswordHash};
use tokio::sync::{mpsc, watch};
use tower::ServiceExt;
use uuid::Uuid;

use crate::App;

pub const PASSWORD: &str = "correct horse battery";

/// The site, and what would be Asterisk.
pub struct Site {
    pub router: Router,
    pub db: store::Db,
    pub events: mpsc::Sender<Event>,
    pub stop: watch::Sender<bool>,
    /// What this test's thread counts, `/metrics` tells.
    _counted: LocalRecorderGuard<'static>,
    _orders: mpsc::Receiver<Order>,
    _centre: runtime::Centre,
    folder: Folder,
}

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

impl Site {
    pub async fn open() -> Self {
        Self::opened(false).await
    }

    pub async fn opened(secure: bool) -> Self {
        Self::opened_with(secure, None).await
    }

    /// With a token for programs that read the metrics.
    pub async fn opened_with(secure: bool, metrics_token: Option<&str>) -> Self {
        Self::with(secure, metrics_token, Span::from_secs(3600)).await
    }

    /// Where a desk that is silent for so long is gone.
    pub async fn watchful(desk_gone: Span) -> Self {
        Self::with(false, None, desk_gone).await
    }

    async fn with(secure: bool, metrics_token: Option<&str>, desk_gone: Span) -> Self {
        let recorder: &'static PrometheusRecorder = Box::leak(Box::new(crate::counting().unwrap().build_recorder()));
        let counted = metrics::set_default_local_recorder(recorder);
        let folder = Folder(std::env::temp_dir().join(format!("callsync-web-{}", Uuid::now_v7().simple())));
        std::fs::create_dir_all(&folder.0).unwrap();
        let db = store::Db::open(&format!("sqlite://{}", folder.0.join("test.db").display())).await.unwrap();
        db.migrate().await.unwrap();
        let (events, events_out) = mpsc::channel(runtime::EVENTS);
        let (orders_in, orders) = mpsc::channel(runtime::ORDERS);
        let (beats, roster) = (watch::Sender::default(), watch::Sender::default());
        let ends = runtime::SwitchEnds { servers: vec![ServerId(1)], events: events_out, orders: orders_in, beats, roster };
        let keeping = runtime::Keeping { folder: folder.0.clone(), days: 14, zone: jiff::tz::TimeZone::UTC };
        let (handle, centre) = runtime::start(db.clone(), keeping, ends, &tokio::runtime::Handle::current()).await.unwrap();
        let (stop, stopping) = watch::channel(false);
        let metrics_token = metrics_token.map(Into::into);
        let app = App {
            db: db.clone(),
            runtime: handle,
            metrics: recorder.handle(),
            secure,
            behind_proxy: secure,
            zone: jiff::tz::TimeZone::UTC,
            metrics_token,
            desk_gone,
        };
        let router = crate::router(app, stopping);
        Self { router, db, events, stop, _counted: counted, _orders: orders, _centre: centre, folder }
    }

    pub async fn user(&self, email: &str, role: Role) -> User {
        let new = NewUser { email: Email::new(email), name: PersonName::new("Анна Ильина"), role, agent: None };
        let hash = PasswordHash(crate::hash_password(PASSWORD).unwrap());
        store::users::create(&self.db, &Actor::CommandLine, Timestamp::from_ms(1), new, &hash).await.unwrap()
    }

    /// A queue and an agent, and an Asterisk that is there.
    pub async fn furnish(&self, agent: &str) -> QueueId {
        let (at, by) = (Timestamp::from_ms(1), Actor::CommandLine);
        let queue = Queue {
            id: QueueId(Uuid::from_u128(7)),
            number: "700".to_owned(),
            name: "Продажи".to_owned(),
            music: "default".to_owned(),
            ring_timeout: Span::from_secs(15),
            wrap_up: Span::from_secs(5),
            service_level: ServiceLevelTarget { percent: 80, within: Span::from_secs(20) },
            strategy: Strategy::default(),
            overflow: Overflow::default(),
        };
        store::queues::save(&self.db, &by, at, queue.clone()).await.unwrap();
        let endpoint = Endpoint { server: ServerId(1), name: "1001".to_owned() };
        let id = AgentId(Uuid::from_u128(8));
        let agent = Agent {
            id,
            name: PersonName::new(agent),
            endpoint,
            queues: vec![queue.id],
            ready_on_register: false,
            tiers: std::collections::BTreeMap::new(),
        };
        store::agents::save(&self.db, &by, at, agent).await.unwrap();
        self.events.try_send(Event::SwitchReturned { server: ServerId(1), account: Account::default() }).unwrap();
        queue.id
    }

    pub fn caller(&self, leg: &str, number: &str) {
        let leg = TheirLeg { server: ServerId(1), id: leg.to_owned() };
        let (number, dialled) = (Some(Phone::new(number)), "700".to_owned());
        let event = Event::CallerArrived { leg, number, dialled, priority: 0, came: None, told: None };
        self.events.try_send(event).unwrap();
    }

    /// What somebody else does to the database.
    pub async fn meddle(&self, sql: &'static str) {
        let url = format!("sqlite://{}", self.folder.0.join("test.db").display());
        let mut connection = <sqlx::SqliteConnection as sqlx::Connection>::connect(&url).await.unwrap();
        sqlx::Executor::execute(&mut connection, sql).await.unwrap();
    }

    pub fn browser(&self) -> Browser {
        Browser { router: self.router.clone(), cookies: Vec::new(), origin: None, from: None, header: None }
    }

    /// A browser that has signed in.
    pub async fn signed_in(&self, role: Role) -> Browser {
        let email = format!("{}@example.org", role.name());
        self.user(&email, role).await;
        let mut browser = self.browser();
        let answer = browser.sign_in(&email, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        browser
    }
}

/// Keeps cookies, follows nothing.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub cookies: Vec<(String, String)>,
    /// The site whose page sends; none for a program.
    pub origin: Option<&'static str>,
    /// Where the connection comes from.
    pub from: Option<SocketAddr>,
    /// A header that this browser sends besides.
    pub header: Option<(&'static str, &'static str)>,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers.get(LOCATION).map_or("", |location| location.to_str().unwrap())
    }
}

impl Browser {
    /// What is sent along with every request.
    pub fn cookies(&self) -> String {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        cookies.join("; ")
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, "").await
    }

    pub async fn post(&mut self, path: &str, form: &str) -> Answer {
        self.send(Method::POST, path, form).await
    }

    pub async fn json(&mut self, path: &str, json: &str) -> Answer {
        let mut request = self.request(Method::POST, path, "");
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *request.body_mut() = Body::from(json.to_owned());
        self.answer(request).await
    }

    pub async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        let form = format!("email={}&password={}&next=%2Flive", email.replace('@', "%40"), password.replace(' ', "+"));
        self.post("/login", &form).await
    }

    pub async fn send(&mut self, method: Method, path: &str, form: &str) -> Answer {
        self.answer(self.request(method, path, form)).await
    }

    async fn answer(&mut self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let headers = response.headers().clone();
        for cookie in headers.get_all(SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !text.contains("Max-Age=0") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let status = response.status();
        let body = to_bytes(response.into_body(), 8 << 20).await.unwrap();
        Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    /// The body of a stream, as it comes.
    pub async fn listen(&self, path: &str) -> (StatusCode, axum::body::BodyDataStream) {
        let response = self.router.clone().oneshot(self.request(Method::GET, path, "")).await.unwrap();
        (response.status(), response.into_body().into_data_stream())
    }

    fn request(&self, method: Method, path: &str, form: &str) -> Request<Body> {
        let mut request =
            Request::builder().method(method).uri(path).header(HOST, "callsync.example").header(ACCEPT, "text/html");
        if !self.cookies.is_empty() {
            request = request.header(COOKIE, self.cookies());
        }
        if let Some(origin) = self.origin {
            request = request.header(ORIGIN, origin);
        }
        if let Some((name, value)) = self.header {
            request = request.header(name, value);
        }
        if let Some(from) = self.from {
            request = request.extension(ConnectInfo(from));
        }
        if !form.is_empty() {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        request.body(Body::from(form.to_owned())).unwrap()
    }
}
