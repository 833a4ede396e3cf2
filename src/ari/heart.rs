//! The heartbeat: says in Asterisk, every time the loop's heart beats, that the program is there. The dialplan goes past a
//! program that has not said so for ten seconds.
//!
//! Only that a beat comes counts, not the time it carries: what is written is Asterisk's own time, asked right before, less
//! what has passed since the beat. So the clocks of the two machines may differ as they like.

use std::time::Duration;

use serde::Deserialize;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use crate::line::{Line, NotRead};
use crate::names::Names;
use crate::request::{Kind, Request};
use crate::sign::{self, CLOCK};

/// How long the farewell may take.
const FAREWELL_WITHIN: Duration = Duration::from_secs(1);

/// The heart.
#[derive(Debug)]
pub struct Heart {
    line: Line,
    names: Names,
    beating: Option<JoinHandle<()>>,
}

#[derive(Deserialize)]
struct Variable {
    value: String,
}

impl Heart {
    /// A heart that nothing queues before: its line is its own.
    pub fn new(line: &Line, names: &Names) -> Self {
        Self { line: line.of_its_own(1), names: names.clone(), beating: None }
    }

    /// The loop's heart has just beaten. A beat that comes while the last one is still on its way is left out: Asterisk is
    /// slow then, and one word more would not make it faster.
    pub fn beat(&mut self) {
        if self.beating.as_ref().is_some_and(|beating| !beating.is_finished()) {
            return;
        }
        let (line, names, began) = (self.line.clone(), self.names.clone(), Instant::now());
        self.beating = Some(tokio::spawn(async move {
            let said = say(&line, &names, began).await;
            let result = if said.is_ok() { "said" } else { "failed" };
            metrics::counter!("callsync_ari_beats_total", "result" => result).increment(1);
            if let Err(why) = said {
                tracing::warn!(%why, "Asterisk could not be told that the program is there: callers may go past it");
            }
        }));
    }

    /// Says that the program goes, so that callers fall back at once and not after ten seconds.
    pub async fn stop(&mut self) {
        if let Some(beating) = self.beating.take() {
            beating.abort();
            let _ = beating.await;
        }
        let farewell = set(&self.names, "");
        let told = timeout(FAREWELL_WITHIN, self.line.ask(&farewell)).await;
        if !matches!(told, Ok(Ok(reply)) if reply.status < 300) {
            tracing::warn!("Asterisk could not be told that the program goes: for ten seconds it still hands calls to it");
        }
    }
}

impl Drop for Heart {
    fn drop(&mut self) {
        if let Some(beating) = &self.beating {
            beating.abort();
        }
    }
}

async fn say(line: &Line, names: &Names, beaten: Instant) -> Result<(), NotRead> {
    let Variable { value } = line.read(&Request::new(Kind::GetGlobal, &[]).with("variable", CLOCK)).await?;
    let (asked, request) = (Kind::GetGlobal.spec().name, Kind::SetGlobal.spec().name);
    let now: i64 = serde_json::from_str(value.trim()).map_err(|why| NotRead::Shape { request: asked, why })?;
    let passed = i64::try_from(beaten.elapsed().as_secs()).unwrap_or(i64::MAX);
    let reply = line.ask(&set(names, &sign::text(now.saturating_sub(passed), names.installation()))).await?;
    if reply.status < 300 { Ok(()) } else { Err(NotRead::Status { request, status: reply.status }) }
}

fn set(names: &Names, value: &str) -> Request {
    Request::new(Kind::SetGlobal, &[]).with("variable", names.alive()).with("value", value)
}
