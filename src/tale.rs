//! A day in sentences: what an entry of the journal says to somebody who looks after the centre. Callers are named by the
//! last digits of their numbers, agents by their phones.

use std::collections::BTreeMap;

use acd::event::Event;
use model::explain::{Compared, Decision};
use model::fact::{FallbackCall, Leaving};
use model::queue::Strategy;
use model::{Actor, AgentId, AgentState, CallAsk, CallId, Fact, Phone, QueueId, Settings, StateReason, Timestamp};
use runtime::journal::Entry;

/// How many digits of a caller's number are told.
const TOLD: usize = 4;

/// What it takes to name things as people do.
#[derive(Debug, Default)]
pub struct Tale {
    queues: BTreeMap<QueueId, String>,
    agents: BTreeMap<AgentId, String>,
}

impl From<&Settings> for Tale {
    fn from(settings: &Settings) -> Self {
        let mut tale = Self::default();
        tale.learn(settings);
        tale
    }
}

/// A point in time, in UTC.
pub fn moment(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.as_ms()).map_or_else(|_| at.as_ms().to_string(), |at| format!("{at:.3}"))
}

impl Tale {
    /// The sentences of one entry; none, if it matters to nobody.
    pub fn of(&mut self, entry: &Entry) -> Vec<String> {
        let mut sentences: Vec<String> = self.event(&entry.event).into_iter().collect();
        let decided: Vec<(CallId, AgentId)> = entry.facts.iter().flat_map(chosen).collect();
        sentences.extend(entry.facts.iter().filter_map(|fact| match fact {
            // The decision has told it already, with the reason.
            Fact::OfferMade { call, agent, .. } if decided.contains(&(*call, *agent)) => None,
            fact => self.fact(fact),
        }));
        sentences
    }

    /// Settings that were told stay known, as long as anybody speaks of what they named.
    fn learn(&mut self, settings: &Settings) {
        self.queues.extend(settings.queues.iter().map(|queue| (queue.id, queue.number.clone())));
        self.agents.extend(settings.agents.iter().map(|agent| (agent.id, agent.endpoint.name.clone())));
    }

    fn queue(&self, id: QueueId) -> &str {
        self.queues.get(&id).map_or("an unknown queue", String::as_str)
    }

    fn agent(&self, id: AgentId) -> &str {
        self.agents.get(&id).map_or("an unknown agent", String::as_str)
    }

    fn event(&mut self, event: &Event) -> Option<String> {
        match event {
            Event::SettingsChanged(settings) => {
                self.learn(settings);
                let (queues, agents) = (settings.queues.len(), settings.agents.len());
                Some(format!("the settings were changed: {queues} queues, {agents} agents"))
            }
            Event::SwitchReturned { server, account } => {
                let (legs, bridges) = (account.legs.len(), account.bridges.len());
                Some(format!("Asterisk {server} told what is alive: {legs} legs, {bridges} bridges"))
            }
            Event::OrderFailed { order, why } => Some(format!("the order {} failed: {why:?}", order.name())),
            Event::SwitchLost { .. }
            | Event::CallerArrived { .. }
            | Event::FeatureDialled { .. }
            | Event::LegRang { .. }
            | Event::LegAnswered { .. }
            | Event::LegEnded { .. }
            | Event::HeardOut { .. }
            | Event::LegHeld { .. }
            | Event::LegResumed { .. }
            | Event::EndpointChanged { .. }
            | Event::PromptEnded { .. }
            | Event::AgentAsked { .. }
            | Event::CallAsked { .. }
            | Event::FallbackReported { .. }
            | Event::ClockJumped { .. }
            | Event::DayBegan { .. }
            | Event::DeadlinePassed => None,
        }
    }

    fn fact(&self, fact: &Fact) -> Option<String> {
        Some(match fact {
            Fact::CallEntered { call, queue, number, .. } => {
                format!("{} from {} entered {}", short(*call), caller(number.as_ref()), self.queue(*queue))
            }
            Fact::Decided { call, decision } => self.decision(*call, decision),
            Fact::OfferMade { call, agent, .. } => format!("{} is offered to {}", short(*call), self.agent(*agent)),
            Fact::OfferRang { call, agent, .. } => format!("{} rings at {}", short(*call), self.agent(*agent)),
            Fact::OfferEnded { call, agent, end, .. } => {
                format!("{}: the offer to {} ended: {}", short(*call), self.agent(*agent), words(end.name()))
            }
            Fact::CallAnswered { call, agent, waited } => {
                format!("{} was answered by {} after {}", short(*call), self.agent(*agent), seconds(waited.as_ms()))
            }
            Fact::AnswerUndone { call } => format!("{}: the answer came to nothing, the caller waits on", short(*call)),
            Fact::CallAsked { call, ask, by } => {
                format!("{} {} by order of {}", short(*call), self.ordered(*ask), self.actor(*by))
            }
            Fact::CallMoved { call, from, to, why } => {
                let (from, to) = (self.queue(*from), self.queue(*to));
                // The order has told it already, and by whom.
                let why = if *why == Leaving::Moved { String::new() } else { format!(": {}", said(why)) };
                format!("{} moved from {from} to {to}{why}", short(*call))
            }
            Fact::CallLeft { call, queue, why } => {
                format!("{} left {} for the dialplan: {}", short(*call), self.queue(*queue), said(why))
            }
            Fact::CallEnded { call, outcome, by } => {
                format!("{} ended: {}, by the {}", short(*call), words(outcome.name()), words(by.name()))
            }
            Fact::AgentChanged { agent, state, why: Some(StateReason::Unreachable), .. } => {
                format!("agent {} is {}: the phone could not be reached for too long", self.agent(*agent), doing(state))
            }
            Fact::AgentChanged { agent, state, why: None, .. } => format!("agent {} is {}", self.agent(*agent), doing(state)),
            Fact::WrapUpExtended { agent, until, .. } => {
                format!("agent {} has until {} to finish the call", self.agent(*agent), moment(*until))
            }
            Fact::CallTurnedAway { dialled, why, .. } => format!("a call to {dialled} was turned away: {}", said(why)),
            Fact::Mended { leg, how, .. } => format!("state and Asterisk disagreed about {leg}: {}", said(how)),
            Fact::EndpointChanged { endpoint, reachable, in_use } => {
                let reached = if *reachable { "can be reached" } else { "cannot be reached" };
                format!("phone {endpoint} {reached}{}", if *in_use { " and is in use" } else { "" })
            }
            Fact::FallbackSeen(call) => fallback(call),
            Fact::ClockJumped { by } => format!("the clock jumped by {}, or nobody looked at it for so long", seconds(*by)),
            Fact::SwitchChanged { up: true } => "Asterisk is there".to_owned(),
            Fact::SwitchChanged { up: false } => "the way to Asterisk is lost".to_owned(),
            // The event has told it.
            Fact::OrderFailed { .. } => return None,
            // What changes nothing, and what the other sentences say already.
            Fact::SegmentEnded(_) | Fact::Ignored { .. } => return None,
        })
    }

    /// What is done with a call by order.
    fn ordered(&self, ask: CallAsk) -> String {
        match ask {
            CallAsk::ToHead => "goes to the head of its queue".to_owned(),
            CallAsk::MoveTo(queue) => format!("goes to {}", self.queue(queue)),
            CallAsk::HangUp => "is hung up".to_owned(),
        }
    }

    fn actor(&self, actor: Actor) -> String {
        match actor {
            Actor::User(user) => format!("user {user}"),
            Actor::Agent(agent) => format!("agent {}", self.agent(agent)),
            Actor::CommandLine => "whoever sits at the server".to_owned(),
            Actor::Program => "the program".to_owned(),
        }
    }

    /// Who is rung, and why.
    fn decision(&self, call: CallId, decision: &Decision) -> String {
        let chosen: Vec<&str> = decision.chosen.iter().map(|agent| self.agent(*agent)).collect();
        let chosen = chosen.join(", ");
        let why = match &decision.compared {
            Compared::Agents { strategy, candidates, more, .. } => {
                format!("{} of {}", rule(*strategy), candidates.len() + *more as usize)
            }
            Compared::Callers { heads, more } => match heads.len() + *more as usize {
                1 => "the only caller whom they can serve".to_owned(),
                callers => format!("first of {callers} callers whom they can serve"),
            },
        };
        format!("{} is offered to {chosen}: {why}", short(call))
    }
}

/// Whom a decision has rung.
fn chosen(fact: &Fact) -> Vec<(CallId, AgentId)> {
    if let Fact::Decided { call, decision } = fact {
        return decision.chosen.iter().map(|agent| (*call, *agent)).collect();
    }
    Vec::new()
}

const fn rule(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::LongestIdle => "idle longest",
        Strategy::FewestCalls => "fewest calls",
        Strategy::RoundRobin => "next in turn",
        Strategy::Linear => "first in the list",
        Strategy::Random => "drawn by lot",
        Strategy::RingAll => "all are rung,",
    }
}

/// The end of a call's id, which is chance: enough to find it again in a day.
fn short(call: CallId) -> String {
    let id = call.to_string();
    format!("call …{}", &id[id.len().saturating_sub(6)..])
}

fn caller(number: Option<&Phone>) -> String {
    let Some(number) = number else { return "an unknown caller".to_owned() };
    let characters: Vec<char> = number.expose().chars().collect();
    let end: String = characters[characters.len().saturating_sub(TOLD)..].iter().collect();
    if characters.len() > TOLD { format!("…{end}") } else { end }
}

fn fallback(call: &FallbackCall) -> String {
    let who = format!("Asterisk's own queue has a call from {} to {}", caller(call.number.as_ref()), call.dialled);
    let answered = call.agent.as_ref().map_or_else(String::new, |agent| format!(", answered by {agent}"));
    let over = if call.ended.is_some() { ", which is over" } else { "" };
    format!("{who}{answered}{over}")
}

fn doing(state: &AgentState) -> String {
    match state {
        AgentState::NotReady(reason) => format!("not ready ({})", words(reason.name())),
        AgentState::LoggedOut
        | AgentState::Ready
        | AgentState::Reserved(_)
        | AgentState::Ringing(_)
        | AgentState::Talking(_)
        | AgentState::Held(_)
        | AgentState::WrapUp { .. }
        | AgentState::Unreachable => words(state.name()),
    }
}

/// A name as it is read: `not_answered` as `not answered`.
fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// A variant's name as it is read: `MaxWait` as `max wait`.
fn said(variant: &impl std::fmt::Debug) -> String {
    let mut text = String::new();
    for c in format!("{variant:?}").chars() {
        if c.is_uppercase() && !text.is_empty() {
            text.push(' ');
        }
        text.extend(c.to_lowercase());
    }
    text
}

fn seconds(ms: i64) -> String {
    let sign = if ms < 0 { "-" } else { "" };
    format!("{sign}{}.{} s", ms.abs() / 1000, ms.abs() % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use model::{Actor, CallAsk, CallId, Fact, Phone, QueueId, Span, Timestamp, UserId};

    use super::{Tale, caller, moment, said, seconds};

    #[test]
    fn a_caller_is_named_by_the_last_four_digits() {
        assert_eq!(caller(Some(&Phone::new("+79123456789"))), "…6789");
        assert_eq!(caller(Some(&Phone::new("1001"))), "1001");
        assert_eq!(caller(None), "an unknown caller");
    }

    #[test]
    fn lengths_and_times_read_as_people_write_them() {
        assert_eq!(seconds(12_345), "12.3 s");
        assert_eq!(seconds(-3_600_000), "-3600.0 s");
        assert_eq!(moment(Timestamp::from_ms(1_790_000_000_123)), "2026-09-21T14:13:20.123Z");
        assert_eq!(said(&model::fact::Leaving::NobodyLoggedIn), "nobody logged in");
    }

    #[test]
    fn an_order_on_a_call_tells_who_gave_it() {
        let (call, queue) = (CallId(uuid::Uuid::from_u128(0xabc_def)), QueueId(uuid::Uuid::from_u128(1)));
        let tale = Tale { queues: [(queue, "700".to_owned())].into(), ..Tale::default() };
        let told = |ask, by| tale.fact(&Fact::CallAsked { call, ask, by }).unwrap();
        let user = UserId(uuid::Uuid::from_u128(7));
        let by_user = "by order of user 00000000-0000-0000-0000-000000000007";
        assert_eq!(told(CallAsk::ToHead, Actor::User(user)), format!("call …abcdef goes to the head of its queue {by_user}"));
        assert_eq!(told(CallAsk::MoveTo(queue), Actor::User(user)), format!("call …abcdef goes to 700 {by_user}"));
        assert_eq!(told(CallAsk::HangUp, Actor::Program), "call …abcdef is hung up by order of the program");
    }

    #[test]
    fn an_answer_tells_how_long_the_caller_waited() {
        let (call, agent) = (CallId(uuid::Uuid::from_u128(0xabc_def)), model::AgentId(uuid::Uuid::from_u128(1)));
        let tale = Tale { agents: [(agent, "1001".to_owned())].into(), ..Tale::default() };
        let fact = Fact::CallAnswered { call, agent, waited: Span::from_ms(12_300) };
        assert_eq!(tale.fact(&fact).unwrap(), "call …abcdef was answered by 1001 after 12.3 s");
    }
}
