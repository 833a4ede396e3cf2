//! One line in the log for each fact: what happened to a call or an agent, readable alone.

use model::Fact;

/// Writes the fact's line.
pub(crate) fn tell(fact: &Fact) {
    match fact {
        Fact::CallEntered { call, queue, .. } => tracing::info!(call.id = %call, queue.id = %queue, "call entered"),
        Fact::OfferMade { call, offer, agent } => {
            tracing::info!(call.id = %call, offer, agent.id = %agent, "offer made");
        }
        Fact::OfferRang { call, offer, agent } => {
            tracing::debug!(call.id = %call, offer, agent.id = %agent, "phone rings");
        }
        Fact::OfferEnded { call, offer, agent, end } => {
            tracing::info!(call.id = %call, offer, agent.id = %agent, end = end.name(), "offer ended");
        }
        Fact::CallAnswered { call, agent, waited } => {
            tracing::info!(call.id = %call, agent.id = %agent, waited_ms = waited.as_ms(), "call answered");
        }
        Fact::AnswerUndone { call } => tracing::warn!(call.id = %call, "answer undone"),
        Fact::CallEnded { call, outcome, by } => {
            tracing::info!(call.id = %call, outcome = outcome.name(), by = by.name(), "call ended");
        }
        Fact::AgentChanged { agent, state, by, why } => {
            let why = why.map(model::StateReason::name);
            tracing::info!(agent.id = %agent, state = state.name(), ?by, why, "agent changed");
        }
        Fact::Mended { leg, how, .. } => tracing::warn!(leg.id = %leg, ?how, "state and switch disagreed"),
        Fact::OrderFailed { order, why } => tracing::warn!(order, why, "order failed"),
        Fact::CallAsked { call, ask, by } => tracing::info!(call.id = %call, ?ask, ?by, "order on a call carried out"),
        Fact::CallMoved { call, to, why, .. } => tracing::info!(call.id = %call, queue.id = %to, ?why, "call moved"),
        Fact::FallbackSeen(call) => {
            tracing::warn!(leg.id = call.leg.id, over = call.ended.is_some(), "the fallback took care of a call");
        }
        Fact::ClockJumped { by } => tracing::warn!(by, "the clock jumped, or nobody looked at it"),
        Fact::SwitchChanged { up: true } => tracing::info!("switch is there"),
        Fact::SwitchChanged { up: false } => tracing::error!("switch is lost"),
        Fact::CallLeft { call, queue, why } => tracing::info!(call.id = %call, queue.id = %queue, ?why, "caller left the queue"),
        Fact::CallTurnedAway { leg, dialled, why } => tracing::warn!(leg.id = %leg, dialled, ?why, "call turned away"),
        Fact::WrapUpExtended { agent, .. } => tracing::info!(agent.id = %agent, "wrap-up extended"),
        Fact::Decided { .. } | Fact::SegmentEnded(_) | Fact::EndpointChanged { .. } | Fact::Ignored { .. } => {
            tracing::debug!(?fact, "fact");
        }
    }
}
