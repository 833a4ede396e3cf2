//! Histories that once failed, and the ordinary day, so that a reader sees what a history is.

use crate::action::{Action, Ending, History};
use crate::run::lives;
use crate::world::World;

fn history(actions: Vec<Action>) -> History {
    History { seed: 1, settings: 0, actions, ending: Ending::CallersLeave }
}

#[test]
fn caller_talks_to_an_agent_and_both_go_home() {
    let story = [
        Action::AgentAsks(0, 0),
        Action::CallerArrives(0, 0),
        Action::Settles,
        Action::PhoneRings(0),
        Action::Settles,
        Action::PhoneAnswers(0),
        Action::Settles,
    ];
    let mut world = World::opened(&history(vec![]));
    for action in &story {
        world.does(action);
    }
    assert_eq!(world.switch.bridges.values().map(std::collections::BTreeSet::len).collect::<Vec<_>>(), [2]);
    lives(&history(story.to_vec()));
}

/// The state that comes back is behind what was ordered: an id that Asterisk has seen must not be given again.
#[test]
fn restart_that_lost_the_last_events_uses_no_id_twice() {
    let actions = vec![Action::CallerArrives(0, 0), Action::TimePasses(13_411), Action::ProgramRestarts(0, 4)];
    let ending = Ending::CallersLeave;
    lives(&History { seed: 10_457_122_254_680_660_537, settings: 63, actions, ending });
}

/// The state that comes back has a phone ringing; the conversation has begun and ended meanwhile, and the caller is alone in
/// its bridge.
#[test]
fn caller_whose_conversation_was_forgotten_hears_no_music_in_its_bridge() {
    let actions = vec![
        Action::CallerArrives(0, 0),
        Action::Settles,
        Action::PhoneRings(0),
        Action::PhoneAnswers(0),
        Action::CallerArrives(187, 57),
        Action::SettlesButForTheDelayed,
        Action::AgentAsks(0, 0),
        Action::CallerArrives(0, 0),
        Action::TimePasses(5_000),
        Action::ProgramRestarts(0, 7),
        Action::PhoneEnds(0, 0),
    ];
    lives(&History { seed: 16_523_164_879_115_888_064, settings: 0, actions, ending: Ending::CallersLeave });
}
