//! The way in, for so many connections at once and no more: each costs a file and memory, and a browser that hangs, or
//! somebody who means harm, opens as many as it is let. Streams of Live are connections like all others.

mod greeting;

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::Next;
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// How many connections may be open at once: two or three for each of some hundred people, and room for the restless.
pub(crate) const MOST: usize = 1024;

/// What whoever finds no room is told, without a look at what they want.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: 5\r\nCache-Control: no-store\r\n\r\n";

/// A listener that keeps count, and that speaks TLS if it is to.
pub(crate) struct Doors {
    listener: TcpListener,
    room: Arc<Semaphore>,
    tls: Option<TlsAcceptor>,
    /// Those with whom TLS is being agreed on: as many as there is room for, none of whom holds up another.
    greeted: JoinSet<Option<(Guest, SocketAddr)>>,
}

/// A connection that was let in. Its place is free again when it is dropped.
pub(crate) struct Guest {
    stream: Stream,
    _place: OwnedSemaphorePermit,
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
    pub fn new(listener: TcpListener, tls: Option<TlsAcceptor>, most: usize) -> Self {
        Self { listener, room: Arc::new(Semaphore::new(most)), tls, greeted: JoinSet::new() }
    }

    /// Somebody knocks: they are let in at once where nothing has to be agreed on first.
    fn knocked(&mut self, stream: TcpStream, peer: SocketAddr) -> Option<(Guest, SocketAddr)> {
        // A row of Live is small and must not wait for another to fill the packet.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps small packets back");
        }
        let Ok(place) = Arc::clone(&self.room).try_acquire_owned() else {
            metrics::counter!("callsync_web_connections_refused_total").increment(1);
            tracing::warn!(%peer, "a connection was refused: as many as there may be are open");
            // A new connection has room for so few bytes; where it has not, or speaks TLS, it is closed without a word.
            if self.tls.is_none() {
                drop(stream.try_write(FULL));
            }
            return None;
        };
        match self.tls.clone() {
            None => Some((Guest { stream: Stream::Plain(stream), _place: place }, peer)),
            Some(tls) => {
                self.greeted.spawn(greeting::greet(tls, stream, place, peer));
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

impl AsyncRead for Guest {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_read(context, into),
            Stream::Tls(stream) => Pin::new(stream).poll_read(context, into),
        }
    }
}

impl AsyncWrite for Guest {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Stream::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
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
        match &mut self.stream {
            Stream::Plain(stream) => Pin::new(stream).poll_write_vectored(context, slices),
            Stream::Tls(stream) => Pin::new(stream).poll_write_vectored(context, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match &self.stream {
            Stream::Plain(stream) => stream.is_write_vectored(),
            Stream::Tls(stream) => stream.is_write_vectored(),
        }
    }
}
