//! Calls as the books tell them.

use model::fact::Segment;
use model::{AgentId, CallId, Fact, OfferEnd, Outcome, Phone, QueueId, SegmentKind, ServerId, Side, Timestamp};
use serde_json::Value;
use sqlx::types::{Json, Uuid};

use crate::db::Db;
use crate::error::Error;

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The call's id.
    pub id: CallId,
    /// The Asterisk that it came to.
    pub server: ServerId,
    /// Asterisk's id of the caller's leg, which is the `uniqueid` of the caller's CDR.
    pub leg: String,
    /// The caller's number, if it was sent.
    pub number: Option<Phone>,
    /// What was dialled, of a call that Asterisk's own queue took care of.
    pub dialled: Option<String>,
    /// The queue that it was in last; none if Asterisk's own queue took care of it and no queue of ours has its number.
    pub queue: Option<QueueId>,
    /// The queue that it entered first.
    pub first_queue: Option<QueueId>,
    /// When the caller entered that.
    pub entered_at: Timestamp,
    /// When an agent answered.
    pub answered_at: Option<Timestamp>,
    /// When it ended; a call without an end is alive, as far as the books know.
    pub ended_at: Option<Timestamp>,
    /// How it ended; of a call in the care of Asterisk's own queue it is said already while it lasts.
    pub outcome: Option<Outcome>,
    /// Who ended it, if we saw that.
    pub ended_by: Option<Side>,
    /// The agent who answered.
    pub agent: Option<AgentId>,
    /// To how many agents it was offered, one after another.
    pub offers: u32,
}

/// All that the books say of one call.
#[derive(Clone, Debug, PartialEq)]
pub struct Story {
    /// The call.
    pub call: Call,
    /// Its stretches, in the order in which they ended.
    pub segments: Vec<Segment>,
    /// The facts that speak of it, in order, the ended segments left out.
    pub facts: Vec<Recorded>,
}

/// A fact in the books.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Its number.
    pub position: u64,
    /// When it came true.
    pub at: Timestamp,
    /// Its name, as `call_entered`.
    pub kind: String,
    /// The fact itself; `None` if it was written by a release whose facts this one does not know.
    pub fact: Option<Fact>,
}

/// The calls that entered in an interval, each under what became of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// All of them.
    pub offered: u64,
    /// Caller and agent spoke.
    pub answered: u64,
    /// The caller hung up before.
    pub abandoned: u64,
    /// Given back to the dialplan.
    pub returned: u64,
    /// Asterisk's own queue took care of them, or does.
    pub fallback: u64,
    /// Asterisk lost them, or did not do what was asked.
    pub lost: u64,
    /// Still with us.
    pub in_progress: u64,
}

impl Totals {
    /// Whether every call that was offered stands under one of the other numbers.
    #[must_use]
    pub const fn balance(&self) -> bool {
        let sorted = self.answered + self.abandoned + self.returned + self.fallback + self.lost + self.in_progress;
        self.offered == sorted
    }
}

statements! {
    TOTALS = "
        SELECT
            COUNT(*) AS offered,
            COUNT(*) FILTER (WHERE outcome = 'answered' AND ended_at IS NOT NULL) AS answered,
            COUNT(*) FILTER (WHERE outcome = 'abandoned' AND ended_at IS NOT NULL) AS abandoned,
            COUNT(*) FILTER (WHERE outcome = 'returned' AND ended_at IS NOT NULL) AS returned,
            COUNT(*) FILTER (WHERE outcome = 'fallback') AS fallback,
            COUNT(*) FILTER (WHERE outcome = 'lost' AND ended_at IS NOT NULL) AS lost,
            COUNT(*) FILTER (WHERE outcome IS NULL AND ended_at IS NULL) AS in_progress
        FROM calls
        WHERE entered_at >= $1 AND entered_at < $2";
    OF_ID = "
        SELECT
            id,
            server,
            leg,
            number,
            dialled,
            queue_id,
            first_queue_id,
            entered_at,
            answered_at,
            ended_at,
            outcome,
            ended_by,
            agent_id,
            offers
        FROM calls
        WHERE id = $1";
    OF_LEG = "
        SELECT
            id,
            server,
            leg,
            number,
            dialled,
            queue_id,
            first_queue_id,
            entered_at,
            answered_at,
            ended_at,
            outcome,
            ended_by,
            agent_id,
            offers
        FROM calls
        WHERE leg = $1 AND server = $2
        ORDER BY entered_at, id";
    BETWEEN = "
        SELECT
            id,
            server,
            leg,
            number,
            dialled,
            queue_id,
            first_queue_id,
            entered_at,
            answered_at,
            ended_at,
            outcome,
            ended_by,
            agent_id,
            offers
        FROM calls
        WHERE entered_at >= $1 AND entered_at < $2
        ORDER BY entered_at, id
        LIMIT $3";
    SEGMENTS = "
        SELECT kind, queue_id, agent_id, offer, began_at, ended_at, ending
        FROM segments
        WHERE call_id = $1
        ORDER BY position";
    FACTS = "
        SELECT position, at, kind, detail
        FROM facts
        WHERE call_id = $1
        ORDER BY position";
}

row! {
    struct CallRow {
        id: Uuid,
        server: i64,
        leg: String,
        number: Option<String>,
        dialled: Option<String>,
        queue_id: Option<Uuid>,
        first_queue_id: Option<Uuid>,
        entered_at: i64,
        answered_at: Option<i64>,
        ended_at: Option<i64>,
        outcome: Option<String>,
        ended_by: Option<String>,
        agent_id: Option<Uuid>,
        offers: i64,
    }
}

row! {
    struct TotalsRow {
        offered: i64,
        answered: i64,
        abandoned: i64,
        returned: i64,
        fallback: i64,
        lost: i64,
        in_progress: i64,
    }
}

row! {
    struct SegmentRow {
        kind: String,
        queue_id: Uuid,
        agent_id: Option<Uuid>,
        offer: Option<i64>,
        began_at: i64,
        ended_at: i64,
        ending: Option<String>,
    }
}

row! {
    struct FactRow {
        position: i64,
        at: i64,
        kind: String,
        detail: Json<Value>,
    }
}

/// The call of that id.
///
/// # Errors
/// When the database does not answer, or holds what we cannot have written.
pub async fn find(db: &Db, id: CallId) -> Result<Option<Call>, Error> {
    let asked = async { Ok(on!(db.read(), c => sqlx::query_as(OF_ID).bind(id.0).fetch_optional(c).await)?) };
    let row: Option<CallRow> = db.reading(asked).await?;
    row.map(CallRow::read).transpose()
}

/// All that the books say of one call, at one moment.
///
/// # Errors
/// When the database does not answer, or holds what we cannot have written.
pub async fn story(db: &Db, id: CallId) -> Result<Option<Story>, Error> {
    db.reading(story_in_whatever_time(db, id)).await
}

async fn story_in_whatever_time(db: &Db, id: CallId) -> Result<Option<Story>, Error> {
    let mut tx = db.read_together().await?;
    let call: Option<CallRow> = on!(tx.connection(), c => sqlx::query_as(OF_ID).bind(id.0).fetch_optional(c).await)?;
    let segments: Vec<SegmentRow> = on!(tx.connection(), c => sqlx::query_as(SEGMENTS).bind(id.0).fetch_all(c).await)?;
    let facts: Vec<FactRow> = on!(tx.connection(), c => sqlx::query_as(FACTS).bind(id.0).fetch_all(c).await)?;
    tx.commit().await?;
    let Some(call) = call else { return Ok(None) };
    Ok(Some(Story {
        call: call.read()?,
        segments: segments.into_iter().map(|row| row.read(id)).collect::<Result<_, _>>()?,
        facts: facts.into_iter().map(FactRow::read).collect(),
    }))
}

/// The calls of a caller's leg: more than one if the dialplan handed it to us again.
///
/// # Errors
/// When the database does not answer, or holds what we cannot have written.
pub async fn of_leg(db: &Db, server: ServerId, leg: &str) -> Result<Vec<Call>, Error> {
    let server = i64::from(server.0);
    let asked = async { Ok(on!(db.read(), c => sqlx::query_as(OF_LEG).bind(leg).bind(server).fetch_all(c).await)?) };
    let rows: Vec<CallRow> = db.reading(asked).await?;
    rows.into_iter().map(CallRow::read).collect()
}

/// The calls that entered from `from` on and before `to`, the earliest first, at most `limit`.
///
/// # Errors
/// When the database does not answer, or holds what we cannot have written.
pub async fn between(db: &Db, from: Timestamp, to: Timestamp, limit: u32) -> Result<Vec<Call>, Error> {
    let (from, to, limit) = (from.as_ms(), to.as_ms(), i64::from(limit));
    let asked = async { Ok(on!(db.read(), c => sqlx::query_as(BETWEEN).bind(from).bind(to).bind(limit).fetch_all(c).await)?) };
    let rows: Vec<CallRow> = db.reading(asked).await?;
    rows.into_iter().map(CallRow::read).collect()
}

/// What became of the calls that entered from `from` on and before `to`, as far as the books know.
///
/// # Errors
/// When the database does not answer.
pub async fn totals(db: &Db, from: Timestamp, to: Timestamp) -> Result<Totals, Error> {
    let (from, to) = (from.as_ms(), to.as_ms());
    let asked = async { Ok(on!(db.read(), c => sqlx::query_as(TOTALS).bind(from).bind(to).fetch_one(c).await)?) };
    let row: TotalsRow = db.reading(asked).await?;
    Ok(row.read())
}

impl TotalsRow {
    fn read(self) -> Totals {
        let count = |number: i64| number.max(0).unsigned_abs();
        Totals {
            offered: count(self.offered),
            answered: count(self.answered),
            abandoned: count(self.abandoned),
            returned: count(self.returned),
            fallback: count(self.fallback),
            lost: count(self.lost),
            in_progress: count(self.in_progress),
        }
    }
}

impl CallRow {
    fn read(self) -> Result<Call, Error> {
        let strange = |what: &str| Error::unreadable("calls", format!("call {} has a strange {what}", self.id));
        Ok(Call {
            id: CallId(self.id),
            server: ServerId(u16::try_from(self.server).map_err(|_| strange("server"))?),
            dialled: self.dialled,
            queue: self.queue_id.map(QueueId),
            first_queue: self.first_queue_id.map(QueueId),
            entered_at: Timestamp::from_ms(self.entered_at),
            answered_at: self.answered_at.map(Timestamp::from_ms),
            ended_at: self.ended_at.map(Timestamp::from_ms),
            outcome: word(self.outcome.as_deref(), Outcome::named).ok_or_else(|| strange("outcome"))?,
            ended_by: word(self.ended_by.as_deref(), Side::named).ok_or_else(|| strange("end"))?,
            agent: self.agent_id.map(AgentId),
            offers: u32::try_from(self.offers).map_err(|_| strange("number of offers"))?,
            number: self.number.map(Phone::new),
            leg: self.leg,
        })
    }
}

impl SegmentRow {
    fn read(self, call: CallId) -> Result<Segment, Error> {
        let strange = |what: &str| Error::unreadable("segments", format!("call {call} has a segment with a strange {what}"));
        Ok(Segment {
            call,
            kind: SegmentKind::named(&self.kind).ok_or_else(|| strange("kind"))?,
            queue: QueueId(self.queue_id),
            agent: self.agent_id.map(AgentId),
            offer: self.offer.map(u32::try_from).transpose().map_err(|_| strange("offer"))?,
            began: Timestamp::from_ms(self.began_at),
            ended: Timestamp::from_ms(self.ended_at),
            ending: word(self.ending.as_deref(), OfferEnd::named).ok_or_else(|| strange("ending"))?,
        })
    }
}

impl FactRow {
    fn read(self) -> Recorded {
        Recorded {
            position: self.position.max(0).unsigned_abs(),
            at: Timestamp::from_ms(self.at),
            kind: self.kind,
            fact: serde_json::from_value(self.detail.0).ok(),
        }
    }
}

/// What a word stands for; `None` for a word that we do not know, while no word stands for nothing.
fn word<T>(word: Option<&str>, named: fn(&str) -> Option<T>) -> Option<Option<T>> {
    word.map_or(Some(None), |word| named(word).map(Some))
}
