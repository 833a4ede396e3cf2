//! How a history is drawn: scenes that bring calls and agents where something can happen, and what happens then, in shares
//! that differ from one kind of history to the other.

use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof};

use crate::action::{Action, Ending, History};
use crate::directed;

/// Any history.
pub fn history() -> BoxedStrategy<History> {
    let kinds = prop_oneof![
        5 => with_settings(opening(), ordinary().boxed(), 20..90),
        4 => with_settings(opening(), late().boxed(), 20..70),
        3 => with_settings(opening(), outages().boxed(), 20..80),
        1 => with_settings(opening(), features().boxed(), 20..60),
        2 => with_settings(opening(), failures().boxed(), 20..80),
        // What is told to the letter happens where everything is known.
        28 => (Just(0_u8), actions(directed::scene(), prop_oneof![3 => ordinary(), 1 => outages()].boxed(), 5..45)),
    ];
    let ending = prop_oneof![3 => Just(Ending::CallersLeave), 1 => Just(Ending::CallersAreServed)];
    let drawn = (any::<u64>(), kinds, ending);
    drawn.prop_map(|(seed, (settings, actions), ending)| History { seed, settings, actions, ending }).boxed()
}

type Actions = BoxedStrategy<Vec<Action>>;

fn with_settings(
    opening: impl Strategy<Value = Vec<Action>>,
    what: Actions,
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = (u8, Vec<Action>)> {
    (chosen_settings(), actions(opening, what, count))
}

fn actions(
    opening: impl Strategy<Value = Vec<Action>>,
    what: Actions,
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<Action>> {
    (opening, vec(what, count)).prop_map(|(opening, scenes)| {
        let mut actions = opening;
        actions.extend(scenes.into_iter().flatten());
        actions
    })
}

/// Half of the time the plain settings, and everybody there.
fn chosen_settings() -> impl Strategy<Value = u8> {
    prop_oneof![1 => 0_u8..4, 1 => any::<u8>()]
}

/// Some agents come, and some calls have got somewhere.
fn opening() -> impl Strategy<Value = Vec<Action>> {
    (vec(k(), 0..5), vec(scene(), 0..3)).prop_map(|(agents, scenes)| {
        let comes = |k: u8| Action::AgentAsks(k, 0);
        let mut actions: Vec<Action> = agents.into_iter().map(comes).collect();
        actions.push(Action::Settles);
        actions.extend(scenes.into_iter().flatten());
        actions
    })
}

/// A call gets somewhere: it is offered, rings, is answered, is held.
fn scene() -> impl Strategy<Value = Vec<Action>> {
    (k(), k(), 0_usize..9).prop_map(|(number, which, steps)| {
        let story = [
            Action::CallerArrives(number, which),
            Action::Settles,
            Action::PhoneRings(which),
            Action::Settles,
            Action::PhoneAnswers(which),
            Action::Settles,
            Action::PhoneHolds(which),
            Action::Settles,
        ];
        story.into_iter().take(steps).collect()
    })
}

fn k() -> impl Strategy<Value = u8> + Clone {
    any::<u8>()
}

fn one(action: impl Strategy<Value = Action> + 'static) -> BoxedStrategy<Vec<Action>> {
    action.prop_map(|action| vec![action]).boxed()
}

fn calls() -> impl Strategy<Value = Action> {
    prop_oneof![
        12 => (k(), k()).prop_map(|(number, priority)| Action::CallerArrives(number, priority)),
        4 => k().prop_map(Action::CallerHangsUp),
        12 => k().prop_map(Action::PhoneRings),
        16 => k().prop_map(Action::PhoneAnswers),
        3 => k().prop_map(Action::AllAnswer),
        7 => (k(), k()).prop_map(|(phone, cause)| Action::PhoneEnds(phone, cause)),
        5 => k().prop_map(Action::PhoneHolds),
        3 => k().prop_map(Action::PhoneResumes),
        1 => k().prop_map(Action::CallerHolds),
        1 => k().prop_map(Action::CallerResumes),
        12 => (k(), k()).prop_map(|(agent, ask)| Action::AgentAsks(agent, ask)),
        3 => (k(), k()).prop_map(|(call, ask)| Action::CallAsked(call, ask)),
        1 => (k(), k()).prop_map(|(agent, ask)| Action::FeatureDialled(agent, ask)),
        2 => k().prop_map(Action::PrivateCall),
    ]
}

fn course() -> impl Strategy<Value = Action> {
    prop_oneof![
        6 => (0_u16..500).prop_map(Action::TimePasses),
        2 => (500_u16..25_000).prop_map(Action::TimePasses),
        8 => k().prop_map(Action::OrderRuns),
        8 => Just(Action::EventArrives),
        2 => Just(Action::DeviceStateArrives),
        12 => Just(Action::Settles),
    ]
}

fn phones() -> impl Strategy<Value = Action> {
    prop_oneof![
        3 => k().prop_map(Action::PhoneComesOrGoes),
        1 => k().prop_map(Action::PhoneVanishes),
        1 => k().prop_map(Action::PrivateCall),
    ]
}

fn disorder() -> impl Strategy<Value = Action> {
    prop_oneof![
        2 => Just(Action::EventArrivesTwice),
        2 => k().prop_map(Action::EventsSwap),
        4 => Just(Action::EventIsDelayed),
        4 => k().prop_map(Action::DelayedEventArrives),
        3 => k().prop_map(Action::EventRepeats),
        6 => (k(), k()).prop_map(|(leg, what)| Action::LateReport(leg, what)),
        2 => k().prop_map(Action::ArrivalRepeats),
        4 => Just(Action::SettlesButForTheDelayed),
    ]
}

fn failing() -> impl Strategy<Value = Action> {
    (k(), k()).prop_map(|(lane, why)| Action::OrderFails(lane, why))
}

fn away() -> impl Strategy<Value = Action> {
    prop_oneof![
        4 => k().prop_map(Action::ConnectionBreaks),
        6 => Just(Action::ConnectionReturns),
        2 => Just(Action::Resyncs),
        1 => k().prop_map(Action::ProgramDies),
        1 => k().prop_map(Action::SwitchRestarts),
        3 => (k(), k()).prop_map(|(orders, lost)| Action::ProgramRestarts(orders, lost)),
        1 => (0_u16..60_000).prop_map(Action::MachineSleeps),
        1 => any::<i16>().prop_map(Action::ClockIsSet),
        2 => Just(Action::DayBegins),
        4 => (k(), k()).prop_map(|(call, phone)| Action::FallbackAnswers(call, phone)),
        3 => k().prop_map(Action::FallbackEnds),
        2 => k().prop_map(Action::SettingsChange),
    ]
}

fn ordinary() -> impl Strategy<Value = Vec<Action>> {
    prop_oneof![
        40 => one(calls()),
        24 => one(course()),
        2 => one(phones()),
        3 => one(disorder()),
        2 => one(failing()),
        2 => one(away()),
        2 => scene(),
    ]
}

fn late() -> impl Strategy<Value = Vec<Action>> {
    prop_oneof![
        20 => one(calls()),
        6 => one(course()),
        4 => one(phones()),
        24 => one(disorder()),
        3 => one(failing()),
        10 => one((k(), k()).prop_map(|(agent, ask)| Action::AgentAsks(agent, ask))),
        2 => one(Just(Action::TimePasses(5_000))),
    ]
}

fn outages() -> impl Strategy<Value = Vec<Action>> {
    prop_oneof![
        24 => one(calls()),
        12 => one(course()),
        2 => one(phones()),
        3 => one(disorder()),
        2 => one(failing()),
        16 => one(away()),
        3 => scene(),
    ]
}

fn features() -> impl Strategy<Value = Vec<Action>> {
    prop_oneof![
        16 => one(calls()),
        8 => one(course()),
        2 => one(phones()),
        4 => one(disorder()),
        2 => one(failing()),
        1 => one(away()),
        4 => one((k(), k()).prop_map(|(agent, ask)| Action::FeatureDialled(agent, ask))),
    ]
}

fn failures() -> impl Strategy<Value = Vec<Action>> {
    prop_oneof![
        24 => one(calls()),
        12 => one(course()),
        2 => one(phones()),
        8 => one(disorder()),
        14 => one(failing()),
        1 => one(away()),
        4 => scene(),
    ]
}
