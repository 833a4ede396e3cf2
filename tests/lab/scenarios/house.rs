//! The contact centre that scenarios play in: the demo's three queues with times short enough to wait for, and a small queue
//! for each rule that routes calls, with agents of its own.

use std::time::Duration;

use serde_json::{Value, json};

use crate::passwords::Passwords;
use crate::{demo, site};

/// How long phones ring where scenarios wait for them to fall silent: in 700, in the [`LOTS`] and in [`NEEDS_SOMEBODY_READY`].
pub const RINGS_FOR: Duration = Duration::from_secs(3);
/// How long they ring everywhere else: a busy machine must not make an answer too late.
const RINGS_ON_FOR: Duration = Duration::from_secs(20);
/// The time to finish a call in 702.
pub const WRAP_UP: Duration = Duration::from_secs(2);
/// The time to finish a call in [`LONG_WRAP_UP`].
pub const MUCH_TO_DO: Duration = Duration::from_secs(8);
/// How long a phone that was busy is left alone: what the program calls `busy_rests`, shorter than a site would have it.
pub const BUSY_RESTS: Duration = Duration::from_secs(3);
/// How long callers wait at most where that is limited.
pub const MAX_WAIT: Duration = Duration::from_secs(2);
/// How many callers may wait in [`FULL`].
pub const ROOM: usize = 2;

/// The queue that every agent of the demo serves.
pub const ALL: &str = "700";
/// The queues of those lots that share the stage: each like 700, with agents of its own.
pub const LOTS: [&str; 4] = ["730", "731", "732", "733"];
/// The accounts of the first lot's agents begin here, the next lot's after them.
const FIRST_OF_LOTS: u32 = 1101;
/// More than a scenario needs: whoever was left not ready by one is not asked by the next.
const OF_A_LOT: u32 = 10;

/// Numbers that the lab's Asterisk is taught: past every queue to the phone of an account, and to a queue with a priority.
pub const NUMBERS: [&str; 3] =
    ["_81XXX,1,Dial(PJSIP/${EXTEN:1})", "_97XX,1,Set(CALLSYNC_PRIORITY=9)", "_97XX,2,Goto(queues,${EXTEN:1},1)"];

/// Whoever answered fewest calls is rung.
pub const FEWEST_CALLS: &str = "710";
/// Agents are rung in turn.
pub const ROUND_ROBIN: &str = "711";
/// The first available agent is rung.
pub const LINEAR: &str = "712";
/// Any agent is rung.
pub const RANDOM: &str = "713";
/// All agents are rung.
pub const RING_ALL: &str = "714";
/// The agents have tiers: the first alone in the first, the others in the second.
pub const TIERS: &str = "715";
/// Back to the dialplan after [`MAX_WAIT`].
pub const GIVES_UP: &str = "716";
/// On to [`SECOND`] after [`MAX_WAIT`].
pub const PASSES_ON: &str = "717";
/// Takes over callers from other queues.
pub const SECOND: &str = "718";
/// Back to the dialplan when nobody is logged in, at joining and while waiting.
pub const NEEDS_A_LOGIN: &str = "719";
/// Back to the dialplan when nobody is ready at joining; on to [`SECOND`] when nobody is any more while waiting.
pub const NEEDS_SOMEBODY_READY: &str = "720";
/// Back to the dialplan when [`ROOM`] callers wait.
pub const FULL: &str = "721";
/// [`MUCH_TO_DO`] after each call.
pub const LONG_WRAP_UP: &str = "722";

/// The queue of the desk: it rings patiently, and leaves time to finish a call.
pub const DESK: &str = "723";
/// The other queue of the desk: it rings shortly, though long enough for a browser to see it and for an answer after that.
pub const DESK_SHORT: &str = "724";
/// How long.
pub const DESK_RINGS_FOR: Duration = Duration::from_secs(10);
/// The account of the one agent of both, who has a login and is not ready until they say so.
pub const DESK_ACCOUNT: u32 = 1090;
/// That login's e-mail address.
pub const DESK_EMAIL: &str = "desk@example.org";
const DESK_NAME: &str = "Зоя Рабочая";
/// Longer than a flow takes for what it does while a call rings or is being finished.
const UNHURRIED: Duration = Duration::from_secs(60);

/// The queues with rules of their own, and how many agents each has, beginning with 1051.
const SMALL: [(&str, u32); 13] = [
    (FEWEST_CALLS, 2),
    (ROUND_ROBIN, 3),
    (LINEAR, 2),
    (RANDOM, 2),
    (RING_ALL, 6),
    (TIERS, 3),
    (GIVES_UP, 2),
    (PASSES_ON, 2),
    (SECOND, 4),
    (NEEDS_A_LOGIN, 2),
    (NEEDS_SOMEBODY_READY, 3),
    (FULL, 2),
    (LONG_WRAP_UP, 3),
];

/// Whether this is a queue with rules of its own, and with agents of its own.
pub fn is_small(queue: &str) -> bool {
    SMALL.iter().any(|(number, _)| *number == queue)
}

/// The accounts of the agents who serve the queue, in the order of the settings.
pub fn staff(queue: &str) -> Vec<u32> {
    let mut first = site::AGENTS.end() + 1;
    for (number, size) in SMALL {
        if number == queue {
            return (first..first + size).collect();
        }
        first += size;
    }
    if let Some(lot) = (0..).zip(LOTS).find_map(|(place, number)| (number == queue).then_some(place)) {
        return (FIRST_OF_LOTS + lot * OF_A_LOT..FIRST_OF_LOTS + (lot + 1) * OF_A_LOT).collect();
    }
    site::AGENTS.filter(|account| demo::serves(*account, queue)).collect()
}

/// The document for `callsync import`, to be laid over the demo's.
pub fn document(passwords: &Passwords) -> Value {
    let mut queues = vec![
        queue("700", "Продажи", Duration::ZERO, &json!({})),
        queue("701", "Поддержка", Duration::ZERO, &json!({})),
        queue("702", "Доставка", WRAP_UP, &json!({})),
    ];
    queues.extend(SMALL.iter().map(|(number, _)| {
        let wrap_up = if *number == LONG_WRAP_UP { MUCH_TO_DO } else { Duration::ZERO };
        let mut queue = queue(number, &format!("Очередь {number}"), wrap_up, &overflow(number));
        queue["strategy"] = strategy(number).into();
        queue
    }));
    queues.extend(LOTS.map(|number| queue(number, &format!("Сцена {number}"), Duration::ZERO, &json!({}))));
    queues.push(queue(DESK, "Рабочее место", UNHURRIED, &json!({})));
    queues.push(queue(DESK_SHORT, "Рабочее место, коротко", Duration::ZERO, &json!({})));
    let mut agents = agents();
    agents.push(json!({
        "name": DESK_NAME, "endpoint": DESK_ACCOUNT.to_string(), "ready_on_register": false, "queues": [DESK, DESK_SHORT],
    }));
    let user = json!({
        "email": DESK_EMAIL, "name": DESK_NAME, "role": "operator", "agent": DESK_ACCOUNT.to_string(),
        "password": passwords.operator,
    });
    json!({"queues": queues, "agents": agents, "users": [user], "timing": {"busy_rests_s": BUSY_RESTS.as_secs()}})
}

fn queue(number: &str, name: &str, wrap_up: Duration, overflow: &Value) -> Value {
    json!({
        "number": number, "name": name, "music": "default",
        "ring_timeout_s": rings_for(number).as_secs(), "wrap_up_s": wrap_up.as_secs(),
        "service_level": {"percent": 80, "within_s": 20}, "overflow": overflow,
    })
}

fn rings_for(queue: &str) -> Duration {
    match queue {
        ALL | NEEDS_SOMEBODY_READY => RINGS_FOR,
        lot if LOTS.contains(&lot) => RINGS_FOR,
        DESK => UNHURRIED,
        DESK_SHORT => DESK_RINGS_FOR,
        _ => RINGS_ON_FOR,
    }
}

fn strategy(queue: &str) -> &'static str {
    match queue {
        FEWEST_CALLS => "fewest_calls",
        ROUND_ROBIN => "round_robin",
        LINEAR => "linear",
        RANDOM => "random",
        RING_ALL => "ring_all",
        _ => "longest_idle",
    }
}

fn overflow(queue: &str) -> Value {
    let second = json!({"queue": SECOND});
    match queue {
        GIVES_UP => json!({"max_wait": {"after_s": MAX_WAIT.as_secs(), "to": "dialplan"}}),
        PASSES_ON => json!({"max_wait": {"after_s": MAX_WAIT.as_secs(), "to": second}}),
        NEEDS_A_LOGIN => json!({"nobody_logged_in": {"joining": "dialplan", "waiting": "dialplan"}}),
        NEEDS_SOMEBODY_READY => json!({"nobody_ready": {"joining": "dialplan", "waiting": second}}),
        FULL => json!({"full": {"waiting": ROOM, "to": "dialplan"}}),
        _ => json!({}),
    }
}

/// The agents of the small queues and of the lots, each of whom becomes Ready as soon as their phone registers.
fn agents() -> Vec<Value> {
    let agent = |queue: &str, account: u32, place: usize| {
        let tier = if queue == TIERS && place > 0 { 2 } else { 1 };
        json!({
            "name": format!("Агент {account}"), "endpoint": account.to_string(), "ready_on_register": true,
            "queues": [{"number": queue, "tier": tier}],
        })
    };
    let of_queue = |queue| staff(queue).into_iter().enumerate().map(move |(place, account)| agent(queue, account, place));
    SMALL.iter().map(|(queue, _)| *queue).chain(LOTS).flat_map(of_queue).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_agent_of_a_small_queue_or_a_lot_has_an_account_and_serves_one_queue() {
        let accounts: Vec<u32> = SMALL.iter().map(|(queue, _)| *queue).chain(LOTS).flat_map(staff).collect();
        let different: BTreeSet<&u32> = accounts.iter().collect();
        assert_eq!(different.len(), accounts.len());
        assert!(accounts.iter().all(|account| site::ACCOUNTS.contains(account) && !site::AGENTS.contains(account)));
        assert!(site::ACCOUNTS.contains(&DESK_ACCOUNT) && !accounts.contains(&DESK_ACCOUNT));
        assert_eq!(staff("701").len(), 25);
    }

    #[test]
    fn only_the_first_agent_of_the_queue_with_tiers_is_in_the_first() {
        let tiers: Vec<Value> =
            agents().iter().flat_map(|agent| agent["queues"].as_array().cloned().unwrap_or_default()).collect();
        let of_tiers = tiers.iter().filter(|serves| serves["number"] == TIERS).map(|serves| serves["tier"].as_u64());
        assert_eq!(of_tiers.collect::<Vec<_>>(), [Some(1), Some(2), Some(2)]);
    }
}
