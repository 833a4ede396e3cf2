//! What may happen next. Numbers choose among whatever is there at that moment, so any part of a history is a history.

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};

/// What happens next.
#[derive(Clone, Debug)]
pub enum Action {
    CallerArrives(u8),
    CallerHangsUp(u8),
    CallerHolds(u8),
    PhoneRings(u8),
    PhoneAnswers(u8),
    /// A phone refuses, or hangs up; the second number chooses the cause.
    PhoneEnds(u8, u8),
    PhoneHolds(u8),
    PhoneResumes(u8),
    PhoneComesOrGoes(u8),
    AgentAsks(u8, u8),
    FeatureDialled(u8, u8),
    TimePasses(u16),
    /// The next order of a lane is carried out.
    OrderRuns(u8),
    /// The next order of a lane is not carried out, or nobody knows whether it was.
    OrderFails(u8, u8),
    EventArrives,
    EventArrivesTwice,
    EventsSwap(u8),
    /// All orders are carried out and all events arrive.
    Settles,
    /// So many orders of each lane are still carried out.
    ConnectionBreaks(u8),
    ConnectionReturns,
    /// The adapter missed something and takes an account.
    Resyncs,
    SettingsChange(u8),
    /// kill -9: the state is gone.
    ProgramDies(u8),
}

/// A history of up to 120 actions: mostly calls, sometimes trouble.
pub fn history() -> impl Strategy<Value = Vec<Action>> {
    vec(action(), 1..120)
}

fn action() -> impl Strategy<Value = Action> {
    let k = any::<u8>;
    let calls = prop_oneof![
        12 => k().prop_map(Action::CallerArrives),
        4 => k().prop_map(Action::CallerHangsUp),
        12 => k().prop_map(Action::PhoneRings),
        18 => k().prop_map(Action::PhoneAnswers),
        7 => (k(), k()).prop_map(|(phone, cause)| Action::PhoneEnds(phone, cause)),
        4 => k().prop_map(Action::PhoneHolds),
        3 => k().prop_map(Action::PhoneResumes),
        1 => k().prop_map(Action::CallerHolds),
        12 => (k(), k()).prop_map(|(agent, ask)| Action::AgentAsks(agent, ask)),
        1 => (k(), k()).prop_map(|(agent, ask)| Action::FeatureDialled(agent, ask)),
    ];
    let course = prop_oneof![
        6 => (0_u16..500).prop_map(Action::TimePasses),
        1 => (500_u16..25_000).prop_map(Action::TimePasses),
        10 => k().prop_map(Action::OrderRuns),
        10 => Just(Action::EventArrives),
        12 => Just(Action::Settles),
    ];
    let trouble = prop_oneof![
        4 => (k(), k()).prop_map(|(lane, why)| Action::OrderFails(lane, why)),
        3 => Just(Action::EventArrivesTwice),
        3 => k().prop_map(Action::EventsSwap),
        3 => k().prop_map(Action::PhoneComesOrGoes),
        1 => k().prop_map(Action::ConnectionBreaks),
        2 => Just(Action::ConnectionReturns),
        1 => Just(Action::Resyncs),
        1 => k().prop_map(Action::SettingsChange),
        1 => k().prop_map(Action::ProgramDies),
    ];
    prop_oneof![6 => calls, 4 => course, 2 => trouble]
}
