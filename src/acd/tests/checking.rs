//! What looks through the state after every step of every test is itself looked at: each thing that can be unsound is made so.

use model::fact::FallbackCall;
use model::queue::WayOut;
use model::{AgentState, CallPhase};

use super::*;
use crate::agent::{Line, Wish};
use crate::call::{Call, DECISIONS, Leave, Stretch};
use crate::phone::Besides;
use crate::state::{Over, Way};

/// What is said of a state that was broken in this way.
fn found(mut centre: Centre, breaks: impl FnOnce(&mut State)) -> Vec<String> {
    assert_eq!(check(&centre.state), Vec::<String>::new());
    breaks(&mut centre.state);
    check(&centre.state)
}

#[track_caller]
fn says(centre: Centre, sentence: &str, breaks: impl FnOnce(&mut State)) {
    let found = found(centre, breaks);
    assert!(found.iter().any(|said| said.contains(sentence)), "{found:?}");
}

fn queue_700() -> QueueId {
    queue(700)
}

#[test]
fn agent_who_is_bound_to_nothing_and_should_be_or_the_other_way_round() {
    let other = CallId(Uuid::from_u128(9));
    let (one, two) = (agent(1001), agent(1002));
    says(Centre::ringing().0, "is bound to a call that does not know them", |state| {
        state.with_agent(two, |agent| agent.state = AgentState::Talking(other));
    });
    says(Centre::ringing().0, "is bound to a call without a leg of it", |state| {
        state.with_agent(one, |agent| agent.line = Line::Free);
    });
    says(Centre::ringing().0, "has a leg in use and no call", |state| {
        state.with_agent(one, |agent| agent.state = AgentState::Ready);
    });
    says(Centre::staffed(), "waits for the end of no call", |state| {
        state.with_agent(one, |agent| agent.then = Some(Wish { state: AgentState::LoggedOut, by: Actor::Program }));
    });
    says(Centre::staffed(), "left the settings and is still there", |state| {
        state.with_agent(one, |agent| agent.leaving = true);
    });
    says(Centre::staffed(), "is ready at a phone that cannot be reached", |state| {
        state.with_agent(one, |agent| agent.reachable = false);
    });
    says(Centre::staffed(), "is unreachable at a phone that can be reached", |state| {
        state.with_agent(one, |agent| agent.state = AgentState::Unreachable);
    });
    says(Centre::staffed(), "wraps up a call of no queue", |state| {
        let until = Timestamp::from_ms(99_000);
        state.with_agent(one, |agent| agent.state = AgentState::WrapUp { call: other, until });
    });
}

#[test]
fn phone_that_is_said_to_carry_what_it_does_not() {
    let one = agent(1001);
    says(Centre::staffed(), "has another call on a phone that is free", |state| {
        state.with_agent(one, |agent| agent.besides = Besides::Private { fallback: false });
    });
    says(Centre::staffed(), "has a phone that lingers and is free", |state| {
        let until = Timestamp::from_ms(99_000);
        state.with_agent(one, |agent| agent.besides = Besides::Lingering { until });
    });
    says(Centre::staffed(), "has a phone in use that counts as free", |state| {
        state.with_agent(one, |agent| agent.in_use = true);
    });
    says(Centre::staffed(), "has a private call of Asterisk's own queue that is none", |state| {
        state.with_agent(one, |agent| (agent.in_use, agent.besides) = (true, Besides::Private { fallback: true }));
    });
    says(Centre::staffed(), "is not ready for a silence of which nothing is known", |state| {
        state.with_agent(one, |agent| agent.silent = true);
    });
}

#[test]
fn offer_that_agent_and_call_do_not_agree_on() {
    let one = agent(1001);
    let (centre, call) = Centre::ringing();
    let offer = centre.state.calls()[&call].waiting().expect("it waits").offers[0].clone();
    let offered = |sentence: &str, change: fn(&mut crate::call::Offer)| {
        let (centre, call) = Centre::ringing();
        says(centre, sentence, |state| {
            state.with_call(call, |call| call.waiting_mut().map(|waiting| change(&mut waiting.offers[0])));
        });
    };
    offered("an offer of call", |offer| offer.n = 7);
    offered("an offer of call", |offer| offer.leg.call = CallId(Uuid::from_u128(9)));
    offered("who is not there", |offer| offer.agent = agent(1999));
    offered("whose line does not have its leg", |offer| offer.leg.n += 1);
    says(Centre::ringing().0, "is offered to agent", |state| {
        state.with_agent(one, |agent| agent.state = AgentState::Reserved(call));
    });
    says(centre, "is offered to more agents than its queue rings at once", |state| {
        state.with_call(call, |call| call.waiting_mut().map(|waiting| waiting.offers.push(offer)));
    });
}

#[test]
fn conversation_that_agent_and_call_do_not_agree_on() {
    let one = agent(1001);
    let talks = |sentence: &str, change: fn(&mut crate::call::Talk)| {
        let (centre, call) = Centre::talking();
        says(centre, sentence, |state| {
            state.with_call(call, |call| call.talk_mut().map(change));
        });
    };
    talks("who is not there", |talk| talk.agent = agent(1999));
    talks("whose line does not have its leg", |talk| talk.leg.n += 1);
    talks("who is talking", |talk| talk.stretch = Stretch::Hold);
    talks("has a bridge of another call", |talk| talk.bridge.call = CallId(Uuid::from_u128(9)));
    let (centre, call) = Centre::talking();
    let other = ours(CallId(Uuid::from_u128(9)), 1);
    says(centre, "whose line does not have its leg", |state| {
        state.with_call(call, |call| call.talk_mut().map(|talk| talk.leg = other));
        state.with_agent(one, |agent| agent.line = Line::Used(other));
    });
}

#[test]
fn call_that_is_where_no_call_can_be() {
    let waits = || {
        let mut centre = Centre::opened();
        let call = centre.calls(1_000, "c1", "700");
        (centre, call)
    };
    let (centre, call) = waits();
    says(centre, "is in a queue that is not there", |state| {
        state.with_call(call, |call| call.queue = queue(799));
    });
    let (centre, call) = waits();
    says(centre, "came back to a queue that it had left", |state| {
        state.with_call(call, |call| call.left.push(queue_700()));
    });
    let (mut centre, call) = waits();
    centre.asks(2_000, 1001, Ask::Ready);
    says(centre, "remembers every choice", |state| {
        state.with_call(call, |call| call.decisions = vec![call.decisions[0].clone(); DECISIONS + 1]);
    });
    let (centre, _) = waits();
    says(centre, "waits in a queue that left the settings", |state| {
        state.with_queue(queue_700(), |queue| queue.retired = true);
    });
    let mut hurried = settings();
    let after = Span::from_secs(60);
    hurried.queues[0].overflow.max_wait = Some(model::queue::Limit { after, to: WayOut::Dialplan });
    let mut centre = Centre::of(hurried, &[]);
    let call = centre.calls(1_000, "c1", "700");
    let leave = |state: &State| state.calls()[&call].waiting().and_then(|waiting| waiting.leave);
    assert!(matches!(leave(&centre.state), Some(Leave { to: WayOut::Dialplan, .. })));
    says(centre, "waits longer than its queue has it", |state| {
        state.with_call(call, |call| call.waiting_mut().map(|waiting| waiting.leave = None));
    });
}

#[test]
fn two_who_share_what_only_one_can_have() {
    let (mut centre, call) = Centre::ringing();
    centre.calls(10_300, "c2", "700");
    says(centre, "two calls share a caller's leg", |state| {
        let there = state.remove_call(call).expect("it was made");
        state.add_call(Call { leg: their("c2"), ..there });
    });
    let (centre, call) = Centre::ringing();
    says(centre, "two agents share a leg", |state| {
        let line = Line::Clearing { leg: ours(call, 1), until: Timestamp::from_ms(99_000) };
        state.with_agent(agent(1002), |agent| agent.line = line);
    });
    let (centre, _) = Centre::ringing();
    says(centre, "is on its way out and in a call", |state| state.part(their("c1"), Way::HangUp));
}

#[test]
fn settings_that_the_state_does_not_follow() {
    says(Centre::staffed(), "is not as the settings have it", |state| {
        state.with_queue(queue_700(), |queue| queue.card.music = "other".to_owned());
    });
    says(Centre::staffed(), "left the settings and has no conversation left", |state| {
        state.with_queue(queue_700(), |queue| queue.retired = true);
    });
    says(Centre::staffed(), "is not as the settings have them", |state| {
        state.with_agent(agent(1001), |agent| agent.card.ready_on_register = !agent.card.ready_on_register);
    });
    says(Centre::staffed(), "an agent stays whom the settings do not know", |state| state.remove_agent(agent(1001)));
    says(Centre::staffed(), "nobody looked whether queue", |state| {
        state.with_queue(queue_700(), |queue| queue.presence.ready = !queue.presence.ready);
    });
}

#[test]
fn caller_who_waits_beside_an_idle_agent() {
    let mut centre = Centre::opened();
    centre.calls(1_000, "c1", "700");
    says(centre, "a caller waits while an agent is idle", |state| {
        state.with_agent(agent(1001), |agent| agent.state = AgentState::Ready);
    });
}

#[test]
fn phones_that_are_to_be_watched_where_nobody_hears_of_them() {
    let mut centre = Centre::opened();
    centre.at(1_000, Event::SwitchLost { server: SERVER });
    says(centre, "are to be watched again while the way there is lost", |state| {
        state.watch_again_at(SERVER, Some(Timestamp::from_ms(2_000)));
    });
}

#[test]
fn call_of_the_fallback_that_is_over_and_kept_as_if_it_were_not() {
    let over = FallbackCall {
        leg: their("f1"),
        call: None,
        dialled: "700".to_owned(),
        number: None,
        began: Timestamp::from_ms(1_000),
        agent: None,
        answered: None,
        ended: Some(Timestamp::from_ms(2_000)),
    };
    says(Centre::opened(), "the fallback call f1 is over", |state| state.keep_fallback(over.clone()));
    says(Centre::opened(), "more calls of the fallback wait to be forgotten than may", |state| {
        for n in 0..=5_000 {
            let call = FallbackCall { leg: their(&format!("f{n}")), ..over.clone() };
            state.keep_over(Over { call, forget_at: Timestamp::from_ms(99_000) });
        }
    });
}

#[test]
fn sound_states_of_every_phase_are_found_sound() {
    for (centre, phase) in [(Centre::ringing(), CallPhase::Offered), (Centre::talking(), CallPhase::Talking)] {
        let (centre, call) = centre;
        assert_eq!(centre.state.calls()[&call].phase(), phase);
        assert_eq!(check(&centre.state), Vec::<String>::new());
    }
}
