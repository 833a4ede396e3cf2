//! TLS at the door: who speaks it is served, who does not is shown the way, who says nothing holds nobody up.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::header::COOKIE;
use axum::http::{Request, StatusCode};
use model::user::Role;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::rustls::pki_types::{PrivatePkcs8KeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig, crypto};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::site::Site;
use crate::doors::{Doors, SILENCE};
use crate::serve::serve_through;

/// The two ends' settings: a certificate of `localhost`'s own, and a client that trusts it.
fn ends() -> (Arc<ServerConfig>, Arc<ClientConfig>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (cert, key) = (made.cert.der().clone(), PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(crypto::ring::default_provider());
    let server = ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions().unwrap();
    let server = server.with_no_client_auth().with_single_cert(vec![cert.clone()], key.into()).unwrap();
    let mut trusted = RootCertStore::empty();
    trusted.add(cert).unwrap();
    let client = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let mut client = client.with_root_certificates(trusted).with_no_client_auth();
    let mut server = server;
    server.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    client.alpn_protocols = vec![b"http/1.1".to_vec()];
    (Arc::new(server), Arc::new(client))
}

async fn says(mut stream: impl AsyncReadExt + AsyncWriteExt + Unpin) -> String {
    let mut heard = String::new();
    let talk = async {
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
        // Whoever ends TLS without a farewell ends all the same.
        drop(stream.read_to_string(&mut heard).await);
    };
    timeout(Duration::from_secs(10), talk).await.expect("an answer, and the end");
    heard
}

async fn served(room: usize) -> (SocketAddr, Arc<ClientConfig>, Site) {
    let site = Site::open().await;
    let (server, client) = ends();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let doors = Doors::new(listener, Some(TlsAcceptor::from(server)), room, SILENCE);
    tokio::spawn(serve_through(doors, site.router.clone(), site.stop.subscribe()));
    (address, client, site)
}

async fn by_tls(address: SocketAddr, client: &Arc<ClientConfig>) -> String {
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    says(TlsConnector::from(client.clone()).connect(name, stream).await.unwrap()).await
}

#[tokio::test]
async fn whoever_speaks_tls_is_served_though_others_say_nothing() {
    let (address, client, _site) = served(8).await;
    let silent = [TcpStream::connect(address).await.unwrap(), TcpStream::connect(address).await.unwrap()];
    assert!(by_tls(address, &client).await.starts_with("HTTP/1.1 200 OK"));
    drop(silent);
}

/// A browser holds six connections of HTTP/1.1 to us at most: the stream of a seventh tab would wait for another tab to close.
#[tokio::test]
async fn seven_tabs_share_one_connection_and_all_of_them_are_live() {
    let (address, client, site) = served(1).await;
    let browser = site.signed_in(Role::Supervisor).await;
    let mut client = ClientConfig::clone(&client);
    client.alpn_protocols = vec![b"h2".to_vec()];
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let stream = TlsConnector::from(Arc::new(client)).connect(name, stream).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
    let (mut tabs, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    let mut open = Vec::new();
    for tab in 0..7 {
        let asked = Request::get("https://localhost/live/stream").header(COOKIE, browser.cookies()).body(()).unwrap();
        tabs = tabs.ready().await.unwrap();
        let (answer, _) = tabs.send_request(asked, true).unwrap();
        let answer = timeout(Duration::from_secs(10), answer).await.expect("an answer").unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "tab {tab}");
        open.push(answer.into_body());
    }
    for (tab, stream) in open.iter_mut().enumerate() {
        let told = timeout(Duration::from_secs(10), stream.data()).await.expect("an event");
        assert!(!told.unwrap().unwrap().is_empty(), "tab {tab}");
    }
}

#[tokio::test]
async fn whoever_speaks_plainly_is_shown_the_way_and_gets_nothing_else() {
    let (address, _, _site) = served(8).await;
    let heard = says(TcpStream::connect(address).await.unwrap()).await;
    assert!(heard.starts_with("HTTP/1.1 308 ") && heard.contains("Location: https://localhost/healthz\r\n"), "{heard}");
    assert!(!heard.contains("ok\n"));
}

#[tokio::test]
async fn those_who_are_greeted_count_and_their_places_are_free_again() {
    let (address, client, _site) = served(1).await;
    let silent = TcpStream::connect(address).await.unwrap();
    let stream = TcpStream::connect(address).await.unwrap();
    let refused = TlsConnector::from(client.clone()).connect(ServerName::try_from("localhost").unwrap(), stream).await;
    assert!(refused.is_err(), "there is room for one");
    drop(silent);
    let served = async {
        loop {
            let stream = TcpStream::connect(address).await.unwrap();
            let name = ServerName::try_from("localhost").unwrap();
            if let Ok(stream) = TlsConnector::from(client.clone()).connect(name, stream).await {
                return says(stream).await;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(timeout(Duration::from_secs(10), served).await.unwrap().starts_with("HTTP/1.1 200 OK"));
}
