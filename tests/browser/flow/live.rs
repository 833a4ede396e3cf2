//! Live: that it moves, that it says when it does not, and that it comes back by itself.

use std::time::Duration;

use browser::chromium::Outcome;
use tokio::time::sleep;

use super::front::sign_in;
use crate::Stage;

const SOON: Duration = Duration::from_secs(10);
/// The stream brings something.
pub const HEARD: &str = "!!document.getElementById('live')._htmx?.sse?.reader";
const BROUGHT: &str = "document.getElementById('live').dataset.number !== undefined";
const STALE: &str = "document.getElementById('live').hasAttribute('data-stale') && !document.getElementById('stale').hidden";
const TRUE_AGAIN: &str = "!document.getElementById('live').hasAttribute('data-stale') && document.getElementById('stale').hidden";

/// Signs in and waits until Live is true.
pub async fn opens(stage: &Stage) -> Outcome {
    sign_in(stage).await?;
    is_true(stage).await
}

/// Waits until Live, which is open, has heard all that there is.
pub async fn is_true(stage: &Stage) -> Outcome {
    stage.browser.until("the stream is open", HEARD, SOON).await?;
    stage.browser.until("the stream has brought everything", BROUGHT, SOON).await?;
    Ok(())
}

/// Notes whether all clocks that count on have moved within three seconds, by the page's own timers: on a busy machine these
/// are late together.
const MOVES: &str = "(() => { \
    const before = [...document.querySelectorAll('#agent-rows time[data-since], #call-rows time[data-since]')] \
        .map((clock) => ({ clock, since: clock.dataset.since, text: clock.textContent })); \
    setTimeout(() => { \
        const counting = before.filter(({ clock, since }) => clock.isConnected && clock.dataset.since === since); \
        window.moved = counting.length > 0 && counting.every(({ clock, text }) => clock.textContent !== text); \
    }, 3000); \
    return true; })()";

pub async fn counts(stage: &Stage) -> Outcome {
    opens(stage).await?;
    let browser = &stage.browser;
    browser.says(MOVES).await?;
    browser.until("three seconds have passed in the page", "window.moved !== undefined", SOON).await?;
    assert_eq!(browser.says("window.moved").await?, true, "clocks move");
    assert_eq!(browser.says("document.querySelectorAll('#queue-rows tr').length > 0").await?, true, "there are queues");
    assert_eq!(browser.complaints().await?, Vec::<String>::new(), "nothing was forbidden or missing");
    Ok(())
}

/// Notes how long nothing had been heard when the page says that it may be old, by the page's own clock: the last beat before
/// the silence is as late as the machine is busy.
const SILENCE: &str = "(() => { const stale = document.getElementById('stale'); \
    addEventListener('htmx:sse:before:message', () => { window.heard = performance.now(); }, true); \
    new MutationObserver(() => { if (!stale.hidden) window.silent ??= performance.now() - window.heard; }) \
        .observe(stale, { attributeFilter: ['hidden'] }); \
    return true; })()";
/// A beat comes every two seconds: one that does not come at all is no alarm, nor if the next is late.
const NO_ALARM_MS: f64 = 5000.0;

pub async fn silence(stage: &Stage) -> Outcome {
    opens(stage).await?;
    let browser = &stage.browser;
    browser.says(SILENCE).await?;
    browser.until("a beat is heard", "window.heard !== undefined", SOON).await?;
    stage.cable.silence();
    let told = browser.until("the page says that it may be old", STALE, SOON).await?;
    let silent = browser.says("window.silent").await?;
    assert!(silent.as_f64().is_some_and(|silent| silent >= NO_ALARM_MS), "one late beat is no alarm, it came after {silent} ms");
    let dimmed = browser.says("getComputedStyle(document.getElementById('totals')).filter === 'grayscale(1)'").await?;
    assert_eq!(dimmed, true, "numbers are dim");
    // Long enough for the page to give the line up and to try another.
    sleep(Duration::from_secs(8)).await;
    stage.cable.mend();
    let healed = browser.until("the page is true again", TRUE_AGAIN, Duration::from_secs(20)).await?;
    println!("    told after {:.1} s, healed {:.1} s after the wire", told.as_secs_f32(), healed.as_secs_f32());
    Ok(())
}

pub async fn broken(stage: &Stage) -> Outcome {
    opens(stage).await?;
    let browser = &stage.browser;
    stage.cable.break_off();
    browser.until("the page says that it may be old", STALE, SOON).await?;
    sleep(Duration::from_secs(12)).await;
    stage.cable.mend();
    let healed = browser.until("the page is true again", TRUE_AGAIN, Duration::from_secs(20)).await?;
    println!("    healed {:.1} s after the wire", healed.as_secs_f32());
    assert_eq!(browser.path().await?, "/live");
    Ok(())
}

pub async fn gap(stage: &Stage) -> Outcome {
    opens(stage).await?;
    let browser = &stage.browser;
    browser
        .says(
            "(() => { const live = document.getElementById('live'); window.brought = []; \
               live.addEventListener('htmx:sse:after:message', (e) => window.brought.push(e.detail.message.id)); \
               const detail = { connection: live._htmx.sse, message: { id: 'one:999999999', event: '', data: '' } }; \
               live.dispatchEvent(new CustomEvent('htmx:sse:before:message', { detail })); return detail.cancelled; })()",
        )
        .await?;
    let anew = "window.brought.some((id) => id.startsWith('all:'))";
    browser.until("everything was brought anew", anew, SOON).await?;
    Ok(())
}

/// Through htmx's own swap, with the fragments that the server sends.
pub async fn rows(stage: &Stage) -> Outcome {
    opens(stage).await?;
    let browser = &stage.browser;
    // One after another, as the stream's own messages are.
    let swap = |text: &str| {
        format!(
            "(window.swaps = (window.swaps ?? Promise.resolve()).then(() => \
             htmx.swap({{ text: `{text}`, sourceElement: document.getElementById('live'), swap: 'none' }}))) && true"
        )
    };
    let row = |id: &str, order: u64| {
        format!(
            "<hx-partial hx-target='#call-rows' hx-swap='place'><tr id='{id}' data-order='{order}'><td>{id}</td></tr></hx-partial>"
        )
    };
    for (id, order) in [("z-late", 9_000_000_000_002_u64), ("z-later", 9_000_000_000_003), ("z-early", 9_000_000_000_001)] {
        browser.says(&swap(&row(id, order))).await?;
    }
    let order = "[...document.querySelectorAll('#call-rows tr')].map((r) => r.id).filter((id) => id.startsWith('z-')).join()";
    browser.until("rows stand in their order", &format!("{order} === 'z-early,z-late,z-later'"), SOON).await?;
    browser.says(&swap("<hx-partial hx-target='#z-late' hx-swap='leave'></hx-partial>")).await?;
    browser.until("the row is gone", &format!("{order} === 'z-early,z-later'"), SOON).await?;
    assert_eq!(browser.complaints().await?, Vec::<String>::new());
    Ok(())
}

pub async fn sizes(stage: &Stage) -> Outcome {
    opens(stage).await?;
    for (width, height) in [(1280, 900), (1024, 768), (390, 844)] {
        stage.browser.sized(width, height).await?;
        sleep(Duration::from_millis(300)).await;
        let over = stage.browser.says("document.documentElement.scrollWidth - window.innerWidth").await?;
        assert!(over.as_i64().is_some_and(|over| over <= 0), "{width}: {over} px too wide");
        let cut = stage.browser.says(CUT).await?;
        assert_eq!(cut, "", "at {width} this is cut off");
    }
    let mut widths = Vec::new();
    for height in [500, 9000] {
        stage.browser.sized(1280, height).await?;
        widths.push(stage.browser.says("document.body.getBoundingClientRect().width").await?);
    }
    assert_eq!(widths[0], widths[1], "a scrollbar that comes pushes nothing aside");
    Ok(())
}

/// Texts that do not fit their box and show no ellipsis.
const CUT: &str = "[...document.querySelectorAll('#live td, #live th, #live .label, #live .value, #live .sub')] \
    .filter((e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === 'hidden' \
        && getComputedStyle(e).textOverflow !== 'ellipsis' && e.clientWidth > 1) \
    .map((e) => e.textContent.slice(0, 40)).join(' | ')";

pub async fn session_ends(stage: &Stage) -> Outcome {
    opens(stage).await?;
    let browser = &stage.browser;
    browser.says("fetch('/logout', { method: 'POST' }) && true").await?;
    let led = browser.until("the page leads to the front", "location.pathname === '/login'", Duration::from_secs(45)).await?;
    println!("    led to the front after {:.1} s", led.as_secs_f32());
    Ok(())
}
