//! Three hundred callers within two seconds, and ten agents: counted at the phones.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Stage;
use super::witness::ledger::Call;
use super::witness::wire::{Dialogue, doubles, idle_gaps, taken};
use crate::bench::Spread;
use crate::parties::caller::Caller;
use crate::parties::clock::{Seen, until};
use crate::parties::script::{self, Deed, Ringing, mixed};
use crate::parties::{Crowd, Diary, Millis, Standstills, What};
use crate::{Result, Trouble, say};

const CALLERS: u32 = 300;
const AGENTS: usize = 10;
/// A second: their INVITEs overlap.
const RATE: u32 = 200;
const ALL_WITHIN: Duration = Duration::from_secs(75);
/// Two who come within this time of each other may enter in either order: Asterisk answers their INVITEs side by side.
const SIDE_BY_SIDE: Millis = 250;
/// An answer and a hang-up this close together may cross on the way.
const CROSSING: Millis = 100;

/// No phone is ever sent two calls at once; whoever came first is served first; nobody is lost.
pub async fn three_hundred_callers_at_once_ring_no_phone_twice_and_are_served_in_order(stage: &mut Stage) -> Result<()> {
    let deed = Deed::Answers { after: mixed(&[(1.0, 0.1), (1.0, 0.3)]), talks: mixed(&[(1.0, 0.3), (1.0, 0.5), (1.0, 0.9)]) };
    let agents = stage.crowd(AGENTS, &script::agents(Ringing::Told, &[(1.0, deed)])).await?;
    let numbers: Vec<String> = (0..CALLERS).map(|n| format!("+7914{n:07}")).collect();
    let caller = Caller {
        from: "<sip:[field0]@[local_ip]>",
        number: "[field0]",
        dials: "700",
        patience: mixed(&[(1.0, 4.0), (1.0, 9.0), (4.0, 60.0)]),
        headers: "",
    };
    let mut callers = Crowd::callers(&stage.exchange, &caller.script(), &numbers, RATE)?;
    callers.ends(ALL_WITHIN).await?;
    let calls = ended(stage).await?;
    let wire = stage.calls_on_the_wire().await?;
    let taken = taken(&stage.exchange.tap, stage.exchange.sip);
    agents.leaves().await?;
    let (told, standstills) = (told(&callers.diary), stage.pulse.standstills());
    let mut found = doubles(&wire);
    found.extend(outcomes(&numbers, &told, &calls, &wire, &standstills));
    found.extend(order(&numbers, &taken, &wire, &standstills));
    pauses(&told, &wire);
    if found.is_empty() { Ok(()) } else { Err(Trouble::said(found.join("\n    - "))) }
}

/// What a caller's own log says: when they dialled, whether they stood in a call, whether they gave up.
#[derive(Default)]
struct Told {
    dialled: Millis,
    taken: bool,
    ended: Option<(Millis, What)>,
}

fn told(diary: &Diary) -> BTreeMap<String, Told> {
    let mut told: BTreeMap<String, Told> = BTreeMap::new();
    for note in diary.notes() {
        let caller = told.entry(note.who).or_default();
        match note.what {
            What::Dialled => caller.dialled = note.at,
            What::Established => caller.taken = true,
            what => caller.ended = Some((note.at, what)),
        }
    }
    told
}

/// Waits until the ledger has ended every call of the burst.
async fn ended(stage: &Stage) -> Result<BTreeMap<String, Call>> {
    until(Duration::from_secs(5), "the ledger has every call of the burst, and ended", async || {
        let mut calls = stage.ledger.calls().await?;
        calls.retain(|call| call.entered >= stage.began);
        let ended = calls.iter().filter(|call| call.ended.is_some()).count();
        if ended < CALLERS as usize {
            return Ok(Seen::NotYet(format!("it has {} calls, {ended} of them ended", calls.len())));
        }
        Ok(Seen::Enough(calls.into_iter().map(|call| (call.number.clone(), call)).collect()))
    })
    .await
}

/// Every caller was taken, was answered or gave up, and the ledger says which; whoever an agent answered is answered there.
fn outcomes(
    numbers: &[String],
    told: &BTreeMap<String, Told>,
    calls: &BTreeMap<String, Call>,
    wire: &[Dialogue],
    standstills: &Standstills,
) -> Vec<String> {
    let mut found = Vec::new();
    for number in numbers {
        let Some((told, call)) = told.get(number).zip(calls.get(number)) else {
            found.push(format!("{number} is missing among the callers, or in the ledger"));
            continue;
        };
        let talk = wire.iter().find(|dialogue| dialogue.caller == *number && dialogue.answered.is_some());
        // Either outcome is right then.
        let close = |ended: Millis, answered: Millis| (ended - answered).abs() < standstills.allow(CROSSING, answered, ended);
        let crossed = talk.zip(told.ended.as_ref()).is_some_and(|(talk, (ended, what))| {
            *what == What::HungUp && talk.answered.is_some_and(|answered| close(*ended, answered))
        });
        let (outcome, agent) = (&*call.outcome, call.agent.as_deref());
        let right = match talk {
            Some(talk) => outcome == "answered" && agent == Some(&*talk.agent),
            None => outcome == "abandoned" && matches!(told.ended, Some((_, What::HungUp))),
        };
        if !told.taken || !(right || crossed && outcome == "abandoned") {
            let phone = talk.map_or("nobody", |talk| &talk.agent);
            found.push(format!(
                "{number} spoke with {phone} and ended with {:?}; the ledger says {outcome} by {}, agent {agent:?}",
                told.ended, call.by
            ));
        }
    }
    let answered = calls.values().filter(|call| call.outcome == "answered").count();
    // All of one kind would prove little.
    if !(numbers.len() / 3..numbers.len()).contains(&answered) {
        found.push(format!("{answered} of {} were answered", numbers.len()));
    }
    found
}

/// Nobody whom Asterisk took later rang earlier at a phone than somebody who still waited. Who dialled first need not come first:
/// of the INVITEs of a moment some may be lost, and are said again.
fn order(numbers: &[String], taken: &BTreeMap<String, Millis>, wire: &[Dialogue], standstills: &Standstills) -> Vec<String> {
    let rings: Vec<(&str, Millis, Millis)> =
        wire.iter().filter_map(|ring| Some((&*ring.caller, *taken.get(&ring.caller)?, ring.from))).collect();
    let after = |later: Millis, earlier: Millis| {
        let apart = later - earlier;
        apart > SIDE_BY_SIDE && apart > SIDE_BY_SIDE + standstills.between(earlier, later)
    };
    let overtaken = |(number, came, rang): &(&str, Millis, Millis)| {
        let by = rings.iter().find(|(_, later, before)| after(*rang, *before) && after(*later, *came))?;
        Some(format!("{number} was taken before {}, and rang {} ms after them", by.0, rang - by.2))
    };
    let unknown = numbers.iter().filter(|number| !taken.contains_key(*number));
    let unknown = unknown.map(|number| format!("Asterisk never told {number} that it has the call"));
    rings.iter().filter_map(overtaken).chain(unknown).collect()
}

/// Says how long it took from an agent's BYE to the next INVITE at the phone while somebody waited.
fn pauses(told: &BTreeMap<String, Told>, wire: &[Dialogue]) {
    let pauses = idle_gaps(wire, |number| told.get(number).map(|caller| caller.dialled));
    say::line(format!("from an agent's BYE to the next INVITE: {}", Spread::of_millis(&pauses)));
}
