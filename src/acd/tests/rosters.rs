//! Who stands in the roster that Asterisk's own queue is given.

use model::NotReadyReason;

use super::*;
use crate::{Member, Roster, roster};

fn member(number: u128, queues: &[(&str, u8)], paused: bool) -> Member {
    Member {
        endpoint: endpoint(number),
        name: PersonName::new(format!("Agent {number}")),
        queues: queues.iter().map(|(number, tier)| ((*number).to_owned(), *tier)).collect(),
        paused,
    }
}

#[test]
fn roster_names_whoever_is_logged_in_with_queues_and_tiers() {
    let mut changed = settings();
    changed.agents[0].tiers.insert(queue(701), 3);
    let mut centre = Centre::opened();
    centre.at(0, Event::SettingsChanged(changed));
    assert_eq!(roster(&centre.state), Roster::default());
    centre.asks(1_000, 1002, Ask::NotReady(NotReadyReason::Lunch));
    centre.asks(2_000, 1001, Ask::Ready);
    let members = vec![member(1001, &[("700", 1), ("701", 3)], false), member(1002, &[("700", 1)], true)];
    assert_eq!(roster(&centre.state), Roster { members });
}

#[test]
fn roster_does_not_pause_whoever_is_at_work_on_a_call_or_has_lost_the_phone() {
    let (mut centre, _) = Centre::ringing();
    let taking_calls = Roster { members: vec![member(1001, &[("700", 1), ("701", 1)], false)] };
    let version = centre.state.roster_version();
    let call = *centre.state.calls().keys().next().expect("a call");
    centre.at(13_000, Event::LegAnswered { leg: ours(call, 1) });
    assert_eq!(roster(&centre.state), taking_calls);
    centre.ends(20_000, "c1", None);
    assert_eq!(roster(&centre.state), taking_calls);
    centre.at(21_000, Event::EndpointChanged { endpoint: endpoint(1001), reachable: false, in_use: false });
    centre.at(25_000, Event::DeadlinePassed);
    assert_eq!(centre.state_of(1001), model::AgentState::Unreachable);
    assert_eq!(roster(&centre.state), taking_calls);
    assert_eq!(centre.state.roster_version(), version, "nothing changed in it");
}

#[test]
fn roster_changes_when_an_agent_comes_goes_pauses_or_leaves_the_settings() {
    let mut centre = Centre::opened();
    let mut version = centre.state.roster_version();
    let mut changed = |centre: &Centre| std::mem::replace(&mut version, centre.state.roster_version()) != version;
    centre.asks(1_000, 1001, Ask::LogIn);
    assert!(changed(&centre));
    centre.asks(2_000, 1001, Ask::NotReady(NotReadyReason::Lunch));
    assert!(!changed(&centre), "paused is paused");
    centre.asks(3_000, 1001, Ask::Ready);
    assert!(changed(&centre));
    let mut without = settings();
    without.agents.remove(0);
    centre.at(4_000, Event::SettingsChanged(without));
    assert!(changed(&centre));
    assert_eq!(roster(&centre.state), Roster::default());
}

#[test]
fn roster_does_not_name_an_agent_who_left_the_settings_and_talks_still() {
    let (mut centre, _) = Centre::talking();
    let mut without = settings();
    without.agents.remove(0);
    centre.at(14_000, Event::SettingsChanged(without));
    assert_eq!(roster(&centre.state), Roster::default());
}
