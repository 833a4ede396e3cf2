//! What may go wrong between core and switch, and with either.

use acd::State;
use acd::effect::Op;
use acd::event::{Cause, Event, OrderFailure};
use model::{LegId, OurLeg, Timestamp};

use crate::books::Books;
use crate::rules::Rules;
use crate::switch::{Leg, SERVER};
use crate::world::{World, pick};

/// How long the program is away when it is started anew, at the least: as long as a machine needs.
const AWAY: i64 = 1_000;

impl World {
    /// What Asterisk may refuse. An order to hang up or to clear a bridge is not among it: if those fail, nothing that the core
    /// could order helps; but whether they were carried out may be unknown.
    pub fn order_fails(&mut self, k: u8, why: u8) {
        // Some of the lane go well before: else it would nearly always be the first order of a step.
        for _ in 0..(why >> 4) % 4 {
            self.order_runs(k);
        }
        let Some(op) = self.next_order(k) else { return };
        let (unknown, lost) = match &op {
            Op::Dial { .. }
            | Op::Join { .. }
            | Op::CreateBridge { .. }
            | Op::StartMusic { .. }
            | Op::StopMusic { .. }
            | Op::Watch { .. }
            | Op::Play { .. } => (!why.is_multiple_of(3), why % 3 == 2),
            Op::Answer { .. } | Op::Stamp { .. } | Op::Mark { .. } | Op::Continue { .. } => (false, true),
            // Nothing but the loss of the whole way keeps it from being carried out, and then nobody learns of it.
            Op::HearOut { .. } => (true, true),
            Op::Guard { .. } | Op::ForgetFallback { .. } | Op::TakeAccount { .. } => (why.is_multiple_of(2), true),
            Op::Hangup { .. } | Op::DestroyBridge { .. } => (true, false),
        };
        if let Op::TakeAccount { .. } = &op {
            // No request of Asterisk's: an account that the adapter cannot have costs it the connection.
            self.run(&op);
            self.takes_account();
            return;
        }
        if self.switch.misses(&op) {
            // Asterisk refuses nothing to a leg that is gone: it says so.
            self.run(&op);
            return;
        }
        if let Op::StartMusic { leg, .. } | Op::StopMusic { leg } = &op {
            let sticks = matches!(op, Op::StopMusic { .. });
            self.switch.legs.entry(leg.clone()).and_modify(|leg| {
                leg.music_refused += 1;
                leg.music_sticks = sticks;
            });
        }
        if unknown && !lost {
            // It is carried out, as far as it can be, and the answer is lost.
            let told = self.switch.obey(&op).unwrap_or_default();
            self.report(told);
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

    pub fn event_arrives_twice(&mut self) {
        if let Some(event) = self.events.pop_front() {
            self.tell(event.clone());
            self.tell(event);
        }
    }

    /// Two events change places. Not those whose last word must be the true one.
    pub fn events_swap(&mut self, k: u8) {
        let place = usize::from(k) % self.events.len().max(1);
        let fixed = |event: Option<&Event>| event.is_none_or(|event| matches!(event, Event::FallbackReported { .. }));
        if !fixed(self.events.get(place)) && !fixed(self.events.get(place + 1)) {
            self.events.swap(place, place + 1);
        }
    }

    pub fn event_is_delayed(&mut self) {
        if let Some(event) = self.events.pop_front() {
            if matches!(event, Event::FallbackReported { .. }) {
                self.tell(event);
            } else {
                self.delayed.push(event);
            }
        }
    }

    pub fn delayed_event_arrives(&mut self, k: u8) {
        if !self.delayed.is_empty() {
            let event = self.delayed.remove(usize::from(k) % self.delayed.len());
            self.tell(event);
        }
    }

    /// Something comes twice, the second time much later. A caller who has left does not arrive again: that no adapter makes
    /// of anything that Asterisk says.
    pub fn event_repeats(&mut self, k: u8) {
        let back = usize::from(k) % self.told.len().clamp(1, 48);
        let Some((_, event, _)) = self.told.iter().rev().nth(back) else { return };
        let may_repeat = match event {
            Event::LegRang { .. }
            | Event::LegAnswered { .. }
            | Event::HeardOut { .. }
            | Event::LegHeld { .. }
            | Event::LegResumed { .. }
            | Event::PromptEnded { .. } => true,
            Event::LegEnded { leg, .. } => !self.switch.legs.contains_key(leg),
            Event::CallerArrived { leg, .. } | Event::FeatureDialled { leg, .. } => {
                self.switch.legs.contains_key(&LegId::Theirs(leg.clone()))
            }
            Event::SettingsChanged(_)
            | Event::SwitchReturned { .. }
            | Event::SwitchLost { .. }
            | Event::EndpointChanged { .. }
            | Event::AgentAsked { .. }
            | Event::CallAsked { .. }
            | Event::FallbackReported { .. }
            | Event::ClockJumped { .. }
            | Event::DayBegan { .. }
            | Event::OrderFailed { .. }
            | Event::DeadlinePassed => false,
        };
        if may_repeat && self.connected {
            let event = event.clone();
            self.tell(event);
        }
    }

    /// What was once true of a leg of ours is reported late, or once more; half of the time of a leg that the core counts.
    pub fn late_report(&mut self, k: u8, what: u8) {
        let counted = self.state.legs();
        let chosen = self.dialled.keys().filter(|leg| k.is_multiple_of(2) || counted.contains(&LegId::Ours(**leg)));
        // The latest first.
        let legs: Vec<OurLeg> = chosen.rev().copied().collect();
        let Some(leg) = pick(&legs, k / 2) else { return };
        let id = LegId::Ours(leg);
        let (rang, up, gone) = match self.switch.legs.get(&id) {
            Some(leg) => (leg.rings, leg.up, false),
            // An order to dial it that was not carried out yet may still make it.
            None if !self.switch.used.contains(&leg.to_string()) => return,
            None => (true, true, true),
        };
        let event = match what % 6 {
            0 if rang => Event::LegRang { leg },
            1 if up => Event::LegAnswered { leg },
            2 if up => Event::LegHeld { leg: id },
            3 if up => Event::LegResumed { leg: id },
            4 if gone => Event::LegEnded { leg: id, cause: Cause { q850: 16, sip: None } },
            5 => Event::HeardOut { leg },
            _ => return,
        };
        if self.connected {
            self.tell(event);
        }
    }

    /// A caller who is there arrives once more.
    pub fn arrival_repeats(&mut self, k: u8) {
        let callers = self.switch.callers().into_iter().filter(|leg| !self.features.contains_key(leg)).collect::<Vec<_>>();
        let Some(leg) = pick(&callers, k) else { return };
        let Some(Leg { dialled, priority, came, .. }) = self.switch.legs.get(&LegId::Theirs(leg.clone())).cloned() else {
            return;
        };
        if self.connected {
            let (came, told) = (Some(Timestamp::from_ms(came)), Some(Timestamp::from_ms(self.switch.at)));
            self.tell(Event::CallerArrived { leg, number: None, dialled, priority, came, told });
        }
    }

    /// The program sees at once that it slept, and takes an account; Asterisk has gone on.
    pub fn machine_sleeps(&mut self, ms: i64) {
        self.at += ms;
        let events = self.switch.advance(self.at);
        self.report(events);
        self.tell(Event::ClockJumped { by: ms });
        self.resyncs();
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
        self.devices.clear();
        let late = std::mem::take(&mut self.delayed).into_iter().chain(std::mem::take(&mut self.events));
        late.filter(|event| matches!(event, Event::OrderFailed { .. })).collect()
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
        if !self.connected {
            return;
        }
        let failed = |event: &Event| matches!(event, Event::OrderFailed { .. });
        while !self.lanes.is_empty() || self.events.iter().chain(&self.delayed).any(failed) {
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
        self.account_wanted = false;
        let _reports_are_in_the_account = self.forget_events();
        let account = self.switch.account();
        let _said_by_the_account = self.switch.device_changes();
        self.tell(Event::SwitchReturned { server: SERVER, account });
        self.fallback_is_reported();
    }

    /// Asterisk starts again. Of those who wait, as far as the books know, each is lost and has not hung up.
    pub fn switch_restarts(&mut self, k: u8) {
        self.connection_breaks(k);
        let alive: Vec<LegId> = self.switch.callers().into_iter().map(LegId::Theirs).collect();
        self.switch.restarts();
        self.books.are_lost(&alive, &self.rules);
    }

    pub fn program_dies(&mut self, k: u8) {
        let _callers_are_played_music_anew = self.goes_away(k);
        self.switch.forgives_stuck_music();
        self.seed = self.seed.wrapping_add(1);
        self.state = State::new(self.seed);
        self.books = Books::default();
        self.rules = Rules::default();
        self.told.clear();
        self.tell(Event::SettingsChanged(self.settings.clone()));
    }

    /// The program comes back with what snapshot and journal say: everything but the last so many events.
    pub fn program_restarts(&mut self, k: u8, lost: u8) {
        let unheard = self.goes_away(k);
        if lost > 0 || !unheard.is_empty() {
            // That music was refused may be among it, and the account says nothing of music.
            self.switch.forgives_music();
        }
        let kept = self.told.len().saturating_sub(usize::from(lost % 8));
        let told: Vec<_> = std::mem::take(&mut self.told).into_iter().take(kept).collect();
        self.state = State::new(self.seed);
        self.books = Books::default();
        self.rules = Rules::default();
        for (at, event, effects) in &told {
            let again = acd::step(&mut self.state, model::Timestamp::from_ms(*at), event.clone());
            assert_eq!(&again, effects, "a replay differs");
            self.rules.note(*at, event, effects);
            self.books.write(*at, effects, &self.rules);
            self.books.live(&mut self.state, *at);
            self.rules.see(&self.books);
        }
        self.told = told;
        let text = serde_json::to_string(&self.state).expect("a state can be written");
        self.state = serde_json::from_str(&text).expect("a state can be read");
        if self.books.shown_up {
            self.tell(Event::SwitchLost { server: SERVER });
        }
        self.tell(Event::SettingsChanged(self.settings.clone()));
    }

    /// What the adapter found out by itself, and nobody hears.
    fn goes_away(&mut self, k: u8) -> Vec<Event> {
        self.orders_stop(k);
        let unheard = self.forget_events();
        self.connected = false;
        self.at += AWAY + i64::from(k) * 10;
        let _nobody_hears_it = self.switch.advance(self.at);
        unheard
    }
}
