//! The page of health: it asks for itself again and again, and says so when nobody answers.

use std::time::Duration;

use browser::chromium::Outcome;
use tokio::time::sleep;

use super::front::sign_in;
use crate::Stage;

const SOON: Duration = Duration::from_secs(15);
/// The page is old a quarter of a minute after its last answer.
const OLD_WITHIN: Duration = Duration::from_secs(30);
const DRAWN: &str = "document.querySelector('.age').id";
const OLD: &str = "getComputedStyle(document.querySelector('.age .old')).visibility === 'visible'";
const FRESH: &str = "getComputedStyle(document.querySelector('.age .old')).visibility === 'hidden'";

pub async fn follows(stage: &Stage) -> Outcome {
    sign_in(stage).await?;
    let browser = &stage.browser;
    browser.goes_to(&stage.url("/admin/health")).await?;
    assert_eq!(browser.says(FRESH).await?, true, "what was drawn a moment ago is not old");
    for _ in 0..2 {
        let before = browser.says(DRAWN).await?;
        browser.until("the page has brought itself up to date", &format!("{DRAWN} !== {before}"), SOON).await?;
    }
    assert_eq!(browser.says("document.querySelectorAll('#health, .age').length").await?, 2, "in its own place");
    assert_eq!(browser.complaints().await?, Vec::<String>::new(), "nothing was forbidden or missing");
    stage.cable.silence();
    let told = browser.until("the page says that it is old", OLD, OLD_WITHIN).await?;
    // Longer than an answer is waited for.
    sleep(Duration::from_secs(6)).await;
    assert_eq!(browser.says("!!document.querySelector('.gauges td.now')").await?, true, "what was known is still there");
    stage.cable.mend();
    let healed = browser.until("the page is true again", FRESH, SOON).await?;
    println!("    told after {:.1} s, healed {:.1} s after the wire", told.as_secs_f32(), healed.as_secs_f32());
    Ok(())
}

/// Whoever is signed out elsewhere keeps what was known, and is told that it is old: no front takes the place of the numbers.
pub async fn session_ends(stage: &Stage) -> Outcome {
    sign_in(stage).await?;
    let browser = &stage.browser;
    browser.goes_to(&stage.url("/admin/health")).await?;
    let signs_out = "fetch('/logout', { method: 'POST', redirect: 'manual' }).then(() => { window.out = true; }); true";
    browser.says(&format!("(() => {{ {signs_out}; return true; }})()")).await?;
    browser.until("the session has ended", "window.out === true", SOON).await?;
    browser.until("the page says that it is old", OLD, OLD_WITHIN).await?;
    assert_eq!(browser.says("document.querySelectorAll('#health .gauges td.now').length > 0").await?, true);
    browser.presses(".age .old a").await?;
    browser.until("the front is open", "location.pathname === '/login'", SOON).await?;
    Ok(())
}
