//! When nothing is on its way and no deadline is near, state and switch must say the same, in both directions.

use std::collections::BTreeSet;

use acd::event::Ask;
use model::wallboard::{Block, CallRow, Wallboard};
use model::{Actor, AgentState, CallPhase, LegId, Timestamp};

use crate::centre::AGENTS;
use crate::switch::{Leg, MUSIC_REFUSALS, SERVER};
use crate::world::World;

/// Longer than the core waits for a report of what it ordered, and than any deadline that it does not set anew.
const WHILE: i64 = 25_000;
const LONG: i64 = 90_000;

/// More than ever happens in that time.
const MANY: usize = 2_000;

/// How often agents come and answer until everybody has been served.
const ROUNDS: usize = 400;

/// What a state may be written in, once everybody has gone home: it does not grow with what has been.
const BOUND: usize = 12_000;

/// Lets everything on its way arrive and every deadline pass, and compares.
pub fn everything_comes_to_rest(world: &mut World) {
    if !world.connected {
        world.connects();
    }
    world.settles();
    lets_pass(world, WHILE);
    if !world.unsure {
        compare(world);
    }
    lets_pass(world, LONG);
    world.unsure = false;
    world.fallback_is_reported();
    world.settles();
    compare(world);
}

fn lets_pass(world: &mut World, ms: i64) {
    let end = world.at + ms;
    for _ in 0..MANY {
        if world.at >= end {
            return;
        }
        world.waits(end - world.at);
        world.settles();
    }
    panic!("deadlines follow each other without end");
}

/// All callers hang up: nothing may be left over.
pub fn everybody_goes_home(world: &mut World) {
    while !world.switch.callers().is_empty() {
        world.caller_hangs_up(0);
    }
    while world.switch.fallback.values().any(|call| call.ended.is_none()) {
        world.fallback_ends(0);
    }
    everything_comes_to_rest(world);
    assert_eq!(world.switch.legs.keys().collect::<Vec<_>>(), Vec::<&LegId>::new(), "a leg is left over");
    assert!(world.switch.bridges.is_empty(), "a bridge is left over");
    assert!(world.switch.fallback.is_empty(), "a call of the fallback is not forgotten");
    assert!(world.books.open.is_empty(), "a story has no end: {:?}", world.books.open);
    let written = serde_json::to_string(&world.state).expect("a state can be written").len();
    assert!(written <= BOUND, "the state of an empty centre takes {written} bytes");
}

/// All agents come, all phones are there, and whoever is rung answers and hangs up after a while: in the end nobody waits whose
/// queue has an agent.
pub fn everybody_is_served(world: &mut World) {
    for phone in world.switch.phones.values_mut() {
        (phone.reachable, phone.private, phone.dead) = (true, false, false);
    }
    while world.switch.fallback.values().any(|call| call.ended.is_none()) {
        world.fallback_ends(0);
    }
    world.report(vec![]);
    world.settles();
    for round in 0..ROUNDS {
        if !waiting(world) {
            return;
        }
        for agent in world.settings.agents.clone().iter().map(|agent| agent.id) {
            world.tell(acd::event::Event::AgentAsked { agent, ask: Ask::Ready, by: Actor::Agent(agent) });
        }
        world.settles();
        (0..AGENTS).for_each(|_| world.phone_rings(0));
        world.settles();
        (0..AGENTS).for_each(|_| world.phone_answers(0));
        world.settles();
        world.time_passes(if round % 8 == 7 { 20_000 } else { 1_000 });
        world.settles();
        for leg in world.switch.ours(|leg| leg.up) {
            world.ends(&LegId::Ours(leg), acd::event::Cause { q850: 16, sip: None });
        }
        world.settles();
    }
    panic!("somebody waits for ever although agents come and answer");
}

/// Whether somebody waits in a queue that has an agent.
fn waiting(world: &World) -> bool {
    let served: BTreeSet<_> = world.settings.agents.iter().flat_map(|agent| agent.queues.iter().copied()).collect();
    let mut waiting = world.books.open.values().filter(|story| !world.rules.talks(&story.leg));
    waiting.any(|story| served.contains(&story.queue))
}

fn compare(world: &World) {
    assert_eq!(world.switch.legs.keys().cloned().collect::<BTreeSet<_>>(), world.state.legs(), "legs: switch, state");
    assert_eq!(world.switch.bridges.keys().copied().collect::<BTreeSet<_>>(), world.state.bridges(), "bridges: switch, state");
    let board = acd::wallboard(&world.state, Timestamp::from_ms(world.at));
    assert_eq!(board.calls.len(), world.books.open.len(), "every open story is a live call");
    for call in &board.calls {
        hears_what_it_should(world, call);
    }
    for caller in world.switch.callers().into_iter().map(LegId::Theirs) {
        assert!(world.books.open.values().any(|story| story.leg == caller), "caller {caller} is kept and has no call");
    }
    let up = world.switch.fallback.values().filter(|call| call.ended.is_none()).count();
    assert_eq!(board.fallback.len(), up, "calls in the fallback: wallboard, switch");
    for agent in &board.agents {
        let booked = world.books.agents.get(&agent.id).unwrap_or(&AgentState::LoggedOut);
        if agent.state == AgentState::Unreachable {
            let phone = world.switch.phones.iter().find(|(endpoint, _)| endpoint.name == agent.endpoint);
            assert!(phone.is_none_or(|(_, phone)| !phone.reachable), "phone {} is there, and nobody noticed", agent.endpoint);
        }
        assert_eq!(&agent.state, booked, "agent {}: wallboard, books", agent.id);
        let lines = world.switch.legs.values().filter(|leg| is_at(leg, &agent.endpoint)).count();
        assert_eq!(lines, usize::from(agent.state.call().is_some()), "legs at {} who is {:?}", agent.endpoint, agent.state);
    }
    nobody_waits_in_vain(world, &board);
}

fn hears_what_it_should(world: &World, call: &CallRow) {
    let story = world.books.open.get(&call.id).expect("a live call is an open story");
    let leg = world.switch.legs.get(&story.leg).expect("a live call has a caller");
    let agents = world.switch.ours(|_| true).into_iter().filter(|leg| leg.call == call.id).count();
    // The core does not order the same for ever.
    let excused = leg.music_refused >= MUSIC_REFUSALS;
    match call.phase {
        CallPhase::Waiting | CallPhase::Offered => {
            assert!(leg.music || excused, "caller {} waits in silence", story.leg);
            assert_eq!(leg.bridge, None, "caller {} waits in a bridge", story.leg);
            assert_eq!(agents > 0, call.phase == CallPhase::Offered, "{agents} phones ring for {}", story.leg);
        }
        CallPhase::Talking | CallPhase::Held => {
            assert!(!leg.music || excused, "caller {} hears music and a party at once", story.leg);
            let members = leg.bridge.and_then(|bridge| world.switch.bridges.get(&bridge)).expect("a conversation has a bridge");
            assert_eq!(members.len(), 2, "caller {} talks in a bridge with {members:?}", story.leg);
            assert_eq!(agents, 1, "phones that talk to {}", story.leg);
        }
    }
}

fn nobody_waits_in_vain(world: &World, board: &Wallboard) {
    for call in board.calls.iter().filter(|call| call.phase == CallPhase::Waiting) {
        for agent in world.settings.agents.iter().filter(|agent| agent.queues.contains(&call.queue)) {
            let row = board.agents.iter().find(|row| row.id == agent.id).expect("every agent has a row");
            let available = row.state == AgentState::Ready && row.blocked.is_none();
            assert!(!available, "agent {} is idle while caller {} waits", agent.id, call.id);
            // What is left in peace for a while has a deadline, and is tried again.
            let blocked = row.blocked.is_some_and(|block| block != Block::Resting);
            assert!(
                !blocked || world.switch.in_use(&agent.endpoint),
                "agent {} is blocked by {:?} at a free phone",
                agent.id,
                row.blocked
            );
        }
    }
}

fn is_at(leg: &Leg, endpoint: &str) -> bool {
    leg.endpoint.as_ref().is_some_and(|at| at.server == SERVER && at.name == endpoint)
}
