//! The contact centre of the simulation: three queues, and agents who share them.

use model::queue::{Overflow, ServiceLevelTarget, Strategy};
use model::{Agent, AgentId, Endpoint, PersonName, Queue, QueueId, Settings, Span};
use uuid::Uuid;

use super::switch::SERVER;

/// How many agents there are at the most.
pub const AGENTS: u128 = 6;

pub fn agent(k: u128) -> AgentId {
    AgentId(Uuid::from_u128(1_001 + k))
}

pub fn endpoint(k: u128) -> Endpoint {
    Endpoint { server: SERVER, name: (1_001 + k).to_string() }
}

/// Three queues with and without wrap-up, agents who share them; and what an administrator makes of it meanwhile.
pub fn settings(variant: u8) -> Settings {
    let id = |number: u128| QueueId(Uuid::from_u128(number));
    let queue = |number: u128, wrap_up| Queue {
        id: id(number),
        number: number.to_string(),
        name: number.to_string(),
        music: "default".to_owned(),
        ring_timeout: Span::from_secs(15),
        wrap_up: Span::from_secs(wrap_up),
        service_level: ServiceLevelTarget { percent: 80, within: Span::from_secs(20) },
        strategy: Strategy::default(),
        overflow: Overflow::default(),
    };
    let mut queues = vec![queue(700, 5), queue(701, 0), queue(702, 2)];
    let served: [&[u128]; 6] = [&[700], &[700, 701], &[701], &[701, 702], &[700, 701, 702], &[702]];
    let agents = (0..AGENTS).zip(served).map(|(k, served)| Agent {
        id: agent(k),
        name: PersonName::new(format!("Agent {k}")),
        endpoint: endpoint(k),
        queues: served.iter().map(|number| id(*number)).collect(),
        ready_on_register: k % 2 == 1,
        tiers: std::collections::BTreeMap::new(),
    });
    let mut agents: Vec<Agent> = agents.collect();
    match variant {
        1 => drop(agents.remove(1)),
        2 => {
            queues.remove(1);
            agents.iter_mut().for_each(|agent| agent.queues.retain(|queue| *queue != id(701)));
        }
        3 => agents.iter_mut().for_each(|agent| agent.queues = vec![id(702), id(700)]),
        _ => {}
    }
    Settings { queues, agents }
}
