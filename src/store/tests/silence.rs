//! A database that says nothing any more, as behind a network that swallows packets: nobody waits for ever, and when it is
//! back nothing stands in the way.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use model::{Actor, AgentId, CallId, Email, PersonName, Phone, ServerId, UserId};
use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use super::books::entries;
use super::stand::on_postgres;
use super::{agent, at, queue};
use crate::dispatch::On;
use crate::import::{Document, Hasher};
use crate::sessions::{Session, SessionKey};
use crate::users::{NewUser, PasswordHash};
use crate::{Db, Error, agent_states, agents, audit, books, calls, desk, import, lock, queues, sessions, settings, users};

/// How long the tests' program waits for what it reads; for what it writes six times as long.
const WAIT: Duration = Duration::from_millis(100);

/// A server that lets everybody in and then says nothing: the end of the handshake (AuthenticationOk, ReadyForQuery).
async fn silent_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut length = [0; 4];
            stream.read_exact(&mut length).await.unwrap();
            let mut rest = vec![0; u32::from_be_bytes(length) as usize - 4];
            stream.read_exact(&mut rest).await.unwrap();
            stream.write_all(b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I").await.unwrap();
            kept.push(stream);
        }
    });
    port
}

struct Plain;

impl Hasher for Plain {
    fn hash(&self, password: &str) -> Result<PasswordHash, String> {
        Ok(PasswordHash(password.to_owned()))
    }

    fn matches(&self, password: &str, hash: &PasswordHash) -> bool {
        password == hash.0
    }
}

/// Asks, and gives up long after whoever is asked should have.
async fn gives_up<T>(what: &str, asked: impl Future<Output = Result<T, Error>>) {
    let began = Instant::now();
    let answer = timeout(Duration::from_secs(20), asked).await;
    let Ok(answer) = answer else { panic!("{what} waits for ever") };
    let Err(error) = answer else { panic!("{what} was answered") };
    assert!(matches!(error, Error::Silent(_) | Error::OutOfReach), "{what}: {error}");
    let took = began.elapsed();
    assert!(took < WAIT * 6 + Duration::from_secs(5), "{what} took {took:?}");
}

/// A database that is opened in vain for as long as this machine cannot make a connection in the time that it is given.
async fn opened(url: &str, wait: Duration) -> Db {
    let opened = async {
        loop {
            if let Ok(db) = Db::open_with(url, wait).await {
                break db;
            }
        }
    };
    timeout(Duration::from_secs(30), opened).await.expect("the database is not opened")
}

#[tokio::test]
async fn no_question_waits_for_ever_for_a_database_that_says_nothing() {
    let port = silent_server().await;
    let db = opened(&format!("postgres://u@127.0.0.1:{port}/d?sslmode=disable"), WAIT).await;
    let (db, by) = (&db, &Actor::CommandLine);
    let (call, user) = (CallId(Uuid::nil()), UserId(Uuid::nil()));
    gives_up("ping", db.ping()).await;
    gives_up("pending_migrations", db.pending_migrations()).await;
    gives_up("settings::load", settings::load(db)).await;
    gives_up("settings::version", settings::version(db)).await;
    gives_up("queues::save", queues::save(db, by, at(0), queue(700))).await;
    gives_up("queues::delete", queues::delete(db, by, at(0), queue(700).id)).await;
    gives_up("agents::save", agents::save(db, by, at(0), agent(1001, &[]))).await;
    gives_up("agents::delete", agents::delete(db, by, at(0), agent(1001, &[]).id)).await;
    gives_up("audit::latest", audit::latest(db, 9)).await;
    gives_up("audit::of", audit::of(db, Uuid::nil(), 9)).await;
    gives_up("audit::note", audit::note(db, by, at(0), "asked", "agent", Uuid::nil())).await;
    gives_up("books::position", books::position(db)).await;
    gives_up("books::apply", books::apply(db, &entries(1, 0..1))).await;
    gives_up("books::end_what_was_left_open", books::end_what_was_left_open(db, at(0))).await;
    gives_up("calls::find", calls::find(db, call)).await;
    gives_up("calls::story", calls::story(db, call)).await;
    gives_up("calls::of_leg", calls::of_leg(db, ServerId(1), "x")).await;
    gives_up("calls::between", calls::between(db, at(0), at(1), 9)).await;
    gives_up("calls::totals", calls::totals(db, at(0), at(1))).await;
    gives_up("agent_states::last", agent_states::last(db)).await;
    gives_up("agent_states::between", agent_states::between(db, AgentId(Uuid::nil()), at(0), at(1))).await;
    let (own, number) = (AgentId(Uuid::nil()), Phone::new("1"));
    gives_up("desk::earlier", desk::earlier(db, &number, call, 9)).await;
    gives_up("desk::of_agent", desk::of_agent(db, own, 9)).await;
    gives_up("desk::missed", desk::missed(db, own, at(0), 9)).await;
    gives_up("desk::day", desk::day(db, own, at(0), at(1), None)).await;
    gives_up("desk::open", desk::open(db, own, at(0))).await;
    gives_up("desk::close", desk::close(db, own)).await;
    gives_up("desk::all_open", desk::all_open(db)).await;
    let new = NewUser { email: Email::new("a@b.c"), name: PersonName::new("A"), role: model::user::Role::Admin, agent: None };
    let hash = PasswordHash(String::new());
    gives_up("users::create", users::create(db, by, at(0), new.clone(), &hash)).await;
    gives_up("users::of_email", users::of_email(db, &new.email)).await;
    gives_up("users::find", users::find(db, user)).await;
    gives_up("users::list", users::list(db)).await;
    let known = model::user::User { id: user, email: new.email, name: new.name, role: new.role, agent: None };
    gives_up("users::update", users::update(db, by, at(0), &known)).await;
    gives_up("users::set_password", users::set_password(db, by, at(0), user, &hash)).await;
    let key = SessionKey([7; 32]);
    let session = Session { user: None, data: vec![], created_at: at(0), last_seen_at: at(0), expires_at: at(1) };
    gives_up("sessions::create", sessions::create(db, &key, &session)).await;
    gives_up("sessions::load", sessions::load(db, &key, at(0))).await;
    gives_up("sessions::save", sessions::save(db, &key, &session)).await;
    gives_up("sessions::delete", sessions::delete(db, &key)).await;
    gives_up("sessions::delete_of_user", sessions::delete_of_user(db, by, at(0), user)).await;
    gives_up("sessions::of_user", sessions::of_user(db, user, at(0))).await;
    gives_up("sessions::delete_expired", sessions::delete_expired(db, at(0))).await;
    gives_up("import::apply", import::apply(db, &Document::default(), ServerId(1), by, at(0), &Plain)).await;
    gives_up("lock::hold", lock::hold_within(db, WAIT, WAIT)).await;
    timeout(Duration::from_secs(10), db.close()).await.expect("closing waits for ever");
}

/// Carries connections to the server for as long as it is true that packets come through. Those that were open when they
/// ceased to stay open and silent for ever, also when packets come through again.
fn carry(listener: TcpListener, server: &PgConnectOptions, through: watch::Receiver<bool>) {
    let server = (server.get_host().to_owned(), server.get_port());
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let (server, mut through) = (server.clone(), through.clone());
            tokio::spawn(async move {
                drop(through.wait_for(|through| *through).await);
                let mut far = TcpStream::connect(server).await.unwrap();
                tokio::select! {
                    _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                    () = async { drop(through.wait_for(|through| !through).await) } => std::future::pending().await,
                }
            });
        }
    });
}

#[tokio::test]
async fn a_network_that_swallows_packets_for_a_while_takes_no_connection_with_it_for_good() {
    on_postgres(|stand| async move {
        let server = PgConnectOptions::from_str(&stand.url).unwrap();
        if server.get_socket().is_some() {
            return;
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (packets, through) = watch::channel(true);
        carry(listener, &server, through);
        let url = format!("{}&host=127.0.0.1&port={port}&sslmode=disable", stand.url);
        let db = Arc::new(opened(&url, Duration::from_secs(1)).await);
        connected(&db).await;
        let mut asked = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let db = Arc::clone(&db);
            asked.spawn(async move { db.reading(sleep_in(&db)).await });
        }
        let asleep = "SELECT COUNT(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(5)'";
        let all = async { while stand.count(asleep).await < 8 {} };
        timeout(Duration::from_secs(10), all).await.expect("eight questions are under way");
        packets.send_replace(false);
        let answers = asked.join_all().await;
        assert!(answers.iter().all(|answer| matches!(answer, Err(Error::Silent(_)))), "{answers:?}");
        assert!(books::apply(&db, &entries(1, 0..1)).await.is_err());
        packets.send_replace(true);
        let began = Instant::now();
        while books::apply(&db, &entries(1, 0..1)).await.is_err() {
            assert!(began.elapsed() < Duration::from_secs(10), "the connections that fell silent are still waited for");
        }
        for _ in 0..8 {
            db.ping().await.unwrap();
        }
        db.close().await;
    })
    .await;
}

/// Makes the eight connections of the pool, one after another, so that what is asked next is under way at once.
async fn connected(db: &Db) {
    let On::Pg(pool) = db.read() else { panic!("not PostgreSQL") };
    let made = async {
        let mut held = Vec::new();
        while held.len() < 8 {
            held.extend(pool.acquire().await);
        }
    };
    timeout(Duration::from_secs(30), made).await.expect("eight connections are made");
}

/// A question that is under way for longer than anybody waits.
async fn sleep_in(db: &Db) -> Result<(), Error> {
    let Db::Pg(_) = db else { return Ok(()) };
    on!(db.read(), c => sqlx::query("SELECT pg_sleep(5)").execute(c).await.map(|_| ()))?;
    Ok(())
}
