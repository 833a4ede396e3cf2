//! A day of a centre: callers come at random, phones ring and are answered, people talk, some lose patience. The switch obeys
//! every order at once, and nothing goes wrong: how long such a day takes is what it costs to try settings on it.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use acd::effect::{Effect, Op};
use acd::event::{Account, Ask, Cause, Event};
use acd::{State, check, next_deadline, step};
use model::{Actor, Endpoint, LegId, OurLeg, Phone, Span, TheirLeg, Timestamp};

use crate::large::settings;
use crate::switch::{SERVER, Switch};

/// Calls come for so long.
const OPEN_MS: u64 = 10 * 60 * 60 * 1_000;
/// An agent to so many calls of a day: they are busy for most of it.
const CALLS_AN_AGENT: u64 = 170;
const QUEUES: u128 = 3;

/// What a day was like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// How many callers came, were answered, and gave up.
    pub calls: u64,
    pub answered: u64,
    pub abandoned: u64,
    /// How many events the core was told.
    pub events: u64,
}

/// What people are going to do, and when.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Deed {
    Comes(u64),
    LosesPatience(TheirLeg),
    Rings(OurLeg),
    Answers(OurLeg),
    HangsUp(OurLeg),
}

struct Run {
    day: Day,
    state: State,
    switch: Switch,
    at: i64,
    coming: BinaryHeap<Reverse<(i64, u64, Deed)>>,
    drawn: u64,
    /// Hears of each step.
    listener: Option<Listener>,
}

/// Hears of a step: when it was, what was told, and what came of it.
pub type Listener = Box<dyn FnMut(Timestamp, &Event, &[Effect])>;

/// Lives through a day on which so many callers come.
///
/// # Panics
/// When the core contradicts itself, gives an outrageous order, or leaves something behind.
pub fn of(calls: u64) -> Day {
    live(calls, None)
}

/// As [`of`], with a listener that hears of each step.
///
/// # Panics
/// As [`of`].
pub fn told(calls: u64, listener: Listener) -> Day {
    live(calls, Some(listener))
}

fn live(calls: u64, listener: Option<Listener>) -> Day {
    let mut run = Run {
        day: Day::default(),
        state: State::new(1),
        switch: Switch::default(),
        at: 1_790_000_000_000,
        coming: BinaryHeap::new(),
        drawn: 0,
        listener,
    };
    run.opens(calls);
    while run.goes_on() {}
    assert_eq!(check(&run.state), Vec::<String>::new());
    assert_eq!(run.switch.outrages, Vec::<String>::new());
    assert!(run.switch.legs.is_empty() && run.switch.bridges.is_empty(), "something is left of the day");
    run.day
}

impl Run {
    fn opens(&mut self, calls: u64) {
        self.switch.at = self.at;
        let settings = settings(QUEUES, u128::from(calls / CALLS_AN_AGENT).max(1), QUEUES, Span::from_secs(5));
        let reachable: Vec<Endpoint> = settings.agents.iter().map(|agent| agent.endpoint.clone()).collect();
        reachable.iter().for_each(|endpoint| self.switch.phone_mut(endpoint).reachable = true);
        let agents: Vec<_> = settings.agents.iter().map(|agent| agent.id).collect();
        self.tell(Event::SettingsChanged(settings));
        self.tell(Event::SwitchReturned { server: SERVER, account: Account { reachable, ..Account::default() } });
        for agent in agents {
            self.tell(Event::AgentAsked { agent, ask: Ask::Ready, by: Actor::Program });
        }
        for n in 0..calls {
            let after = self.draw(0, OPEN_MS);
            self.will(after, Deed::Comes(n));
        }
    }

    /// The next thing happens; `false` when nothing will any more.
    fn goes_on(&mut self) -> bool {
        let Some(Reverse((at, ..))) = self.coming.peek() else { return false };
        let deadline = next_deadline(&self.state).map(Timestamp::as_ms).into_iter().chain(self.switch.next_lapse()).min();
        if let Some(deadline) = deadline.filter(|deadline| deadline < at) {
            self.at = deadline.max(self.at);
            self.switch.advance(self.at).into_iter().for_each(|event| self.tell(event));
            self.tell(Event::DeadlinePassed);
        } else if let Some(Reverse((at, _, deed))) = self.coming.pop() {
            self.at = at.max(self.at);
            self.does(deed);
        }
        true
    }

    fn does(&mut self, deed: Deed) {
        match deed {
            Deed::Comes(n) => {
                let (leg, dialled) =
                    (TheirLeg { server: SERVER, id: format!("caller-{n}") }, (700 + u128::from(n) % QUEUES).to_string());
                self.day.calls += 1;
                self.switch.caller_arrives(&leg, &dialled, (0, Span::ZERO));
                let patience = self.draw(20_000, 300_000);
                self.will(patience, Deed::LosesPatience(leg.clone()));
                let number = Some(Phone::new(format!("+7912{:07}", n * 7919 % 10_000_000)));
                self.tell(Event::CallerArrived { leg, number, dialled, priority: 0, came: None, told: None });
            }
            Deed::LosesPatience(leg) => {
                let id = LegId::Theirs(leg);
                if self.switch.legs.get(&id).is_some_and(|leg| leg.bridge.is_none()) {
                    self.day.abandoned += 1;
                    self.ends(&id);
                }
            }
            Deed::Rings(leg) => {
                if let Some(known) = self.switch.legs.get_mut(&LegId::Ours(leg)) {
                    known.rings = true;
                    let endpoint = known.endpoint.clone();
                    self.tell(Event::LegRang { leg });
                    endpoint.into_iter().for_each(|endpoint| self.tell(in_use(endpoint, true)));
                }
            }
            Deed::Answers(leg) => {
                if let Some(known) = self.switch.legs.get_mut(&LegId::Ours(leg)) {
                    known.up = true;
                    self.day.answered += 1;
                    let talk = self.draw(60_000, 300_000);
                    self.will(talk, Deed::HangsUp(leg));
                    self.tell(Event::LegAnswered { leg });
                }
            }
            Deed::HangsUp(leg) => self.ends(&LegId::Ours(leg)),
        }
    }

    /// A party hangs up.
    fn ends(&mut self, leg: &LegId) {
        let endpoint = self.phone_of(leg);
        let events = self.switch.end(leg, Cause { q850: 16, sip: None });
        events.into_iter().chain(endpoint.map(|endpoint| in_use(endpoint, false))).for_each(|event| self.tell(event));
    }

    /// The phone at the end of a leg, if it rings or talks.
    fn phone_of(&self, leg: &LegId) -> Option<Endpoint> {
        self.switch.legs.get(leg).filter(|leg| leg.rings || leg.up)?.endpoint.clone()
    }

    /// Tells the core something, and has the switch obey.
    fn tell(&mut self, event: Event) {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            self.day.events += 1;
            self.switch.at = self.at;
            let at = Timestamp::from_ms(self.at);
            let heard = self.listener.as_ref().map(|_| event.clone());
            let effects = step(&mut self.state, at, event);
            self.state.take_changes();
            if let (Some(listener), Some(heard)) = (&mut self.listener, heard) {
                listener(at, &heard, &effects);
            }
            for effect in effects {
                let Effect::Switch(order) = effect else { continue };
                if let Op::Dial { leg, .. } = &order.op {
                    let answers = self.draw(1_500, 9_000);
                    self.will(20, Deed::Rings(*leg));
                    self.will(answers, Deed::Answers(*leg));
                }
                let phone = if let Op::Hangup { leg, .. } = &order.op { self.phone_of(leg) } else { None };
                match self.switch.obey(&order.op) {
                    Ok(more) => events.extend(more.into_iter().chain(phone.map(|phone| in_use(phone, false)))),
                    Err(why) => events.push_back(Event::OrderFailed { order: order.op, why }),
                }
            }
        }
    }

    fn will(&mut self, after_ms: u64, deed: Deed) {
        self.drawn += 1;
        let at = self.at.saturating_add_unsigned(after_ms);
        self.coming.push(Reverse((at, self.drawn, deed)));
    }

    /// A number between two, drawn by splitmix64: the same day every time.
    fn draw(&mut self, from: u64, to: u64) -> u64 {
        self.drawn += 1;
        let mut mixed = self.drawn.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        from + (mixed ^ (mixed >> 31)) % (to - from)
    }
}

/// What a phone's device state says.
fn in_use(endpoint: Endpoint, in_use: bool) -> Event {
    Event::EndpointChanged { endpoint, reachable: true, in_use }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_of_a_day_is_answered_or_gives_up() {
        let day = of(1_000);
        assert_eq!((day.calls, day.answered + day.abandoned), (1_000, 1_000), "{day:?}");
        assert!(day.answered > 500 && day.abandoned > 0, "{day:?}");
        assert_eq!(of(1_000), day, "the same day again");
    }
}
