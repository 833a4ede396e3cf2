//! The settings change while calls are live.

use model::fact::Ignored;
use model::{AgentState, OfferEnd, Outcome, SegmentKind, Side};

use super::*;

#[test]
fn same_settings_again_change_nothing() {
    let mut centre = Centre::staffed();
    assert_eq!(centre.at(5_000, Event::SettingsChanged(settings())), vec![ignored("settings_changed", Ignored::AlreadySo)]);
}

#[test]
fn agent_who_was_added_is_watched_and_can_log_in() {
    let mut centre = Centre::opened();
    let mut changed = settings();
    changed.agents.push(model::Agent { id: agent(1003), endpoint: endpoint(1003), ..changed.agents[0].clone() });
    assert_eq!(centre.at(5_000, Event::SettingsChanged(changed)), vec![watch(&[1001, 1002, 1003])]);
    assert_eq!(centre.state_of(1003), AgentState::LoggedOut);
}

#[test]
fn agent_who_was_given_a_queue_takes_its_callers() {
    let mut centre = Centre::opened();
    centre.asks(1_000, 1002, Ask::Ready);
    let call = centre.calls(2_000, "c1", "701");
    let mut changed = settings();
    changed.agents[1].queues.push(queue(701));
    centre.at(5_000, Event::SettingsChanged(changed));
    assert_eq!(centre.state_of(1002), AgentState::Reserved(call));
}

#[test]
fn agent_who_was_removed_finishes_the_call_first() {
    let (mut centre, call) = Centre::talking();
    let mut changed = settings();
    changed.agents.remove(0);
    assert_eq!(centre.at(20_000, Event::SettingsChanged(changed)), vec![watch(&[1002])]);
    assert_eq!(centre.state_of(1001), AgentState::Talking(call));
    assert_eq!(centre.asks(21_000, 1001, Ask::LogOut), vec![ignored("agent_asked", Ignored::NotInThisState)]);
    let expected = vec![
        hang_up(call, ours(call, 1), HangupReason::Normal),
        destroy_bridge(call, 1),
        spent(call, SegmentKind::Talk, 1001, 13_000, 30_000),
        ended(call, Outcome::Answered, Side::Caller),
        becomes(1001, AgentState::LoggedOut),
    ];
    assert_eq!(centre.ends(30_000, "c1", None), expected);
    assert_eq!(centre.ends(30_010, ours(call, 1), None), vec![]);
    assert!(!centre.state.agents().contains_key(&agent(1001)));
}

#[test]
fn agent_who_was_removed_while_idle_is_gone_at_once() {
    let mut centre = Centre::staffed();
    let mut changed = settings();
    changed.agents.remove(0);
    let expected = vec![watch(&[1002]), becomes(1001, AgentState::LoggedOut)];
    assert_eq!(centre.at(20_000, Event::SettingsChanged(changed)), expected);
    assert!(!centre.state.agents().contains_key(&agent(1001)));
}

#[test]
fn callers_of_a_queue_that_was_removed_go_back_to_the_dialplan() {
    let (mut centre, rung) = Centre::ringing();
    let alone = centre.calls(11_000, "c2", "700");
    let mut changed = settings();
    changed.queues.remove(0);
    changed.agents.iter_mut().for_each(|agent| agent.queues.retain(|id| *id != queue(700)));
    let expected = vec![
        stamp(rung, "c1", 10_000, Outcome::Returned),
        lift(rung, "c1"),
        give_back(rung, "c1"),
        hang_up(rung, ours(rung, 1), HangupReason::Normal),
        destroy_bridge(rung, 1),
        stamp(alone, "c2", 11_000, Outcome::Returned),
        lift(alone, "c2"),
        give_back(alone, "c2"),
        watch(&[1001, 1002]),
        offer_ended(rung, 1, 1001, OfferEnd::Withdrawn),
        ringing(rung, 1, 1001, [10_000, 12_000], OfferEnd::Withdrawn),
        waited(rung, 10_000, 12_000),
        left(rung, 700, Leaving::Closed),
        ended(rung, Outcome::Returned, Side::Program),
        becomes(1001, AgentState::Ready),
        waited(alone, 11_000, 12_000),
        left(alone, 700, Leaving::Closed),
        ended(alone, Outcome::Returned, Side::Program),
    ];
    assert_eq!(centre.at(12_000, Event::SettingsChanged(changed)), expected);
}

#[test]
fn conversation_of_a_queue_that_was_removed_goes_on() {
    let (mut centre, call) = Centre::talking();
    let mut changed = settings();
    changed.queues.remove(0);
    changed.agents.iter_mut().for_each(|agent| agent.queues.retain(|id| *id != queue(700)));
    assert_eq!(centre.at(20_000, Event::SettingsChanged(changed)), vec![watch(&[1001, 1002])]);
    let effects = centre.ends(30_000, "c1", None);
    assert!(effects.contains(&ended(call, Outcome::Answered, Side::Caller)));
    assert!(matches!(centre.state_of(1001), AgentState::WrapUp { .. }), "as for everybody else of that queue");
    assert!(!centre.state.queues().contains_key(&queue(700)));
}

#[test]
fn agent_who_was_given_another_phone_is_unreachable_until_it_is_reported() {
    let mut centre = Centre::staffed();
    let mut changed = settings();
    changed.agents[0].endpoint = endpoint(1050);
    let expected = vec![watch(&[1050, 1002]), becomes(1001, AgentState::Unreachable)];
    assert_eq!(centre.at(5_000, Event::SettingsChanged(changed)), expected);
}

#[test]
fn settings_that_contradict_themselves_break_nothing() {
    let mut centre = Centre::staffed();
    let mut changed = settings();
    changed.queues.push(model::Queue { id: queue(9), ..changed.queues[0].clone() });
    changed.agents.push(model::Agent { id: agent(9), ..changed.agents[0].clone() });
    changed.agents[0].queues = vec![queue(700), queue(700), queue(5)];
    centre.at(5_000, Event::SettingsChanged(changed));
    let call = centre.calls(6_000, "c1", "700");
    assert_eq!(centre.state_of(1001), AgentState::Reserved(call));
}

#[test]
fn spans_that_the_settings_name_are_waited_from_the_next_step_on() {
    let mut centre = Centre::opened();
    let mut changed = settings();
    changed.timing.rings_within = Span::from_ms(700);
    changed.timing.guard_within = Span::from_secs(6);
    changed.timing.guard_first = Span::from_secs(1);
    changed.timing.guard_every = Span::from_secs(2);
    centre.at(5_000, Event::SettingsChanged(changed));
    let call = centre.calls(10_000, "c1", "700");
    let guards = Effect::Switch(Order::of_call(call, Op::Guard { leg: their("c1"), within: Some(Span::from_secs(6)) }));
    let first = crate::next_deadline(&centre.state).expect("a guard is renewed").as_ms();
    assert!((11_000..12_000).contains(&first), "{first}");
    assert_eq!(centre.deadline(first), vec![guards.clone()]);
    assert_eq!(centre.deadline(first + 2_000), vec![guards]);
    centre.asks(14_100, 1001, Ask::Ready);
    assert_eq!(crate::next_deadline(&centre.state).map(Timestamp::as_ms), Some(14_800), "a phone is to ring soon");
}

#[test]
fn call_of_asterisks_own_queue_is_kept_for_as_long_as_the_settings_say() {
    let mut centre = Centre::staffed();
    let mut changed = settings();
    changed.timing.fallback_lasts = Span::from_secs(60);
    centre.at(9_000, Event::SettingsChanged(changed));
    assert_eq!(centre.state.settings().timing.check(), Ok(()));
    let leg = their("f1");
    let call = model::fact::FallbackCall {
        leg,
        call: None,
        dialled: "700".to_owned(),
        number: None,
        began: Timestamp::from_ms(10_000),
        agent: None,
        answered: None,
        ended: None,
    };
    centre.at(11_000, Event::FallbackReported { server: SERVER, calls: vec![call] });
    assert_eq!(crate::next_deadline(&centre.state).map(Timestamp::as_ms), Some(70_000));
    centre.at(12_000, Event::SettingsChanged(settings()));
    assert_eq!(crate::next_deadline(&centre.state).map(Timestamp::as_ms), Some(10_000 + 4 * 3_600_000));
}
