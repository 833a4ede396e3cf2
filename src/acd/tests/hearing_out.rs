//! Nobody's ring time is over before Asterisk has been heard out.

use model::{AgentState, CallPhase, NotReadyReason, OfferEnd};

use super::*;
use crate::event::OrderFailure;

impl Centre {
    /// What is due is done. Asterisk, asked for anything that it has to say yet, has nothing.
    pub(super) fn due(&mut self, ms: i64) -> Vec<Effect> {
        let mut effects = self.at(ms, Event::DeadlinePassed);
        let mut asked = Vec::new();
        effects.retain(|effect| match effect {
            Effect::Switch(Order { op: Op::HearOut { leg }, .. }) => {
                asked.push(*leg);
                false
            }
            Effect::Switch(_) | Effect::Record(_) => true,
        });
        for leg in asked {
            effects.extend(self.at(ms, Event::HeardOut { leg }));
        }
        effects
    }
}

/// Whether Asterisk is to be heard out, and nothing is done as yet about the leg that rings. (Guards may be renewed.)
fn only_asked(call: CallId, effects: &[Effect]) -> bool {
    let ask = order(call, Op::HearOut { leg: ours(call, 1) });
    let guards = |effect: &Effect| matches!(effect, Effect::Switch(Order { op: Op::Guard { .. }, .. }));
    effects.contains(&ask) && effects.iter().all(|effect| *effect == ask || guards(effect))
}

#[test]
fn answer_that_is_heard_before_asterisk_was_heard_out_holds() {
    let (mut centre, call) = Centre::ringing();
    let effects = centre.at(25_200, Event::DeadlinePassed);
    assert!(only_asked(call, &effects), "{effects:?}");
    assert_eq!(centre.state_of(1001), AgentState::Ringing(call));
    centre.at(28_000, Event::LegAnswered { leg: ours(call, 1) });
    assert_eq!(centre.state_of(1001), AgentState::Talking(call));
    let late = centre.at(28_001, Event::HeardOut { leg: ours(call, 1) });
    assert_eq!(late, vec![ignored("heard_out", Ignored::TooLate)]);
    assert_eq!(centre.state_of(1001), AgentState::Talking(call));
}

#[test]
fn asterisk_is_asked_again_until_it_has_been_heard_out() {
    let (mut centre, call) = Centre::ringing();
    for ms in [25_200, 26_200, 27_200] {
        let effects = centre.at(ms, Event::DeadlinePassed);
        assert!(only_asked(call, &effects), "at {ms}: {effects:?}");
    }
    let why = OrderFailure::Unknown;
    centre.at(27_300, Event::OrderFailed { order: Op::HearOut { leg: ours(call, 1) }, why });
    assert_eq!(centre.state_of(1001), AgentState::Ringing(call));
    let effects = centre.at(27_400, Event::HeardOut { leg: ours(call, 1) });
    assert!(effects.contains(&hang_up(call, ours(call, 1), HangupReason::NoAnswer)), "{effects:?}");
    assert_eq!(centre.state_of(1001), AgentState::NotReady(NotReadyReason::NoAnswer));
}

/// A phone whose 180 lay behind the silence rings for its whole time from there.
#[test]
fn phone_that_is_heard_to_ring_meanwhile_rings_on() {
    let mut centre = Centre::opened();
    centre.asks(1_000, 1001, Ask::Ready);
    let call = centre.calls(10_000, "c1", "700");
    let effects = centre.at(14_000, Event::DeadlinePassed);
    assert!(only_asked(call, &effects), "{effects:?}");
    centre.at(14_500, Event::LegRang { leg: ours(call, 1) });
    let late = centre.at(14_501, Event::HeardOut { leg: ours(call, 1) });
    assert_eq!(late, vec![ignored("heard_out", Ignored::TooLate)]);
    let effects = centre.deadline(29_500);
    assert!(effects.contains(&offer_ended(call, 1, 1001, OfferEnd::NotAnswered)), "{effects:?}");
}

/// The account tells as much as the way that was to be heard out.
#[test]
fn account_takes_the_place_of_the_word_that_was_awaited() {
    let (mut centre, call) = Centre::ringing();
    centre.at(25_200, Event::DeadlinePassed);
    centre.at(26_000, Event::SwitchLost { server: SERVER });
    assert_eq!(centre.at(26_200, Event::DeadlinePassed), vec![], "nobody can be asked");
    let mark = mark_of(call, 700, 10_000, CallPhase::Waiting);
    let bridges = vec![BridgeAccount { bridge: bridge(call, 1), legs: vec![] }];
    let legs = vec![caller_there("c1", Some(mark)), phone_there(ours(call, 1), true, 1001)];
    let effects = centre.at(27_000, returns(legs, bridges));
    assert!(effects.contains(&join(call, 1, "c1", ours(call, 1))), "{effects:?}");
    assert_eq!(centre.state_of(1001), AgentState::Talking(call));
}
