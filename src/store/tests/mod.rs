//! One story for both databases: every test runs on SQLite and, where `CALLSYNC_TEST_POSTGRES` names a server, on PostgreSQL.

mod accounts;
mod asked;
mod books;
mod day;
mod desk;
mod fallback;
mod hostile;
mod import;
mod installation;
mod lock;
mod outage;
mod schema;
mod settings;
mod silence;
mod speed;
mod stand;
mod totals;
mod upgrade;

use std::collections::BTreeMap;

use model::queue::{Overflow, ServiceLevelTarget, Strategy};
use model::{Agent, AgentId, Endpoint, PersonName, Queue, QueueId, ServerId, Span, Timestamp};
use uuid::Uuid;

/// A moment of the tests.
fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(1_790_000_000_000 + ms)
}

fn queue(n: u128) -> Queue {
    Queue {
        id: QueueId(Uuid::from_u128(n)),
        number: format!("{n}"),
        name: format!("Очередь {n}"),
        music: "default".to_owned(),
        ring_timeout: Span::from_secs(15),
        wrap_up: Span::from_secs(5),
        service_level: ServiceLevelTarget { percent: 80, within: Span::from_secs(20) },
        strategy: Strategy::default(),
        overflow: Overflow::default(),
    }
}

fn agent(n: u128, queues: &[u128]) -> Agent {
    Agent {
        id: AgentId(Uuid::from_u128(n)),
        name: PersonName::new("Анна Ильина"),
        endpoint: Endpoint { server: ServerId(1), name: format!("{n}") },
        queues: queues.iter().map(|n| QueueId(Uuid::from_u128(*n))).collect(),
        ready_on_register: true,
        tiers: BTreeMap::new(),
    }
}
