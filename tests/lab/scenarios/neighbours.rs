//! Two programs on one Asterisk: each leaves alone what is the other's, and one application is served by one of them.

use std::fs;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::live::coded;
use super::recovery::unbroken;
use super::{Stage, house};
use crate::parties::Phone;
use crate::parties::actions::SOON;
use crate::parties::clock::{Seen, until};
use crate::{Result, Trouble, demo, http};

/// The application of the second program, as dialplan/README.md sets it up.
const TRIAL: &str = "trial";
/// The account of its one agent, which no agent of the first has.
const ACCOUNT: u32 = 1100;
/// Where its pages are, beside the first's.
const WEB: u16 = 8081;
/// Long enough that a program which took the other's legs for strays would have hung them up.
const A_WHILE: Duration = Duration::from_secs(2);

/// With the same number of the server, as a trial is started in haste: it takes a call of its own, stops, is killed, and comes
/// back each time; of the first program's calls it touches none.
pub async fn second_program_on_the_same_asterisk_touches_no_call_of_the_first(stage: &mut Stage) -> Result<()> {
    let mut agent = stage.agent().await?;
    let mut caller = stage.caller().await?;
    caller.dials("700").await?;
    agent.rings().await?;
    agent.answers().await?;
    let heard = caller.hears(&agent).await?;
    let mut waits = stage.caller().await?;
    waits.dials(house::LONG_WRAP_UP).await?;
    waits.is_answered().await?;
    waits.hears_music().await?;

    let mut trial = stage.lab.second(TRIAL, WEB, &contact_centre(stage)).await?;
    sleep(A_WHILE).await;
    names_the_first(stage).await?;
    takes_a_call(stage).await?;
    trial.stop().await;
    trial.serve().await?;
    trial.kill().await;
    trial.serve().await?;
    sleep(A_WHILE).await;
    names_the_first(stage).await?;
    unbroken(stage, &caller, &agent, &heard)?;
    unbroken(stage, &agent, &caller, &heard)?;
    trial.stop().await;

    let mut next = stage.agent_of_a_waiting_caller(house::LONG_WRAP_UP).await?;
    next.rings_within(SOON * 2).await?;
    next.answers().await?;
    waits.hears(&next).await?;
    waits.hangs_up().await?;
    next.is_hung_up().await?;
    caller.hangs_up().await?;
    agent.is_hung_up().await?;
    stage.witnesses_agree(&waits).await?;
    stage.witnesses_agree(&caller).await.map(drop)
}

/// With a data folder of its own and nothing else: it says who serves the application, and ends; a killed program that starts
/// again is not kept waiting by its own last sign of life.
pub async fn second_program_on_the_same_application_is_refused_in_words(stage: &mut Stage) -> Result<()> {
    let mut agent = stage.agent().await?;
    let mut caller = stage.caller().await?;
    caller.dials("700").await?;
    agent.rings().await?;
    agent.answers().await?;
    let heard = caller.hears(&agent).await?;
    let first = installation(stage)?;
    let words = stage.lab.refused("callsync", WEB, &contact_centre(stage)).await?;
    for word in ["another callsync", &first, "\"callsync\"", "Stop it first"] {
        if !words.contains(word) {
            return Err(Trouble::said(format!("{word} is missing in: {words}")));
        }
    }
    stage.lab.product()?.kill().await;
    stage.program_returns().await?;
    unbroken(stage, &caller, &agent, &heard)?;
    caller.hangs_up().await?;
    agent.is_hung_up().await?;
    stage.witnesses_agree(&caller).await.map(drop)
}

/// The trial's settings: a queue with a number that the first has too, an agent of its own, and the first's administrator.
fn contact_centre(stage: &Stage) -> Value {
    let mut document = demo::document(&stage.lab.passwords, |_| true);
    document["queues"] = json!([{
        "number": "700", "name": "Проба", "music": "default", "ring_timeout_s": 20, "wrap_up_s": 0,
        "service_level": {"percent": 80, "within_s": 20},
    }]);
    document["agents"] = json!([{
        "name": "Проба", "endpoint": ACCOUNT.to_string(), "queues": ["700"], "ready_on_register": true,
    }]);
    // The administrator: the operator is an agent of the first.
    if let Some(users) = document["users"].as_array_mut() {
        users.truncate(1);
    }
    document
}

/// The first program's installation.
fn installation(stage: &Stage) -> Result<String> {
    let file = stage.lab.folder.join("callsync/installation");
    fs::read_to_string(&file).map(|text| text.trim().to_owned()).map_err(Trouble::file("reading", &file))
}

/// A caller who dials 8700 reaches the trial's agent. Neither of them is a party of the first program's.
async fn takes_a_call(stage: &Stage) -> Result<()> {
    until(SOON * 4, "the trial's heartbeat is heard in Asterisk", async || {
        let beat = stage.ari("asterisk/variable?variable=CALLSYNC_ALIVE_trial").await?["value"].to_string();
        Ok(if beat.contains(|c: char| c.is_ascii_digit()) { Seen::Enough(()) } else { Seen::NotYet(beat) })
    })
    .await?;
    let mut agent = Phone::agent(&stage.exchange, ACCOUNT).await?;
    let mut caller = Phone::caller(&stage.exchange, "+79990000001").await?;
    caller.dials("8700").await?;
    caller.is_answered().await?;
    agent.rings_within(SOON * 2).await?;
    agent.answers().await?;
    caller.hears(&agent).await?;
    agent.hears(&caller).await?;
    caller.hangs_up().await?;
    agent.is_hung_up().await.map(drop)
}

/// The trial's page of health says whose legs it found and left alone.
async fn names_the_first(stage: &Stage) -> Result<()> {
    let first = installation(stage)?;
    until(SOON, "the trial's page of health names the first program", async || {
        let page = health(stage).await?;
        let named = page.contains(&first) && page.contains("data-others=\"callsync\"");
        Ok(if named { Seen::Enough(()) } else { Seen::NotYet(format!("it has {} letters", page.len())) })
    })
    .await
}

async fn health(stage: &Stage) -> Result<String> {
    let pages = format!("http://127.0.0.1:{WEB}");
    let (email, _, role) = demo::USERS[0];
    let form = format!("email={}&password={}", coded(email), coded(demo::password(&stage.lab.passwords, role)));
    let asked = http::unled()
        .post(format!("{pages}/login"))
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await;
    let answer = asked.map_err(|why| Trouble::said(format!("signing in at the trial: {why}")))?;
    let cookie = answer.headers().get(SET_COOKIE).and_then(|cookie| cookie.to_str().ok()?.split(';').next());
    let cookie = cookie.unwrap_or_default().to_owned();
    let asked = http::client().get(format!("{pages}/admin/health")).header(COOKIE, cookie).send().await;
    let page = async { asked?.error_for_status()?.text().await };
    page.await.map_err(|why| Trouble::said(format!("reading the trial's health: {why}")))
}
