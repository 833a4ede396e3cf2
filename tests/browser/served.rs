//! A small server for pages that tests bring along. It says what the product says of what a page may do, so that a browser
//! refuses here what it would refuse there.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Something that can be asked for.
#[derive(Debug)]
pub struct Resource {
    /// Its media type.
    pub mime: &'static str,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// A server at work, until the program ends.
#[derive(Clone, Copy, Debug)]
pub struct Served {
    /// Where it is.
    pub address: SocketAddr,
}

impl Served {
    /// Serves these by their paths, each under this policy.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(resources: BTreeMap<String, Resource>, policy: String) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shelf = Arc::new(Shelf { resources, policy });
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer_all(stream, shelf.clone()));
            }
        });
        Ok(Self { address })
    }

    /// The address of a page.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

struct Shelf {
    resources: BTreeMap<String, Resource>,
    policy: String,
}

/// What a browser asks for.
struct Asked {
    path: String,
    /// It tells something rather than asks: a page that shows a sign of life.
    told: bool,
    /// It wants a stream of events: a page that is live.
    stream: bool,
}

/// Answers one request after another. A stream is opened and stays silent: it ends when the browser lets go.
async fn answer_all(stream: TcpStream, shelf: Arc<Shelf>) {
    let (reading, mut writing) = stream.into_split();
    let mut reading = BufReader::new(reading);
    while let Some(asked) = next(&mut reading).await {
        let found = shelf.resources.get(&asked.path);
        let head = shelf.head(found, &asked);
        let bytes = found.map_or(&[][..], |found| &found.bytes);
        if writing.write_all(head.as_bytes()).await.is_err() || writing.write_all(bytes).await.is_err() {
            return;
        }
        if found.is_none() && asked.stream {
            drop(reading.read(&mut [0]).await);
            return;
        }
    }
}

impl Shelf {
    fn head(&self, found: Option<&Resource>, asked: &Asked) -> String {
        let (status, mime, length) = match found {
            Some(resource) => ("200 OK", resource.mime, format!("content-length: {}\r\n", resource.bytes.len())),
            None if asked.told => ("204 No Content", "text/plain", String::new()),
            None if asked.stream => ("200 OK", "text/event-stream", String::new()),
            None => ("404 Not Found", "text/plain", "content-length: 0\r\n".to_owned()),
        };
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: {mime}\r\n{length}content-security-policy: {}\r\n\
             x-content-type-options: nosniff\r\ncache-control: max-age=3600\r\n\r\n",
            self.policy
        )
    }
}

/// The next request; nothing when the browser has gone.
async fn next(reading: &mut (impl AsyncBufReadExt + Unpin)) -> Option<Asked> {
    let mut line = String::new();
    reading.read_line(&mut line).await.ok()?;
    let told = line.starts_with("POST ");
    let target = line.split(' ').nth(1)?;
    let path = target.split('?').next().unwrap_or(target).to_owned();
    let mut stream = false;
    loop {
        line.clear();
        let read = reading.read_line(&mut line).await.ok()?;
        if read <= 2 {
            return (read > 0).then_some(Asked { path, told, stream });
        }
        let line = line.to_ascii_lowercase();
        stream |= line.starts_with("accept:") && line.contains("text/event-stream");
    }
}

#[cfg(test)]
mod tests {
    use super::next;

    #[tokio::test]
    async fn a_request_is_read_to_its_end() {
        let text = b"GET /s/ru/live?x HTTP/1.1\r\nAccept: text/event-stream\r\n\r\nGET /b HTTP/1.1\r\n\r\nGET /cut HTTP/1.1\r\n";
        let mut reading = &text[..];
        let first = next(&mut reading).await.unwrap();
        assert_eq!((&*first.path, first.stream), ("/s/ru/live", true));
        let second = next(&mut reading).await.unwrap();
        assert_eq!((&*second.path, second.stream), ("/b", false));
        assert!(next(&mut reading).await.is_none());
    }
}
