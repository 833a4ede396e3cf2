//! What may happen next. Numbers choose among whatever is there at that moment, so any part of a history is a history.

/// What happens next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Someone calls one of the numbers, with a priority.
    CallerArrives(u8, u8),
    CallerHangsUp(u8),
    CallerHolds(u8),
    CallerResumes(u8),
    PhoneRings(u8),
    PhoneAnswers(u8),
    /// All phones that ring for one caller are answered in the same instant.
    AllAnswer(u8),
    /// A phone refuses, or hangs up; the second number chooses the cause.
    PhoneEnds(u8, u8),
    PhoneHolds(u8),
    PhoneResumes(u8),
    PhoneComesOrGoes(u8),
    /// A phone loses its power: its legs stay, and nobody is there.
    PhoneVanishes(u8),
    /// Someone begins or ends a call of their own on their phone.
    PrivateCall(u8),
    AgentAsks(u8, u8),
    /// A supervisor gives an order on a call.
    CallAsked(u8, u8),
    FeatureDialled(u8, u8),
    /// A call in the care of Asterisk's own queue is answered at a phone.
    FallbackAnswers(u8, u8),
    FallbackEnds(u8),
    TimePasses(u16),
    /// The machine of the program sleeps for so many milliseconds; Asterisk does not.
    MachineSleeps(u16),
    /// The wall clock is set.
    ClockIsSet(i16),
    /// Midnight, where the site is.
    DayBegins,
    /// The next order of a lane is carried out.
    OrderRuns(u8),
    /// The next order of a lane is not carried out, or nobody knows whether it was.
    OrderFails(u8, u8),
    EventArrives,
    EventArrivesTwice,
    EventsSwap(u8),
    /// The next report is held up, for as long as it takes.
    EventIsDelayed,
    DelayedEventArrives(u8),
    /// Something that was reported long ago is reported once more.
    EventRepeats(u8),
    /// What was once true of a leg is reported at last; the second number says what.
    LateReport(u8, u8),
    /// A caller who is there arrives once more.
    ArrivalRepeats(u8),
    /// What the device states say arrives.
    DeviceStateArrives,
    /// All orders are carried out and all events arrive.
    Settles,
    /// The same, but what was delayed stays delayed.
    SettlesButForTheDelayed,
    /// So many orders of each lane are still carried out.
    ConnectionBreaks(u8),
    ConnectionReturns,
    /// The adapter missed something and takes an account.
    Resyncs,
    SettingsChange(u8),
    /// Asterisk itself starts again, and everybody's call dies with it.
    SwitchRestarts(u8),
    /// kill -9, and the state is gone for good. So many orders of each lane are still carried out.
    ProgramDies(u8),
    /// kill -9, and the state is read from snapshot and journal, without the last so many events.
    ProgramRestarts(u8, u8),
}

/// How a history ends, once everything has come to rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All callers hang up.
    CallersLeave,
    /// Agents come and answer until nobody waits.
    CallersAreServed,
}

/// A history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// The chance of the core.
    pub seed: u64,
    /// The settings at the beginning.
    pub settings: u8,
    pub actions: Vec<Action>,
    pub ending: Ending,
}
