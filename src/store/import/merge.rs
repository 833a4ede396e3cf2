//! The document's queues and agents, laid over the settings.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use model::agent::FIRST_TIER;
use model::queue::{Capacity, Limit, Overflow, ServiceLevelTarget, Strategy, WayOut};
use model::{Agent, AgentId, Endpoint, PersonName, Queue, QueueId, ServerId, Settings, Span, Timestamp, Timing};

use super::{
    AgentEntry, CapacityEntry, Document, LimitEntry, OverflowEntry, QueueEntry, ServedEntry, ServiceLevelEntry, UserEntry,
    WayOutEntry,
};
use crate::error::Error;
use crate::{audit, text};

/// Refuses a document that names one thing twice: which of the two was meant?
pub(super) fn refuse_doubles(document: &Document, home: ServerId) -> Result<(), Error> {
    let mut numbers = BTreeSet::new();
    if let Some(queue) = document.queues.iter().find(|queue| !numbers.insert(queue.number.trim())) {
        return Err(Error::refused(named_queue(queue), "is in the document twice"));
    }
    let mut endpoints = BTreeSet::new();
    if let Some(agent) =
        document.agents.iter().find(|agent| !endpoints.insert(endpoint(&agent.endpoint, agent.server.unwrap_or(home))))
    {
        return Err(Error::refused(named_agent(agent), "is in the document twice"));
    }
    let mut emails = BTreeSet::new();
    if let Some((user, _)) =
        super::named(&document.users).find(|(_, user)| !emails.insert(user.email.expose().trim().to_lowercase()))
    {
        return Err(Error::refused(user, "has the e-mail address of another one"));
    }
    Ok(())
}

/// Lays the document over the settings.
pub(super) fn into(settings: &mut Settings, document: &Document, home: ServerId, at: Timestamp) -> Result<(), Error> {
    timing(&mut settings.timing, &document.timing)?;
    for entry in &document.queues {
        let number = stored(&entry.number);
        match settings.queues.iter_mut().find(|queue| queue.number == number) {
            Some(known) => *known = queue(entry, known.clone()),
            None => settings.queues.push(queue(entry, new_queue(number, at))),
        }
    }
    // After the last queue: a way out may lead to one further down in the document.
    for entry in &document.queues {
        let Some(rules) = &entry.overflow else { continue };
        let overflow = overflow(entry, rules, &settings.queues)?;
        let number = stored(&entry.number);
        settings.queues.iter_mut().filter(|queue| queue.number == number).for_each(|queue| queue.overflow = overflow);
    }
    for entry in &document.agents {
        let queues = entry.queues.as_ref().map(|served| serves(entry, served, &settings.queues)).transpose()?;
        let endpoint = endpoint(&entry.endpoint, entry.server.unwrap_or(home));
        match settings.agents.iter_mut().find(|agent| agent.endpoint == endpoint) {
            Some(known) => *known = agent(entry, queues, known.clone()),
            None => settings.agents.push(agent(entry, queues, new_agent(endpoint, at))),
        }
    }
    Ok(())
}

/// Sets the spans that the document names.
fn timing(timing: &mut Timing, entries: &BTreeMap<String, f64>) -> Result<(), Error> {
    for (name, seconds) in entries {
        // What is no length of time at all is out of every bound.
        let duration = Duration::try_from_secs_f64(*seconds).unwrap_or(Duration::MAX);
        let span = Span::from_ms(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX));
        if !name.strip_suffix("_s").is_some_and(|name| timing.set(name, span)) {
            let known: Vec<String> = Timing::NAMES.iter().map(|name| format!("{name}_s")).collect();
            let what = format!("the timing {:?}", text::clip(name, 40));
            return Err(Error::refused(what, format!("is not one of {}", known.join(", "))));
        }
    }
    Ok(())
}

/// The agent that a user of the document is said to be.
pub(super) fn agent_of(user: &str, entry: &UserEntry, home: ServerId, agents: &[Agent]) -> Result<Option<AgentId>, Error> {
    let Some(name) = &entry.agent else { return Ok(None) };
    let endpoint = endpoint(name, home);
    let agent = agents.iter().find(|agent| agent.endpoint == endpoint);
    let agent =
        agent.ok_or_else(|| Error::refused(user, format!("is said to be the agent at endpoint {name:?}, who is not there")))?;
    Ok(Some(agent.id))
}

/// What a new queue is unless the document says otherwise.
fn new_queue(number: String, at: Timestamp) -> Queue {
    Queue {
        id: QueueId(audit::new_id(at)),
        number,
        name: String::new(),
        music: "default".to_owned(),
        ring_timeout: Span::from_secs(15),
        wrap_up: Span::from_secs(5),
        service_level: ServiceLevelTarget { percent: 80, within: Span::from_secs(20) },
        strategy: Strategy::default(),
        overflow: Overflow::default(),
    }
}

fn new_agent(endpoint: Endpoint, at: Timestamp) -> Agent {
    Agent {
        id: AgentId(audit::new_id(at)),
        name: PersonName::new(""),
        endpoint,
        queues: Vec::new(),
        ready_on_register: false,
        tiers: BTreeMap::new(),
    }
}

fn queue(entry: &QueueEntry, known: Queue) -> Queue {
    let seconds = |entry: Option<u32>, known| entry.map_or(known, |seconds| Span::from_secs(seconds.into()));
    let promise =
        |ServiceLevelEntry { percent, within_s }| ServiceLevelTarget { percent, within: Span::from_secs(within_s.into()) };
    Queue {
        name: stored(&entry.name),
        music: entry.music.as_deref().map_or(known.music, stored),
        ring_timeout: seconds(entry.ring_timeout_s, known.ring_timeout),
        wrap_up: seconds(entry.wrap_up_s, known.wrap_up),
        service_level: entry.service_level.map_or(known.service_level, promise),
        strategy: entry.strategy.unwrap_or(known.strategy),
        ..known
    }
}

/// The queues that an agent serves, and the tiers in them.
type Serves = (Vec<QueueId>, BTreeMap<QueueId, u8>);

fn agent(entry: &AgentEntry, serves: Option<Serves>, known: Agent) -> Agent {
    let (queues, tiers) = serves.unwrap_or((known.queues, known.tiers));
    Agent {
        name: PersonName::new(stored(entry.name.expose())),
        queues,
        tiers,
        ready_on_register: entry.ready_on_register.unwrap_or(known.ready_on_register),
        ..known
    }
}

/// The queues of those numbers, each once.
fn serves(entry: &AgentEntry, served: &[ServedEntry], queues: &[Queue]) -> Result<Serves, Error> {
    let (mut serves, mut tiers) = (Vec::with_capacity(served.len()), BTreeMap::new());
    for ServedEntry { number, tier } in served {
        let refused = |problem: &str| {
            Err(Error::refused(named_agent(entry), format!("serves queue {:?}, {problem}", text::clip(number, 40))))
        };
        let Some(queue) = queues.iter().find(|queue| queue.number == stored(number)) else {
            return refused("which does not exist");
        };
        if *tier == Some(0) {
            return refused("in tier 0, but tiers count from 1");
        }
        if !serves.contains(&queue.id) {
            serves.push(queue.id);
            tiers.extend(tier.map(|tier| (queue.id, tier)));
        } else if tier.unwrap_or(FIRST_TIER) != tiers.get(&queue.id).copied().unwrap_or(FIRST_TIER) {
            return refused("in two tiers at once");
        }
    }
    Ok((serves, tiers))
}

/// The rules of a queue; what is left out does not happen.
fn overflow(entry: &QueueEntry, rules: &OverflowEntry, queues: &[Queue]) -> Result<Overflow, Error> {
    let way = |rule: &str, way: &WayOutEntry| way_out(entry, rule, way, queues);
    let at = |rule: &str, moment: Option<&WayOutEntry>| moment.map(|to| way(rule, to)).transpose();
    let (logged_in, ready) = (&rules.nobody_logged_in, &rules.nobody_ready);
    Ok(Overflow {
        max_wait: match &rules.max_wait {
            Some(LimitEntry { after_s, to }) => {
                Some(Limit { after: Span::from_secs((*after_s).into()), to: way("max_wait", to)? })
            }
            None => None,
        },
        nobody_logged_in_joining: at("nobody_logged_in, joining", logged_in.joining.as_ref())?,
        nobody_logged_in_waiting: at("nobody_logged_in, waiting", logged_in.waiting.as_ref())?,
        nobody_ready_joining: at("nobody_ready, joining", ready.joining.as_ref())?,
        nobody_ready_waiting: at("nobody_ready, waiting", ready.waiting.as_ref())?,
        full: match &rules.full {
            Some(CapacityEntry { waiting, to }) => Some(Capacity { waiting: *waiting, to: way("full", to)? }),
            None => None,
        },
    })
}

fn way_out(entry: &QueueEntry, rule: &str, way: &WayOutEntry, queues: &[Queue]) -> Result<WayOut, Error> {
    let WayOutEntry::Queue(number) = way else { return Ok(WayOut::Dialplan) };
    let refused = |problem: &str| {
        Err(Error::refused(named_queue(entry), format!("leads to queue {:?} by {rule}, {problem}", text::clip(number, 40))))
    };
    let number = stored(number);
    if number == stored(&entry.number) {
        return refused("which is itself");
    }
    match queues.iter().find(|queue| queue.number == number) {
        Some(queue) => Ok(WayOut::Queue(queue.id)),
        None => refused("which does not exist"),
    }
}

fn endpoint(name: &str, server: ServerId) -> Endpoint {
    Endpoint { server, name: stored(name) }
}

/// A text as the settings keep it, so that a second import finds it unchanged.
fn stored(text: &str) -> String {
    text::clean(text.trim())
}

fn named_queue(entry: &QueueEntry) -> String {
    format!("queue {:?}", text::clip(&entry.number, 40))
}

fn named_agent(entry: &AgentEntry) -> String {
    format!("the agent at endpoint {:?}", text::clip(&entry.endpoint, 40))
}
