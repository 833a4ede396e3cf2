//! What Chromium says of its own work: its trace, taken by the DevTools protocol beside WebDriver, which hears no events.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::chromium::Outcome;

/// What is written down: the timeline that people see in the developer tools, and the marks that pages make.
const CATEGORIES: [&str; 2] = ["devtools.timeline", "blink.user_timing"];

/// What the page's own thread does for a change: scripts, the garbage that they leave, and the layout and styles that follow.
const WORK: [&str; 11] = [
    "EvaluateScript",
    "EventDispatch",
    "FireAnimationFrame",
    "FunctionCall",
    "Layout",
    "MajorGC",
    "MinorGC",
    "ParseHTML",
    "RunMicrotasks",
    "TimerFire",
    "UpdateLayoutTree",
];

/// Of that, what is neither script nor layout.
const ASIDE: [&str; 3] = ["MajorGC", "MinorGC", "UpdateLayoutTree"];

/// A trace that is being written.
#[derive(Debug)]
pub struct Trace {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Trace {
    /// Begins to write the trace of a tab.
    ///
    /// # Errors
    /// When the browser cannot be listened to.
    pub async fn begin(devtools: &str) -> Outcome<Self> {
        let (socket, _) = connect_async(devtools).await?;
        let mut trace = Self { socket };
        let config = json!({ "includedCategories": CATEGORIES, "excludedCategories": ["*"] });
        trace.order(1, "Tracing.start", &json!({ "transferMode": "ReportEvents", "traceConfig": config })).await?;
        trace.hears(|said| said["id"] == 1).await?;
        Ok(trace)
    }

    /// Ends it, and gives all its events.
    ///
    /// # Errors
    /// When the browser has gone.
    pub async fn end(mut self) -> Outcome<Vec<Value>> {
        self.order(2, "Tracing.end", &json!({})).await?;
        let mut events = Vec::new();
        self.hears(|said| {
            if said["method"] == "Tracing.dataCollected"
                && let Some(more) = said["params"]["value"].as_array()
            {
                events.extend(more.iter().cloned());
            }
            said["method"] == "Tracing.tracingComplete"
        })
        .await?;
        Ok(events)
    }

    async fn order(&mut self, id: u32, method: &str, words: &Value) -> Outcome {
        let order = json!({ "id": id, "method": method, "params": words }).to_string();
        Ok(self.socket.send(Message::text(order)).await?)
    }

    async fn hears(&mut self, mut enough: impl FnMut(&Value) -> bool) -> Outcome {
        while let Some(message) = self.socket.next().await {
            let Message::Text(text) = message? else { continue };
            let said: Value = serde_json::from_str(&text)?;
            if said["error"].is_object() {
                return Err(format!("the browser refuses: {}", said["error"]).into());
            }
            if enough(&said) {
                return Ok(());
            }
        }
        Err("the browser has gone while it was traced".into())
    }
}

/// How long the page's own thread worked for each mark of this name, in milliseconds: from the beginning of the task in which
/// the mark was made to the beginning of that of the next mark. Work within other work counts once. The last mark is left
/// out: nobody knows what would have come of it.
#[must_use]
pub fn work_by_mark(events: &[Value], mark: &str) -> Vec<f64> {
    let Some(thread) = marks(events, mark).next().map(|mark| &mark["tid"]) else { return Vec::new() };
    let tasks = tasks(events, thread);
    let milliseconds = |(from, to): &(f64, f64)| (*from, (to - from) / 1000.0);
    sums_by_mark(events, mark, &tasks, &tasks.iter().map(milliseconds).collect::<Vec<_>>())
}

/// How much of that was neither the choice of styles nor the clearing away of garbage, which Chromium does when it likes: the
/// scripts and the layout.
#[must_use]
pub fn script_and_layout_by_mark(events: &[Value], mark: &str) -> Vec<f64> {
    let Some(thread) = marks(events, mark).next().map(|mark| &mark["tid"]) else { return Vec::new() };
    let aside = events.iter().filter(|event| {
        event["tid"] == *thread && event["ph"] == "X" && event["name"].as_str().is_some_and(|name| ASIDE.contains(&name))
    });
    let milliseconds = |event: &Value| Some((event["ts"].as_f64()?, event["dur"].as_f64()? / 1000.0));
    let aside = sums_by_mark(events, mark, &tasks(events, thread), &aside.filter_map(milliseconds).collect::<Vec<_>>());
    work_by_mark(events, mark).iter().zip(aside).map(|(all, aside)| all - aside).collect()
}

/// How many elements were given their style anew for each mark of this name: what an update costs on whichever machine.
#[must_use]
pub fn restyled_by_mark(events: &[Value], mark: &str) -> Vec<f64> {
    let Some(thread) = marks(events, mark).next().map(|mark| &mark["tid"]) else { return Vec::new() };
    let restyled = events.iter().filter(|event| event["name"] == "UpdateLayoutTree" && event["tid"] == *thread);
    let count = |event: &Value| Some((event["ts"].as_f64()?, event["args"]["elementCount"].as_f64()?));
    let counts: Vec<_> = restyled.filter_map(count).collect();
    sums_by_mark(events, mark, &tasks(events, thread), &counts)
}

fn marks<'a>(events: &'a [Value], mark: &str) -> impl Iterator<Item = &'a Value> {
    events.iter().filter(move |event| event["name"] == mark && event["cat"] == "blink.user_timing")
}

/// The sum of what began from the task of one mark on and before that of the next.
fn sums_by_mark(events: &[Value], mark: &str, tasks: &[(f64, f64)], counted: &[(f64, f64)]) -> Vec<f64> {
    // A mark stands inside the work that made it.
    let begin = |at: f64| tasks.iter().rev().find(|(from, to)| *from <= at && at <= *to).map_or(at, |(from, _)| *from);
    let begins: Vec<f64> = marks(events, mark).filter_map(|mark| mark["ts"].as_f64()).map(begin).collect();
    let within = |pair: &[f64]| {
        let counted = counted.iter().filter(|(at, _)| (pair[0]..pair[1]).contains(at));
        counted.map(|(_, number)| number).sum()
    };
    begins.windows(2).map(within).collect()
}

/// The stretches of work on a thread, in order, in microseconds; those that overlap are one.
fn tasks(events: &[Value], thread: &Value) -> Vec<(f64, f64)> {
    let work = events.iter().filter(|event| {
        event["tid"] == *thread && event["ph"] == "X" && event["name"].as_str().is_some_and(|name| WORK.contains(&name))
    });
    let mut stretches: Vec<(f64, f64)> = work
        .filter_map(|event| {
            let from = event["ts"].as_f64()?;
            Some((from, from + event["dur"].as_f64()?))
        })
        .collect();
    stretches.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut joined: Vec<(f64, f64)> = Vec::new();
    for (from, to) in stretches {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            Some(_) | None => joined.push((from, to)),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{restyled_by_mark, script_and_layout_by_mark, work_by_mark};

    fn work(name: &str, from: u32, length: u32) -> Value {
        json!({ "name": name, "ph": "X", "cat": "devtools.timeline", "tid": 7, "ts": from, "dur": length })
    }

    fn mark(at: u32) -> Value {
        json!({ "name": "message", "ph": "I", "cat": "blink.user_timing", "tid": 7, "ts": at })
    }

    #[test]
    fn work_belongs_to_the_mark_in_whose_task_or_after_whose_it_began() {
        let events = [
            work("FunctionCall", 0, 100),
            work("RunMicrotasks", 1_000, 3_000),
            mark(1_500),
            work("Layout", 2_000, 1_000),
            work("UpdateLayoutTree", 9_000, 500),
            work("Paint", 9_500, 4_000),
            work("FunctionCall", 20_000, 2_000),
            mark(21_000),
            work("FunctionCall", 30_000, 1_000),
            mark(30_500),
        ];
        assert_eq!(work_by_mark(&events, "message"), [3.5, 2.0]);
        assert_eq!(script_and_layout_by_mark(&events, "message"), [3.0, 2.0]);
        assert!(work_by_mark(&events, "another").is_empty());
    }

    #[test]
    fn elements_are_counted_with_the_mark_before_their_style() {
        let restyled = |at, count: u32| {
            let mut event = work("UpdateLayoutTree", at, 100);
            event["args"] = json!({ "elementCount": count });
            event
        };
        let events = [mark(1_000), restyled(1_500, 7), restyled(2_000, 5), mark(3_000), mark(4_000), restyled(4_500, 9)];
        assert_eq!(restyled_by_mark(&events, "message"), [12.0, 0.0]);
    }
}
