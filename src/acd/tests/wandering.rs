//! Anything in any order: queues of every strategy and rule, settings that change under way, reports that may or may not fit.
//! After every step the state is sound and every choice follows from what was compared. What becomes of the orders is the
//! simulation's subject, which has a switch.

use std::collections::BTreeMap;

use model::queue::{Capacity, Limit, WayOut};
use model::{CallAsk, NotReadyReason, Settings};

use super::*;
use crate::chance::Chance;
use crate::event::{BridgeAccount, LegAccount, OrderFailure};

const QUEUES: u64 = 4;
const AGENTS: u64 = 7;

struct Wanderer {
    chance: Chance,
    centre: Centre,
    at: i64,
    callers: u64,
    /// How often what came true.
    seen: BTreeMap<String, u32>,
}

#[test]
fn state_is_sound_after_anything_in_any_order() {
    let mut seen = BTreeMap::<String, u32>::new();
    for seed in 0..150 {
        let centre = Centre { state: State::new(seed) };
        let mut wanderer = Wanderer { chance: Chance::new(seed), centre, at: 0, callers: 0, seen };
        wanderer.changes_settings();
        wanderer.returns();
        for _ in 0..150 {
            wanderer.goes_on();
        }
        seen = wanderer.seen;
    }
    // What is not reached is not tested.
    for fact in [
        "moved MaxWait",
        "moved NobodyLoggedIn",
        "moved NobodyReady",
        "moved Full",
        "moved Moved",
        "asked ToHead",
        "asked HangUp",
        "left MaxWait",
        "left Full",
        "left NobodyLoggedIn",
        "left NobodyReady",
        "left Closed",
        "answered",
        "withdrawn",
        "rung by 3",
    ] {
        assert!(seen.get(fact).is_some_and(|times| *times >= 20), "{fact}: {seen:?}");
    }
}

impl Wanderer {
    fn below(&mut self, bound: u64) -> u64 {
        self.chance.draw() % bound
    }

    fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }

    fn happens(&mut self, event: Event) {
        let effects = self.centre.at(self.at, event);
        self.looks_at(&effects);
        // Whatever is due is done by one report, or is not due any more.
        while crate::next_deadline(&self.centre.state).is_some_and(|due| due <= Timestamp::from_ms(self.at)) {
            let effects = self.centre.due(self.at);
            self.looks_at(&effects);
            self.at += 1;
        }
    }

    fn looks_at(&mut self, effects: &[Effect]) {
        let facts = effects.iter().filter_map(|effect| match effect {
            Effect::Record(Fact::CallAsked { ask, .. }) => Some(format!("asked {ask:?}")),
            Effect::Record(Fact::CallMoved { why, .. }) => Some(format!("moved {why:?}")),
            Effect::Record(Fact::CallLeft { why, .. }) => Some(format!("left {why:?}")),
            Effect::Record(Fact::CallAnswered { .. }) => Some("answered".to_owned()),
            Effect::Record(Fact::OfferEnded { end: OfferEnd::Withdrawn, .. }) => Some("withdrawn".to_owned()),
            Effect::Record(_) | Effect::Switch(_) => None,
        });
        let rung = self.centre.state.calls().values().map(|call| format!("rung by {}", call.offers()));
        for fact in facts.chain(rung) {
            *self.seen.entry(fact).or_default() += 1;
        }
    }

    fn goes_on(&mut self) {
        self.at += i64::try_from(self.below(1_500)).unwrap_or(0);
        match self.below(22) {
            0..=4 => self.somebody_calls(),
            5..=8 => self.an_agent_asks(),
            9..=11 => self.a_leg(|leg| Event::LegRang { leg }),
            12..=13 => self.a_leg(|leg| Event::LegAnswered { leg }),
            14..=15 => self.a_leg_ends(),
            16 => self.a_dial_fails(),
            17 if self.one_in(3) => self.changes_settings(),
            18 if self.one_in(4) => self.happens(Event::SwitchLost { server: SERVER }),
            19 if self.one_in(3) => self.returns(),
            20..=21 => self.a_supervisor_orders(),
            _ => self.an_agent_asks(),
        }
    }

    fn somebody_calls(&mut self) {
        self.callers += 1;
        let (priority, number) = (u8::try_from(self.below(3)).unwrap_or(0), 700 + self.below(QUEUES));
        let leg = their(&format!("c{}", self.callers));
        // By a clock of its own, and heard with more or less delay.
        let told = Timestamp::from_ms(self.at - 5_000_000) - Span::from_ms(i64::try_from(self.below(300)).unwrap_or(0));
        let came = told - Span::from_ms(i64::try_from(self.below(3) * self.below(500)).unwrap_or(0));
        let (came, told) = (Some(came), Some(told));
        self.happens(Event::CallerArrived { leg, number: None, dialled: number.to_string(), priority, came, told });
    }

    fn an_agent_asks(&mut self) {
        let agent = agent(u128::from(1_000 + self.below(AGENTS)));
        let ask = match self.below(10) {
            0 => Ask::NotReady(NotReadyReason::Break),
            1 => Ask::LogOut,
            _ => Ask::Ready,
        };
        self.happens(Event::AgentAsked { agent, ask, by: Actor::Agent(agent) });
    }

    fn a_supervisor_orders(&mut self) {
        let calls: Vec<CallId> = self.centre.state.calls().keys().copied().collect();
        let place = self.below(calls.len().max(1) as u64);
        let ask = match self.below(6) {
            0 => CallAsk::HangUp,
            1..=2 => CallAsk::ToHead,
            _ => CallAsk::MoveTo(queue(u128::from(700 + self.below(QUEUES)))),
        };
        if let Some(call) = calls.get(usize::try_from(place).unwrap_or(0)).copied() {
            self.happens(Event::CallAsked { call, ask, by: Actor::CommandLine });
        }
    }

    fn our_leg(&mut self) -> Option<OurLeg> {
        let ours = |leg| if let LegId::Ours(leg) = leg { Some(leg) } else { None };
        let legs: Vec<OurLeg> = self.centre.state.legs().into_iter().filter_map(ours).collect();
        let place = self.below(legs.len().max(1) as u64);
        legs.get(usize::try_from(place).unwrap_or(0)).copied()
    }

    fn a_leg(&mut self, event: impl Fn(OurLeg) -> Event) {
        if let Some(leg) = self.our_leg() {
            self.happens(event(leg));
        }
    }

    fn a_leg_ends(&mut self) {
        let legs: Vec<LegId> = self.centre.state.legs().into_iter().collect();
        let place = self.below(legs.len().max(1) as u64);
        let sip = [None, Some(486), Some(603), Some(480)][usize::try_from(self.below(4)).unwrap_or(0)];
        if let Some(leg) = legs.get(usize::try_from(place).unwrap_or(0)).cloned() {
            self.happens(Event::LegEnded { leg, cause: Cause { q850: 16, sip } });
        }
    }

    fn a_dial_fails(&mut self) {
        let Some(leg) = self.our_leg() else { return };
        let caller = their("c1");
        let mark = mark_of(leg.call, 700, 0, CallPhase::Offered);
        let order = Op::Dial { leg, endpoint: endpoint(1_000), caller, give_up_after: Span::from_secs(25), mark };
        let why = match self.below(3) {
            0 => OrderFailure::Unreachable,
            1 => OrderFailure::Gone,
            _ => OrderFailure::Refused { status: 500, text: String::new() },
        };
        self.happens(Event::OrderFailed { order, why });
    }

    /// An account in which some of what the state knows is missing, and some of it is answered.
    fn returns(&mut self) {
        let mut account = Account::default();
        for number in 1_000..1_000 + AGENTS {
            if !self.one_in(6) {
                account.reachable.push(endpoint(number.into()));
            }
        }
        for leg in self.centre.state.legs() {
            let up = matches!(leg, LegId::Theirs(_)) || self.one_in(4);
            if !self.one_in(5) {
                let agent = if let LegId::Ours(leg) = leg { self.centre.state.index().legs.get(&leg).copied() } else { None };
                let endpoint = agent.and_then(|agent| Some(self.centre.state.agents().get(&agent)?.card.endpoint.clone()));
                account.legs.push(LegAccount {
                    leg,
                    up,
                    rings: !up && self.one_in(2),
                    mark: None,
                    number: None,
                    dialled: "700".to_owned(),
                    priority: 0,
                    came: Some(Timestamp::from_ms(self.at - 5_000_000 - i64::try_from(self.below(90_000)).unwrap_or(0))),
                    endpoint,
                });
            }
        }
        account.bridges.extend(self.centre.state.bridges().into_iter().map(|bridge| BridgeAccount { bridge, legs: vec![] }));
        self.happens(Event::SwitchReturned { server: SERVER, account });
    }

    fn changes_settings(&mut self) {
        let Settings { queues, agents, .. } = settings();
        let mut changed = Settings::default();
        for number in 700..700 + QUEUES {
            if number > 700 && self.one_in(8) {
                continue;
            }
            let (strategy, overflow) = (self.strategy(), self.overflow());
            changed.queues.push(model::Queue {
                id: queue(number.into()),
                number: number.to_string(),
                strategy,
                overflow,
                ..queues[0].clone()
            });
        }
        for number in 1_000..1_000 + AGENTS {
            if self.one_in(8) {
                continue;
            }
            let served: Vec<QueueId> = changed.queues.iter().map(|queue| queue.id).filter(|_| !self.one_in(3)).collect();
            let tiers = served.iter().map(|queue| (*queue, 1 + u8::try_from(self.below(3)).unwrap_or(0))).collect();
            changed.agents.push(model::Agent {
                id: agent(number.into()),
                endpoint: endpoint(number.into()),
                queues: served,
                tiers,
                ..agents[0].clone()
            });
        }
        self.happens(Event::SettingsChanged(changed));
    }

    fn strategy(&mut self) -> Strategy {
        use Strategy::{FewestCalls, Linear, LongestIdle, Random, RingAll, RoundRobin};
        [LongestIdle, FewestCalls, RoundRobin, Linear, Random, RingAll, RingAll, RingAll]
            [usize::try_from(self.below(8)).unwrap_or(0)]
    }

    fn overflow(&mut self) -> Overflow {
        let mut way = || {
            let to = self.below(4 * QUEUES);
            (to < QUEUES).then(|| WayOut::Queue(queue(u128::from(700 + to)))).or((to == QUEUES).then_some(WayOut::Dialplan))
        };
        Overflow {
            max_wait: way().map(|to| Limit { after: Span::from_secs(4), to }),
            nobody_logged_in_joining: way(),
            nobody_logged_in_waiting: way(),
            nobody_ready_joining: way(),
            nobody_ready_waiting: way(),
            full: way().map(|to| Capacity { waiting: 3, to }),
        }
    }
}
