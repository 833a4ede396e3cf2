//! An agent in the second form: with what becomes of one who is out of reach.

use model::{AgentState, QueueId, StateReason, Timestamp, Timing};
use serde::{Deserialize, Serialize};

use crate::state::kept::v1;
use crate::state::kept::v1::agent::{Besides, Line, Wish};
use crate::{absence, agent};

#[derive(Serialize, Deserialize)]
pub(crate) struct Agent {
    card: model::Agent,
    state: AgentState,
    why: Option<StateReason>,
    since: Timestamp,
    absence: Option<Absence>,
    idle_since: Timestamp,
    answered: u32,
    reachable: bool,
    in_use: bool,
    besides: Besides,
    gone_at: Option<Timestamp>,
    line: Line,
    use_told: bool,
    freed_at: Option<Timestamp>,
    rests_until: Option<Timestamp>,
    busy: u8,
    silent: bool,
    then: Option<Wish>,
    last_queue: Option<QueueId>,
    leaving: bool,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Absence {
    counts_until: Option<Timestamp>,
    logs_out_at: Timestamp,
}

mirrored!(Agent = agent::Agent {
    card, state, why, since, idle_since, answered, reachable, in_use, gone_at, use_told, freed_at, rests_until, busy, silent,
    last_queue, leaving; besides, line; absence, then
});
mirrored!(Absence = absence::Absence { counts_until, logs_out_at;; });

impl From<v1::agent::Agent> for Agent {
    fn from(before: v1::agent::Agent) -> Self {
        // Nobody took down what becomes of those who are out of reach: it does as the spans come.
        let absence =
            (before.state == AgentState::Unreachable).then(|| absence::Absence::begins(before.since, Timing::default()));
        Self {
            card: before.card,
            state: before.state,
            why: None,
            since: before.since,
            absence: absence.map(Into::into),
            idle_since: before.idle_since,
            answered: before.answered,
            reachable: before.reachable,
            in_use: before.in_use,
            besides: before.besides,
            gone_at: before.gone_at,
            line: before.line,
            use_told: before.use_told,
            freed_at: before.freed_at,
            rests_until: before.rests_until,
            busy: before.busy,
            silent: before.silent,
            then: before.then,
            last_queue: before.last_queue,
            leaving: before.leaving,
        }
    }
}
