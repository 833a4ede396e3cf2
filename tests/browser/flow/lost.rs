//! What a desk does when something is lost: its session, its network, its program; and what becomes of an agent whose desk is
//! lost itself.

use std::time::Duration;

use browser::chromium::Outcome;
use browser::parties::Parties;
use tokio::time::sleep;

use super::desk::{Desk, F2, F4, F8, QUEUE, SOON};
use super::orders::{AGENT, Supervisor};
use super::{front, live};
use crate::Stage;

/// A page that hears nothing says so, and that an order was not answered, within this time.
const TOLD: Duration = Duration::from_secs(15);
/// What was lost is back within this time after the cause is.
const HEALED: Duration = Duration::from_secs(30);
/// A desk shows a sign of life every ten seconds, and is told then.
const LED: Duration = Duration::from_secs(15);
/// More signs of life than a browser has connections to a server, one in ten seconds.
const LONG_SILENCE: Duration = Duration::from_secs(80);
/// The setting, and what it takes to be seen.
const VANISHED: Duration = Duration::from_secs(45);

/// Of either page, by its id: it says that it hears nothing.
fn stale(page: &str) -> String {
    format!("document.getElementById('{page}').hasAttribute('data-stale') && !document.getElementById('stale').hidden")
}

fn is_true(page: &str) -> String {
    format!("!!document.getElementById('{page}') && !({})", stale(page))
}

const REFUSED: &str = "!document.getElementById('desk-failed').hidden";

/// The operator is ready, somebody calls, and the two talk; gives the caller's number.
async fn talks(desk: Desk<'_>, parties: &mut Parties) -> Outcome<String> {
    desk.types(F2).await?;
    desk.state("Готов").await?;
    let number = parties.calls(QUEUE).await?;
    parties.phone_rings().await?;
    parties.phone("answers").await?;
    desk.state("Говорит").await?;
    Ok(number)
}

/// A session that ends elsewhere: to the front, and from there back to the desk, whose agent has stayed what they were.
pub async fn session(stage: &Stage) -> Outcome {
    drop(Parties::begin(&stage.site).await?);
    let desk = Desk::opens(&stage.browser, stage, &stage.url("/desk")).await?;
    desk.types(&format!("{F4}2")).await?;
    desk.state("Обед").await?;
    stage.browser.says("fetch('/logout', { method: 'POST' }) && true").await?;
    let led = stage.browser.until("the desk leads to the front", "location.pathname === '/login'", LED).await?;
    println!("    led to the front after {:.1} s", led.as_secs_f32());
    desk.signs_in(stage).await?;
    desk.state("Обед").await
}

/// A wire that falls silent, and one that breaks in a call: told, nothing can be pressed, what was pressed is said to have
/// failed, and all comes back.
pub async fn network(stage: &Stage) -> Outcome {
    let mut parties = Parties::begin(&stage.site).await?;
    let browser = &stage.browser;
    let desk = Desk::opens(browser, stage, &stage.url("/desk")).await?;
    stage.cable.silence();
    // In the moment of the loss nobody knows of it, the page no more than the operator.
    desk.types(F2).await?;
    browser.until("the page says that it may be old", &stale("desk"), TOLD).await?;
    browser.until("the order is said to have failed", REFUSED, TOLD).await?;
    desk.reads(".no-orders", "Пока связи нет, распоряжения не передаются.").await?;
    let inert = "document.querySelectorAll('#desk .shelf[inert], #desk form.menu[inert]').length === 3";
    assert!(desk.is(inert).await?, "what cannot be passed on cannot be pressed");
    desk.types(F4).await?;
    assert!(!desk.is("document.getElementById('reasons').matches(':popover-open')").await?, "nor by its key");
    stage.cable.mend();
    browser.until("the page is true again", &is_true("desk"), HEALED).await?;
    desk.types(&format!("{F4}1")).await?;
    desk.state("Перерыв").await?;
    browser.until("an order is accepted, and none has failed any more", &format!("!({REFUSED})"), SOON).await?;
    let number = talks(desk, &mut parties).await?;
    stage.cable.break_off();
    browser.types_with_shift(F8).await?;
    browser.until("the order is said to have failed", REFUSED, TOLD).await?;
    browser.until("the page says that it may be old", &stale("desk"), TOLD).await?;
    parties.caller(&number, "hears-the-phone").await?;
    parties.caller(&number, "hangs-up").await?;
    stage.cable.mend();
    browser.until("the page is true again", &is_true("desk"), HEALED).await?;
    desk.state("Поствызов").await?;
    desk.caller(&number).await
}

/// A router that has forgotten all connections: the page gives up those that are dead, also those that wait for use.
pub async fn forgotten(stage: &Stage) -> Outcome {
    drop(Parties::begin(&stage.site).await?);
    let browser = &stage.browser;
    let desk = Desk::opens(browser, stage, &stage.url("/desk")).await?;
    stage.cable.forget();
    desk.types(F2).await?;
    browser.until("the order is said to have failed", REFUSED, TOLD).await?;
    browser.until("the page says that it may be old", &stale("desk"), TOLD).await?;
    let healed = browser.until("the page is true again", &is_true("desk"), HEALED).await?;
    println!("    healed {:.1} s after it was told", healed.as_secs_f32());
    desk.state("Не в сети").await?;
    desk.types(F2).await?;
    desk.state("Готов").await?;
    if stage.site.long { forgotten_after_a_while(stage).await } else { Ok(()) }
}

/// The same after a silence in which every sign of life has taken a connection: there must be some left for what comes after.
async fn forgotten_after_a_while(stage: &Stage) -> Outcome {
    stage.cable.silence();
    sleep(LONG_SILENCE).await;
    stage.cable.forget();
    stage.cable.mend();
    let healed = stage.browser.until("the page is true again", &is_true("desk"), HEALED).await?;
    println!("    healed {:.1} s after {} s of silence", healed.as_secs_f32(), LONG_SILENCE.as_secs());
    Ok(())
}

/// Nobody sits at a desk whose browser was closed: no more calls, Live says so, and the desk when it is opened again.
pub async fn vanished(stage: &Stage) -> Outcome {
    drop(Parties::begin(&stage.site).await?);
    let browser = stage.another("closed").await?;
    let desk = Desk::opens(&browser, stage, &stage.direct_url("/desk")).await?;
    desk.types(F2).await?;
    desk.state("Готов").await?;
    browser.closes().await?;
    live::opens(stage).await?;
    let live = Supervisor(&stage.browser);
    live.row(AGENT, "Готов", SOON).await?;
    let told = live.row(AGENT, "Пропал", VANISHED).await?;
    println!("    told after {:.1} s", told.as_secs_f32());
    let browser = stage.another("opened again").await?;
    let desk = Desk::opens(&browser, stage, &stage.direct_url("/desk")).await?;
    desk.state("Пропал").await?;
    desk.centre("Рабочее место пропадало").await?;
    desk.types(F2).await?;
    desk.state("Готов").await?;
    live.row(AGENT, "Готов", SOON).await?;
    browser.closes().await
}

/// The program dies in a call and returns, and stops in order and returns while the call is being finished: desk and Live say
/// so and come back, and so does the call.
pub async fn restart(stage: &Stage) -> Outcome {
    let mut parties = Parties::begin(&stage.site).await?;
    let desk = Desk::opens(&stage.browser, stage, &stage.url("/desk")).await?;
    let watcher = stage.another("watcher").await?;
    front::signs_in_at(&watcher, stage, &stage.direct_url("/live")).await?;
    let number = talks(desk, &mut parties).await?;
    parties.program("die").await?;
    stage.browser.until("the desk says that it may be old", &stale("desk"), TOLD).await?;
    watcher.until("Live says that it may be old", &stale("live"), TOLD).await?;
    desk.caller(&number).await?;
    parties.caller(&number, "hears-the-phone").await?;
    parties.program("return").await?;
    let healed = stage.browser.until("the desk is true again", &is_true("desk"), HEALED).await?;
    println!("    the desk healed {:.1} s after the program was ready", healed.as_secs_f32());
    watcher.until("Live is true again", &is_true("live"), HEALED).await?;
    desk.state("Говорит").await?;
    desk.caller(&number).await?;
    stage.browser.types_with_shift(F8).await?;
    parties.caller(&number, "is-hung-up").await?;
    desk.state("Поствызов").await?;
    desk.types(F8).await?;
    stage.browser.until("the wrap-up is longer", "document.querySelector('progress.drain').max === 90000", SOON).await?;
    parties.program("stop").await?;
    stage.browser.until("the desk says that it may be old", &stale("desk"), TOLD).await?;
    parties.program("return").await?;
    stage.browser.until("the desk is true again", &is_true("desk"), HEALED).await?;
    desk.state("Поствызов").await?;
    desk.caller(&number).await?;
    let max = stage.browser.says("document.querySelector('progress.drain').max").await?;
    assert_eq!(max, 90_000, "what was asked for before is not forgotten");
    desk.types(F2).await?;
    desk.state("Готов").await?;
    watcher.closes().await
}
