//! Agents ask, phones come and go, feature codes are dialled.

use model::fact::Ignored;
use model::{AgentState, NotReadyReason, SegmentKind};

use super::*;
use crate::event::OrderFailure;
use crate::next_deadline;

#[test]
fn asks_outside_a_call_are_done_at_once() {
    let lunch = AgentState::NotReady(NotReadyReason::Lunch);
    let mut centre = Centre::opened();
    assert_eq!(centre.asks(1_000, 1001, Ask::LogOut), vec![ignored("agent_asked", Ignored::AlreadySo)]);
    assert_eq!(centre.asks(2_000, 1001, Ask::Ready), vec![chooses(1001, AgentState::Ready)]);
    assert_eq!(centre.asks(3_000, 1001, Ask::Ready), vec![ignored("agent_asked", Ignored::AlreadySo)]);
    assert_eq!(centre.asks(4_000, 1001, Ask::NotReady(NotReadyReason::Lunch)), vec![chooses(1001, lunch)]);
    assert_eq!(centre.asks(5_000, 1001, Ask::LogOut), vec![chooses(1001, AgentState::LoggedOut)]);
}

#[test]
fn agent_nobody_knows_is_ignored() {
    let mut centre = Centre::opened();
    assert_eq!(centre.asks(1_000, 1999, Ask::Ready), vec![ignored("agent_asked", Ignored::UnknownAgent)]);
}

#[test]
fn agent_who_becomes_ready_is_given_the_caller_who_waits() {
    let mut centre = Centre::opened();
    let call = centre.calls(500, "c1", "700");
    let expected = vec![
        dial(call, "c1", 500, 1, 1001),
        chooses(1001, AgentState::Ready),
        becomes(1001, AgentState::Reserved(call)),
        offered(call, 1, 1001),
    ];
    assert_eq!(centre.asks(1_000, 1001, Ask::Ready), expected);
}

#[test]
fn ready_ends_the_wrap_up() {
    let (mut centre, call) = Centre::talking();
    centre.ends(30_000, "c1", None);
    let expected = vec![spent(call, SegmentKind::WrapUp, 1001, 30_000, 31_500), chooses(1001, AgentState::Ready)];
    assert_eq!(centre.asks(31_500, 1001, Ask::Ready), expected);
}

#[test]
fn going_home_ends_the_wrap_up() {
    let (mut centre, call) = Centre::talking();
    centre.ends(30_000, "c1", None);
    let expected = vec![spent(call, SegmentKind::WrapUp, 1001, 30_000, 31_500), chooses(1001, AgentState::LoggedOut)];
    assert_eq!(centre.asks(31_500, 1001, Ask::LogOut), expected);
}

#[test]
fn wish_during_the_ringing_outlives_a_withdrawn_offer() {
    let (mut centre, _) = Centre::ringing();
    assert_eq!(centre.asks(11_000, 1001, Ask::NotReady(NotReadyReason::Break)), vec![]);
    let effects = centre.ends(12_000, "c1", None);
    assert_eq!(effects.last(), Some(&chooses(1001, AgentState::NotReady(NotReadyReason::Break))));
}

#[test]
fn phone_that_comes_and_goes_takes_its_agent_along() {
    let mut centre = Centre::opened();
    let says = |reachable| Event::EndpointChanged { endpoint: endpoint(1001), reachable, in_use: false };
    let said = |reachable| Effect::Record(Fact::EndpointChanged { endpoint: endpoint(1001), reachable, in_use: false });
    assert_eq!(centre.at(1_000, says(false)), vec![said(false)], "nobody is logged in there");
    assert_eq!(centre.asks(2_000, 1001, Ask::Ready), vec![chooses(1001, AgentState::Unreachable)]);
    assert_eq!(centre.at(3_000, says(true)), vec![said(true), becomes(1001, AgentState::Ready)]);
    assert_eq!(centre.at(3_500, says(true)), vec![ignored("endpoint_changed", Ignored::AlreadySo)]);
    assert_eq!(centre.at(4_000, says(false)), vec![said(false), becomes(1001, AgentState::Unreachable)]);
    let stranger = Event::EndpointChanged { endpoint: endpoint(1999), reachable: true, in_use: false };
    assert_eq!(centre.at(5_000, stranger), vec![ignored("endpoint_changed", Ignored::UnknownAgent)]);
}

#[test]
fn agent_who_is_not_ready_stays_so_when_the_phone_comes_back() {
    let mut centre = Centre::opened();
    centre.asks(1_000, 1001, Ask::NotReady(NotReadyReason::Lunch));
    centre.at(2_000, Event::EndpointChanged { endpoint: endpoint(1001), reachable: false, in_use: false });
    centre.at(3_000, Event::EndpointChanged { endpoint: endpoint(1001), reachable: true, in_use: false });
    assert_eq!(centre.state_of(1001), AgentState::NotReady(NotReadyReason::Lunch));
}

#[test]
fn phone_is_the_log_in_where_the_settings_say_so() {
    let mut settings = settings();
    settings.agents[1].ready_on_register = true;
    let mut centre = Centre { state: State::new(1) };
    centre.at(0, Event::SettingsChanged(settings));
    centre.at(0, Event::SwitchReturned { server: SERVER, account: Account::default() });
    let registers = centre.at(1_000, Event::EndpointChanged { endpoint: endpoint(1002), reachable: true, in_use: false });
    let said = Fact::EndpointChanged { endpoint: endpoint(1002), reachable: true, in_use: false };
    assert_eq!(registers, vec![Effect::Record(said), becomes(1002, AgentState::Ready)]);
    centre.at(1_000, Event::EndpointChanged { endpoint: endpoint(1001), reachable: true, in_use: false });
    assert_eq!(centre.state_of(1001), AgentState::LoggedOut);
}

#[test]
fn feature_code_is_carried_out_and_given_back() {
    let mut centre = Centre::opened();
    let dialled = |leg: &str, number, feature| Event::FeatureDialled { leg: their(leg), endpoint: endpoint(number), feature };
    let answer = |leg: &str| order_leg(leg, Op::Answer { leg: their(leg) });
    let back = |leg: &str, exit| order_leg(leg, Op::Continue { leg: their(leg), exit });

    let lunch = AgentState::NotReady(NotReadyReason::Lunch);
    let done = vec![answer("f1"), back("f1", Exit::Done), chooses(1001, lunch)];
    assert_eq!(centre.at(1_000, dialled("f1", 1001, Some(Ask::NotReady(NotReadyReason::Lunch)))), done);
    assert_eq!(centre.ends(1_100, "f1", None), vec![]);
    centre.asks(1_200, 1001, Ask::Ready);

    let again = vec![answer("f2"), back("f2", Exit::Done), ignored("feature_dialled", Ignored::AlreadySo)];
    assert_eq!(centre.at(2_000, dialled("f2", 1001, Some(Ask::Ready))), again);

    let stranger = vec![answer("f3"), back("f3", Exit::Refused), ignored("feature_dialled", Ignored::UnknownAgent)];
    assert_eq!(centre.at(3_000, dialled("f3", 1999, Some(Ask::Ready))), stranger);

    let unknown = vec![answer("f4"), back("f4", Exit::Refused), ignored("feature_dialled", Ignored::NotInThisState)];
    assert_eq!(centre.at(4_000, dialled("f4", 1001, None)), unknown);
    assert_eq!(centre.at(4_000, dialled("f4", 1001, None)), vec![ignored("feature_dialled", Ignored::AlreadySo)]);
}

#[test]
fn prompt_that_nobody_waits_for_is_ignored() {
    let mut centre = Centre::opened();
    let prompt = model::PromptId { server: SERVER, call: CallId(Uuid::from_u128(9)), n: 1 };
    assert_eq!(centre.at(1_000, Event::PromptEnded { prompt }), vec![ignored("prompt_ended", Ignored::UnknownPrompt)]);
}

/// An agent who dials the code for Ready while a caller waits; and the prompt that they hear.
fn dials_ready(centre: &mut Centre) -> (CallId, model::PromptId) {
    let call = centre.calls(500, "c1", "700");
    let event = Event::FeatureDialled { leg: their("f1"), endpoint: endpoint(1001), feature: Some(Ask::Ready) };
    let effects = centre.at(1_000, event);
    let Some(Effect::Switch(Order { op: Op::Play { prompt, .. }, .. })) = effects.get(1).cloned() else {
        panic!("no tone in {effects:?}")
    };
    let tone = Op::Play { leg: LegId::Theirs(their("f1")), prompt, media: "sound:beep".to_owned() };
    assert_eq!(effects, vec![order_leg("f1", Op::Answer { leg: their("f1") }), order_leg("f1", tone)]);
    (call, prompt)
}

fn hung_up(leg: &str) -> Effect {
    order_leg(leg, Op::Hangup { leg: LegId::Theirs(their(leg)), reason: HangupReason::Normal })
}

#[test]
fn phone_that_still_plays_the_tone_for_ready_is_not_rung() {
    let mut centre = Centre::opened();
    let (call, prompt) = dials_ready(&mut centre);
    assert_eq!(centre.at(1_400, Event::PromptEnded { prompt }), vec![hung_up("f1")]);
    assert_eq!(centre.at(1_401, Event::PromptEnded { prompt }), vec![ignored("prompt_ended", Ignored::UnknownPrompt)]);
    assert_eq!(centre.state_of(1001), AgentState::LoggedOut);
    let expected = vec![
        dial(call, "c1", 500, 1, 1001),
        chooses(1001, AgentState::Ready),
        becomes(1001, AgentState::Reserved(call)),
        offered(call, 1, 1001),
    ];
    assert_eq!(centre.ends(1_410, "f1", None), expected);
}

#[test]
fn agent_who_does_not_wait_for_the_tone_is_ready_all_the_same() {
    let mut centre = Centre::opened();
    let (call, _) = dials_ready(&mut centre);
    centre.ends(1_100, "f1", None);
    assert_eq!(centre.state_of(1001), AgentState::Reserved(call));
}

#[test]
fn tone_that_cannot_be_played_or_never_ends_does_not_keep_the_agent() {
    let mut centre = Centre::opened();
    let (_, prompt) = dials_ready(&mut centre);
    let order = Op::Play { leg: LegId::Theirs(their("f1")), prompt, media: "sound:beep".to_owned() };
    let why = OrderFailure::Refused { status: 500, text: "no such file".to_owned() };
    assert_eq!(centre.at(1_100, Event::OrderFailed { order, why }).first(), Some(&hung_up("f1")));

    let mut centre = Centre::opened();
    dials_ready(&mut centre);
    assert_eq!(next_deadline(&centre.state), Some(Timestamp::from_ms(6_000)));
    assert_eq!(centre.at(6_000, Event::DeadlinePassed), vec![hung_up("f1")]);
}

#[test]
fn extended_wrap_up_stays_one_and_is_shown() {
    let (mut centre, call) = Centre::talking();
    centre.ends(30_000, "c1", None);
    centre.ends(30_010, ours(call, 1), None);
    centre.state.take_changes();
    let (until, by) = (Timestamp::from_ms(65_000), model::Actor::Agent(agent(1001)));
    let extended = Fact::WrapUpExtended { agent: agent(1001), call, until, by };
    let effects = centre.asks(31_000, 1001, Ask::ExtendWrapUp(Span::from_secs(30)));
    assert_eq!(effects, vec![Effect::Record(extended)]);
    let row = crate::wallboard::agent_row(&centre.state, agent(1001)).expect("a row");
    assert_eq!((row.state, row.since), (wrap_up(call, 65_000), Timestamp::from_ms(30_000)));
    let told = centre.state.take_changes();
    assert!(told.iter().any(|change| matches!(change, model::wallboard::Change::Agent(id, _) if *id == agent(1001))));
    let expected = vec![spent(call, SegmentKind::WrapUp, 1001, 30_000, 65_000), becomes(1001, AgentState::Ready)];
    assert_eq!(centre.deadline(65_000), expected);
}

#[test]
fn wrap_up_is_never_extended_to_more_than_ten_minutes() {
    let (mut centre, call) = Centre::talking();
    centre.ends(30_000, "c1", None);
    centre.asks(31_000, 1001, Ask::ExtendWrapUp(Span::from_secs(86_400)));
    assert_eq!(centre.state_of(1001), wrap_up(call, 631_000));
    let more = centre.asks(31_000, 1001, Ask::ExtendWrapUp(Span::from_secs(30)));
    assert_eq!(more, vec![ignored("agent_asked", Ignored::AlreadySo)]);
}

#[test]
fn only_a_wrap_up_can_be_extended() {
    let more = Ask::ExtendWrapUp(Span::from_secs(30));
    let refused = vec![ignored("agent_asked", Ignored::NotInThisState)];
    let (mut centre, _) = Centre::talking();
    assert_eq!(centre.asks(14_000, 1001, more), refused);
    assert_eq!(centre.asks(14_000, 1002, more), refused);
}

#[test]
fn agent_logs_in_without_taking_calls() {
    let mut centre = Centre::opened();
    let logged_in = AgentState::NotReady(NotReadyReason::LoggedIn);
    assert_eq!(centre.asks(1_000, 1001, Ask::LogIn), vec![chooses(1001, logged_in)]);
    let already = vec![ignored("agent_asked", Ignored::AlreadySo)];
    assert_eq!(centre.asks(2_000, 1001, Ask::LogIn), already);
    centre.asks(3_000, 1001, Ask::Ready);
    assert_eq!(centre.asks(4_000, 1001, Ask::LogIn), already, "whoever is Ready is logged in");
    assert_eq!(centre.state_of(1001), AgentState::Ready);
}

#[test]
fn log_in_during_a_call_takes_the_wish_to_go_home_back() {
    let (mut centre, call) = Centre::talking();
    assert_eq!(centre.asks(14_000, 1001, Ask::LogIn), vec![ignored("agent_asked", Ignored::AlreadySo)]);
    centre.asks(15_000, 1001, Ask::LogOut);
    assert_eq!(centre.asks(16_000, 1001, Ask::LogIn), vec![]);
    let effects = centre.ends(20_000, "c1", None);
    assert_eq!(effects.last(), Some(&chooses(1001, AgentState::NotReady(NotReadyReason::LoggedIn))));
    assert!(!centre.state.calls().contains_key(&call));
}

#[test]
fn supervisors_ask_works_like_the_agents_own_and_is_booked_as_theirs() {
    let by = Actor::User(model::UserId(Uuid::from_u128(7)));
    let training = AgentState::NotReady(NotReadyReason::Training);
    let mut centre = Centre::staffed();
    let ask = Ask::NotReady(NotReadyReason::Training);
    let effects = centre.at(3_000, Event::AgentAsked { agent: agent(1001), ask, by });
    assert_eq!(effects, vec![Effect::Record(Fact::AgentChanged { agent: agent(1001), state: training, by, why: None })]);
    let (mut centre, _) = Centre::talking();
    centre.at(14_000, Event::AgentAsked { agent: agent(1001), ask: Ask::LogOut, by });
    let effects = centre.ends(20_000, "c1", None);
    let goes = Fact::AgentChanged { agent: agent(1001), state: AgentState::LoggedOut, by, why: None };
    assert_eq!(effects.last(), Some(&Effect::Record(goes)));
}

#[test]
fn whoever_asks_for_something_else_while_the_tone_for_ready_plays_is_not_ready_after_it() {
    let mut centre = Centre::opened();
    dials_ready(&mut centre);
    assert_eq!(centre.asks(1_100, 1001, Ask::LogOut), vec![ignored("agent_asked", Ignored::AlreadySo)]);
    assert_eq!(centre.ends(1_400, "f1", None), vec![]);
    assert_eq!(centre.state_of(1001), AgentState::LoggedOut);
}

#[test]
fn every_feature_code_but_that_for_ready_is_done_at_once() {
    let table = [
        (Ask::LogIn, AgentState::NotReady(NotReadyReason::LoggedIn)),
        (Ask::NotReady(NotReadyReason::Meeting), AgentState::NotReady(NotReadyReason::Meeting)),
    ];
    for (ask, state) in table {
        let mut centre = Centre::opened();
        let event = Event::FeatureDialled { leg: their("f1"), endpoint: endpoint(1001), feature: Some(ask) };
        let done = order_leg("f1", Op::Continue { leg: their("f1"), exit: Exit::Done });
        let expected = vec![order_leg("f1", Op::Answer { leg: their("f1") }), done, chooses(1001, state)];
        assert_eq!(centre.at(1_000, event), expected);
    }
}

#[test]
fn agent_kept_from_calls_by_the_leg_of_a_feature_code_is_served_when_the_phone_is_free() {
    let mut centre = Centre::opened();
    let dialled = Event::FeatureDialled { leg: their("f1"), endpoint: endpoint(1001), feature: Some(Ask::Ready) };
    centre.at(10_000, dialled);
    centre.at(10_010, Event::EndpointChanged { endpoint: endpoint(1001), reachable: true, in_use: true });
    let call = centre.calls(10_020, "c1", "700");
    centre.asks(10_030, 1001, Ask::Ready);
    assert_eq!(centre.state_of(1001), AgentState::Ready, "the phone still plays the tone");
    centre.ends(10_100, "f1", None);
    assert_eq!(centre.state_of(1001), AgentState::Ready, "there may be another call on it");
    centre.at(10_105, Event::EndpointChanged { endpoint: endpoint(1001), reachable: true, in_use: false });
    assert_eq!(centre.state_of(1001), AgentState::Reserved(call));
}
