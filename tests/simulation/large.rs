//! A large centre under full load: fifty queues, two thousand agents who all talk, and as many callers waiting as are asked
//! for. Call after call ends and the next begins, so that as many go on waiting. For figures of what a step costs.

use std::collections::{BTreeMap, VecDeque};

use acd::effect::{Effect, Op, Order};
use acd::event::{Account, Ask, Cause, Event};
use acd::{State, next_deadline, step};
use model::queue::{Overflow, ServiceLevelTarget, Strategy};
use model::{
    Actor, Agent, AgentId, Endpoint, LegId, OurLeg, PersonName, Phone, Queue, QueueId, Settings, Span, TheirLeg, Timestamp,
};
use uuid::Uuid;

use crate::switch::SERVER;

/// How many queues there are.
pub const QUEUES: u128 = 50;
/// How many agents.
pub const AGENTS: u128 = 2_000;
/// Every agent serves so many queues.
const SERVES: u128 = 10;
/// A call ends every so many milliseconds.
const PACE_MS: i64 = 20;
/// The loop takes at most so many events in one turn, and asks once for what they changed.
const EVENTS_PER_TURN: u64 = 256;

/// The centre.
pub struct Large {
    pub state: State,
    at: i64,
    callers: u64,
    events: u64,
    talks: VecDeque<(OurLeg, TheirLeg)>,
}

impl Large {
    /// With so many callers waiting.
    pub fn with(waiting: u64) -> Self {
        let mut large = Self { state: State::new(1), at: 1_790_000_000_000, callers: 0, events: 0, talks: VecDeque::new() };
        let settings = settings(QUEUES, AGENTS, SERVES, Span::ZERO);
        let agents: Vec<AgentId> = settings.agents.iter().map(|agent| agent.id).collect();
        let reachable = settings.agents.iter().map(|agent| agent.endpoint.clone()).collect();
        large.tells(Event::SettingsChanged(settings), &mut step);
        let account = Account { reachable, ..Account::default() };
        large.tells(Event::SwitchReturned { server: SERVER, account }, &mut step);
        for agent in agents {
            large.tells(Event::AgentAsked { agent, ask: Ask::Ready, by: Actor::Program }, &mut step);
        }
        while large.callers < u64::try_from(AGENTS).unwrap_or_default() + waiting {
            large.at += 1;
            large.caller_comes(&mut step);
        }
        large
    }

    /// One call ends, and the next begins: what the world reports of it, and what deadlines pass. `step` takes each step.
    pub fn goes_on(&mut self, step: &mut impl FnMut(&mut State, Timestamp, Event) -> Vec<Effect>) {
        let until = self.at + PACE_MS;
        while let Some(at) = next_deadline(&self.state).map(Timestamp::as_ms).filter(|at| *at <= until) {
            self.at = at.max(self.at);
            self.tells(Event::DeadlinePassed, step);
        }
        self.at = until;
        let Some((leg, caller)) = self.talks.pop_front() else { return };
        self.tells(Event::LegEnded { leg: LegId::Ours(leg), cause: Cause { q850: 16, sip: None } }, step);
        self.tells(Event::LegEnded { leg: LegId::Theirs(caller), cause: Cause { q850: 16, sip: None } }, step);
        self.caller_comes(step);
    }

    fn caller_comes(&mut self, step: &mut impl FnMut(&mut State, Timestamp, Event) -> Vec<Effect>) {
        self.callers += 1;
        let leg = TheirLeg { server: SERVER, id: format!("caller-{}", self.callers) };
        let dialled = (700 + u128::from(self.callers) % QUEUES).to_string();
        let number = Some(Phone::new(format!("+7912{:07}", self.callers)));
        self.tells(Event::CallerArrived { leg, number, dialled, priority: 0, came: None, told: None }, step);
    }

    /// Tells the core something. Every phone that it has ring is answered.
    fn tells(&mut self, event: Event, step: &mut impl FnMut(&mut State, Timestamp, Event) -> Vec<Effect>) {
        let effects = step(&mut self.state, Timestamp::from_ms(self.at), event);
        self.events += 1;
        if self.events.is_multiple_of(EVENTS_PER_TURN) {
            self.state.take_changes();
        }
        for effect in effects {
            if let Effect::Switch(Order { op: Op::Dial { leg, caller, .. }, .. }) = effect {
                self.tells(Event::LegRang { leg }, step);
                self.tells(Event::LegAnswered { leg }, step);
                self.talks.push_back((leg, caller));
            }
        }
    }
}

/// So many queues, numbered from 700 on, and agents, numbered from 1001 on, each of whom serves so many of them in one of
/// three tiers.
pub fn settings(queues: u128, agents: u128, serves: u128, wrap_up: Span) -> Settings {
    let queue = |n: u128| Queue {
        id: QueueId(Uuid::from_u128(700 + n)),
        number: (700 + n).to_string(),
        name: format!("Queue {n}"),
        music: "default".to_owned(),
        ring_timeout: Span::from_secs(15),
        wrap_up,
        service_level: ServiceLevelTarget { percent: 80, within: Span::from_secs(20) },
        strategy: Strategy::default(),
        overflow: Overflow::default(),
    };
    let agent = |n: u128| {
        let served: Vec<QueueId> = (0..serves).map(|k| queue((n + k * queues / serves) % queues).id).collect();
        let tier = u8::try_from(1 + n % 3).unwrap_or(1);
        Agent {
            id: AgentId(Uuid::from_u128(1_001 + n)),
            name: PersonName::new(format!("Agent {n}")),
            endpoint: Endpoint { server: SERVER, name: (1_001 + n).to_string() },
            tiers: served.iter().map(|queue| (*queue, tier)).collect::<BTreeMap<_, _>>(),
            queues: served,
            ready_on_register: false,
        }
    };
    Settings { queues: (0..queues).map(queue).collect(), agents: (0..agents).map(agent).collect(), ..Settings::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_go_on_waiting_while_calls_end_and_begin() {
        let mut large = Large::with(300);
        let waiting = |large: &Large| {
            let board = acd::wallboard(&large.state, Timestamp::from_ms(large.at));
            board.queues.iter().map(|queue| queue.waiting_count as usize).sum::<usize>()
        };
        assert_eq!((waiting(&large), large.talks.len()), (300, 2_000));
        let mut steps = 0;
        for _ in 0..100 {
            large.goes_on(&mut |state, at, event| {
                steps += 1;
                step(state, at, event)
            });
        }
        assert_eq!((waiting(&large), large.talks.len()), (300, 2_000));
        assert!(steps >= 500, "five events a call, not {steps} in all");
        assert_eq!(acd::check(&large.state), Vec::<String>::new());
    }
}
