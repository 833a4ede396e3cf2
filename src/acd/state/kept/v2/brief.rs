//! A conversation that the caller ended at once, in the second form.

use model::{AgentId, CallId, QueueId, Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::brief;

#[derive(Serialize, Deserialize)]
pub(crate) struct Brief {
    call: CallId,
    queue: QueueId,
    agent: AgentId,
    answered: Timestamp,
    waited: Span,
    ended: Timestamp,
}

mirrored!(Brief = brief::Brief { call, queue, agent, answered, waited, ended;; });
