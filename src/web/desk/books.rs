//! What a desk shows out of the books. A database that does not answer takes nothing else from the page.

use jiff::tz::TimeZone;
use model::{AgentId, AgentState, CallId, Phone, Span, Timestamp, Viewer};
use store::desk::Past;
use store::{Db, Error};
use views::desk::{PastLine, Today};
use views::number::midnight;

/// How many calls a list shows.
const LISTED: u32 = 8;

/// The books as a desk has read them.
#[derive(Clone, Debug, Default)]
pub(super) struct Books {
    pub today: Option<Today>,
    pub mine: Vec<Past>,
    pub missed: Vec<Past>,
}

impl Books {
    /// Counts a state that has ended before the books have it.
    pub fn count(&mut self, state: &AgentState, began: Timestamp, ended: Timestamp) {
        let Some(today) = &mut self.today else { return };
        let lasted = ended.since(began.max(today.began));
        match state {
            AgentState::Ready => today.ready += lasted,
            AgentState::NotReady(_) => today.not_ready += lasted,
            AgentState::Talking(_) => today.talk += lasted,
            AgentState::LoggedOut
            | AgentState::Reserved(_)
            | AgentState::Ringing(_)
            | AgentState::Held(_)
            | AgentState::WrapUp { .. }
            | AgentState::Unreachable => {}
        }
    }
}

/// What a desk asks the books.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub agent: AgentId,
    pub at: Timestamp,
    /// The call that the agent is in, or finishes; given where the agent's own lists and sums are asked for.
    pub own: Option<Option<CallId>>,
    /// The call whose caller's earlier calls are asked for, and the caller's number.
    pub caller: Option<(CallId, Phone)>,
}

/// What the books answered.
#[derive(Clone, Debug)]
pub(super) struct Read {
    /// The agent's own; nothing if the database did not answer.
    pub books: Option<Books>,
    /// The earlier calls of the caller of a call.
    pub earlier: Option<(CallId, Vec<Past>)>,
}

impl Reading {
    /// Asks them. What was read before stays where the database does not answer.
    pub async fn read(self, db: Db, zone: TimeZone) -> Read {
        let Self { agent, at, own, caller } = self;
        let books = match own {
            Some(under_way) => read(&db, agent, at, &zone, under_way)
                .await
                .inspect_err(|error| tracing::warn!(%error, agent.id = %agent, "a desk could not read the books"))
                .ok(),
            None => None,
        };
        let earlier = match caller {
            Some((call, number)) => Some((call, earlier(&db, &number, call).await)),
            None => None,
        };
        Read { books, earlier }
    }
}

async fn read(db: &Db, agent: AgentId, at: Timestamp, zone: &TimeZone, under_way: Option<CallId>) -> Result<Books, Error> {
    let began = midnight(at, zone);
    let day = store::desk::day(db, agent, began, at + Span::from_ms(1), under_way).await?;
    let mut today = Today {
        began,
        answered: day.answered,
        missed: day.missed,
        talk: day.talk,
        average: (day.handled > 0).then(|| Span::from_ms(day.handling.as_ms() / i64::from(day.handled))),
        ..Today::default()
    };
    for stretch in store::agent_states::between(db, agent, began, at).await? {
        let Some(ended) = stretch.ended_at else { continue };
        let lasted = ended.since(stretch.began_at.max(began));
        match stretch.state.as_str() {
            "ready" => today.ready += lasted,
            "not_ready" => today.not_ready += lasted,
            _ => {}
        }
    }
    let mine = store::desk::of_agent(db, agent, LISTED).await?;
    let missed = store::desk::missed(db, agent, began, LISTED).await?;
    Ok(Books { today: Some(today), mine, missed })
}

/// The earlier calls of a number; none while the database does not answer.
async fn earlier(db: &Db, number: &Phone, but: CallId) -> Vec<Past> {
    store::desk::earlier(db, number, but, LISTED).await.unwrap_or_else(|error| {
        tracing::warn!(%error, call.id = %but, "a desk could not read who called before");
        Vec::new()
    })
}

/// Calls as this viewer may see them: numbers as they may see numbers, the agent's name as a colleague's.
pub(super) fn lines(past: &[Past], viewer: Viewer) -> Vec<PastLine> {
    past.iter()
        .map(|past| PastLine {
            call: past.call,
            number: past.number.as_ref().map(|number| viewer.show(number)),
            queue: past.queue.clone(),
            at: past.at,
            outcome: past.outcome,
            talk: past.answered_at.zip(past.ended_at).map(|(answered, ended)| ended.since(answered)),
            agent: past.agent.as_ref().map(|name| Viewer::Whole.show(name)),
        })
        .collect()
}
