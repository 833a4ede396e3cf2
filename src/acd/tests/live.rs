//! What Live is told.

use model::wallboard::{Change, Today, Wallboard};
use model::{AgentState, CallPhase};

use super::*;
use crate::wallboard;

#[test]
fn wallboard_shows_calls_agents_and_sums() {
    let (mut centre, call) = Centre::talking();
    centre.calls(20_000, "c2", "700");
    let Wallboard { switch_up, totals, queues, agents, calls, .. } = wallboard(&centre.state, Timestamp::from_ms(21_000));
    assert!(switch_up);
    assert_eq!((totals.waiting, totals.talking, totals.ready, totals.logged_in, totals.agents), (1, 1, 0, 1, 2));
    assert_eq!(totals.longest_since, Some(Timestamp::from_ms(20_000)));
    assert_eq!(totals.today, Today { answered: 1, answered_in_time: 1, abandoned: 0, abandoned_late: 0, ..centre.state.today() });
    assert_eq!(queues.iter().map(|queue| queue.number.as_str()).collect::<Vec<_>>(), ["700", "701"]);
    assert_eq!((queues[0].waiting_count, queues[0].talking, queues[0].off), (1, 1, 0));
    assert_eq!(
        agents.iter().map(|agent| agent.state.clone()).collect::<Vec<_>>(),
        [AgentState::Talking(call), AgentState::LoggedOut]
    );
    assert_eq!(agents.iter().map(|agent| agent.answered).collect::<Vec<_>>(), [1, 0]);
    assert_eq!(calls.iter().map(|call| call.phase).collect::<Vec<_>>(), [CallPhase::Talking, CallPhase::Waiting]);
}

#[test]
fn changes_name_each_thing_once_and_are_told_once() {
    let mut centre = Centre::staffed();
    centre.state.take_changes();
    let call = centre.calls(10_000, "c1", "700");
    let changes = centre.state.take_changes();
    let named: Vec<String> = changes
        .iter()
        .map(|change| match change {
            Change::Call(id, row) => format!("call {} {}", *id == call, row.is_some()),
            Change::Agent(id, _) => format!("agent {}", id.0.as_u128()),
            Change::Queue(id, _) => format!("queue {}", id.0.as_u128()),
            Change::Totals(totals) => format!("totals {}", totals.waiting),
            Change::Fallback(rows) => format!("fallback {}", rows.len()),
            Change::Switch(up) => format!("switch {up}"),
        })
        .collect();
    assert_eq!(named, ["totals 1", "queue 700", "queue 701", "agent 1001", "call true true"]);
    assert_eq!(centre.state.take_changes(), vec![]);
    centre.ends(11_000, "c1", None);
    assert!(centre.state.take_changes().contains(&Change::Call(call, None)));
}

#[test]
fn late_abandoning_counts_against_the_service_level() {
    let mut centre = Centre::opened();
    centre.calls(10_000, "c1", "700");
    centre.calls(10_000, "c2", "700");
    centre.ends(30_000, "c1", None);
    centre.ends(30_001, "c2", None);
    let today = Today { answered: 0, answered_in_time: 0, abandoned: 2, abandoned_late: 1, ..centre.state.today() };
    assert_eq!(centre.state.today(), today);
}

#[test]
fn state_reads_back_as_itself() {
    let (mut centre, _) = Centre::talking();
    centre.calls(20_000, "c2", "700");
    centre.at(20_500, arrived("c3", "799"));
    centre.asks(21_000, 1001, Ask::LogOut);
    let text = serde_json::to_string(&centre.state).expect("a state can be written");
    let back: State = serde_json::from_str(&text).expect("a state can be read");
    assert_eq!(back, centre.state);
}

#[test]
fn time_that_goes_back_stands_still() {
    let (mut centre, call) = Centre::ringing();
    centre.ends(5_000, "c1", None);
    assert!(!centre.state.calls().contains_key(&call));
    assert_eq!(crate::next_deadline(&centre.state), Some(Timestamp::from_ms(15_200)), "counted from 10.2 s");
}
