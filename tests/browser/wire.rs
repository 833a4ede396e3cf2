//! A wire between browser and server that can be cut: softly, as when a cable is pulled and nobody is told, or hard, as
//! when a server dies.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What the wire does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wire {
    Whole,
    Silent,
    Broken,
}

/// A wire to the server.
#[derive(Debug)]
pub struct Cable {
    /// Where the browser finds this end of it.
    pub address: SocketAddr,
    wire: watch::Sender<Wire>,
}

impl Cable {
    /// Lays a wire to the server at this address.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn to(server: &str) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let wire = watch::Sender::new(Wire::Whole);
        tokio::spawn(carry(listener, Arc::from(server), wire.clone()));
        Ok(Self { address, wire })
    }

    /// Nothing passes from here on, and nobody is told.
    pub fn silence(&self) {
        self.wire.send_replace(Wire::Silent);
    }

    /// Every connection is closed, and a new one too.
    pub fn break_off(&self) {
        self.wire.send_replace(Wire::Broken);
    }

    /// Everything passes again, what was held in silence first.
    pub fn mend(&self) {
        self.wire.send_replace(Wire::Whole);
    }
}

async fn carry(listener: TcpListener, server: Arc<str>, wire: watch::Sender<Wire>) {
    while let Ok((near, _)) = listener.accept().await {
        if *wire.borrow() != Wire::Broken {
            tokio::spawn(join(near, server.clone(), wire.subscribe()));
        }
    }
}

async fn join(near: TcpStream, server: Arc<str>, wire: watch::Receiver<Wire>) {
    let Ok(far) = TcpStream::connect(&*server).await else { return };
    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
    let mut broken = wire.clone();
    tokio::select! {
        () = pass(near_in, far_out, wire.clone()) => {}
        () = pass(far_in, near_out, wire) => {}
        _ = broken.wait_for(|wire| *wire == Wire::Broken) => {}
    }
}

/// Carries bytes one way; while the wire is silent they are held, and the sender is told nothing.
async fn pass(mut from: impl AsyncReadExt + Unpin, mut to: impl AsyncWriteExt + Unpin, mut wire: watch::Receiver<Wire>) {
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(read) = from.read(&mut bytes).await {
        let carried = wire.wait_for(|wire| *wire != Wire::Silent).await.is_ok();
        if read == 0 || !carried || to.write_all(&bytes[..read]).await.is_err() {
            return;
        }
    }
}
