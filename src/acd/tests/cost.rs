//! What a step costs, in figures: `cargo test --release -p acd -- --ignored --nocapture figures`.

use model::queue::Strategy;
use model::{NotReadyReason, Settings};

use super::fairness::worked;
use super::*;

const QUEUES: u128 = 50;
const AGENTS: u128 = 2_000;

/// Fifty queues of one strategy, two thousand agents in three tiers, each of whom serves ten queues.
fn big(strategy: Strategy) -> Settings {
    let Settings { queues, agents, timing } = settings();
    let queue_of = |number: u128| model::Queue {
        id: queue(7_000 + number),
        number: (7_000 + number).to_string(),
        strategy,
        ..queues[0].clone()
    };
    let agent_of = |number: u128| {
        let served: Vec<QueueId> = (0..10).map(|n| queue(7_000 + (number + n * 5) % QUEUES)).collect();
        model::Agent {
            id: agent(10_000 + number),
            endpoint: endpoint(10_000 + number),
            tiers: served.iter().map(|queue| (*queue, u8::try_from(1 + number % 3).unwrap_or(1))).collect(),
            queues: served,
            ..agents[0].clone()
        }
    };
    Settings { queues: (0..QUEUES).map(queue_of).collect(), agents: (0..AGENTS).map(agent_of).collect(), timing }
}

/// The median and the 99th per cent of what these steps took, in microseconds.
fn taken(state: &mut State, events: impl Iterator<Item = Event>, at: i64) -> (u128, u128) {
    let mut times: Vec<u128> = events
        .map(|event| {
            let began = worked();
            step(state, Timestamp::from_ms(at), event);
            let took = (worked() - began).as_nanos();
            state.take_changes();
            took
        })
        .collect();
    times.sort_unstable();
    (times[times.len() / 2] / 1_000, times[times.len() * 99 / 100] / 1_000)
}

fn asks(number: u128, ask: Ask) -> Event {
    Event::AgentAsked { agent: agent(10_000 + number), ask, by: Actor::Program }
}

fn comes(n: u128) -> Event {
    arrived(&format!("c{n}"), &(7_000 + n % QUEUES).to_string())
}

#[test]
#[ignore = "prints figures, which only a release build and a quiet machine make worth reading"]
fn figures_of_what_a_step_costs() {
    for strategy in [
        Strategy::LongestIdle,
        Strategy::FewestCalls,
        Strategy::RoundRobin,
        Strategy::Linear,
        Strategy::Random,
        Strategy::RingAll,
    ] {
        let ready: Vec<u128> = (0..AGENTS).collect();
        let mut centre = Centre::of(big(strategy), &[]);
        for number in &ready {
            step(&mut centre.state, Timestamp::from_ms(1_000), asks(*number, Ask::Ready));
        }
        let calls = if strategy == Strategy::RingAll { 50 } else { 500 };
        let (median, last) = taken(&mut centre.state, (0..calls).map(comes), 10_000);
        println!("{strategy:?}: a caller comes, 2,000 agents available: {median} us, 99 %: {last} us");
        for waiting in [10, 1_000, 9_900] {
            let mut centre = Centre::of(big(strategy), &[]);
            for n in 0..waiting {
                step(&mut centre.state, Timestamp::from_ms(10_000), comes(n));
            }
            centre.state.take_changes();
            let agents = 0..AGENTS.min(waiting / 2).max(5);
            let (median, last) = taken(&mut centre.state, agents.clone().map(|n| asks(n, Ask::Ready)), 20_000);
            let (away, away_last) =
                taken(&mut centre.state, (0..50).map(|n| asks(1_999 - n, Ask::NotReady(NotReadyReason::Break))), 20_000);
            println!(
                "{strategy:?}: an agent becomes available, {waiting} waiting: {median} us, 99 %: {last} us; logs in without: {away} us, {away_last} us"
            );
        }
    }
}

/// What an account costs with so many callers who talk, and four times as many who wait.
fn account_costs(talking: u128) -> std::time::Duration {
    let mut centre = Centre::of(big(Strategy::LongestIdle), &[]);
    let mut tell = |ms: i64, event| step(&mut centre.state, Timestamp::from_ms(ms), event);
    for number in 0..talking {
        tell(1_000, asks(number, Ask::Ready));
    }
    for n in 0..talking * 5 {
        for effect in tell(10_000, comes(n)) {
            if let Effect::Switch(Order { op: Op::Dial { leg, .. }, .. }) = effect {
                tell(10_100, Event::LegRang { leg });
                tell(10_200, Event::LegAnswered { leg });
            }
        }
    }
    let mut account = Account { reachable: (0..AGENTS).map(|number| endpoint(10_000 + number)).collect(), ..Account::default() };
    for call in centre.state.calls().values() {
        let mark = call.mark(call.phase());
        let caller = LegAccount { leg: call.leg_id(), mark: Some(mark), ..caller_there("", None) };
        account.legs.push(caller);
        if let Some(talk) = call.talk() {
            account.legs.push(LegAccount { mark: Some(mark), ..phone_there(talk.leg, true, 0) });
            account.bridges.push(BridgeAccount { bridge: talk.bridge, legs: vec![call.leg_id(), LegId::Ours(talk.leg)] });
        }
    }
    assert_eq!(account.bridges.len() as u128, talking);
    let rounds = (0..5).map(|round| {
        let event = Event::SwitchReturned { server: SERVER, account: account.clone() };
        let began = worked();
        step(&mut centre.state, Timestamp::from_ms(20_000 + round), event);
        worked() - began
    });
    rounds.min().unwrap_or_default()
}

/// Nobody is served while an account is compared. The best of some rounds counts, and the bound is wide: a look at every bridge
/// for every caller would be four hundred times as slow.
#[test]
fn account_of_twenty_times_as_many_callers_costs_some_twenty_times_as_much() {
    let (few, many) = (account_costs(50), account_costs(1_000));
    assert!(many < few * 40, "250 callers: {few:?}, 5,000 callers: {many:?}");
}
