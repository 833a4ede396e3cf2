//! So many connections and no more.

use std::net::SocketAddr;
use std::time::Duration;

use model::user::Role;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::site::Site;
use crate::doors::{Doors, SILENCE, Silence};
use crate::serve::serve_through;

const MOST: usize = 4;

/// Sends a request and reads until these words have come, or the other side has closed.
async fn say(stream: &mut TcpStream, request: &str, until: &str) -> String {
    drop(stream.write_all(request.as_bytes()).await);
    let mut heard = String::new();
    let listening = async {
        let mut bytes = [0; 4096];
        while !heard.contains(until) {
            match stream.read(&mut bytes).await {
                Ok(0) | Err(_) => return,
                Ok(read) => heard += &String::from_utf8_lossy(&bytes[..read]),
            }
        }
    };
    timeout(Duration::from_secs(10), listening).await.expect("an answer, or the end");
    heard
}

/// Opens the site's doors.
async fn served(site: &Site, silence: Silence) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let doors = Doors::new(listener, None, MOST, silence);
    (address, tokio::spawn(serve_through(doors, site.router.clone(), site.stop.subscribe())))
}

async fn serves(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address).await else { return false };
    say(&mut stream, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", "ok\n").await.contains("200 OK")
}

#[tokio::test]
async fn one_connection_more_than_there_may_be_is_refused_and_those_that_are_open_are_served() {
    let site = Site::open().await;
    let browser = site.signed_in(Role::Supervisor).await;
    let cookie = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
    let (address, served) = served(&site, SILENCE).await;

    let mut stream = TcpStream::connect(address).await.unwrap();
    let live = format!("GET /live/stream HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n");
    let heard = say(&mut stream, &live, "event: hello").await;
    assert!(heard.contains("200 OK") && heard.contains("event: hello"), "{heard}");
    let mut idle = Vec::new();
    for _ in 1..MOST {
        let mut one = TcpStream::connect(address).await.unwrap();
        assert!(say(&mut one, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", "ok\n").await.contains("200 OK"));
        idle.push(one);
    }
    let mut refused = TcpStream::connect(address).await.unwrap();
    let heard = say(&mut refused, "", "nothing more").await;
    assert!(heard.starts_with("HTTP/1.1 503 ") && heard.contains("Connection: close"), "{heard}");
    assert!(!serves(address).await, "a stream of Live counts like every other connection");
    assert!(say(&mut idle[0], "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", "ok\n").await.contains("200 OK"));

    drop(stream);
    let room = async {
        while !serves(address).await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(10), room).await.expect("the place of a stream that ended is free again");
    site.stop.send_replace(true);
    drop(idle);
    timeout(Duration::from_secs(10), served).await.expect("it stops").unwrap();
}

/// What is told of a request's origin passes through the count of connections.
#[tokio::test]
async fn a_program_on_this_machine_is_known_by_its_address() {
    let site = Site::open().await;
    let (address, served) = served(&site, SILENCE).await;
    let mut program = TcpStream::connect(address).await.unwrap();
    let heard = say(&mut program, "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "nothing more").await;
    assert!(heard.starts_with("HTTP/1.1 200 OK"), "{heard}");
    served.abort();
}

#[tokio::test]
async fn whoever_says_nothing_or_does_not_come_to_the_point_keeps_no_place() {
    let site = Site::open().await;
    let (address, served) = served(&site, Silence { first: Duration::from_secs(1), ..SILENCE }).await;

    let mut silent = Vec::new();
    for _ in 0..MOST {
        silent.push(TcpStream::connect(address).await.unwrap());
    }
    let mut slow = silent.pop().unwrap();
    let dribbling = async {
        while slow.write_all(b"X").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(10), dribbling).await.expect("it is closed");
    assert_eq!(say(&mut silent[0], "", "nothing more").await, "");
    served.abort();
}

#[tokio::test]
async fn whoever_asks_for_nothing_more_keeps_no_place() {
    let site = Site::open().await;
    // The answer has longer to come than the silence after it may last.
    let silence = Silence { first: Duration::from_secs(5), later: Duration::from_secs(1) };
    let (address, served) = served(&site, silence).await;
    let mut asked = TcpStream::connect(address).await.unwrap();
    assert!(say(&mut asked, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", "ok\n").await.contains("200 OK"));
    assert_eq!(say(&mut asked, "", "nothing more").await, "");
    served.abort();
}
