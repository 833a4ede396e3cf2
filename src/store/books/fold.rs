//! A batch of facts, folded in memory into the rows that it comes to: one row a call and an agent's state, however many
//! facts speak of it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use model::fact::{BookEntry, FallbackCall, Segment};
use model::{AgentId, AgentState, CallId, Fact, NotReadyReason, StateReason, Timestamp};
use serde::Serialize;
use serde_json::Value;
use sqlx::types::Uuid;

use super::Applied;
use super::fallback::{self, Known};
use crate::text;

/// The longest text from the wire that gets a column of its own; the fact itself keeps all of it.
const WIRE: usize = 250;

/// What a batch comes to.
pub(super) struct Batch {
    pub(super) applied: Applied,
    pub(super) facts: Vec<FactRow>,
    pub(super) segments: Vec<SegmentRow>,
    pub(super) ended_states: Vec<EndedState>,
    pub(super) states: Vec<StateRow>,
    /// The calls whose answers, as far as they are booked, were none.
    pub(super) undone: Vec<Undone>,
    calls: BTreeMap<CallId, CallRow>,
    fallback: BTreeMap<CallId, fallback::Row>,
    open: BTreeMap<AgentId, usize>,
}

#[derive(Serialize)]
pub(super) struct FactRow {
    position: u64,
    at: Timestamp,
    kind: &'static str,
    call: Option<CallId>,
    agent: Option<AgentId>,
    detail: Value,
}

/// A call, or what became of one.
#[derive(Clone, Default, Serialize)]
pub(super) struct CallRow {
    id: Uuid,
    #[serde(flatten)]
    entered: Option<Entered>,
    /// The last queue.
    queue: Option<Uuid>,
    answered_at: Option<Timestamp>,
    agent: Option<AgentId>,
    ended_at: Option<Timestamp>,
    outcome: Option<&'static str>,
    ended_by: Option<&'static str>,
    offers: i64,
}

#[derive(Serialize)]
pub(super) struct Undone {
    id: CallId,
}

#[derive(Clone, Serialize)]
struct Entered {
    server: u16,
    leg: String,
    number: Option<String>,
    first_queue: Uuid,
    entered_at: Timestamp,
}

#[derive(Serialize)]
pub(super) struct SegmentRow {
    position: u64,
    call: CallId,
    kind: &'static str,
    queue: Uuid,
    agent: Option<AgentId>,
    offer: Option<u32>,
    began_at: Timestamp,
    ended_at: Timestamp,
    ending: Option<&'static str>,
}

#[derive(Serialize)]
pub(super) struct EndedState {
    agent: AgentId,
    at: Timestamp,
}

#[derive(Serialize)]
pub(super) struct StateRow {
    position: u64,
    agent: AgentId,
    state: &'static str,
    reason: Option<&'static str>,
    call: Option<CallId>,
    began_at: Timestamp,
    ended_at: Option<Timestamp>,
}

impl Batch {
    /// Folds the entries that lie above what the books have reached.
    pub(super) fn of(reached: u64, entries: &[BookEntry], known: &Known) -> Self {
        let mut batch = Self {
            applied: Applied { position: reached, booked: 0, skipped: 0, missing: 0 },
            facts: Vec::with_capacity(entries.len()),
            segments: Vec::new(),
            ended_states: Vec::new(),
            states: Vec::new(),
            undone: Vec::new(),
            calls: BTreeMap::new(),
            fallback: BTreeMap::new(),
            open: BTreeMap::new(),
        };
        entries.iter().for_each(|entry| batch.take(entry, known));
        batch
    }

    /// The calls that entered in this batch.
    pub(super) fn new_calls(&self) -> Vec<&CallRow> {
        self.calls.values().filter(|call| call.entered.is_some()).collect()
    }

    /// The calls that had entered before.
    pub(super) fn known_calls(&self) -> Vec<&CallRow> {
        self.calls.values().filter(|call| call.entered.is_none()).collect()
    }

    /// The calls that Asterisk's own queue took over, as this batch tells it.
    pub(super) fn fallback_calls(&self) -> Vec<&fallback::Row> {
        self.fallback.values().collect()
    }

    fn take(&mut self, entry: &BookEntry, known: &Known) {
        let applied = &mut self.applied;
        if entry.position <= applied.position {
            applied.skipped += 1;
            return;
        }
        applied.missing += entry.position - applied.position - 1;
        applied.position = entry.position;
        applied.booked += 1;
        match &entry.fact {
            Fact::FallbackSeen(seen) => {
                let call = self.see(seen, known);
                self.keep(entry, (Some(call), None));
            }
            fact => self.keep(entry, fact.about()),
        }
        self.tell(entry);
    }

    /// Notes a call in the care of Asterisk's own queue. Says which call it is: ours, if it ever was.
    fn see(&mut self, seen: &FallbackCall, known: &Known) -> CallId {
        let leg = text::clip(&seen.leg.id, WIRE);
        let is_its = |entered: &Entered| entered.leg == leg && entered.server == seen.leg.server.0;
        let entered_now = || self.calls.values().rfind(|call| call.entered.as_ref().is_some_and(is_its));
        let id = seen
            .call
            .or_else(|| entered_now().map(|call| CallId(call.id)))
            .unwrap_or_else(|| known.call_of(seen.leg.server, &leg));
        let row = known.row(id, leg, seen);
        match self.fallback.entry(id) {
            Entry::Vacant(place) => {
                place.insert(row);
            }
            Entry::Occupied(mut place) => place.get_mut().go_on(&row),
        }
        id
    }

    /// Keeps the fact itself, where no other table says all of it and more than one program run may want to know.
    fn keep(&mut self, entry: &BookEntry, (call, agent): (Option<CallId>, Option<AgentId>)) {
        let BookEntry { position, at, fact } = entry;
        if matches!(fact, Fact::SegmentEnded(_) | Fact::Ignored { .. }) {
            return;
        }
        // No fact holds what JSON cannot say; if one ever should, its kind and its time are still worth a row.
        let mut detail = serde_json::to_value(fact).unwrap_or(Value::Null);
        text::clean_json(&mut detail);
        self.facts.push(FactRow { position: *position, at: *at, kind: fact.kind(), call, agent, detail });
    }

    /// Writes the fact into the rows that it changes.
    fn tell(&mut self, entry: &BookEntry) {
        let at = entry.at;
        match &entry.fact {
            Fact::CallEntered { call, leg, queue, number, entered } => {
                // Whatever was said of it before: the call is in our hands. Only when the caller came stays as it was.
                let before = self.fallback.remove(call).map(|row| row.began_at());
                let entered = Entered {
                    server: leg.server().0,
                    leg: text::clip(&leg.to_string(), WIRE),
                    number: number.as_ref().map(|number| text::clip(number.expose(), WIRE)),
                    first_queue: queue.0,
                    entered_at: before.map_or(*entered, |before| before.min(*entered)),
                };
                let call = self.call(*call);
                call.entered.get_or_insert(entered);
                call.queue = Some(queue.0);
                (call.ended_at, call.outcome, call.ended_by) = (None, None, None);
            }
            Fact::CallMoved { call, to, .. } => self.call(*call).queue = Some(to.0),
            Fact::OfferMade { call, .. } => self.call(*call).offers += 1,
            Fact::CallAnswered { call, agent, waited } => {
                let call = self.call(*call);
                // A talk that was taken over from a past run was answered before it was booked.
                let answered = call.entered.as_ref().map_or(at, |entered| (entered.entered_at + *waited).min(at));
                call.answered_at.get_or_insert(answered);
                call.agent.get_or_insert(*agent);
            }
            Fact::AnswerUndone { call } => {
                self.undone.push(Undone { id: *call });
                let call = self.call(*call);
                (call.answered_at, call.agent) = (None, None);
            }
            Fact::CallEnded { call, outcome, by } => {
                let call = self.call(*call);
                (call.ended_at, call.outcome, call.ended_by) = (Some(at), Some(outcome.name()), Some(by.name()));
            }
            Fact::SegmentEnded(segment) => self.segments.push(SegmentRow::of(entry.position, segment)),
            Fact::AgentChanged { agent, state, why, .. } => self.change_state(StateRow::of(entry, *agent, state, *why)),
            Fact::OfferRang { .. }
            | Fact::Decided { .. }
            | Fact::CallAsked { .. }
            | Fact::CallLeft { .. }
            | Fact::WrapUpExtended { .. }
            | Fact::FallbackSeen(_)
            | Fact::ClockJumped { .. }
            | Fact::OfferEnded { .. }
            | Fact::CallTurnedAway { .. }
            | Fact::Mended { .. }
            | Fact::OrderFailed { .. }
            | Fact::EndpointChanged { .. }
            | Fact::SwitchChanged { .. }
            | Fact::Ignored { .. } => {}
        }
    }

    fn call(&mut self, id: CallId) -> &mut CallRow {
        self.calls.entry(id).or_insert_with(|| CallRow { id: id.0, ..CallRow::default() })
    }

    /// Ends the agent's open state, which this batch has begun or the database holds, and begins the next.
    fn change_state(&mut self, row: StateRow) {
        match self.open.insert(row.agent, self.states.len()).and_then(|open| self.states.get_mut(open)) {
            Some(open) => open.ended_at = Some(open.began_at.max(row.began_at)),
            None => self.ended_states.push(EndedState { agent: row.agent, at: row.began_at }),
        }
        self.states.push(row);
    }
}

impl SegmentRow {
    fn of(position: u64, segment: &Segment) -> Self {
        Self {
            position,
            call: segment.call,
            kind: segment.kind.name(),
            queue: segment.queue.0,
            agent: segment.agent,
            offer: segment.offer,
            began_at: segment.began,
            ended_at: segment.ended,
            ending: segment.ending.map(model::OfferEnd::name),
        }
    }
}

impl StateRow {
    fn of(entry: &BookEntry, agent: AgentId, state: &AgentState, why: Option<StateReason>) -> Self {
        let reason = state.reason().map(NotReadyReason::name).or_else(|| why.map(StateReason::name));
        let call = state.works_on();
        Self { position: entry.position, agent, state: state.name(), reason, call, began_at: entry.at, ended_at: None }
    }
}
