//! The demo contact centre, as `callsync import` takes it: three queues, fifty agents, three logins.

use serde_json::{Value, json};

use crate::names;
use crate::passwords::Passwords;
use crate::site::AGENTS;

/// The logins of every lab: e-mail, name, role. The operator is the first agent.
pub const USERS: [(&str, &str, &str); 3] = [
    ("admin@example.org", "Вера Андреевна Громова", "admin"),
    ("supervisor@example.org", "Олег Рябов", "supervisor"),
    ("operator@example.org", names::AGENTS[0], "operator"),
];

const QUEUES: [(&str, &str); 3] = [("700", "Продажи"), ("701", "Поддержка"), ("702", "Доставка")];

/// Whether the agent with this account serves the queue: all serve 700, every second one 701, every third 702.
pub fn serves(agent: u32, queue: &str) -> bool {
    let place = agent + 1 - AGENTS.start();
    match queue {
        "700" => true,
        "701" => place.is_multiple_of(2),
        "702" => place.is_multiple_of(3),
        _ => false,
    }
}

/// The document for `callsync import`. `ready` says for which accounts an agent becomes Ready as soon as a phone registers.
pub fn document(passwords: &Passwords, ready: impl Fn(u32) -> bool) -> Value {
    let queues: Vec<Value> = QUEUES.iter().map(|(number, name)| queue(number, name)).collect();
    let agents: Vec<Value> = AGENTS
        .zip(names::AGENTS)
        .map(|(account, name)| {
            let serves: Vec<&str> = QUEUES.iter().map(|(number, _)| *number).filter(|queue| serves(account, queue)).collect();
            json!({"name": name, "endpoint": account.to_string(), "queues": serves, "ready_on_register": ready(account)})
        })
        .collect();
    let users: Vec<Value> = USERS
        .iter()
        .map(|(email, name, role)| {
            let agent = (*role == "operator").then(|| AGENTS.start().to_string());
            json!({"email": email, "name": name, "role": role, "agent": agent, "password": password(passwords, role)})
        })
        .collect();
    json!({"queues": queues, "agents": agents, "users": users})
}

/// The password of a login, by its role.
pub fn password<'a>(passwords: &'a Passwords, role: &str) -> &'a str {
    match role {
        "admin" => &passwords.admin,
        "supervisor" => &passwords.supervisor,
        _ => &passwords.operator,
    }
}

fn queue(number: &str, name: &str) -> Value {
    json!({
        "number": number,
        "name": name,
        "music": "default",
        "ring_timeout_s": 15,
        "wrap_up_s": 5,
        "service_level": {"percent": 80, "within_s": 20},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords() -> Passwords {
        let word = String::from;
        Passwords {
            ari: word("a"),
            ami: word("b"),
            database: word("c"),
            admin: word("d"),
            supervisor: word("e"),
            operator: word("f"),
        }
    }

    #[test]
    fn all_agents_serve_700_every_second_701_and_every_third_702() {
        let document = document(&passwords(), |_| true);
        let agents = document["agents"].as_array().unwrap();
        let serving =
            |queue: &str| agents.iter().filter(|agent| agent["queues"].as_array().unwrap().contains(&json!(queue))).count();
        assert_eq!((agents.len(), serving("700"), serving("701")), (50, 50, 25));
        assert_eq!(serving("702"), 16);
        assert!(serves(1003, "702") && serves(1002, "701") && !serves(1001, "702"));
    }

    #[test]
    fn names_are_all_different() {
        let names: std::collections::BTreeSet<&str> = names::AGENTS.into_iter().collect();
        assert_eq!(names.len(), 50);
    }

    #[test]
    fn only_the_chosen_agents_become_ready_by_registering() {
        let document = document(&passwords(), |account| account <= 1012);
        let ready =
            document["agents"].as_array().unwrap().iter().filter(|agent| agent["ready_on_register"] == json!(true)).count();
        assert_eq!(ready, 12);
    }
}
