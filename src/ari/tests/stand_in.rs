//! A server in Asterisk's place that does on command what a network, or another version, does to us: it closes
//! connections, falls silent, answers late, sends too much. What Asterisk itself says and does is tested on the real one.

use std::sync::{Arc, Mutex};

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc, watch};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::http::HeaderValue;

/// What its own clock always says.
pub const CLOCK: &str = "1700000000";

/// What happens to a request.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A status and a body.
    Reply(u16, String),
    /// What an empty Asterisk answers, but not before the test says so.
    Held(Arc<Notify>),
    /// The connection is closed without a byte.
    Cut,
    /// Nothing ever comes.
    Silence,
}

/// What happens on the event socket.
pub enum Do {
    /// Sends an event.
    Send(String),
    /// Closes it.
    Close,
    /// Stops reading and writing, but keeps the connection, as a pulled cable does.
    FallSilent,
}

type Rule = dyn Fn(&str, usize) -> Option<Answer> + Send + Sync;

/// The server.
#[derive(Clone)]
pub struct StandIn {
    /// Where it listens.
    pub url: String,
    requests: Arc<Mutex<Vec<String>>>,
    queries: Arc<Mutex<Vec<String>>>,
    sockets: Arc<Mutex<Vec<mpsc::UnboundedSender<Do>>>>,
    opened: watch::Sender<usize>,
    /// What a sign of life says; without one the variable holds its clock's time alone, as an older build wrote it.
    alive: Arc<Mutex<Option<String>>>,
    /// Whether it takes requests over its event sockets too, as Asterisk does since 22.4.
    serves_sockets: bool,
}

impl StandIn {
    /// Answers like an empty Asterisk, but for the requests (as `GET /channels`, and the how manieth of its kind from 1)
    /// for which `rule` says otherwise.
    pub async fn start(rule: impl Fn(&str, usize) -> Option<Answer> + Send + Sync + 'static) -> Self {
        Self::listen(false, Arc::new(rule)).await
    }

    /// The same, but it takes requests over its event sockets too. Those it calls `socket GET /channels`.
    pub async fn serving_sockets(rule: impl Fn(&str, usize) -> Option<Answer> + Send + Sync + 'static) -> Self {
        Self::listen(true, Arc::new(rule)).await
    }

    async fn listen(serves_sockets: bool, rule: Arc<Rule>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let opened = watch::channel(0).0;
        let (requests, queries, sockets, alive) = (Arc::default(), Arc::default(), Arc::default(), Arc::default());
        let stand_in = Self { url, requests, queries, sockets, opened, alive, serves_sockets };
        let serving = stand_in.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serving.clone().serve(stream, rule.clone()));
            }
        });
        stand_in
    }

    /// Does something on the event socket that was opened last.
    pub fn on_socket(&self, what: Do) {
        self.sockets.lock().unwrap().last().unwrap().send(what).unwrap();
    }

    /// From here on the last sign of life says this.
    pub fn is_alive(&self, said: &str) {
        *self.alive.lock().unwrap() = Some(said.to_owned());
    }

    /// The requests so far, without the event sockets.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// The queries of the requests so far.
    pub fn queries(&self) -> Vec<String> {
        self.queries.lock().unwrap().clone()
    }

    /// How many event sockets have been opened so far.
    pub fn sockets(&self) -> usize {
        *self.opened.borrow()
    }

    /// Waits until so many event sockets have been opened.
    pub async fn opened(&self, count: usize) {
        self.opened.subscribe().wait_for(|opened| *opened >= count).await.unwrap();
    }

    async fn serve(self, mut stream: TcpStream, rule: Arc<Rule>) {
        let mut first = [0; 15];
        loop {
            match stream.peek(&mut first).await {
                Ok(0) | Err(_) => return,
                Ok(seen) if seen < first.len() => tokio::task::yield_now().await,
                Ok(_) => break,
            }
        }
        if &first == b"GET /ari/events" {
            return self.serve_socket(stream, rule).await;
        }
        while let Some((request, query)) = read_request(&mut stream).await {
            let asks_who_lives = request == "GET /asterisk/variable" && query.starts_with("variable=CALLSYNC_ALIVE");
            let alive = self.alive.lock().unwrap().clone().filter(|_| asks_who_lives);
            self.queries.lock().unwrap().push(query);
            let alive = alive.map(|said| Answer::Reply(200, format!(r#"{{"value":"{said}"}}"#)));
            let times = self.note(&request);
            match rule(&request, times).or(alive).unwrap_or_else(|| empty(&request)) {
                Answer::Reply(status, body) => reply(&mut stream, status, &body).await,
                Answer::Held(held) => {
                    held.notified().await;
                    let Answer::Reply(status, body) = empty(&request) else { return };
                    reply(&mut stream, status, &body).await;
                }
                Answer::Cut => return,
                Answer::Silence => std::future::pending().await,
            }
        }
    }

    /// Writes a request down: the how manieth of its kind it is.
    fn note(&self, request: &str) -> usize {
        let mut requests = self.requests.lock().unwrap();
        requests.push(request.to_owned());
        requests.iter().filter(|other| *other == request).count()
    }

    /// The answer to a request that came over an event socket, if it is one and gets any.
    fn answer(&self, frame: &Message, rule: &Arc<Rule>) -> Option<Message> {
        let request: serde_json::Value = serde_json::from_str(frame.to_text().ok().filter(|_| self.serves_sockets)?).ok()?;
        let word = |name: &str| request[name].as_str();
        let plain = format!("{} /{}", word("method")?, word("uri")?);
        let asked = format!("socket {plain}");
        let Answer::Reply(status, body) = rule(&asked, self.note(&asked)).unwrap_or_else(|| empty(&plain)) else { return None };
        let reply = serde_json::json!({
            "type": "RESTResponse", "request_id": word("request_id")?, "status_code": status, "message_body": body,
        });
        Some(Message::text(reply.to_string()))
    }

    async fn serve_socket(self, stream: TcpStream, rule: Arc<Rule>) {
        #[expect(clippy::result_large_err, reason = "the signature is the library's")]
        let protocol = |_: &Request, mut response: Response| {
            response.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("ari"));
            Ok(response)
        };
        let socket = tokio_tungstenite::accept_hdr_async(stream, protocol).await.unwrap();
        let (mut sink, mut stream) = socket.split();
        let (sender, mut commands) = mpsc::unbounded_channel();
        self.sockets.lock().unwrap().push(sender);
        self.opened.send_modify(|opened| *opened += 1);
        loop {
            tokio::select! {
                // A ping is answered after all that was to be sent before it.
                biased;
                command = commands.recv() => match command {
                    Some(Do::Send(event)) => if sink.send(Message::text(event)).await.is_err() { return },
                    Some(Do::FallSilent) => std::future::pending().await,
                    Some(Do::Close) | None => return,
                },
                frame = stream.next() => {
                    let Some(Ok(frame)) = frame else { return };
                    if let Some(answer) = self.answer(&frame, &rule)
                        && sink.send(answer).await.is_err()
                    {
                        return;
                    }
                }
            }
        }
    }
}

async fn reply(stream: &mut TcpStream, status: u16, body: &str) {
    let reply = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    // Whoever asked may be gone.
    let _ = stream.write_all(reply.as_bytes()).await;
}

fn empty(request: &str) -> Answer {
    match request {
        "GET /channels" | "GET /bridges" | "GET /endpoints/PJSIP" => Answer::Reply(200, "[]".to_owned()),
        "GET /applications/callsync" | "GET /asterisk/info" | "GET /asterisk/ping" => Answer::Reply(200, "{}".to_owned()),
        "GET /asterisk/variable" => Answer::Reply(200, format!(r#"{{"value":"{CLOCK}"}}"#)),
        _ => Answer::Reply(204, String::new()),
    }
}

/// The method and path of the next request, without `/ari`, and its query.
async fn read_request(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.ok()?;
    let mut words = head.split(' ');
    let method = words.next()?;
    let target = words.next()?.strip_prefix("/ari")?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Some((format!("{method} {path}"), query.to_owned()))
}
