//! In the first form: what is on its way out of our hands, and what is remembered of calls that are over.

use std::collections::{BTreeMap, VecDeque};

use model::fact::FallbackCall;
use model::{AgentId, CallId, PromptId, QueueId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::state::kept::order::Exit;
use crate::state::kept::values;
use crate::{guard, state};

#[derive(Serialize, Deserialize)]
pub(crate) struct Parting {
    how: Way,
    again_at: Timestamp,
    sent: u32,
    ready: Option<AgentId>,
}

#[derive(Serialize, Deserialize)]
pub(crate) enum Way {
    HangUp,
    GiveBack(Exit),
    Tone(PromptId),
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Over {
    call: FallbackCall,
    forget_at: Timestamp,
}

#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Abandoned {
    calls: BTreeMap<CallId, Lost>,
    order: VecDeque<(Timestamp, CallId)>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Lost {
    queue: QueueId,
    late: bool,
}

mirrored!(Parting = state::Parting { again_at, sent, ready; how; });
mirrored!(Over = state::Over { call, forget_at;; });
mirrored!(Lost = guard::Lost { queue, late;; });
mirrored_enum!(Way = state::Way { HangUp, GiveBack(exit), Tone(prompt) });

impl From<guard::Abandoned> for Abandoned {
    fn from(guard::Abandoned { calls, order }: guard::Abandoned) -> Self {
        Self { calls: values(calls), order }
    }
}

impl From<Abandoned> for guard::Abandoned {
    fn from(Abandoned { calls, order }: Abandoned) -> Self {
        Self { calls: values(calls), order }
    }
}
