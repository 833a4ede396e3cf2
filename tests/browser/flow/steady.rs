//! Live over a time in which calls come and go: it stands still, it does not grow, and an update costs little.

use std::time::{Duration, Instant};

use browser::chromium::{Browser, Outcome};
use browser::numbers::Spread;
use browser::trace::{Trace, script_and_layout_by_mark, work_by_mark};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::live::opens;
use crate::Stage;

/// All rows of a busy hour are seen at once.
const HEIGHT: u32 = 2000;
/// What is drawn first, with its letters, is no jump.
const SETTLED: Duration = Duration::from_secs(3);

/// How long Live is watched.
const fn watched_for(stage: &Stage) -> Duration {
    Duration::from_secs(if stage.site.long { 600 } else { 60 })
}

/// Notes each thing that jumps without having been touched.
pub const JUMPS: &str = "(() => { \
    const name = (node) => { \
        const element = node?.closest ? node : node?.parentElement; \
        return element ? `${element.localName}.${element.className} of ${element.closest('[id]')?.id}` : 'something that is gone'; }; \
    window.jumps = []; \
    new PerformanceObserver((list) => { \
        for (const jump of list.getEntries().filter((entry) => !entry.hadRecentInput)) { \
            window.jumps.push({ value: jump.value, at: Math.round(jump.startTime), what: jump.sources.map(({ node, previousRect, currentRect }) => \
                `${name(node)} from ${previousRect.x},${previousRect.y} to ${currentRect.x},${currentRect.y}`) }); \
        } \
    }).observe({ type: 'layout-shift' }); \
    return true; })()";

/// Nothing jumps, not by a pixel that Chromium counts: whoever is about to press something presses that.
pub async fn jumps(stage: &Stage) -> Outcome {
    opens(stage).await?;
    let browser = &stage.browser;
    browser.sized(1280, HEIGHT).await?;
    sleep(SETTLED).await;
    browser.says(JUMPS).await?;
    sleep(watched_for(stage)).await;
    let jumps = browser.says("window.jumps").await?;
    let jumps = jumps.as_array().ok_or("the page has noted nothing")?;
    let sum: f64 = jumps.iter().filter_map(|jump| jump["value"].as_f64()).sum();
    println!("    layout shift in {} s: {:.6}, {} times", watched_for(stage).as_secs(), sum + 0.0, jumps.len());
    if jumps.is_empty() { Ok(()) } else { Err(told(jumps).into()) }
}

/// Each jump, and what has jumped in it.
pub fn told(jumps: &[Value]) -> String {
    let mut told = format!("things jump {} times", jumps.len());
    for jump in jumps {
        told += &format!("\nby {} at {} ms", jump["value"], jump["at"]);
        let what = jump["what"].as_array().into_iter().flatten().filter_map(Value::as_str);
        what.for_each(|what| told += &format!("\n    {what}"));
    }
    told
}

/// How many nodes there are at one moment.
#[derive(Clone, Copy, Debug)]
struct Count {
    /// Those that the browser keeps.
    kept: i64,
    /// Those of them in the page.
    shown: i64,
    /// Those of them in rows that come and go.
    rows: i64,
    listeners: i64,
}

/// More than this is no play of a few rows: a node for every tenth message would be more.
const GROWTH: i64 = 100;
const COUNT_AGAIN: Duration = Duration::from_secs(2);

/// Nodes and listeners of rows that are gone are gone too.
pub async fn nodes(stage: &Stage) -> Outcome {
    opens(stage).await?;
    stage.browser.sized(1280, HEIGHT).await?;
    sleep(SETTLED).await;
    let (began, mut counts) = (Instant::now(), Vec::new());
    while began.elapsed() < watched_for(stage) {
        counts.push(count(&stage.browser).await?);
        sleep(COUNT_AGAIN).await;
    }
    let thirds = |what: fn(&Count) -> i64, which: fn(usize) -> usize| {
        let third = counts.len() / 3;
        let one = |some: &[Count]| {
            let mut values: Vec<i64> = some.iter().map(what).collect();
            values.sort_unstable();
            values.get(which(values.len())).copied().unwrap_or_default()
        };
        (one(&counts[..third]), one(&counts[counts.len() - third..]))
    };
    let trend = |what| thirds(what, |count| count / 2);
    let kept = trend(|count| count.kept);
    let still = trend(|count| count.shown - count.rows);
    let rows = trend(|count| count.rows);
    // The least: hundreds of nodes are under way while rows are being swapped, and what is left behind is there always.
    let gone = thirds(|count| count.kept - count.shown, |_| 0);
    let listeners = trend(|count| count.listeners);
    println!(
        "    nodes kept, first and last third of {} s: {kept:?}; shown outside of calls: {still:?}",
        began.elapsed().as_secs()
    );
    println!("    in rows of calls: {rows:?}; kept and not shown: {gone:?}; listeners: {listeners:?}");
    for (what, (first, last)) in [("shown outside of calls", still), ("kept and not shown", gone), ("listeners", listeners)] {
        assert!(last - first <= GROWTH, "{what} grew from {first} to {last}");
    }
    let rows_at_most = rows.0.max(GROWTH) * 3;
    assert!(rows.1 <= rows_at_most, "rows of calls that are over stay: their nodes grew from {} to {}", rows.0, rows.1);
    Ok(())
}

const SHOWN: &str = "(() => { \
    const within = (root) => { let count = 0; \
        const walker = document.createTreeWalker(root, NodeFilter.SHOW_ALL); \
        while (walker.nextNode()) count += 1; \
        return count; }; \
    const rows = [...document.querySelectorAll('#call-rows tr')]; \
    return [within(document), rows.reduce((sum, row) => sum + within(row) + 1, 0)]; })()";

async fn count(browser: &Browser) -> Outcome<Count> {
    browser.asks("HeapProfiler.collectGarbage", json!({})).await?;
    let shown = browser.says(SHOWN).await?;
    let told = browser.asks("Memory.getDOMCounters", json!({})).await?;
    let number = |value: &Value| value.as_i64().unwrap_or_default();
    Ok(Count {
        kept: number(&told["nodes"]),
        shown: number(&shown[0]),
        rows: number(&shown[1]),
        listeners: number(&told["jsEventListeners"]),
    })
}

/// At most so many milliseconds of scripts and layout for 95 of 100 updates.
const COSTS_AT_MOST: f64 = 8.0;
/// Fewer would say nothing.
const UPDATES: usize = 50;
/// The mark in the trace where an update begins.
pub const MARK: &str = "callsync-update";
/// Makes these marks.
pub const MARKS: &str = "(() => { document.getElementById('live').addEventListener('htmx:sse:before:message', (event) => { \
    if (!event.detail.message.event) performance.mark('callsync-update'); }); return true; })()";

/// Scripts, styles and layout for one message of the stream, by Chromium's own trace. On a machine with other work a number
/// says little: it is judged in long runs alone.
pub async fn updates(stage: &Stage) -> Outcome {
    opens(stage).await?;
    let browser = &stage.browser;
    sleep(SETTLED).await;
    browser.says(MARKS).await?;
    let trace = Trace::begin(&browser.devtools().await?).await?;
    sleep(Duration::from_secs(if stage.site.long { 60 } else { 20 })).await;
    let events = trace.end().await?;
    let Spread { p50, p95, most } = Spread::of(work_by_mark(&events, MARK));
    println!("    script, style, layout and garbage of an update: p50 {p50:.1} ms, p95 {p95:.1} ms, at most {most:.1} ms");
    let work = script_and_layout_by_mark(&events, MARK);
    let updates = work.len();
    let Spread { p50, p95, most } = Spread::of(work);
    println!("    script and layout of {updates} updates: p50 {p50:.1} ms, p95 {p95:.1} ms, at most {most:.1} ms");
    assert!(updates >= UPDATES, "only {updates} updates came");
    assert!(!stage.site.long || p95 <= COSTS_AT_MOST, "p95 is {p95:.1} ms, more than {COSTS_AT_MOST} ms");
    Ok(())
}
