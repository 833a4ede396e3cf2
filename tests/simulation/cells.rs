//! The situations in which an event may meet the core: what happened, where the call stood that it concerns, and what the agent
//! did whom it concerns. Each is a cell of a table that counts how often it was met.

use acd::event::Event;
use model::{AgentState, CallPhase};

/// Where the call stood.
pub const PHASES: [&str; 5] = ["no call", "waiting", "offered", "talking", "held"];

/// What the agent did.
pub const AGENTS: [&str; 10] =
    ["nobody", "logged out", "not ready", "ready", "reserved", "ringing", "talking", "held", "wrap-up", "unreachable"];

/// What happened.
pub const EVENTS: [&str; 20] = [
    "settings_changed",
    "switch_returned",
    "switch_lost",
    "caller_arrived",
    "feature_dialled",
    "leg_rang",
    "leg_answered",
    "leg_ended",
    "heard_out",
    "leg_held",
    "leg_resumed",
    "endpoint_changed",
    "prompt_ended",
    "agent_asked",
    "call_asked",
    "fallback_reported",
    "clock_jumped",
    "day_began",
    "order_failed",
    "deadline_passed",
];

/// A call's phase and an agent's state, as places in [`PHASES`] and [`AGENTS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Situation {
    pub phase: usize,
    pub agent: usize,
}

impl Situation {
    pub fn new(phase: Option<CallPhase>, agent: Option<&AgentState>) -> Self {
        let phase = match phase {
            None => 0,
            Some(CallPhase::Waiting) => 1,
            Some(CallPhase::Offered) => 2,
            Some(CallPhase::Talking) => 3,
            Some(CallPhase::Held) => 4,
        };
        let agent = match agent {
            None => 0,
            Some(AgentState::LoggedOut) => 1,
            Some(AgentState::NotReady(_)) => 2,
            Some(AgentState::Ready) => 3,
            Some(AgentState::Reserved(_)) => 4,
            Some(AgentState::Ringing(_)) => 5,
            Some(AgentState::Talking(_)) => 6,
            Some(AgentState::Held(_)) => 7,
            Some(AgentState::WrapUp { .. }) => 8,
            Some(AgentState::Unreachable) => 9,
        };
        Self { phase, agent }
    }
}

/// How often each cell was met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits([[[u64; 10]; 5]; 20]);

impl Hits {
    /// An event met the core in these situations.
    pub fn count<'a>(&mut self, event: &Event, situations: impl IntoIterator<Item = &'a Situation>) {
        let event = EVENTS.iter().position(|name| *name == event.name());
        let row = event.and_then(|event| self.0.get_mut(event)).expect("every event has its rows in the table");
        for situation in situations {
            row[situation.phase][situation.agent] += 1;
        }
    }

    pub fn add(&mut self, other: &Self) {
        for (event, phase, agent) in cells() {
            self.0[event][phase][agent] += other.0[event][phase][agent];
        }
    }

    pub const fn of(&self, (event, phase, agent): (usize, usize, usize)) -> u64 {
        self.0[event][phase][agent]
    }
}

/// All cells of the table.
pub fn cells() -> impl Iterator<Item = (usize, usize, usize)> {
    (0..EVENTS.len()).flat_map(|event| (0..PHASES.len()).flat_map(move |phase| (0..AGENTS.len()).map(move |a| (event, phase, a))))
}

/// A cell in words.
pub fn name((event, phase, agent): (usize, usize, usize)) -> String {
    format!("{} × {} × {}", EVENTS[event], PHASES[phase], AGENTS[agent])
}
