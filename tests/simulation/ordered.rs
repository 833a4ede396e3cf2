//! What must come of an order that a supervisor gives on a call, by what Live showed when it was given.

use acd::effect::{Effect, Op};
use acd::event::{CallAsk, Event};
use model::fact::{Ignored, Leaving};
use model::{CallId, CallPhase, Fact, LegId, Outcome, QueueId, Side};

use crate::world::World;

/// An order, and the call as it stood.
pub struct Ordered {
    call: CallId,
    ask: CallAsk,
    /// Where it stood, in which queue, and the caller's leg; `None` if there was no such call.
    stood: Option<(CallPhase, QueueId, LegId)>,
}

impl Ordered {
    pub fn by(world: &World, event: &Event) -> Option<Self> {
        let Event::CallAsked { call, ask, .. } = event else { return None };
        let row = world.books.shown_calls.get(call);
        let stood = row.and_then(|row| Some((row.phase, row.queue, world.books.open.get(call)?.leg.clone())));
        Some(Self { call: *call, ask: *ask, stood })
    }

    pub fn is_carried_out(&self, world: &World, effects: &[Effect]) {
        let Self { call, ask, .. } = self;
        let Some((phase, queue, leg)) = &self.stood else {
            assert_eq!(effects, [Effect::Record(ignored(Ignored::UnknownCall))]);
            return;
        };
        let waits = matches!(phase, CallPhase::Waiting | CallPhase::Offered);
        match ask {
            CallAsk::HangUp => {
                let outcome = if waits { Outcome::Abandoned } else { Outcome::Answered };
                says(effects, &Fact::CallEnded { call: *call, outcome, by: Side::Supervisor });
                let hung_up = |effect: &Effect| match effect {
                    Effect::Switch(order) => matches!(&order.op, Op::Hangup { leg: whose, .. } if whose == leg),
                    Effect::Record(_) => false,
                };
                assert!(effects.iter().any(hung_up), "caller {leg} is not hung up");
                nobody_is_bound(world, *call);
            }
            CallAsk::ToHead | CallAsk::MoveTo(_) if !waits => says(effects, &ignored(Ignored::NotInThisState)),
            CallAsk::ToHead => {
                // Given twice, the second order changes nothing.
                let again = effects.contains(&Effect::Record(ignored(Ignored::AlreadySo)));
                let waits = acd::explain::explain(&world.state, *call).and_then(|why| why.waits);
                assert!(again || effects.len() == 1, "{effects:?} came of an order that changes an order alone");
                assert_eq!(waits.map(|waits| (waits.place, waits.at_head)), (*phase == CallPhase::Waiting).then_some((1, true)));
            }
            CallAsk::MoveTo(to) if to == queue => says(effects, &ignored(Ignored::AlreadySo)),
            CallAsk::MoveTo(to) if !world.settings.queues.iter().any(|queue| queue.id == *to) => {
                says(effects, &ignored(Ignored::UnknownQueue));
            }
            CallAsk::MoveTo(to) => {
                says(effects, &Fact::CallMoved { call: *call, from: *queue, to: *to, why: Leaving::Moved });
                assert_ne!(world.books.open.get(call).map(|story| story.queue), Some(*queue), "call {call} is where it was");
            }
        }
    }
}

fn ignored(why: Ignored) -> Fact {
    Fact::Ignored { event: "call_asked".to_owned(), why }
}

fn says(effects: &[Effect], fact: &Fact) {
    assert!(effects.contains(&Effect::Record(fact.clone())), "{effects:?} do not say {fact:?}");
}

fn nobody_is_bound(world: &World, call: CallId) {
    let bound = world.books.shown_agents.values().find(|row| row.state.call() == Some(call));
    assert!(bound.is_none(), "{bound:?} is bound to a call that was hung up");
}
