//! Who is rung: each strategy's choice as the phones see it.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::sleep;

use super::house::{FEWEST_CALLS, LINEAR, RANDOM, RING_ALL, ROUND_ROBIN, TIERS};
use super::witness::wire::End;
use super::{Lot, talk};
use crate::parties::actions::SOON;
use crate::parties::caller::Caller;
use crate::parties::script::{Deed, Ringing, always};
use crate::parties::{Crowd, Phone};
use crate::{Result, Trouble};

/// Drawn by lot between two, so many calls ring one agent alone once in five hundred million runs of this scenario.
const LOTS: usize = 30;
const RACES: u64 = 12;

/// The one has answered a call, the other none but became idle later: the other is rung.
pub async fn agent_who_has_answered_fewest_calls_is_rung_first(lot: &mut Lot) -> Result<()> {
    let (mut busy, mut fresh) = (lot.agent_of(FEWEST_CALLS).await?, lot.agent_of(FEWEST_CALLS).await?);
    lot.asks(&fresh.name, "*11").await?;
    lot.becomes(&fresh.name, "not_ready").await?;
    served(lot, FEWEST_CALLS, &mut busy, &fresh).await?;
    lot.becomes(&busy.name, "ready").await?;
    lot.asks(&fresh.name, "*10").await?;
    lot.becomes(&fresh.name, "ready").await?;
    served(lot, FEWEST_CALLS, &mut fresh, &busy).await
}

/// In the order of the settings and round again, whoever is idle longest.
pub async fn agents_are_rung_in_turn(lot: &mut Lot) -> Result<()> {
    let mut agents = [lot.agent_of(ROUND_ROBIN).await?, lot.agent_of(ROUND_ROBIN).await?, lot.agent_of(ROUND_ROBIN).await?];
    // The first one has been idle for the shortest time now.
    lot.asks(&agents[0].name, "*11").await?;
    lot.asks(&agents[0].name, "*10").await?;
    lot.becomes(&agents[0].name, "ready").await?;
    for turn in [0, 1, 2, 0] {
        let mut caller = lot.caller().await?;
        caller.dials(ROUND_ROBIN).await?;
        agents[turn].rings().await?;
        if let Some(other) = agents.iter().find(|agent| agent.has_rung()) {
            return Err(Trouble::said(format!("{} was rung, and it was the turn of {}", other.name, agents[turn].name)));
        }
        talk(&mut caller, &mut agents[turn]).await?;
        lot.witnesses_agree(&caller).await?;
        lot.becomes(&agents[turn].name, "ready").await?;
    }
    Ok(())
}

/// The first of the settings gets every call while they are free, however long the second has been idle.
pub async fn first_agent_of_a_linear_queue_gets_every_call_that_they_can_take(lot: &mut Lot) -> Result<()> {
    let (mut first, mut second) = (lot.agent_of(LINEAR).await?, lot.agent_of(LINEAR).await?);
    for _ in 0..2 {
        served(lot, LINEAR, &mut first, &second).await?;
        lot.becomes(&first.name, "ready").await?;
    }
    let (mut one, mut other) = (lot.caller().await?, lot.caller().await?);
    one.dials(LINEAR).await?;
    first.rings().await?;
    first.answers().await?;
    other.dials(LINEAR).await?;
    second.rings().await?;
    talk(&mut other, &mut second).await?;
    one.hangs_up().await?;
    first.is_hung_up().await?;
    lot.witnesses_agree(&one).await?;
    lot.witnesses_agree(&other).await.map(drop)
}

/// Two agents, who both are free at every call: each is rung now and then.
pub async fn agents_of_a_random_queue_are_drawn_by_lot(lot: &mut Lot) -> Result<()> {
    let mut agents = Vec::new();
    for _ in 0..2 {
        let deed = Deed::Answers { after: always(0.05), talks: always(0.1) };
        agents.push(lot.scripted_agent_of(RANDOM, Ringing::Told, deed).await?);
    }
    let numbers: Vec<String> = (0..LOTS).map(|n| format!("+7915{n:07}")).collect();
    let (from, number) = ("<sip:[field0]@[local_ip]>", "[field0]");
    let caller = Caller { from, number, dials: RANDOM, patience: always(30.0), headers: "" };
    // Three a second, and none before the one before it is over, however late that is.
    let mut callers = Crowd::callers_at_most(&lot.exchange, &caller.script(), &numbers, 3, 1)?;
    callers.ends(SOON * 12).await?;
    let mut calls = lot.calls_on_the_wire().await?;
    // Asterisk repeats an INVITE to a phone that says nothing for half a minute, long after its caller has gone.
    calls.retain(|call| numbers.contains(&call.caller));
    let rung: BTreeSet<&String> = calls.iter().map(|call| &call.agent).collect();
    for (_, phone) in agents {
        phone.leaves().await?;
    }
    match (calls.len(), rung.len()) {
        (LOTS, 2) => Ok(()),
        (calls, rung) => Err(Trouble::said(format!("{LOTS} calls rang {calls} times, at {rung} agents"))),
    }
}

/// Three phones ring; the first to answer has the call, and nothing is held against the others.
pub async fn all_phones_of_a_ring_all_queue_ring_and_the_first_to_answer_has_the_call(lot: &mut Lot) -> Result<()> {
    let mut agents = [lot.agent_of(RING_ALL).await?, lot.agent_of(RING_ALL).await?, lot.agent_of(RING_ALL).await?];
    let mut caller = lot.caller().await?;
    caller.dials(RING_ALL).await?;
    for agent in &mut agents {
        agent.rings().await?;
    }
    let [first, winner, last] = &mut agents;
    talk(&mut caller, winner).await?;
    first.is_hung_up().await?;
    last.is_hung_up().await?;
    let call = lot.witnesses_agree(&caller).await?;
    let mut endings: Vec<&str> = call.of_kind("ringing").iter().map(|segment| &*segment.ending).collect();
    endings.sort_unstable();
    if endings != ["accepted", "withdrawn", "withdrawn"] {
        return Err(Trouble::said(format!("in the ledger the offers ended {endings:?}")));
    }
    cancelled(lot, [&agents[0], &agents[2]]).await?;
    for agent in &agents {
        lot.becomes(&agent.name, "ready").await?;
    }
    not_punished(lot, &[&agents[0], &agents[2]]).await
}

/// Whoever Asterisk hears first has the caller; the other hears nobody, and is free again.
pub async fn two_phones_picked_up_in_the_same_moment_share_no_caller(lot: &mut Lot) -> Result<()> {
    let (mut one, mut other) = (lot.agent_of(RING_ALL).await?, lot.agent_of(RING_ALL).await?);
    for race in 0..RACES {
        let mut caller = lot.caller().await?;
        caller.dials(RING_ALL).await?;
        one.rings().await?;
        other.rings().await?;
        // At most five milliseconds apart, in either order.
        let (first, second) = (race % 2 * (race / 2), (race + 1) % 2 * (race / 2));
        let (picked, picked_too) = tokio::join!(
            async {
                sleep(Duration::from_millis(first)).await;
                one.picks_up().await
            },
            async {
                sleep(Duration::from_millis(second)).await;
                other.picks_up().await
            }
        );
        // The order to answer fails where the ringing was taken back before.
        drop((picked, picked_too));
        let winner = tokio::select! {
            Ok(_) = caller.hears(&one) => &one,
            Ok(_) = caller.hears(&other) => &other,
            else => return Err(Trouble::said(format!("race {race}: the caller heard neither"))),
        };
        let (winner, loser) = if winner.name == one.name { (&one, &other) } else { (&other, &one) };
        lot.becomes(&loser.name, "ready").await.map_err(|why| Trouble::said(format!("race {race}: {why}")))?;
        winner.hears(&caller).await?;
        let name = winner.name.clone();
        caller.hangs_up().await?;
        one.is_over().await?;
        other.is_over().await?;
        let call = lot.ended_call(&caller.name).await?;
        if (&*call.outcome, &*call.by, call.agent.as_ref()) != ("answered", "caller", Some(&name)) {
            let (outcome, by) = (&call.outcome, &call.by);
            return Err(Trouble::said(format!(
                "race {race}: {name} spoke with the caller; the ledger says {outcome} by {by}, {:?}",
                call.agent
            )));
        }
        lot.becomes(&name, "ready").await?;
    }
    not_punished(lot, &[&one, &other]).await
}

/// The one agent of the first tier gets the call, and those of the second when that one is busy.
pub async fn second_tier_is_rung_only_while_the_first_is_busy(lot: &mut Lot) -> Result<()> {
    let mut first = lot.agent_of(TIERS).await?;
    let (mut second, third) = (lot.agent_of(TIERS).await?, lot.agent_of(TIERS).await?);
    served(lot, TIERS, &mut first, &second).await?;
    lot.becomes(&first.name, "ready").await?;
    // Idle for the shortest time of the three, and first all the same.
    let (mut one, mut other) = (lot.caller().await?, lot.caller().await?);
    one.dials(TIERS).await?;
    first.rings().await?;
    first.answers().await?;
    other.dials(TIERS).await?;
    second.rings().await?;
    talk(&mut other, &mut second).await?;
    one.hangs_up().await?;
    first.is_hung_up().await?;
    lot.witnesses_agree(&one).await?;
    lot.witnesses_agree(&other).await?;
    match third.has_rung() {
        false => Ok(()),
        true => Err(Trouble::said(format!("{} was rung for nothing", third.name))),
    }
}

/// One call, which this agent gets and the other does not; heard and judged.
async fn served(lot: &mut Lot, queue: &str, agent: &mut Phone, other: &Phone) -> Result<()> {
    let mut caller = lot.caller().await?;
    caller.dials(queue).await?;
    agent.rings().await?;
    talk(&mut caller, agent).await?;
    if other.has_rung() {
        return Err(Trouble::said(format!("{} was rung too, and the call was for {}", other.name, agent.name)));
    }
    lot.witnesses_agree(&caller).await.map(drop)
}

/// On the wire their ringing was taken back by CANCEL.
async fn cancelled(lot: &Lot, agents: [&Phone; 2]) -> Result<()> {
    let calls = lot.calls_on_the_wire().await?;
    for agent in agents {
        let ends: Vec<Option<End>> = calls.iter().filter(|call| call.agent == agent.name).map(|call| call.end).collect();
        if ends != [Some(End::Cancelled)] {
            return Err(Trouble::said(format!("the calls at {} ended by {ends:?}", agent.name)));
        }
    }
    Ok(())
}

/// None of them was taken out for a call that another got.
async fn not_punished(lot: &Lot, agents: &[&Phone]) -> Result<()> {
    for agent in agents {
        let states = lot.ledger.states_of(&agent.name).await?;
        if states.iter().any(|state| state.began >= lot.began && state.state == "not_ready") {
            return Err(Trouble::said(format!("{} was taken out for a call that another agent got", agent.name)));
        }
    }
    Ok(())
}
