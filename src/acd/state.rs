//! The one State. Its objects are changed through it alone: whatever changes one, index and changes follow.

use std::collections::{BTreeMap, BTreeSet};

use model::fact::FallbackCall;
use model::wallboard::Today;
use model::{AgentId, BridgeId, CallId, LegId, PromptId, QueueId, ServerId, Settings, Span, TheirLeg, Timestamp};
use serde::{Deserialize, Serialize};

use crate::agent::Agent;
use crate::call::Call;
use crate::chance::Chance;
use crate::changes::Changes;
use crate::effect::Exit;
use crate::index::Index;
use crate::pairs;
use crate::queue::Queue;

/// All that the core knows. Serialises without loss; equal states answer equal events with equal effects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Kept")]
pub struct State {
    /// The time of the latest step.
    now: Timestamp,
    chance: Chance,
    settings: Settings,
    queues: BTreeMap<QueueId, Queue>,
    agents: BTreeMap<AgentId, Agent>,
    calls: BTreeMap<CallId, Call>,
    /// Callers' legs on their way out of our hands: given back or hung up, and their end not reported yet.
    #[serde(with = "pairs")]
    partings: BTreeMap<TheirLeg, Parting>,
    /// Whether the way to each Asterisk is there.
    switches: BTreeMap<ServerId, bool>,
    /// When the phones of an Asterisk are ordered to be watched once more, because the last order to failed.
    watches: BTreeMap<ServerId, Timestamp>,
    /// Calls in the care of Asterisk's own queue.
    #[serde(with = "pairs")]
    fallback: BTreeMap<TheirLeg, FallbackCall>,
    today: Today,
    changes: Changes,
    #[serde(skip)]
    index: Index,
}

/// A caller's leg on its way out of our hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Parting {
    pub(crate) how: Way,
    /// When it is sent again, should its end not have been reported by then.
    pub(crate) again_at: Timestamp,
    /// How often it was sent.
    pub(crate) sent: u32,
    /// The agent who dialled the feature code for Ready on it, and is Ready once this leg leaves the phone free for calls.
    pub(crate) ready: Option<AgentId>,
}

/// The way out of our hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Way {
    HangUp,
    GiveBack(Exit),
    /// Hung up when this prompt has been played.
    Tone(PromptId),
}

/// How long a caller's leg may take to leave.
const PARTS_WITHIN: Span = Span::from_secs(5);

/// A state as it is kept: without what follows from the rest.
#[derive(Deserialize)]
struct Kept {
    now: Timestamp,
    chance: Chance,
    settings: Settings,
    queues: BTreeMap<QueueId, Queue>,
    agents: BTreeMap<AgentId, Agent>,
    calls: BTreeMap<CallId, Call>,
    #[serde(with = "pairs")]
    partings: BTreeMap<TheirLeg, Parting>,
    switches: BTreeMap<ServerId, bool>,
    watches: BTreeMap<ServerId, Timestamp>,
    #[serde(with = "pairs")]
    fallback: BTreeMap<TheirLeg, FallbackCall>,
    today: Today,
    changes: Changes,
}

impl From<Kept> for State {
    fn from(kept: Kept) -> Self {
        let Kept { now, chance, settings, queues, agents, calls, partings, switches, watches, fallback, today, changes } = kept;
        let index = Index::build(&settings, &calls, &agents, &partings, &watches);
        Self { now, chance, settings, queues, agents, calls, partings, switches, watches, fallback, today, changes, index }
    }
}

impl State {
    /// A state that knows nothing yet, and draws its chances from this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            now: Timestamp::default(),
            chance: Chance::new(seed),
            settings: Settings::default(),
            queues: BTreeMap::new(),
            agents: BTreeMap::new(),
            calls: BTreeMap::new(),
            partings: BTreeMap::new(),
            switches: BTreeMap::new(),
            watches: BTreeMap::new(),
            fallback: BTreeMap::new(),
            today: Today::default(),
            changes: Changes::default(),
            index: Index::default(),
        }
    }

    /// Every leg that the state believes to be alive.
    #[must_use]
    pub fn legs(&self) -> BTreeSet<LegId> {
        let callers = self.index.callers.keys().chain(self.partings.keys()).cloned().map(LegId::Theirs);
        callers.chain(self.index.legs.keys().copied().map(LegId::Ours)).collect()
    }

    /// Every bridge that the state believes to be there.
    #[must_use]
    pub fn bridges(&self) -> BTreeSet<BridgeId> {
        self.calls.values().filter_map(Call::bridge).collect()
    }

    pub(crate) const fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) const fn queues(&self) -> &BTreeMap<QueueId, Queue> {
        &self.queues
    }

    pub(crate) const fn agents(&self) -> &BTreeMap<AgentId, Agent> {
        &self.agents
    }

    pub(crate) const fn calls(&self) -> &BTreeMap<CallId, Call> {
        &self.calls
    }

    pub(crate) const fn partings(&self) -> &BTreeMap<TheirLeg, Parting> {
        &self.partings
    }

    pub(crate) const fn switches(&self) -> &BTreeMap<ServerId, bool> {
        &self.switches
    }

    pub(crate) const fn watches(&self) -> &BTreeMap<ServerId, Timestamp> {
        &self.watches
    }

    pub(crate) const fn fallback(&self) -> &BTreeMap<TheirLeg, FallbackCall> {
        &self.fallback
    }

    pub(crate) const fn today(&self) -> Today {
        self.today
    }

    pub(crate) const fn index(&self) -> &Index {
        &self.index
    }

    pub(crate) const fn chance(&mut self) -> &mut Chance {
        &mut self.chance
    }

    pub(crate) const fn changes(&mut self) -> &mut Changes {
        &mut self.changes
    }

    /// Whether calls can be offered on this Asterisk.
    pub(crate) fn is_up(&self, server: ServerId) -> bool {
        self.switches.get(&server).copied().unwrap_or(false)
    }

    /// The call that a caller's leg belongs to.
    pub(crate) fn call_of(&self, leg: &TheirLeg) -> Option<&Call> {
        self.calls.get(self.index.callers.get(leg)?)
    }

    /// The time of a step: never before that of an earlier one.
    pub(crate) fn advance(&mut self, at: Timestamp) -> Timestamp {
        self.now = self.now.max(at);
        self.now
    }

    pub(crate) fn set_up(&mut self, server: ServerId, up: bool) {
        self.switches.insert(server, up);
        self.changes.switch();
    }

    /// Sets or drops the time at which the phones of an Asterisk are ordered to be watched once more.
    pub(crate) fn watch_again_at(&mut self, server: ServerId, at: Option<Timestamp>) {
        let before = match at {
            Some(at) => self.watches.insert(server, at),
            None => self.watches.remove(&server),
        };
        self.index.move_watch(server, before, at);
    }

    /// Keeps a call of the fallback for as long as it is up; whether there is news of it.
    pub(crate) fn note_fallback(&mut self, call: &FallbackCall) -> bool {
        let before = match call.ended {
            Some(_) => self.fallback.remove(&call.leg),
            None => self.fallback.insert(call.leg.clone(), call.clone()),
        };
        let news = before.as_ref() != Some(call);
        if news {
            self.changes.fallback();
        }
        news
    }

    /// A caller's leg was sent on its way out, for the first time or again.
    pub(crate) fn part(&mut self, leg: TheirLeg, how: Way) {
        let before = self.parted(&leg);
        let sent = before.map_or(0, |parting| parting.sent).saturating_add(1);
        let ready = before.and_then(|parting| parting.ready);
        self.keep_parting(leg, Parting { how, again_at: self.now + PARTS_WITHIN, sent, ready });
    }

    /// An agent's leg hears a prompt and is then hung up; at its end the agent is Ready.
    pub(crate) fn part_ready(&mut self, leg: TheirLeg, prompt: PromptId, agent: AgentId) {
        let again_at = self.now + PARTS_WITHIN;
        self.keep_parting(leg, Parting { how: Way::Tone(prompt), again_at, sent: 1, ready: Some(agent) });
    }

    fn keep_parting(&mut self, leg: TheirLeg, parting: Parting) {
        self.index.add_parting(&leg, &parting);
        self.partings.insert(leg, parting);
    }

    /// Looks at a caller's leg that does not leave later.
    pub(crate) fn part_later(&mut self, leg: &TheirLeg, again_at: Timestamp) {
        if let Some(parting) = self.parted(leg) {
            let parting = Parting { again_at, ..parting };
            self.index.add_parting(leg, &parting);
            self.partings.insert(leg.clone(), parting);
        }
    }

    /// A caller's leg has left, or is not waited for any more.
    pub(crate) fn parted(&mut self, leg: &TheirLeg) -> Option<Parting> {
        let parting = self.partings.remove(leg)?;
        self.index.remove_parting(leg, &parting);
        Some(parting)
    }

    pub(crate) fn add_call(&mut self, call: Call) {
        self.index.add_call(&call);
        self.changes.call(&call);
        self.calls.insert(call.id, call);
    }

    pub(crate) fn remove_call(&mut self, id: CallId) -> Option<Call> {
        let call = self.calls.remove(&id)?;
        self.index.remove_call(&call);
        self.changes.call(&call);
        Some(call)
    }

    /// Changes a call; `None` if there is none.
    pub(crate) fn with_call<R>(&mut self, id: CallId, change: impl FnOnce(&mut Call) -> R) -> Option<R> {
        let call = self.calls.get_mut(&id)?;
        self.index.remove_call(call);
        self.changes.call(call);
        let answer = change(call);
        self.index.add_call(call);
        self.changes.call(call);
        Some(answer)
    }

    /// Changes an agent; `None` if there is none.
    pub(crate) fn with_agent<R>(&mut self, id: AgentId, change: impl FnOnce(&mut Agent) -> R) -> Option<R> {
        let agent = self.agents.get_mut(&id)?;
        self.index.remove_agent(agent);
        let answer = change(agent);
        self.index.add_agent(agent);
        self.changes.agent(agent);
        Some(answer)
    }

    pub(crate) fn remove_agent(&mut self, id: AgentId) {
        if let Some(agent) = self.agents.remove(&id) {
            self.index.remove_agent(&agent);
            self.changes.agent(&agent);
        }
    }

    /// Forgets a queue that left the settings, once no call of it is left.
    pub(crate) fn drop_retired(&mut self, id: QueueId) {
        let retired = self.queues.get(&id).is_some_and(|queue| queue.retired);
        if retired && !self.calls.values().any(|call| call.queue == id) {
            self.queues.remove(&id);
            self.changes.queue(id);
        }
    }

    /// Counts a call, in the queue's sums and in those over all queues.
    pub(crate) fn count(&mut self, id: QueueId, count: impl Fn(&Queue, &mut Today)) {
        let Some(queue) = self.queues.get_mut(&id) else { return };
        count(queue, &mut self.today);
        let mut today = queue.today;
        count(queue, &mut today);
        queue.today = today;
        self.changes.queue(id);
    }

    /// Takes settings over: the objects are changed by `change`, then everything that follows from them is built anew.
    pub(crate) fn reshape(
        &mut self,
        settings: Settings,
        change: impl FnOnce(&mut BTreeMap<QueueId, Queue>, &mut BTreeMap<AgentId, Agent>),
    ) {
        self.settings = settings;
        change(&mut self.queues, &mut self.agents);
        self.index = Index::build(&self.settings, &self.calls, &self.agents, &self.partings, &self.watches);
        self.changes.everything(&self.queues, &self.agents);
    }
}
