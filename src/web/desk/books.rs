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
    /// Reads them; what was read before stays where the database does not answer.
    pub async fn read_again(&mut self, db: &Db, agent: AgentId, at: Timestamp, zone: &TimeZone) {
        match read(db, agent, at, zone).await {
            Ok(books) => *self = books,
            Err(error) => tracing::warn!(%error, agent.id = %agent, "a desk could not read the books"),
        }
    }

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

async fn read(db: &Db, agent: AgentId, at: Timestamp, zone: &TimeZone) -> Result<Books, Error> {
    let began = midnight(at, zone);
    let day = store::desk::day(db, agent, began, at + Span::from_ms(1)).await?;
    let mut today = Today {
        began,
        answered: day.answered,
        missed: day.missed,
        talk: day.talk,
        average: (day.answered > 0).then(|| Span::from_ms(day.handling.as_ms() / i64::from(day.answered))),
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
pub(super) async fn earlier(db: &Db, number: &Phone, but: CallId) -> Vec<Past> {
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
