//! What the product's ledger says.

use std::collections::BTreeMap;

use super::database::{Database, Fields, id};
use crate::Result;
use crate::parties::Millis;

/// A row of `calls`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Call {
    /// The call's id, 32 hexadecimal digits.
    pub id: String,
    /// The caller's channel.
    pub leg: String,
    /// The caller's number.
    pub number: String,
    /// The queue's number.
    pub queue: String,
    /// When the caller entered.
    pub entered: Millis,
    /// When an agent answered.
    pub answered: Option<Millis>,
    /// When it was over.
    pub ended: Option<Millis>,
    /// How it ended.
    pub outcome: String,
    /// Who ended it.
    pub by: String,
    /// The account of the agent who answered.
    pub agent: Option<String>,
    /// Its stretches, in order of their beginning.
    pub segments: Vec<Segment>,
}

/// A row of `segments`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// What kind of stretch.
    pub kind: String,
    /// The account of the agent concerned.
    pub agent: String,
    /// When it began.
    pub began: Millis,
    /// When it ended.
    pub ended: Millis,
    /// How an offer ended.
    pub ending: String,
}

/// A row of `agent_states`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The agent's account.
    pub agent: String,
    /// The state.
    pub state: String,
    /// Why, when not ready.
    pub reason: String,
    /// The call that the agent was bound to.
    pub call: String,
    /// When it began.
    pub began: Millis,
    /// When it ended.
    pub ended: Option<Millis>,
}

impl Call {
    /// The segments of one kind.
    pub fn of_kind(&self, kind: &str) -> Vec<&Segment> {
        self.segments.iter().filter(|segment| segment.kind == kind).collect()
    }
}

/// The ledger, read from outside.
#[derive(Clone)]
pub struct Ledger(pub Database);

const CALLS: &str = "SELECT CAST(hex(c.id) AS TEXT), c.leg, c.number, q.number,
        CAST(c.entered_at AS TEXT), CAST(c.answered_at AS TEXT), CAST(c.ended_at AS TEXT),
        c.outcome, c.ended_by, a.endpoint
    FROM calls c
    LEFT JOIN queues q ON q.id = c.queue_id
    LEFT JOIN agents a ON a.id = c.agent_id";

const SEGMENTS: &str = "SELECT s.kind, a.endpoint, CAST(s.began_at AS TEXT), CAST(s.ended_at AS TEXT), s.ending,
        CAST(hex(s.call_id) AS TEXT)
    FROM segments s
    LEFT JOIN agents a ON a.id = s.agent_id";

impl Ledger {
    /// The calls from this number, oldest first, with their segments.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn calls_of(&self, number: &str) -> Result<Vec<Call>> {
        let question = format!("{CALLS} WHERE c.number = $1 ORDER BY c.entered_at");
        let mut calls: Vec<Call> = self.0.rows(&question, &[number]).await?.iter().map(call).collect();
        for call in &mut calls {
            call.segments = self.segments(&call.leg).await?;
        }
        Ok(calls)
    }

    /// All calls that entered at or after a time, with their segments.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn calls_since(&self, since: Millis) -> Result<Vec<Call>> {
        let mut calls = self.calls().await?;
        calls.retain(|call| call.entered >= since);
        let question = format!("{SEGMENTS} ORDER BY s.began_at, s.position");
        let mut segments: BTreeMap<String, Vec<Segment>> = BTreeMap::new();
        for fields in self.0.rows(&question, &[]).await? {
            segments.entry(id(&text(&fields, 5))).or_default().push(segment(&fields));
        }
        for call in &mut calls {
            call.segments = segments.remove(&call.id).unwrap_or_default();
        }
        Ok(calls)
    }

    /// All calls, without segments.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn calls(&self) -> Result<Vec<Call>> {
        Ok(self.0.rows(&format!("{CALLS} ORDER BY c.entered_at"), &[]).await?.iter().map(call).collect())
    }

    async fn segments(&self, leg: &str) -> Result<Vec<Segment>> {
        let question = format!("{SEGMENTS} JOIN calls c ON c.id = s.call_id WHERE c.leg = $1 ORDER BY s.began_at, s.position");
        Ok(self.0.rows(&question, &[leg]).await?.iter().map(segment).collect())
    }

    /// How many calls the ledger holds for alive.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn live(&self) -> Result<Vec<Call>> {
        Ok(self.0.rows(&format!("{CALLS} WHERE c.ended_at IS NULL"), &[]).await?.iter().map(call).collect())
    }

    /// What an agent is doing.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn state(&self, account: &str) -> Result<Option<State>> {
        Ok(self.states("s.ended_at IS NULL AND a.endpoint = $1", &[account]).await?.pop())
    }

    /// Everything that an agent did.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn states_of(&self, account: &str) -> Result<Vec<State>> {
        self.states("a.endpoint = $1", &[account]).await
    }

    /// What agents are doing who are bound to a call.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn bound(&self) -> Result<Vec<State>> {
        self.states("s.ended_at IS NULL AND s.state IN ('reserved', 'ringing', 'talking', 'held')", &[]).await
    }

    /// The agents who are in this state.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn doing(&self, state: &str) -> Result<Vec<State>> {
        self.states("s.ended_at IS NULL AND s.state = $1", &[state]).await
    }

    /// How many calls entered from one time until before another (`offered`), and what had become of them by the second:
    /// their outcome, or `in progress`.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn sums(&self, from: Millis, to: Millis) -> Result<BTreeMap<String, u64>> {
        let question = "SELECT 'offered', CAST(COUNT(*) AS TEXT) FROM calls
             WHERE entered_at >= CAST($1 AS BIGINT) AND entered_at < CAST($2 AS BIGINT)
             UNION ALL
             SELECT CASE WHEN ended_at < CAST($2 AS BIGINT) THEN outcome ELSE 'in progress' END, CAST(COUNT(*) AS TEXT) FROM calls
             WHERE entered_at >= CAST($1 AS BIGINT) AND entered_at < CAST($2 AS BIGINT)
             GROUP BY 1";
        let rows = self.0.rows(question, &[&from.to_string(), &to.to_string()]).await?;
        Ok(rows.iter().map(|fields| (text(fields, 0), text(fields, 1).parse().unwrap_or_default())).collect())
    }

    async fn states(&self, which: &str, values: &[&str]) -> Result<Vec<State>> {
        let question = format!(
            "SELECT a.endpoint, s.state, s.reason, CAST(hex(s.call_id) AS TEXT), CAST(s.began_at AS TEXT), CAST(s.ended_at AS TEXT)
             FROM agent_states s JOIN agents a ON a.id = s.agent_id WHERE {which} ORDER BY s.began_at, s.position"
        );
        Ok(self.0.rows(&question, values).await?.iter().map(state).collect())
    }
}

fn text(fields: &Fields, n: usize) -> String {
    fields.get(n).cloned().flatten().unwrap_or_default()
}

fn time(fields: &Fields, n: usize) -> Option<Millis> {
    text(fields, n).parse().ok()
}

fn call(fields: &Fields) -> Call {
    Call {
        id: id(&text(fields, 0)),
        leg: text(fields, 1),
        number: text(fields, 2),
        queue: text(fields, 3),
        entered: time(fields, 4).unwrap_or_default(),
        answered: time(fields, 5),
        ended: time(fields, 6),
        outcome: text(fields, 7),
        by: text(fields, 8),
        agent: fields.get(9).cloned().flatten(),
        segments: Vec::new(),
    }
}

fn segment(fields: &Fields) -> Segment {
    Segment {
        kind: text(fields, 0),
        agent: text(fields, 1),
        began: time(fields, 2).unwrap_or_default(),
        ended: time(fields, 3).unwrap_or_default(),
        ending: text(fields, 4),
    }
}

fn state(fields: &Fields) -> State {
    State {
        agent: text(fields, 0),
        state: text(fields, 1),
        reason: text(fields, 2),
        call: id(&text(fields, 3)),
        began: time(fields, 4).unwrap_or_default(),
        ended: time(fields, 5),
    }
}
