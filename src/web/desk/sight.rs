//! What one desk sees: its agent, their call, their queues, and what the books say of them; nothing of anybody else's.

use std::collections::BTreeSet;

use model::explain::Explanation;
use model::wallboard::CallRow;
use model::{AgentId, AgentState, CallId, Phone, QueueId, Timestamp, Viewer};
use store::desk::Past;
use views::desk::{CallCard, Own, QueueLine, Stand, is_at_limit};

use super::books::{Books, Read, Reading, lines};
use crate::errors::Failure;
use crate::live::{Says, Step};
use crate::site::Site;

/// How often the books are read again after a change: they follow the loop within moments, not at once.
const READINGS: u32 = 2;

/// A desk's sight, and what it remembers from one look to the next.
pub(super) struct Sight {
    agent: AgentId,
    viewer: Viewer,
    /// The agent's, by the board.
    queues: BTreeSet<QueueId>,
    books: Books,
    /// How many times the books are to be read yet.
    readings: u32,
    /// The call whose caller's earlier calls were not read yet, and the caller's number.
    unread: Option<(CallId, Phone)>,
    /// The state at the last look, and its beginning.
    state: Option<(AgentState, Timestamp)>,
    /// The call that the card shows.
    card: Option<CallCard>,
    /// Whose earlier calls are known.
    caller: Option<CallId>,
    earlier: Vec<Past>,
    why: Option<Explanation>,
}

impl Sight {
    /// The sight of an agent's desk.
    pub fn new(agent: AgentId, viewer: Viewer) -> Self {
        Self {
            agent,
            viewer,
            queues: BTreeSet::new(),
            books: Books::default(),
            readings: 1,
            unread: None,
            state: None,
            card: None,
            caller: None,
            earlier: Vec::new(),
            why: None,
        }
    }

    /// Has the next look read the books again.
    pub const fn read_again(&mut self) {
        if self.readings == 0 {
            self.readings = 1;
        }
    }

    /// Whether what a message says is to be seen at this desk.
    pub fn concerns(&self, says: &Says) -> bool {
        let own_call = self.state.as_ref().and_then(|(state, _)| state.call());
        let concerns = |step: &Step| match step {
            Step::Queue(row) => self.queues.contains(&row.id),
            Step::NoQueue(id) => self.queues.contains(id),
            Step::Agent(row) => row.id == self.agent,
            Step::NoAgent(id) => *id == self.agent,
            Step::Call(row) => Some(row.id) == own_call,
            Step::Switch(_) => true,
            Step::NewCall(_) | Step::NoCall(_) | Step::Totals(_) | Step::Trend(_) | Step::Fallback(_) => false,
        };
        match says {
            Says::Everything(_) => true,
            Says::Steps(steps) => steps.iter().any(concerns),
        }
    }

    /// What the desk shows at this moment, out of what is live and what was read; `None` if the settings have no such agent. No
    /// database is waited for.
    pub async fn look(&mut self, site: &Site) -> Result<Option<Stand>, Failure> {
        let board = site.hub.join().await?.whole.board;
        let Some(row) = board.agents.iter().find(|row| row.id == self.agent) else { return Ok(None) };
        let own = Own::of(row);
        self.queues = row.queues.iter().copied().collect();
        let queues = board.queues.iter().filter(|row| self.queues.contains(&row.id)).map(QueueLine::of).collect();
        let live = own.state.call().and_then(|call| board.calls.iter().find(|row| row.id == call)).cloned();
        let switch_up = board.switch_up;
        drop(board);
        let at = site.app.runtime.now();
        self.follow(&own);
        let number = self.show(&own, live.as_ref(), at);
        self.note_who_calls(number);
        self.ask_why(site, &own.state).await?;
        Ok(Some(Stand {
            switch_up,
            queues,
            call: self.card.clone(),
            why: self.why.clone(),
            at_limit: is_at_limit(&own.state, at),
            today: self.books.today,
            earlier: lines(&self.earlier, self.viewer),
            mine: lines(&self.books.mine, self.viewer),
            missed: lines(&self.books.missed, self.viewer),
            own,
        }))
    }

    /// Counts the state that has ended, and has the books read once they can have it.
    fn follow(&mut self, own: &Own) {
        let same = self.state.as_ref().is_some_and(|(state, since)| *state == own.state && *since == own.since);
        if same {
            return;
        }
        if let Some((state, since)) = self.state.replace((own.state.clone(), own.since)) {
            self.books.count(&state, since, own.since);
            self.readings = READINGS;
        }
    }

    /// Chooses the call whose card is shown; says the number of its caller.
    fn show(&mut self, own: &Own, live: Option<&CallRow>, at: Timestamp) -> Option<Phone> {
        if let Some(row) = live {
            let known = self.card.take().filter(|card| card.id == row.id).and_then(|card| card.answered);
            let answers = matches!(own.state, AgentState::Talking(_)).then_some(own.since);
            self.card = Some(CallCard { answered: known.or(answers), ..CallCard::of(row) });
            return row.number.clone();
        }
        let of_state = if let AgentState::WrapUp { call, .. } = own.state { Some(call) } else { None };
        let booked = match of_state {
            Some(call) => self.books.mine.iter().find(|past| past.call == call),
            None => self.books.mine.first(),
        };
        let remembered = self.card.take().filter(|card| of_state.map_or(card.answered.is_some(), |call| call == card.id));
        let (card, number) = match (booked, remembered) {
            (Some(past), Some(card)) if past.at < card.entered => (Some(ended(card, at)), None),
            (Some(past), _) => (Some(card_of(past)), past.number.clone()),
            (None, card) => (card.map(|card| ended(card, at)), None),
        };
        self.card = card;
        number
    }

    /// Has the earlier calls of a caller read, once a caller. Of a call that is remembered, and not yet booked, they were while it
    /// lasted.
    fn note_who_calls(&mut self, number: Option<Phone>) {
        let call = self.card.as_ref().map(|card| card.id);
        if call == self.caller {
            return;
        }
        self.caller = call;
        self.earlier = Vec::new();
        self.unread = call.zip(number);
    }

    /// What is to be read after a look; nothing if all is known.
    pub fn reading(&self, at: Timestamp) -> Option<Reading> {
        let state = self.state.as_ref().map(|(state, _)| state);
        let due = self.readings > 0 && state.is_none_or(|state| state.call().is_none()) || self.books.today.is_none();
        let own = due.then(|| state.and_then(AgentState::works_on));
        let caller = self.unread.clone();
        (own.is_some() || caller.is_some()).then_some(Reading { agent: self.agent, at, own, caller })
    }

    /// Takes in what was read.
    pub fn take(&mut self, read: Read) {
        let Read { books, earlier } = read;
        self.readings = self.readings.saturating_sub(1);
        if let Some(books) = books {
            self.books = books;
        }
        if let Some((call, earlier)) = earlier.filter(|(call, _)| self.caller == Some(*call)) {
            self.unread = self.unread.take().filter(|(unread, _)| *unread != call);
            self.earlier = earlier;
        }
    }

    /// Looks, with what the books say of it: for a page that is drawn once.
    pub async fn look_and_read(&mut self, site: &Site) -> Result<Option<Stand>, Failure> {
        let first = self.look(site).await?;
        let Some(reading) = self.reading(site.app.runtime.now()) else { return Ok(first) };
        let read = reading.read(site.app.db.clone(), site.app.zone.clone()).await;
        self.take(read);
        self.look(site).await
    }

    /// Asks why the call that rings came here, once a call.
    async fn ask_why(&mut self, site: &Site, state: &AgentState) -> Result<(), Failure> {
        let Some(call) = state.rings() else {
            self.why = None;
            return Ok(());
        };
        if self.why.as_ref().is_none_or(|why| why.call != call) {
            self.why = site.app.runtime.explain(call).await?;
        }
        Ok(())
    }
}

/// A call that has gone from Live and is not yet in the books.
fn ended(card: CallCard, at: Timestamp) -> CallCard {
    CallCard { ended: card.ended.or(Some(at)), ..card }
}

/// An agent's own call as the books have it: the number is shown whole.
fn card_of(past: &Past) -> CallCard {
    CallCard {
        id: past.call,
        number: past.number.as_ref().map(|number| Viewer::Whole.show(number)),
        queue: past.queue.clone(),
        entered: past.at,
        since: past.at,
        answered: past.answered_at,
        ended: past.ended_at,
        outcome: past.outcome,
    }
}
