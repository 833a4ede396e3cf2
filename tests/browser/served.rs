//! A small server for pages that tests bring along. It says what the product says of what a page may do, so that a browser
//! refuses here what it would refuse there.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;

/// The product's own word on what a page may do.
const HEADERS: &str = include_str!("../../src/web/headers.rs");
/// How many messages a stream may fall behind before it ends.
const BEHIND: usize = 256;

/// Something that can be asked for.
#[derive(Debug)]
pub struct Resource {
    /// Its media type.
    pub mime: &'static str,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// A server at work, until the program ends.
#[derive(Clone, Debug)]
pub struct Served {
    /// Where it is.
    pub address: SocketAddr,
    messages: broadcast::Sender<Arc<str>>,
}

impl Served {
    /// Serves these by their paths, each under this policy.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(resources: BTreeMap<String, Resource>, policy: String) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let messages = broadcast::Sender::new(BEHIND);
        let shelf = Arc::new(Shelf { resources, policy, messages: messages.clone() });
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer_all(stream, shelf.clone()));
            }
        });
        Ok(Self { address, messages })
    }

    /// The address of a page.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Sends a message to every stream that is open.
    pub fn tell(&self, id: &str, data: &str) {
        let lines: String = data.lines().map(|line| format!("data: {line}\n")).collect();
        // An error means that nobody listens.
        drop(self.messages.send(format!("id: {id}\n{lines}\n").into()));
    }
}

/// The product's Content-Security-Policy, read where the product keeps it: a copy would go its own way.
///
/// # Errors
/// When it is not found there.
pub fn policy() -> Result<String, &'static str> {
    let literal = HEADERS.split_once("const POLICY: &str = \"").and_then(|(_, rest)| rest.split_once("\";"));
    let (literal, _) = literal.ok_or("src/web/headers.rs has no POLICY")?;
    Ok(literal.lines().map(|line| line.trim_start().trim_end_matches('\\')).collect())
}

struct Shelf {
    resources: BTreeMap<String, Resource>,
    policy: String,
    messages: broadcast::Sender<Arc<str>>,
}

/// What a browser asks for.
struct Asked {
    path: String,
    /// It tells something rather than asks: a page that shows a sign of life.
    told: bool,
    /// It wants a stream of events: a page that is live.
    stream: bool,
}

/// Answers one request after another. A stream brings what is told, and ends when the browser lets go.
async fn answer_all(stream: TcpStream, shelf: Arc<Shelf>) {
    let (reading, mut writing) = stream.into_split();
    let mut reading = BufReader::new(reading);
    while let Some(asked) = next(&mut reading).await {
        let found = shelf.resources.get(&asked.path);
        let messages = shelf.messages.subscribe();
        let head = shelf.head(found, &asked);
        let bytes = found.map_or(&[][..], |found| &found.bytes);
        if writing.write_all(head.as_bytes()).await.is_err() || writing.write_all(bytes).await.is_err() {
            return;
        }
        if found.is_none() && asked.stream {
            return pass_on(messages, reading, writing).await;
        }
    }
}

async fn pass_on(
    mut messages: broadcast::Receiver<Arc<str>>,
    mut reading: impl AsyncReadExt + Unpin,
    mut writing: impl AsyncWriteExt + Unpin,
) {
    let mut anything = [0];
    loop {
        let message = tokio::select! {
            message = messages.recv() => message,
            _ = reading.read(&mut anything) => return,
        };
        let Ok(message) = message else { return };
        if writing.write_all(message.as_bytes()).await.is_err() {
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
