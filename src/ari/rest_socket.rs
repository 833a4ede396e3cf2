//! Requests over the event socket (REST over WebSocket). The answers come back among the events.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;

use crate::client::DEADLINE;
use crate::line::{NoReply, Reply};
use crate::request::{Kind, Request};

/// The sending half of the event socket, and the requests that wait for an answer.
#[derive(Clone, Debug)]
pub struct RestSocket {
    outgoing: mpsc::UnboundedSender<Message>,
    answers: Answers,
}

/// The requests that wait for an answer, by number.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    waiting: Arc<Mutex<HashMap<u64, oneshot::Sender<Reply>>>>,
    next: Arc<AtomicU64>,
}

impl Answers {
    /// Hands an answer to whoever waits for it.
    pub fn came(&self, request_id: &str, reply: Reply) {
        let Ok(number) = request_id.parse() else { return };
        if let Some(waiting) = self.forget(number) {
            // Whoever asked may have given up meanwhile.
            let _ = waiting.send(reply);
        }
    }

    /// Nothing more will come.
    pub fn end(&self) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn under_way(&self) -> usize {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn expect(&self) -> (u64, oneshot::Receiver<Reply>) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(number, sender);
        (number, receiver)
    }

    fn forget(&self, number: u64) -> Option<oneshot::Sender<Reply>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&number)
    }
}

impl RestSocket {
    /// Requests go out through `outgoing`; what comes back is handed to `answers`.
    pub const fn new(outgoing: mpsc::UnboundedSender<Message>, answers: Answers) -> Self {
        Self { outgoing, answers }
    }

    /// Whether this Asterisk takes requests over its event socket. One that does not says nothing to them, for as long as this.
    pub async fn is_served(&self, app: &str, patience: Duration) -> bool {
        let asked = Request::new(Kind::Application, &[&app]);
        tokio::time::timeout(patience, self.ask(&asked)).await.is_ok_and(|answer| answer.is_ok())
    }

    /// How many requests wait for their answer.
    pub fn under_way(&self) -> usize {
        self.answers.under_way()
    }

    /// Asterisk's answer, whatever its status.
    pub async fn ask(&self, request: &Request) -> Result<Reply, NoReply> {
        let (number, answer) = self.answers.expect();
        if self.outgoing.send(Message::text(message(number, request))).is_err() {
            self.answers.forget(number);
            return Err(NoReply::NotSent { why: "the event socket is closed".to_owned() });
        }
        match tokio::time::timeout(DEADLINE, answer).await {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(_)) => Err(NoReply::Cut { why: "the event socket was closed".to_owned() }),
            Err(_) => {
                self.answers.forget(number);
                Err(NoReply::Late)
            }
        }
    }
}

fn message(number: u64, request: &Request) -> String {
    let query: Vec<_> = request.query.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    let mut message = json!({
        "type": "RESTRequest",
        "request_id": number.to_string(),
        "method": request.kind.spec().method.name(),
        "uri": request.path().trim_start_matches('/'),
        "query_strings": query,
    });
    if let Some(body) = &request.body {
        message["content_type"] = "application/json".into();
        message["message_body"] = body.to_string().into();
    }
    message.to_string()
}
