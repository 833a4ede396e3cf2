//! How a connection begins where the pages speak TLS: with a handshake that holds nobody else up, or, for whoever speaks
//! plain HTTP, with the way to where TLS is spoken.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::{Guest, Place, Silence, Stream};

/// A browser on a slow line needs a second or two; whoever says nothing holds a place for no longer.
const WITHIN: Duration = Duration::from_secs(10);

/// The first byte of a TLS handshake (RFC 8446, 5.1: the content type of a record).
const HANDSHAKE: u8 = 0x16;

/// Most of a plain request that is read to learn what it asks for.
const PLAIN: usize = 4096;

/// Lets somebody in who speaks TLS. Whoever does not is told where to, and is gone.
pub(super) async fn greet(
    tls: TlsAcceptor,
    stream: TcpStream,
    (place, silence): (Place, Silence),
    peer: SocketAddr,
) -> Option<(Guest, SocketAddr)> {
    match timeout(WITHIN, shake(tls, stream)).await {
        Ok(Ok(stream)) => Some((Guest::new(stream?, place, silence), peer)),
        Ok(Err(error)) => {
            tracing::debug!(%peer, %error, "a connection could not agree on TLS");
            None
        }
        Err(_) => {
            tracing::debug!(%peer, "a connection said nothing for too long");
            None
        }
    }
}

async fn shake(tls: TlsAcceptor, mut stream: TcpStream) -> io::Result<Option<Stream>> {
    let mut first = [0];
    if stream.peek(&mut first).await? == 0 {
        return Ok(None);
    }
    if first[0] == HANDSHAKE {
        return Ok(Some(Stream::Tls(Box::new(tls.accept(stream).await?))));
    }
    let asked = read_head(&mut stream).await?;
    stream.write_all(elsewhere(&asked).as_bytes()).await?;
    stream.shutdown().await?;
    Ok(None)
}

async fn read_head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while head.len() < PLAIN && !head.windows(4).any(|four| four == b"\r\n\r\n") {
        let mut bytes = [0; 512];
        let read = stream.read(&mut bytes).await?;
        if read == 0 {
            break;
        }
        head.extend_from_slice(&bytes[..read]);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// The answer to a plain request: the same by https, if what it says of host and path can be said again.
fn elsewhere(head: &str) -> String {
    let mut lines = head.lines();
    let path =
        lines.next().and_then(|line| line.split(' ').nth(1)).filter(|path| path.starts_with('/') && !path.starts_with("//"));
    let host = lines
        .find_map(|line| line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("host")))
        .map(|(_, host)| host.trim());
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_graphic());
    let named = |host: &str| !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._:[]".contains(c));
    match (path.filter(|path| plain(path)), host.filter(|host| named(host))) {
        (Some(path), Some(host)) => format!(
            "HTTP/1.1 308 Permanent Redirect\r\nLocation: https://{host}{path}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        ),
        _ => "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::elsewhere;

    #[test]
    fn whoever_speaks_plainly_is_sent_to_the_same_place_by_https_and_nowhere_else() {
        let sent = elsewhere("GET /live?queue=7 HTTP/1.1\r\nAccept: */*\r\nhost: cc.example.org:8443\r\n\r\n");
        assert!(
            sent.starts_with("HTTP/1.1 308 ") && sent.contains("\r\nLocation: https://cc.example.org:8443/live?queue=7\r\n"),
            "{sent}"
        );
        for strange in [
            "",
            "GET / HTTP/1.1\r\n\r\n",
            "GET //evil.example/ HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET https://evil.example/ HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: evil.example/@x\r\n\r\n",
            "\0\u{1}\u{2}",
        ] {
            assert!(elsewhere(strange).starts_with("HTTP/1.1 400 "), "{strange:?}");
        }
    }
}
