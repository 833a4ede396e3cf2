//! Who gets whom.

use model::AgentState;

use super::*;

#[test]
fn agent_of_two_queues_takes_the_caller_who_entered_first() {
    let mut centre = Centre::opened();
    let first = centre.calls(10_000, "c1", "701");
    let second = centre.calls(11_000, "c2", "700");
    centre.calls(12_000, "c3", "701");
    centre.asks(20_000, 1001, Ask::Ready);
    assert_eq!(centre.state_of(1001), AgentState::Reserved(first));
    centre.asks(21_000, 1002, Ask::Ready);
    assert_eq!(centre.state_of(1002), AgentState::Reserved(second));
}

#[test]
fn idleness_is_counted_over_all_queues() {
    let mut centre = Centre::staffed();
    let call = centre.calls(10_000, "c1", "701");
    centre.at(11_000, Event::LegAnswered { leg: ours(call, 1) });
    centre.ends(12_000, ours(call, 1), None);
    assert_eq!(centre.state_of(1001), AgentState::Ready);
    let next = centre.calls(13_000, "c2", "700");
    assert_eq!(centre.state_of(1002), AgentState::Reserved(next), "1001 has just served the other queue");
}

#[test]
fn callers_of_one_millisecond_are_served_in_the_order_of_arrival() {
    let mut centre = Centre::opened();
    let calls: Vec<_> = (0..20).map(|n| centre.calls(10_000, &format!("c{n}"), "700")).collect();
    let mut served = Vec::new();
    for call in &calls {
        centre.asks(20_000, 1002, Ask::Ready);
        if centre.state_of(1002) == AgentState::Reserved(*call) {
            served.push(*call);
        }
        let leg = LegId::Theirs(centre.state.calls().get(call).expect("a call").leg.clone());
        centre.at(20_000, Event::LegEnded { leg, cause: Cause::default() });
        centre.ends(20_000, ours(*call, 1), None);
    }
    assert_eq!(served, calls);
}

/// Matching looks at the front of an index: with a hundred times as many callers, a step may not cost much more. The best of
/// many rounds counts, and the bound is wide: a scan would be a hundred times as slow.
#[test]
fn step_costs_about_the_same_with_ten_thousand_waiting() {
    let cost = |waiting: usize| {
        let mut state = Centre::opened().state;
        for n in 0..waiting {
            step(&mut state, Timestamp::from_ms(10_000), arrived(&format!("c{n}"), "700"));
        }
        state.take_changes();
        let rounds = (0..200).map(|n| {
            let began = clock();
            step(&mut state, Timestamp::from_ms(20_000), arrived(&format!("x{n}"), "700"));
            let leg = LegId::Theirs(their(&format!("x{n}")));
            step(&mut state, Timestamp::from_ms(20_001), Event::LegEnded { leg, cause: Cause::default() });
            state.take_changes();
            began.elapsed()
        });
        rounds.min().unwrap_or_default()
    };
    let (few, many) = (cost(100), cost(10_000));
    assert!(many < few * 10, "100 waiting: {few:?}, 10,000 waiting: {many:?}");
}

#[expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "the test times the core, the core does not")]
pub(super) fn clock() -> std::time::Instant {
    std::time::Instant::now()
}
