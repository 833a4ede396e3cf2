//! Which calls and which agents an event concerns. A report of a leg concerns its call and, for as long as the core counts the
//! leg, the agent at its end; a report of a phone, and what an agent asks, concern that agent and the call they are bound to;
//! what concerns a whole Asterisk concerns everybody; a deadline those about whom something is done.

use std::collections::BTreeSet;

use acd::effect::{Effect, Lane, Op};
use acd::event::Event;
use model::{AgentId, AgentState, CallId, Endpoint, Fact, LegId, OurLeg, TheirLeg};

use crate::cells::Situation;
use crate::switch::leg_of;
use crate::world::World;

/// The situations that follow from the event and what stood before it.
pub fn by_the_event(world: &World, event: &Event) -> BTreeSet<Situation> {
    match event {
        Event::SettingsChanged(_)
        | Event::SwitchReturned { .. }
        | Event::SwitchLost { .. }
        | Event::FallbackReported { .. }
        | Event::ClockJumped { .. }
        | Event::DayBegan { .. } => everybody(world),
        Event::CallerArrived { leg, .. } => theirs(world, leg),
        Event::FeatureDialled { endpoint, .. } | Event::EndpointChanged { endpoint, .. } => at_phone(world, endpoint),
        Event::LegRang { leg } | Event::LegAnswered { leg } | Event::HeardOut { leg } => [ours(world, *leg)].into(),
        Event::LegEnded { leg, .. } | Event::LegHeld { leg } | Event::LegResumed { leg } => either(world, leg),
        Event::PromptEnded { prompt } => match world.prompts.get(prompt).filter(|leg| counts(world, leg)) {
            Some(leg) => world.features.get(leg).map_or_else(nobody, |endpoint| at_phone(world, endpoint)),
            None => nobody(),
        },
        Event::AgentAsked { agent, .. } => [of_agent(world, *agent)].into(),
        Event::CallAsked { call, .. } => of_call(world, *call),
        Event::OrderFailed { order, .. } => ordered(world, order),
        Event::DeadlinePassed => BTreeSet::new(),
    }
}

/// For a deadline: the situations, before it, of all about whom something was done.
pub fn by_the_effects(before: &World, event: &Event, effects: &[Effect]) -> BTreeSet<Situation> {
    if *event != Event::DeadlinePassed {
        return BTreeSet::new();
    }
    let mut found: BTreeSet<Situation> = BTreeSet::new();
    for effect in effects {
        match effect {
            Effect::Record(Fact::AgentChanged { agent, .. } | Fact::OfferEnded { agent, .. }) => {
                found.insert(of_agent(before, *agent));
            }
            Effect::Record(_) => {}
            Effect::Switch(order) => match (&order.op, &order.lane) {
                // Only whose line it is on has it hung up by a deadline; by then the core does not count it any more.
                (Op::Hangup { leg: LegId::Ours(leg), .. }, _) => drop(found.insert(at_the_end_of(before, *leg, true))),
                (_, Lane::Call(call)) => found.extend(of_call(before, *call)),
                (_, Lane::Leg(_) | Lane::Server(_)) => found.extend(nobody()),
            },
        }
    }
    if found.is_empty() { nobody() } else { found }
}

fn nobody() -> BTreeSet<Situation> {
    [Situation::new(None, None)].into()
}

fn counts(world: &World, leg: &TheirLeg) -> bool {
    world.state.legs().contains(&LegId::Theirs(leg.clone()))
}

fn everybody(world: &World) -> BTreeSet<Situation> {
    let agents = world.books.shown_agents.keys().map(|agent| of_agent(world, *agent));
    let waiting = world.books.shown_calls.values().filter(|row| row.agent.is_none());
    let found: BTreeSet<Situation> = agents.chain(waiting.map(|row| Situation::new(Some(row.phase), None))).collect();
    if found.is_empty() { nobody() } else { found }
}

fn ordered(world: &World, op: &Op) -> BTreeSet<Situation> {
    match (op, leg_of(op)) {
        (Op::Dial { leg, .. } | Op::HearOut { leg }, _) => [ours(world, *leg)].into(),
        (Op::CreateBridge { bridge } | Op::Join { bridge, .. } | Op::DestroyBridge { bridge }, _) => of_call(world, bridge.call),
        (_, Some(leg)) => either(world, &leg),
        (_, None) => nobody(),
    }
}

fn either(world: &World, leg: &LegId) -> BTreeSet<Situation> {
    match leg {
        LegId::Ours(leg) => [ours(world, *leg)].into(),
        LegId::Theirs(leg) => theirs(world, leg),
    }
}

fn theirs(world: &World, leg: &TheirLeg) -> BTreeSet<Situation> {
    let leg = LegId::Theirs(leg.clone());
    let call = world.books.open.iter().find(|(_, story)| story.leg == leg);
    call.map_or_else(nobody, |(call, _)| of_call(world, *call))
}

/// A call, and everybody bound to it.
fn of_call(world: &World, call: CallId) -> BTreeSet<Situation> {
    let phase = world.books.shown_calls.get(&call).map(|row| row.phase);
    let bound = world.books.shown_agents.values().filter(|row| row.state.call() == Some(call));
    let found: BTreeSet<Situation> = bound.map(|row| Situation::new(phase, Some(&row.state))).collect();
    if found.is_empty() { [Situation::new(phase, None)].into() } else { found }
}

fn ours(world: &World, leg: OurLeg) -> Situation {
    at_the_end_of(world, leg, world.state.legs().contains(&LegId::Ours(leg)))
}

fn at_the_end_of(world: &World, leg: OurLeg, counted: bool) -> Situation {
    let phase = world.books.shown_calls.get(&leg.call).map(|row| row.phase);
    let agent = world.dialled.get(&leg).filter(|_| counted).and_then(|endpoint| state_at(world, endpoint));
    Situation::new(phase, agent)
}

fn at_phone(world: &World, endpoint: &Endpoint) -> BTreeSet<Situation> {
    let agent = world.books.shown_agents.values().find(|row| row.endpoint == endpoint.name);
    agent.map_or_else(nobody, |row| [of_agent(world, row.id)].into())
}

fn of_agent(world: &World, agent: AgentId) -> Situation {
    let state = world.books.shown_agents.get(&agent).map(|row| &row.state);
    let call = state.and_then(AgentState::call);
    Situation::new(call.and_then(|call| Some(world.books.shown_calls.get(&call)?.phase)), state)
}

fn state_at<'a>(world: &'a World, endpoint: &Endpoint) -> Option<&'a AgentState> {
    world.books.shown_agents.values().find(|row| row.endpoint == endpoint.name).map(|row| &row.state)
}
