//! Takes callers out of the hands of a program that is dead or hung, into Asterisk's own queues. Works by itself: without
//! the program, its store or its event socket.

use std::collections::BTreeSet;

use acd::effect::{Exit, HangupReason, Op};
use model::LegId;

use crate::Config;
use crate::account::{Entry, Lists};
use crate::client::{BadConfig, HttpClient};
use crate::line::{AT_ONCE, Line, NoReply, NotRead, Transport};
use crate::names::Names;
use crate::plan::{Plan, plan, verdict};
use crate::sign;
use crate::take::read_lists;

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evacuated {
    /// Callers who went into the fallback.
    pub callers: usize,
    /// Agents' feature calls that were ended.
    pub features: usize,
    /// Legs to agents that were hung up: they rang, or were answered, for nobody.
    pub legs: usize,
    /// Conversations that were left alone.
    pub conversations: usize,
    /// Channels that were gone, or that Asterisk would not let go.
    pub failed: usize,
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum NotEvacuated {
    /// The program is there.
    #[error("the program gave a sign of life {0} s ago and takes care of its callers itself; --force does it nevertheless")]
    Alive(i64),
    /// The settings cannot be right.
    #[error("{0}: correct the section [ari] of the configuration")]
    Config(#[from] BadConfig),
    /// Asterisk does not say what is there.
    #[error("Asterisk does not say who waits: {0}")]
    NotRead(#[from] NotRead),
}

/// Takes everybody out who waits in our application and whom nobody serves. Unless `force` is given, only if the program has
/// given no sign of life for ten seconds.
///
/// # Errors
/// When the program is alive, or Asterisk does not answer.
pub async fn evacuate(config: &Config, force: bool) -> Result<Evacuated, NotEvacuated> {
    let names = Names::new(config);
    let line = Line::new(Transport::Http(HttpClient::new(config, AT_ONCE)?));
    if !force && let Some(sign) = sign::last(&line, &names).await? {
        return Err(NotEvacuated::Alive(sign.age));
    }
    let lists = read_lists(&line, &names).await?;
    let mut done = Evacuated::default();
    let talking = talking(&names, &lists);
    done.conversations = talking.len();
    let talking: BTreeSet<&LegId> = talking.iter().flatten().collect();
    for (leg, entry) in lists.held(&names).iter().filter(|(leg, _)| !talking.contains(leg)) {
        let (op, count) = match (leg, entry) {
            (LegId::Ours(_), _) => (Op::Hangup { leg: leg.clone(), reason: HangupReason::Normal }, &mut done.legs),
            (LegId::Theirs(leg), Some(Entry::Feature { .. })) => {
                (Op::Continue { leg: leg.clone(), exit: Exit::Refused }, &mut done.features)
            }
            (LegId::Theirs(leg), Some(Entry::Caller { .. })) => {
                (Op::Continue { leg: leg.clone(), exit: Exit::Failed }, &mut done.callers)
            }
            (LegId::Theirs(_), None) => continue,
        };
        match carry_out(&line, &op, &names).await {
            Ok(true) => *count += 1,
            Ok(false) => done.failed += 1,
            Err(why) => {
                tracing::warn!(order = op.name(), %why, "Asterisk gave no answer");
                done.failed += 1;
            }
        }
    }
    Ok(done)
}

/// The legs of each bridge of ours in which somebody hears somebody.
fn talking(names: &Names, lists: &Lists) -> Vec<Vec<LegId>> {
    let bridges = lists.account(names, &[]).bridges;
    bridges.into_iter().map(|bridge| bridge.legs).filter(|legs| legs.len() > 1).collect()
}

/// `false` if Asterisk would not.
async fn carry_out(line: &Line, op: &Op, names: &Names) -> Result<bool, NoReply> {
    let Plan::InTurn(requests) = plan(op, names) else { return Ok(false) };
    for request in requests {
        let reply = line.ask(&request).await?;
        if verdict(request.kind, reply.status, &reply.body).is_err() {
            return Ok(false);
        }
    }
    Ok(true)
}
