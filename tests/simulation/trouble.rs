//! What may go wrong between core and switch.

use acd::State;
use acd::effect::Op;
use acd::event::{Event, OrderFailure};

use super::books::Books;
use super::switch::SERVER;
use super::world::World;

impl World {
    /// What Asterisk may refuse. An order to hang up or to clear a bridge is not among it: if those fail, nothing that the core
    /// could order helps.
    pub fn order_fails(&mut self, k: u8, why: u8) {
        // Some of the lane go well before: else it would nearly always be the first order of a step.
        for _ in 0..(why >> 4) % 4 {
            self.order_runs(k);
        }
        let Some(op) = self.next_order(k) else { return };
        let unknown = match &op {
            Op::Dial { .. }
            | Op::Join { .. }
            | Op::CreateBridge { .. }
            | Op::StartMusic { .. }
            | Op::StopMusic { .. }
            | Op::Watch { .. } => !why.is_multiple_of(3),
            Op::Answer { .. } | Op::Stamp { .. } | Op::Mark { .. } | Op::Continue { .. } => false,
            Op::Hangup { .. }
            | Op::DestroyBridge { .. }
            | Op::Guard { .. }
            | Op::TakeAccount { .. }
            | Op::ForgetFallback { .. }
            | Op::Play { .. } => return self.run(&op),
        };
        if self.switch.misses(&op) {
            // Asterisk refuses nothing to a leg that is gone: it says so.
            return self.run(&op);
        }
        if let Op::StartMusic { leg, .. } | Op::StopMusic { leg } = &op {
            let sticks = matches!(op, Op::StopMusic { .. });
            self.switch.legs.entry(leg.clone()).and_modify(|leg| {
                leg.music_refused += 1;
                leg.music_sticks = sticks;
            });
        }
        if unknown && why % 3 == 1 {
            // It is carried out, as far as it can be, and the answer is lost.
            let _answer_is_lost = self.switch.obey(&op);
        }
        let refused = OrderFailure::Refused { status: 500, text: "out of order".to_owned() };
        self.unsure |= match op {
            Op::Dial { .. } | Op::Watch { .. } => true,
            Op::StartMusic { .. } | Op::StopMusic { .. } => false,
            _ => unknown,
        };
        let why = if unknown { OrderFailure::Unknown } else { refused };
        self.report(vec![Event::OrderFailed { order: op, why }]);
    }

    /// Two events change places. Not those of phones that come and go: the last word on a phone must be the true one.
    pub fn events_swap(&mut self, k: u8) {
        let place = usize::from(k) % self.events.len().max(1);
        let fixed = |event: Option<&Event>| event.is_none_or(|event| matches!(event, Event::EndpointChanged { .. }));
        if !fixed(self.events.get(place)) && !fixed(self.events.get(place + 1)) {
            self.events.swap(place, place + 1);
        }
    }

    /// Some orders are still carried out, their answers lost; what was reported and did not arrive is lost too.
    pub fn connection_breaks(&mut self, k: u8) {
        if !self.connected {
            return;
        }
        for event in self.forget_events() {
            self.tell(event);
        }
        let lost = self.orders_stop(k);
        self.connected = false;
        let (before, after) = lost.split_at(usize::from(k) % (lost.len() + 1));
        let failed = |order: &Op| Event::OrderFailed { order: order.clone(), why: OrderFailure::Unknown };
        before.iter().for_each(|order| self.tell(failed(order)));
        self.tell(Event::SwitchLost { server: SERVER });
        after.iter().for_each(|order| self.tell(failed(order)));
    }

    /// What Asterisk reported is lost; what the adapter itself found out is not.
    fn forget_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events).into_iter().filter(|event| matches!(event, Event::OrderFailed { .. })).collect()
    }

    /// Carries so many orders of each lane out and drops the rest: all whose answer is lost.
    fn orders_stop(&mut self, k: u8) -> Vec<Op> {
        let mut lost = Vec::new();
        for (_, ops) in std::mem::take(&mut self.lanes) {
            for (n, op) in ops.into_iter().enumerate() {
                if n < usize::from(k % 4) {
                    // Its answer is lost, and so are the events: nothing is known of it.
                    let _answer_is_lost = self.switch.obey(&op);
                }
                lost.push(op);
            }
        }
        lost
    }

    /// The adapter missed something and takes an account, once everything that was ordered is done.
    pub fn resyncs(&mut self) {
        while !self.lanes.is_empty() || self.events.iter().any(|event| matches!(event, Event::OrderFailed { .. })) {
            self.orders_run();
            for event in self.forget_events() {
                self.tell(event);
            }
        }
        self.connects();
    }

    pub fn connects(&mut self) {
        self.connected = true;
        self.unsure = false;
        self.events.clear();
        let account = self.switch.account();
        self.tell(Event::SwitchReturned { server: SERVER, account });
    }

    pub fn program_dies(&mut self, k: u8) {
        self.orders_stop(k);
        self.events.clear();
        self.connected = false;
        self.switch.forgives_music();
        self.seed = self.seed.wrapping_add(1);
        self.state = State::new(self.seed);
        self.books = Books::default();
        self.told.clear();
        self.tell(Event::SettingsChanged(self.settings.clone()));
    }
}
