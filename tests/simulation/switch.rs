//! The simulated switch: it obeys orders as Asterisk does, and keeps its own ledger of legs, bridges and music.

use std::collections::{BTreeMap, BTreeSet};

use acd::effect::Op;
use acd::event::{Account, BridgeAccount, Cause, Event, LegAccount, OrderFailure};
use model::fact::FallbackCall;
use model::stamp::Mark;
use model::{BridgeId, Endpoint, LegId, OurLeg, Outcome, ServerId, TheirLeg, Timestamp};

use crate::switchboard::Phone;

/// After so many refusals silence, or music beside a voice, is not the core's fault.
pub const MUSIC_REFUSALS: u32 = 3;

/// The one Asterisk of the simulation.
pub const SERVER: ServerId = ServerId(1);

/// A live leg that is in our hands.
#[derive(Clone, Debug, Default)]
pub struct Leg {
    /// The phone, for a leg that was dialled.
    pub endpoint: Option<Endpoint>,
    pub dialled: String,
    pub priority: u8,
    /// When the call came, for a leg that came to us.
    pub came: i64,
    pub rings: bool,
    pub up: bool,
    pub music: bool,
    /// How many orders about its music were refused.
    pub music_refused: u32,
    /// The music plays on although it was ordered to stop.
    pub music_sticks: bool,
    pub bridge: Option<BridgeId>,
    pub mark: Option<Mark>,
    pub stamped: Option<Outcome>,
    /// When Asterisk takes it out of our hands into the fallback, by itself.
    pub guarded_until: Option<i64>,
}

/// Everything that is alive, and everything that should not have been.
#[derive(Debug, Default)]
pub struct Switch {
    pub legs: BTreeMap<LegId, Leg>,
    pub bridges: BTreeMap<BridgeId, BTreeSet<LegId>>,
    pub phones: BTreeMap<Endpoint, Phone>,
    pub watched: BTreeSet<Endpoint>,
    /// What the device states said last, of the phones that are watched.
    pub said: BTreeMap<Endpoint, (bool, bool)>,
    /// The phones of which an account said that there is a call on them that is not ours, until it is over.
    pub others_told: BTreeSet<Endpoint>,
    /// Calls in the care of Asterisk's own queue, and those that have ended and were not forgotten yet.
    pub fallback: BTreeMap<TheirLeg, FallbackCall>,
    /// By Asterisk's clock.
    pub at: i64,
    /// How often it was started.
    pub runs: u32,
    pub used: BTreeSet<String>,
    /// What the core did that no caller or agent should live to hear.
    pub outrages: Vec<String>,
}

impl Switch {
    /// The legs that were dialled, in the order of their ids.
    pub fn ours(&self, which: impl Fn(&Leg) -> bool) -> Vec<OurLeg> {
        let ours = self.legs.iter().filter(|(_, leg)| which(leg)).filter_map(|(id, _)| match id {
            LegId::Ours(leg) => Some(*leg),
            LegId::Theirs(_) => None,
        });
        ours.collect()
    }

    pub fn callers(&self) -> Vec<TheirLeg> {
        let theirs = self.legs.keys().filter_map(|id| match id {
            LegId::Theirs(leg) => Some(leg.clone()),
            LegId::Ours(_) => None,
        });
        theirs.collect()
    }

    /// A leg ends, by its own party's doing or by an order.
    pub fn end(&mut self, id: &LegId, cause: Cause) -> Vec<Event> {
        let Some(leg) = self.legs.remove(id) else { return vec![] };
        if let Some(members) = leg.bridge.and_then(|bridge| self.bridges.get_mut(&bridge)) {
            members.remove(id);
        }
        vec![Event::LegEnded { leg: id.clone(), cause }]
    }

    /// Everything that was alive is gone. What phones are there is another matter.
    pub fn restarts(&mut self) {
        self.runs += 1;
        self.legs.clear();
        self.bridges.clear();
        self.said.clear();
        self.fallback.clear();
        self.phones.values_mut().for_each(|phone| phone.private = false);
    }

    /// Whoever could have ordered music to stop, or remembers that it was stopped, is gone, and the account says nothing of it.
    pub fn forgives_music(&mut self) {
        for leg in self.legs.values_mut().filter(|leg| leg.music_sticks || !leg.music) {
            leg.music_refused = MUSIC_REFUSALS;
        }
    }

    /// The same, where callers who wait are played music anew in any case.
    pub fn forgives_stuck_music(&mut self) {
        for leg in self.legs.values_mut().filter(|leg| leg.music_sticks) {
            leg.music_refused = MUSIC_REFUSALS;
        }
    }

    /// Whether the one leg that an order is for is gone.
    pub fn misses(&self, op: &Op) -> bool {
        leg_of(op).is_some_and(|leg| !self.legs.contains_key(&leg))
    }

    /// Carries an order out: what it makes happen, or why it cannot be done.
    pub fn obey(&mut self, op: &Op) -> Result<Vec<Event>, OrderFailure> {
        match op {
            Op::Answer { leg } => self.leg(&LegId::Theirs(leg.clone()))?.up = true,
            Op::StartMusic { leg, .. } => {
                let found = self.leg(leg)?;
                found.music = true;
                found.music_sticks = false;
                if found.bridge.is_some() {
                    self.outrages.push(format!("{leg} hears music and a party at once"));
                }
            }
            Op::StopMusic { leg } => {
                let found = self.leg(leg)?;
                (found.music, found.music_sticks) = (false, false);
            }
            Op::Dial { leg, endpoint, mark, .. } => return self.dial(*leg, endpoint, *mark),
            Op::Hangup { leg, .. } => return Ok(self.end(leg, Cause { q850: 16, sip: None })),
            Op::CreateBridge { bridge } => {
                self.use_up(&bridge.to_string());
                self.bridges.insert(*bridge, BTreeSet::new());
            }
            Op::Join { bridge, legs } => self.join(*bridge, legs)?,
            Op::DestroyBridge { bridge } => {
                for leg in self.bridges.remove(bridge).into_iter().flatten() {
                    self.leg(&leg)?.bridge = None;
                }
            }
            Op::Play { leg, prompt, .. } => {
                self.leg(leg)?;
                return Ok(vec![Event::PromptEnded { prompt: *prompt }]);
            }
            Op::Stamp { leg, stamp } => self.leg(&LegId::Theirs(leg.clone()))?.stamped = Some(stamp.outcome),
            Op::Guard { leg, within } => {
                let until = within.map(|within| self.at + within.as_ms());
                self.leg(&LegId::Theirs(leg.clone()))?.guarded_until = until;
            }
            Op::ForgetFallback { legs, .. } => legs.iter().for_each(|leg| self.forget(leg)),
            Op::HearOut { leg } => return Ok(vec![Event::HeardOut { leg: *leg }]),
            // The adapter reads the account, and reports it.
            Op::TakeAccount { .. } => {}
            Op::Mark { leg, mark } => self.leg(leg)?.mark = Some(*mark),
            Op::Continue { leg, .. } => {
                let leg = LegId::Theirs(leg.clone());
                self.leg(&leg)?;
                return Ok(self.end(&leg, Cause::default()));
            }
            Op::Watch { endpoints, .. } => {
                self.watched = endpoints.iter().cloned().collect();
                self.said.clear();
            }
        }
        Ok(vec![])
    }

    fn dial(&mut self, leg: OurLeg, endpoint: &Endpoint, mark: Mark) -> Result<Vec<Event>, OrderFailure> {
        self.use_up(&leg.to_string());
        if !self.phone(endpoint).reachable {
            return Err(OrderFailure::Unreachable);
        }
        if self.legs.values().any(|other| other.endpoint.as_ref() == Some(endpoint)) {
            self.outrages.push(format!("phone {endpoint} has two legs"));
        }
        if self.others_told.contains(endpoint) {
            self.outrages.push(format!("phone {endpoint} is rung although the account told of another call on it"));
        }
        // The adapter looks once more when the order had to wait; here, half of them had to.
        if self.has_other(endpoint) && leg.n.is_multiple_of(2) {
            return Err(OrderFailure::InUse);
        }
        let made = Leg { mark: Some(mark), endpoint: Some(endpoint.clone()), ..Leg::default() };
        self.legs.insert(LegId::Ours(leg), made);
        Ok(vec![])
    }

    fn join(&mut self, bridge: BridgeId, legs: &[LegId]) -> Result<(), OrderFailure> {
        if !self.bridges.contains_key(&bridge) || legs.iter().any(|leg| !self.legs.contains_key(leg)) {
            return Err(OrderFailure::Gone);
        }
        for id in legs {
            let leg = self.leg(id)?;
            let before = leg.bridge.replace(bridge);
            if leg.music && !leg.music_sticks {
                self.outrages.push(format!("{id} hears music and a party at once"));
            }
            if let Some(members) = before.and_then(|bridge| self.bridges.get_mut(&bridge)) {
                members.remove(id);
            }
            self.bridges.entry(bridge).or_default().insert(id.clone());
        }
        Ok(())
    }

    /// Notes an id: Asterisk must not be given one twice.
    fn use_up(&mut self, id: &str) {
        if !self.used.insert(id.to_owned()) {
            self.outrages.push(format!("{id} was used twice"));
        }
    }

    fn leg(&mut self, leg: &LegId) -> Result<&mut Leg, OrderFailure> {
        self.legs.get_mut(leg).ok_or(OrderFailure::Gone)
    }

    /// All that is alive.
    pub fn account(&mut self) -> Account {
        self.others_told = self.watched.iter().filter(|endpoint| self.has_other(endpoint)).cloned().collect();
        let legs = self.legs.iter().map(|(id, leg)| LegAccount {
            leg: id.clone(),
            up: leg.up,
            rings: leg.rings,
            mark: leg.mark,
            number: None,
            dialled: leg.dialled.clone(),
            priority: leg.priority,
            came: Some(Timestamp::from_ms(leg.came)),
            endpoint: leg.endpoint.clone(),
        });
        let bridges =
            self.bridges.iter().map(|(bridge, legs)| BridgeAccount { bridge: *bridge, legs: legs.iter().cloned().collect() });
        let watched = || self.watched.iter().cloned();
        Account {
            legs: legs.collect(),
            bridges: bridges.collect(),
            reachable: watched().filter(|endpoint| self.phone(endpoint).reachable).collect(),
            in_use: watched().filter(|endpoint| self.in_use(endpoint)).collect(),
            others: self.others_told.iter().cloned().collect(),
            started: Some(self.runs.to_string()),
            clock: Some(Timestamp::from_ms(self.at)),
        }
    }
}

/// The one leg that an order is for.
pub fn leg_of(op: &Op) -> Option<LegId> {
    match op {
        Op::Answer { leg } | Op::Stamp { leg, .. } | Op::Continue { leg, .. } | Op::Guard { leg, .. } => {
            Some(LegId::Theirs(leg.clone()))
        }
        Op::StartMusic { leg, .. }
        | Op::StopMusic { leg }
        | Op::Mark { leg, .. }
        | Op::Hangup { leg, .. }
        | Op::Play { leg, .. } => Some(leg.clone()),
        Op::Dial { .. }
        | Op::CreateBridge { .. }
        | Op::Join { .. }
        | Op::DestroyBridge { .. }
        | Op::HearOut { .. }
        | Op::TakeAccount { .. }
        | Op::ForgetFallback { .. }
        | Op::Watch { .. } => None,
    }
}
