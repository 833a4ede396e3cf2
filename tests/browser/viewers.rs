//! Others who look at the same pages: streams that are read and shown to nobody.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::chromium::Outcome;

const ANSWERS_WITHIN: Duration = Duration::from_secs(10);

/// Viewers at work. They leave when dropped.
#[derive(Debug)]
pub struct Viewers {
    streams: JoinSet<()>,
    read: Arc<AtomicU64>,
}

impl Viewers {
    /// So many streams of a page, opened with the cookies of somebody who has signed in.
    ///
    /// # Errors
    /// When one of them is refused.
    pub async fn open(count: usize, address: &str, path: &str, cookies: &str) -> Outcome<Self> {
        let read = Arc::new(AtomicU64::new(0));
        let mut streams = JoinSet::new();
        for _ in 0..count {
            let stream = join(address, path, cookies).await?;
            streams.spawn(look(stream, read.clone()));
        }
        Ok(Self { streams, read })
    }

    /// How many still look.
    #[must_use]
    pub fn left(&mut self) -> usize {
        while self.streams.try_join_next().is_some() {}
        self.streams.len()
    }

    /// How much all of them have read, in bytes.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }
}

async fn join(address: &str, path: &str, cookies: &str) -> Outcome<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\naccept: text/event-stream\r\ncookie: {cookies}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut begin = [0; 15];
    timeout(ANSWERS_WITHIN, stream.read_exact(&mut begin)).await??;
    if begin != *b"HTTP/1.1 200 OK" {
        return Err(format!("{path} was answered by {}", String::from_utf8_lossy(&begin)).into());
    }
    Ok(stream)
}

async fn look(mut stream: TcpStream, read: Arc<AtomicU64>) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(more @ 1..) = stream.read(&mut bytes).await {
        read.fetch_add(more as u64, Ordering::Relaxed);
    }
}
