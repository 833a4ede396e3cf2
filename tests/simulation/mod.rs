//! Random histories: the core against a simulated switch that obeys its orders (late, in any order of lanes, or not at all),
//! loses its connection, reports twice or in the wrong order, and keeps a ledger of its own. Half of the truth is in the
//! effects: state and ledger are compared in both directions whenever everything has come to rest.

mod action;
mod books;
mod centre;
mod rest;
mod switch;
mod trouble;
mod world;

use proptest::prelude::{ProptestConfig, proptest};

use action::{Action, history};
use world::World;

/// A few hundred histories, in a few seconds; `PROPTEST_CASES` asks for more.
fn config() -> ProptestConfig {
    let asked = ProptestConfig::default();
    ProptestConfig { cases: asked.cases.max(512), max_shrink_iters: 20_000, failure_persistence: None, ..asked }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn state_and_switch_agree_whatever_happens(seed: u64, history in history()) {
        let mut world = World::opened(seed);
        for action in &history {
            world.does(action);
        }
        rest::everything_comes_to_rest(&mut world);
        rest::everybody_goes_home(&mut world);
        world.repeats_itself();
    }
}

/// The ordinary day, so that a reader sees what a history is, and so that the random ones are known to reach every phase.
#[test]
fn caller_talks_to_an_agent_and_both_go_home() {
    let mut world = World::opened(1);
    let story = [
        Action::AgentAsks(0, 0),
        Action::CallerArrives(0),
        Action::Settles,
        Action::PhoneRings(0),
        Action::Settles,
        Action::PhoneAnswers(0),
        Action::Settles,
    ];
    for action in &story {
        world.does(action);
    }
    assert_eq!(world.switch.bridges.values().map(std::collections::BTreeSet::len).collect::<Vec<_>>(), [2]);
    rest::everything_comes_to_rest(&mut world);
    rest::everybody_goes_home(&mut world);
}
