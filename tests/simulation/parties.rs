//! What people do at their phones, and administrators at the pages.

use acd::event::{Cause, Event};
use model::{Actor, CallId, LegId, Span, TheirLeg, Timestamp};

use crate::centre::{AGENTS, NUMBERS, SUPERVISOR, agent, asks, endpoint, orders};
use crate::settings::settings;
use crate::switch::SERVER;
use crate::world::{World, pick};

/// How old a call is when it is handed over, in milliseconds: most are new, some were held up, and one says nonsense.
const AGES: [i64; 8] = [0, 0, 0, 0, 3, 250, 4_000, 90_000];

impl World {
    /// A caller reaches Asterisk. Without the program, the dialplan sends them into the fallback; or it has not noticed yet
    /// that the program is out of reach, and they wait for it unknown.
    pub fn caller_arrives(&mut self, k: u8, priority: u8) {
        self.callers += 1;
        let leg = TheirLeg { server: SERVER, id: format!("caller-{:03}", self.callers) };
        let dialled = NUMBERS[usize::from(k) % NUMBERS.len()];
        if !self.connected && k.is_multiple_of(2) {
            self.switch.falls_back(&leg, dialled, None);
            return;
        }
        let age = Span::from_ms(AGES[usize::from(priority / 4) % AGES.len()]);
        let priority = [0, 0, 0, 5][usize::from(priority) % 4];
        self.switch.caller_arrives(&leg, dialled, (priority, age));
        let told = Timestamp::from_ms(self.switch.at);
        let (came, told) = (Some(told - age), Some(told));
        self.report(vec![Event::CallerArrived { leg, number: None, dialled: dialled.to_owned(), priority, came, told }]);
    }

    pub fn caller_hangs_up(&mut self, k: u8) {
        if let Some(leg) = pick(&self.switch.callers(), k) {
            self.ends(&LegId::Theirs(leg), Cause { q850: 16, sip: None });
        }
    }

    pub fn caller_holds(&mut self, k: u8, holds: bool) {
        if let Some(leg) = pick(&self.switch.callers(), k).map(LegId::Theirs) {
            self.report(vec![if holds { Event::LegHeld { leg } } else { Event::LegResumed { leg } }]);
        }
    }

    pub fn ends(&mut self, leg: &LegId, cause: Cause) {
        let events = self.switch.end(leg, cause);
        self.report(events);
    }

    pub fn phone_rings(&mut self, k: u8) {
        let Some(leg) = pick(&self.switch.ours(|leg| !leg.rings && !leg.up && self.switch.is_live(leg)), k) else { return };
        self.switch.legs.entry(LegId::Ours(leg)).and_modify(|leg| leg.rings = true);
        self.report(vec![Event::LegRang { leg }]);
    }

    pub fn phone_answers(&mut self, k: u8) {
        if let Some(leg) = pick(&self.switch.ours(|leg| !leg.up && self.switch.is_live(leg)), k) {
            self.answers(leg);
        }
    }

    /// All phones that ring for one caller are answered in the same instant.
    pub fn all_answer(&mut self, k: u8) {
        let legs = self.switch.ours(|leg| !leg.up && self.switch.is_live(leg));
        let Some(call): Option<CallId> = pick(&legs, k).map(|leg| leg.call) else { return };
        legs.into_iter().filter(|leg| leg.call == call).for_each(|leg| self.answers(leg));
    }

    fn answers(&mut self, leg: model::OurLeg) {
        self.switch.legs.entry(LegId::Ours(leg)).and_modify(|leg| leg.up = true);
        self.report(vec![Event::LegAnswered { leg }]);
    }

    pub fn phone_ends(&mut self, k: u8, cause: u8) {
        let live = self.switch.ours(|leg| self.switch.is_live(leg));
        // A phone without power does nothing; after a long silence Asterisk ends its leg by itself.
        let silent = || self.switch.ours(|_| cause >= 250);
        let Some(leg) = pick(&live, k).or_else(|| pick(&silent(), k)) else { return };
        let sip = [None, Some(486), Some(603), Some(480), Some(404), Some(503), None][usize::from(cause) % 7];
        self.ends(&LegId::Ours(leg), Cause { q850: 16, sip });
    }

    pub fn phone_holds(&mut self, k: u8, holds: bool) {
        let Some(leg) = pick(&self.switch.ours(|leg| leg.up && self.switch.is_live(leg)), k).map(LegId::Ours) else { return };
        self.report(vec![if holds { Event::LegHeld { leg } } else { Event::LegResumed { leg } }]);
    }

    pub fn phone_comes_or_goes(&mut self, k: u8) {
        let phone = self.switch.phone_mut(&endpoint(u128::from(k) % AGENTS));
        phone.reachable = !phone.reachable;
        phone.private &= phone.reachable;
        phone.dead = false;
        self.report(vec![]);
    }

    pub fn phone_vanishes(&mut self, k: u8) {
        let phone = self.switch.phone_mut(&endpoint(u128::from(k) % AGENTS));
        (phone.reachable, phone.private, phone.dead) = (false, false, true);
        self.report(vec![]);
    }

    pub fn private_call(&mut self, k: u8) {
        let phone = self.switch.phone_mut(&endpoint(u128::from(k) % AGENTS));
        phone.private = !phone.private && phone.reachable;
        self.report(vec![]);
    }

    pub fn agent_asks(&mut self, k: u8, ask: u8) {
        let agent = agent(u128::from(k) % AGENTS);
        self.tell(Event::AgentAsked { agent, ask: asks(ask), by: Actor::Agent(agent) });
    }

    /// On a call that Live shows, or on the one that has left it last: nobody is as quick as the core.
    pub fn call_asked(&mut self, k: u8, ask: u8) {
        let shown = self.books.shown_calls.keys().chain(self.books.closed.last());
        if let Some(call) = pick(&shown.copied().collect::<Vec<_>>(), k) {
            self.tell(Event::CallAsked { call, ask: orders(ask), by: Actor::User(SUPERVISOR) });
        }
    }

    pub fn feature_dialled(&mut self, k: u8, ask: u8) {
        if !self.connected {
            return;
        }
        self.callers += 1;
        let leg = TheirLeg { server: SERVER, id: format!("feature-{:03}", self.callers) };
        self.switch.caller_arrives(&leg, "*10", (0, Span::ZERO));
        // One number beyond the agents: a phone that nobody has.
        let endpoint = endpoint(u128::from(k) % (AGENTS + 1));
        let feature = (!ask.is_multiple_of(5)).then(|| asks(ask));
        self.features.insert(leg.clone(), endpoint.clone());
        self.report(vec![Event::FeatureDialled { leg, endpoint, feature }]);
    }

    /// Asterisk's own queue rings whom it believes to be ready; here, any phone that can be reached and is free.
    pub fn fallback_answers(&mut self, k: u8, phone: u8) {
        let rings = self.switch.fallback.values().filter(|call| call.ended.is_none() && call.agent.is_none());
        let Some(leg) = pick(&rings.map(|call| call.leg.clone()).collect::<Vec<_>>(), k) else { return };
        let phones = self.switch.phones.iter();
        let free = phones.filter(|(endpoint, phone)| phone.reachable && !self.switch.in_use(endpoint));
        let Some(endpoint) = pick(&free.map(|(endpoint, _)| endpoint.clone()).collect::<Vec<_>>(), phone) else { return };
        let at = Timestamp::from_ms(self.at);
        self.switch.fallback.entry(leg).and_modify(|call| {
            call.agent = Some(endpoint.name);
            call.answered = Some(at);
        });
        self.fallback_is_reported();
    }

    pub fn fallback_ends(&mut self, k: u8) {
        let up = self.switch.fallback.values().filter(|call| call.ended.is_none());
        let Some(leg) = pick(&up.map(|call| call.leg.clone()).collect::<Vec<_>>(), k) else { return };
        let at = Timestamp::from_ms(self.at);
        self.switch.fallback.entry(leg).and_modify(|call| call.ended = Some(at));
        self.fallback_is_reported();
    }

    pub fn fallback_is_reported(&mut self) {
        let report = self.switch.fallback_report();
        self.report(vec![report]);
    }

    pub fn settings_change(&mut self, variant: u8) {
        self.settings = settings(variant);
        self.tell(Event::SettingsChanged(self.settings.clone()));
    }
}
