//! One step under way: the state, the time, and the effects gathered so far.

use model::{CallId, Fact, LegId, ServerId, TheirLeg, Timestamp};

use crate::effect::{Effect, Lane, Op, Order};
use crate::state::State;

/// One step under way.
pub(crate) struct Turn<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) at: Timestamp,
    orders: Vec<Effect>,
    facts: Vec<Effect>,
}

impl<'a> Turn<'a> {
    pub(crate) fn new(state: &'a mut State, at: Timestamp) -> Self {
        let at = state.advance(at);
        Self { state, at, orders: Vec::new(), facts: Vec::new() }
    }

    /// Orders something in a call's lane.
    pub(crate) fn order(&mut self, call: CallId, op: Op) {
        self.orders.push(Effect::Switch(Order { lane: Lane::Call(call), op }));
    }

    /// Orders something in a call's lane, if there is anything to order.
    pub(crate) fn order_all(&mut self, call: CallId, ops: impl IntoIterator<Item = Op>) {
        for op in ops {
            self.order(call, op);
        }
    }

    /// Orders something for a leg that belongs to no call.
    pub(crate) fn order_for_leg(&mut self, leg: &TheirLeg, op: Op) {
        self.orders.push(Effect::Switch(Order { lane: Lane::Leg(LegId::Theirs(leg.clone())), op }));
    }

    /// Orders something that concerns a whole Asterisk.
    pub(crate) fn order_for_server(&mut self, server: ServerId, op: Op) {
        self.orders.push(Effect::Switch(Order { lane: Lane::Server(server), op }));
    }

    pub(crate) fn record(&mut self, fact: Fact) {
        self.facts.push(Effect::Record(fact));
    }

    /// What came of it. Orders stand before facts: nothing that a caller feels waits for the books.
    pub(crate) fn effects(self) -> Vec<Effect> {
        let mut effects = self.orders;
        effects.extend(self.facts);
        effects
    }
}
