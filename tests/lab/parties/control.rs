//! baresip's remote control: JSON in netstrings over TCP (its module ctrl_tcp).

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};

use crate::{Result, Trouble};

const STARTS_WITHIN: Duration = Duration::from_secs(10);
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);
const TRY_AGAIN: Duration = Duration::from_millis(20);

type Waiting = Arc<Mutex<BTreeMap<String, oneshot::Sender<Value>>>>;

/// A connection to one baresip.
pub struct Control {
    orders: tokio::sync::Mutex<OwnedWriteHalf>,
    waiting: Waiting,
    next: AtomicU64,
}

impl Control {
    /// Connects as soon as baresip listens; every event goes to `hear`.
    ///
    /// # Errors
    /// When it does not listen in time.
    pub async fn connect(port: u16, hear: impl Fn(&Value) + Send + 'static) -> Result<Self> {
        let deadline = Instant::now() + STARTS_WITHIN;
        let stream = loop {
            match TcpStream::connect(("127.0.0.1", port)).await {
                Ok(stream) => break stream,
                Err(why) if Instant::now() >= deadline => {
                    return Err(Trouble::said(format!("baresip does not listen for orders on port {port}: {why}")));
                }
                Err(_) => sleep(TRY_AGAIN).await,
            }
        };
        // Orders are a few bytes each: without this the second waits for the acknowledgement of the first.
        let _ = stream.set_nodelay(true);
        let (reading, orders) = stream.into_split();
        let waiting = Waiting::default();
        tokio::spawn(listen(reading, Arc::clone(&waiting), hear));
        Ok(Self { orders: tokio::sync::Mutex::new(orders), waiting, next: AtomicU64::new(1) })
    }

    /// Gives an order and waits for its answer.
    ///
    /// # Errors
    /// When baresip refuses it, or is gone.
    pub async fn order(&self, command: &str, words: &str) -> Result<String> {
        let token = self.next.fetch_add(1, Ordering::Relaxed).to_string();
        let (answer, answered) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(token.clone(), answer);
        let order = json!({"command": command, "params": words, "token": token}).to_string();
        let order = format!("{}:{order},", order.len());
        let failed = |why: &str| Trouble::said(format!("baresip did not carry out {command:?} {words:?}: {why}"));
        self.orders.lock().await.write_all(order.as_bytes()).await.map_err(|why| failed(&why.to_string()))?;
        match timeout(ANSWERS_WITHIN, answered).await {
            Ok(Ok(answer)) if answer["ok"] == true => Ok(answer["data"].as_str().unwrap_or_default().to_owned()),
            Ok(Ok(answer)) => Err(failed(answer["data"].as_str().unwrap_or_default())),
            Ok(Err(_)) => Err(failed("it has ended")),
            Err(_) => Err(failed("no answer")),
        }
    }
}

async fn listen(mut reading: OwnedReadHalf, waiting: Waiting, hear: impl Fn(&Value)) {
    let mut buffer = Vec::new();
    while let Ok(1..) = reading.read_buf(&mut buffer).await {
        while let Some((message, length)) = netstring(&buffer) {
            let message: Option<Value> = serde_json::from_slice(message).ok();
            buffer.drain(..length);
            let Some(message) = message else { continue };
            if message["event"] == true {
                hear(&message);
            }
            let token = message["token"].as_str().unwrap_or_default();
            if let Some(answer) = waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(token) {
                let _ = answer.send(message);
            }
        }
    }
    // Whoever still waits learns that nothing will come.
    waiting.lock().unwrap_or_else(PoisonError::into_inner).clear();
}

/// The first netstring (`5:hello,`) and its whole length, once it is complete.
fn netstring(buffer: &[u8]) -> Option<(&[u8], usize)> {
    let colon = buffer.iter().position(|byte| *byte == b':')?;
    let length: usize = std::str::from_utf8(&buffer[..colon]).ok()?.parse().ok()?;
    let message = buffer.get(colon + 1..colon + 1 + length)?;
    buffer.get(colon + 1 + length)?;
    Some((message, colon + 2 + length))
}

#[cfg(test)]
mod tests {
    use super::netstring;

    #[test]
    fn a_netstring_is_read_once_it_is_complete() {
        assert_eq!(netstring(b"5:hello,3:"), Some((&b"hello"[..], 8)));
        assert_eq!(netstring(b"5:hello"), None);
        assert_eq!(netstring(b"1"), None);
    }
}
