//! Signing in and out, and the language.

use std::time::Duration;

use browser::chromium::{Browser, Outcome};

use crate::Stage;

const SOON: Duration = Duration::from_secs(10);

/// Signs the supervisor in; ends on Live.
pub async fn sign_in(stage: &Stage) -> Outcome {
    signs_in_at(&stage.browser, stage, &stage.url("/live")).await
}

/// The same in any browser.
pub async fn signs_in_at(browser: &Browser, stage: &Stage, live: &str) -> Outcome {
    browser.goes_to(live).await?;
    browser.types("#email", &stage.site.email).await?;
    browser.types("#password", &stage.site.password).await?;
    browser.presses("button.primary").await?;
    browser.until("Live is open", "location.pathname === '/live' && !!document.getElementById('totals')", SOON).await?;
    Ok(())
}

pub async fn signs_in(stage: &Stage) -> Outcome {
    let browser = &stage.browser;
    browser.goes_to(&stage.url("/live")).await?;
    browser.types("#email", &stage.site.email).await?;
    browser.types("#password", "not the password").await?;
    browser.presses("button.primary").await?;
    browser.until("the refusal is shown", "!!document.querySelector('#refusal[role=alert]')", SOON).await?;
    let kept = browser.says("document.getElementById('email').value").await?;
    assert_eq!(kept, stage.site.email.as_str(), "the address that was typed is kept");
    // A browser gives the focus with the first frame.
    browser.until("the field to correct has the focus", "document.activeElement?.id === 'password'", SOON).await?;
    // The browser notes the refusal's own status as an error; nothing else may be wrong.
    browser.complaints().await?;
    browser.types("#password", &stage.site.password).await?;
    browser.presses("button.primary").await?;
    let open = "location.pathname === '/live' && !!document.querySelector('form[action=\"/logout\"] button')";
    browser.until("Live is open", open, SOON).await?;
    browser.presses("form[action='/logout'] button").await?;
    browser.until("the front is open", "location.pathname === '/login'", SOON).await?;
    browser.goes_to(&stage.url("/live")).await?;
    assert_eq!(browser.path().await?, "/login", "signed out is signed out");
    assert_eq!(browser.complaints().await?, Vec::<String>::new());
    Ok(())
}

pub async fn keyboard(stage: &Stage) -> Outcome {
    let browser = &stage.browser;
    browser.goes_to(&stage.url("/login")).await?;
    browser.until("typing can begin at once", "document.activeElement?.id === 'email'", SOON).await?;
    browser.types("#email", &stage.site.email).await?;
    browser.types("#password", &format!("{}\u{e007}", stage.site.password)).await?;
    browser.until("Live is open", "location.pathname === '/live' && document.readyState === 'complete'", SOON).await?;
    browser.types_into_page("\u{e004}").await?;
    browser.until("the first stop leads past the bar", "document.activeElement?.className === 'skip'", SOON).await?;
    let seen = "document.activeElement.getBoundingClientRect().top >= 0";
    assert_eq!(browser.says(seen).await?, true, "and is seen");
    Ok(())
}

pub async fn language(stage: &Stage) -> Outcome {
    let browser = &stage.browser;
    browser.goes_to(&stage.url("/login")).await?;
    let before = browser.says("document.documentElement.lang").await?;
    browser.presses("form[action='/language'] button").await?;
    let changed = format!("document.documentElement.lang !== {before}");
    browser.until("the language has changed", &changed, SOON).await?;
    let after = browser.says("document.documentElement.lang").await?;
    sign_in(stage).await?;
    assert_eq!(browser.says("document.documentElement.lang").await?, after, "it stays after signing in");
    Ok(())
}
