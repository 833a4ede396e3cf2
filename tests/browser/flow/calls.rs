//! Live while calls are made: what stands in it, and how soon.

use std::time::{Duration, Instant};

use browser::chromium::Outcome;
use browser::viewers::Viewers;
use tokio::time::sleep;

use super::front::sign_in;
use super::live::{is_true, opens};
use crate::Stage;

const SOON: Duration = Duration::from_secs(10);

/// What an attacker sends for a number.
const PLANTED: &str = "<script>alert(1)</script>";

/// A caller's number is text, whatever stands in it. The caller waits for as long as the flows last.
pub async fn planted(stage: &Stage) -> Outcome {
    opens(stage).await?;
    let browser = &stage.browser;
    let row = format!("[...document.querySelectorAll('#call-rows tr')].find((row) => row.textContent.includes('{PLANTED}'))");
    browser.until("the number is read as it was sent", &format!("!!{row}"), SOON).await?;
    assert_eq!(browser.says(&format!("{row}.querySelectorAll('script').length")).await?, 0, "it is no script");
    // The stream brings it once more, with everything.
    browser.goes_to(&stage.url("/live")).await?;
    is_true(stage).await?;
    browser.until("the number is read as it was sent, by the stream too", &format!("!!{row}"), SOON).await?;
    assert_eq!(browser.says("[...document.scripts].filter((script) => !script.src).length").await?, 0, "no script was added");
    assert_eq!(browser.complaints().await?, Vec::<String>::new(), "nothing was even tried");
    Ok(())
}

/// Viewers beside the browser.
const VIEWERS: usize = 49;
/// More than a hundred: some may be answered while the page still opens.
const ANSWERS: u64 = 120;
const ALL_WITHIN: Duration = Duration::from_secs(240);

/// Notes when the page first says of a caller that they talk, by the machine's clock. Whoever talks already is not counted.
const WATCH: &str = "(() => { \
    const number = (row) => row.textContent.match(/\\+7[\\s\\d-]+/)?.[0].replace(/\\D/g, '').slice(0, 11); \
    const talking = () => [...document.querySelectorAll('#call-rows tr:has(.badge.talking)')].map(number); \
    const before = new Set(talking()); \
    window.talks = {}; \
    new MutationObserver(() => { \
        const at = Date.now(); \
        for (const who of talking()) if (who && !before.has(who)) window.talks[who] ??= at; \
    }).observe(document.getElementById('call-rows'), { subtree: true, childList: true, characterData: true, attributes: true }); \
    return true; })()";

/// Notes for many calls when the page showed that they were answered: whoever plays the calls knows when they were.
pub async fn answers(stage: &Stage) -> Outcome {
    sign_in(stage).await?;
    let browser = &stage.browser;
    browser.goes_to(&stage.direct_url("/live")).await?;
    is_true(stage).await?;
    let mut viewers = Viewers::open(VIEWERS, &stage.site.address, "/live/stream", &browser.cookies().await?).await?;
    browser.says(WATCH).await?;
    let began = Instant::now();
    let seen = "Object.keys(window.talks).length";
    while browser.says(seen).await?.as_u64().is_none_or(|seen| seen < ANSWERS) && began.elapsed() < ALL_WITHIN {
        sleep(Duration::from_secs(1)).await;
    }
    let talks = browser.says("window.talks").await?;
    let seen = talks.as_object().map_or(0, serde_json::Map::len);
    println!("    {seen} answers seen in {} s; others have read {} KiB", began.elapsed().as_secs(), viewers.read() / 1024);
    if let Some(file) = &stage.site.answers {
        std::fs::write(file, talks.to_string())?;
    }
    assert!(seen > 0, "no call was answered");
    assert_eq!(viewers.left(), VIEWERS, "all viewers are still looking");
    Ok(())
}
