//! What an operator's desk tells out of the books: who called before, what the agent has done, and whose desk is open.

use model::{AgentId, CallId, Outcome, PersonName, Phone, Span, Timestamp};
use sqlx::types::Uuid;

use crate::db::Db;
use crate::error::Error;

/// A call as a desk lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The call.
    pub call: CallId,
    /// The caller's number, if it was sent.
    pub number: Option<Phone>,
    /// The name of the queue that it was in last, while the settings have it.
    pub queue: Option<String>,
    /// When the caller entered the first queue; of an offer that was missed, when that rang.
    pub at: Timestamp,
    /// When an agent answered.
    pub answered_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Who answered, while the settings have them.
    pub agent: Option<PersonName>,
}

/// What an agent has done in an interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// Calls answered.
    pub answered: u32,
    /// Calls that rang and were not answered.
    pub missed: u32,
    /// Time in conversation.
    pub talk: Span,
    /// Calls answered that are over, and finished.
    pub handled: u32,
    /// Time in conversation, on hold, and finishing, of these.
    pub handling: Span,
}

statements! {
    // A number stands in the books as it came: with its country, without the plus, or with the trunk prefix.
    EARLIER = "
        SELECT
            c.id,
            c.number,
            q.name AS queue,
            c.entered_at AS at,
            c.answered_at,
            c.ended_at,
            c.outcome,
            a.name AS agent
        FROM calls AS c
        LEFT JOIN queues AS q ON q.id = c.queue_id
        LEFT JOIN agents AS a ON a.id = c.agent_id
        WHERE c.number IN ($1, $2, $3) AND c.id <> $4
        ORDER BY c.entered_at DESC
        LIMIT $5";
    OF_AGENT = "
        SELECT
            c.id,
            c.number,
            q.name AS queue,
            c.entered_at AS at,
            c.answered_at,
            c.ended_at,
            c.outcome,
            a.name AS agent
        FROM calls AS c
        LEFT JOIN queues AS q ON q.id = c.queue_id
        LEFT JOIN agents AS a ON a.id = c.agent_id
        WHERE c.agent_id = $1
        ORDER BY c.entered_at DESC
        LIMIT $2";
    MISSED = "
        SELECT
            c.id,
            c.number,
            q.name AS queue,
            s.began_at AS at,
            c.answered_at,
            c.ended_at,
            c.outcome,
            a.name AS agent
        FROM segments AS s
        JOIN calls AS c ON c.id = s.call_id
        LEFT JOIN queues AS q ON q.id = s.queue_id
        LEFT JOIN agents AS a ON a.id = c.agent_id
        WHERE s.agent_id = $1 AND s.began_at >= $2 AND s.kind = 'ringing' AND s.ending = 'not_answered'
        ORDER BY s.began_at DESC
        LIMIT $3";
    DAY = "
        SELECT
            COUNT(*) FILTER (WHERE kind = 'ringing' AND ending = 'accepted') AS answered,
            COUNT(*) FILTER (WHERE kind = 'ringing' AND ending = 'not_answered') AS missed,
            CAST(COALESCE(SUM(ended_at - began_at) FILTER (WHERE kind = 'talk'), 0) AS BIGINT) AS talk,
            COUNT(*) FILTER (WHERE kind = 'ringing' AND ending = 'accepted' AND call_id <> $4) AS handled,
            CAST(
                COALESCE(
                    SUM(ended_at - began_at) FILTER (WHERE kind IN ('talk', 'hold', 'wrap_up') AND call_id <> $4),
                    0
                ) AS BIGINT
            ) AS handling
        FROM segments
        WHERE agent_id = $1 AND began_at >= $2 AND began_at < $3";
    OPEN = "
        INSERT INTO desks (agent_id, opened_at)
        VALUES ($1, $2)
        ON CONFLICT (agent_id) DO UPDATE SET opened_at = excluded.opened_at";
    CLOSE = "DELETE FROM desks WHERE agent_id = $1";
    ALL_OPEN = "SELECT agent_id FROM desks ORDER BY agent_id";
}

row! {
    struct PastRow {
        id: Uuid,
        number: Option<String>,
        queue: Option<String>,
        at: i64,
        answered_at: Option<i64>,
        ended_at: Option<i64>,
        outcome: Option<String>,
        agent: Option<String>,
    }
}

row! {
    struct DayRow {
        answered: i64,
        handled: i64,
        missed: i64,
        talk: i64,
        handling: i64,
    }
}

/// The calls of a number but for one, the latest first, at most `limit`.
///
/// # Errors
/// When the database does not answer, or holds what we cannot have written.
pub async fn earlier(db: &Db, number: &Phone, but: CallId, limit: u32) -> Result<Vec<Past>, Error> {
    let [one, two, three] = spellings(number.expose());
    let (but, limit) = (but.0, i64::from(limit));
    let asked = async {
        Ok(on!(db.read(), c => sqlx::query_as(EARLIER)
            .bind(one).bind(two).bind(three).bind(but).bind(limit).fetch_all(c).await)?)
    };
    let rows: Vec<PastRow> = db.reading(asked).await?;
    rows.into_iter().map(PastRow::read).collect()
}

/// The calls that an agent answered, the latest first, at most `limit`.
///
/// # Errors
/// When the database does not answer, or holds what we cannot have written.
pub async fn of_agent(db: &Db, agent: AgentId, limit: u32) -> Result<Vec<Past>, Error> {
    let (agent, limit) = (agent.0, i64::from(limit));
    let asked = async { Ok(on!(db.read(), c => sqlx::query_as(OF_AGENT).bind(agent).bind(limit).fetch_all(c).await)?) };
    let rows: Vec<PastRow> = db.reading(asked).await?;
    rows.into_iter().map(PastRow::read).collect()
}

/// The calls that rang at an agent since `from` and were not answered there, the latest first, at most `limit`.
///
/// # Errors
/// When the database does not answer, or holds what we cannot have written.
pub async fn missed(db: &Db, agent: AgentId, from: Timestamp, limit: u32) -> Result<Vec<Past>, Error> {
    let (agent, from, limit) = (agent.0, from.as_ms(), i64::from(limit));
    let asked = async { Ok(on!(db.read(), c => sqlx::query_as(MISSED).bind(agent).bind(from).bind(limit).fetch_all(c).await)?) };
    let rows: Vec<PastRow> = db.reading(asked).await?;
    rows.into_iter().map(PastRow::read).collect()
}

/// What an agent has done from `from` on and before `to`: each segment counts where it began. `under_way` is the call that the
/// agent is in, or finishing: how long it takes is not known yet.
///
/// # Errors
/// When the database does not answer.
pub async fn day(db: &Db, agent: AgentId, from: Timestamp, to: Timestamp, under_way: Option<CallId>) -> Result<Day, Error> {
    let (agent, from, to) = (agent.0, from.as_ms(), to.as_ms());
    let but = under_way.map_or(Uuid::nil(), |call| call.0);
    let asked =
        async { Ok(on!(db.read(), c => sqlx::query_as(DAY).bind(agent).bind(from).bind(to).bind(but).fetch_one(c).await)?) };
    let row: DayRow = db.reading(asked).await?;
    Ok(row.read())
}

/// Remembers that an agent has a desk open.
///
/// # Errors
/// When the database does not answer.
pub async fn open(db: &Db, agent: AgentId, at: Timestamp) -> Result<(), Error> {
    db.writing(async {
        let mut tx = db.write().await?;
        on!(tx.connection(), c => sqlx::query(OPEN).bind(agent.0).bind(at.as_ms()).execute(c).await.map(|_| ()))?;
        tx.commit().await
    })
    .await
}

/// Forgets that an agent has a desk open.
///
/// # Errors
/// When the database does not answer.
pub async fn close(db: &Db, agent: AgentId) -> Result<(), Error> {
    db.writing(async {
        let mut tx = db.write().await?;
        on!(tx.connection(), c => sqlx::query(CLOSE).bind(agent.0).execute(c).await.map(|_| ()))?;
        tx.commit().await
    })
    .await
}

/// The agents who have a desk open, as far as was remembered.
///
/// # Errors
/// When the database does not answer.
pub async fn all_open(db: &Db) -> Result<Vec<AgentId>, Error> {
    let asked = async { Ok(on!(db.read(), c => sqlx::query_scalar(ALL_OPEN).fetch_all(c).await)?) };
    let ids: Vec<Uuid> = db.reading(asked).await?;
    Ok(ids.into_iter().map(AgentId).collect())
}

/// How a number may stand in the books: a Russian one in three ways, every other as it is.
fn spellings(number: &str) -> [String; 3] {
    let digits = number.strip_prefix('+').unwrap_or(number);
    let plain = digits.len() == 11 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let national = plain && (digits.starts_with('7') || (digits.starts_with('8') && digits.len() == number.len()));
    if !national {
        return [number.to_owned(), number.to_owned(), number.to_owned()];
    }
    let rest = &digits[1..];
    [format!("+7{rest}"), format!("7{rest}"), format!("8{rest}")]
}

impl PastRow {
    fn read(self) -> Result<Past, Error> {
        let outcome = match self.outcome.as_deref() {
            None => None,
            Some(word) => Some(
                Outcome::named(word)
                    .ok_or_else(|| Error::unreadable("calls", format!("call {} has a strange outcome", self.id)))?,
            ),
        };
        Ok(Past {
            call: CallId(self.id),
            number: self.number.map(Phone::new),
            queue: self.queue,
            at: Timestamp::from_ms(self.at),
            answered_at: self.answered_at.map(Timestamp::from_ms),
            ended_at: self.ended_at.map(Timestamp::from_ms),
            outcome,
            agent: self.agent.map(PersonName::new),
        })
    }
}

impl DayRow {
    fn read(self) -> Day {
        let count = |number: i64| u32::try_from(number.max(0)).unwrap_or(u32::MAX);
        Day {
            answered: count(self.answered),
            handled: count(self.handled),
            missed: count(self.missed),
            talk: Span::from_ms(self.talk),
            handling: Span::from_ms(self.handling),
        }
    }
}

#[cfg(test)]
mod spelling {
    use super::spellings;

    #[test]
    fn a_russian_number_is_looked_for_in_each_of_its_spellings_and_no_other_is() {
        for number in ["+79123456789", "79123456789", "89123456789"] {
            assert_eq!(spellings(number), ["+79123456789", "79123456789", "89123456789"]);
        }
        for number in ["1001", "+89123456789", "+4915112345678", "anonymous"] {
            assert_eq!(spellings(number), [number, number, number]);
        }
    }
}
