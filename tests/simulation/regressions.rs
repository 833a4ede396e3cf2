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

/// All that is kept of the call is that it waits; it was answered since, and the agent has gone again.
#[test]
fn caller_whose_whole_conversation_was_forgotten_is_not_played_music_in_its_bridge() {
    let actions = vec![
        Action::CallerArrives(0, 0),
        Action::Settles,
        Action::CallerArrives(0, 0),
        Action::CallerArrives(0, 0),
        Action::PhoneRings(0),
        Action::CallerHangsUp(1),
        Action::AgentAsks(0, 0),
        Action::CallerArrives(0, 0),
        Action::CallerArrives(164, 56),
        Action::Settles,
        Action::PhoneRings(0),
        Action::Settles,
        Action::CallerArrives(0, 0),
        Action::PhoneEnds(97, 0),
        Action::CallerArrives(0, 0),
        Action::PhoneEnds(85, 0),
        Action::CallerHangsUp(0),
        Action::Settles,
        Action::PhoneAnswers(0),
        Action::Settles,
        Action::ProgramRestarts(0, 7),
        Action::PhoneEnds(0, 0),
    ];
    lives(&History { seed: 17_615_346_676_071_939_809, settings: 0, actions, ending: Ending::CallersLeave });
}

/// Two runs took the same caller over from nothing: the second knew nothing of the first.
#[test]
fn second_run_that_knows_nothing_of_the_first_counts_its_legs_from_elsewhere() {
    let actions = vec![
        Action::CallerArrives(247, 133),
        Action::Settles,
        Action::ProgramDies(0),
        Action::ConnectionReturns,
        Action::Resyncs,
        Action::PhoneEnds(0, 0),
        Action::ProgramRestarts(0, 3),
    ];
    lives(&History { seed: 1_890_586_614_228_691_315, settings: 240, actions, ending: Ending::CallersLeave });
}

/// An offer was taken back by a run that did not know that it had been answered.
#[test]
fn conversation_that_was_to_be_taken_back_before_it_was_known_goes_on() {
    let actions = vec![
        Action::AgentAsks(0, 0),
        Action::SettingsChange(215),
        Action::CallerArrives(0, 0),
        Action::Settles,
        Action::PhoneRings(0),
        Action::PhoneVanishes(156),
        Action::PhoneAnswers(0),
        Action::Settles,
        Action::ProgramRestarts(0, 7),
        Action::SettingsChange(187),
    ];
    lives(&History { seed: 4_857_302_741_706_240_373, settings: 2, actions, ending: Ending::CallersLeave });
}

/// Nobody watches the phone of an agent who is not in the settings: what was known of it is not known any more.
#[test]
fn agent_who_comes_back_into_the_settings_is_not_rung_before_the_phone_is_heard_of() {
    let actions = vec![
        Action::CallerArrives(87, 149),
        Action::Settles,
        Action::SettingsChange(9),
        Action::Resyncs,
        Action::CallerArrives(0, 0),
        Action::SettingsChange(66),
    ];
    lives(&History { seed: 10_135_805_712_780_393_924, settings: 0, actions, ending: Ending::CallersLeave });
}

/// The phone has a call of Asterisk's own queue beside the line on which the code for Ready was dialled.
#[test]
fn end_of_a_feature_codes_leg_does_not_say_that_the_phone_is_free() {
    let actions = vec![
        Action::AgentAsks(1, 10),
        Action::FeatureDialled(0, 1),
        Action::EventArrives,
        Action::ProgramRestarts(0, 0),
        Action::CallerArrives(115, 163),
        Action::CallerArrives(0, 0),
        Action::FallbackAnswers(147, 165),
    ];
    lives(&History { seed: 3_210_001_504_178_819_236, settings: 0, actions, ending: Ending::CallersLeave });
}

/// A supervisor moves a caller into a queue that is closed while they talk, and the program forgets everything: they are still in
/// the bridge when they enter the queue that they had dialled.
#[test]
fn caller_who_talked_in_a_queue_that_is_gone_hears_music_alone() {
    lives(&History {
        seed: 968_152_159_299_383_493,
        settings: 88,
        ending: Ending::CallersLeave,
        actions: vec![
            Action::AgentAsks(0, 0),
            Action::CallerArrives(0, 0),
            Action::Settles,
            Action::PhoneRings(0),
            Action::Settles,
            Action::PhoneAnswers(0),
            Action::Settles,
            Action::PhoneEnds(0, 0),
            Action::CallerArrives(0, 0),
            Action::TimePasses(5_000),
            Action::ConnectionBreaks(0),
            Action::ConnectionReturns,
            Action::CallAsked(0, 235),
            Action::Settles,
            Action::PhoneAnswers(0),
            Action::Settles,
            Action::SettingsChange(58),
            Action::ProgramDies(0),
        ],
    });
}

/// The state that comes back is behind what happened: the caller talks already when they are moved, to an agent whom the settings
/// know no more.
#[test]
fn caller_who_is_moved_out_of_a_conversation_that_nobody_remembers_hears_music_alone() {
    lives(&History {
        seed: 8_075_473_007_797_688_290,
        settings: 91,
        ending: Ending::CallersLeave,
        actions: vec![
            Action::CallerArrives(0, 0),
            Action::Settles,
            Action::PhoneRings(0),
            Action::PhoneAnswers(0),
            Action::PhoneHolds(0),
            Action::PrivateCall(8),
            Action::Settles,
            Action::AgentAsks(0, 0),
            Action::Resyncs,
            Action::SettingsChange(17),
            Action::ProgramRestarts(0, 7),
            Action::CallAsked(0, 107),
        ],
    });
}

/// Music is refused, and the program is killed before it hears of it: the account says nothing of music.
#[test]
fn refusal_that_nobody_heard_of_is_not_the_cores_fault() {
    let actions =
        [Action::CallerArrives(0, 0), Action::EventArrives, Action::OrderFails(165, 228), Action::ProgramRestarts(91, 0)];
    lives(&History { seed: 1_059_576_856_852_142_078, ..history(actions.to_vec()) });
}

/// Of two phones that ring for one caller one is not reached, and the other is let go: they do not come back to the head for that.
#[test]
fn offer_that_fails_beside_another_puts_nobody_first() {
    let actions = vec![
        Action::AgentAsks(46, 0),
        Action::CallerArrives(121, 158),
        Action::PhoneComesOrGoes(210),
        Action::AgentAsks(0, 0),
        Action::CallerArrives(0, 0),
        Action::CallerArrives(0, 0),
        Action::CallerArrives(0, 0),
        Action::EventArrives,
        Action::EventIsDelayed,
        Action::Settles,
        Action::Resyncs,
        Action::SettlesButForTheDelayed,
        Action::ProgramRestarts(0, 0),
        Action::CallAsked(0, 134),
    ];
    lives(&History { seed: 12_400_274_608_930_760_866, settings: 104, actions, ending: Ending::CallersAreServed });
}

/// Whatever the adapter found out by itself is told before the account that it takes: nothing of it is lost, however late it is.
#[test]
fn refusal_that_is_told_late_is_told_before_the_account() {
    let actions = vec![
        Action::CallerArrives(0, 0),
        Action::EventArrives,
        Action::ClockIsSet(6_684),
        Action::OrderFails(106, 39),
        Action::EventIsDelayed,
        Action::SettlesButForTheDelayed,
    ];
    lives(&History { seed: 2_614_507_606_001_086_198, ..history(actions) });
}

/// An agent leaves the settings while their phone is rung, and is back before the leg is gone; between the two an account tells of
/// a call on that phone that is not ours.
#[test]
fn call_on_the_phone_of_an_agent_who_was_left_out_for_a_moment_is_known() {
    let actions = vec![
        Action::AgentAsks(116, 0),
        Action::CallerArrives(182, 236),
        Action::CallerArrives(7, 230),
        Action::Settles,
        Action::TimePasses(1),
        Action::ConnectionBreaks(0),
        Action::ConnectionReturns,
        Action::PrivateCall(235),
        Action::ConnectionBreaks(27),
        Action::CallerHangsUp(17),
        Action::SettingsChange(185),
        Action::ConnectionReturns,
        Action::SettingsChange(147),
    ];
    lives(&History { seed: 8_147_290_269_598_918_448, settings: 180, actions, ending: Ending::CallersLeave });
}

/// The account that tells of the other call comes before the agent leaves the settings.
#[test]
fn call_beside_ours_is_not_forgotten_with_an_agent_who_was_left_out_for_a_moment() {
    let actions = vec![
        Action::AgentAsks(0, 0),
        Action::CallerArrives(121, 239),
        Action::Settles,
        Action::PhoneRings(0),
        Action::CallerArrives(0, 0),
        Action::Settles,
        Action::PrivateCall(211),
        Action::PhoneRings(0),
        Action::ConnectionBreaks(0),
        Action::ConnectionReturns,
        Action::PhoneEnds(215, 0),
        Action::SettingsChange(145),
        Action::SettingsChange(166),
    ];
    lives(&History { seed: 1_860_990_876_270_051_304, settings: 0, actions, ending: Ending::CallersLeave });
}
