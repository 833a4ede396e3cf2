//! Callers who need not wait any longer: after how long, in which queue, and where they go.

use model::queue::{Capacity, Limit, WayOut};
use model::{AgentState, NotReadyReason, OfferEnd};

use super::*;
use crate::explain::explain;

pub(super) const OTHER: WayOut = WayOut::Queue(QueueId(Uuid::from_u128(701)));
const BACK: WayOut = WayOut::Queue(QueueId(Uuid::from_u128(700)));

fn after(seconds: i64, to: WayOut) -> Option<Limit> {
    Some(Limit { after: Span::from_secs(seconds), to })
}

/// Queues 700 and 701 with these rules, served as in [`settings`].
pub(super) fn ruled(of_700: Overflow, of_701: Overflow) -> Settings {
    let mut settings = settings();
    settings.queues[0].overflow = of_700;
    settings.queues[1].overflow = of_701;
    settings
}

pub(super) fn longest(seconds: i64, to: WayOut) -> Overflow {
    Overflow { max_wait: after(seconds, to), ..Overflow::default() }
}

pub(super) fn with(of_700: Overflow, ready: &[u128]) -> Centre {
    Centre::of(ruled(of_700, Overflow::default()), ready)
}

pub(super) fn moved(call: CallId, from: u128, to: u128, why: Leaving) -> Effect {
    Effect::Record(Fact::CallMoved { call, from: queue(from), to: queue(to), why })
}

pub(super) fn waited_in(call: CallId, number: u128, [began, ended]: [i64; 2]) -> Effect {
    let stretch = stretch(call, SegmentKind::Waiting, began, ended);
    Effect::Record(Fact::SegmentEnded(Segment { queue: queue(number), ..stretch }))
}

pub(super) fn queue_of(centre: &Centre, call: CallId) -> Option<u128> {
    centre.state.calls().get(&call).map(|call| call.queue.0.as_u128())
}

/// What `step` says of a caller who comes, without the choices.
pub(super) fn comes(centre: &mut Centre, ms: i64, leg: &str) -> (CallId, Vec<Effect>) {
    let effects = centre.at(ms, arrived(leg, "700"));
    let call = effects.iter().find_map(|effect| match effect {
        Effect::Record(Fact::CallEntered { call, .. }) => Some(*call),
        Effect::Record(_) | Effect::Switch(_) => None,
    });
    (call.expect("the caller entered"), effects)
}

#[test]
fn longest_wait_gives_the_caller_back_by_a_rule() {
    let mut centre = with(longest(5, WayOut::Dialplan), &[]);
    let call = centre.calls(10_000, "c1", "700");
    let waits = explain(&centre.state, call).and_then(|why| why.waits).expect("it waits");
    assert_eq!(waits.leaves_at, Some(Timestamp::from_ms(15_000)));
    let expected = vec![
        stamp(call, "c1", 10_000, Outcome::Returned),
        lift(call, "c1"),
        give_back(call, "c1"),
        waited(call, 10_000, 15_000),
        left(call, 700, Leaving::MaxWait),
        ended(call, Outcome::Returned, Side::Program),
    ];
    assert_eq!(centre.deadline(15_000), expected);
}

#[test]
fn longest_wait_leads_into_another_queue_with_time_and_priority_kept_and_its_music() {
    let mut settings = ruled(longest(5, OTHER), Overflow::default());
    settings.queues[1].music = "jazz".to_owned();
    let mut centre = Centre::of(settings, &[]);
    let event =
        Event::CallerArrived { leg: their("c1"), number: None, dialled: "700".to_owned(), priority: 7, came: None, told: None };
    centre.at(10_000, event);
    let call = *centre.state.calls().keys().next().expect("a call");
    let (leg, now) = (LegId::Theirs(their("c1")), Timestamp::from_ms(15_000));
    let entered = Timestamp::from_ms(10_000);
    let stamp = Stamp { call, queue: "701".to_owned(), outcome: Outcome::Abandoned, entered, agent: None, answered: None };
    let mark = Mark { call, queue: queue(701), entered, priority: 7, phase: CallPhase::Waiting, since: now, agent: None };
    let expected = vec![
        order(call, Op::Stamp { leg: their("c1"), stamp }),
        stop_music(call, "c1"),
        order(call, Op::StartMusic { leg: leg.clone(), class: "jazz".to_owned() }),
        order(call, Op::Mark { leg, mark }),
        waited(call, 10_000, 15_000),
        moved(call, 700, 701, Leaving::MaxWait),
    ];
    assert_eq!(centre.deadline(15_000), expected);
    let later = centre.calls(15_500, "c2", "701");
    centre.asks(16_000, 1001, Ask::Ready);
    assert_eq!(centre.state_of(1001), AgentState::Reserved(call), "before {later}, who came later");
}

#[test]
fn same_music_plays_on() {
    let mut centre = with(longest(5, OTHER), &[]);
    centre.calls(10_000, "c1", "700");
    let music = |effect: &Effect| match effect {
        Effect::Switch(order) => matches!(order.op, Op::StartMusic { .. } | Op::StopMusic { .. }),
        Effect::Record(_) => false,
    };
    assert!(!centre.deadline(15_000).iter().any(music));
}

#[test]
fn who_comes_into_another_queue_is_rung_for_at_once() {
    let mut centre = with(longest(5, OTHER), &[]);
    let mut changed = ruled(longest(5, OTHER), Overflow::default());
    changed.agents[1].queues = vec![queue(701)];
    centre.at(500, Event::SettingsChanged(changed));
    centre.asks(1_000, 1002, Ask::Ready);
    let call = centre.calls(10_000, "c1", "700");
    centre.deadline(15_000);
    assert_eq!(centre.state_of(1002), AgentState::Reserved(call));
    let effects = centre.at(16_000, Event::LegAnswered { leg: ours(call, 1) });
    let answered = Fact::CallAnswered { call, agent: agent(1002), waited: Span::from_secs(6) };
    assert!(effects.contains(&Effect::Record(answered)));
    assert_eq!(centre.state.queues()[&queue(701)].today.answered, 1, "where it was answered");
}

#[test]
fn who_abandons_counts_where_they_were() {
    let mut centre = with(longest(5, OTHER), &[]);
    centre.calls(10_000, "c1", "700");
    centre.deadline(15_000);
    centre.ends(16_000, "c1", None);
    let abandoned = |number| centre.state.queues()[&queue(number)].today.abandoned;
    assert_eq!((abandoned(700), abandoned(701)), (0, 1));
}

#[test]
fn agent_who_is_rung_when_the_time_is_over_rings_on_and_may_answer() {
    let mut centre = with(longest(5, WayOut::Dialplan), &[1001]);
    let call = centre.calls(10_000, "c1", "700");
    centre.at(10_200, Event::LegRang { leg: ours(call, 1) });
    assert_eq!(centre.at(15_000, Event::DeadlinePassed), vec![]);
    let effects = centre.at(16_000, Event::LegAnswered { leg: ours(call, 1) });
    assert!(effects.contains(&offer_ended(call, 1, 1001, OfferEnd::Accepted)));
}

#[test]
fn caller_whose_time_is_over_leaves_when_the_offer_fails_though_others_are_idle() {
    let mut centre = with(longest(5, WayOut::Dialplan), &[1001]);
    let call = centre.calls(10_000, "c1", "700");
    centre.at(10_200, Event::LegRang { leg: ours(call, 1) });
    centre.asks(11_000, 1002, Ask::Ready);
    let expected = vec![
        stamp(call, "c1", 10_000, Outcome::Returned),
        lift(call, "c1"),
        give_back(call, "c1"),
        destroy_bridge(call, 1),
        offer_ended(call, 1, 1001, OfferEnd::Refused),
        ringing(call, 1, 1001, [10_000, 16_000], OfferEnd::Refused),
        waited(call, 10_000, 16_000),
        left(call, 700, Leaving::MaxWait),
        ended(call, Outcome::Returned, Side::Program),
        becomes(1001, AgentState::NotReady(NotReadyReason::Refused)),
    ];
    assert_eq!(centre.ends(16_000, ours(call, 1), Some(603)), expected);
}

#[test]
fn offer_that_fails_before_the_time_is_over_leaves_the_limit_as_it_was() {
    let mut centre = with(longest(5, WayOut::Dialplan), &[1001]);
    let call = centre.calls(10_000, "c1", "700");
    centre.ends(12_000, ours(call, 1), Some(603));
    assert!(centre.deadline(15_000).contains(&left(call, 700, Leaving::MaxWait)));
}

#[test]
fn no_chain_of_queues_goes_round() {
    let mut centre = Centre::of(ruled(longest(5, OTHER), longest(3, BACK)), &[]);
    let call = centre.calls(10_000, "c1", "700");
    assert!(centre.deadline(15_000).contains(&moved(call, 700, 701, Leaving::MaxWait)));
    let effects = centre.deadline(18_000);
    assert!(effects.contains(&left(call, 701, Leaving::MaxWait)));
    assert!(effects.contains(&give_back(call, "c1")), "it has left 700 already");
}

#[test]
fn time_that_is_over_while_the_way_is_lost_ends_when_it_is_back() {
    let mut centre = with(longest(5, WayOut::Dialplan), &[]);
    let call = centre.calls(10_000, "c1", "700");
    centre.at(12_000, Event::SwitchLost { server: SERVER });
    assert_eq!(centre.at(15_000, Event::DeadlinePassed), vec![]);
    assert_eq!(centre.at(16_500, Event::DeadlinePassed), vec![]);
    let leg = crate::event::LegAccount {
        leg: LegId::Theirs(their("c1")),
        up: true,
        rings: false,
        mark: Some(mark_of(call, 700, 10_000, CallPhase::Waiting)),
        number: None,
        dialled: "700".to_owned(),
        priority: 0,
        came: None,
        endpoint: None,
    };
    let account = Account { legs: vec![leg], ..Account::default() };
    centre.at(17_000, Event::SwitchReturned { server: SERVER, account });
    assert!(centre.at(17_500, Event::DeadlinePassed).contains(&left(call, 700, Leaving::MaxWait)));
}

#[test]
fn of_two_things_due_at_one_instant_the_agent_comes_before_the_leaving() {
    let mut centre = with(longest(5, WayOut::Dialplan), &[1002]);
    let call = centre.calls(1_500, "c1", "700");
    centre.at(2_000, Event::LegAnswered { leg: ours(call, 1) });
    centre.ends(5_000, "c1", None);
    centre.ends(5_000, ours(call, 1), None);
    // Wraps up until 10 s; the next caller's time is over at 10 s too.
    let next = centre.calls(5_000, "c2", "700");
    let effects = centre.deadline(10_000);
    assert_eq!(centre.state_of(1002), AgentState::Reserved(next));
    assert!(!effects.contains(&left(next, 700, Leaving::MaxWait)));
}

#[test]
fn longest_wait_that_is_changed_counts_for_whoever_waits() {
    let mut centre = with(longest(60, WayOut::Dialplan), &[]);
    let call = centre.calls(10_000, "c1", "700");
    centre.at(11_000, Event::SettingsChanged(ruled(longest(3, WayOut::Dialplan), Overflow::default())));
    assert!(centre.deadline(13_000).contains(&left(call, 700, Leaving::MaxWait)));
    let next = centre.calls(14_000, "c2", "700");
    centre.at(15_000, Event::SettingsChanged(settings()));
    let leave = |call| centre.state.calls()[&call].waiting().and_then(|waiting| waiting.leave);
    assert_eq!(leave(next), None);
}

#[test]
fn full_queue_takes_nobody_and_whoever_is_being_rung_counts() {
    let rules = Overflow { full: Some(Capacity { waiting: 2, to: OTHER }), ..Overflow::default() };
    let mut centre = with(rules, &[1002]);
    let calls: Vec<CallId> = (0..3).map(|n| comes(&mut centre, 10_000 + n, &format!("c{n}")).0).collect();
    let queues: Vec<Option<u128>> = calls.iter().map(|call| queue_of(&centre, *call)).collect();
    assert_eq!(queues, [Some(700), Some(700), Some(701)]);
    centre.at(11_000, Event::LegAnswered { leg: ours(calls[0], 1) });
    let (call, _) = comes(&mut centre, 12_000, "c4");
    assert_eq!(queue_of(&centre, call), Some(700), "who talks does not");
}

#[test]
fn caller_is_passed_on_until_a_queue_takes_them_and_each_says_why_it_does_not() {
    let of_700 = Overflow { full: Some(Capacity { waiting: 1, to: OTHER }), ..Overflow::default() };
    let of_701 = Overflow { nobody_ready_joining: Some(BACK), ..Overflow::default() };
    let mut centre = Centre::of(ruled(of_700, of_701), &[]);
    centre.calls(9_000, "c0", "700");
    let (call, effects) = comes(&mut centre, 10_000, "c1");
    let facts: Vec<&Effect> = effects.iter().filter(|effect| matches!(effect, Effect::Record(_))).collect();
    let expected = [
        entered(call, "c1", 10_000),
        waited(call, 10_000, 10_000),
        moved(call, 700, 701, Leaving::Full),
        waited_in(call, 701, [10_000, 10_000]),
        left(call, 701, Leaving::NobodyReady),
        ended(call, Outcome::Returned, Side::Program),
    ];
    assert_eq!(facts, expected.iter().collect::<Vec<_>>());
}

#[test]
fn queue_that_does_not_take_whoever_waited_too_long_elsewhere_passes_them_on_too() {
    let of_701 = Overflow { nobody_logged_in_joining: Some(BACK), ..Overflow::default() };
    let mut centre = Centre::of(ruled(longest(5, OTHER), of_701), &[]);
    let call = centre.calls(10_000, "c1", "700");
    let effects = centre.deadline(15_000);
    let facts: Vec<&Effect> = effects.iter().filter(|effect| matches!(effect, Effect::Record(_))).collect();
    let expected = [
        waited(call, 10_000, 15_000),
        moved(call, 700, 701, Leaving::MaxWait),
        waited_in(call, 701, [15_000, 15_000]),
        left(call, 701, Leaving::NobodyLoggedIn),
        ended(call, Outcome::Returned, Side::Program),
    ];
    assert_eq!(facts, expected.iter().collect::<Vec<_>>());
    assert!(effects.contains(&give_back(call, "c1")));
}

#[test]
fn call_that_comes_back_from_a_conversation_that_never_was_keeps_its_limit() {
    let mut centre = with(longest(5, WayOut::Dialplan), &[1002]);
    let call = centre.calls(10_000, "c1", "700");
    centre.at(12_000, Event::LegAnswered { leg: ours(call, 1) });
    let order = Op::Join { bridge: bridge(call, 1), legs: vec![] };
    let why = crate::event::OrderFailure::Refused { status: 500, text: String::new() };
    centre.at(13_000, Event::OrderFailed { order, why });
    assert!(centre.deadline(15_000).contains(&left(call, 700, Leaving::MaxWait)));
}

#[test]
fn bridge_that_was_made_ready_in_one_queue_serves_in_the_next() {
    let mut centre = with(longest(5, OTHER), &[1002]);
    let call = centre.calls(10_000, "c1", "700");
    centre.at(10_200, Event::LegRang { leg: ours(call, 1) });
    centre.ends(11_000, ours(call, 1), Some(603));
    assert!(centre.deadline(15_000).contains(&moved(call, 700, 701, Leaving::MaxWait)));
    centre.asks(16_000, 1001, Ask::Ready);
    let effects = centre.at(17_000, Event::LegAnswered { leg: ours(call, 2) });
    assert!(effects.contains(&join(call, 1, "c1", ours(call, 2))));
    assert!(!effects.contains(&create_bridge(call, 1)));
}
