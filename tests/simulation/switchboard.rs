//! What lives at the switch beside our calls: phones with their device states, private calls, and the calls that Asterisk's
//! own queue takes care of.

use acd::event::{Cause, Event};
use model::fact::FallbackCall;
use model::{Endpoint, LegId, Span, TheirLeg, Timestamp};

use crate::switch::{Leg, SERVER, Switch};

/// How long the dialplan lets a caller wait for a program that says nothing.
pub const DIALPLAN_GUARD: i64 = 20_000;

/// A phone on somebody's desk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Phone {
    pub reachable: bool,
    /// It is in a call that is none of ours.
    pub private: bool,
    /// Without power: nobody answers, refuses or hangs up there.
    pub dead: bool,
}

impl Switch {
    pub fn phone(&self, endpoint: &Endpoint) -> Phone {
        self.phones.get(endpoint).copied().unwrap_or_default()
    }

    pub fn phone_mut(&mut self, endpoint: &Endpoint) -> &mut Phone {
        self.phones.entry(endpoint.clone()).or_default()
    }

    /// Whether somebody can press a key at the phone of this leg.
    pub fn is_live(&self, leg: &Leg) -> bool {
        leg.endpoint.as_ref().is_some_and(|endpoint| !self.phone(endpoint).dead)
    }

    /// Whether something rings or talks on a phone, whosoever it is.
    pub fn in_use(&self, endpoint: &Endpoint) -> bool {
        let here = |leg: &Leg| leg.endpoint.as_ref() == Some(endpoint) && (leg.rings || leg.up);
        self.has_other(endpoint) || self.legs.values().any(here)
    }

    /// Whether a call that is not ours is on a phone.
    pub fn has_other(&self, endpoint: &Endpoint) -> bool {
        self.phone(endpoint).private || self.in_fallback(endpoint)
    }

    /// Whether a call of the fallback is on a phone.
    pub fn in_fallback(&self, endpoint: &Endpoint) -> bool {
        let here = |call: &FallbackCall| call.ended.is_none() && call.agent.as_ref() == Some(&endpoint.name);
        self.fallback.values().any(here)
    }

    /// What the device states say that they did not say before.
    pub fn device_changes(&mut self) -> Vec<Event> {
        let mut changes = Vec::new();
        let told = std::mem::take(&mut self.others_told);
        self.others_told = told.into_iter().filter(|endpoint| self.has_other(endpoint)).collect();
        for endpoint in &self.watched {
            let said = (self.phone(endpoint).reachable, self.in_use(endpoint));
            if self.said.get(endpoint) != Some(&said) {
                self.said.insert(endpoint.clone(), said);
                let (reachable, in_use) = said;
                changes.push(Event::EndpointChanged { endpoint: endpoint.clone(), reachable, in_use });
            }
        }
        changes
    }

    /// A caller whose call is this old reaches the program's application; nobody has told the program yet.
    pub fn caller_arrives(&mut self, leg: &TheirLeg, dialled: &str, (priority, age): (u8, Span)) {
        let (came, guarded_until) = (self.at - age.as_ms(), Some(self.at + DIALPLAN_GUARD));
        let arrived = Leg { dialled: dialled.to_owned(), priority, came, guarded_until, ..Leg::default() };
        self.legs.insert(LegId::Theirs(leg.clone()), arrived);
    }

    /// Asterisk's own queue takes care of a caller.
    pub fn falls_back(&mut self, leg: &TheirLeg, dialled: &str, was: Option<&Leg>) {
        let call = FallbackCall {
            leg: leg.clone(),
            call: was.and_then(|leg| leg.mark).map(|mark| mark.call),
            dialled: dialled.to_owned(),
            number: None,
            began: Timestamp::from_ms(self.at),
            agent: None,
            answered: None,
            ended: None,
        };
        self.fallback.insert(leg.clone(), call);
    }

    /// Time passes at the switch: whoever is not guarded any more leaves our hands for the fallback.
    pub fn advance(&mut self, at: i64) -> Vec<Event> {
        self.at = self.at.max(at);
        let lapsed = |leg: &Leg| leg.guarded_until.is_some_and(|until| until <= self.at);
        let legs: Vec<LegId> = self.legs.iter().filter(|(_, leg)| lapsed(leg)).map(|(id, _)| id.clone()).collect();
        let mut events = Vec::new();
        for id in legs {
            let was = self.legs.get(&id).cloned();
            events.extend(self.end(&id, Cause::default()));
            if let (LegId::Theirs(leg), Some(was)) = (&id, was) {
                self.falls_back(leg, &was.dialled, Some(&was));
            }
        }
        events
    }

    /// When the next guard lapses.
    pub fn next_lapse(&self) -> Option<i64> {
        self.legs.values().filter_map(|leg| leg.guarded_until).min()
    }

    /// What the dialplan noted of calls in the fallback.
    pub fn fallback_report(&self) -> Event {
        Event::FallbackReported { server: SERVER, calls: self.fallback.values().cloned().collect() }
    }

    /// A call that has ended is forgotten; one that is up is not, whatever is asked.
    pub fn forget(&mut self, leg: &TheirLeg) {
        if self.fallback.get(leg).is_some_and(|call| call.ended.is_some()) {
            self.fallback.remove(leg);
        } else if self.fallback.contains_key(leg) {
            self.outrages.push(format!("fallback call {} shall be forgotten and is up", leg.id));
        }
    }
}
