//! The event socket. One task reads, understands and passes on; nothing that it does can wait for anybody but Asterisk.
//! Another half of the same task pings and sends.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, Bytes, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::Config;
use crate::client::{BadConfig, event_address};
use crate::event::{self, Told};
use crate::line::Reply;
use crate::rest_socket::Answers;

/// Events that may wait while the account is taken. An Asterisk with a thousand calls sends some thousands a second.
pub const CAPACITY: usize = 20_000;

const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const FAREWELL_WITHIN: Duration = Duration::from_millis(500);
const PING_EVERY: Duration = Duration::from_secs(2);
/// After a ping: a peer that dies right after its last pong is noticed within 4 s.
const PONG_WITHIN: Duration = Duration::from_secs(2);
const _: () = assert!(PING_EVERY.as_millis() + PONG_WITHIN.as_millis() < 5_000, "a dead peer is noticed within five seconds");

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// An open event socket; closed when dropped.
#[derive(Debug)]
pub struct Socket {
    read: mpsc::Receiver<Read>,
    outgoing: mpsc::UnboundedSender<Message>,
    answers: Answers,
    task: JoinHandle<Ending>,
}

/// What was read.
#[derive(Debug)]
pub enum Read {
    /// An event.
    Told(Told),
    /// Asterisk's word that it has written all that it had to say when it was asked so by [`Socket::hear_out`].
    HeardOut(String),
}

/// The name under which everything is heard out.
const EVERYTHING: &str = "everything";

/// Why the socket is no more.
#[derive(Debug, thiserror::Error)]
pub enum Ending {
    /// Asterisk closed it, or the network did.
    #[error("the event socket was closed: {0}")]
    Closed(String),
    /// No pong came.
    #[error("Asterisk did not answer a ping within {PONG_WITHIN:?}")]
    Silent,
    /// More events than we can hold. Dropping some would leave us with a wrong picture for ever; a new account does not.
    #[error("more than {0} events wait: a new account will be taken")]
    Overflow(usize),
}

/// Why there is no socket.
#[derive(Debug, thiserror::Error)]
pub enum NotOpened {
    /// The settings cannot be right.
    #[error("{0}")]
    Config(#[from] BadConfig),
    /// Asterisk, or something in its place, refused.
    #[error("Asterisk refused the event socket with HTTP status {0}")]
    Refused(u16),
    /// No way there.
    #[error("the event socket cannot be opened: {0}")]
    Failed(String),
    /// Nobody answers.
    #[error("no event socket within {CONNECT_WITHIN:?}")]
    Late,
}

impl Socket {
    /// Opens the socket. At most `capacity` events wait to be taken.
    pub async fn open(config: &Config, capacity: usize) -> Result<Self, NotOpened> {
        let (url, credentials) = event_address(config)?;
        let mut request = url.as_str().into_client_request().map_err(|error| NotOpened::Failed(error.to_string()))?;
        request.headers_mut().insert("authorization", credentials);
        request.headers_mut().insert("sec-websocket-protocol", tungstenite::http::HeaderValue::from_static("ari"));
        let opening = timeout(CONNECT_WITHIN, connect_async_with_config(request, None, true));
        let (stream, _) = opening.await.map_err(|_| NotOpened::Late)?.map_err(not_opened)?;
        forgets_when_closed(stream.get_ref());
        let (tell, read) = mpsc::channel(capacity);
        let (outgoing, queued) = mpsc::unbounded_channel();
        let answers = Answers::default();
        let task = tokio::spawn(serve(stream, tell, queued, answers.clone()));
        Ok(Self { read, outgoing, answers, task })
    }

    /// The next event; `None` once there is no more.
    pub async fn next(&mut self) -> Option<Read> {
        self.read.recv().await
    }

    /// Has Asterisk say when it has written all that it has to say now: [`Read::HeardOut`] with this name comes after all of
    /// that. Never, if the socket ends before. Of the name, 125 bytes at most count (RFC 6455, section 5.5).
    pub fn hear_out(&self, name: &str) {
        // Without a task the end of the socket is read next.
        let _ended = self.outgoing.send(Message::Ping(Bytes::copy_from_slice(name.as_bytes()))).is_err();
    }

    /// What Asterisk has written up to now and nobody has taken yet, however much of it waits in the network. `None` if that
    /// cannot be learned: then the socket is as good as closed.
    pub async fn waiting(&mut self) -> Option<Vec<Read>> {
        self.hear_out(EVERYTHING);
        let mut waiting = Vec::new();
        let all = async {
            loop {
                match self.read.recv().await? {
                    Read::HeardOut(name) if name == EVERYTHING => return Some(()),
                    read => waiting.push(read),
                }
            }
        };
        timeout(PONG_WITHIN, all).await.ok()??;
        Some(waiting)
    }

    /// Why there is no more. Waits for the end.
    pub async fn ending(&mut self) -> Ending {
        (&mut self.task).await.unwrap_or_else(|error| Ending::Closed(error.to_string()))
    }

    /// Takes leave of Asterisk, which would otherwise complain in its log.
    pub async fn close(mut self) {
        let _ = self.outgoing.send(Message::Close(None));
        let _ = timeout(FAREWELL_WITHIN, &mut self.task).await;
    }

    /// What requests over this socket need.
    pub fn rest(&self) -> (mpsc::UnboundedSender<Message>, Answers) {
        (self.outgoing.clone(), self.answers.clone())
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.task.abort();
        self.answers.end();
    }
}

fn not_opened(error: tungstenite::Error) -> NotOpened {
    match error {
        tungstenite::Error::Http(response) => NotOpened::Refused(response.status().as_u16()),
        error => NotOpened::Failed(error.to_string()),
    }
}

/// Has the kernel throw away what is unsent when the socket is given up. An order that lay in its buffer while the way was cut
/// must not be carried out after the next connection's account, which may have made a conversation of what it was to end.
fn forgets_when_closed(stream: &MaybeTlsStream<TcpStream>) {
    let tcp = match stream {
        MaybeTlsStream::Plain(tcp) => tcp,
        MaybeTlsStream::Rustls(tls) => tls.get_ref().0,
        _ => return,
    };
    if let Err(why) = tcp.set_zero_linger() {
        tracing::debug!(%why, "what is unsent on the event socket may outlive it");
    }
}

async fn serve(
    stream: Stream,
    tell: mpsc::Sender<Read>,
    mut queued: mpsc::UnboundedReceiver<Message>,
    answers: Answers,
) -> Ending {
    let (sink, stream) = stream.split();
    let ponged = AtomicU64::new(0);
    // Both halves are polled side by side: a write that hangs does not keep the other from reading.
    let ending = tokio::select! {
        ending = read(stream, tell, &answers, &ponged) => ending,
        ending = write(sink, &mut queued, &ponged) => ending,
    };
    queued.close();
    answers.end();
    ending
}

async fn read(mut stream: SplitStream<Stream>, tell: mpsc::Sender<Read>, answers: &Answers, ponged: &AtomicU64) -> Ending {
    loop {
        let text = match stream.next().await {
            Some(Ok(Message::Text(text))) => text.as_str().to_owned(),
            // A frame that is no UTF-8 text would end the connection; as a binary one it is read as far as it can be.
            Some(Ok(Message::Binary(bytes))) => String::from_utf8_lossy(&bytes).into_owned(),
            Some(Ok(Message::Pong(payload))) => {
                if let Some(number) = number(&payload) {
                    ponged.fetch_max(number, Ordering::Relaxed);
                } else if tell.try_send(Read::HeardOut(String::from_utf8_lossy(&payload).into_owned())).is_err() {
                    return Ending::Overflow(tell.max_capacity());
                }
                continue;
            }
            Some(Ok(Message::Ping(_) | Message::Close(_) | Message::Frame(_))) => continue,
            Some(Err(error)) => return Ending::Closed(error.to_string()),
            None => return Ending::Closed("end of stream".to_owned()),
        };
        let told = event::parse(&text);
        metrics::counter!("callsync_ari_events_total", "event" => told.name()).increment(1);
        match told {
            Told::RestResponse { request_id, status_code, message_body } => {
                answers.came(&request_id, Reply { status: status_code, body: message_body });
            }
            told => {
                if tell.try_send(Read::Told(told)).is_err() {
                    return Ending::Overflow(tell.max_capacity());
                }
            }
        }
    }
}

async fn write(
    mut sink: SplitSink<Stream, Message>,
    queued: &mut mpsc::UnboundedReceiver<Message>,
    ponged: &AtomicU64,
) -> Ending {
    let mut ticks = interval(PING_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut pinged = 0;
    let mut due = Instant::now() + PONG_WITHIN;
    loop {
        let message = tokio::select! {
            Some(message) = queued.recv() => message,
            _ = ticks.tick() => {
                pinged += 1;
                if ponged.load(Ordering::Relaxed) + 1 == pinged {
                    due = Instant::now() + PONG_WITHIN;
                }
                Message::Ping(Bytes::copy_from_slice(&u64::to_be_bytes(pinged)))
            }
            () = tokio::time::sleep_until(due), if ponged.load(Ordering::Relaxed) < pinged => {
                // The condition was asked when the wait began, right after the ping: its pong may have come since.
                if ponged.load(Ordering::Relaxed) < pinged {
                    return Ending::Silent;
                }
                continue;
            }
        };
        // Orders of one moment go out in one packet.
        let all = async {
            sink.feed(message).await?;
            while let Ok(message) = queued.try_recv() {
                sink.feed(message).await?;
            }
            sink.flush().await
        };
        // A peer that takes nothing any more is as dead as one that says nothing.
        match timeout(PONG_WITHIN, all).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Ending::Closed(error.to_string()),
            Err(_) => return Ending::Silent,
        }
    }
}

/// The number of an ordinary ping.
fn number(payload: &[u8]) -> Option<u64> {
    payload.try_into().ok().map(u64::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::{MaybeTlsStream, TcpStream, forgets_when_closed};

    #[tokio::test]
    async fn what_is_unsent_does_not_outlive_the_socket() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut ours = MaybeTlsStream::Plain(TcpStream::connect(listener.local_addr().unwrap()).await.unwrap());
        let (mut theirs, _) = listener.accept().await.unwrap();
        forgets_when_closed(&ours);
        let MaybeTlsStream::Plain(tcp) = &mut ours else { unreachable!("it was made so") };
        // More than the network holds: most of it lies in our buffer.
        let mut sent = 0;
        let block = vec![0; 1 << 16];
        while let Ok(Ok(())) = tokio::time::timeout(std::time::Duration::from_millis(50), tcp.write_all(&block)).await {
            sent += block.len();
        }
        drop(ours);
        let mut read = Vec::new();
        let ended = theirs.read_to_end(&mut read).await;
        assert_eq!(ended.map_err(|why| why.kind()), Err(ErrorKind::ConnectionReset));
        assert!(read.len() < sent, "{} of {sent} bytes were delivered", read.len());
    }
}
