//! An offer: it rings, it is answered, it fails.

use model::fact::Ignored;
use model::{AgentState, NotReadyReason, OfferEnd, Outcome};

use super::*;

#[test]
fn phone_that_rings_has_its_bridge_made_ready() {
    let mut centre = Centre::staffed();
    let call = centre.calls(10_000, "c1", "700");
    let expected = vec![create_bridge(call, 1), rang(call, 1, 1001), becomes(1001, AgentState::Ringing(call))];
    assert_eq!(centre.at(10_200, Event::LegRang { leg: ours(call, 1) }), expected);
    let twice = centre.at(10_201, Event::LegRang { leg: ours(call, 1) });
    assert_eq!(twice, vec![ignored("leg_rang", Ignored::AlreadySo)]);
}

#[test]
fn answer_is_stamped_ahead_then_the_music_stops_and_the_two_are_joined() {
    let (mut centre, call) = Centre::ringing();
    let expected = vec![
        stamp_answered(call, "c1", 10_000, "1001", 13_000),
        stop_music(call, "c1"),
        join(call, 1, "c1", ours(call, 1)),
        lift(call, "c1"),
        talking_mark(call, "c1", [10_000, 13_000], 1001),
        offer_ended(call, 1, 1001, OfferEnd::Accepted),
        ringing(call, 1, 1001, [10_000, 13_000], OfferEnd::Accepted),
        waited(call, 10_000, 13_000),
        Effect::Record(Fact::CallAnswered { call, agent: agent(1001), waited: Span::from_secs(3) }),
        becomes(1001, AgentState::Talking(call)),
    ];
    assert_eq!(centre.at(13_000, Event::LegAnswered { leg: ours(call, 1) }), expected);
    let twice = centre.at(13_001, Event::LegAnswered { leg: ours(call, 1) });
    assert_eq!(twice, vec![ignored("leg_answered", Ignored::AlreadySo)]);
    let late = centre.at(13_002, Event::LegRang { leg: ours(call, 1) });
    assert_eq!(late, vec![ignored("leg_rang", Ignored::TooLate)]);
}

#[test]
fn phone_that_answers_without_ringing_gets_its_bridge_first() {
    let mut centre = Centre::staffed();
    let call = centre.calls(10_000, "c1", "700");
    let effects = centre.at(10_100, Event::LegAnswered { leg: ours(call, 1) });
    let answered = stamp_answered(call, "c1", 10_000, "1001", 10_100);
    let expected = [create_bridge(call, 1), answered, stop_music(call, "c1"), join(call, 1, "c1", ours(call, 1))];
    assert_eq!(effects.get(..4), Some(expected.as_slice()));
}

#[test]
fn unanswered_offer_goes_to_the_next_agent_and_the_caller_hears_nothing_of_it() {
    let mut centre = Centre::staffed();
    let call = centre.calls(10_000, "c1", "700");
    centre.at(10_200, Event::LegRang { leg: ours(call, 1) });
    let expected = vec![
        hang_up(call, ours(call, 1), HangupReason::NoAnswer),
        dial(call, "c1", 10_000, 2, 1002),
        offer_ended(call, 1, 1001, OfferEnd::NotAnswered),
        ringing(call, 1, 1001, [10_000, 25_200], OfferEnd::NotAnswered),
        becomes(1002, AgentState::Reserved(call)),
        offered(call, 2, 1002),
        becomes(1001, AgentState::NotReady(NotReadyReason::NoAnswer)),
    ];
    assert_eq!(centre.deadline(25_200), expected);
    assert_eq!(centre.ends(25_210, ours(call, 1), Some(487)), vec![]);
}

#[test]
fn unanswered_call_keeps_its_time_and_is_served_before_everybody() {
    let mut centre = Centre::opened();
    centre.asks(1_000, 1001, Ask::Ready);
    let early = centre.calls(10_000, "c1", "700");
    let unlucky = {
        centre.ends(11_000, ours(early, 1), Some(603));
        early
    };
    let later = centre.calls(12_000, "c2", "700");
    assert_ne!(unlucky, later);
    let expected = vec![
        dial(early, "c1", 10_000, 2, 1002),
        chooses(1002, AgentState::Ready),
        becomes(1002, AgentState::Reserved(early)),
        offered(early, 2, 1002),
    ];
    assert_eq!(centre.asks(13_000, 1002, Ask::Ready), expected);
}

#[test]
fn phone_that_does_not_ring_within_four_seconds_is_unreachable() {
    let mut centre = Centre::opened();
    centre.asks(1_000, 1001, Ask::Ready);
    let call = centre.calls(10_000, "c1", "700");
    let expected = vec![
        hang_up(call, ours(call, 1), HangupReason::Normal),
        offer_ended(call, 1, 1001, OfferEnd::Unreachable),
        ringing(call, 1, 1001, [10_000, 14_000], OfferEnd::Unreachable),
        // The phone is said to be reachable: nobody would report it as coming back.
        becomes(1001, AgentState::NotReady(NotReadyReason::NoAnswer)),
    ];
    assert_eq!(centre.deadline(14_000), expected);
}

#[test]
fn phone_that_vanished_while_it_was_dialled_makes_its_agent_unreachable_until_it_is_back() {
    let mut centre = Centre::opened();
    centre.asks(1_000, 1001, Ask::Ready);
    let call = centre.calls(10_000, "c1", "700");
    centre.at(11_000, Event::EndpointChanged { endpoint: endpoint(1001), reachable: false, in_use: false });
    assert_eq!(centre.state_of(1001), AgentState::Reserved(call));
    centre.deadline(14_000);
    assert_eq!(centre.state_of(1001), AgentState::Unreachable);
    centre.ends(14_010, ours(call, 1), None);
    let back = centre.at(20_000, Event::EndpointChanged { endpoint: endpoint(1001), reachable: true, in_use: false });
    let reported = Fact::EndpointChanged { endpoint: endpoint(1001), reachable: true, in_use: false };
    let expected = vec![
        dial(call, "c1", 10_000, 2, 1001),
        Effect::Record(reported),
        becomes(1001, AgentState::Ready),
        becomes(1001, AgentState::Reserved(call)),
        offered(call, 2, 1001),
    ];
    assert_eq!(back, expected);
}

/// SIP status and Q.850 cause of the phone's answer, whether it rang, and what it comes to: the failure table of ari.md.
#[test]
fn phones_answers_are_told_apart() {
    const NO_ANSWER: AgentState = AgentState::NotReady(NotReadyReason::NoAnswer);
    const REFUSED: AgentState = AgentState::NotReady(NotReadyReason::Refused);
    let failed = |status| AgentState::NotReady(NotReadyReason::PhoneFailed(status));
    let table = [
        (true, Some(486), 17, OfferEnd::Busy, AgentState::Ready),
        (false, Some(486), 17, OfferEnd::Busy, AgentState::Ready),
        (false, Some(600), 17, OfferEnd::Busy, AgentState::Ready),
        (true, Some(603), 21, OfferEnd::Refused, REFUSED),
        (true, Some(480), 19, OfferEnd::NotAnswered, NO_ANSWER),
        (false, Some(480), 19, OfferEnd::PhoneFailed, failed(480)),
        (false, Some(404), 1, OfferEnd::PhoneFailed, failed(404)),
        (false, Some(488), 58, OfferEnd::PhoneFailed, failed(488)),
        (true, Some(500), 41, OfferEnd::PhoneFailed, failed(500)),
        (true, Some(503), 34, OfferEnd::PhoneFailed, failed(503)),
        (false, Some(302), 19, OfferEnd::Forwarded, AgentState::NotReady(NotReadyReason::Forwarded)),
        (false, Some(408), 18, OfferEnd::Unreachable, NO_ANSWER),
        (true, Some(408), 18, OfferEnd::NotAnswered, NO_ANSWER),
        (true, None, 17, OfferEnd::Busy, AgentState::Ready),
        (true, None, 21, OfferEnd::Refused, REFUSED),
        (true, None, 0, OfferEnd::NotAnswered, NO_ANSWER),
        (false, None, 0, OfferEnd::Unreachable, NO_ANSWER),
        (false, None, 27, OfferEnd::Unreachable, NO_ANSWER),
    ];
    for (rings, sip, q850, end, state) in table {
        let mut centre = Centre::opened();
        centre.asks(1_000, 1001, Ask::Ready);
        let call = centre.calls(10_000, "c1", "700");
        if rings {
            centre.at(10_200, Event::LegRang { leg: ours(call, 1) });
        }
        let expected = vec![offer_ended(call, 1, 1001, end), ringing(call, 1, 1001, [10_000, 11_000], end), becomes(1001, state)];
        let cause = Cause { q850, sip };
        let effects = centre.at(11_000, Event::LegEnded { leg: LegId::Ours(ours(call, 1)), cause });
        assert_eq!(effects, expected, "rings {rings}, SIP {sip:?}, Q.850 {q850}");
    }
}

#[test]
fn bridge_that_was_made_ready_serves_the_next_offer_too() {
    let (mut centre, call) = Centre::ringing();
    centre.ends(12_000, ours(call, 1), Some(603));
    centre.asks(12_500, 1002, Ask::Ready);
    let rings = centre.at(12_700, Event::LegRang { leg: ours(call, 2) });
    assert_eq!(rings, vec![rang(call, 2, 1002), becomes(1002, AgentState::Ringing(call))]);
    let effects = centre.at(13_000, Event::LegAnswered { leg: ours(call, 2) });
    assert_eq!(effects.get(2), Some(&join(call, 1, "c1", ours(call, 2))));
}

#[test]
fn nothing_is_due_before_its_time() {
    let (mut centre, _) = Centre::ringing();
    assert_eq!(centre.at(20_000, Event::DeadlinePassed), vec![]);
}

#[test]
fn leg_that_rings_for_nobody_is_hung_up() {
    let mut centre = Centre::opened();
    let stranger = ours(CallId(Uuid::from_u128(9)), 1);
    let expected = vec![hang_up(stranger.call, stranger, HangupReason::Normal), ignored("leg_rang", Ignored::UnknownLeg)];
    assert_eq!(centre.at(1_000, Event::LegRang { leg: stranger }), expected);
}

#[test]
fn stamp_says_abandoned_until_the_answer() {
    let (centre, call) = Centre::ringing();
    assert!(centre.state.calls().contains_key(&call));
    let (mut centre, call) = Centre::talking();
    let effects = centre.ends(20_000, "c1", None);
    assert!(effects.contains(&ended(call, Outcome::Answered, Side::Caller)));
}
