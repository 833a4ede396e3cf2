//! When nothing is on its way and no deadline is near, state and switch must say the same, in both directions.

use std::collections::BTreeSet;

use model::wallboard::{CallRow, Wallboard};
use model::{AgentState, CallPhase, LegId, Timestamp};

use super::action::Action;
use super::switch::{Leg, MUSIC_REFUSALS, SERVER};
use super::world::World;

/// Longer than any deadline of the core.
const LONG: i64 = 60_000;

/// Lets everything on its way arrive and every deadline pass, and compares.
pub fn everything_comes_to_rest(world: &mut World) {
    if !world.connected {
        world.connects();
    }
    world.settles();
    if !world.unsure {
        compare(world);
    }
    for _ in 0..1_000 {
        let deadline_passed = world.waits(LONG);
        world.settles();
        if !deadline_passed {
            world.unsure = false;
            compare(world);
            return;
        }
    }
    panic!("deadlines follow each other without end");
}

/// All callers hang up: nothing may be left over.
pub fn everybody_goes_home(world: &mut World) {
    while let Some(leg) = world.switch.callers().first().cloned() {
        world.does(&Action::CallerHangsUp(0));
        assert!(!world.switch.legs.contains_key(&LegId::Theirs(leg)));
    }
    everything_comes_to_rest(world);
    assert_eq!(world.switch.legs.keys().collect::<Vec<_>>(), Vec::<&LegId>::new(), "a leg is left over");
    assert!(world.switch.bridges.is_empty(), "a bridge is left over");
    assert!(world.books.open.is_empty(), "a story has no end: {:?}", world.books.open);
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
    for agent in &board.agents {
        let booked = world.books.agents.get(&agent.id).unwrap_or(&AgentState::LoggedOut);
        if agent.state == AgentState::Unreachable {
            let is_there = world.switch.reachable.iter().any(|at| at.name == agent.endpoint);
            assert!(!is_there, "the phone of {} is there, and nobody noticed", agent.endpoint);
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
    let agents = world.switch.phones(|_| true).into_iter().filter(|leg| leg.call == call.id).count();
    // The core does not order the same for ever.
    let excused = leg.music_refused >= MUSIC_REFUSALS;
    match call.phase {
        CallPhase::Waiting | CallPhase::Offered => {
            assert!(leg.music || excused, "caller {} waits in silence", story.leg);
            assert_eq!(leg.bridge, None, "caller {} waits in a bridge", story.leg);
            assert_eq!(agents, usize::from(call.phase == CallPhase::Offered), "phones that ring for {}", story.leg);
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
        for agent in world.agents().iter().filter(|agent| agent.queues.contains(&call.queue)) {
            let row = board.agents.iter().find(|row| row.id == agent.id).expect("every agent has a row");
            assert_ne!(row.state, AgentState::Ready, "agent {} is idle while caller {} waits", agent.id, call.id);
        }
    }
}

fn is_at(leg: &Leg, endpoint: &str) -> bool {
    leg.endpoint.as_ref().is_some_and(|at| at.server == SERVER && at.name == endpoint)
}
