//! The one State. Its objects are changed through it alone: whatever changes one, index and changes follow.

mod day;
pub(crate) mod kept;
pub(crate) mod parting;

use std::collections::{BTreeMap, BTreeSet};

use model::fact::FallbackCall;
use model::wallboard::Today;
use model::{AgentId, BridgeId, CallId, LegId, QueueId, ServerId, Settings, TheirLeg, Timestamp};

use crate::agent::Agent;
use crate::brief::Briefs;
use crate::call::Call;
use crate::chance::Chance;
use crate::changes::Changes;
use crate::clocks::Clocks;
use crate::guard::Abandoned;
use crate::index::Index;
use crate::queue::{Presence, Queue};
use crate::roster;

pub(crate) use parting::{Parting, Way};

/// All that the core knows. Serialises without loss; equal states answer equal events with equal effects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The time of the latest step.
    now: Timestamp,
    chance: Chance,
    settings: Settings,
    queues: BTreeMap<QueueId, Queue>,
    agents: BTreeMap<AgentId, Agent>,
    calls: BTreeMap<CallId, Call>,
    /// Callers' legs on their way out of our hands: given back or hung up, and their end not reported yet.
    partings: BTreeMap<TheirLeg, Parting>,
    /// Whether the way to each Asterisk is there.
    switches: BTreeMap<ServerId, bool>,
    /// When each Asterisk was started, in its own words.
    runs: BTreeMap<ServerId, String>,
    /// By how much our clock is ahead of each Asterisk's.
    clocks: Clocks,
    /// When the phones of an Asterisk are ordered to be watched once more, because the last order to failed.
    watches: BTreeMap<ServerId, Timestamp>,
    /// Calls in the care of Asterisk's own queue.
    fallback: BTreeMap<TheirLeg, FallbackCall>,
    /// Those that are over, booked, and not forgotten by Asterisk yet.
    over: BTreeMap<TheirLeg, Over>,
    /// Callers who hung up of late, as far as we could see.
    abandoned: Abandoned,
    /// Conversations that the caller ended at once, of late.
    briefs: Briefs,
    /// When the site's day began, whose calls are counted.
    day: Timestamp,
    today: Today,
    /// How often a caller was put at the head of a queue.
    heads: u64,
    /// How often the roster may have changed.
    roster_version: u64,
    changes: Changes,
    /// Queues of whose agents somebody came or went in this step, until the rules of an empty queue were looked at.
    stirred: BTreeSet<QueueId>,
    index: Index,
}

/// A call of Asterisk's own queue that is over and booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Over {
    pub(crate) call: FallbackCall,
    /// When Asterisk may forget what the dialplan noted of it.
    pub(crate) forget_at: Timestamp,
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
            runs: BTreeMap::new(),
            clocks: Clocks::default(),
            watches: BTreeMap::new(),
            fallback: BTreeMap::new(),
            over: BTreeMap::new(),
            abandoned: Abandoned::default(),
            briefs: Briefs::default(),
            day: Timestamp::default(),
            today: Today::default(),
            heads: 0,
            roster_version: 0,
            changes: Changes::default(),
            stirred: BTreeSet::new(),
            index: Index::default(),
        }
        .indexed()
    }

    /// The same, with what follows from it.
    fn indexed(mut self) -> Self {
        self.index = Index::of(&self);
        self
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

    /// The time of the latest step. A clock that begins before it would have the core stand still until it catches up.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The servers to which the way is there, as far as the state knows. Whoever goes on from a kept state reports each of
    /// them as lost first: nothing is known of them until their accounts come.
    #[must_use]
    pub fn servers_up(&self) -> Vec<ServerId> {
        self.switches.iter().filter(|(_, up)| **up).map(|(server, _)| *server).collect()
    }

    /// Counts up whenever the [`roster`](crate::roster()) may have changed; as long as it stays, so does the roster.
    #[must_use]
    pub const fn roster_version(&self) -> u64 {
        self.roster_version
    }

    /// The settings that calls are routed by.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
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

    pub(crate) const fn clocks(&self) -> &Clocks {
        &self.clocks
    }

    pub(crate) const fn clocks_mut(&mut self) -> &mut Clocks {
        &mut self.clocks
    }

    pub(crate) const fn watches(&self) -> &BTreeMap<ServerId, Timestamp> {
        &self.watches
    }

    pub(crate) const fn fallback(&self) -> &BTreeMap<TheirLeg, FallbackCall> {
        &self.fallback
    }

    pub(crate) const fn over(&self) -> &BTreeMap<TheirLeg, Over> {
        &self.over
    }

    pub(crate) const fn index(&self) -> &Index {
        &self.index
    }

    pub(crate) const fn chance(&mut self) -> &mut Chance {
        &mut self.chance
    }

    /// The number of the latest order that put a caller at the head of a queue.
    pub(crate) const fn heads(&self) -> u64 {
        self.heads
    }

    pub(crate) const fn abandoned(&self) -> &Abandoned {
        &self.abandoned
    }

    pub(crate) const fn abandoned_mut(&mut self) -> &mut Abandoned {
        &mut self.abandoned
    }

    pub(crate) const fn briefs_mut(&mut self) -> &mut Briefs {
        &mut self.briefs
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

    /// Takes down when an Asterisk was started, in its own words; whether that was after the account before.
    pub(crate) fn note_run(&mut self, server: ServerId, started: Option<&String>) -> bool {
        let Some(started) = started else { return false };
        let before = self.runs.insert(server, started.clone());
        before.is_some_and(|before| before != *started)
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

    /// Keeps what is known of a call of Asterisk's own queue.
    pub(crate) fn keep_fallback(&mut self, call: FallbackCall) {
        self.forget_fallback(&call.leg);
        self.index.add_fallback(&call);
        self.changes.fallback();
        self.fallback.insert(call.leg.clone(), call);
    }

    /// A call of Asterisk's own queue is over, or nobody knows of it any more.
    pub(crate) fn forget_fallback(&mut self, leg: &TheirLeg) -> Option<FallbackCall> {
        let call = self.fallback.remove(leg)?;
        self.index.remove_fallback(&call);
        self.changes.fallback();
        Some(call)
    }

    /// Keeps a call of Asterisk's own queue that is over until Asterisk may forget it.
    pub(crate) fn keep_over(&mut self, over: Over) {
        let leg = over.call.leg.clone();
        self.drop_over(&leg);
        self.index.add_over(&over);
        self.over.insert(leg, over);
    }

    pub(crate) fn drop_over(&mut self, leg: &TheirLeg) {
        if let Some(over) = self.over.remove(leg) {
            self.index.remove_over(&over);
        }
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
        self.changes.call(self.calls.get(&id)?);
        let answer = self.with_guard(id, change)?;
        self.changes.call(self.calls.get(&id)?);
        Some(answer)
    }

    /// The same, where only the guard over the call changes, which Live does not show.
    pub(crate) fn with_guard<R>(&mut self, id: CallId, change: impl FnOnce(&mut Call) -> R) -> Option<R> {
        let call = self.calls.get_mut(&id)?;
        let traces = self.index.call_traces(call);
        let answer = change(call);
        self.index.move_call(call, traces);
        Some(answer)
    }

    /// Puts a caller at the head of their queue, before whoever was put there earlier.
    pub(crate) fn put_at_head(&mut self, id: CallId) {
        self.heads += 1;
        let number = self.heads;
        self.with_call(id, |call| call.at_head = Some(number));
    }

    /// Changes an agent; `None` if there is none.
    pub(crate) fn with_agent<R>(&mut self, id: AgentId, change: impl FnOnce(&mut Agent) -> R) -> Option<R> {
        let agent = self.agents.get_mut(&id)?;
        let presence = roster::presence(agent);
        let counted = Presence::of(agent);
        let traces = self.index.agent_traces(agent);
        let answer = change(agent);
        self.index.move_agent(agent, traces);
        if Presence::of(agent) != counted {
            self.stirred.extend(&agent.card.queues);
        }
        self.changes.agent(agent);
        self.roster_version += u64::from(roster::presence(agent) != presence);
        Some(answer)
    }

    pub(crate) fn remove_agent(&mut self, id: AgentId) {
        if let Some(agent) = self.agents.remove(&id) {
            self.roster_version += u64::from(roster::presence(&agent).is_some());
            self.index.remove_agent(&agent);
            self.changes.agent(&agent);
            self.stirred.extend(&agent.card.queues);
        }
    }

    /// Changes a queue; `None` if there is none.
    pub(crate) fn with_queue<R>(&mut self, id: QueueId, change: impl FnOnce(&mut Queue) -> R) -> Option<R> {
        self.queues.get_mut(&id).map(change)
    }

    /// The next queue of whose agents somebody came or went in this step.
    pub(crate) fn take_stirred(&mut self) -> Option<QueueId> {
        self.stirred.pop_first()
    }

    /// Forgets a queue that left the settings, once no call of it is left.
    pub(crate) fn drop_retired(&mut self, id: QueueId) {
        let retired = self.queues.get(&id).is_some_and(|queue| queue.retired);
        if retired && !self.calls.values().any(|call| call.queue == id) {
            self.queues.remove(&id);
            self.changes.queue(id);
        }
    }

    /// Takes settings over: the objects are changed by `change`, then everything that follows from them is built anew.
    pub(crate) fn reshape(
        &mut self,
        settings: Settings,
        change: impl FnOnce(&mut BTreeMap<QueueId, Queue>, &mut BTreeMap<AgentId, Agent>),
    ) {
        self.settings = settings;
        self.roster_version += 1;
        change(&mut self.queues, &mut self.agents);
        self.stirred.extend(self.queues.keys());
        self.index = Index::of(self);
        self.changes.everything(&self.queues, &self.agents);
    }
}
