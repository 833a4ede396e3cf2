//! The books, call by call: two hundred callers with random patience, agents who answer after a random time, refuse or let it
//! ring; either side hangs up. What sipp saw, the ledger and the CDR must tell one story of every single call.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::parties::caller::Caller;
use crate::parties::script::{self, Deed, Ringing};
use crate::parties::{Crowd, Millis};
use crate::scenarios::Stage;
use crate::scenarios::witness::{Party, Story, Verdict};
use crate::traffic::scenario::Wait;
use crate::{Result, Trouble};

/// How many callers come.
pub const CALLS: u32 = 200;
/// Each agent who refuses or does not answer stays away from then on, so there are more than are needed at once.
const AGENTS: usize = 34;
/// A second.
const RATE: u32 = 8;
const ALL_WITHIN: Duration = Duration::from_secs(120);
/// Two hundred calls within half a minute on two processors: times lie further apart than in a scenario of one call.
const WITHIN: Millis = 250;
/// An answer and a hang-up this close together may cross on the way. Either outcome is right then, and the CDR may keep the
/// one that was stamped ahead: after the caller has hung up, Asterisk takes no stamp any more.
const CROSSING: Millis = 100;

/// The differences found, for each caller's number.
///
/// # Errors
/// When the parties cannot be started, or the books cannot be read.
pub async fn reconcile(stage: &mut Stage) -> Result<Vec<(String, Vec<String>)>> {
    let numbers: Vec<String> = (0..CALLS).map(|n| format!("+7913{n:07}")).collect();
    let (agents, callers) = traffic(stage, &numbers).await?;
    let parties = [&agents, &callers].map(|crowd| Party { diary: crowd.diary.clone(), sound: None });
    let mut judged = Vec::new();
    for number in &numbers {
        judged.push((number.clone(), judge(stage, number, &parties).await?));
    }
    judged.push(("everybody".to_owned(), strangers(stage, &numbers).await?));
    agents.leaves().await?;
    Ok(judged)
}

async fn traffic(stage: &mut Stage, numbers: &[String]) -> Result<(Crowd, Crowd)> {
    let agents = stage.crowd(AGENTS, &script::agents(Ringing::Told, &deeds())).await?;
    let caller = Caller {
        from: "<sip:[field0]@[local_ip]>",
        number: "[field0]",
        dials: "700",
        patience: waits(&[(2.0, 0.7), (2.0, 1.6), (3.0, 2.9), (3.0, 4.4), (4.0, 6.0), (4.0, 9.0)]),
        headers: "",
    };
    let mut callers = Crowd::callers(&stage.exchange, &caller.script(), numbers, RATE)?;
    callers.ends(ALL_WITHIN).await?;
    Ok((agents, callers))
}

fn deeds() -> Vec<(f64, Deed)> {
    let answers = Deed::Answers {
        after: waits(&[(2.0, 0.3), (3.0, 0.8), (3.0, 1.4), (1.0, 2.4)]),
        talks: waits(&[(2.0, 0.5), (3.0, 1.3), (3.0, 2.2), (2.0, 3.7)]),
    };
    let busy = Deed::Refuses { status: "486 Busy Here", after: waits(&[(1.0, 0.2)]) };
    let refuses = Deed::Refuses { status: "603 Decline", after: waits(&[(1.0, 0.5), (1.0, 1.1)]) };
    vec![(0.92, answers), (0.02, busy), (0.03, refuses), (0.03, Deed::RingsOn)]
}

fn waits(waits: &[(f64, f64)]) -> Vec<Wait> {
    waits.iter().map(|(weight, seconds)| Wait { weight: *weight, seconds: *seconds }).collect()
}

/// One call: what the parties say of it against what the books say.
async fn judge(stage: &Stage, number: &str, parties: &[Party]) -> Result<Vec<String>> {
    let story = Story::of(number, parties);
    let call = match stage.ended_call(number).await {
        Ok(call) => call,
        Err(trouble) => return Ok(vec![trouble.to_string()]),
    };
    let rows = match stage.rows(&call).await {
        Ok(rows) => rows,
        Err(trouble) => return Ok(vec![trouble.to_string()]),
    };
    let mut verdict = Verdict::within(WITHIN, stage.pulse.standstills());
    if crossed(&story) {
        let answered_for = call.ended.zip(call.answered).map_or(0, |(ended, answered)| ended - answered);
        verdict.found.extend((answered_for > CROSSING).then(|| format!("the ledger has a talk of {answered_for} ms")));
    } else {
        verdict.ledger(&story, &call);
        verdict.cdr(&story, &call, &rows);
    }
    Ok(verdict.found)
}

/// Whether the agent's answer and the caller's hang-up may have crossed on the way.
fn crossed(story: &Story) -> bool {
    let Some((ended, true)) = story.ended else { return false };
    story.talks.last().is_some_and(|talk| (talk.from - ended).abs() <= CROSSING)
}

/// Nobody stands in the books who never called, and nobody twice.
async fn strangers(stage: &Stage, numbers: &[String]) -> Result<Vec<String>> {
    let callers: BTreeSet<&String> = numbers.iter().collect();
    let mut found = Vec::new();
    let calls: Vec<_> = stage.ledger.calls().await?.into_iter().filter(|call| call.entered >= stage.began).collect();
    let booked: BTreeSet<&String> = calls.iter().map(|call| &call.number).collect();
    if calls.len() != numbers.len() || booked != callers {
        found.push(format!("{} called, and the ledger has {} calls from {} numbers", numbers.len(), calls.len(), booked.len()));
    }
    let rows = stage.cdr.callers().await?;
    let legs: BTreeSet<&str> =
        rows.iter().filter(|row| callers.contains(&row.source) && row.end >= stage.began).map(|row| &*row.leg).collect();
    if legs.len() != numbers.len() {
        found.push(format!("{} called, and the CDR has {} callers' channels", numbers.len(), legs.len()));
    }
    let answered = calls.iter().filter(|call| call.outcome == "answered").count();
    // A reconciliation of calls that all ended alike would prove little.
    if answered < numbers.len() / 4 || answered > numbers.len() * 19 / 20 {
        found.push(format!("only one kind of call came about: {answered} of {} were answered", numbers.len()));
    }
    if calls.is_empty() {
        return Err(Trouble::said("not one call stands in the ledger"));
    }
    Ok(found)
}
