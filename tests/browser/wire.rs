//! A wire between browser and server that can be cut: softly, as when a cable is pulled and nobody is told, or hard, as
//! when a server dies; or only for those who hold it, as when a router forgets its connections.

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
    /// How many times the connections of that moment were forgotten.
    forgotten: watch::Sender<u32>,
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
        let forgotten = watch::Sender::new(0);
        tokio::spawn(carry(listener, Arc::from(server), wire.clone(), forgotten.clone()));
        Ok(Self { address, wire, forgotten })
    }

    /// Nothing passes from here on, and nobody is told.
    pub fn silence(&self) {
        self.wire.send_replace(Wire::Silent);
    }

    /// Nothing passes any more on the connections that there are, and nobody is told; new ones are whole.
    pub fn forget(&self) {
        self.forgotten.send_modify(|times| *times += 1);
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

async fn carry(listener: TcpListener, server: Arc<str>, wire: watch::Sender<Wire>, forgotten: watch::Sender<u32>) {
    while let Ok((near, _)) = listener.accept().await {
        if *wire.borrow() != Wire::Broken {
            tokio::spawn(join(near, server.clone(), wire.subscribe(), forgotten.subscribe()));
        }
    }
}

async fn join(near: TcpStream, server: Arc<str>, wire: watch::Receiver<Wire>, mut forgotten: watch::Receiver<u32>) {
    let Ok(far) = TcpStream::connect(&*server).await else { return };
    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
    let mut broken = wire.clone();
    let (there, back) = (pass(near_in, far_out, wire.clone()), pass(far_in, near_out, wire));
    let passed = async {
        tokio::select! {
            () = there => {}
            () = back => {}
        }
    };
    tokio::pin!(passed);
    tokio::select! {
        () = &mut passed => return,
        _ = broken.wait_for(|wire| *wire == Wire::Broken) => return,
        _ = forgotten.changed() => {}
    }
    // Both ends stay open, and nothing is read from either: neither hears of it.
    drop(broken.wait_for(|wire| *wire == Wire::Broken).await);
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
