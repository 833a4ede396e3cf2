//! Agents whose phones cannot be reached: for a moment they count as there, then they do not, and at last they are logged out.

use model::StateReason;
use model::queue::{Overflow, WayOut};

use super::phones::{is_offered, says};
use super::*;

const AWAY: Option<WayOut> = Some(WayOut::Dialplan);

/// A queue with these rules, and both agents of it ready.
fn with(overflow: Overflow) -> Centre {
    let mut settings = settings();
    settings.queues[0].overflow = overflow;
    Centre::of(settings, &[1001, 1002])
}

/// The phone of 1001 is gone, and 1002 has gone home.
fn gone(overflow: Overflow) -> Centre {
    let mut centre = with(overflow);
    centre.asks(2_000, 1002, Ask::LogOut);
    centre.at(5_000, says(1001, false, false));
    assert_eq!(centre.state_of(1001), AgentState::Unreachable);
    centre
}

fn reason(centre: &Centre) -> Option<StateReason> {
    crate::wallboard::agent_row(&centre.state, agent(1001)).expect("a row").why
}

/// The program logs 1001 out because the phone was gone for too long.
fn taken_off() -> Effect {
    let why = Some(StateReason::Unreachable);
    Effect::Record(Fact::AgentChanged { agent: agent(1001), state: AgentState::LoggedOut, by: Actor::Program, why })
}

#[test]
fn queue_whose_last_phone_is_gone_for_a_minute_counts_as_one_without_anybody_ready() {
    let mut centre = gone(Overflow { nobody_ready_waiting: AWAY, nobody_ready_joining: AWAY, ..Overflow::default() });
    let call = centre.calls(10_000, "c1", "700");
    let before = centre.at(64_999, Event::DeadlinePassed);
    assert!(!before.contains(&give_back(call, "c1")), "a phone may be gone for a moment");
    let effects = centre.at(65_000, Event::DeadlinePassed);
    assert!(effects.contains(&give_back(call, "c1")) && effects.contains(&left(call, 700, Leaving::NobodyReady)));
    let turned = centre.at(66_000, arrived("c2", "700"));
    let back = |effect: &Effect| matches!(effect, Effect::Switch(order) if matches!(order.op, Op::Continue { .. }));
    assert!(turned.iter().any(back), "nor does anybody join: {turned:?}");
}

#[test]
fn queue_whose_last_phone_is_gone_for_a_minute_counts_as_one_without_anybody_logged_in() {
    let mut centre = gone(Overflow { nobody_logged_in_waiting: AWAY, ..Overflow::default() });
    let call = centre.calls(10_000, "c1", "700");
    assert!(centre.at(65_000, Event::DeadlinePassed).contains(&left(call, 700, Leaving::NobodyLoggedIn)));
    assert_eq!(centre.state_of(1001), AgentState::Unreachable, "the agent is still at work");
}

#[test]
fn caller_waits_on_for_a_phone_that_comes_back_within_the_minute() {
    let mut centre = gone(Overflow { nobody_ready_waiting: AWAY, ..Overflow::default() });
    let call = centre.calls(10_000, "c1", "700");
    centre.at(64_000, says(1001, true, false));
    assert!(is_offered(&centre, call, 1001));
    centre.at(66_000, Event::DeadlinePassed);
    assert!(centre.state.calls().contains_key(&call));
}

#[test]
fn agent_whose_phone_is_gone_for_a_quarter_of_an_hour_is_logged_out_and_live_says_why() {
    let mut centre = gone(Overflow::default());
    assert_eq!(centre.at(5_000 + 60_000, Event::DeadlinePassed), vec![], "nothing but that they do not count");
    assert_eq!(centre.at(5_000 + 900_000, Event::DeadlinePassed), vec![taken_off()]);
    assert_eq!((centre.state_of(1001), reason(&centre)), (AgentState::LoggedOut, Some(StateReason::Unreachable)));
    centre.at(1_000_000, says(1001, true, false));
    assert_eq!(centre.state_of(1001), AgentState::LoggedOut, "they come back by their own will");
    centre.asks(1_001_000, 1001, Ask::Ready);
    assert_eq!((centre.state_of(1001), reason(&centre)), (AgentState::Ready, None));
}

#[test]
fn nobody_is_logged_out_while_asterisk_cannot_tell_of_the_phone() {
    let mut centre = gone(Overflow::default());
    centre.at(6_000, Event::SwitchLost { server: SERVER });
    for second in [65, 905, 906, 2_000] {
        centre.at(second * 1_000, Event::DeadlinePassed);
    }
    assert_eq!(centre.state_of(1001), AgentState::Unreachable);
    let account = Account { reachable: vec![endpoint(1001)], ..Account::default() };
    centre.at(2_000_500, Event::SwitchReturned { server: SERVER, account });
    assert_eq!(centre.state_of(1001), AgentState::Ready);
}

#[test]
fn phones_have_their_time_anew_to_find_an_asterisk_that_was_started_again() {
    let mut centre = gone(Overflow::default());
    let run = |started: &str| {
        let account = Account { started: Some(started.to_owned()), ..Account::default() };
        Event::SwitchReturned { server: SERVER, account }
    };
    centre.at(6_000, run("first"));
    centre.at(904_000, run("second"));
    centre.at(906_000, Event::DeadlinePassed);
    assert_eq!(centre.state_of(1001), AgentState::Unreachable);
    assert!(centre.at(904_000 + 900_000, Event::DeadlinePassed).contains(&taken_off()));
}

#[test]
fn phone_that_blinks_leaves_its_agent_at_the_front_of_those_who_are_idle() {
    let mut centre = with(Overflow::default());
    let idle = centre.state.agents()[&agent(1001)].idle_since;
    centre.at(30_000, says(1001, false, false));
    centre.at(89_999, says(1001, true, false));
    assert_eq!(centre.state.agents()[&agent(1001)].idle_since, idle);
    let call = centre.calls(100_000, "c1", "700");
    assert!(is_offered(&centre, call, 1001), "1001 was ready first");
}

#[test]
fn phone_that_was_gone_for_longer_sends_its_agent_behind_the_others() {
    let mut centre = with(Overflow::default());
    centre.at(30_000, says(1001, false, false));
    centre.at(90_000, Event::DeadlinePassed);
    centre.at(91_000, says(1001, true, false));
    assert_eq!(centre.state.agents()[&agent(1001)].idle_since, Timestamp::from_ms(91_000));
    let call = centre.calls(100_000, "c1", "700");
    assert!(is_offered(&centre, call, 1002));
}

#[test]
fn phone_that_blinks_during_a_conversation_puts_nobody_to_the_front() {
    let (mut centre, call) = Centre::talking();
    centre.at(20_000, says(1001, false, true));
    centre.ends(30_000, "c1", None);
    centre.ends(30_010, ours(call, 1), None);
    centre.deadline(35_000);
    assert_eq!(centre.state_of(1001), AgentState::Unreachable);
    centre.at(36_000, says(1001, true, false));
    assert_eq!(centre.state.agents()[&agent(1001)].idle_since, Timestamp::from_ms(35_000), "idle since the work was done");
}

#[test]
fn agent_out_of_reach_is_kept_with_what_becomes_of_them() {
    let mut centre = gone(Overflow::default());
    centre.at(65_000, Event::DeadlinePassed);
    let text = serde_json::to_string(&centre.state).expect("a state can be written");
    let read: State = serde_json::from_str(&text).expect("a state can be read");
    assert_eq!(read, centre.state);
    assert_eq!(check(&read), Vec::<String>::new());
}
