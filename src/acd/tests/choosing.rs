//! Whom a strategy names, within the best tier, and what is recorded of the choice.

use std::collections::BTreeMap;

use model::explain::{Candidate, Compared, Decision, Doing, Head, Rank};
use model::queue::Strategy;
use model::{AgentState, OfferEnd};

use super::*;
use crate::explain::{explain, verify};

/// Queue 700 with this strategy and these agents, each in a tier.
pub(super) fn staffed_by(strategy: Strategy, agents: &[(u128, u8)]) -> Settings {
    let Settings { mut queues, agents: like, timing } = settings();
    queues[0].strategy = strategy;
    let agents = agents.iter().map(|(number, tier)| model::Agent {
        id: agent(*number),
        endpoint: endpoint(*number),
        queues: vec![queue(700)],
        tiers: [(queue(700), *tier)].into(),
        ..like[1].clone()
    });
    Settings { agents: agents.collect(), queues, timing }
}

/// The agents who are rung, one after another, for callers who come one after another, each of whom talks for a second.
fn rung(centre: &mut Centre, callers: i64) -> Vec<u128> {
    (0..callers)
        .map(|n| {
            let at = 100_000 + n * 10_000;
            let call = centre.calls(at, &format!("r{n}"), "700");
            let agent = only_offer(centre, call);
            centre.at(at + 100, Event::LegAnswered { leg: ours(call, 1) });
            centre.ends(at + 1_000, ours(call, 1), None);
            centre.ends(at + 1_000, format!("r{n}").as_str(), None);
            centre.asks(at + 1_001, agent, Ask::Ready);
            agent
        })
        .collect()
}

fn only_offer(centre: &Centre, call: CallId) -> u128 {
    let call = centre.state.calls().get(&call).expect("the call is there");
    let [offer] = call.waiting().expect("it waits").offers.as_slice() else { panic!("not one offer: {call:?}") };
    offer.agent.0.as_u128()
}

pub(super) fn decisions(centre: &Centre, call: CallId) -> Vec<Decision> {
    explain(&centre.state, call).expect("the call is there").decisions
}

const THREE: [(u128, u8); 3] = [(1001, 1), (1002, 1), (1003, 1)];

#[test]
fn longest_idle_goes_by_the_time_of_the_last_call() {
    let mut centre = Centre::of(staffed_by(Strategy::LongestIdle, &THREE), &[1003, 1001, 1002]);
    assert_eq!(rung(&mut centre, 6), [1003, 1001, 1002, 1003, 1001, 1002]);
}

#[test]
fn fewest_calls_goes_by_what_was_answered_since_the_start() {
    let mut centre = Centre::of(staffed_by(Strategy::FewestCalls, &THREE), &[1003, 1001]);
    assert_eq!(rung(&mut centre, 4), [1003, 1001, 1003, 1001]);
    centre.asks(200_000, 1002, Ask::Ready);
    let call = centre.calls(300_000, "c1", "700");
    assert_eq!(only_offer(&centre, call), 1002, "who came last has answered none");
    centre.at(300_100, Event::LegRang { leg: ours(call, 1) });
    let next = centre.calls(300_200, "c2", "700");
    assert_eq!(only_offer(&centre, next), 1003, "of equals the longest idle");
}

#[test]
fn answer_that_was_undone_does_not_count_as_a_call() {
    let mut centre = Centre::of(staffed_by(Strategy::FewestCalls, &THREE), &[1003]);
    let call = centre.calls(10_000, "c1", "700");
    centre.at(10_100, Event::LegAnswered { leg: ours(call, 1) });
    assert_eq!(centre.state.agents()[&agent(1003)].answered, 1);
    let order = Op::Join { bridge: bridge(call, 1), legs: vec![] };
    let why = crate::event::OrderFailure::Refused { status: 500, text: String::new() };
    centre.at(10_200, Event::OrderFailed { order, why });
    assert_eq!(centre.state.agents()[&agent(1003)].answered, 0);
}

#[test]
fn round_robin_begins_behind_whoever_was_rung_last() {
    let mut centre = Centre::of(staffed_by(Strategy::RoundRobin, &THREE), &[1003, 1001]);
    assert_eq!(rung(&mut centre, 3), [1001, 1003, 1001]);
    centre.asks(200_000, 1002, Ask::Ready);
    let call = centre.calls(300_000, "c1", "700");
    assert_eq!(only_offer(&centre, call), 1002);
    let ranks = |decision: &Decision| match &decision.compared {
        Compared::Agents { candidates, .. } => candidates.iter().map(|one| (one.rank, one.agent)).collect::<Vec<_>>(),
        Compared::Callers { .. } => Vec::new(),
    };
    let expected = [(Rank::Place(0), agent(1002)), (Rank::Place(1), agent(1003)), (Rank::Place(2), agent(1001))];
    assert_eq!(ranks(&decisions(&centre, call)[0]), expected);
}

#[test]
fn round_robin_goes_on_from_whoever_took_a_caller_by_becoming_ready() {
    let mut centre = Centre::of(staffed_by(Strategy::RoundRobin, &THREE), &[]);
    let waits = centre.calls(10_000, "c1", "700");
    centre.asks(11_000, 1002, Ask::Ready);
    assert_eq!(only_offer(&centre, waits), 1002);
    centre.asks(12_000, 1001, Ask::Ready);
    centre.asks(13_000, 1003, Ask::Ready);
    let next = centre.calls(14_000, "c2", "700");
    assert_eq!(only_offer(&centre, next), 1003);
}

#[test]
fn round_robin_goes_round_within_the_best_tier() {
    let agents = [(1001, 1), (1002, 2), (1003, 1), (1004, 2)];
    let mut centre = Centre::of(staffed_by(Strategy::RoundRobin, &agents), &[1004, 1003, 1002, 1001]);
    assert_eq!(rung(&mut centre, 3), [1001, 1003, 1001]);
    let calls: Vec<CallId> = (0..4).map(|n| centre.calls(300_000, &format!("c{n}"), "700")).collect();
    let rung: Vec<u128> = calls.iter().map(|call| only_offer(&centre, *call)).collect();
    assert_eq!(rung, [1003, 1001, 1002, 1004], "tier 2 goes on behind 1001");
}

#[test]
fn linear_always_begins_at_the_top_of_the_settings() {
    let mut centre = Centre::of(staffed_by(Strategy::Linear, &THREE), &[1003, 1002, 1001]);
    assert_eq!(rung(&mut centre, 3), [1001, 1001, 1001]);
    let first = centre.calls(300_000, "c1", "700");
    let second = centre.calls(300_001, "c2", "700");
    assert_eq!((only_offer(&centre, first), only_offer(&centre, second)), (1001, 1002));
}

#[test]
fn lots_are_drawn_evenly_and_the_same_seed_draws_the_same() {
    let drawn = || {
        let mut centre =
            Centre::of(staffed_by(Strategy::Random, &[(1001, 1), (1002, 1), (1003, 1), (1004, 2)]), &[1001, 1002, 1003, 1004]);
        rung(&mut centre, 300)
    };
    let agents = drawn();
    let times = agents.iter().fold(BTreeMap::<u128, u32>::new(), |mut times, agent| {
        *times.entry(*agent).or_default() += 1;
        times
    });
    assert_eq!(times.keys().copied().collect::<Vec<_>>(), [1001, 1002, 1003], "nobody of tier 2");
    assert!(times.values().all(|times| (75..=125).contains(times)), "{times:?}");
    assert_eq!(drawn(), agents);
}

#[test]
fn best_tier_that_has_somebody_is_rung_whoever_else_is_idle() {
    for strategy in [Strategy::LongestIdle, Strategy::FewestCalls, Strategy::RoundRobin, Strategy::Linear, Strategy::Random] {
        let agents = [(1001, 3), (1002, 2), (1003, 1), (1004, 2)];
        let mut centre = Centre::of(staffed_by(strategy, &agents), &[1001, 1002, 1003, 1004]);
        let calls: Vec<CallId> = (0..4).map(|n| centre.calls(10_000, &format!("c{n}"), "700")).collect();
        let rung: Vec<u128> = calls.iter().map(|call| only_offer(&centre, *call)).collect();
        assert_eq!((rung[0], rung[3]), (1003, 1001), "{strategy:?}");
    }
}

#[test]
fn offer_that_fails_goes_on_to_the_next_tier() {
    let mut centre = Centre::of(staffed_by(Strategy::Linear, &[(1001, 2), (1002, 1)]), &[1001, 1002]);
    let call = centre.calls(10_000, "c1", "700");
    assert_eq!(only_offer(&centre, call), 1002);
    centre.ends(11_000, ours(call, 1), Some(603));
    assert_eq!(only_offer(&centre, call), 1001);
}

#[test]
fn return_of_the_switch_serves_callers_in_their_order_and_each_by_the_strategy() {
    let mut centre = Centre::of(staffed_by(Strategy::Linear, &[(1001, 2), (1002, 1), (1003, 1)]), &[]);
    let calls: Vec<CallId> = (0..2).map(|n| centre.calls(10_000 + n, &format!("c{n}"), "700")).collect();
    centre.at(11_000, Event::SwitchLost { server: SERVER });
    for number in [1001, 1003, 1002] {
        centre.asks(12_000, number, Ask::Ready);
    }
    let waiting = |n: i64| crate::event::LegAccount {
        leg: LegId::Theirs(their(&format!("c{n}"))),
        up: true,
        rings: false,
        mark: Some(mark_of(calls[usize::try_from(n).unwrap()], 700, 10_000 + n, CallPhase::Waiting)),
        number: None,
        dialled: "700".to_owned(),
        priority: 0,
        came: None,
        endpoint: None,
    };
    let reachable = [1001, 1002, 1003].map(endpoint).to_vec();
    let account = Account { legs: vec![waiting(0), waiting(1)], reachable, ..Account::default() };
    centre.at(13_000, Event::SwitchReturned { server: SERVER, account });
    assert_eq!((only_offer(&centre, calls[0]), only_offer(&centre, calls[1])), (1002, 1003));
}

pub(super) fn arrives(leg: &str, number: &str, priority: u8) -> Event {
    Event::CallerArrived { leg: their(leg), number: None, dialled: number.to_owned(), priority, came: None, told: None }
}

/// The callers whom agent 1001, ready from now on, is given one after another, each of whom hangs up before the answer.
pub(super) fn served(centre: &mut Centre, ms: i64) -> Vec<String> {
    let mut served = Vec::new();
    centre.asks(ms, 1001, Ask::Ready);
    while let AgentState::Reserved(id) = centre.state_of(1001) {
        let call = &centre.state.calls()[&id];
        let (leg, n) = (call.leg.id.clone(), call.last_leg);
        centre.ends(ms, leg.as_str(), None);
        centre.ends(ms, ours(id, n), None);
        served.push(leg);
    }
    served
}

#[test]
fn priority_comes_before_time_over_all_queues() {
    let mut centre = Centre::opened();
    for (ms, leg, number, priority) in
        [(10_000, "c1", "700", 0), (11_000, "c2", "701", 5), (12_000, "c3", "700", 9), (13_000, "c4", "700", 5)]
    {
        centre.at(ms, arrives(leg, number, priority));
    }
    assert_eq!(served(&mut centre, 20_000), ["c3", "c2", "c4", "c1"]);
}

#[test]
fn who_came_back_to_the_head_comes_before_their_equals_and_after_a_higher_priority() {
    let mut centre = Centre::opened();
    centre.at(10_000, arrives("c1", "700", 1));
    centre.at(11_000, arrives("c2", "701", 1));
    centre.asks(12_000, 1002, Ask::Ready);
    centre.at(12_500, arrives("c3", "700", 1));
    let call = *centre.state.calls().keys().next().expect("c1");
    centre.ends(13_000, ours(call, 1), Some(603));
    centre.at(13_500, arrives("c4", "700", 2));
    assert_eq!(served(&mut centre, 20_000), ["c4", "c1", "c2", "c3"]);
}

#[test]
fn who_came_back_comes_before_who_entered_earlier() {
    let mut centre = Centre::opened();
    centre.at(9_000, arrives("c0", "701", 0));
    centre.at(10_000, arrives("c1", "700", 0));
    centre.asks(12_000, 1002, Ask::Ready);
    let call = *centre.state.calls().keys().next_back().expect("c1");
    centre.ends(13_000, ours(call, 1), Some(603));
    assert_eq!(served(&mut centre, 20_000), ["c1", "c0"], "over all queues");
}

#[test]
fn choice_between_agents_is_recorded_with_all_who_were_compared() {
    let mut centre = Centre::of(staffed_by(Strategy::LongestIdle, &[(1001, 2), (1002, 1), (1003, 1)]), &[1001, 1002, 1003]);
    let effects = step(&mut centre.state, Timestamp::from_ms(10_000), arrived("c1", "700"));
    let idle_since =
        |number: u128, tier, ms| Candidate { tier, rank: Rank::IdleSince(Timestamp::from_ms(ms)), agent: agent(number) };
    let recorded = effects.iter().find_map(|effect| match effect {
        Effect::Record(Fact::Decided { call, decision }) => Some((*call, decision.clone())),
        Effect::Record(_) | Effect::Switch(_) => None,
    });
    let (call, decision) = recorded.expect("a choice was recorded");
    let candidates = vec![idle_since(1002, 1, 2_000), idle_since(1003, 1, 3_000), idle_since(1001, 2, 1_000)];
    let expected = Decision {
        at: Timestamp::from_ms(10_000),
        queue: queue(700),
        compared: Compared::Agents { strategy: Strategy::LongestIdle, room: 1, candidates, more: 0 },
        chosen: vec![agent(1002)],
    };
    assert_eq!(decision, expected);
    assert_eq!(verify(&decision, call), Ok(()));
    assert_eq!(decisions(&centre, call), [expected]);
}

#[test]
fn choice_between_callers_is_recorded_with_the_heads_of_all_queues() {
    let mut centre = Centre::opened();
    let first = centre.calls(10_000, "c1", "701");
    let second = centre.calls(11_000, "c2", "700");
    centre.calls(12_000, "c3", "701");
    centre.asks(20_000, 1001, Ask::Ready);
    let head = |call, number: u128, ms| Head {
        call,
        queue: queue(number),
        at_head: None,
        priority: 0,
        returned: false,
        entered: Timestamp::from_ms(ms),
        ringing: 0,
    };
    let expected = Decision {
        at: Timestamp::from_ms(20_000),
        queue: queue(701),
        compared: Compared::Callers { heads: vec![head(first, 701, 10_000), head(second, 700, 11_000)], more: 0 },
        chosen: vec![agent(1001)],
    };
    assert_eq!(decisions(&centre, first), [expected]);
}

#[test]
fn choice_that_does_not_follow_from_what_was_compared_is_found_out() {
    let mut centre = Centre::of(staffed_by(Strategy::LongestIdle, &THREE), &[1001, 1002, 1003]);
    let call = centre.calls(10_000, "c1", "700");
    let decision = decisions(&centre, call).remove(0);
    let other = Decision { chosen: vec![agent(1002)], ..decision.clone() };
    let both = Decision { chosen: vec![agent(1001), agent(1002)], ..decision.clone() };
    let nobody = Decision { chosen: vec![], ..decision.clone() };
    let Compared::Agents { strategy, room, candidates, more } = decision.compared.clone() else { panic!("{decision:?}") };
    let compared = |strategy, candidates, more| Decision {
        compared: Compared::Agents { strategy, room, candidates, more },
        ..decision.clone()
    };
    let without_the_winner = compared(strategy, candidates[1..].to_vec(), 0);
    let by_another_strategy = compared(Strategy::Linear, candidates.clone(), more);
    let all_at_once = compared(Strategy::RingAll, vec![], more);
    let some_left_out = compared(strategy, candidates.clone(), 1);
    let mut better_tier = candidates.clone();
    better_tier[2].tier = 0;
    let better_tier = compared(strategy, better_tier, more);
    for wrong in [other, both, nobody, without_the_winner, by_another_strategy, all_at_once, some_left_out, better_tier] {
        assert!(verify(&wrong, call).is_err(), "{wrong:?}");
    }
    let mut disordered = candidates;
    disordered.reverse();
    assert_eq!(verify(&compared(strategy, disordered, more), call), Ok(()), "the order of the list decides nothing");
}

#[test]
fn caller_who_was_passed_over_is_found_out() {
    let mut centre = Centre::opened();
    let first = centre.calls(10_000, "c1", "701");
    let second = centre.calls(11_000, "c2", "700");
    centre.asks(20_000, 1001, Ask::Ready);
    let decision = decisions(&centre, first).remove(0);
    assert_eq!(verify(&decision, first), Ok(()));
    assert!(verify(&decision, second).is_err());
    let Compared::Callers { heads, more } = decision.compared.clone() else { panic!("{decision:?}") };
    let compared = |heads, more| Decision { compared: Compared::Callers { heads, more }, ..decision.clone() };
    assert!(verify(&compared(heads.clone(), 1), first).is_err(), "somebody is not named");
    assert!(verify(&Decision { queue: queue(700), ..decision.clone() }, first).is_err());
    assert!(verify(&Decision { chosen: vec![], ..decision.clone() }, first).is_err());
    let mut urgent = heads;
    urgent[1].priority = 1;
    assert!(verify(&compared(urgent.clone(), more), first).is_err());
    urgent[0].priority = 1;
    assert_eq!(verify(&compared(urgent.clone(), more), first), Ok(()));
    urgent[1].returned = true;
    assert!(verify(&compared(urgent, more), first).is_err());
}

#[test]
fn whoever_waits_is_told_what_the_agents_do() {
    let (mut centre, talks) = Centre::talking();
    assert_eq!(explain(&centre.state, talks).expect("it is live").waits, None);
    centre.calls(14_000, "c2", "700");
    let call = centre.calls(15_000, "c3", "700");
    let waits = explain(&centre.state, call).expect("it is live").waits.expect("it waits");
    assert_eq!((waits.place, waits.switch_lost, waits.leaves_at), (2, false, None));
    assert_eq!(waits.agents, [(Doing::LoggedOut, 1), (Doing::AtWork, 1)]);
    centre.at(16_000, Event::SwitchLost { server: SERVER });
    centre.asks(16_001, 1002, Ask::Ready);
    let waits = explain(&centre.state, call).expect("it is live").waits.expect("it waits");
    assert!(waits.switch_lost);
    assert_eq!(waits.agents, [(Doing::AtWork, 1), (Doing::Ready, 1)]);
    assert_eq!(explain(&centre.state, CallId(Uuid::nil())), None);
}

#[test]
fn strategy_that_changes_while_callers_wait_is_the_one_that_counts() {
    let mut centre = Centre::of(staffed_by(Strategy::LongestIdle, &THREE), &[1003, 1002, 1001]);
    centre.at(10_000, Event::SettingsChanged(staffed_by(Strategy::Linear, &THREE)));
    let call = centre.calls(11_000, "c1", "700");
    assert_eq!(only_offer(&centre, call), 1001);
    centre.at(12_000, Event::SettingsChanged(staffed_by(Strategy::LongestIdle, &[(1001, 1), (1002, 2), (1003, 3)])));
    let next = centre.calls(13_000, "c2", "700");
    assert_eq!(only_offer(&centre, next), 1002, "1003 has been idle longer, in a worse tier");
}

#[test]
fn agent_who_serves_the_queue_no_more_while_being_rung_may_still_answer() {
    let mut centre = Centre::of(staffed_by(Strategy::Linear, &THREE), &[1001]);
    let call = centre.calls(10_000, "c1", "700");
    centre.at(10_100, Event::LegRang { leg: ours(call, 1) });
    let mut changed = staffed_by(Strategy::Linear, &THREE);
    changed.agents[0].queues.clear();
    changed.agents[0].tiers.clear();
    centre.at(11_000, Event::SettingsChanged(changed));
    assert_eq!(centre.state_of(1001), AgentState::Ringing(call));
    let effects = centre.at(12_000, Event::LegAnswered { leg: ours(call, 1) });
    assert!(effects.contains(&offer_ended(call, 1, 1001, OfferEnd::Accepted)));
    centre.ends(13_000, ours(call, 1), None);
    let next = centre.calls(30_000, "c2", "700");
    assert_eq!(centre.state.calls()[&next].offers(), 0);
}
