//! A program that slept, or that goes on from a state that was kept and may be old.

use model::{AgentState, CallPhase, NotReadyReason, OfferEnd, Outcome, SegmentKind, Side};

use super::*;

fn together(call: CallId, n: u32, leg: &str, our: OurLeg) -> BridgeAccount {
    BridgeAccount { bridge: bridge(call, n), legs: vec![LegId::Theirs(their(leg)), LegId::Ours(our)] }
}

/// The state as it was kept, in a program that was started so much later.
fn kept(centre: &Centre, ms: i64) -> Centre {
    let text = serde_json::to_string(&centre.state).expect("a state can be written");
    let mut centre = Centre { state: serde_json::from_str(&text).expect("a state can be read") };
    for server in centre.state.servers_up() {
        centre.at(ms, Event::SwitchLost { server });
    }
    assert_eq!(centre.state.servers_up(), vec![]);
    centre
}

fn take_account() -> Effect {
    Effect::Switch(Order { lane: Lane::Server(SERVER), op: Op::TakeAccount { server: SERVER } })
}

#[test]
fn sleep_has_all_that_is_alive_asked_for_and_lets_phones_ring_on() {
    let (mut centre, call) = Centre::ringing();
    let mark = centre.state.calls()[&call].mark(CallPhase::Waiting);
    let jumped = Effect::Record(Fact::ClockJumped { by: 30_000 });
    assert_eq!(
        centre.at(40_000, Event::ClockJumped { by: 30_000 }),
        vec![take_account(), jumped, Effect::Record(Fact::SwitchChanged { up: false })]
    );
    let effects = centre.at(40_000, Event::DeadlinePassed);
    assert_eq!(effects, vec![], "nobody let it ring for too long");
    centre.at(40_100, returns(vec![caller_there("c1", mark), phone_there(ours(call, 1), false, 1001)], vec![]));
    assert_eq!(centre.deadline(55_100).first(), Some(&hang_up(call, ours(call, 1), HangupReason::NoAnswer)));
}

#[test]
fn after_a_sleep_nobody_is_offered_anything_before_the_account_is_there() {
    let mut centre = Centre::opened();
    centre.calls(10_000, "c1", "700");
    centre.at(40_000, Event::ClockJumped { by: 30_000 });
    centre.asks(40_000, 1001, Ask::Ready);
    assert_eq!(centre.state_of(1001), AgentState::Ready, "the phone may be busy with what we have not heard of");
}

#[test]
fn clock_that_was_set_is_only_booked() {
    for by in [-3_600_000, -5_000, 1_200, 4_999] {
        let (mut centre, _) = Centre::ringing();
        let before = crate::next_deadline(&centre.state);
        assert_eq!(centre.at(10_300, Event::ClockJumped { by }), vec![Effect::Record(Fact::ClockJumped { by })]);
        assert_eq!(crate::next_deadline(&centre.state), before);
    }
}

#[test]
fn sleep_while_the_way_is_lost_asks_for_nothing() {
    let (mut centre, _) = Centre::ringing();
    centre.at(11_000, Event::SwitchLost { server: SERVER });
    let jumped = Effect::Record(Fact::ClockJumped { by: 60_000 });
    assert_eq!(centre.at(70_000, Event::ClockJumped { by: 60_000 }), vec![jumped]);
}

#[test]
fn account_without_a_loss_does_not_end_an_offer_that_may_be_under_way() {
    let mut centre = Centre::opened();
    centre.asks(1_000, 1001, Ask::Ready);
    let call = centre.calls(10_000, "c1", "700");
    let mark = mark_of(call, 700, 10_000, CallPhase::Waiting);
    assert_eq!(centre.at(10_100, returns(vec![caller_there("c1", mark)], vec![])), vec![watch(&[1001, 1002])]);
    assert_eq!(centre.state_of(1001), AgentState::Reserved(call));
    assert!(centre.deadline(14_000).contains(&offer_ended(call, 1, 1001, OfferEnd::Unreachable)));
}

#[test]
fn answer_that_was_not_kept_is_made_good_and_the_conversation_is_left_alone() {
    let (centre, call) = Centre::ringing();
    let mut centre = kept(&centre, 20_000);
    let mark = Mark { since: Timestamp::from_ms(13_000), ..mark_of(call, 700, 10_000, CallPhase::Talking) };
    let legs = vec![caller_there("c1", mark), phone_there(ours(call, 1), true, 1001)];
    let expected = vec![
        stamp_answered(call, "c1", 10_000, "1001", 13_000),
        lift(call, "c1"),
        talking_mark(call, "c1", [10_000, 13_000], 1001),
        watch(&[1001, 1002]),
        Effect::Record(Fact::SwitchChanged { up: true }),
        offer_ended(call, 1, 1001, OfferEnd::Accepted),
        ringing(call, 1, 1001, [10_000, 13_000], OfferEnd::Accepted),
        waited(call, 10_000, 13_000),
        Effect::Record(Fact::CallAnswered { call, agent: agent(1001), waited: Span::from_secs(3) }),
        becomes(1001, AgentState::Talking(call)),
    ];
    assert_eq!(centre.at(21_000, returns(legs, vec![together(call, 1, "c1", ours(call, 1))])), expected);
    let effects = centre.ends(30_000, "c1", None);
    assert!(effects.contains(&spent(call, SegmentKind::Talk, 1001, 13_000, 30_000)));
}

#[test]
fn answer_of_an_agent_of_whom_nothing_was_kept_is_made_good_too() {
    let mut centre = Centre::opened();
    let call = centre.calls(10_000, "c1", "700");
    let mut centre = kept(&centre, 20_000);
    let mark = Mark { since: Timestamp::from_ms(13_000), ..mark_of(call, 700, 10_000, CallPhase::Talking) };
    let legs = vec![caller_there("c1", mark), phone_there(ours(call, 1), true, 1001)];
    let effects = centre.at(21_000, returns(legs, vec![together(call, 1, "c1", ours(call, 1))]));
    assert_eq!(centre.state_of(1001), AgentState::Talking(call));
    let disturbs = |effect: &Effect| match effect {
        Effect::Switch(order) => matches!(order.op.name(), "join" | "start_music" | "destroy_bridge" | "hangup"),
        Effect::Record(_) => false,
    };
    assert!(!effects.iter().any(disturbs), "{effects:?}");
}

#[test]
fn all_that_was_rung_beside_the_answer_that_was_not_kept_is_hung_up() {
    let mut changed = settings();
    changed.queues[0].strategy = Strategy::RingAll;
    let mut centre = Centre::staffed();
    centre.at(3_000, Event::SettingsChanged(changed));
    let call = centre.calls(10_000, "c1", "700");
    let mut centre = kept(&centre, 20_000);
    let mark = Mark { since: Timestamp::from_ms(13_000), ..mark_of(call, 700, 10_000, CallPhase::Talking) };
    let legs = vec![caller_there("c1", mark), phone_there(ours(call, 2), true, 1002)];
    let effects = centre.at(21_000, returns(legs, vec![together(call, 1, "c1", ours(call, 2))]));
    assert!(effects.contains(&offer_ended(call, 1, 1001, OfferEnd::Withdrawn)), "{effects:?}");
    assert_eq!((centre.state_of(1001), centre.state_of(1002)), (AgentState::Ready, AgentState::Talking(call)));
    let next = centre.calls(22_000, "c2", "700");
    assert_eq!(centre.state_of(1001), AgentState::Reserved(next), "its leg is gone, and is not waited for");
}

#[test]
fn state_that_is_minutes_old_is_brought_up_to_date() {
    let (mut centre, talked) = Centre::talking();
    centre.asks(13_500, 1002, Ask::Ready);
    let left = centre.calls(14_000, "c2", "700");
    centre.at(15_000, Event::LegAnswered { leg: ours(left, 1) });
    centre.ends(16_000, "c2", None);
    assert_eq!(centre.state_of(1002), wrap_up(left, 21_000));
    let stayed = centre.calls(17_000, "c3", "700");
    let mut centre = kept(&centre, 317_000);
    let wrapped = vec![spent(left, SegmentKind::WrapUp, 1002, 16_000, 21_000), becomes(1002, AgentState::Ready)];
    assert_eq!(centre.at(317_000, Event::DeadlinePassed), wrapped, "the wrap-up was over when it was over");
    let mark = mark_of(stayed, 700, 17_000, CallPhase::Waiting);
    let new = LegAccount { mark: None, up: false, ..caller_there("c4", mark) };
    let effects = centre.at(318_000, returns(vec![caller_there("c3", mark), new], vec![]));
    assert!(effects.contains(&ended(talked, Outcome::Answered, Side::Switch)));
    assert_eq!(centre.state_of(1002), AgentState::Reserved(stayed), "{effects:?}");
    assert_eq!(centre.state_of(1001), wrap_up(talked, 323_000));
    assert_eq!(centre.state.calls().len(), 2);
    assert!(effects.contains(&guard(stayed, "c3")));
}

#[test]
fn agent_who_talks_has_not_been_ready_before_even_if_the_phone_is_the_log_in() {
    let (_, call) = Centre::talking();
    let mut settings = settings();
    settings.agents[0].ready_on_register = true;
    let mut centre = Centre { state: State::new(2) };
    centre.at(50_000, Event::SettingsChanged(settings));
    let mark = mark_of(call, 700, 10_000, CallPhase::Talking);
    let legs = vec![caller_there("c1", mark), phone_there(ours(call, 1), true, 1001)];
    let effects = centre.at(51_000, returns(legs, vec![together(call, 1, "c1", ours(call, 1))]));
    assert!(effects.contains(&becomes(1001, AgentState::Talking(call))));
    assert!(!effects.contains(&becomes(1001, AgentState::Ready)), "{effects:?}");
}

#[test]
fn agent_whose_phone_vanished_meanwhile_has_not_been_ready_after_the_call() {
    let mut centre = Centre::opened();
    centre.asks(1_000, 1001, Ask::Ready);
    let call = centre.calls(10_000, "c1", "701");
    centre.at(11_000, Event::LegAnswered { leg: ours(call, 1) });
    let mut centre = kept(&centre, 20_000);
    let account = Account { reachable: vec![endpoint(1002)], ..Account::default() };
    let effects = centre.at(21_000, Event::SwitchReturned { server: SERVER, account });
    assert!(effects.contains(&becomes(1001, AgentState::Unreachable)));
    assert!(!effects.contains(&becomes(1001, AgentState::Ready)), "{effects:?}");
}

#[test]
fn offers_of_a_call_whose_state_is_lost_are_not_numbered_like_those_before() {
    let (_, call) = Centre::ringing();
    let mut centre = Centre { state: State::new(2) };
    centre.at(50_000, Event::SettingsChanged(settings()));
    let mark = mark_of(call, 700, 10_000, CallPhase::Waiting);
    centre.at(51_000, returns(vec![caller_there("c1", mark)], vec![]));
    let effects = centre.asks(52_000, 1001, Ask::Ready);
    let number = effects.iter().find_map(|effect| match effect {
        Effect::Record(Fact::OfferMade { offer, .. }) => Some(*offer),
        Effect::Record(_) | Effect::Switch(_) => None,
    });
    assert!(number.expect("an offer is made") > 1_000_000);
}

#[test]
fn agents_in_the_kept_state_stay_as_they_asked_to_be() {
    let mut centre = Centre::staffed();
    centre.asks(3_000, 1002, Ask::NotReady(NotReadyReason::Lunch));
    let mut centre = kept(&centre, 600_000);
    centre.at(601_000, returns(vec![], vec![]));
    assert_eq!(centre.state_of(1001), AgentState::Ready);
    assert_eq!(centre.state_of(1002), AgentState::NotReady(NotReadyReason::Lunch));
}

/// What was ordered after the state was kept, and before the kill, is not known. Its ids are.
#[test]
fn ids_that_may_have_been_used_after_the_state_was_kept_are_not_used_again() {
    let mut centre = Centre::opened();
    centre.asks(1_000, 1001, Ask::Ready);
    let call = centre.calls(10_000, "c1", "700");
    let mut centre = kept(&centre, 20_000);
    let mark = mark_of(call, 700, 10_000, CallPhase::Waiting);
    let made = BridgeAccount { bridge: bridge(call, 1), legs: vec![] };
    let effects = centre.at(21_000, returns(vec![caller_there("c1", mark)], vec![made]));
    assert!(effects.contains(&destroy_bridge(call, 1)));
    assert!(effects.contains(&dial(call, "c1", 10_000, 12_002, 1001)), "{effects:?}");
    assert_eq!(centre.at(21_100, Event::LegRang { leg: ours(call, 12_002) }).first(), Some(&create_bridge(call, 12_001)));
}

#[test]
fn caller_whose_agent_answered_and_left_after_the_state_was_kept_has_been_answered() {
    let (centre, call) = Centre::ringing();
    let mut centre = kept(&centre, 20_000);
    let mark = Mark { since: Timestamp::from_ms(13_000), ..mark_of(call, 700, 10_000, CallPhase::Talking) };
    let alone = BridgeAccount { bridge: bridge(call, 1), legs: vec![LegId::Theirs(their("c1"))] };
    let effects = centre.at(21_000, returns(vec![caller_there("c1", mark)], vec![alone]));
    assert!(effects.contains(&hang_up(call, "c1", HangupReason::Normal)), "{effects:?}");
    assert!(!effects.contains(&start_music(call, "c1")));
    assert!(effects.contains(&ended(call, Outcome::Answered, Side::Switch)));
    assert_eq!(centre.state_of(1001), wrap_up(call, 26_000));
}

/// The same without the bridge, and of two who were being rung: the mark says whose the conversation was.
#[test]
fn mark_says_which_agent_answered_and_left_after_the_state_was_kept() {
    let mut changed = settings();
    changed.queues[0].strategy = Strategy::RingAll;
    let mut centre = Centre::staffed();
    centre.at(3_000, Event::SettingsChanged(changed));
    let call = centre.calls(10_000, "c1", "700");
    centre.at(11_000, Event::LegRang { leg: ours(call, 2) });
    let mut centre = kept(&centre, 20_000);
    let mark = talk_of(call, [10_000, 13_000], 1002);
    let effects = centre.at(21_000, returns(vec![caller_there("c1", mark)], vec![]));
    let answered = Fact::CallAnswered { call, agent: agent(1002), waited: Span::from_secs(3) };
    assert!(effects.contains(&Effect::Record(answered)), "{effects:?}");
    assert!(effects.contains(&hang_up(call, "c1", HangupReason::Normal)));
    assert!(effects.contains(&spent(call, SegmentKind::Talk, 1002, 13_000, 21_000)), "{effects:?}");
    assert_eq!((centre.state_of(1001), centre.state_of(1002)), (AgentState::Ready, wrap_up(call, 26_000)));
}

/// Whoever came first had an agent whose phone may never have been dialled. They are rung for again, and before anybody else.
#[test]
fn leg_that_does_not_ring_is_hung_up_at_once_and_its_caller_is_served_first() {
    let mut centre = Centre::opened();
    centre.asks(9_000, 1001, Ask::Ready);
    let first = centre.calls(10_000, "c1", "700");
    let second = centre.calls(10_050, "c2", "700");
    centre.at(10_100, Event::SwitchLost { server: SERVER });
    centre.asks(10_200, 1002, Ask::Ready);
    let mark = |call| centre.state.calls()[&call].mark(CallPhase::Waiting);
    let silent = LegAccount { rings: false, ..phone_there(ours(first, 1), false, 1001) };
    let legs = vec![caller_there("c1", mark(first)), caller_there("c2", mark(second)), silent];
    let effects = centre.at(12_000, returns(legs, vec![]));
    assert!(effects.contains(&hang_up(first, ours(first, 1), HangupReason::Normal)), "{effects:?}");
    assert!(effects.contains(&offer_ended(first, 1, 1001, OfferEnd::Withdrawn)));
    assert_eq!(centre.state_of(1002), AgentState::Reserved(first), "another phone is free, and rings for the first");
    assert_eq!(centre.state_of(1001), AgentState::Ready, "nobody is blamed");
    centre.ends(12_010, ours(first, 1), None);
    assert_eq!(centre.state_of(1001), AgentState::Reserved(second));
}

/// All that was kept of the call is that it waits; it has been talked to since, and the agent is gone. Whether the mark says so
/// or only the bridge: the caller is not put back into the queue.
#[test]
fn caller_who_was_talked_to_and_left_after_all_that_was_kept_has_been_answered() {
    for (phase, in_bridge) in [(CallPhase::Talking, false), (CallPhase::Waiting, true), (CallPhase::Held, true)] {
        let mut centre = Centre::opened();
        let call = centre.calls(10_000, "c1", "700");
        let mut centre = kept(&centre, 20_000);
        let mark = Mark { since: Timestamp::from_ms(13_000), ..mark_of(call, 700, 10_000, phase) };
        let alone = BridgeAccount { bridge: bridge(call, 1), legs: vec![LegId::Theirs(their("c1"))] };
        let effects = centre.at(21_000, returns(vec![caller_there("c1", mark)], if in_bridge { vec![alone] } else { vec![] }));
        assert!(effects.contains(&hang_up(call, "c1", HangupReason::Normal)), "{phase:?} {effects:?}");
        assert!(effects.contains(&ended(call, Outcome::Answered, Side::Switch)));
        assert!(!effects.contains(&start_music(call, "c1")));
    }
    // Of an offer nothing was kept, but the mark names the agent.
    let mut centre = Centre::opened();
    let call = centre.calls(10_000, "c1", "700");
    let mut centre = kept(&centre, 20_000);
    let mark = talk_of(call, [10_000, 13_000], 1002);
    let effects = centre.at(21_000, returns(vec![caller_there("c1", mark)], vec![]));
    let answered = Fact::CallAnswered { call, agent: agent(1002), waited: Span::from_secs(3) };
    assert!(effects.contains(&Effect::Record(answered)), "{effects:?}");
    // Whoever came back from an attempt to join them waits since then, whatever an older mark says.
    let (mut centre, call) = Centre::talking();
    let mark = centre.state.calls()[&call].mark(CallPhase::Talking);
    let legs = vec![LegId::Theirs(their("c1")), LegId::Ours(ours(call, 1))];
    let order = Op::Join { bridge: bridge(call, 1), legs };
    centre.at(13_010, Event::OrderFailed { order, why: crate::event::OrderFailure::Gone });
    let mut centre = kept(&centre, 20_000);
    let effects = centre.at(21_000, returns(vec![caller_there("c1", mark)], vec![]));
    assert!(effects.contains(&start_music(call, "c1")), "{effects:?}");
}

/// However often the program goes away in the moment of an offer: the caller is not given back for it.
#[test]
fn offers_that_were_cut_short_by_our_own_going_do_not_count_against_the_caller() {
    let mut centre = Centre::opened();
    centre.asks(9_000, 1001, Ask::Ready);
    let call = centre.calls(10_000, "c1", "700");
    for ms in [11_000, 12_000, 13_000, 14_000] {
        centre.at(ms, Event::SwitchLost { server: SERVER });
        let mark = centre.state.calls()[&call].mark(CallPhase::Waiting);
        centre.at(ms + 100, returns(vec![caller_there("c1", mark)], vec![]));
        assert_eq!(centre.state_of(1001), AgentState::Reserved(call));
    }
}

/// A run whose last steps were lost made the leg; the state does not know it.
#[test]
fn unknown_leg_that_does_not_ring_is_nobodys_offer() {
    let mut centre = Centre::opened();
    centre.asks(9_000, 1001, Ask::Ready);
    centre.at(9_500, Event::SwitchLost { server: SERVER });
    let call = CallId(Uuid::from_u128(42));
    let silent = LegAccount { rings: false, ..phone_there(ours(call, 1), false, 1001) };
    let mark = mark_of(call, 700, 10_000, CallPhase::Waiting);
    let effects = centre.at(12_000, returns(vec![caller_there("c1", mark), silent], vec![]));
    assert!(effects.contains(&hang_up(call, ours(call, 1), HangupReason::Normal)), "{effects:?}");
    assert_eq!(centre.state_of(1001), AgentState::Ready);
    centre.ends(12_010, ours(call, 1), None);
    assert_eq!(centre.state_of(1001), AgentState::Reserved(call));
}

/// Asterisk's own restart ends every call: who waited did not hang up, and who talked was answered.
#[test]
fn callers_who_die_with_asterisk_are_lost_and_those_who_talked_were_answered() {
    let run = |started: &str| {
        let reachable = vec![endpoint(1001), endpoint(1002)];
        let account = Account { reachable, started: Some(started.to_owned()), ..Account::default() };
        Event::SwitchReturned { server: SERVER, account }
    };
    let mut centre = Centre::opened();
    centre.at(1_000, run("ten o'clock"));
    centre.asks(2_000, 1001, Ask::Ready);
    let talks = centre.calls(10_000, "c1", "700");
    centre.at(11_000, Event::LegAnswered { leg: ours(talks, 1) });
    let waits = centre.calls(12_000, "c2", "700");
    centre.at(13_000, Event::SwitchLost { server: SERVER });
    let effects = centre.at(15_000, run("eleven o'clock"));
    assert!(effects.contains(&ended(talks, Outcome::Answered, Side::Switch)), "{effects:?}");
    assert!(effects.contains(&ended(waits, Outcome::Lost, Side::Switch)), "{effects:?}");
    assert_eq!(centre.state.today().abandoned, 0);
    // A caller who is gone from the same Asterisk has hung up while nobody looked.
    let gone = centre.calls(20_000, "c3", "700");
    centre.at(21_000, Event::SwitchLost { server: SERVER });
    let effects = centre.at(22_000, run("eleven o'clock"));
    assert!(effects.contains(&ended(gone, Outcome::Abandoned, Side::Switch)), "{effects:?}");
}
