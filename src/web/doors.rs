//! The way in, for so many connections at once and no more: each costs a file and memory, and a browser that hangs, or
//! somebody who means harm, opens as many as it is let. Streams of Live are connections like all others. Whoever has nothing to
//! say, or has gone without a word, keeps no place.

mod greeting;
mod place;

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::Next;
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use place::{Place, Places};

/// How many connections may be open at once: two or three for each of some hundred people, and room for the restless.
pub(crate) const MOST: usize = 1024;

/// How long a connection may take to have been told anything, and how long it may be silent afterwards. We answer within seconds
/// whatever becomes of the database, and a stream has a sign of life every two.
pub(crate) const SILENCE: Silence = Silence { first: Duration::from_secs(30), later: Duration::from_secs(90) };

/// What whoever finds no room is told, without a look at what they want.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: 5\r\nCache-Control: no-store\r\n\r\n";

/// A listener that keeps count, and that speaks TLS if it is to.
pub(crate) struct Doors {
    listener: TcpListener,
    places: Places,
    silence: Silence,
    tls: Option<TlsAcceptor>,
    /// Those with whom TLS is being agreed on: as many as there is room for, none of whom holds up another.
    greeted: JoinSet<Option<(Guest, SocketAddr)>>,
}

/// How long a connection may be silent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Silence {
    /// From its beginning until it is first told something.
    pub first: Duration,
    /// From then on, both ways.
    pub later: Duration,
}

/// A connection that was let in. Its place is free again when it is dropped.
pub(crate) struct Guest {
    stream: Stream,
    _place: Place,
    silence: Silence,
    /// When it is looked how long the connection has been silent.
    look: Pin<Box<Sleep>>,
    /// When the connection began, and then when it first said something.
    began: Instant,
    spoke: bool,
    /// When something came or went last, once something went.
    active: Option<Instant>,
}

/// What a connection speaks.
enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// Where a connection comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(SocketAddr);

impl Doors {
    pub fn new(listener: TcpListener, tls: Option<TlsAcceptor>, most: usize, silence: Silence) -> Self {
        Self { listener, places: Places::new(most), silence, tls, greeted: JoinSet::new() }
    }

    /// Somebody knocks: they are let in at once where nothing has to be agreed on first.
    fn knocked(&mut self, stream: TcpStream, peer: SocketAddr) -> Option<(Guest, SocketAddr)> {
        // A row of Live is small and must not wait for another to fill the packet.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps small packets back");
        }
        let Some(place) = self.places.take(peer.ip()) else {
            metrics::counter!("callsync_web_connections_refused_total").increment(1);
            tracing::warn!(%peer, "a connection was refused: as many as there may be are open, or as many from one address");
            // A new connection has room for so few bytes; where it has not, or speaks TLS, it is closed without a word.
            if self.tls.is_none() {
                drop(stream.try_write(FULL));
            }
            return None;
        };
        match self.tls.clone() {
            None => Some((Guest::new(Stream::Plain(stream), place, self.silence), peer)),
            Some(tls) => {
                self.greeted.spawn(greeting::greet(tls, stream, (place, self.silence), peer));
                None
            }
        }
    }
}

impl Listener for Doors {
    type Io = Guest;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Guest, SocketAddr) {
        loop {
            tokio::select! {
                // The listener of axum waits by itself where there are no files left.
                (stream, peer) = Listener::accept(&mut self.listener) => {
                    if let Some(guest) = self.knocked(stream, peer) {
                        return guest;
                    }
                }
                Some(greeted) = self.greeted.join_next() => {
                    if let Ok(Some(guest)) = greeted {
                        return guest;
                    }
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl Connected<IncomingStream<'_, Doors>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Doors>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// Tells handlers where a request comes from in the form that axum's own listener has.
pub(crate) async fn tell_peer(mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(Peer(address))) = request.extensions().get::<ConnectInfo<Peer>>().copied() {
        request.extensions_mut().insert(ConnectInfo(address));
    }
    next.run(request).await
}

impl Guest {
    fn new(stream: Stream, place: Place, silence: Silence) -> Self {
        let began = Instant::now();
        Self {
            stream,
            _place: place,
            silence,
            look: Box::pin(sleep_until(began + silence.first)),
            began,
            spoke: false,
            active: None,
        }
    }

    /// Something came. Before the first answer only its beginning counts: whoever sends a byte now and then asks for nothing.
    fn heard(&mut self) {
        self.active = self.active.map(|_| Instant::now());
        if !std::mem::replace(&mut self.spoke, true) {
            self.began = Instant::now();
        }
    }

    /// Something went, or was to go to somebody who takes nothing.
    fn wrote(&mut self, written: Poll<io::Result<usize>>, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(_)) => self.active = Some(Instant::now()),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => {
                ready!(self.poll_silence(context));
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
        }
        written
    }

    /// Becomes ready when the connection has been silent for too long.
    fn poll_silence(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            ready!(self.look.as_mut().poll(context));
            let until = self.active.map_or(self.began + self.silence.first, |active| active + self.silence.later);
            if until <= Instant::now() {
                return Poll::Ready(());
            }
            self.look.as_mut().reset(until);
        }
    }
}

impl AsyncRead for Guest {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let read = match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_read(context, into),
            Stream::Tls(stream) => Pin::new(stream).poll_read(context, into),
        };
        if read.is_ready() {
            self.heard();
            return read;
        }
        ready!(self.poll_silence(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncWrite for Guest {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Stream::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        };
        self.wrote(written, context)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_flush(context),
            Stream::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Stream::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write_vectored(context, slices),
            Stream::Tls(stream) => Pin::new(stream).poll_write_vectored(context, slices),
        };
        self.wrote(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        match &self.stream {
            Stream::Plain(stream) => stream.is_write_vectored(),
            Stream::Tls(stream) => stream.is_write_vectored(),
        }
    }
}
