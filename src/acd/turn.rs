//! One step under way: the state, the time, and the effects gathered so far.

use model::{CallId, Fact, LegId, ServerId, TheirLeg, Timestamp, Timing};

use crate::effect::{Effect, Lane, Op, Order};
use crate::state::State;

/// One step under way.
pub(crate) struct Turn<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) at: Timestamp,
    orders: Vec<Order>,
    facts: Vec<Effect>,
}

impl<'a> Turn<'a> {
    pub(crate) fn new(state: &'a mut State, at: Timestamp) -> Self {
        let at = state.advance(at);
        Self { state, at, orders: Vec::new(), facts: Vec::new() }
    }

    /// How long is waited, and for what.
    pub(crate) const fn timing(&self) -> Timing {
        self.state.settings().timing
    }

    /// Orders something on behalf of a call.
    pub(crate) fn order(&mut self, call: CallId, op: Op) {
        self.orders.push(Order::of_call(call, op));
    }

    /// Orders something on behalf of a call, if there is anything to order.
    pub(crate) fn order_all(&mut self, call: CallId, ops: impl IntoIterator<Item = Op>) {
        for op in ops {
            self.order(call, op);
        }
    }

    /// Orders something for a leg that belongs to no call.
    pub(crate) fn order_for_leg(&mut self, leg: &TheirLeg, op: Op) {
        self.orders.push(Order { lane: Lane::Leg(LegId::Theirs(leg.clone())), op });
    }

    /// Orders something that concerns a whole Asterisk.
    pub(crate) fn order_for_server(&mut self, server: ServerId, op: Op) {
        self.orders.push(Order { lane: Lane::Server(server), op });
    }

    pub(crate) fn record(&mut self, fact: Fact) {
        self.facts.push(Effect::Record(fact));
    }

    /// What came of it. A free agent's phone rings before all that is told, stamped, marked and guarded, and after the leg that
    /// leaves the phone. Orders stand before facts: nothing that a caller feels waits for the books.
    pub(crate) fn effects(self) -> Vec<Effect> {
        let mut orders = self.orders;
        let dials = orders.iter().rposition(|order| matches!(order.op, Op::Dial { .. })).map_or(0, |last| last + 1);
        orders[..dials].sort_by_key(|order| !order.is_of_a_phone());
        orders.into_iter().map(Effect::Switch).chain(self.facts).collect()
    }
}
