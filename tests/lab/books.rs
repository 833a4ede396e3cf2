//! The books, call by call: callers with random patience, agents who answer after a random time, refuse or let it ring; either
//! side hangs up, and the program is killed with -9 in between. What sipp saw, the ledger and the CDR must tell one story of
//! every single call; and of every stretch of time the sums must come out.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::sleep;

use crate::kill::chance::Chance;
use crate::parties::caller::Caller;
use crate::parties::clock::{Seen, until};
use crate::parties::script::{self, Deed, Ringing, mixed};
use crate::parties::{Crowd, Diary, Exchange, Millis, Note, now};
use crate::place::Lab;
use crate::scenarios::witness::cdr::Row;
use crate::scenarios::witness::ledger::{Call, Ledger};
use crate::scenarios::{Stage, asks};
use crate::{Result, Trouble, say};

mod judge;
mod late;
mod sums;

/// How much traffic, and how often the program dies in it.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How many callers come.
    pub calls: u32,
    /// How many a second.
    pub rate: u32,
    /// How many agents there are.
    pub agents: usize,
    /// How often the program is killed.
    pub kills: u32,
}

impl Plan {
    /// In full.
    pub const FULL: Self = Self { calls: 2000, rate: 14, agents: 48, kills: 4 };
    /// With every change.
    pub const EVERYDAY: Self = Self { calls: 240, rate: 8, agents: 34, kills: 0 };
    /// Where the same was proved on SQLite a moment before.
    pub const SHORT: Self = Self { calls: 500, rate: 12, agents: 44, kills: 2 };

    /// How long callers keep coming.
    fn length(self) -> Duration {
        Duration::from_secs((self.calls / self.rate).into())
    }
}

/// Longer than anybody waits, rings and talks, after the last caller has come.
const AT_REST_WITHIN: Duration = Duration::from_secs(60);
/// Longer than the books take for the last calls.
const COMPLETE_WITHIN: Duration = Duration::from_secs(15);
/// Milliseconds that the program stays dead.
const DEAD_FOR: (u64, u64) = (200, 2500);
/// How often agents who were taken out ask for calls again.
const ASK_AGAIN: Duration = Duration::from_secs(2);

/// Times during which the program did not run: from and to.
type Deaths = Vec<(Millis, Millis)>;

/// All that is known of what happened.
struct Evidence {
    /// Everybody who called.
    numbers: Vec<String>,
    /// What the parties' own logs say, by the caller's number.
    parties: BTreeMap<String, Diary>,
    /// What the ledger says, by the caller's number.
    calls: BTreeMap<String, Vec<Call>>,
    /// What Asterisk's CDR says, by the caller's channel.
    rows: BTreeMap<String, Vec<Row>>,
    /// When which phone was taken, by the parties' logs.
    phones: judge::Phones,
    deaths: Deaths,
}

/// The differences found, for each caller's number.
///
/// # Errors
/// When the parties cannot be started, or the books cannot be read.
pub async fn reconcile(stage: &mut Stage, plan: Plan) -> Result<Vec<(String, Vec<String>)>> {
    let seed = Chance::seed();
    say::line(format!("{} calls, {} kills; seed {seed} (CALLSYNC_LAB_SEED)", plan.calls, plan.kills));
    let chance = Chance::of(seed, "books");
    let numbers: Vec<String> = (0..plan.calls).map(|n| format!("+7913{n:07}")).collect();
    let evidence = gather(stage, plan, numbers, chance.clone()).await?;
    let mut judged = judge::everyone(stage, &evidence);
    judged.push(("the sums".to_owned(), sums::check(stage, &evidence, chance).await?));
    say::line(judge::said(&evidence));
    say::line(late::said(&evidence));
    Ok(judged)
}

/// Plays the traffic and the kills, and collects what all witnesses say when everything has come to rest.
async fn gather(stage: &mut Stage, plan: Plan, numbers: Vec<String>, mut chance: Chance) -> Result<Evidence> {
    let agents = stage.crowd(plan.agents, &script::agents(Ringing::Told, &deeds())).await?;
    let mut callers = Crowd::callers(&stage.exchange, &caller().script(), &numbers, plan.rate)?;
    let Stage { lab, lot } = stage;
    let (ledger, exchange) = (&lot.ledger, &lot.exchange);
    let traffic = async {
        tokio::select! {
            ended = callers.ends(plan.length() + AT_REST_WITHIN) => ended,
            failed = bring_back(ledger, exchange, &agents.accounts) => failed,
        }
    };
    let (ended, deaths) = tokio::join!(traffic, kills(lab, plan, &mut chance));
    ended?;
    let deaths = deaths?;
    at_rest(stage, numbers.len()).await?;
    let mut calls: BTreeMap<String, Vec<Call>> = BTreeMap::new();
    for call in stage.ledger.calls_since(stage.began).await? {
        calls.entry(call.number.clone()).or_default().push(call);
    }
    let mut rows: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in stage.cdr.callers().await?.into_iter().filter(|row| row.end >= stage.began) {
        rows.entry(row.leg.clone()).or_default().push(row);
    }
    let of_agents = agents.diary.clone();
    agents.leaves().await?;
    // Only now do the agents' logs say all that they will.
    let parties = by_caller(&[&of_agents, &callers.diary]);
    let phones = judge::Phones::of(&parties);
    Ok(Evidence { numbers, parties, phones, calls, rows, deaths })
}

fn caller() -> Caller<'static> {
    Caller {
        from: "<sip:[field0]@[local_ip]>",
        number: "[field0]",
        dials: "700",
        patience: mixed(&[(2.0, 0.7), (2.0, 1.6), (3.0, 2.9), (3.0, 4.4), (4.0, 6.0), (4.0, 9.0)]),
        headers: "",
    }
}

fn deeds() -> Vec<(f64, Deed)> {
    let answers = Deed::Answers {
        after: mixed(&[(2.0, 0.3), (3.0, 0.8), (3.0, 1.4), (1.0, 2.4)]),
        talks: mixed(&[(2.0, 0.5), (3.0, 1.3), (3.0, 2.2), (2.0, 3.7)]),
    };
    let busy = Deed::Refuses { status: "486 Busy Here", after: mixed(&[(1.0, 0.2)]) };
    let refuses = Deed::Refuses { status: "603 Decline", after: mixed(&[(1.0, 0.5), (1.0, 1.1)]) };
    vec![(0.92, answers), (0.02, busy), (0.03, refuses), (0.03, Deed::RingsOn)]
}

/// Kills the program at instants that follow from the seed, one in each equal part of the traffic, and starts it again.
async fn kills(lab: &mut Lab, plan: Plan, chance: &mut Chance) -> Result<Deaths> {
    let mut deaths = Vec::new();
    if plan.kills == 0 {
        return Ok(deaths);
    }
    let part = u64::try_from((plan.length() / plan.kills).as_millis()).unwrap_or_default();
    let began = tokio::time::Instant::now();
    for kill in 0..u64::from(plan.kills) {
        let at = Duration::from_millis(part * kill) + chance.between(part / 5, part * 4 / 5);
        tokio::time::sleep_until(began + at).await;
        let product = lab.product()?;
        let dead = now();
        product.kill().await;
        sleep(chance.between(DEAD_FOR.0, DEAD_FOR.1)).await;
        product.serve().await?;
        deaths.push((dead, now()));
    }
    Ok(deaths)
}

/// Whoever refuses or does not answer is taken out: has them ask for calls again, as agents do. Ends only by an error.
async fn bring_back(ledger: &Ledger, exchange: &Exchange, accounts: &[u32]) -> Result<()> {
    let accounts: Vec<String> = accounts.iter().map(u32::to_string).collect();
    loop {
        sleep(ASK_AGAIN).await;
        let mut out = ledger.doing("not_ready").await?;
        out.retain(|state| accounts.contains(&state.agent));
        let out: Vec<String> = out.into_iter().map(|state| state.agent).collect();
        if !out.is_empty() {
            // While the program is dead nobody takes it; there is a next time.
            let _ = asks::dial(exchange, &out, "*10").await;
        }
    }
}

/// Waits until the ledger has all calls, and ended, and the CDR a row of each.
async fn at_rest(stage: &Stage, expected: usize) -> Result<()> {
    let looked = until(COMPLETE_WITHIN, "the books are complete", async || {
        let calls = stage.ledger.calls_since(stage.began).await?;
        let ended = calls.iter().filter(|call| call.ended.is_some()).count();
        if ended < expected {
            let seen = format!("the ledger has {} calls of {expected}, {ended} of them ended", calls.len());
            return Ok(Seen::NotYet(seen));
        }
        // Asterisk writes its rows in a thread of its own.
        let rows = stage.cdr.callers().await?;
        let legs: BTreeSet<&str> = rows.iter().map(|row| &*row.leg).collect();
        let missing = calls.iter().filter(|call| !legs.contains(&*call.leg)).count();
        Ok(if missing == 0 { Seen::Enough(()) } else { Seen::NotYet(format!("the CDR has {missing} of them not yet")) })
    });
    // What is missing is said call by call.
    let _ = looked.await;
    match stage.ledger.calls_since(stage.began).await?.len() {
        0 => Err(Trouble::said("not one call stands in the ledger")),
        _ => Ok(()),
    }
}

/// The lines of the parties' logs, one log for each caller.
fn by_caller(diaries: &[&Diary]) -> BTreeMap<String, Diary> {
    let mut parties: BTreeMap<String, Diary> = BTreeMap::new();
    for note in diaries.iter().flat_map(|diary| diary.notes()) {
        let Note { who, peer, .. } = &note;
        let number = if who.starts_with('+') { who } else { peer };
        parties.entry(number.clone()).or_insert_with(Diary::empty).write(note);
    }
    parties
}
