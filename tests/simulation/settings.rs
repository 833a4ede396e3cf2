//! The settings of the simulated contact centre: three queues and agents who share them, and what an administrator makes of
//! that meanwhile. A number of eight bits chooses: who is there, by which strategy, in which tiers, and when callers leave.

use std::collections::BTreeMap;

use model::queue::{Capacity, Limit, Overflow, ServiceLevelTarget, Strategy, WayOut};
use model::{Agent, PersonName, Queue, QueueId, Settings, Span};
use uuid::Uuid;

use crate::centre::{AGENTS, agent, endpoint};

/// The longest wait where there is one.
const LONGEST_WAIT: Span = Span::from_secs(30);

pub fn queue_id(number: u128) -> QueueId {
    QueueId(Uuid::from_u128(number))
}

/// The settings that a number stands for.
pub fn settings(variant: u8) -> Settings {
    let (people, rest) = (variant % 4, variant / 4);
    let (strategies, overflow) = (usize::from(rest % 8), rest / 8);
    let strategy = |k: usize| STRATEGIES[strategies][k];
    let mut queues: Vec<Queue> = [(700, 5), (701, 0), (702, 2)]
        .into_iter()
        .enumerate()
        .map(|(k, (number, wrap_up))| queue(number, wrap_up, strategy(k), rules(overflow, number)))
        .collect();
    let mut agents = agents(rest % 2 == 1);
    match people {
        1 => drop(agents.remove(1)),
        2 => close(&mut queues, &mut agents, 701),
        3 => agents.iter_mut().for_each(|agent| serve(agent, vec![queue_id(702), queue_id(700)])),
        _ => {}
    }
    let settings = Settings { queues, agents, ..Settings::default() };
    assert_eq!(settings.check(), Ok(()), "settings {variant} contradict themselves");
    settings
}

/// By which strategy the three queues ring. The first two are the plain ones, so that a shrunken history has them.
const STRATEGIES: [[Strategy; 3]; 8] = [
    [Strategy::LongestIdle, Strategy::LongestIdle, Strategy::LongestIdle],
    [Strategy::LongestIdle, Strategy::LongestIdle, Strategy::LongestIdle],
    [Strategy::RingAll, Strategy::LongestIdle, Strategy::RingAll],
    [Strategy::FewestCalls, Strategy::RingAll, Strategy::Random],
    [Strategy::RoundRobin, Strategy::Linear, Strategy::RingAll],
    [Strategy::RingAll, Strategy::RingAll, Strategy::RingAll],
    [Strategy::Linear, Strategy::RoundRobin, Strategy::FewestCalls],
    [Strategy::Random, Strategy::FewestCalls, Strategy::RoundRobin],
];

/// When callers of a queue leave it, by the number of the rules: mostly never.
fn rules(overflow: u8, number: u128) -> Overflow {
    let other = WayOut::Queue(queue_id(if number == 700 { 702 } else { 700 }));
    let max_wait = |to| Some(Limit { after: LONGEST_WAIT, to });
    match (overflow, number) {
        (4, 700) => Overflow { max_wait: max_wait(other), ..Overflow::default() },
        (4, _) => Overflow { max_wait: max_wait(WayOut::Dialplan), ..Overflow::default() },
        (5, 700) => Overflow {
            nobody_logged_in_joining: Some(WayOut::Dialplan),
            nobody_logged_in_waiting: Some(other),
            full: Some(Capacity { waiting: 2, to: other }),
            ..Overflow::default()
        },
        (5, 702) => Overflow { max_wait: max_wait(other), ..Overflow::default() },
        (6, 700) => {
            Overflow { nobody_ready_joining: Some(other), nobody_ready_waiting: Some(WayOut::Dialplan), ..Overflow::default() }
        }
        (6, _) => Overflow { nobody_ready_waiting: Some(other), ..Overflow::default() },
        (7, _) => Overflow {
            max_wait: max_wait(other),
            nobody_logged_in_joining: Some(other),
            nobody_logged_in_waiting: Some(other),
            nobody_ready_joining: Some(other),
            nobody_ready_waiting: Some(other),
            full: Some(Capacity { waiting: 1, to: other }),
        },
        _ => Overflow::default(),
    }
}

fn queue(number: u128, wrap_up: i64, strategy: Strategy, overflow: Overflow) -> Queue {
    Queue {
        id: queue_id(number),
        number: number.to_string(),
        name: number.to_string(),
        music: "default".to_owned(),
        ring_timeout: Span::from_secs(15),
        wrap_up: Span::from_secs(wrap_up),
        service_level: ServiceLevelTarget { percent: 80, within: Span::from_secs(20) },
        strategy,
        overflow,
    }
}

/// Agents who share the queues; with tiers, every other one is of the second tier in one of theirs.
fn agents(tiers: bool) -> Vec<Agent> {
    let served: [&[u128]; 6] = [&[700], &[700, 701], &[701], &[701, 702], &[700, 701, 702], &[702]];
    let agents = (0..AGENTS).zip(served).map(|(k, served)| {
        let second = served.last().filter(|_| tiers && k % 2 == 1).map(|number| (queue_id(*number), 2));
        Agent {
            id: agent(k),
            name: PersonName::new(format!("Agent {k}")),
            endpoint: endpoint(k),
            queues: served.iter().map(|number| queue_id(*number)).collect(),
            ready_on_register: k % 2 == 1,
            tiers: second.into_iter().collect(),
        }
    });
    agents.collect()
}

/// A queue leaves the settings, and nobody and nothing points at it any more.
fn close(queues: &mut Vec<Queue>, agents: &mut [Agent], number: u128) {
    queues.retain(|queue| queue.id != queue_id(number));
    for agent in agents {
        agent.queues.retain(|queue| *queue != queue_id(number));
        agent.tiers.remove(&queue_id(number));
    }
}

fn serve(agent: &mut Agent, queues: Vec<QueueId>) {
    agent.queues = queues;
    agent.tiers = BTreeMap::new();
}
