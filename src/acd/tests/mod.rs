//! Tables of steps with their exact effects: the empty list is an answer too.

mod absence;
mod account;
mod answering;
mod arriving;
mod asking;
mod bounds;
mod checking;
mod choosing;
mod cost;
mod crossing;
mod days;
mod emptying;
mod failing;
mod fairness;
mod falling_back;
mod guarding;
mod hanging_up;
mod heading;
mod hearing_out;
mod live;
mod mending;
mod moving;
mod offering;
mod overflowing;
mod phones;
mod repeating;
mod restarting;
mod rosters;
mod second_calls;
mod settings;
mod talking;
mod wandering;

use model::fact::{Ignored, Leaving, Segment};
use model::queue::{Overflow, ServiceLevelTarget, Strategy};
use model::stamp::Mark;
use model::{
    Actor, AgentId, AgentState, BridgeId, CallId, CallPhase, Endpoint, Fact, LegId, OfferEnd, OurLeg, Outcome, PersonName,
    QueueId, SegmentKind, ServerId, Settings, Side, Span, Stamp, TheirLeg, Timestamp,
};
use uuid::Uuid;

use crate::effect::{Effect, Exit, HangupReason, Lane, Op, Order};
use crate::event::{Account, Ask, BridgeAccount, Cause, Event, LegAccount};
use crate::{State, check, step};
use account::{caller_there, phone_there, returns};

const SERVER: ServerId = ServerId(1);

/// A core under test. Every step is followed by a look through the whole state.
struct Centre {
    state: State,
}

impl Centre {
    /// Queues 700 (five seconds of wrap-up) and 701 (none); agent 1001 serves both, agent 1002 the first, both phones can be
    /// reached and nobody is logged in.
    fn opened() -> Self {
        let mut centre = Self { state: State::new(1) };
        centre.at(0, Event::SettingsChanged(settings()));
        let account = Account { reachable: vec![endpoint(1001), endpoint(1002)], ..Account::default() };
        centre.at(0, Event::SwitchReturned { server: SERVER, account });
        centre
    }

    /// The same, with agent 1001 ready since the first second and agent 1002 since the second.
    fn staffed() -> Self {
        let mut centre = Self::opened();
        centre.asks(1_000, 1001, Ask::Ready);
        centre.asks(2_000, 1002, Ask::Ready);
        centre
    }

    /// With agent 1001 alone, and a call that rings at them: made at 10 s, rung at 10.2 s.
    fn ringing() -> (Self, CallId) {
        let mut centre = Self::opened();
        centre.asks(1_000, 1001, Ask::Ready);
        let call = centre.calls(10_000, "c1", "700");
        centre.at(10_200, Event::LegRang { leg: ours(call, 1) });
        (centre, call)
    }

    /// The same call, answered at 13 s.
    fn talking() -> (Self, CallId) {
        let (mut centre, call) = Self::ringing();
        centre.at(13_000, Event::LegAnswered { leg: ours(call, 1) });
        (centre, call)
    }

    /// With these settings, every phone of which can be reached, and these agents ready, one a second from the first on.
    fn of(settings: Settings, ready: &[u128]) -> Self {
        let mut centre = Self { state: State::new(1) };
        let reachable = settings.agents.iter().map(|agent| agent.endpoint.clone()).collect();
        centre.at(0, Event::SettingsChanged(settings));
        centre.at(0, Event::SwitchReturned { server: SERVER, account: Account { reachable, ..Account::default() } });
        for (ms, number) in (1_000..).step_by(1_000).zip(ready) {
            centre.asks(ms, *number, Ask::Ready);
        }
        centre
    }

    /// What comes of an event. The choices are made anew from what they say of themselves, and are left out of the tables
    /// here: `choosing` has those.
    fn at(&mut self, ms: i64, event: Event) -> Vec<Effect> {
        let mut effects = step(&mut self.state, Timestamp::from_ms(ms), event);
        assert_eq!(check(&self.state), Vec::<String>::new());
        effects.retain(|effect| match effect {
            Effect::Record(Fact::Decided { call, decision }) => {
                assert_eq!(crate::explain::verify(decision, *call), Ok(()));
                false
            }
            Effect::Record(_) | Effect::Switch(_) => true,
        });
        effects
    }

    /// A caller dials a number; the call that came of it.
    fn calls(&mut self, ms: i64, leg: &str, dialled: &str) -> CallId {
        let effects = self.at(ms, arrived(leg, dialled));
        let entered = effects.iter().find_map(|effect| match effect {
            Effect::Record(Fact::CallEntered { call, .. }) => Some(*call),
            Effect::Record(_) | Effect::Switch(_) => None,
        });
        entered.expect("the caller entered a queue")
    }

    fn asks(&mut self, ms: i64, number: u128, ask: Ask) -> Vec<Effect> {
        self.at(ms, Event::AgentAsked { agent: agent(number), ask, by: Actor::Agent(agent(number)) })
    }

    fn ends(&mut self, ms: i64, leg: impl Into<Party>, sip: Option<u16>) -> Vec<Effect> {
        self.at(ms, Event::LegEnded { leg: leg.into().0, cause: Cause { q850: 16, sip } })
    }

    /// The deadline that passes next, but for the renewals of guards on the way there.
    fn deadline(&mut self, ms: i64) -> Vec<Effect> {
        while let Some(before) = crate::next_deadline(&self.state).filter(|at| at.as_ms() < ms) {
            let effects = self.at(before.as_ms(), Event::DeadlinePassed);
            let renews = |effect: &Effect| matches!(effect, Effect::Switch(Order { op: Op::Guard { within: Some(_), .. }, .. }));
            assert!(effects.iter().all(renews), "at {before:?}: {effects:?}");
        }
        assert_eq!(crate::next_deadline(&self.state), Some(Timestamp::from_ms(ms)));
        self.due(ms)
    }

    fn state_of(&self, number: u128) -> AgentState {
        self.state.agents().get(&agent(number)).expect("the agent is there").state.clone()
    }
}

struct Party(LegId);

impl From<&str> for Party {
    fn from(leg: &str) -> Self {
        Self(LegId::Theirs(their(leg)))
    }
}

impl From<OurLeg> for Party {
    fn from(leg: OurLeg) -> Self {
        Self(LegId::Ours(leg))
    }
}

fn settings() -> Settings {
    let queue = |number: u128, wrap_up| model::Queue {
        id: queue(number),
        number: number.to_string(),
        name: format!("Queue {number}"),
        music: "default".to_owned(),
        ring_timeout: Span::from_secs(15),
        wrap_up: Span::from_secs(wrap_up),
        service_level: ServiceLevelTarget { percent: 80, within: Span::from_secs(20) },
        strategy: Strategy::default(),
        overflow: Overflow::default(),
    };
    let agent = |number: u128, queues| model::Agent {
        id: agent(number),
        name: PersonName::new(format!("Agent {number}")),
        endpoint: endpoint(number),
        queues,
        ready_on_register: false,
        tiers: std::collections::BTreeMap::new(),
    };
    Settings {
        queues: vec![queue(700, 5), queue(701, 0)],
        agents: vec![agent(1001, vec![self::queue(700), self::queue(701)]), agent(1002, vec![self::queue(700)])],
        ..Settings::default()
    }
}

fn queue(number: u128) -> QueueId {
    QueueId(Uuid::from_u128(number))
}

fn agent(number: u128) -> AgentId {
    AgentId(Uuid::from_u128(number))
}

fn endpoint(number: u128) -> Endpoint {
    Endpoint { server: SERVER, name: number.to_string() }
}

fn their(leg: &str) -> TheirLeg {
    TheirLeg { server: SERVER, id: leg.to_owned() }
}

fn ours(call: CallId, n: u32) -> OurLeg {
    OurLeg { server: SERVER, call, n }
}

fn bridge(call: CallId, n: u32) -> BridgeId {
    BridgeId { server: SERVER, call, n }
}

fn arrived(leg: &str, dialled: &str) -> Event {
    Event::CallerArrived { leg: their(leg), number: None, dialled: dialled.to_owned(), priority: 0, came: None, told: None }
}

fn order(call: CallId, op: Op) -> Effect {
    Effect::Switch(Order::of_call(call, op))
}

fn order_leg(leg: &str, op: Op) -> Effect {
    Effect::Switch(Order { lane: Lane::Leg(LegId::Theirs(their(leg))), op })
}

fn watch(numbers: &[u128]) -> Effect {
    let endpoints = numbers.iter().map(|number| endpoint(*number)).collect();
    Effect::Switch(Order { lane: Lane::Server(SERVER), op: Op::Watch { server: SERVER, endpoints } })
}

fn answer(call: CallId, leg: &str) -> Effect {
    order(call, Op::Answer { leg: their(leg) })
}

fn start_music(call: CallId, leg: &str) -> Effect {
    order(call, Op::StartMusic { leg: LegId::Theirs(their(leg)), class: "default".to_owned() })
}

fn stop_music(call: CallId, leg: &str) -> Effect {
    order(call, Op::StopMusic { leg: LegId::Theirs(their(leg)) })
}

fn mark_of(call: CallId, number: u128, entered: i64, phase: CallPhase) -> Mark {
    let (queue, entered) = (queue(number), Timestamp::from_ms(entered));
    Mark { call, queue, entered, priority: 0, phase, since: entered, agent: None }
}

fn mark(call: CallId, leg: &str, entered: i64, phase: CallPhase) -> Effect {
    order(call, Op::Mark { leg: LegId::Theirs(their(leg)), mark: mark_of(call, 700, entered, phase) })
}

/// The mark of a conversation with this agent.
fn talk_of(call: CallId, [entered, since]: [i64; 2], number: u128) -> Mark {
    let talking = mark_of(call, 700, entered, CallPhase::Talking);
    Mark { since: Timestamp::from_ms(since), agent: Some(agent(number)), ..talking }
}

/// The order to write the mark of a conversation that began later than the caller entered.
fn talking_mark(call: CallId, leg: &str, times: [i64; 2], number: u128) -> Effect {
    order(call, Op::Mark { leg: LegId::Theirs(their(leg)), mark: talk_of(call, times, number) })
}

fn stamp(call: CallId, leg: &str, entered: i64, outcome: Outcome) -> Effect {
    let entered = Timestamp::from_ms(entered);
    let stamp = Stamp { call, queue: "700".to_owned(), outcome, entered, agent: None, answered: None };
    order(call, Op::Stamp { leg: their(leg), stamp })
}

fn stamp_answered(call: CallId, leg: &str, entered: i64, agent: &str, answered: i64) -> Effect {
    let stamp = Stamp {
        call,
        queue: "700".to_owned(),
        outcome: Outcome::Answered,
        entered: Timestamp::from_ms(entered),
        agent: Some(agent.to_owned()),
        answered: Some(Timestamp::from_ms(answered)),
    };
    order(call, Op::Stamp { leg: their(leg), stamp })
}

fn dial(call: CallId, caller: &str, entered: i64, n: u32, number: u128) -> Effect {
    order(call, dial_op(call, caller, entered, n, number))
}

fn dial_op(call: CallId, caller: &str, entered: i64, n: u32, number: u128) -> Op {
    Op::Dial {
        leg: ours(call, n),
        endpoint: endpoint(number),
        caller: their(caller),
        give_up_after: Span::from_secs(25),
        mark: mark_of(call, 700, entered, CallPhase::Offered),
    }
}

/// Asterisk leaves the caller to us for a minute more.
fn guard(call: CallId, leg: &str) -> Effect {
    order(call, Op::Guard { leg: their(leg), within: Some(Span::from_secs(60)) })
}

/// Asterisk leaves the caller to us.
fn lift(call: CallId, leg: &str) -> Effect {
    order(call, Op::Guard { leg: their(leg), within: None })
}

fn lift_from_leg(leg: &str) -> Effect {
    order_leg(leg, Op::Guard { leg: their(leg), within: None })
}

fn hang_up(call: CallId, leg: impl Into<Party>, reason: HangupReason) -> Effect {
    order(call, Op::Hangup { leg: leg.into().0, reason })
}

fn create_bridge(call: CallId, n: u32) -> Effect {
    order(call, Op::CreateBridge { bridge: bridge(call, n) })
}

fn destroy_bridge(call: CallId, n: u32) -> Effect {
    order(call, Op::DestroyBridge { bridge: bridge(call, n) })
}

fn join(call: CallId, n: u32, caller: &str, leg: OurLeg) -> Effect {
    order(call, Op::Join { bridge: bridge(call, n), legs: vec![LegId::Theirs(their(caller)), LegId::Ours(leg)] })
}

fn give_back(call: CallId, leg: &str) -> Effect {
    order(call, Op::Continue { leg: their(leg), exit: Exit::Returned })
}

/// A call that Asterisk failed.
fn give_up(call: CallId, leg: &str) -> Effect {
    order(call, Op::Continue { leg: their(leg), exit: Exit::Failed })
}

fn left(call: CallId, number: u128, why: Leaving) -> Effect {
    Effect::Record(Fact::CallLeft { call, queue: queue(number), why })
}

fn entered(call: CallId, leg: &str, at: i64) -> Effect {
    let (leg, entered) = (LegId::Theirs(their(leg)), Timestamp::from_ms(at));
    Effect::Record(Fact::CallEntered { call, leg, queue: queue(700), number: None, entered })
}

fn offered(call: CallId, offer: u32, number: u128) -> Effect {
    Effect::Record(Fact::OfferMade { call, offer, agent: agent(number) })
}

fn rang(call: CallId, offer: u32, number: u128) -> Effect {
    Effect::Record(Fact::OfferRang { call, offer, agent: agent(number) })
}

fn offer_ended(call: CallId, offer: u32, number: u128, end: OfferEnd) -> Effect {
    Effect::Record(Fact::OfferEnded { call, offer, agent: agent(number), end })
}

fn ended(call: CallId, outcome: Outcome, by: Side) -> Effect {
    Effect::Record(Fact::CallEnded { call, outcome, by })
}

/// By a rule.
fn becomes(number: u128, state: AgentState) -> Effect {
    Effect::Record(Fact::AgentChanged { agent: agent(number), state, by: Actor::Program, why: None })
}

/// By the agent's own doing.
fn chooses(number: u128, state: AgentState) -> Effect {
    Effect::Record(Fact::AgentChanged { agent: agent(number), state, by: Actor::Agent(agent(number)), why: None })
}

fn ignored(event: &str, why: Ignored) -> Effect {
    Effect::Record(Fact::Ignored { event: event.to_owned(), why })
}

/// A stretch in which the caller is alone.
fn waited(call: CallId, began: i64, ended: i64) -> Effect {
    Effect::Record(Fact::SegmentEnded(stretch(call, SegmentKind::Waiting, began, ended)))
}

/// A stretch that an agent takes part in.
fn spent(call: CallId, kind: SegmentKind, number: u128, began: i64, ended: i64) -> Effect {
    Effect::Record(Fact::SegmentEnded(Segment { agent: Some(agent(number)), ..stretch(call, kind, began, ended) }))
}

fn ringing(call: CallId, offer: u32, number: u128, [began, ended]: [i64; 2], ending: OfferEnd) -> Effect {
    let stretch = stretch(call, SegmentKind::Ringing, began, ended);
    let (agent, offer, ending) = (Some(agent(number)), Some(offer), Some(ending));
    Effect::Record(Fact::SegmentEnded(Segment { agent, offer, ending, ..stretch }))
}

fn stretch(call: CallId, kind: SegmentKind, began: i64, ended: i64) -> Segment {
    let (began, ended) = (Timestamp::from_ms(began), Timestamp::from_ms(ended));
    Segment { call, kind, queue: queue(700), agent: None, offer: None, began, ended, ending: None }
}

fn wrap_up(call: CallId, until: i64) -> AgentState {
    AgentState::WrapUp { call, until: Timestamp::from_ms(until) }
}
