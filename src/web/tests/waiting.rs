//! What is answered while the database is not there.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::waiting::wait;

async fn asks(address: std::net::SocketAddr, path: &str) -> String {
    let mut heard = String::new();
    let talk = async {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes()).await.unwrap();
        stream.read_to_string(&mut heard).await.unwrap();
    };
    timeout(Duration::from_secs(10), talk).await.expect("an answer");
    heard
}

#[tokio::test]
async fn a_program_that_waits_for_its_database_says_that_it_lives_and_is_not_ready() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (database, comes) = oneshot::channel();
    let waits = tokio::spawn(async move { (wait(&listener, None, None, comes).await.unwrap(), listener) });
    let alive = asks(address, "/healthz").await;
    assert!(alive.starts_with("HTTP/1.1 200 OK") && alive.ends_with("ok\n"), "{alive}");
    let ready = asks(address, "/readyz").await;
    assert!(ready.starts_with("HTTP/1.1 503 ") && ready.contains(r#""database":false"#), "{ready}");
    let page = asks(address, "/live").await;
    assert!(page.starts_with("HTTP/1.1 503 ") && page.contains("retry-after: 5") && page.contains("База данных"), "{page}");
    // Whoever holds a connection open keeps nobody waiting, and the address serves the pages from then on.
    let _idle = TcpStream::connect(address).await.unwrap();
    database.send("there").unwrap();
    let (came, listener) = timeout(Duration::from_secs(10), waits).await.expect("an end").unwrap();
    assert_eq!(came, Ok("there"));
    assert_eq!(listener.local_addr().unwrap(), address);
}
